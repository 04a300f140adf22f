"""One thread that owns the language model's time: a line somebody waits for comes first, reading ahead comes last.

What the model may be asked when the candidate has finished is supposed at each pause and written ahead. If the pause
was the end, the round asks for just that, and has it at once; if not, it is forgotten. While the recogniser works,
the model rests, except over a line that somebody waits for.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

import msgspec

from phantomcode.daemon.core.effects import Prefill, Vote, Write
from phantomcode.daemon.ports import Clock, LanguageModel
from phantomcode.daemon.trace import Span, Trace, no_trace

Job = Write | Vote | Prefill

_URGENT, _SUPPOSED, _PREPARED, _VOTE, _PREFILL = range(5)
_NAMES = ("line", "supposed line", "prepared line", "vote", "prefill")


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


class _Stop(Enum):
    """Why a task is to stop."""

    REST = "rest"
    """The recogniser needs the processor; the task is taken up again afterwards."""
    FOR_GOOD = "for good"


@dataclass(eq=False)
class _Task:
    """A job with its place in the queue. `asker` is the round's request that it answers, None for what nobody asked."""

    job: Job
    rank: int
    number: int
    asker: Write | None = None
    stop: _Stop | None = None
    written: str | None = None
    """The finished text of a supposed line."""
    seconds: float = 0.0
    begun: bool = False
    """Its prompt is read: the first piece has come."""


