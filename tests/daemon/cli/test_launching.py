"""The process that starts a round's daemon and keeps it alive, on stand-ins for the daemon."""

from __future__ import annotations

import io
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from phantomcode.daemon.adapters.zmq_bus import Bus
from phantomcode.daemon.cli import launching
from phantomcode.daemon.cli.control import CRASHED
from phantomcode.daemon.cli.launching import Ending, Launch, run_round
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.endpoints import endpoints
from phantomcode.daemon.contract.vocabulary import Activity, Level, Move

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signals")

LAUNCH = Launch("one", "url-shortener", "L5", 45.0, 2, "microphone", overlay=False)
ATTACHED = msgspec.structs.replace(LAUNCH, input_mode="typed", attach=True)
POSED = messages.InterviewerLine(0, "Design a URL shortener.", Move.POSE)
PATIENCE = 20.0
FOREVER = "import time; time.sleep(600)"


class Silent(io.StringIO):
    """Somebody who never types."""

    def __next__(self) -> str:
        threading.Event().wait()
        raise StopIteration


class Starts:
    """Starts one stand-in after another, whatever is asked for."""

    def __init__(self, *programs: str) -> None:
        self._programs = list(programs)
        self.asked: list[Sequence[str]] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self.then: Callable[[], None] = lambda: None

    def __call__(self, arguments: list[str], *, attended: bool = False) -> subprocess.Popen[bytes]:
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
    assert run_round(LAUNCH) == Ending(None, began=False, left=True, interrupted=True)
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


def test_a_daemon_that_ends_without_a_report_and_without_a_fault_has_left_the_round(
    starts: Callable[..., Starts],
) -> None:
    daemons = starts("")
    assert run_round(LAUNCH) == Ending(None, began=False, left=True)
    assert len(daemons.asked) == 1


def test_a_daemon_misses_its_terminal_and_that_of_the_demo_does_not(starts: Callable[..., Starts]) -> None:
    daemons = starts("", "")
    run_round(LAUNCH)
    run_round(msgspec.structs.replace(LAUNCH, passing=True))
    assert ["--attended" in arguments for arguments in daemons.asked] == [True, False]


class Daemon:
    """A round that another process runs: notes its commands, and shows what a test wants."""

    def __init__(self, line: messages.InterviewerLine | None = None) -> None:
        self.opened = messages.SessionOpened("one", "x", "Live round", Level.L5, 45.0, (), "typed")
        self.taken: queue.SimpleQueue[messages.Command] = queue.SimpleQueue()
        self._line = line
        self.bus = Bus(endpoints(), self._snapshot, self._take)

    def _snapshot(self) -> messages.Snapshot:
        return messages.Snapshot(self.opened, messages.ActivityChanged(Activity.LISTENING), line=self._line)

    def _take(self, command: messages.Command) -> messages.Reply:
        self.taken.put(command)
        if isinstance(command, messages.EndRound):
            self.bus.publish(messages.RoundEnded("one", "command", (), None, (), "report.html"))
        return messages.Accepted()

    def next(self) -> messages.Command:
        return self.taken.get(timeout=PATIENCE)


@pytest.fixture
def daemon(starts: Callable[..., Starts]) -> Iterator[Daemon]:
    del starts  # only for its folder: nothing is to be started
    made = Daemon()
    made.bus.start()
    yield made
    made.bus.close()


def test_attached_it_goes_on_with_what_is_typed_and_sees_the_report(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    daemon._line = POSED
    monkeypatch.setattr("sys.stdin", io.StringIO("Forty writes.\n/end\n"))
    assert run_round(ATTACHED) == Ending("report.html", began=True)
    assert [daemon.next() for _ in range(3)] == [
        messages.Resume(),
        messages.TypedUtterance("Forty writes."),
        messages.EndRound(),
    ]
    assert "Design a URL shortener." in capsys.readouterr().out


def test_attached_it_leaves_when_the_daemon_does(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Silent())
    with ThreadPoolExecutor() as pool:
        ending = pool.submit(run_round, ATTACHED)
        assert daemon.next() == messages.Resume()
        daemon.bus.close()
        assert ending.result(PATIENCE).left


def test_what_is_typed_before_the_problem_is_posed_is_kept(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("How many users?\n"))
    with ThreadPoolExecutor() as pool:
        ending = pool.submit(run_round, ATTACHED)
        assert daemon.next() == messages.Resume()
        with pytest.raises(queue.Empty):
            daemon.taken.get(timeout=0.5)
        daemon.bus.publish(POSED)
        assert daemon.next() == messages.TypedUtterance("How many users?")
        assert ending.result(PATIENCE).report_path == "report.html"
    assert "kept until it is" in capsys.readouterr().out
