"""The process that starts a round's daemon and keeps it alive, on stand-ins for the daemon."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence

import pytest

from phantomcode.daemon.cli import launching
from phantomcode.daemon.cli.control import CRASHED
from phantomcode.daemon.cli.launching import Ending, Launch, run_round

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signals")

LAUNCH = Launch("one", "url-shortener", "L5", 45.0, 2, "microphone", overlay=False)
FOREVER = "import time; time.sleep(600)"


class Starts:
    """Starts one stand-in after another, whatever is asked for."""

    def __init__(self, *programs: str) -> None:
        self._programs = list(programs)
        self.asked: list[Sequence[str]] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self.then: Callable[[], None] = lambda: None

    def __call__(self, arguments: list[str]) -> subprocess.Popen[bytes]:
        self.asked.append(arguments)
        self.processes.append(subprocess.Popen([sys.executable, "-c", self._programs.pop(0)], start_new_session=True))
        self.then()
        return self.processes[-1]


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Starts]]:
    made: list[Starts] = []

    def make(*programs: str) -> Starts:
        made.append(Starts(*programs))
        monkeypatch.setattr(launching, "_start_apart", made[-1])
        return made[-1]

    with tempfile.TemporaryDirectory(prefix="pc") as folder:
        monkeypatch.setenv("PHANTOMCODE_RUNTIME", folder)
        yield make
    for process in (process for each in made for process in each.processes):
        process.kill()
        process.wait()


def test_ctrl_c_while_the_daemon_is_started_leaves_none_behind(starts: Callable[..., Starts]) -> None:
    daemons = starts(FOREVER)
    daemons.then = lambda: signal.raise_signal(signal.SIGINT)
    assert run_round(LAUNCH) == Ending(None, began=False)
    (daemon,) = daemons.processes
    assert daemon.poll() == -signal.SIGTERM


def test_a_daemon_that_crashes_is_started_again_on_its_journal(starts: Callable[..., Starts]) -> None:
    daemons = starts(f"raise SystemExit({CRASHED})", "raise SystemExit(1)")
    run_round(LAUNCH)
    assert ["--resume" in arguments for arguments in daemons.asked] == [False, True]


def test_a_daemon_that_explains_itself_is_not_started_again(starts: Callable[..., Starts]) -> None:
    daemons = starts("raise SystemExit(1)")
    run_round(LAUNCH)
    assert len(daemons.asked) == 1
