from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer
from rapidfuzz.distance import Levenshtein
from typer.testing import CliRunner

from phantomcode.daemon.adapters.sound_file import SoundFile
from phantomcode.daemon.adapters.speech_detector import GatedSilero
from phantomcode.daemon.cli.transcribe import FileUtterance, transcribe, transcribe_all
from phantomcode.daemon.contract.errors import AudioError, ProblemError
from phantomcode.daemon.core.transcription import normalise
from phantomcode.daemon.ports import Pcm, Recognition
from phantomcode.daemon.segmenter import Segmenter

AUDIO = Path(__file__).parents[2] / "audio"
REFERENCES = tomllib.loads((AUDIO / "references.toml").read_text())
app = typer.Typer()
app.command()(transcribe)


class CountingRecogniser:
    """Says how many seconds it was given."""

    def transcribe(self, pcm: Pcm, vocabulary: Sequence[str], *, words: bool = False) -> Recognition:
        assert not words
        return Recognition(f"{len(pcm) / 16000:.1f} s with {len(vocabulary)} terms", 1.0)


def listen(path: Path) -> list[FileUtterance]:
    source = SoundFile(path)
    source.open()
    return list(transcribe_all(source, Segmenter(GatedSilero()), CountingRecogniser(), ("a", "b")))


def jfk() -> np.ndarray:
    samples, _ = soundfile.read(AUDIO / "jfk.flac")
    return np.asarray(samples)


def test_utterances_carry_the_times_of_the_voice_in_the_file() -> None:
    heard = listen(AUDIO / "jfk.flac")
    assert heard[0].t0 == pytest.approx(0.3, abs=0.2)
    assert heard[-1].t1 == pytest.approx(10.5, abs=0.3)
    assert heard[0].text.endswith("s with 2 terms")


@pytest.mark.parametrize(
    ("rate", "channels", "subtype"), [(8000, 1, "PCM_16"), (48000, 2, "PCM_24"), (44100, 1, "FLOAT")]
)
def test_the_format_of_the_file_does_not_change_what_is_heard(
    tmp_path: Path, rate: int, channels: int, subtype: str
) -> None:
    import soxr

    samples = soxr.resample(jfk(), 16000, rate)
    soundfile.write(tmp_path / "jfk.wav", np.repeat(samples[:, np.newaxis], channels, axis=1), rate, subtype)
    expected, got = listen(AUDIO / "jfk.flac"), listen(tmp_path / "jfk.wav")
    assert got[0].t0 == pytest.approx(expected[0].t0, abs=0.15)
    assert got[-1].t1 == pytest.approx(expected[-1].t1, abs=0.15)


def test_a_truncated_file_gives_what_is_there(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "cut.wav", jfk(), 16000)
    data = (tmp_path / "cut.wav").read_bytes()
    (tmp_path / "cut.wav").write_bytes(data[: len(data) // 2])
    assert 0.0 < listen(tmp_path / "cut.wav")[-1].t1 <= 5.6


def test_silence_and_noise_have_no_utterances(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "silence.wav", np.zeros(16000 * 60), 16000)
    assert listen(tmp_path / "silence.wav") == []
    assert listen(AUDIO / "noise_keys_over_zoom.flac") == []


def test_a_sentence_late_in_a_long_file_is_found_at_its_time(tmp_path: Path) -> None:
    with soundfile.SoundFile(tmp_path / "long.wav", "w", 16000, 1) as file:
        for _ in range(10):
            file.write(np.zeros(16000 * 60))
        file.write(jfk())
    assert listen(tmp_path / "long.wav")[0].t0 == pytest.approx(600.3, abs=0.2)


def test_a_bad_file_and_an_unknown_problem_fail_before_any_model_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "notes.wav").write_text("not sound")
    result = CliRunner().invoke(app, ["--json", str(tmp_path / "notes.wav")])
    assert isinstance(result.exception, AudioError)
    result = CliRunner().invoke(app, ["--json", str(AUDIO / "jfk.flac"), "--problem", "no-such-problem"])
    assert isinstance(result.exception, ProblemError)


@pytest.mark.engines
def test_the_command_prints_utterances_as_json_and_as_lines() -> None:
    result = CliRunner().invoke(app, ["--json", str(AUDIO / "email_dictation.flac")])
    assert result.exception is None
    utterances = json.loads(result.stdout)["utterances"]
    assert {key for utterance in utterances for key in utterance} == {"t0", "t1", "text"}
    assert all(0 <= utterance["t0"] < utterance["t1"] <= 46.0 for utterance in utterances)
    said = normalise(" ".join(utterance["text"] for utterance in utterances)).split()
    meant = normalise(REFERENCES["jargon"]["email_dictation.flac"]).split()
    assert Levenshtein.distance(meant, said) / len(meant) < 0.2
    lines = CliRunner().invoke(app, [str(AUDIO / "jfk.flac")]).stdout.splitlines()
    assert lines[0].startswith("00:00.")
    assert "fellow Americans" in lines[0]
