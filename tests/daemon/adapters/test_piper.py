from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from phantomcode.daemon.adapters.piper import PiperVoice, load
from phantomcode.daemon.contract.errors import ModelError
from phantomcode.models.store import data_folder

NAME = "en_US-joe-medium.onnx"


@pytest.fixture(scope="module")
def voice() -> PiperVoice:
    return load(str(data_folder() / "models" / "piper-en_US-joe-medium" / NAME))


def test_a_missing_or_damaged_voice_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="models pull"):
        load(str(tmp_path / NAME))
    (tmp_path / NAME).write_bytes(b"not a network")
    (tmp_path / f"{NAME}.json").write_text("{}")
    with pytest.raises(ModelError, match="models verify"):
        load(str(tmp_path / NAME))


@pytest.mark.engines
def test_each_clause_is_sound_of_a_plausible_length(voice: PiperVoice) -> None:
    first, second = voice.synthesise("Okay, that covers the writes. What is your p99 at 1M QPS?")
    for pcm, least_seconds, most_seconds in ((first, 0.8, 3.5), (second, 1.2, 5.0)):
        assert pcm.dtype == np.int16
        assert least_seconds < len(pcm) / voice.sample_rate_hz < most_seconds
        assert np.abs(pcm).max() > 3000
    assert voice.sample_rate_hz == 22_050


@pytest.mark.engines
def test_nothing_to_say_is_no_sound(voice: PiperVoice) -> None:
    assert list(voice.synthesise("  ")) == []
