"""What set-up and checks show: one line a step with its time, and a log for everything else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TAIL_LINES = 15
"""How much of a failed command's output is shown; the rest is in the log."""


class StepError(Exception):
    """A step did not work; its text says why and what to do."""


class Progress:
    """Prints the steps and keeps the log. Nothing is printed for steps that turn out to be done already."""

    def __init__(self, log: Path, lock_fd: int | None = None) -> None:
        self.log = log
        # Commands inherit the lock: when set-up is killed, the next one waits until its last command is done.
        self._inherited = () if lock_fd is None else (lock_fd,)
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show a step while it runs, then its time."""
        started = time.monotonic()
        done = threading.Event()
        ticker = threading.Thread(target=_tick, args=(name, started, done), daemon=True)
        ticker.start()
        result = "failed"
        try:
            yield
            result = ""
        finally:
            done.set()
            ticker.join()
            _print_line(elapsed(time.monotonic() - started), name, result, end="\n")

    def run(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Run a command into the log; raises StepError with the end of what it said."""
        with self.log.open("a") as log:
            log.write(f"\n$ {' '.join(command)}\n")
            log.flush()
            start = log.tell()
            status = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
                pass_fds=self._inherited,
                check=False,
            ).returncode
        if status:
            raise StepError(f"{_tail(self.log, start)}\n{command[0]} ended with status {status}. All of it: {self.log}")


def elapsed(seconds: float) -> str:
    """Return minutes and seconds, as in 4:39."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _tick(name: str, started: float, done: threading.Event) -> None:
    """Let the reader of a terminal see that something moves; a log file gets only finished lines."""
    while sys.stdout.isatty() and not done.wait(1.0):
        room = shutil.get_terminal_size().columns - 9  # a line that wraps cannot be overwritten
        _print_line(elapsed(time.monotonic() - started), name[:room], "", end="\r")


def _print_line(took: str, name: str, result: str, end: str) -> None:
    print(f"{took:>6}  {name}{': ' if result else ''}{result}", end=end, flush=True)


def _tail(log: Path, start: int) -> str:
    with log.open("rb") as reader:
        reader.seek(start)
        lines = reader.read().decode(errors="replace").splitlines()
    return "\n".join(lines[-TAIL_LINES:])
