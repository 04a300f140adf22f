"""What people give a round that it cannot use: a clear word and no traceback, or it carries on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from rooms import AUDIO, CANDIDATE, LOAD_SECONDS, REAL_MODELS, Room, cut, squeezed

from phantomcode.daemon.contract import messages

pytestmark = pytest.mark.engines

RATE_HZ = 16_000
SPOKEN = (4.5, 5.5)
"""Where in the recording the first sentence is, in seconds: begin and length."""
SENTENCE = "users can create a short link"
HOUR_SECONDS = 3600


@pytest.fixture(scope="module")
def sentence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut(CANDIDATE, tmp_path_factory.mktemp("sound") / "sentence.wav", *SPOKEN)


def convert(source: Path, target: Path, *, rate: int = RATE_HZ, channels: int = 1, subtype: str = "PCM_16") -> Path:
    samples, _ = soundfile.read(source, dtype="float32")
    if rate != RATE_HZ:
        samples = samples[:: RATE_HZ // rate]
    soundfile.write(target, np.column_stack([samples] * channels), rate, subtype=subtype)
    return target


def hear_the_sentence(room: Room, file: Path) -> None:
    """Run a round on the file until the sentence was understood, and end it."""
    practice = room.practise("--wav", str(file))
    heard = room.bus.wait_for(messages.Caption, lambda caption: caption.final, seconds=LOAD_SECONDS)
    assert SENTENCE in squeezed(heard.text)
    assert room.run("ctl", "end") == (0, "end: done.\n")
    assert practice.wait() == 0
    assert "Report: " in practice.output
    room.require_quiet()


@pytest.mark.parametrize(
    "form", [{"rate": 8000}, {"channels": 2}, {"subtype": "PCM_24"}, {"subtype": "FLOAT"}], ids=str
)
def test_other_forms_of_wav_are_understood(room: Room, sentence: Path, tmp_path: Path, form: dict[str, object]) -> None:
    hear_the_sentence(room, convert(sentence, tmp_path / "other.wav", **form))


def test_a_truncated_wav_plays_as_far_as_it_goes(room: Room, sentence: Path, tmp_path: Path) -> None:
    whole = convert(sentence, tmp_path / "long.wav").read_bytes()
    header, samples = whole[:44], whole[44:]
    claims_more = header[:4] + (len(whole) * 10).to_bytes(4, "little") + header[8:40]
    claims_more += (len(samples) * 10).to_bytes(4, "little")
    (tmp_path / "cut.wav").write_bytes(claims_more + samples[: len(samples) - len(samples) // 10 - 1])
    hear_the_sentence(room, tmp_path / "cut.wav")


def test_an_hour_long_wav_starts_at_once_and_ends_on_command(room: Room, sentence: Path, tmp_path: Path) -> None:
    long = tmp_path / "hour.wav"
    convert(sentence, long)
    with long.open("r+b") as file:
        size = HOUR_SECONDS * RATE_HZ * 2
        file.truncate(44 + size)  # sparse: the hour of silence takes no room on the disk
        file.seek(4)
        file.write((36 + size).to_bytes(4, "little"))
        file.seek(40)
        file.write(size.to_bytes(4, "little"))
    hear_the_sentence(room, long)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"this is no sound at all, only a few words\n" * 50, "not a sound file"),
        (b"", "holds no sound"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "not a sound file"),
    ],
    ids=["text", "empty", "header-only"],
)
def test_what_is_no_sound_is_refused_before_anything_starts(
    room: Room, tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / "bad.wav").write_bytes(content)
    practice = room.practise("--wav", str(tmp_path / "bad.wav"))
    assert practice.wait() == 1
    assert says in practice.output
    assert not room.sessions.summaries()
    room.require_quiet()


def test_a_wav_that_is_not_there_is_refused(room: Room, tmp_path: Path) -> None:
    practice = room.practise("--wav", str(tmp_path / "nowhere.wav"))
    assert practice.wait() == 1
    assert "cannot be read" in practice.output


def _silence() -> np.ndarray:
    return np.zeros(4 * RATE_HZ)


def _noise() -> np.ndarray:
    typing, _ = soundfile.read(AUDIO / "noise_typing.flac")
    hiss = np.random.default_rng(1).normal(0, 0.05, 4 * RATE_HZ)
    return hiss + np.resize(typing, hiss.shape)


def _music() -> np.ndarray:
    """A slow tune of three-part chords with overtones and a beat."""
    at = np.arange(4 * RATE_HZ) / RATE_HZ
    roots = np.repeat([220.0, 261.6, 196.0, 174.6], RATE_HZ)
    turns = np.cumsum(roots) / RATE_HZ
    chord = sum(np.sin(2 * np.pi * turns * step * k) / k for step in (1.0, 1.25, 1.5) for k in (1, 2, 3))
    return 0.08 * chord * (0.6 + 0.4 * np.cos(2 * np.pi * 2 * at))


@pytest.mark.parametrize("make", [_silence, _noise, _music])
def test_sound_without_words_brings_no_words_and_no_grade(
    room: Room, tmp_path: Path, make: Callable[[], np.ndarray]
) -> None:
    soundfile.write(tmp_path / "wordless.wav", make(), RATE_HZ)
    practice = room.practise("--wav", str(tmp_path / "wordless.wav"))
    assert practice.wait(LOAD_SECONDS) == 0
    report = room.report()
    assert [said["text"] for said in report["utterances"] if said["speaker"] == "candidate"] == []
    assert {score["value"] for score in report["profile"]["scores"].values()} == {None}
    assert report["profile"]["level"]["level"] is None
    assert practice.output.count("Not graded: only 0 candidate utterances with 0 words were heard.") == 1
    room.require_quiet()


def test_an_unknown_problem_is_refused_with_a_place_to_look(room: Room) -> None:
    practice = room.practise("no-such-problem", "--typed")
    assert practice.wait() == 1
    assert "no-such-problem" in practice.output
    assert "url-shortener" in practice.output


def test_a_round_without_its_recogniser_says_which_model_to_pull(make_room: Callable[..., Room]) -> None:
    empty = make_room(models=())
    practice = empty.practise("--wav", str(CANDIDATE))
    assert practice.wait() == 1
    assert "models pull whisper-tiny.en" in practice.output
    empty.require_quiet()


def test_without_the_other_models_the_round_goes_on_and_says_what_it_lacks(room: Room) -> None:
    practice = room.practise("--typed")
    room.posed()
    practice.type("/end")
    assert practice.wait() == 0
    assert "models pull qwen2.5-coder" in practice.output
    assert "the problem bank's own wordings" in practice.output


def damaged_models(room: Room, damage: Callable[[Path], None]) -> Path:
    """Give the room a copy of the recogniser that something has happened to."""
    folder = room.home / "models" / "whisper-tiny.en"
    folder.unlink()
    shutil.copytree(REAL_MODELS / "whisper-tiny.en", folder)
    (folder / ".verified.json").unlink(missing_ok=True)
    damage(folder / "model.bin")
    return folder


def _truncate(file: Path) -> None:
    with file.open("r+b") as model:
        model.truncate(1_000_000)


def _alter(file: Path) -> None:
    with file.open("r+b") as model:
        model.seek(file.stat().st_size // 2)
        model.write(b"something else")


@pytest.mark.parametrize("damage", [_truncate, _alter])
def test_a_damaged_model_is_named_and_not_loaded(room: Room, damage: Callable[[Path], None]) -> None:
    damaged_models(room, damage)
    practice = room.practise("--wav", str(CANDIDATE))
    assert practice.wait() == 1
    assert "model.bin" in practice.output
    assert "models pull whisper-tiny.en" in practice.output
    room.require_quiet()
