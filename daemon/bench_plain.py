"""The pipeline one would write first, for comparison: wait for silence, transcribe, prompt a cold model.

It hears the same recording, with the same models and as many threads as a round begins with. Its wait is added and not
waited for; what it does after the wait is timed. Its prompt is the shortest that could work: instructions, the problem,
the candidate's turn.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import faster_whisper
import llama_cpp
import msgspec
import numpy as np

from phantomcode.daemon.adapters.sound_file import whole
from phantomcode.daemon.assembly import CONTEXT_TOKENS, language_model_threads, recogniser_threads
from phantomcode.daemon.manifest import Turn
from phantomcode.daemon.ports import SAMPLE_RATE_HZ, Pcm
from phantomcode.daemon.spread import Spread, spread
from phantomcode.models.catalogue import Role
from phantomcode.models.recommend import defaults, look
from phantomcode.models.store import ModelStore
from phantomcode.problems.model import Problem

SILENCE_SECONDS = 0.6
LONGEST_SECONDS = 30.0


class Plain(msgspec.Struct, frozen=True):
    """Seconds after the true end of speech."""

    transcript_s: Spread
    first_text_s: Spread
    """Until the model's first token."""


class PlainModels(NamedTuple):
    """Where the models lie."""

    recogniser_folder: Path
    language_model: Path


def plain_models(language_model_id: str | None) -> PlainModels:
    """Return the models that a round would use; raises ModelError where one is missing."""
    store, chosen = ModelStore(), defaults(look())
    language_model = store.main_file(language_model_id or chosen[Role.LANGUAGE_MODEL])
    return PlainModels(store.main_file(chosen[Role.RECOGNISER]).parent, language_model)


def measure_plain(wav: Path, turns: Sequence[Turn], problem: Problem, models: PlainModels) -> Plain:
    """Take every turn of a recording through the plain pipeline."""
    recogniser: Any = faster_whisper.WhisperModel(
        str(models.recogniser_folder),
        device="cpu",
        compute_type="int8",
        cpu_threads=recogniser_threads(),
        local_files_only=True,
    )
    threads = language_model_threads()[0]
    model: Any = llama_cpp.Llama(
        str(models.language_model),
        n_ctx=CONTEXT_TOKENS,
        n_threads=threads,
        n_threads_batch=threads,
        use_mmap=False,
        verbose=False,
    )
    transcripts, texts = [], []
    for sound in _last_pieces(whole(wav), turns):
        began = time.perf_counter()
        segments, _ = recogniser.transcribe(sound, beam_size=1, language="en")
        said = " ".join(segment.text.strip() for segment in segments)
        transcripts.append(SILENCE_SECONDS + time.perf_counter() - began)
        model.reset()
        prompt = model.tokenize(_prompt(problem, said).encode(), special=True)
        next(iter(model.generate(prompt, temp=0.0)), None)
        texts.append(SILENCE_SECONDS + time.perf_counter() - began)
    model.close()
    return Plain(spread(transcripts), spread(texts))


def _prompt(problem: Problem, said: str) -> str:
    return (
        "<|im_start|>system\nYou are a skeptical senior engineer who interviews a candidate on system design. Ask one "
        "short question about the weakest point of what the candidate said.\n"
        f"The problem: {problem.pose[0]}<|im_end|>\n"
        f"<|im_start|>user\n{said}<|im_end|>\n<|im_start|>assistant\n"
    )


def _last_pieces(pcm: Pcm, turns: Sequence[Turn]) -> Iterator[np.ndarray[tuple[int], np.dtype[np.float32]]]:
    """What is said after the last pause that is taken for an end, at most what the recogniser reads at once."""
    for turn in turns:
        ended = [pause.ended for pause in turn.pauses if pause.seconds >= SILENCE_SECONDS]
        began = max([turn.began, *ended, turn.ended - LONGEST_SECONDS + SILENCE_SECONDS])
        piece = pcm[round(began * SAMPLE_RATE_HZ) : round((turn.ended + SILENCE_SECONDS) * SAMPLE_RATE_HZ)]
        yield piece.astype(np.float32) / 32768.0
