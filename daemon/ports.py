"""Protocols for every engine. The runtime knows these; adapters and the scripted fakes obey them.

Audio is mono signed 16-bit at 16 kHz everywhere inside (`Pcm`, shape (samples,)). Times are seconds on the
session clock unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from phantomcode.daemon.contract.messages import Message
from phantomcode.daemon.core.events import Event

Pcm = npt.NDArray[np.int16]

SAMPLE_RATE_HZ = 16_000
FRAME_SECONDS = 0.02
FRAME_SAMPLES = 320


class AudioFrame(msgspec.Struct, frozen=True):
    """20 ms of sound. `captured_at` is time.monotonic() of its last sample, in seconds."""

    pcm: bytes
    captured_at: float
    clipping: bool = False
    digital_silence: bool = False
    """Every sample is exactly zero, as a denied microphone delivers."""
    speech_probability: float | None = None
    """0-1 where the source has asked a speech detector already."""


class Microphone(Protocol):
    """A source of 16 kHz frames: PyAudio, a WAV file paced in real time, or a script."""

    def open(self) -> str:
        """Open the source and return its full name; raises AudioError."""
        ...

    def frames(self) -> Iterator[AudioFrame]:
        """Yield frames until the source ends; raises AudioError when the device is lost."""
        ...

    def close(self) -> None:
        """Release the device; safe to call twice."""
        ...


class SpeechDetector(Protocol):
    """Is there speech in this frame?"""

    def probability(self, frame: AudioFrame) -> float:
        """Return 0-1 for one 20 ms frame; keeps state between frames."""
        ...

    def reset(self) -> None:
        """Forget the state, as after a pause."""
        ...


class TurnDetector(Protocol):
    """Has the speaker finished the thought, or only paused?"""

    def probability_complete(self, pcm: Pcm) -> float:
        """Return 0-1 for the last seconds of a turn, pcm of shape (samples,)."""
        ...


class RecognisedWord(msgspec.Struct, frozen=True):
    """One word with its place in the segment (seconds from the segment's first sample) and probability 0-1."""

    text: str
    started_seconds: float
    ended_seconds: float
    probability: float


class Recognition(msgspec.Struct, frozen=True):
    """Text of one segment; empty text means no speech was found in it. `decode_seconds` is what it took."""

    text: str
    confidence: float
    words: tuple[RecognisedWord, ...] = ()
    decode_seconds: float = 0.0


class Recogniser(Protocol):
    """Speech to text."""

    def transcribe(self, pcm: Pcm, vocabulary: Sequence[str], *, words: bool = False) -> Recognition:
        """Transcribe one segment, biased towards at most 15 vocabulary terms."""
        ...


def never() -> bool:
    """The `cancelled` of work that nobody will call off."""
    return False


class Pace(msgspec.Struct, frozen=True):
    """How fast a language model was when it was loaded, in tokens a second, and with how many threads."""

    reading: float
    writing: float
    threads: int


class LanguageModel(Protocol):
    """An instruction-tuned model with a resident, append-only prompt."""

    def prefill(self, prompt: str, *, cancelled: Callable[[], bool] = never) -> None:
        """Read the prompt into the cache, reusing the longest common prefix; stops soon after `cancelled()`."""
        ...

    def stream(
        self, prompt: str, *, max_tokens: int, stop: Sequence[str], cancelled: Callable[[], bool]
    ) -> Iterator[str]:
        """Yield pieces of the greedy completion; ends early soon after `cancelled()` turns true."""
        ...

    def vote(self, prompt: str, choices: Sequence[str], *, cancelled: Callable[[], bool] = never) -> tuple[float, ...]:
        """Return the probability of each single-token choice as the next token, normalised over the choices.

        Empty soon after `cancelled()` turns true.
        """
        ...

    def unread_tokens(self, prompt: str) -> int:
        """Return how many tokens of the prompt are not in the cache."""
        ...

    @property
    def pace(self) -> Pace:
        """What it was measured to do."""
        ...


class Voice(Protocol):
    """Text to sound."""

    def synthesise(self, text: str) -> Iterator[Pcm]:
        """Yield sound clause by clause at `sample_rate_hz`."""
        ...

    @property
    def sample_rate_hz(self) -> int:
        """Rate of what synthesise yields."""
        ...


class Loudspeaker(Protocol):
    """Plays sound; blocks until it has been heard, so that the microphone gate knows when it ends."""

    def play(self, pcm: Pcm, sample_rate_hz: int, *, cancelled: Callable[[], bool] = never) -> None:
        """Play and return when done, or soon after `cancelled()` turns true; raises AudioError."""
        ...


class Labeller(Protocol):
    """Trained labels of a text: label name -> probability 0-1. The same text gives the same numbers."""

    version: str
    """Names the weights, so that a report can say what labelled it."""

    def labels(self, head: str, text: str, lead: str) -> dict[str, float]:
        """Label a text given what was said before it; probabilities sum to 1.

        Heads: "phase", "tradeoff" and "act" for an utterance, "answer" for an answer given its challenge.
        """
        ...


class Journal(Protocol):
    """The append-only record of one session. An event is durable when `append` returns."""

    def append(self, event: Event) -> int:
        """Write one event and return its number in the session; raises JournalError."""
        ...

    def events(self) -> Iterator[Event]:
        """Yield the session's events in order."""
        ...

    def close(self) -> None:
        """Release the file; safe to call twice."""
        ...


class Publisher(Protocol):
    """The way out to watchers."""

    def publish(self, message: Message) -> None:
        """Send to everyone who listens; never blocks."""
        ...


class Clock(Protocol):
    """Wall and monotonic time, so that tests can own them."""

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...

    def wall(self) -> float:
        """Seconds since 1970."""
        ...
