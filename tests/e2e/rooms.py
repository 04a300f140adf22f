"""Rounds for the end-to-end tests: a room of their own, processes that are waited for, and the bus to wait on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import psutil
import soundfile

from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.adapters.zmq_bus import send_command, watch
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.endpoints import Endpoints
from phantomcode.daemon.core.events import Event
from phantomcode.models.store import data_folder

REAL_MODELS = data_folder() / "models"
AUDIO = Path(__file__).parents[1] / "audio"
CANDIDATE = AUDIO / "candidate.ogg"
PHANTOMCODE = (sys.executable, "-m", "phantomcode.daemon.cli.main")

LOAD_SECONDS = 120.0
"""For the models to load on a machine that is busy with other things."""
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.05
REPLY_SECONDS = 10.0

M = TypeVar("M")


def until(condition: Callable[[], M], seconds: float, what: str) -> M:
    """Return the condition's first true value; for effects of other processes that nothing announces."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
        time.sleep(POLL_SECONDS)
    return value


class Bus:
    """Everything that was published in a room, in order, with the parts of each snapshot after it."""

    def __init__(self, where: Endpoints) -> None:
        self.heard: list[messages.Message] = []
        self._where = where
        self._news = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="test-bus", daemon=True)
        self._thread.start()

    def wait_for(
        self,
        kind: type[M],
        where: Callable[[M], bool] = lambda _: True,
        *,
        seconds: float = PATIENCE_SECONDS,
        since: int = 0,
    ) -> M:
        """Return the first message of a kind (with a property) from number `since` on; waits for it."""

        def found() -> M | None:
            return next((m for m in self.heard[since:] if isinstance(m, kind) and where(m)), None)

        with self._news:
            self._news.wait_for(lambda: found() is not None, seconds)
        message = found()
        assert message is not None, f"no {kind.__name__} within {seconds:.0f} s; last: {self.heard[-5:]}"
        return message

    def all(self, kind: type[M]) -> list[M]:
        return [message for message in self.heard if isinstance(message, kind)]

    def close(self) -> None:
        self._stop.set()
        self._thread.join(10)

    def _listen(self) -> None:
        for envelope in watch(self._where, self._stop):
            with self._news:
                self.heard += _parts(envelope.body)
                self._news.notify_all()


def _parts(message: messages.Message) -> Iterator[messages.Message]:
    yield message
    if isinstance(message, messages.Snapshot):
        shown = (message.session, message.activity, message.clock, message.line, message.caption, message.ended)
        yield from (part for part in (*shown, *message.notices) if part is not None)