class Scribe:
    """Carries out Write, Vote and Prefill one at a time; `report` is called from its thread, or from `take`.

    A vote or a prefill that a newer one has overtaken is dropped; an urgent line stops what is being prepared or read,
    and anything stops a prefill.
    """

    def __init__(
        self, model: LanguageModel, report: Callable[[Written | Voted], None], clock: Clock, trace: Trace = no_trace
    ) -> None:
        self._model = model
        self._report = report
        self._clock = clock
        self._trace = trace
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._waiting: list[_Task] = []
        self._running: _Task | None = None
        self._supposed: _Task | None = None
        self._cancelled: set[int] = set()
        self._resting = False
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="scribe", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def take(self, job: Job) -> None:
        """Queue a job; never blocks."""
        known = None
        with self._changed:
            if isinstance(job, Write) and self._supposed is not None and _same(self._supposed.job, job):
                known = self._adopt(self._supposed, job)
            else:
                if isinstance(job, Write) and job.urgent:
                    self._drop_supposed()
                self._put(job, _rank(job), job if isinstance(job, Write) else None)
        if known is not None:
            self._report(known)

    def suppose(self, write: Write) -> None:
        """Write a line that may be asked for soon; takes the place of the one supposed before."""
        with self._changed:
            if self._supposed is not None and _same(self._supposed.job, write):
                return
            self._drop_supposed()
            self._supposed = self._put(write, _SUPPOSED)

    def forget(self) -> None:
        """What was supposed will not be asked for."""
        with self._changed:
            self._drop_supposed()

    def rest(self, on: bool) -> None:
        """Leave the processor to the recogniser, or take it again; a line somebody waits for goes on."""
        with self._changed:
            self._resting = on
            if on and self._running is not None and self._running.rank != _URGENT:
                self._running.stop = self._running.stop or _Stop.REST
            self._changed.notify()

    def cancel(self, request_id: int) -> None:
        """Drop a line that is queued or being written."""
        with self._changed:
            self._cancelled.add(request_id)

    def close(self, timeout_seconds: float = 2.0) -> None:
        """Stop what runs, drop the rest."""
        with self._changed:
            self._closing = True
            if self._running is not None:
                self._running.stop = _Stop.FOR_GOOD
            self._changed.notify()
        self._thread.join(timeout_seconds)

    def _put(self, job: Job, rank: int, asker: Write | None = None) -> _Task:
        task = _Task(job, rank, next(self._numbers), asker)
        if rank in (_VOTE, _PREFILL):
            self._waiting = [other for other in self._waiting if other.rank != rank]
        self._waiting.append(task)
        self._make_room(rank)
        return task

    def _make_room(self, rank: int) -> None:
        running = self._running
        if running is not None and _gives_way(running.rank, rank):
            running.stop = _Stop.FOR_GOOD
        self._changed.notify()

    def _adopt(self, task: _Task, asker: Write) -> Written | None:
        """Let a supposed line answer the round's request: at once if it is finished, else when it is."""
        self._supposed = None
        at = self._clock.monotonic()
        stage = "written" if task.written is not None else "being written" if task.begun else "being read"
        self._trace(Span("interviewer", "reused", at, at, asker.request_id, {"stage": stage}))
        if task.written is not None:
            return Written(asker.request_id, task.written, task.seconds)
        task.asker = asker
        task.rank = _rank(asker)
        if task is not self._running:
            self._make_room(task.rank)
        return None

    def _drop_supposed(self) -> None:
        task, self._supposed = self._supposed, None
        if task is not None:
            task.stop = _Stop.FOR_GOOD
            self._waiting = [other for other in self._waiting if other is not task]

    def _work(self) -> None:
        while (task := self._next()) is not None:
            began_at = self._clock.monotonic()
            detail: dict[str, str | float | bool] = {}
            try:
                if isinstance(task.job, Write):
                    self._write(task, task.job, detail)
                else:
                    self._read(task, task.job)
            finally:
                with self._changed:
                    self._running = None
            if task.stop is not None:
                detail["stopped"] = task.stop.value
            name = _NAMES[task.rank]
            self._trace(Span("interviewer", name, began_at, self._clock.monotonic(), task.number, detail))

    def _next(self) -> _Task | None:
        with self._changed:
            while not self._closing:
                due = [task for task in self._waiting if task.rank == _URGENT or not self._resting]
                if due:
                    task = min(due, key=lambda each: (each.rank, each.number))
                    self._waiting.remove(task)
                    task.stop = None
                    self._running = task
                    return task
                self._changed.wait()
            return None

    def _read(self, task: _Task, job: Vote | Prefill) -> None:
        """A model that fails is reported by its host, and a vote or a prefill is not missed.

        Nor is a vote asked again that had to rest: more has been said by then, and an opinion is worth little.
        """
        try:
            if isinstance(job, Prefill):
                self._model.prefill(job.prompt, cancelled=lambda: task.stop is not None)
                weights: tuple[float, ...] = ()
            else:
                weights = self._model.vote(job.prompt, job.choices, cancelled=lambda: task.stop is not None)
        except Exception:  # noqa: BLE001  whatever a model raises costs its job and not the ones after it
            return
        if weights and isinstance(job, Vote):
            self._report(Voted(job.utterance, weights))
            return
        with self._changed:
            overtaken = any(other.rank == task.rank for other in self._waiting)
            if task.stop is _Stop.REST and isinstance(job, Prefill) and not overtaken:
                self._waiting.append(task)

    def _write(self, task: _Task, job: Write, detail: dict[str, str | float | bool]) -> None:
        started = self._clock.monotonic()
        try:
            detail["unread_tokens"] = self._model.unread_tokens(job.prompt)
            text = "".join(self._pieces(task, job))
        except Exception:  # noqa: BLE001  whatever a model raises costs its line and not the ones after it
            text = ""
        seconds = self._clock.monotonic() - started
        with self._changed:
            if task.stop is _Stop.REST:
                self._waiting.append(task)
                return
            if task is self._supposed:
                task.written, task.seconds = text, seconds
                if task.stop is not None:
                    self._supposed = None
            asker = task.asker
        if asker is not None:
            interrupted = self._given_up(task)
            self._report(Written(asker.request_id, "" if interrupted else text, seconds, interrupted))

    def _pieces(self, task: _Task, job: Write) -> Iterator[str]:
        def given_up() -> bool:
            return self._given_up(task)

        for piece in self._model.stream(job.prompt, max_tokens=job.max_tokens, stop=job.stop, cancelled=given_up):
            task.begun = True
            yield piece

    def _given_up(self, task: _Task) -> bool:
        with self._changed:
            cancelled = task.asker is not None and task.asker.request_id in self._cancelled
            return task.stop is not None or cancelled


def _same(one: Job, other: Write) -> bool:
    """Whether two requests are for the same words, whoever asks."""
    return isinstance(one, Write) and (one.prompt, one.max_tokens, one.stop) == (
        other.prompt,
        other.max_tokens,
        other.stop,
    )


def _gives_way(running: int, rank: int) -> bool:
    """An urgent line stops everything, a supposed one all but that, anything stops reading ahead."""
    return rank < running and (rank in (_URGENT, _SUPPOSED) or running == _PREFILL)


def _rank(job: Job) -> int:
    if isinstance(job, Write):
        return _URGENT if job.urgent else _PREPARED
    return _VOTE if isinstance(job, Vote) else _PREFILL
