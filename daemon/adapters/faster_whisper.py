"""Whisper on CTranslate2: int8, greedy, one pass over the 30 s window, and guards against what it makes up."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faster_whisper
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
NO_REPEAT_WORDS = 3
SILENCE_PROBABILITY = 0.6
SILENCE_LOG_PROBABILITY = -1.0
LOOP_COMPRESSION_RATIO = 2.4
"""OpenAI's defaults (whisper/transcribe.py) for "no speech" and "repeats itself"."""


def load(model_folder: str, threads: int) -> FasterWhisper:
    """Open a converted model from its folder, never from the network; raises EngineError."""
    # Of itself tqdm, which faster-whisper uses, takes a semaphore of the system that outlives a process that is killed.
    tqdm.tqdm.set_lock(threading.RLock())
    return FasterWhisper(Path(model_folder), threads)


class FasterWhisper:
    """The Recogniser. One call takes 0.5-0.9 s for tiny.en on two threads, whatever the segment's length."""

    def __init__(self, model_folder: Path, threads: int) -> None:
        if not (model_folder / "model.bin").is_file():
            raise EngineError(
                "recogniser.no-model",
                f"There is no recogniser in {model_folder}.",
                "Run `phantomcode models pull`.",
            )
        try:
            self._model: Any = faster_whisper.WhisperModel(
                str(model_folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
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
        segments = self._decode(pcm, terms, words=words)
        if any(_loops(segment) for segment in segments):
            segments = self._decode(pcm, terms, words=words, no_repeat_ngram_size=NO_REPEAT_WORDS)
        return _recognition(segments, pcm, terms, time.perf_counter() - started)

    def _decode(self, pcm: Pcm, terms: Sequence[str], *, words: bool, **options: Any) -> list[Any]:
        seconds = len(pcm) / SAMPLE_RATE_HZ
        try:
            segments, _ = self._model.transcribe(
                pcm.astype(np.float32) / 32768.0,
                language="en",
                beam_size=1,
                temperature=0.0,
                condition_on_previous_text=False,
                initial_prompt=", ".join(terms) or None,
                without_timestamps=True,
                word_timestamps=words,
                max_new_tokens=min(MOST_TOKENS, int(seconds * TOKENS_PER_SECOND) + TOKENS_TO_SPARE),
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
