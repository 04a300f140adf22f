"""Starts daemon and overlay for a round, shows the round in the terminal, and keeps it alive to its report.

The daemon is a process of its own, so that Ctrl+C in the terminal ends the round in good order and a daemon that dies
is started again on the same journal.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from phantomcode.daemon.adapters.zmq_bus import send_command, watch
from phantomcode.daemon.cli.terminal import Terminal
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.endpoints import Endpoints, endpoints
from phantomcode.daemon.contract.errors import PhantomError

RESTARTS = 3
"""A daemon that dies this often in one round has a fault that starting it again does not cure."""
REPORT_SECONDS = 60.0
"""How long Ctrl+C waits for the report."""
POLL_SECONDS = 0.2
REPLY_SECONDS = 5.0


class Launch(msgspec.Struct, frozen=True):
    """What to start."""

    session_id: str
    problem: str
    level: str | None
    """None leaves it to the problem, or to the round that is resumed."""
    minutes: float
    pressure: int
    input_mode: str
    wav: str | None = None
    device: str | None = None
    overlay: bool = True
    voice: bool = True
    resume: bool = False
    seed: int | None = None

    def daemon_arguments(self, *, resume: bool) -> list[str]:
        """Return the command line of the daemon."""
        options = ["--minutes", str(self.minutes), "--pressure", str(self.pressure)]
        options += ["--level", self.level] if self.level else []
        options += ["--session", self.session_id, "--input", self.input_mode]
        options += ["--voice" if self.voice else "--no-voice"]
        options += ["--wav", self.wav] if self.wav else []
        options += ["--device", self.device] if self.device else []
        options += ["--seed", str(self.seed)] if self.seed is not None else []
        options += ["--resume"] if resume else []
        return [*_phantomcode(), "daemon", self.problem, *options]


class Ending(msgspec.Struct, frozen=True):
    """How a round ended. One that never began has said why on stderr; one that did may still lack its report."""

    report_path: str | None
    began: bool


def run_round(launch: Launch) -> Ending:
    """Run the round to its end."""
    where = endpoints()
    terminal = Terminal(typed=launch.input_mode == "typed")
    _show_overlay(launch, terminal)
    return _Round(launch, where, terminal).run()


class _Round:
    """One daemon process (and its successors) watched from the terminal."""

    def __init__(self, launch: Launch, where: Endpoints, terminal: Terminal) -> None:
        self._launch = launch
        self._where = where
        self._terminal = terminal
        self._opened = threading.Event()
        self._ended: messages.RoundEnded | None = None
        self._done = threading.Event()
        self._daemon: subprocess.Popen[bytes] | None = None

    def run(self) -> Ending:
        watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)
        watcher.start()
        try:
            if self._launch.input_mode == "typed":
                threading.Thread(target=self._read_lines, name="typing", daemon=True).start()
            self._keep_alive()
        except KeyboardInterrupt:
            self._end_early()
        finally:
            self._stop_daemon()
            self._done.set()
            watcher.join(REPLY_SECONDS)
        return Ending(self._ended.report_path if self._ended else None, self._opened.is_set())

    def _start(self, *, resume: bool) -> subprocess.Popen[bytes]:
        with _interrupts_held():  # a Ctrl+C that came between the start and its note would leave a daemon behind
            self._daemon = _start_apart(self._launch.daemon_arguments(resume=resume))
        return self._daemon

    def _keep_alive(self) -> None:
        """Start the daemon and wait for the report; start it again where it died in the middle of the round."""
        daemon, restarts = self._start(resume=self._launch.resume), 0
        while self._ended is None:
            status = daemon.poll()
            if status is None:
                self._done.wait(POLL_SECONDS)
                continue
            if not _died(status) or restarts == RESTARTS:
                return
            restarts += 1
            self._terminal.say("The daemon died; taking the round up again from the journal.")
            daemon = self._start(resume=True)

    def _watch(self) -> None:
        for envelope in watch(self._where, self._done):
            body = envelope.body
            self._terminal.show(body)
            opened = body.session if isinstance(body, messages.Snapshot) else body
            ended = body.ended if isinstance(body, messages.Snapshot) else body
            if isinstance(opened, messages.SessionOpened) and opened.session_id == self._launch.session_id:
                self._opened.set()
            if isinstance(ended, messages.RoundEnded) and ended.session_id == self._launch.session_id:
                self._ended = ended

    def _read_lines(self) -> None:
        """Send what is typed; the end of the input (Ctrl+D) ends the round."""
        for command in self._terminal.commands():
            self._deliver(command)
        self._deliver(messages.EndRound())

    def _deliver(self, command: messages.Command) -> None:
        """Send a command, waiting for a daemon that is still starting or coming back: no typed line is lost."""
        while not self._done.is_set():
            if self._opened.is_set() and not self._try(lambda: send_command(self._where, command, REPLY_SECONDS)):
                return
            self._done.wait(POLL_SECONDS)

    def _end_early(self) -> None:
        daemon = self._daemon
        if daemon is None:
            return
        self._terminal.say("\nEnding the round; the report is being written. Press Ctrl+C again to leave at once.")
        waited = 0.0
        try:
            if self._try(lambda: send_command(self._where, messages.EndRound(), REPLY_SECONDS)):
                daemon.terminate()  # it is still starting, or past answering
            while self._ended is None and daemon.poll() is None and waited < REPORT_SECONDS:
                self._done.wait(POLL_SECONDS)
                waited += POLL_SECONDS
        except KeyboardInterrupt:
            daemon.kill()

    def _stop_daemon(self) -> None:
        daemon = self._daemon
        if daemon is None:
            return
        try:
            if daemon.poll() is None:
                self._try(lambda: send_command(self._where, messages.StopDaemon(), REPLY_SECONDS))
            daemon.wait(REPLY_SECONDS * 2)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            daemon.kill()

    def _try(self, action: Callable[[], messages.Reply]) -> bool:
        """Do something with the daemon and say what went wrong; True when there was no daemon to do it."""
        try:
            reply = action()
        except PhantomError as error:
            if error.code == "daemon.absent":
                return True
            self._terminal.say(f"{error.message} {error.remedy}")
            return False
        if isinstance(reply, messages.Refused):
            self._terminal.say(f"{reply.message} {reply.remedy}")
        return False


def _show_overlay(launch: Launch, terminal: Terminal) -> None:
    """Start the overlay where there is a screen; it outlives the round, so that its review card can be read."""
    if launch.overlay and has_screen():
        _start_apart([*_phantomcode(), "overlay"])
    elif launch.overlay:
        terminal.say("There is no screen here, so the round runs without its overlay.")


def _start_apart(arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start a program out of reach of the terminal's Ctrl+C; its complaints stay on stderr."""
    if sys.platform == "win32":
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            creationflags=subprocess.CREATE_NEW_PROCESS_GROUP,
        )
    return subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Put off a Ctrl+C until the end of the block; on the main thread only."""
    held: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        raise KeyboardInterrupt


def has_screen() -> bool:
    """Whether a window could be shown."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _phantomcode() -> list[str]:
    """Run without a main module of its own: every engine's process would import it again, for nothing."""
    return [sys.executable, "-c", "from phantomcode.daemon.cli.main import main; main()"]


def _died(status: int) -> bool:
    """Killed by a signal or crashed, as against having ended with an explanation (0, 1 or wrong usage, 2).

    A crashed daemon says so by its status (see control.CRASHED).
    """
    return status not in (0, 1, 2)