class Program:
    """One running command; its output goes to a file that can be read while it runs."""

    def __init__(
        self, arguments: Sequence[str], environment: dict[str, str], out: Path, terminal: int | None = None
    ) -> None:
        self._out = out
        with out.open("wb") as sink:
            self.process = subprocess.Popen(
                arguments,
                env=environment,
                stdin=subprocess.PIPE if terminal is None else terminal,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._out.read_text(encoding="utf-8", errors="replace")

    def type(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def interrupt(self) -> None:
        """Ctrl+C: SIGINT to everyone in the terminal's foreground group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Return the exit status of a program that ends by itself, and see that it did not crash on the way."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds:.0f} s: {self.output[-2000:]}") from None
        assert "Traceback" not in self.output, self.output
        return status

    def close(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(REPLY_SECONDS)


class Room:
    """A data folder and sockets of its own. `models` names those that are there; without it, all of them."""

    def __init__(self, models: Sequence[str] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pc-"))  # a socket's path may have 107 characters
        self.home, self.runtime = self.folder / "home", self.folder / "run"
        self.home.mkdir()
        self.runtime.mkdir(mode=0o700)
        self._furnish(models)
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")},
            "PHANTOMCODE_HOME": str(self.home),
            "PHANTOMCODE_RUNTIME": str(self.runtime),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }
        self.where = Endpoints(events=f"ipc://{self.runtime}/events", control=f"ipc://{self.runtime}/control")
        self.bus = Bus(self.where)
        self.programs: list[Program] = []

    def _furnish(self, models: Sequence[str] | None) -> None:
        if models is None:
            (self.home / "models").symlink_to(REAL_MODELS, target_is_directory=True)
            return
        (self.home / "models").mkdir()
        for name in models:
            (self.home / "models" / name).symlink_to(REAL_MODELS / name, target_is_directory=True)

    def start(self, *arguments: str, before: Sequence[str] = (), terminal: int | None = None) -> Program:
        """Start a command of ours, perhaps through another one that comes before it; `terminal` is typed into."""
        out = self.folder / f"out-{len(self.programs)}"
        program = Program([*before, *PHANTOMCODE, *arguments], self.environment, out, terminal)
        self.programs.append(program)
        return program

    def practise(
        self, *options: str, before: Sequence[str] = (), overlay: bool = False, terminal: int | None = None
    ) -> Program:
        """Start a round that opens nothing and speaks nothing."""
        shown = () if overlay else ("--no-overlay",)
        return self.start("practice", "--no-open", "--no-voice", *shown, *options, before=before, terminal=terminal)

    def run(self, *arguments: str, seconds: float = PATIENCE_SECONDS) -> tuple[int, str]:
        """Run a command to its end; return its exit status and everything it printed."""
        program = self.start(*arguments)
        return program.wait(seconds), program.output

    def posed(self, since: int = 0) -> messages.InterviewerLine:
        """Wait until the interviewer has posed the problem: everything is loaded, and somebody listens."""
        return self.bus.wait_for(messages.InterviewerLine, seconds=LOAD_SECONDS, since=since)

    def send(self, command: messages.Command) -> messages.Reply:
        return send_command(self.where, command, REPLY_SECONDS)

    def say(self, text: str) -> None:
        """Say a typed line, and see it acknowledged."""
        assert isinstance(self.send(messages.TypedUtterance(text)), messages.Accepted)

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.home / "sessions")

    @property
    def session_id(self) -> str:
        """The one session of this room."""
        (summary,) = self.sessions.summaries()
        return summary.session_id

    def events(self) -> list[Event]:
        return list(self.sessions.events(self.session_id))

    def report(self) -> dict[str, Any]:
        """Return the report of the room's session, graded anew from its journal."""
        status, output = self.run("review", self.session_id, "--json")
        assert status == 0, output
        graded: dict[str, Any] = json.loads(output)
        return graded

    def children(self, name: str) -> list[psutil.Process]:
        """Return this room's processes with this name or this word on the command line."""
        found = []
        for process in self.inhabitants():
            with suppress(psutil.Error):  # one that is gone by now, or killed and not yet waited for
                if name in (process.name(), *process.cmdline()):
                    found.append(process)
        return found

    def inhabitants(self) -> list[psutil.Process]:
        """Return every process that was started for this room and still runs."""
        return [process for process in psutil.process_iter() if self._lives_here(process)]

    def _lives_here(self, process: psutil.Process) -> bool:
        try:
            mine = process.environ().get("PHANTOMCODE_RUNTIME") == str(self.runtime)
            return mine and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def require_quiet(self) -> None:
        """Fail when a process of the room is left over."""
        until(lambda: not self.inhabitants(), PATIENCE_SECONDS, f"everything ended: {self.inhabitants()}")

    def close(self) -> None:
        self.bus.close()
        for program in self.programs:
            program.close()
        for process in self.inhabitants():
            process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def cut(source: Path, target: Path, start_seconds: float, seconds: float) -> Path:
    """Write a part of a recording into a WAV file."""
    samples, rate = soundfile.read(source, dtype="float32")
    begin = round(start_seconds * rate)
    soundfile.write(target, samples[begin : begin + round(seconds * rate)], rate)
    return target


def squeezed(text: str) -> str:
    """Return a text without commas, full stops and capitals, to compare what was heard."""
    return " ".join("".join(c for c in text.lower() if c.isalnum() or c == " ").split())
