from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from faster_whisper.feature_extractor import FeatureExtractor

from phantomcode.daemon.adapters import smart_turn
from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.ports import Pcm
from phantomcode.models.store import ModelStore

AUDIO = Path(__file__).parents[2] / "audio"


def clip(name: str, to_seconds: float) -> Pcm:
    samples, _ = soundfile.read(AUDIO / name, dtype="int16", stop=int(to_seconds * 16000))
    return np.asarray(samples)


def test_the_spectrogram_is_whispers() -> None:
    sound = smart_turn.last_window(clip("jfk.flac", 9.0))
    reference = FeatureExtractor(chunk_length=8)(sound, padding=0)
    assert smart_turn.log_mel(sound).shape == (80, 800)
    assert np.allclose(smart_turn.log_mel(sound), reference[:, :800], atol=2e-3)


def test_the_window_is_the_last_eight_seconds_scaled_with_silence_in_front() -> None:
    short = smart_turn.last_window(np.full(16000, 1000, np.int16))
    assert short.shape == (128000,)
    assert short[0] < short[-1]
    assert (float(short.mean()), float(short.var())) == pytest.approx((0.0, 1.0), abs=1e-3)
    long = np.arange(200000, dtype=np.int32).astype(np.int16)
    assert np.allclose(smart_turn.last_window(long), smart_turn.last_window(long[-128000:]))
    assert not smart_turn.last_window(np.zeros(100, np.int16)).any()


def test_a_file_that_is_no_model_is_an_engine_error(tmp_path: Path) -> None:
    (tmp_path / "turn.onnx").write_bytes(b"not a model")
    with pytest.raises(EngineError) as caught:
        smart_turn.load(str(tmp_path / "turn.onnx"))
    assert caught.value.code == "engine.bad-model"


@pytest.mark.engines
def test_a_finished_sentence_is_complete_one_broken_off_is_not_and_it_is_quick() -> None:
    detector = smart_turn.load(str(ModelStore().main_file("smart-turn-v3.2-cpu")))
    pause = np.zeros(3200, np.int16)
    whole = np.concatenate([clip("librispeech_1998-15444-0001.flac", 5.75), pause])
    broken_off = np.concatenate([clip("email_dictation.flac", 6.3), pause])
    assert detector.probability_complete(whole) > 0.8
    assert detector.probability_complete(broken_off) < 0.3
    started = time.perf_counter()
    detector.probability_complete(whole)
    assert time.perf_counter() - started < 3.0
