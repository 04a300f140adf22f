"""On a real X server: another window keeps the keyboard, a drag moves the overlay, ghost lets clicks through."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from phantomcode.daemon.contract.messages import OverlayActionRequested, Snapshot

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool"),
]

PATIENCE_SECONDS = 20.0
_DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
OTHER_APP = """
import sys
from PyQt6.QtWidgets import QApplication, QLineEdit
class Field(QLineEdit):
    def mousePressEvent(self, event):
        print("clicked", flush=True)
app = QApplication(sys.argv)
field = Field()
field.setWindowTitle("other-app")
field.resize(1280, 800)
field.move(0, 0)
field.textChanged.connect(lambda text: print("text", text, flush=True))
field.show()
sys.exit(app.exec())
"""


class Desktop:
    """One X server of our own, and what runs on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        read_end, write_end = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
            pass_fds=[write_end],
            stderr=subprocess.DEVNULL,
        )
        os.close(write_end)
        with os.fdopen(read_end) as numbers:
            display = numbers.readline().strip()
        self.environment = {
            **os.environ,
            "DISPLAY": f":{display}",
            "QT_QPA_PLATFORM": "xcb",
            "XDG_CONFIG_HOME": str(folder / "config"),
            "PHANTOMCODE_RUNTIME": str(folder),
        }
        self._apps: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> Path:
        """Start a program; return the file its output goes to."""
        out = self._folder / f"out-{len(self._apps)}"
        with out.open("wb") as sink:
            self._apps.append(subprocess.Popen(command, env=self.environment, stdout=sink))
        return out

    def xdotool(self, *words: str) -> str:
        done = subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def window(self, title: str) -> str:
        return self.xdotool("search", "--sync", "--onlyvisible", "--name", title).splitlines()[0]

    def place(self, window: str) -> tuple[int, int]:
        found = re.search(r"Position: (-?\d+),(-?\d+)", self.xdotool("getwindowgeometry", window))
        assert found
        return int(found[1]), int(found[2])

    def last_is_over(self) -> bool:
        return self._apps[-1].poll() == 0

    def kill_last(self) -> None:
        self._apps[-1].kill()
        self._apps[-1].wait(PATIENCE_SECONDS)

    def stop(self) -> None:
        for app in (*self._apps, self._server):
            app.terminate()
            app.wait(PATIENCE_SECONDS)


def until(condition: Callable[[], bool]) -> None:
    """Poll a condition of another process; there is nothing to wait on but its effect."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    made = Desktop(tmp_path)
    yield made
    made.stop()


def _overlay(mode: str) -> tuple[str, ...]:
    code = "import sys; from phantomcode.overlay.app import run; sys.exit(run(sys.argv[1:]))"
    return (sys.executable, "-c", code, "--mode", mode, "--theme", "dark")


def test_focus_stays_elsewhere_and_a_drag_moves_the_overlay(desktop: Desktop) -> None:
    typed = desktop.start(sys.executable, "-c", OTHER_APP)
    other = desktop.window("other-app")
    desktop.xdotool("windowfocus", "--sync", other)
    desktop.start(*_overlay("full"))
    overlay = desktop.window("^PhantomCode$")
    until(lambda: desktop.place(overlay)[0] > 500)
    assert desktop.xdotool("getwindowfocus") == other
    desktop.xdotool("type", "cache")
    until(lambda: "text cache" in typed.read_text())

    left, top = desktop.place(overlay)
    desktop.xdotool("mousemove", str(left + 60), str(top + 20), "mousedown", "1")
    for step in range(1, 6):
        desktop.xdotool("mousemove", "--sync", str(left + 60 - 60 * step), str(top + 20 + 40 * step))
    desktop.xdotool("mouseup", "1")
    until(lambda: desktop.place(overlay) == (left - 300, top + 200))
    assert "clicked" not in typed.read_text()
    assert desktop.xdotool("getwindowfocus") == other
    desktop.xdotool("type", "miss")
    until(lambda: "text cachemiss" in typed.read_text())

    kept = Path(desktop.environment["XDG_CONFIG_HOME"]) / "phantomcode" / "overlay.json"
    until(kept.exists)
    (layout,) = json.loads(kept.read_text())["layouts"].values()
    assert (layout["left_px"], layout["top_px"]) == (left - 300, top + 200)


def test_a_second_overlay_leaves_the_screen_to_the_first_and_a_killed_one_is_replaced(desktop: Desktop) -> None:
    desktop.start(*_overlay("full"))
    desktop.window("^PhantomCode$")
    second = subprocess.run(_overlay("full"), env=desktop.environment, capture_output=True, text=True, check=True)
    assert "open already" in second.stderr
    desktop.kill_last()
    desktop.start(*_overlay("full"))
    assert desktop.window("^PhantomCode$")


def test_without_a_display_it_says_so() -> None:
    bare = {name: value for name, value in os.environ.items() if name not in _DISPLAY_VARIABLES}
    done = subprocess.run(
        [sys.executable, "-m", "phantomcode.daemon.cli.main", "overlay"],
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "There is no display to show the overlay on."


def test_without_a_way_out_ghost_takes_clicks_instead_of_trapping_itself(desktop: Desktop) -> None:
    clicks = desktop.start(sys.executable, "-c", OTHER_APP)
    desktop.window("other-app")
    desktop.start(*_overlay("ghost"))
    overlay = desktop.window("^PhantomCode$")
    until(lambda: desktop.place(overlay)[0] > 500)
    left, top = desktop.place(overlay)
    desktop.xdotool("mousemove", str(left + 20), str(top + 20), "click", "1")
    desktop.xdotool("mousemove", "20", "20", "click", "1")
    until(lambda: "clicked" in clicks.read_text())
    assert clicks.read_text().count("clicked") == 1


def test_in_ghost_clicks_reach_the_window_below_and_ctl_leads_out(
    desktop: Desktop, new_publisher: Callable[[Snapshot], Any]
) -> None:
    clicks = desktop.start(sys.executable, "-c", OTHER_APP)
    desktop.window("other-app")
    publisher = new_publisher(Snapshot())
    desktop.start(*_overlay("ghost"))
    overlay = desktop.window("^PhantomCode$")
    until(lambda: desktop.place(overlay)[0] > 500)
    left, top = desktop.place(overlay)
    desktop.xdotool("mousemove", str(left + 20), str(top + 20))

    def click_lands_below() -> bool:
        before = clicks.read_text().count("clicked")
        desktop.xdotool("click", "1")
        time.sleep(0.2)  # the other program's turn; a click that did not come has no event to wait for
        return clicks.read_text().count("clicked") > before

    until(click_lands_below)
    publisher.publish(OverlayActionRequested("compact"))
    until(lambda: not click_lands_below())
    publisher.publish(OverlayActionRequested("quit"))
    until(lambda: desktop.last_is_over())
