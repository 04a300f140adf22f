"""Ears: microphone to utterances on two threads of its own, one that hears and one that decodes.

Every `SpeechBegan` is closed by exactly one `UtteranceEnded` or `NothingHeard`, in the order the speech was
said. Since decoding takes time, the next `SpeechBegan` may come before the close of the one before.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from phantomcode.daemon.contract.errors import AudioError, EngineError
from phantomcode.daemon.core.endpointing import Rules
from phantomcode.daemon.decoding import Decoder, Lost, Told
from phantomcode.daemon.ports import (
    FRAME_SECONDS,
    AudioFrame,
    Clock,
    Microphone,
    Recogniser,
    Recognition,
    SpeechDetector,
    TurnDetector,
)
from phantomcode.daemon.segmenter import Began, Ended, Held, Judged, Piece, Resumed, Segmenter, Speech
from phantomcode.daemon.trace import Span, Trace, no_trace

ACOUSTIC_TAIL_SECONDS = 0.25
"""A room rings on after the loudspeaker has stopped."""
SILENT_INPUT_SECONDS = 3.0
LEVEL_FRAMES = 5
"""One level in 100 ms."""
FLOOR_DBFS = -100.0
BACKOFF_SECONDS = (0.5, 1.0, 2.0, 4.0)
"""Waits between attempts to open a lost device; the last one repeats."""
STOP_SECONDS = 6.0
"""How long `stop` waits for the last words to be decoded."""


InputError = AudioError | EngineError
"""An input in a child process can also die with the child."""


class SpeechBegan(msgspec.Struct, frozen=True):
    """The candidate began to talk; session seconds."""

    at_seconds: float


class SpeechHeld(msgspec.Struct, frozen=True):
    """A pause, said once it is 600 ms old. `turn_complete` is 0-1, or None without a turn detector (`Judged`).

    `at_seconds` is when the voice ended, in session seconds.
    """

    at_seconds: float
    turn_complete: float | None


class SpeechWentOn(msgspec.Struct, frozen=True):
    """The candidate talks again after a pause of 200 ms or more, in the same segment; session seconds."""

    at_seconds: float


class PartialHeard(msgspec.Struct, frozen=True):
    """What has been understood so far of the open segment; the first `stable_chars` will not change."""

    text: str
    stable_chars: int


class UtteranceSupposed(msgspec.Struct, frozen=True):
    """What has been said if the present pause is the end of it; void once SpeechWentOn is told. Session seconds."""

    started_seconds: float
    ended_seconds: float
    text: str
    confidence: float


class UtteranceEnded(msgspec.Struct, frozen=True):
    """A finished utterance: session seconds of its voice, and monotonic times for measuring latency."""

    started_seconds: float
    ended_seconds: float
    text: str
    confidence: float
    speech_ended_at_monotonic: float
    decoded_at_monotonic: float


class NothingHeard(msgspec.Struct, frozen=True):
    """What began came to nothing: no words in it (`speech.none`), or the recogniser failed twice."""

    started_seconds: float
    ended_seconds: float
    code: str
    message: str


class LevelHeard(msgspec.Struct, frozen=True):
    """Loudness of the last 100 ms, RMS in dB below full scale."""

    dbfs: float
    clipping: bool


class InputGone(msgspec.Struct, frozen=True):
    """The input cannot be opened or was lost; Ears keeps trying."""

    code: str
    message: str
    remedy: str


class InputBack(msgspec.Struct, frozen=True):
    """The input works again, under this name."""

    device: str


class InputEnded(msgspec.Struct, frozen=True):
    """A file ran out; its last utterance has been delivered."""


class InputSilent(msgspec.Struct, frozen=True):
    """Nothing but exact zeros for three seconds: a denied permission or a muted device."""


EarEvent = (
    SpeechBegan
    | SpeechHeld
    | SpeechWentOn
    | PartialHeard
    | UtteranceSupposed
    | UtteranceEnded
    | NothingHeard
    | LevelHeard
    | InputGone
    | InputBack
    | InputEnded
    | InputSilent
)


class Meter:
    """Loudness and digital silence of the frames that go by."""

    def __init__(self) -> None:
        self._frames: list[AudioFrame] = []
        self._zero_seconds = 0.0

    def level(self, frame: AudioFrame) -> LevelHeard | None:
        """Return a level with every fifth frame."""
        self._frames.append(frame)
        if len(self._frames) < LEVEL_FRAMES:
            return None
        pcm = np.frombuffer(b"".join(each.pcm for each in self._frames), np.int16)
        clipping = any(each.clipping for each in self._frames)
        self._frames.clear()
        return LevelHeard(loudness_dbfs(pcm), clipping)

    def silent(self, frame: AudioFrame) -> bool:
        """Return True once, when exact zeros have gone on for SILENT_INPUT_SECONDS."""
        before = self._zero_seconds
        self._zero_seconds = before + FRAME_SECONDS if frame.digital_silence else 0.0
        return before < SILENT_INPUT_SECONDS <= self._zero_seconds


def loudness_dbfs(pcm: np.ndarray[tuple[int], np.dtype[np.int16]]) -> float:
    """RMS of int16 samples in dB below full scale, at least FLOOR_DBFS."""
    if not pcm.size:
        return FLOOR_DBFS
    power = float(np.mean(np.square(pcm.astype(np.float32) / 32768.0)))
    return max(FLOOR_DBFS, 10.0 * float(np.log10(power))) if power > 0 else FLOOR_DBFS


class Ears:
    """Listens until the input ends or `stop` is called; tells `heard` from its own threads.

    `session_time` maps time.monotonic() seconds to session seconds; `decoding` is told when the recogniser begins
    and ends a piece of work.
    """

    def __init__(
        self,
        microphone: Microphone,
        detector: SpeechDetector,
        turns: TurnDetector | None,
        recogniser: Recogniser,
        clock: Clock,
        session_time: Callable[[float], float],
        heard: Callable[[EarEvent], None],
        rules: Rules | None = None,
        backoff_seconds: Sequence[float] = BACKOFF_SECONDS,
        decoding: Callable[[bool], None] = lambda _busy: None,
        trace: Trace = no_trace,
    ) -> None:
        self._microphone = microphone
        self._clock = clock
        self._session_time = session_time
        self._heard = heard
        self._backoff_seconds = backoff_seconds
        told = Told(self._deliver, self._deliver_partial, self._deliver_supposed, decoding)
        self._decoder = Decoder(recogniser, clock, told, trace)
        self._segmenter = Segmenter(detector, turns, rules, self._decoder.supposed_text)
        self._trace = trace
        self._meter = Meter()
        self._stopping = threading.Event()
        self._running = threading.Event()
        self._running.set()
        self._gated = threading.Event()
        self._deaf_until = 0.0
        self._device_lost = False
        self._ran_out = False
        self._reader = threading.Thread(target=self._read, name="ears-reader", daemon=True)

    def start(self) -> None:
        """Begin to listen; returns at once."""
        self._decoder.start()
        self._reader.start()

    def stop(self) -> None:
        """End what is being said, deliver it, release the input. Safe to call twice, also from `heard`."""
        self._stopping.set()
        self._running.set()
        if self._reader.is_alive() and threading.current_thread() not in (self._reader, self._decoder.thread):
            self._reader.join(STOP_SECONDS)

    def pause(self) -> None:
        """Close the input until `resume`: a file waits where it is, a microphone is off."""
        self._running.clear()
        if self._stopping.is_set():  # A pause that comes after the stop must not hold the reader for ever.
            self._running.set()

    def resume(self) -> None:
        """Open the input again."""
        self._running.set()

    def gate(self, closed: bool) -> None:
        """Close while the interviewer speaks: frames are dropped, and a tail of them after it opens."""
        if closed:
            self._gated.set()
            return
        self._deaf_until = max(self._deaf_until, self._clock.monotonic() + ACOUSTIC_TAIL_SECONDS)
        self._gated.clear()

    def set_vocabulary(self, terms: Sequence[str]) -> None:
        """Bias the recogniser towards these terms from the next segment on."""
        self._decoder.vocabulary = tuple(terms)

    def _read(self) -> None:
        attempt = 0
        while self._goes_on():
            lost = self._listen()
            self._finish_segment()
            if lost is not None:
                attempt = attempt + 1 if self._device_lost else 0
                self._report_loss(lost)
                self._stopping.wait(self._backoff_seconds[min(attempt, len(self._backoff_seconds) - 1)])
        self._decoder.finish()
        if self._ran_out:
            self._heard(InputEnded())

    def _goes_on(self) -> bool:
        """Wait while paused; False when the input ran out or the ears are stopped."""
        self._running.wait()
        return not self._ran_out and not self._stopping.is_set()

    def _listen(self) -> InputError | None:
        """Hear the input until it ends, is paused or stopped; return what took it away, if anything did."""
        try:
            self._hear_all(self._microphone.open())
        except (AudioError, EngineError) as error:
            return error
        finally:
            with contextlib.suppress(AudioError, EngineError):
                self._microphone.close()
        return None

    def _report_loss(self, error: InputError) -> None:
        if not self._device_lost:
            self._heard(InputGone(error.code, error.message, error.remedy))
        self._device_lost = True

    def _hear_all(self, device: str) -> None:
        """Take in frames until the source ends. A device counts as back with its first frame."""
        for frame in self._microphone.frames():
            if self._stopping.is_set():
                return
            if self._device_lost:
                self._device_lost = False
                self._heard(InputBack(device))
            self._take(frame)
            if not self._running.is_set():
                return
        self._ran_out = not self._stopping.is_set()

    def _take(self, frame: AudioFrame) -> None:
        if self._gated.is_set() or frame.captured_at < self._deaf_until:
            self._finish_segment()
            return
        self._measure(frame)
        for piece in self._segmenter.feed(frame):
            self._pass_on(piece)
        if self._segmenter.speaking and self._decoder.wants_partial():
            self._decoder.partial(self._segmenter.so_far())

    def _measure(self, frame: AudioFrame) -> None:
        if self._meter.silent(frame):
            self._heard(InputSilent())
        level = self._meter.level(frame)
        if level is not None:
            self._heard(level)

    def _finish_segment(self) -> None:
        if self._segmenter.fresh:
            return
        for piece in self._segmenter.flush():
            self._pass_on(piece)

    def _pass_on(self, piece: Piece) -> None:
        match piece:
            case Began(at):
                self._note("speech began", at)
                self._decoder.begin()
                self._heard(SpeechBegan(self._session_time(at)))
            case Held(speech):
                self._note("pause", speech.ended_at)
                self._decoder.speculate(speech)
            case Judged(at, turn_complete):
                self._note("verdict", at, complete=-1.0 if turn_complete is None else turn_complete)
                self._heard(SpeechHeld(self._session_time(at), turn_complete))
            case Resumed(at):
                self._note("speech went on", at)
                self._decoder.forget()
                self._heard(SpeechWentOn(self._session_time(at)))
            case Ended(speech):
                self._note("speech ended", speech.ended_at)
                self._decoder.finalise(speech)

    def _note(self, name: str, at: float, **detail: float) -> None:
        """Trace from when on something was so to when it was known."""
        self._trace(Span("ears", name, at, self._clock.monotonic(), detail=detail))

    def _deliver_partial(self, text: str, stable_chars: int) -> None:
        self._heard(PartialHeard(text, stable_chars))

    def _deliver_supposed(self, speech: Speech, outcome: Recognition) -> None:
        started, ended = self._session_time(speech.started_at), self._session_time(speech.ended_at)
        if outcome.text:
            self._heard(UtteranceSupposed(started, ended, outcome.text, outcome.confidence))

    def _deliver(self, speech: Speech, outcome: Recognition | Lost, decoded_at: float) -> None:
        started, ended = self._session_time(speech.started_at), self._session_time(speech.ended_at)
        if isinstance(outcome, Lost):
            self._heard(NothingHeard(started, ended, outcome.code, outcome.message))
        elif not outcome.text:
            self._heard(NothingHeard(started, ended, "speech.none", "There were no words in that sound."))
        else:
            self._heard(UtteranceEnded(started, ended, outcome.text, outcome.confidence, speech.ended_at, decoded_at))
