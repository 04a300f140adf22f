"""Starts daemon and overlay for a round, shows the round in the terminal, and keeps it alive to its report.

The daemon is a process of its own, so that Ctrl+C in the terminal leaves the round in good order and a daemon that dies
is started again on the same journal. It holds the other end of a pipe, by which it notices that the terminal is gone
(see daemon/company.py).
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

from phantomcode.daemon.adapters.runtime_folder import is_claimed
from phantomcode.daemon.adapters.zmq_bus import send_command, watch
from phantomcode.daemon.cli.terminal import Terminal
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.endpoints import Endpoints, endpoints
from phantomcode.daemon.contract.errors import PhantomError
from phantomcode.daemon.contract.vocabulary import Activity

RESTARTS = 3
"""A daemon that dies this often in one round has a fault that starting it again does not cure."""
REPORT_SECONDS = 60.0
"""How long Ctrl+C waits for the report of a round that was ending."""
LAST_WORDS_SECONDS = 1.0
"""For what a daemon published just before it ended."""
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
    attach: bool = False
    """A daemon runs the round already; show it here and go on."""
    passing: bool = False
    """A round that nobody wants to take up again (the demo): Ctrl+C ends it, and it plays on without its terminal."""
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
        options += [] if self.passing else ["--attended"]
        return [*_phantomcode(), "daemon", self.problem, *options]


class Ending(msgspec.Struct, frozen=True):
    """How a round ended. One that never began has said why on stderr; one that did may still lack its report."""

    report_path: str | None
    began: bool
    left: bool = False
    """It stays unfinished and can be resumed, because somebody wanted so."""
    interrupted: bool = False
    """By Ctrl+C here."""


def run_round(launch: Launch) -> Ending:
    """Run the round until it ends or is left."""
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
        self._posed = threading.Event()
        self._ending = False
        self._ended: messages.RoundEnded | None = None
        self._reported = threading.Event()
        self._done = threading.Event()
        self._daemon: subprocess.Popen[bytes] | None = None
        self._interrupted = False
        self._hung_up = False

    def run(self) -> Ending:
        watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)
        watcher.start()
        try:
            if self._launch.attach:
                self._try(lambda: send_command(self._where, messages.Resume(), REPLY_SECONDS))
            elif self._launch.resume:  # one that was left while it was paused
                threading.Thread(target=self._deliver, args=(messages.Resume(),), name="resuming", daemon=True).start()
            if self._launch.input_mode == "typed":
                threading.Thread(target=self._read_lines, name="typing", daemon=True).start()
            if self._launch.attach:
                self._follow()
            else:
                self._keep_alive()
        except KeyboardInterrupt:
            self._interrupted = True
            self._leave()
        finally:
            if not self._hung_up:
                self._stop_daemon()
            self._done.set()
            watcher.join(REPLY_SECONDS)
        return self._ending_now()

    def _ending_now(self) -> Ending:
        report_path = self._ended.report_path if self._ended else None
        wanted = self._interrupted or self._hung_up or self._launch.attach or self._status() == 0
        return Ending(report_path, self._opened.is_set(), self._ended is None and wanted, self._interrupted)

    def _start(self, *, resume: bool) -> subprocess.Popen[bytes]:
        with _interrupts_held():  # a Ctrl+C that came between the start and its note would leave a daemon behind
            self._daemon = _start_apart(self._launch.daemon_arguments(resume=resume), attended=True)
        return self._daemon

    def _status(self) -> int | None:
        return self._daemon.poll() if self._daemon else None

    def _gone(self) -> bool:
        """Whether the daemon has ended, ours or the one we were attached to."""
        return not is_claimed(self._where) if self._launch.attach else self._status() is not None

    def _follow(self) -> None:
        """Wait for the report of a round that is another's, or for its daemon to leave it."""
        while self._ended is None and not self._hung_up and not self._gone():
            self._done.wait(POLL_SECONDS)

    def _keep_alive(self) -> None:
        """Start the daemon and wait for the report; start it again where it died in the middle of the round."""
        daemon, restarts = self._start(resume=self._launch.resume), 0
        while self._ended is None and not self._hung_up:
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
            self._note(body)
            if isinstance(body, messages.Snapshot):
                for part in (body.session, body.line, body.activity, body.ended):
                    self._note(part)

    def _note(self, message: messages.Message | None) -> None:
        match message:
            case messages.SessionOpened() if message.session_id == self._launch.session_id:
                self._opened.set()
            case messages.InterviewerLine():
                self._posed.set()
            case messages.ActivityChanged():
                self._ending = message.activity is Activity.ENDED
            case messages.RoundEnded() if message.session_id == self._launch.session_id:
                self._ended = message
                self._reported.set()
            case _:
                return

    def _read_lines(self) -> None:
        """Send what is typed; the end of the input (Ctrl+D) ends the round, that of the terminal does not."""
        for command in self._terminal.commands():
            if isinstance(command, messages.TypedUtterance) and not self._posed.is_set():
                self._terminal.say("The problem is not posed yet; what you type is kept until it is.")
                self._wait_for_pose()
            self._deliver(command)
        if self._terminal.hung_up():
            self._hung_up = True
            self._done.set()
        else:
            self._deliver(messages.EndRound())

    def _wait_for_pose(self) -> None:
        while not self._posed.wait(POLL_SECONDS) and not self._done.is_set():
            pass

    def _deliver(self, command: messages.Command) -> None:
        """Send a command, waiting for a daemon that is still starting or coming back: no typed line is lost."""
        while not self._done.is_set():
            if self._opened.is_set() and not self._try(lambda: send_command(self._where, command, REPLY_SECONDS)):
                return
            self._done.wait(POLL_SECONDS)

    def _leave(self) -> None:
        """Let the daemon leave the round unfinished, or write the report if it is about to."""
        if self._daemon is None and not self._launch.attach:
            return
        ends = self._ending or self._launch.passing
        what = "The report is being written" if ends else "Leaving the round"
        waited = 0.0
        try:
            with _interrupts_held():  # one that falls into the bus may leave a socket behind that nothing can close
                self._terminal.say(f"\n{what}. Press Ctrl+C again to leave at once.")
                self._send_away(messages.EndRound() if self._launch.passing else messages.StopDaemon())
            while self._ended is None and not self._gone() and waited < REPORT_SECONDS:
                self._done.wait(POLL_SECONDS)
                waited += POLL_SECONDS
            if ends:
                self._reported.wait(LAST_WORDS_SECONDS)
        except KeyboardInterrupt:
            if self._daemon is not None:
                self._daemon.kill()

    def _send_away(self, command: messages.Command) -> None:
        """Ask the daemon to end; one that is still starting, or past answering, gets a signal."""
        try:
            reply = send_command(self._where, command, REPLY_SECONDS)
        except PhantomError:
            reply = None
        if not isinstance(reply, messages.Accepted) and self._daemon is not None:
            self._daemon.terminate()

    def _stop_daemon(self) -> None:
        if self._launch.attach:
            if self._ended is not None:
                self._try(lambda: send_command(self._where, messages.StopDaemon(), REPLY_SECONDS))
            return
        daemon = self._daemon
        if daemon is None:
            return
        try:
            if daemon.poll() is None:
                with _interrupts_held():
                    self._try(lambda: send_command(self._where, messages.StopDaemon(), REPLY_SECONDS))
            daemon.wait(REPLY_SECONDS * 2)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            daemon.kill()
        finally:
            if daemon.stdin is not None:
                daemon.stdin.close()

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


def _start_apart(arguments: list[str], *, attended: bool = False) -> subprocess.Popen[bytes]:
    """Start a program out of reach of the terminal's Ctrl+C; its complaints stay on stderr.

    attended: its standard input is a pipe that ends when this process does.
    """
    stdin = subprocess.PIPE if attended else subprocess.DEVNULL
    if sys.platform == "win32":
        return subprocess.Popen(
            arguments, stdin=stdin, stdout=subprocess.DEVNULL, creationflags=subprocess.CREATE_NEW_PROCESS_GROUP
        )
    return subprocess.Popen(arguments, stdin=stdin, stdout=subprocess.DEVNULL, start_new_session=True)


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
