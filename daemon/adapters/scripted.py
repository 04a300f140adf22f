"""Engines that follow a script. They obey the ports as the real ones do, for tests and for rounds without models."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from phantomcode.daemon.contract.errors import AudioError, PhantomError
from phantomcode.daemon.contract.messages import Message
from phantomcode.daemon.contract.vocabulary import PHASES
from phantomcode.daemon.core.events import Event
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.ports import FRAME_SAMPLES, FRAME_SECONDS, AudioFrame, Pace, Pcm, Recognition, never


class ManualClock:
    """A Clock that stands still until `advance` moves it."""

    def __init__(self, monotonic_seconds: float = 100.0, wall_seconds: float = 1.7e9) -> None:
        self._monotonic = monotonic_seconds
        self._wall = wall_seconds

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return self._monotonic

    def wall(self) -> float:
        """Seconds since 1970."""
        return self._wall

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._monotonic += seconds
        self._wall += seconds


class ScriptedMicrophone:
    """A Microphone that delivers the given sound in frames, as fast as it is asked, then ends or fails."""

    def __init__(self, pcm: Pcm, clock: ManualClock, *, failure: AudioError | None = None) -> None:
        self._pcm = pcm
        self._clock = clock
        self._failure = failure
        self._closed = threading.Event()

    def open(self) -> str:
        """Return the name of the source."""
        self._closed.clear()
        return "scripted microphone"

    def frames(self) -> Iterator[AudioFrame]:
        """Yield whole frames, moving the clock by each; raises the failure it was given at the end."""
        for begin in range(0, len(self._pcm) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            if self._closed.is_set():
                return
            piece = self._pcm[begin : begin + FRAME_SAMPLES]
            self._clock.advance(FRAME_SECONDS)
            yield AudioFrame(piece.tobytes(), self._clock.monotonic(), digital_silence=not piece.any())
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """End the frames; safe to call twice."""
        self._closed.set()


class LoudnessDetector:
    """A SpeechDetector for scripted sound: everything that is not digital silence is speech."""

    def probability(self, frame: AudioFrame) -> float:
        """Return 0 or 1."""
        return float(any(frame.pcm))

    def reset(self) -> None:
        """Nothing is kept between frames."""


class ScriptedTurnDetector:
    """A TurnDetector that gives the probabilities of its script in turn, then the last one for ever."""

    def __init__(self, probabilities: Sequence[float]) -> None:
        self._script = _lasting(probabilities)

    def probability_complete(self, pcm: Pcm) -> float:  # noqa: ARG002  the port's parameter
        """Return the next probability."""
        return next(self._script)


class ScriptedRecogniser:
    """A Recogniser that hears the texts of its script in turn, then nothing. An error in the script is raised.

    `heard` keeps the length of each segment and its vocabulary.
    """

    def __init__(self, script: Iterable[str | PhantomError], confidence: float = 0.9) -> None:
        self._script = iter(script)
        self._confidence = confidence
        self.heard: list[tuple[int, tuple[str, ...]]] = []

    def transcribe(self, pcm: Pcm, vocabulary: Sequence[str], *, words: bool = False) -> Recognition:  # noqa: ARG002
        """Return the next text of the script, without word times."""
        self.heard.append((len(pcm), tuple(vocabulary)))
        text = _next_text(self._script)
        return Recognition(text, self._confidence if text else 0.0)


class ScriptedLabeller:
    """A Labeller: what mentions a price is a tradeoff, and every answer a capitulation; `asked` keeps its questions."""

    version = "script-1"

    def __init__(self, *, failure: PhantomError | None = None) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self._failure = failure

    def labels(self, head: str, text: str, lead: str) -> dict[str, float]:
        """Return the probability of every label of a head; raises the failure where there is one."""
        self.asked.append((head, text, lead))
        if self._failure is not None:
            raise self._failure
        match head:
            case "phase":
                return dict.fromkeys((phase.value for phase in PHASES), 0.1) | {"deep_dive": 0.6}
            case "tradeoff":
                return {"yes": 0.9, "no": 0.1} if "price" in text else {"yes": 0.1, "no": 0.9}
            case "act":
                return {"mechanism": 0.7, "other": 0.3}
            case _:
                return dict.fromkeys((c.value for c in ResponseClass), 0.1) | {"CN": 0.5}


class ScriptedLanguageModel:
    """A LanguageModel that writes the lines of its script in turn, then nothing. An error in the script is raised.

    It votes for the first choice with `confidence` and spreads the rest evenly; `prompts` keeps what it was given.
    """

    def __init__(self, script: Iterable[str | PhantomError] = (), confidence: float = 0.6) -> None:
        self._script = iter(script)
        self._confidence = confidence
        self.prefilled: list[str] = []
        self.prompts: list[str] = []

    def prefill(self, prompt: str, *, cancelled: Callable[[], bool] = never) -> None:
        """Note the prompt."""
        if not cancelled():
            self.prefilled.append(prompt)

    def stream(
        self, prompt: str, *, max_tokens: int, stop: Sequence[str], cancelled: Callable[[], bool]
    ) -> Iterator[str]:
        """Yield the next line word by word, a word counting as a token."""
        self.prompts.append(prompt)
        line = _next_text(self._script)
        for mark in stop:
            line = line.partition(mark)[0]
        for number, word in enumerate(line.split()[:max_tokens]):
            if cancelled():
                return
            yield word if number == 0 else f" {word}"

    @property
    def pace(self) -> Pace:
        """Faster than anybody waits for."""
        return Pace(1000.0, 100.0, 1)

    def unread_tokens(self, prompt: str) -> int:
        """Count the words of a prompt that was not the last one, nor prefilled."""
        known = prompt in (*self.prefilled, *self.prompts[-1:])
        return 0 if known else len(prompt.split())

    def vote(self, prompt: str, choices: Sequence[str], *, cancelled: Callable[[], bool] = never) -> tuple[float, ...]:
        """Return one probability per choice; they add up to 1."""
        if cancelled():
            return ()
        self.prompts.append(prompt)
        if len(choices) == 1:
            return (1.0,)
        rest = (1.0 - self._confidence) / (len(choices) - 1)
        return (self._confidence, *(rest for _ in choices[1:]))


class ScriptedVoice:
    """A Voice that makes 0.1 s of a quiet tone for each word, sentence by sentence; `said` keeps the texts."""

    sample_rate_hz = 16_000

    def __init__(self) -> None:
        self.said: list[str] = []

    def synthesise(self, text: str) -> Iterator[Pcm]:
        """Yield one array for each sentence."""
        self.said.append(text)
        for sentence in filter(None, (part.strip() for part in text.split("."))):
            yield np.full(len(sentence.split()) * self.sample_rate_hz // 10, 1000, dtype=np.int16)


class ScriptedLoudspeaker:
    """A Loudspeaker that plays in no time, moving the clock by what it plays; `played` keeps the sounds."""

    def __init__(self, clock: ManualClock | None = None, *, failure: AudioError | None = None) -> None:
        self._clock = clock
        self._failure = failure
        self.played: list[Pcm] = []

    def play(self, pcm: Pcm, sample_rate_hz: int, *, cancelled: Callable[[], bool] = never) -> None:
        """Note the sound, unless it is called off already; raises the failure it was given."""
        if cancelled():
            return
        if self._failure is not None:
            raise self._failure
        self.played.append(pcm)
        if self._clock is not None:
            self._clock.advance(len(pcm) / sample_rate_hz)


class MemoryJournal:
    """A Journal that keeps its events in memory and nowhere else."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._events = list(events)

    def append(self, event: Event) -> int:
        """Keep one event and return its number, counting from 1."""
        self._events.append(event)
        return len(self._events)

    def events(self) -> Iterator[Event]:
        """Yield the events kept so far."""
        yield from tuple(self._events)

    def close(self) -> None:
        """Nothing is held open."""


class CollectingPublisher:
    """A Publisher that keeps what was published."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def publish(self, message: Message) -> None:
        """Keep one message."""
        self.messages.append(message)


def _lasting(values: Sequence[float]) -> Iterator[float]:
    yield from values
    while True:
        yield values[-1]


def _next_text(script: Iterator[str | PhantomError]) -> str:
    entry = next(script, "")
    if isinstance(entry, PhantomError):
        raise entry
    return entry
