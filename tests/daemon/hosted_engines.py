"""Engines for the hosting tests. They run in child processes, which import this file by name."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from phantomcode.daemon.contract.errors import AudioError, EngineError, ModelError


class Parrot:
    """Does whatever the test asks of a native engine, crashes and hangs included."""

    rate_hz = 22_050

    def __init__(self, word: str) -> None:
        self.word = word

    def say(self, times: int) -> str:
        return " ".join([self.word] * times)

    def double(self, pcm: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
        return pcm * np.int16(2)

    def process_id(self) -> int:
        return os.getpid()

    def open_sockets(self) -> int:
        links = (path for path in Path("/proc/self/fd").iterdir() if path.is_symlink())
        return sum(path.readlink().name.startswith("socket:") for path in links)

    def command_name(self) -> str:
        return Path("/proc/self/comm").read_text().strip()

    def ignores_interrupts(self) -> bool:
        return signal.getsignal(signal.SIGINT) is signal.SIG_IGN

    def hang(self) -> None:
        while True:
            time.sleep(3600)

    def seize_the_interpreter(self) -> None:
        """Stop every thread of the process, heartbeat included."""
        os.kill(os.getpid(), signal.SIGSTOP)

    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def complain(self) -> None:
        raise AudioError("audio.gone", "The parrot flew away.", "Open a window.")

    def stumble(self) -> None:
        raise ValueError("beak")

    def count(self, stop: int) -> Iterator[int]:
        yield from range(stop)

    def chatter(self, *, cancelled: Callable[[], bool], diary: str) -> Iterator[int]:
        """Yield one item, wait to be cancelled, and note in the diary that it was."""
        yield 1
        while not cancelled():
            time.sleep(0.005)
        Path(diary).write_text("cancelled")

    def ponder(self, *, cancelled: Callable[[], bool]) -> str:
        while not cancelled():
            time.sleep(0.005)
        return "gave up"

    def count_then_die(self) -> Iterator[int]:
        yield 1
        self.die()

    def unpicklable(self) -> object:
        return lambda: None


def parrot(word: str) -> Parrot:
    return Parrot(word)


def missing_model() -> Parrot:
    raise ModelError("models.missing", "The model is not there.", "Run `phantomcode models pull`.")


def broken_engine(tally: str) -> Parrot:
    """Fail to load twice, then work; the tally file counts the attempts over processes."""
    path = Path(tally)
    attempts = len(path.read_text()) if path.exists() else 0
    path.write_text("x" * (attempts + 1))
    if attempts < 2:
        raise EngineError("engine.load", "The engine did not load.", "Wait.")
    return Parrot("third time lucky")


def crash_on_load() -> Parrot:
    sys.stdout.flush()
    os._exit(3)
