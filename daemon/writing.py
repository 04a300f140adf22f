"""One thread that owns the language model's time: a line somebody waits for comes first, reading ahead comes last."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from queue import PriorityQueue

import msgspec

from phantomcode.daemon.core.effects import Prefill, Vote, Write
from phantomcode.daemon.ports import Clock, LanguageModel

Job = Write | Vote | Prefill

_URGENT, _PREPARED, _VOTE, _PREFILL = range(4)


class Written(msgspec.Struct, frozen=True):
    """A line as the model wrote it; empty when the model failed.

    An `interrupted` one is empty too: it was cancelled, or gave way to an urgent line.
    """

    request_id: int
    text: str
    seconds: float
    interrupted: bool = False


class Voted(msgspec.Struct, frozen=True):
    """The model's probabilities for the choices it was given."""

    utterance: int
    weights: tuple[float, ...]


class Scribe:
    """Carries out Write, Vote and Prefill one at a time; `report` is called from its thread.

    A vote or a prefill that a newer one has overtaken is dropped; an urgent line stops what is being prepared or read,
    and anything stops a prefill.
    """

    def __init__(self, model: LanguageModel, report: Callable[[Written | Voted], None], clock: Clock) -> None:
        self._model = model
        self._report = report
        self._clock = clock
        self._jobs: PriorityQueue[tuple[int, int, Job | None]] = PriorityQueue()
        self._order = itertools.count()
        self._lock = threading.Lock()
        self._cancelled: set[int] = set()
        self._latest: dict[type[Job], int] = {}
        self._running: tuple[int, Job] | None = None
        self._interrupt = threading.Event()
        self._thread = threading.Thread(target=self._work, name="scribe", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def take(self, job: Job) -> None:
        """Queue a job; never blocks."""
        rank = _rank(job)
        number = next(self._order)
        with self._lock:
            self._latest[type(job)] = number
            if self._running is not None and self._gives_way(self._running, rank):
                self._interrupt.set()
        self._jobs.put((rank, number, job))

    @staticmethod
    def _gives_way(running: tuple[int, Job], rank: int) -> bool:
        """An urgent line stops everything, anything stops reading ahead."""
        return rank < running[0] and (rank == _URGENT or running[0] == _PREFILL)

    def cancel(self, request_id: int) -> None:
        """Drop a line that is queued or being written."""
        with self._lock:
            self._cancelled.add(request_id)

    def close(self, timeout_seconds: float = 2.0) -> None:
        """Finish what runs, drop the rest."""
        self._interrupt.set()
        self._jobs.put((-1, next(self._order), None))
        self._thread.join(timeout_seconds)

    def _work(self) -> None:
        while True:
            rank, number, job = self._jobs.get()
            if job is None:
                return
            with self._lock:
                self._running = (rank, job)
                self._interrupt.clear()
            try:
                self._do(job, number)
            finally:
                with self._lock:
                    self._running = None

    def _do(self, job: Job, number: int) -> None:
        if isinstance(job, Write):
            self._write(job)
        elif self._latest[type(job)] == number:
            try:
                self._read(job)
            except Exception:  # noqa: BLE001  a vote or a prefill is not missed, but this thread would be
                return

    def _read(self, job: Vote | Prefill) -> None:
        """A model that fails is reported by its host."""
        if isinstance(job, Prefill):
            self._model.prefill(job.prompt, cancelled=self._interrupt.is_set)
            return
        self._report(Voted(job.utterance, self._model.vote(job.prompt, job.choices)))

    def _write(self, job: Write) -> None:
        started = self._clock.monotonic()
        try:
            text = "".join(
                self._model.stream(
                    job.prompt, max_tokens=job.max_tokens, stop=job.stop, cancelled=lambda: self._given_up(job)
                )
            )
        except Exception:  # noqa: BLE001  whatever a model raises costs its line and not the ones after it
            text = ""
        interrupted = self._given_up(job)
        seconds = self._clock.monotonic() - started
        self._report(Written(job.request_id, "" if interrupted else text, seconds, interrupted))

    def _given_up(self, job: Write) -> bool:
        if not job.urgent and self._interrupt.is_set():
            return True
        with self._lock:
            return job.request_id in self._cancelled


def _rank(job: Job) -> int:
    if isinstance(job, Write):
        return _URGENT if job.urgent else _PREPARED
    return _VOTE if isinstance(job, Vote) else _PREFILL
