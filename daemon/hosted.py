"""Typed proxies: the ports of the engines that live in child processes (see hosting.py).

Time limits are for a hung engine, not for a slow one; the runtime has its own deadlines for lines.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from phantomcode.daemon.hosting import EngineHost
from phantomcode.daemon.ports import FRAME_SECONDS, AudioFrame, Pace, Pcm, Recognition, never

RECOGNISER_SECONDS = 60.0
TURN_DETECTOR_SECONDS = 1.0
"""It answers in under 0.1 s, and while it is asked nobody listens: a later answer is not worth having."""
PREFILL_SECONDS = 300.0
TOKEN_SECONDS = 120.0
"""The first token waits for whatever part of the prompt is not read yet; a full context of 2,048 tokens takes 40 s
on two cores."""
VOICE_SECONDS = 60.0
DEVICE_SECONDS = 20.0
FRAME_GAP_SECONDS = 5.0


class HostedRecogniser:
    """A Recogniser in a child process."""

    def __init__(self, host: EngineHost) -> None:
        self._host = host

    def transcribe(self, pcm: Pcm, vocabulary: Sequence[str], *, words: bool = False) -> Recognition:
        """Transcribe one segment; raises EngineError."""
        recognition: Recognition = self._host.call(
            "transcribe", pcm, tuple(vocabulary), words=words, timeout_seconds=RECOGNISER_SECONDS
        )
        return recognition


class HostedTurnDetector:
    """A TurnDetector in a child process."""

    def __init__(self, host: EngineHost) -> None:
        self._host = host

    def probability_complete(self, pcm: Pcm) -> float:
        """Return 0-1; raises EngineError, at once when the engine is busy or not there."""
        probability: float = self._host.call(
            "probability_complete", pcm, timeout_seconds=TURN_DETECTOR_SECONDS, wait_seconds=0.0
        )
        return probability


class HostedLanguageModel:
    """A LanguageModel in a child process."""

    def __init__(self, host: EngineHost) -> None:
        self._host = host

    def prefill(self, prompt: str, *, cancelled: Callable[[], bool] = never) -> None:
        """Read the prompt into the cache, or as much of it as time allows; raises EngineError."""
        self._host.call("prefill", prompt, timeout_seconds=PREFILL_SECONDS, cancelled=cancelled)

    def stream(
        self, prompt: str, *, max_tokens: int, stop: Sequence[str], cancelled: Callable[[], bool]
    ) -> Iterator[str]:
        """Yield pieces of the greedy completion; raises EngineError."""
        return self._host.stream(
            "stream",
            prompt,
            max_tokens=max_tokens,
            stop=tuple(stop),
            timeout_seconds=TOKEN_SECONDS,
            cancelled=cancelled,
        )

    def vote(self, prompt: str, choices: Sequence[str], *, cancelled: Callable[[], bool] = never) -> tuple[float, ...]:
        """Return one probability per choice, or none when cancelled; raises EngineError."""
        votes: tuple[float, ...] = self._host.call(
            "vote", prompt, tuple(choices), timeout_seconds=TOKEN_SECONDS, cancelled=cancelled
        )
        return votes

    def move_to(self, host: EngineHost) -> None:
        """Go on with another model in another child process."""
        self._host = host

    @property
    def pace(self) -> Pace:
        """What the model was measured to do when it was loaded; raises EngineError."""
        pace: Pace = self._host.call("pace", timeout_seconds=TOKEN_SECONDS)
        return pace

    def unread_tokens(self, prompt: str) -> int:
        """Return how many tokens of the prompt are not in the cache; raises EngineError."""
        unread: int = self._host.call("unread_tokens", prompt, timeout_seconds=TOKEN_SECONDS)
        return unread


class HostedVoice:
    """A Voice in a child process."""

    def __init__(self, host: EngineHost) -> None:
        self._host = host
        self._rate_hz: int | None = None

    def synthesise(self, text: str) -> Iterator[Pcm]:
        """Yield sound clause by clause; raises EngineError."""
        _ = self.sample_rate_hz  # whoever plays the first clause asks for it, while the engine is at the second
        yield from self._host.stream("synthesise", text, timeout_seconds=VOICE_SECONDS)

    @property
    def sample_rate_hz(self) -> int:
        """Rate of what synthesise yields, asked of the engine once; raises EngineError."""
        if self._rate_hz is None:
            self._rate_hz = self._host.call("sample_rate_hz", timeout_seconds=VOICE_SECONDS)
        return self._rate_hz


class HostedLoudspeaker:
    """A Loudspeaker in a child process."""

    def __init__(self, host: EngineHost) -> None:
        self._host = host

    def play(self, pcm: Pcm, sample_rate_hz: int, *, cancelled: Callable[[], bool] = never) -> None:
        """Play and return when it has been heard, or soon after `cancelled`; raises AudioError or EngineError."""
        limit = len(pcm) / sample_rate_hz + DEVICE_SECONDS
        self._host.call("play", pcm, sample_rate_hz, timeout_seconds=limit, cancelled=cancelled)


class HostedMicrophone:
    """A Microphone in a child process; a frozen driver is killed with it.

    After an EngineError the device is closed: `open` it again. A recording goes on after the last frame that came
    through, in a new child too.
    """

    def __init__(self, host: EngineHost) -> None:
        self._host = host
        self._closed = threading.Event()
        self._heard_frames = 0

    def open(self) -> str:
        """Open the source and return its name; raises AudioError or EngineError."""
        self._closed.clear()
        name: str = self._host.call("open", self._heard_frames * FRAME_SECONDS, timeout_seconds=DEVICE_SECONDS)
        return name

    def frames(self) -> Iterator[AudioFrame]:
        """Yield frames until the source ends or `close` is called; raises AudioError or EngineError."""
        frames = self._host.stream("frames", timeout_seconds=FRAME_GAP_SECONDS, cancelled=self._closed.is_set)
        with closing(frames):
            for frame in frames:
                self._heard_frames += 1
                yield frame

    def close(self) -> None:
        """Release the device, from any thread; safe to call twice."""
        self._closed.set()
        if self._host.ready:
            self._host.call("close", timeout_seconds=DEVICE_SECONDS)
