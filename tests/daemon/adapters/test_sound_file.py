from __future__ import annotations

import contextlib
import struct
import tracemalloc
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phantomcode.daemon.adapters.sound_file import SoundFile
from phantomcode.daemon.contract.errors import AudioError
from phantomcode.daemon.ports import FRAME_SAMPLES, AudioFrame

AUDIO = Path(__file__).parents[2] / "audio"


class SteppedClock:
    """Time that passes only while someone sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def tone(seconds: float, rate: int, hertz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def write(path: Path, samples: np.ndarray, rate: int, subtype: str = "PCM_16") -> Path:
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def play(path: Path) -> list[AudioFrame]:
    source = SoundFile(path)
    source.open()
    try:
        return list(source.frames())
    finally:
        source.close()


def heard(frames: list[AudioFrame]) -> np.ndarray:
    return np.frombuffer(b"".join(frame.pcm for frame in frames), np.int16) / 32768.0


@pytest.mark.parametrize(
    ("rate", "channels", "subtype"),
    [
        (16000, 1, "PCM_16"),
        (8000, 1, "PCM_16"),
        (44100, 2, "PCM_16"),
        (48000, 1, "PCM_24"),
        (48000, 2, "FLOAT"),
        (96000, 6, "PCM_32"),
        (22050, 1, "DOUBLE"),
        (8000, 1, "ULAW"),
        (11025, 1, "PCM_U8"),
    ],
)
def test_every_kind_of_wav_becomes_the_same_tone_at_16_khz(
    tmp_path: Path, rate: int, channels: int, subtype: str
) -> None:
    samples = np.repeat(tone(1.03, rate)[:, np.newaxis], channels, axis=1)
    frames = play(write(tmp_path / "tone.wav", samples, rate, subtype))
    sound = heard(frames)
    assert {len(frame.pcm) for frame in frames} == {2 * FRAME_SAMPLES}
    assert len(sound) == pytest.approx(1.03 * 16000, abs=2 * FRAME_SAMPLES)
    assert np.argmax(np.abs(np.fft.rfft(sound[1600:14400]))) == pytest.approx(440 * 0.8, abs=1)
    assert np.abs(sound[1600:14400]).max() == pytest.approx(0.5, abs=0.03)


def test_the_header_is_not_heard_and_samples_come_through_unchanged(tmp_path: Path) -> None:
    samples = np.arange(640, dtype=np.int16)
    frames = play(write(tmp_path / "ramp.wav", samples, 16000))
    assert np.array_equal(np.frombuffer(b"".join(f.pcm for f in frames), np.int16), samples)


def test_times_count_from_the_start_of_the_file(tmp_path: Path) -> None:
    frames = play(write(tmp_path / "tone.wav", tone(2.0, 44100), 44100))
    times = [frame.captured_at for frame in frames]
    assert times[:3] == pytest.approx([0.02, 0.04, 0.06])
    assert all(after - before == pytest.approx(0.02, abs=1e-6) for before, after in pairwise(times[:-1]))


def test_a_float_file_with_overshoot_and_nan_is_clipped_and_said_to_clip(tmp_path: Path) -> None:
    samples = tone(0.5, 16000) * 8
    samples[1000] = np.nan
    frames = play(write(tmp_path / "hot.wav", samples, 16000, "FLOAT"))
    assert any(frame.clipping for frame in frames)
    assert np.abs(heard(frames)).max() <= 1.0
    assert not any(f.clipping for f in play(write(tmp_path / "fine.wav", tone(0.5, 16000), 16000)))


def test_zeros_in_a_file_are_no_denied_microphone(tmp_path: Path) -> None:
    frames = play(write(tmp_path / "zeros.wav", np.zeros(16000), 16000))
    assert not any(frame.digital_silence for frame in frames)


def code_of(path: Path) -> str:
    with pytest.raises(AudioError) as caught:
        SoundFile(path).open()
    assert caught.value.message
    assert caught.value.remedy
    return caught.value.code


def test_what_cannot_be_heard_says_why(tmp_path: Path) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("This is not a sound file at all. " * 40)
    empty = tmp_path / "empty.wav"
    empty.touch()
    header_only = write(tmp_path / "header.wav", np.zeros(0), 16000)
    half_header = tmp_path / "half.wav"
    half_header.write_bytes(header_only.read_bytes()[:20])
    assert code_of(text) == "audio.not-a-sound-file"
    assert code_of(half_header) == "audio.not-a-sound-file"
    assert code_of(empty) == "audio.empty"
    assert code_of(header_only) == "audio.empty"
    assert code_of(tmp_path / "missing.wav") == "audio.unreadable"
    assert code_of(tmp_path) == "audio.unreadable"


@pytest.mark.parametrize("name", ["cut.wav", "cut.flac"])
def test_a_truncated_file_plays_what_is_there(tmp_path: Path, name: str) -> None:
    whole = write(tmp_path / name, np.random.default_rng(1).normal(0, 0.1, 48000), 16000)
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) * 2 // 3])
    seconds = len(play(whole)) * 0.02
    assert 1.7 <= seconds <= 2.1


def sparse_wav(path: Path, seconds: int, rate: int = 8000) -> Path:
    """A WAV of silence whose samples take no room on disk."""
    size = seconds * rate * 2
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
    form = struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE") + fmt + struct.pack("<4sI", b"data", size)
    with path.open("wb") as file:
        file.write(form)
        file.truncate(44 + size)
    return path


def test_an_hour_is_streamed_in_little_memory(tmp_path: Path) -> None:
    source = SoundFile(sparse_wav(tmp_path / "hour.wav", 3600))
    source.open()
    tracemalloc.start()
    stream = source.frames()
    frames = sum(1 for _ in islice(stream, 500))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    frames += sum(1 for _ in stream)
    source.close()
    assert frames == pytest.approx(3600 * 50, abs=1)
    assert peak_bytes < 1_000_000


def test_with_a_clock_each_frame_comes_when_a_microphone_would_bring_it(tmp_path: Path) -> None:
    clock = SteppedClock()
    source = SoundFile(write(tmp_path / "tone.wav", tone(1.0, 48000), 48000), clock, clock.sleep)
    source.open()
    for index, frame in enumerate(islice(source.frames(), 40)):
        assert clock.now == pytest.approx(100.0 + (index + 1) * 0.02)
        assert frame.captured_at == pytest.approx(clock.now)


def test_after_a_pause_the_file_goes_on_in_real_time_and_does_not_hurry(tmp_path: Path) -> None:
    clock = SteppedClock()
    source = SoundFile(write(tmp_path / "tone.wav", tone(2.0, 16000), 16000), clock, clock.sleep)
    source.open()
    frames = source.frames()
    next(frames)
    clock.now += 30.0
    resumed_at = next(frames).captured_at
    assert resumed_at == pytest.approx(clock.now)
    assert next(frames).captured_at == pytest.approx(resumed_at + 0.02)


@pytest.mark.parametrize("rate", [16000, 44100])
def test_closed_in_the_middle_and_opened_again_it_goes_on_where_it_was(tmp_path: Path, rate: int) -> None:
    path = write(tmp_path / "tone.wav", tone(2.0, rate), rate)
    source = SoundFile(path)
    source.open()
    before = [frame.captured_at for frame in islice(source.frames(), 33)]
    source.close()
    source.open()
    after = [frame.captured_at for frame in source.frames()]
    assert before[-1] == pytest.approx(0.66, abs=0.001)
    assert after[0] == pytest.approx(0.68, abs=0.001)
    assert len(before) + len(after) == pytest.approx(100, abs=1)


@pytest.mark.parametrize("rate", [16000, 44100])
@pytest.mark.parametrize("seconds", [0.1, 0.105])
def test_heard_to_its_end_it_has_ended_and_closing_twice_is_fine(tmp_path: Path, rate: int, seconds: float) -> None:
    source = SoundFile(write(tmp_path / "tone.wav", tone(seconds, rate), rate))
    assert source.open() == "tone.wav"
    assert list(source.frames())
    source.open()
    assert list(source.frames()) == []
    source.close()
    source.close()
    assert list(source.frames()) == []


def test_begun_past_its_end_it_has_ended(tmp_path: Path) -> None:
    source = SoundFile(write(tmp_path / "tone.wav", tone(0.1, 16000), 16000), begin_seconds=3.0)
    source.open()
    assert list(source.frames()) == []


def test_the_real_clips_open() -> None:
    for path in AUDIO.glob("*.flac"):
        assert play(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["wav", "flac"]),
    st.lists(st.tuples(st.integers(0, 63), st.binary(min_size=1, max_size=4)), min_size=1, max_size=4),
)
def test_a_damaged_header_plays_something_or_says_why_and_nothing_else(
    tmp_path: Path, kind: str, damages: list[tuple[int, bytes]]
) -> None:
    path = write(tmp_path / f"whole.{kind}", tone(0.2, 16000), 16000)
    data = bytearray(path.read_bytes())
    for at, damage in damages:
        data[at : at + len(damage)] = damage
    path.write_bytes(data)
    source = SoundFile(path)
    with contextlib.suppress(AudioError):
        source.open()
        assert all(len(frame.pcm) == 2 * FRAME_SAMPLES for frame in islice(source.frames(), 100))
    source.close()


@pytest.mark.parametrize("rate", [1, 100, 2_000_000_000])
def test_a_rate_no_microphone_has_is_refused(tmp_path: Path, rate: int) -> None:
    path = write(tmp_path / "odd.wav", np.zeros(1000), 16000)
    data = bytearray(path.read_bytes())
    data[24:28] = struct.pack("<I", rate)
    path.write_bytes(data)
    assert code_of(path) == "audio.not-a-sound-file"
