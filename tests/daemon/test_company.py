"""What becomes of a round whose terminal is gone."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from phantomcode.daemon import company
from phantomcode.daemon.company import keep_company

PATIENCE = 10.0


class Round:
    """A round that a test tells who follows it; each look at its followers takes the next number, the last for ever."""

    def __init__(self, *watchers: int) -> None:
        self.over = threading.Event()
        self.paused = 0
        self.stopped = threading.Event()
        self._watchers = list(watchers)
        self.looks = threading.Semaphore(0)

    @property
    def watchers(self) -> int:
        self.looks.release()
        return self._watchers.pop(0) if len(self._watchers) > 1 else self._watchers[0]

    def lose_terminal(self) -> None:
        self.paused += 1

    def stop(self) -> None:
        self.stopped.set()
        self.over.set()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(company, "GRACE_SECONDS", 0.03)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read, write = os.pipe()
    yield read, write
    os.close(read)


def test_while_the_terminal_is_there_nothing_happens(pipe: tuple[int, int]) -> None:
    read, write = pipe
    round_ = Round(0)
    keeping = keep_company(round_, read)
    assert not round_.looks.acquire(timeout=0.2)
    round_.over.set()
    os.close(write)
    keeping.join(PATIENCE)
    assert not round_.stopped.is_set()


def test_with_the_terminal_gone_and_nobody_else_there_the_round_is_left(pipe: tuple[int, int]) -> None:
    round_ = Round(0)
    keep_company(round_, pipe[0])
    os.close(pipe[1])
    assert round_.stopped.wait(PATIENCE)
    assert round_.paused == 0


def test_while_somebody_follows_it_goes_on_and_then_it_is_left(pipe: tuple[int, int]) -> None:
    round_ = Round(*[1] * 20, 0)
    keep_company(round_, pipe[0])
    os.close(pipe[1])
    for _ in range(20):
        assert round_.looks.acquire(timeout=PATIENCE)
    assert round_.stopped.wait(PATIENCE)


def test_a_follower_that_is_started_again_is_waited_for(pipe: tuple[int, int]) -> None:
    round_ = Round(1, 0, 0, 1)
    keeping = keep_company(round_, pipe[0])
    os.close(pipe[1])
    for _ in range(30):
        assert round_.looks.acquire(timeout=PATIENCE)
    assert not round_.stopped.is_set()
    round_.over.set()
    keeping.join(PATIENCE)


def test_the_loss_of_the_terminal_and_of_each_follower_is_told(pipe: tuple[int, int]) -> None:
    round_ = Round(2, 2, 3, 2, 1, 1, 0)
    keep_company(round_, pipe[0])
    os.close(pipe[1])
    assert round_.stopped.wait(PATIENCE)
    assert round_.paused == 3
