"""Frames in, pieces of speech with their sound out: the one path that live rounds and files share.

It owns the stream clock (seconds of sound fed since the start), the sound that may still be needed, and the
detectors; the decisions are `core/endpointing.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.core import endpointing
from phantomcode.daemon.core.endpointing import (
    EndpointEvent,
    EndpointState,
    PauseReached,
    Rules,
    SegmentEnded,
    SegmentStarted,
    VerdictDue,
)
from phantomcode.daemon.core.transcription import asks_for_more
from phantomcode.daemon.ports import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    AudioFrame,
    Pcm,
    SpeechDetector,
    TurnDetector,
)

TURN_SECONDS = 8.0
"""What the turn detector looks at."""
_SAMPLE_BYTES = 2


@dataclass(frozen=True)
class Began:
    """Speech began at `at` (seconds of the clock the frames carry)."""

    at: float


@dataclass(frozen=True)
class Held:
    """A pause. `speech` is all that was said in the segment so far."""

    speech: Speech


@dataclass(frozen=True)
class Judged:
    """The pause goes on, since `at`. `turn_complete` is 0-1, or None without a turn detector.

    It is the detector's opinion, or 0 where the words stop in the middle of a clause.
    """

    at: float
    turn_complete: float | None


@dataclass(frozen=True)
class Resumed:
    """Speech went on after the pause."""

    at: float


@dataclass(frozen=True, eq=False)
class Speech:
    """A segment's sound, shape (samples,), and where the voice in it lies on the frames' clock.

    `pause` is equal for two pieces with the same voice in them, so that a transcript of one serves the other.
    """

    pcm: Pcm
    started_at: float
    ended_at: float
    pause: tuple[float, float]


@dataclass(frozen=True)
class Ended:
    """The segment is finished."""

    speech: Speech


Piece = Began | Held | Judged | Resumed | Ended


class Segmenter:
    """Cuts a stream of frames into segments. Not thread-safe: one thread feeds it.

    `supposed` gives what is understood so far of a piece with this `Speech.pause`, empty where nothing is yet.
    """

    def __init__(
        self,
        detector: SpeechDetector,
        turns: TurnDetector | None = None,
        rules: Rules | None = None,
        supposed: Callable[[tuple[float, float]], str] = lambda _pause: "",
    ) -> None:
        self._detector = detector
        self._turns = turns
        self._supposed = supposed
        self._state = EndpointState(rules or Rules())
        self._sound = bytearray()
        self._sound_from = 0
        self._fed = 0
        self._offset_seconds = 0.0
        self._onset_seconds = 0.0
        self._began_at = 0.0

    @property
    def speaking(self) -> bool:
        """A segment is open and its last frame was voiced."""
        segment = self._state.segment
        return segment is not None and segment.speech_ended_seconds == self._state.at_seconds

    @property
    def fresh(self) -> bool:
        """Nothing has been fed since the start or the last flush, so that a flush would do nothing."""
        return self._state.given_seconds == self._state.at_seconds

    def feed(self, frame: AudioFrame) -> list[Piece]:
        """Take one frame in and return what it brought about, in order."""
        self._sound += frame.pcm
        self._fed += FRAME_SAMPLES
        at_seconds = self._fed / SAMPLE_RATE_HZ
        self._offset_seconds = frame.captured_at - at_seconds
        probability = self._detector.probability(frame)
        self._state, events = endpointing.step(self._state, probability, at_seconds)
        pieces = self._pieces(events)
        self._forget()
        return pieces

    def flush(self) -> list[Piece]:
        """End what is open and forget the rest, as before a gate, a pause or the end of the input."""
        self._state, events = endpointing.flush(self._state)
        pieces = self._pieces(events)
        self._detector.reset()
        self._forget()
        return pieces

    def so_far(self) -> Pcm:
        """Return the sound of the open segment up to now, shape (samples,); empty when none is open."""
        segment = self._state.segment
        if segment is None:
            return np.zeros(0, np.int16)
        return self._cut(segment.started_seconds, self._state.at_seconds)

    def _pieces(self, events: tuple[EndpointEvent, ...]) -> list[Piece]:
        pieces: list[Piece] = []
        for event in events:
            if isinstance(event, SegmentStarted):
                self._onset_seconds = event.speech_started_seconds
                self._began_at = self._on_clock(event.speech_started_seconds)
                pieces.append(Began(self._began_at))
            elif isinstance(event, PauseReached):
                pieces.append(Held(self._so_far_said(event.speech_ended_seconds)))
            elif isinstance(event, VerdictDue):
                pieces.extend(self._judged(event))
            elif isinstance(event, SegmentEnded):
                pieces.append(Ended(self._finished(event)))
            else:
                pieces.append(Resumed(self._on_clock(event.at_seconds)))
        return pieces

    def _so_far_said(self, ended_seconds: float) -> Speech:
        return self._speech(self.so_far(), self._onset_seconds, ended_seconds)

    def _judged(self, event: VerdictDue) -> list[Piece]:
        pause = self._onset_seconds, event.speech_ended_seconds
        complete = 0.0 if asks_for_more(self._supposed(pause)) else self._turn_complete(self.so_far())
        judged = Judged(self._on_clock(event.speech_ended_seconds), complete)
        if complete is None:
            return [judged]
        self._state, events = endpointing.judge(self._state, complete)
        return [judged, *self._pieces(events)]

    def _turn_complete(self, pcm: Pcm) -> float | None:
        """Ask the turn detector; a broken one costs its opinion, nothing else."""
        if self._turns is None or not pcm.size:
            return None
        try:
            return self._turns.probability_complete(pcm[-int(TURN_SECONDS * SAMPLE_RATE_HZ) :])
        except EngineError:
            return None

    def _finished(self, event: SegmentEnded) -> Speech:
        pcm = self._cut(event.started_seconds, event.ended_seconds)
        return self._speech(pcm, event.speech_started_seconds, event.speech_ended_seconds)

    def _speech(self, pcm: Pcm, started_seconds: float, ended_seconds: float) -> Speech:
        return Speech(
            pcm,
            self._began_at,
            self._on_clock(ended_seconds),
            (started_seconds, ended_seconds),
        )

    def _on_clock(self, stream_seconds: float) -> float:
        return stream_seconds + self._offset_seconds

    def _cut(self, from_seconds: float, to_seconds: float) -> Pcm:
        first = max(0, round(from_seconds * SAMPLE_RATE_HZ) - self._sound_from)
        last = max(first, round(to_seconds * SAMPLE_RATE_HZ) - self._sound_from)
        piece = bytes(self._sound[first * _SAMPLE_BYTES : last * _SAMPLE_BYTES])
        return np.frombuffer(piece, np.int16)

    def _forget(self) -> None:
        """Drop sound that neither the open segment nor the pre-roll of a coming one can need."""
        rules, segment = self._state.rules, self._state.segment
        if segment is not None:
            needed_from = segment.started_seconds
        else:
            waiting_since = self._state.rising_since
            onset = self._state.at_seconds if waiting_since is None else waiting_since
            needed_from = max(self._state.given_seconds, onset - rules.pre_roll_seconds)
        drop = round(needed_from * SAMPLE_RATE_HZ) - self._sound_from
        if drop > 0:
            del self._sound[: drop * _SAMPLE_BYTES]
            self._sound_from += drop
