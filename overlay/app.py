"""The overlay's process: `run(argv) -> exit status`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PyQt6.QtCore import QLockFile
from PyQt6.QtWidgets import QApplication

from phantomcode.daemon.contract.endpoints import endpoints, runtime_folder
from phantomcode.daemon.contract.errors import PhantomError
from phantomcode.overlay.overlay import Overlay
from phantomcode.overlay.paintlog import PaintLog
from phantomcode.overlay.settings import SPECS, Store
from phantomcode.overlay.subscriber import Subscriber


class OverlayError(PhantomError):
    """An overlay that cannot be shown."""


def run(argv: Sequence[str]) -> int:
    """Show the overlay until it is told to quit; raises OverlayError where there is no display.

    argv: the arguments without the program's name.
    """
    options = _parser().parse_args(argv)
    _need_display()
    alone = _lock()
    if not alone.tryLock(0):
        print("The overlay is open already; it follows every round.", file=sys.stderr)  # noqa: T201 - for the shell
        return 0
    # Python's own handler would wait for the next Qt event; there is nothing to tidy up that must not be lost.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.excepthook = _report
    app = QApplication.instance() or QApplication(["phantomcode"])
    assert isinstance(app, QApplication)  # noqa: S101 - tells mypy which of Qt's application classes it is
    app.setApplicationName("phantomcode")
    app.setQuitOnLastWindowClosed(False)
    override = {name: value for name in ("mode", "theme") if (value := getattr(options, name))}
    subscriber = Subscriber(endpoints())
    overlay = Overlay(subscriber.send, Store(), PaintLog(options.paint_log), override)
    subscriber.arrived.connect(overlay.take)
    overlay.window.show()
    subscriber.start()
    try:
        return app.exec()
    finally:
        overlay.close()
        subscriber.stop()
        alone.unlock()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="phantomcode overlay")
    choices = {spec.name: spec.choices for spec in SPECS}
    parser.add_argument("--mode", choices=choices["mode"], help="Start in this mode, this time.")
    parser.add_argument("--theme", choices=choices["theme"], help="Use this theme, this time.")
    log = os.environ.get("PHANTOMCODE_PAINT_LOG")
    parser.add_argument(
        "--paint-log",
        type=Path,
        default=Path(log) if log else None,
        metavar="FILE",
        help="Append a JSON line per message that changed pixels.",
    )
    return parser


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print what went wrong and go on: left to itself, PyQt ends the process at the first error in a slot."""
    traceback.print_exception(kind, error, trace)


def _lock() -> QLockFile:
    """Return the lock that makes this the only overlay; one left by an overlay that was killed does not count."""
    folder = runtime_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = QLockFile(str(folder / "overlay.lock"))
    lock.setStaleLockTime(0)  # a lock is never too old while its process lives
    return lock


def _need_display() -> None:
    """Say that there is no display before Qt aborts the process over it."""
    needs = sys.platform.startswith("linux") and "QT_QPA_PLATFORM" not in os.environ
    if needs and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise OverlayError(
            "overlay.no-display",
            "There is no display to show the overlay on.",
            "Run it inside a desktop session, or practise with --no-overlay.",
        )
