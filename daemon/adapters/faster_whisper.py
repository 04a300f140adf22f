"""Whisper on CTranslate2: int8, greedy, a window no longer than the speech needs, and guards against what it makes up.

Whisper was trained on windows of 30 s, and its encoder takes most of the time of a short utterance. It reads a window
of ten seconds as well, but tiny.en sometimes falls into a loop there; what loops is read once more in the whole window
(docs/performance.md has the error rates and times of both).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faster_whisper
import msgspec
import numpy as np
import tqdm  # type: ignore[import-untyped]  # ships no types

from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.core import transcription
from phantomcode.daemon.ports import SAMPLE_RATE_HZ, Pcm, RecognisedWord, Recognition

VOCABULARY_TERMS = 15
"""Longer prompts stop helping and push the model to recite them."""
LOUDNESS_SAMPLES = SAMPLE_RATE_HZ // 10
SHORTEST_SAMPLES = SAMPLE_RATE_HZ // 10
TOKENS_PER_SECOND = 10
TOKENS_TO_SPARE = 24
"""Fast speech is six tokens a second; a decoder that writes more is in a loop and is stopped."""
MOST_TOKENS = 220
FRAMES_PER_SECOND = 100
WHOLE_WINDOW_FRAMES = 3000
SHORTEST_WINDOW_SECONDS = 10.0
WINDOW_TO_SPARE_SECONDS = 0.5
"""The window of an utterance: its own length and a little silence, but no less than the shortest."""
NO_REPEAT_WORDS = 3
SILENCE_PROBABILITY = 0.6
SILENCE_LOG_PROBABILITY = -1.0
LOOP_COMPRESSION_RATIO = 2.4
"""OpenAI's defaults (whisper/transcribe.py) for "no speech" and "repeats itself"."""


class Decoding(msgspec.Struct, frozen=True):
    """How to decode. The defaults are the best of what was measured (docs/performance.md)."""

    compute_type: str = "int8"
    beam: int = 1
    shortest_window_seconds: float = SHORTEST_WINDOW_SECONDS
    """The window of an utterance is no shorter; 30 is the whole one."""


def load(model_folder: str, threads: int, decoding: Decoding | None = None) -> FasterWhisper:
    """Open a converted model from its folder, never from the network; raises EngineError."""
    # Of itself tqdm, which faster-whisper uses, takes a semaphore of the system that outlives a process that is killed.
    tqdm.tqdm.set_lock(threading.RLock())
    return FasterWhisper(Path(model_folder), threads, decoding or Decoding())


class Windowed(faster_whisper.WhisperModel):  # type: ignore[misc]  # ships no types
    """A WhisperModel whose encoder reads the first `window_frames` of the 30 s that everything else works on."""

    window_frames = WHOLE_WINDOW_FRAMES

    def encode(self, features: Any) -> Any:
        """Encode log-mel features of shape (mels, frames)."""
        return super().encode(features[:, : self.window_frames])


