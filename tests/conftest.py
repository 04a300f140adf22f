"""For every test: folders of its own for data and sockets, and no warning goes to a log unseen."""

from __future__ import annotations

import logging
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from phantomcode.models.store import data_folder

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
"""How long an example takes says more about the machine than about the code."""

signal.signal(signal.SIGINT, signal.default_int_handler)
if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda _number, _frame: None)
"""Tests that run in the background, or behind nohup, inherit ignored signals, and so would the programs they send them
to; a handler is not inherited."""

REAL_MODELS = data_folder() / "models"


@pytest.fixture(autouse=True)
def _own_folders(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep a test away from the user's sessions and daemon; with the mark `engines` it still sees their models."""
    # A short path: a socket's may have 107 characters, and pytest's tmp_path repeats the name of the test.
    folder = Path(tempfile.mkdtemp(prefix="phantom-"))
    home, runtime = folder / "home", folder / "run"
    home.mkdir()
    runtime.mkdir(mode=0o700)
    if request.node.get_closest_marker("engines"):
        (home / "models").symlink_to(REAL_MODELS, target_is_directory=True)
    monkeypatch.setenv("PHANTOMCODE_HOME", str(home))
    monkeypatch.setenv("PHANTOMCODE_RUNTIME", str(runtime))
    yield
    shutil.rmtree(folder, ignore_errors=True)


class _Unseen(logging.Handler):
    """Keeps what is logged from warning upwards."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.levelname}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_logged_warning(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which something logged a warning; a test that asks for `caplog` looks at the log itself."""
    handler = _Unseen()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    if "caplog" not in request.fixturenames:
        assert not handler.lines, "logged: " + "; ".join(handler.lines)
