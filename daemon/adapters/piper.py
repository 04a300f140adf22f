"""The interviewer's voice on Piper (VITS on onnxruntime), clause by clause."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import piper

from phantomcode.daemon.contract.errors import ModelError
from phantomcode.daemon.core.pronunciation import clauses, pronounce
from phantomcode.daemon.ports import Pcm


def load(voice_file: str) -> PiperVoice:
    """Open a voice for the Voice port; its settings lie beside it as <file>.json. Raises ModelError."""
    if not Path(voice_file).is_file():
        raise ModelError("models.missing", f"There is no voice at {voice_file}.", "Run `phantomcode models pull`.")
    try:
        return PiperVoice(piper.PiperVoice.load(voice_file))
    except Exception as error:  # onnxruntime, json and Piper each raise their own
        raise ModelError(
            "models.unloadable",
            f"The voice {Path(voice_file).name} could not be loaded: {error}.",
            "Check its two files with `phantomcode models verify`.",
        ) from error


class PiperVoice:
    """A Voice. A clause of two seconds takes 0.2-0.3 s on two cores."""

    def __init__(self, voice: Any) -> None:
        self._voice = voice

    @property
    def sample_rate_hz(self) -> int:
        """Rate of what synthesise yields, a property of the voice."""
        rate: int = self._voice.config.sample_rate
        return rate

    def synthesise(self, text: str) -> Iterator[Pcm]:
        """Yield mono int16 sound, one array of shape (samples,) for each clause."""
        for clause in clauses(pronounce(text)):
            chunks = [chunk.audio_int16_array for chunk in self._voice.synthesize(clause)]
            if chunks:
                yield np.concatenate(chunks)