class FasterWhisper:
    """The Recogniser, for one thread at a time."""

    def __init__(self, model_folder: Path, threads: int, decoding: Decoding) -> None:
        if not (model_folder / "model.bin").is_file():
            raise EngineError(
                "recogniser.no-model",
                f"There is no recogniser in {model_folder}.",
                "Run `phantomcode models pull`.",
            )
        self._decoding = decoding
        try:
            self._model: Any = Windowed(
                str(model_folder),
                device="cpu",
                compute_type=decoding.compute_type,
                cpu_threads=threads,
                local_files_only=True,
            )
        except Exception as error:
            raise EngineError(
                "recogniser.bad-model",
                f"The recogniser in {model_folder} cannot be loaded: {error}",
                "Run `phantomcode models verify`.",
            ) from error

    def transcribe(self, pcm: Pcm, vocabulary: Sequence[str], *, words: bool = False) -> Recognition:
        """Transcribe at most 30 s, pcm of shape (samples,); empty text for silence. Raises EngineError."""
        started = time.perf_counter()
        if len(pcm) < SHORTEST_SAMPLES or not pcm.any():
            return Recognition("", 0.0)
        terms = tuple(vocabulary[:VOCABULARY_TERMS])
        window_frames = WHOLE_WINDOW_FRAMES if words else self._window_frames(pcm)  # words are timed on the whole one
        segments = self._decode(pcm, terms, window_frames, words=words)
        if any(_loops(segment) for segment in segments):
            segments = self._decode(pcm, terms, WHOLE_WINDOW_FRAMES, words=words)
        if any(_loops(segment) for segment in segments):
            segments = self._decode(pcm, terms, WHOLE_WINDOW_FRAMES, words=words, no_repeat_ngram_size=NO_REPEAT_WORDS)
        return _recognition(segments, pcm, terms, time.perf_counter() - started)

    def _decode(self, pcm: Pcm, terms: Sequence[str], window_frames: int, *, words: bool, **options: Any) -> list[Any]:
        self._model.window_frames = window_frames
        try:
            segments, _ = self._model.transcribe(
                pcm.astype(np.float32) / 32768.0,
                language="en",
                beam_size=self._decoding.beam,
                temperature=0.0,
                condition_on_previous_text=False,
                initial_prompt=_prompt(terms),
                without_timestamps=True,
                word_timestamps=words,
                max_new_tokens=_most_tokens(pcm),
                no_speech_threshold=SILENCE_PROBABILITY,
                log_prob_threshold=SILENCE_LOG_PROBABILITY,
                compression_ratio_threshold=LOOP_COMPRESSION_RATIO,
                **options,
            )
            return list(segments)
        except Exception as error:
            raise EngineError(
                "recogniser.failed", f"The recogniser failed: {error}", "Run `phantomcode doctor`."
            ) from error

    def _window_frames(self, pcm: Pcm) -> int:
        seconds = max(self._decoding.shortest_window_seconds, len(pcm) / SAMPLE_RATE_HZ + WINDOW_TO_SPARE_SECONDS)
        return min(WHOLE_WINDOW_FRAMES, 2 * math.ceil(seconds * FRAMES_PER_SECOND / 2))  # the encoder halves the frames


def _prompt(terms: Sequence[str]) -> str | None:
    """End the list with a full stop: Whisper writes on in its style, else without full stops and capitals."""
    return f"{', '.join(terms)}." if terms else None


def _most_tokens(pcm: Pcm) -> int:
    return min(MOST_TOKENS, int(len(pcm) / SAMPLE_RATE_HZ * TOKENS_PER_SECOND) + TOKENS_TO_SPARE)


def _loops(segment: Any) -> bool:
    return segment.compression_ratio > LOOP_COMPRESSION_RATIO or transcription.repeats_itself(segment.text)


def _recognition(segments: list[Any], pcm: Pcm, terms: Sequence[str], decode_seconds: float) -> Recognition:
    confidence = _confidence(segments)
    text = transcription.without_sound_tags(" ".join(segment.text.strip() for segment in segments))
    text = transcription.without_repetition(text)
    invented = transcription.is_invented(text, level_dbfs=loudest_dbfs(pcm), confidence=confidence)
    recited = transcription.recites_vocabulary(text, terms, confidence=confidence)
    if not transcription.normalise(text) or invented or recited:
        return Recognition("", 0.0, (), decode_seconds)
    return Recognition(text, confidence, _words(segments), decode_seconds)


def _confidence(segments: list[Any]) -> float:
    """Geometric mean of the token probabilities, 0-1."""
    tokens = sum(len(segment.tokens) for segment in segments)
    if not tokens:
        return 0.0
    return math.exp(sum(segment.avg_logprob * len(segment.tokens) for segment in segments) / tokens)


def _words(segments: list[Any]) -> tuple[RecognisedWord, ...]:
    return tuple(
        RecognisedWord(word.word.strip(), float(word.start), float(word.end), float(word.probability))
        for segment in segments
        for word in segment.words or ()
    )


def loudest_dbfs(pcm: Pcm) -> float:
    """RMS of the loudest 100 ms, in dB below full scale; -inf for exact silence."""
    whole = pcm[: len(pcm) - len(pcm) % LOUDNESS_SAMPLES].astype(np.float32) / 32768.0
    power = float(np.square(whole).reshape(-1, LOUDNESS_SAMPLES).mean(axis=1).max(initial=0.0))
    return 10.0 * math.log10(power) if power > 0 else -math.inf
