from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from phantomcode.daemon.adapters.sound_file import SoundFile
from phantomcode.daemon.adapters.speech_detector import GatedSilero, silero_file, single_threaded
from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.ports import FRAME_SAMPLES, AudioFrame
from phantomcode.daemon.segmenter import Ended, Segmenter

AUDIO = Path(__file__).parents[2] / "audio"
SPEECH = ["jfk.flac", "librispeech_1688-142285-0003.flac", "librispeech_2033-164914-0004.flac"]
NOISE = sorted(path.name for path in AUDIO.glob("noise_*.flac"))


def frames_of(samples: np.ndarray) -> list[AudioFrame]:
    pcm = np.clip(samples * 32768, -32768, 32767).astype(np.int16)
    whole = pcm[: len(pcm) - len(pcm) % FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    return [AudioFrame(frame.tobytes(), (index + 1) * 0.02) for index, frame in enumerate(whole)]


def clip(name: str) -> list[AudioFrame]:
    source = SoundFile(AUDIO / name)
    source.open()
    return list(source.frames())


def voices(frames: list[AudioFrame]) -> list[tuple[float, float]]:
    segmenter = Segmenter(GatedSilero())
    pieces = [piece for frame in frames for piece in segmenter.feed(frame)] + segmenter.flush()
    return [(piece.speech.started_at, piece.speech.ended_at) for piece in pieces if isinstance(piece, Ended)]


@pytest.mark.parametrize("name", SPEECH)
def test_most_of_a_spoken_clip_is_speech(name: str) -> None:
    detector = GatedSilero()
    probabilities = [detector.probability(frame) for frame in clip(name)]
    assert np.mean(np.array(probabilities) > 0.5) > 0.5
    assert all(0.0 <= probability <= 1.0 for probability in probabilities)


@pytest.mark.parametrize("name", NOISE)
def test_keys_taps_and_rubs_start_no_speech(name: str) -> None:
    assert voices(clip(name)) == []


def test_silence_hiss_hum_and_music_start_no_speech() -> None:
    rng, seconds = np.random.default_rng(7), 20
    time = np.arange(16000 * seconds) / 16000
    chord = sum(np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 277.18, 329.63, 440.0))
    notes = chord * (0.5 + 0.5 * np.sign(np.sin(2 * np.pi * 2 * time))) * 0.1
    assert voices(frames_of(np.zeros(16000 * seconds))) == []
    assert voices(frames_of(rng.normal(0, 0.05, 16000 * seconds))) == []
    assert voices(frames_of(0.3 * np.sin(2 * np.pi * 50 * time))) == []
    assert voices(frames_of(notes)) == []


def test_speech_is_found_again_after_a_long_silence_within_a_tenth_of_a_second() -> None:
    spoken = clip("librispeech_1688-142285-0003.flac")
    ((alone, _),) = voices(spoken)
    quiet = frames_of(np.zeros(16000 * 30))
    later = [AudioFrame(frame.pcm, frame.captured_at + 30.0) for frame in spoken]
    ((after_silence, _),) = voices(quiet + later)
    assert after_silence - 30.0 == pytest.approx(alone, abs=0.1)


def test_the_network_rests_while_the_gate_is_shut() -> None:
    detector = GatedSilero()
    assert {detector.probability(frame) for frame in frames_of(np.zeros(16000 * 5))[30:]} == {0.0}


def test_after_a_reset_the_same_sound_gets_the_same_probabilities() -> None:
    detector, spoken = GatedSilero(), clip("librispeech_2033-164914-0004.flac")
    first = [detector.probability(frame) for frame in spoken]
    detector.reset()
    assert [detector.probability(frame) for frame in spoken] == first


def test_a_file_that_is_no_network_is_an_engine_error(tmp_path: Path) -> None:
    assert silero_file().is_file()
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(silero_file().read_bytes()[:1000])
    with pytest.raises(EngineError) as caught:
        single_threaded(broken)
    assert caught.value.code == "engine.bad-model"
