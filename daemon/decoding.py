"""The decoding half of Ears: one thread that owns the recogniser and decides what is worth its time.

Order of service: finished segments and speculation first, in the order they came; a partial only when nothing
else waits. A speculative transcript is kept while the pause lasts and serves the final one when the segment
ends there.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.core.transcription import Settling, settle
from phantomcode.daemon.ports import SAMPLE_RATE_HZ, Clock, Pcm, Recogniser, Recognition
from phantomcode.daemon.segmenter import Speech
from phantomcode.daemon.trace import Span, Trace, no_trace

PARTIAL_REST = 4.0
"""Between partials the recogniser rests four times as long as the last one took. A fifth of the time on two threads
is about a third of one core, and a partial seldom stands in the way of the final transcript."""
FIRST_PARTIAL_SECONDS = 1.0


@dataclass(frozen=True)
class Lost:
    """A segment the recogniser failed on twice, or in a way nobody foresaw."""

    code: str
    message: str


@dataclass(frozen=True)
class Told:
    """Whom the decoder tells what; all are called from its thread."""

    final: Callable[[Speech, Recognition | Lost, float], None]
    """What was said, and when it was known (monotonic seconds)."""
    partial: Callable[[str, int], None]
    """What is understood so far, and how many characters of it will not change."""
    supposed: Callable[[Speech, Recognition], None]
    """What was said if the present pause is the end of it."""
    busy: Callable[[bool], None]
    """Decoding begins or is over: others leave the processor to it."""


@dataclass(frozen=True, eq=False)
class _Job:
    """Something to transcribe. `final` ones are delivered; the others are kept in case they become final."""

    speech: Speech
    final: bool


def transcribe_twice(recogniser: Recogniser, pcm: Pcm, vocabulary: tuple[str, ...]) -> Recognition | Lost:
    """Transcribe, with one retry: a supervised engine is back soon after it dies."""
    try:
        return recogniser.transcribe(pcm, vocabulary)
    except EngineError:
        try:
            return recogniser.transcribe(pcm, vocabulary)
        except EngineError as error:
            return Lost(error.code, error.message)


class Decoder:
    """Feeds the recogniser from one thread of its own and delivers from there."""

    def __init__(
        self,
        recogniser: Recogniser,
        clock: Clock,
        told: Told,
        trace: Trace = no_trace,
    ) -> None:
        self.vocabulary: tuple[str, ...] = ()
        self._recogniser = recogniser
        self._clock = clock
        self._told = told
        self._trace = trace
        self._changed = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._partial: Pcm | None = None
        self._segment = 0
        self._settling = Settling()
        self._partial_not_before = 0.0
        self._busy = False
        self._finished = False
        self._pauses = 0
        """Goes up when a pause is over: what was supposed at an earlier one is void."""
        self._speculated: tuple[tuple[float, float], Recognition, float] | None = None
        self.thread = threading.Thread(target=self._work, name="ears-decoder", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self.thread.start()

    def begin(self) -> None:
        """A new segment is open: its partials start from nothing."""
        with self._changed:
            self._segment += 1
            self._partial = None
            self._settling = Settling()
            self._partial_not_before = max(self._partial_not_before, self._clock.monotonic() + FIRST_PARTIAL_SECONDS)

    def wants_partial(self) -> bool:
        """Idle, and the rest after the last partial is over."""
        with self._changed:
            idle = not self._jobs and self._partial is None and not self._busy
            return idle and self._clock.monotonic() >= self._partial_not_before

    def partial(self, pcm: Pcm) -> None:
        """Transcribe the open segment as far as it goes."""
        with self._changed:
            self._partial = pcm
            self._changed.notify()

    def speculate(self, speech: Speech) -> None:
        """Transcribe at a pause, in case it is the end."""
        self._put(_Job(speech, final=False))

    def forget(self) -> None:
        """Speech went on: speculation is void."""
        with self._changed:
            self._drop_speculation()

    def supposed_text(self, pause: tuple[float, float]) -> str:
        """Return what was transcribed at a pause that still lasts, empty where that is not done."""
        known = self._speculated_for(pause)
        return known[0].text if known is not None else ""

    def finalise(self, speech: Speech) -> None:
        """Transcribe and deliver; uses the speculative transcript when it has the same voice in it."""
        with self._changed:
            self._segment += 1
        self._put(_Job(speech, final=True))

    def finish(self) -> None:
        """Deliver all that waits, then end the thread; returns when that is done."""
        with self._changed:
            self._finished = True
            self._changed.notify()
        if self.thread.is_alive():
            self.thread.join()

    def _put(self, job: _Job) -> None:
        with self._changed:
            self._partial = None
            self._jobs.append(job)
            self._changed.notify()

    def _drop_speculation(self) -> None:
        self._pauses += 1
        self._speculated = None
        self._jobs = deque(job for job in self._jobs if job.final)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.wait_for(lambda: self._jobs or self._partial is not None or self._finished)
                job = self._jobs.popleft() if self._jobs else None
                partial, self._partial = self._partial, None
                segment, self._busy = self._segment, True
            if job is not None:
                self._decode(job)
            elif partial is not None:
                self._decode_partial(partial, segment)
            else:
                return

    def _decode(self, job: _Job) -> None:
        with self._changed:
            pause = self._pauses
        known = self._speculated_for(job.speech.pause)
        outcome, decoded_at = known or self._transcribe(job.speech, "final" if job.final else "supposed")
        if job.final:
            with self._changed:
                self._speculated = None
            at = self._clock.monotonic()
            self._trace(Span("recogniser", "delivered", at, at, detail={"reused": known is not None}))
            self._told.final(job.speech, outcome, decoded_at)
            return
        if not isinstance(outcome, Recognition):
            return
        with self._changed:
            if pause != self._pauses:
                return
            self._speculated = (job.speech.pause, outcome, decoded_at)
            ended_meanwhile = any(waiting.speech.pause == job.speech.pause for waiting in self._jobs)
        if not ended_meanwhile:
            self._told.supposed(job.speech, outcome)

    def _speculated_for(self, pause: tuple[float, float]) -> tuple[Recognition, float] | None:
        with self._changed:
            if self._speculated is None or self._speculated[0] != pause:
                return None
            return self._speculated[1:]

    def _transcribe(self, speech: Speech, name: str) -> tuple[Recognition | Lost, float]:
        outcome: Recognition | Lost
        with self._at_work(name, speech.pcm):
            try:
                outcome = transcribe_twice(self._recogniser, speech.pcm, self.vocabulary)
            except Exception as error:  # noqa: BLE001  whatever a recogniser raises costs its segment and no other
                outcome = Lost("recogniser.failed", f"The recogniser failed: {error!r}.")
        return outcome, self._clock.monotonic()

    @contextmanager
    def _at_work(self, name: str, pcm: Pcm) -> Iterator[None]:
        began = self._clock.monotonic()
        self._told.busy(True)
        try:
            yield
        finally:
            self._told.busy(False)
            detail = {"speech_s": len(pcm) / SAMPLE_RATE_HZ}
            self._trace(Span("recogniser", name, began, self._clock.monotonic(), detail=detail))

    def _decode_partial(self, pcm: Pcm, segment: int) -> None:
        """A partial that fails or comes late is no loss: the final transcript does not depend on it."""
        started = self._clock.monotonic()
        with self._at_work("partial", pcm):
            try:
                text = self._recogniser.transcribe(pcm, self.vocabulary).text
            except Exception:  # noqa: BLE001  the final transcript will say what is wrong
                text = ""
        ended = self._clock.monotonic()
        with self._changed:
            self._partial_not_before = ended + PARTIAL_REST * (ended - started)
            if segment != self._segment or not text:
                return
            self._settling = settle(self._settling, text)
            settled = self._settling
        self._told.partial(settled.text, settled.stable_chars)
