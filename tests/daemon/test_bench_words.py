from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from phantomcode.daemon import bench_words
from phantomcode.daemon.bench_words import Cut, Listened
from phantomcode.daemon.cli import bench
from phantomcode.daemon.manifest import Clip, Pause, Turn
from phantomcode.daemon.ports import Pcm, Recognition

AUDIO = Path(__file__).parents[1] / "audio"
SOUND = np.zeros(16000, np.int16)
TURNS = (
    Turn("we ask Redis first", 1.0, 6.0, (Pause(2.0, 2.25), Pause(4.0, 5.2))),
    Turn("then Postgres", 10.0, 12.0, (Pause(10.5, 10.9),)),
)
CLIP = Clip("a.ogg", 14.0, "we ask Redis first then Postgres", ("Redis", "Postgres"), TURNS)


class Parrot:
    """Writes the same for every segment."""

    def __init__(self, text: str) -> None:
        self._text = text

    def transcribe(self, pcm: Pcm, vocabulary: Sequence[str], *, words: bool = False) -> Recognition:
        return Recognition(self._text, 1.0, decode_seconds=0.5)


class Doubter:
    """Calls what it hears complete from so many seconds of sound on."""

    def __init__(self, complete_from_seconds: float) -> None:
        self._samples = complete_from_seconds * 16000

    def probability_complete(self, pcm: Pcm) -> float:
        return 0.9 if len(pcm) >= self._samples else 0.1


def listened(
    *cuts: tuple[float, bool], verdicts: dict[float, dict[float, float]] | None = None, clip: Clip = CLIP
) -> Listened:
    return Listened(
        Path("clips"),
        clip,
        tuple(Cut(SOUND, ended_at, complete) for ended_at, complete in cuts),
        len(cuts),
        tuple((verdicts or {}).items()),
    )


def test_pauses_at_which_a_segment_ended_are_counted_by_their_length() -> None:
    bands = bench_words.pause_bands([listened((2.1, True), (4.05, False), (6.1, True), (12.0, False))])
    counted = {band.from_seconds: (band.pauses, band.called_complete, band.too_long) for band in bands if band.pauses}
    assert counted == {0.2: (1, 1, 0), 0.3: (1, 0, 0), 1.0: (1, 0, 1)}


def test_ends_of_turns_are_complete_or_waited_for() -> None:
    assert bench_words.ends_called_complete(listened((6.1, True), (12.0, False))) == [True, False]
    assert bench_words.ends_called_complete(listened((8.0, True))) == [False, False]


def test_verdicts_are_counted_at_each_silence_and_so_far() -> None:
    verdicts = {
        2.1: {0.2: 0.9},
        4.1: {0.2: 0.1, 0.4: 0.8, 0.6: 0.2, 0.8: 0.1, 1.0: 0.1},
        6.0: {0.2: 0.3, 0.4: 0.9, 0.6: 0.9, 0.8: 0.9, 1.0: 0.9},
        12.1: {0.2: 0.7, 0.4: 0.3, 0.6: 0.1, 0.8: 0.1, 1.0: 0.1},
    }
    rows = bench_words.asked_again([listened(verdicts=verdicts)])
    told = [
        (r.pauses, r.pauses_complete, r.pauses_complete_so_far, r.ends_complete, r.ends_complete_so_far) for r in rows
    ]
    assert told == [(2, 1, 1, 1, 1), (1, 1, 2, 1, 2), (1, 0, 2, 1, 2), (1, 0, 2, 1, 2), (1, 0, 2, 1, 2)]


def test_a_report_counts_words_terms_noise_and_time() -> None:
    noise = listened((1.0, True), clip=Clip("hiss.ogg", 30.0, None))
    report = bench_words.report([listened((6.0, True)), noise], Parrot("We ask Reddish first."), (), lambda _: None)
    (row,) = report.recognised
    assert (row.folder, row.clips, row.words, row.edits) == ("clips", 1, 6, 3)
    assert (row.terms_said, row.terms_heard, row.missing) == (2, 0, {"Redis": 1, "Postgres": 1})
    assert (report.noise.clips, report.noise.false_starts, report.noise.invented_words) == (1, 1, 4)
    assert (report.decode_s.p50, report.decode_s.n, report.real_time_factor) == (0.5, 2, 0.5)
    shown = bench_words.told(report)
    assert "| clips, 1 | 6 | 50.0 % | 0 of 2 |" in shown
    assert "2.0 a minute" in shown
    assert msgspec.json.decode(msgspec.json.encode(report), type=bench_words.WordsReport) == report


def test_a_real_sentence_is_divided_where_the_turn_detector_says_and_where_it_is_long_silent(tmp_path: Path) -> None:
    """Eleven seconds of the famous sentence, which pauses four times, and two seconds of silence."""
    sound, rate = soundfile.read(AUDIO / "jfk.flac", dtype="int16")
    soundfile.write(tmp_path / "a.flac", np.concatenate([sound, np.zeros(2 * rate, np.int16)]), rate)
    clip = Clip("a.flac", 13.0, "ask not", turns=(Turn("ask not", 0.3, 10.6),))
    never = bench_words.listen(tmp_path, clip, Doubter(99.0))
    assert [cut.complete for cut in never.cuts] == [False]
    assert bench_words.ends_called_complete(never) == [False]
    at, verdicts = never.verdicts[-1]
    assert at == pytest.approx(10.6, abs=0.4)
    assert list(verdicts) == list(bench_words.ASKED_SECONDS)
    always = bench_words.listen(tmp_path, clip, Doubter(0.0))
    assert all(cut.complete for cut in always.cuts)
    assert len(always.cuts) == always.starts > 3
    assert len(always.verdicts) == len(never.verdicts)


@pytest.mark.parametrize("window", ["wide", "0.5", "31"])
def test_a_window_is_whole_or_so_many_seconds(window: str) -> None:
    ran = CliRunner().invoke(bench.app, ["words", "--window", window])
    assert ran.exit_code == 2
    assert "--window" in ran.output


@pytest.mark.engines
def test_the_bundled_noise_starts_nothing_and_the_bundled_speech_is_understood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench_words, "BUNDLED", AUDIO)
    ran = CliRunner().invoke(bench.app, ["words", "--json"])
    assert ran.exit_code == 0
    report = msgspec.json.decode(ran.stdout, type=bench_words.WordsReport)
    (clips,) = report.recognised
    assert (clips.clips, report.noise.clips) == (5, 4)
    assert clips.word_error_rate < 0.15
    assert clips.terms_said == 5
    assert clips.terms_heard >= 3
    assert (report.noise.false_starts, report.noise.invented_words) == (0, 0)
    assert report.decode_s.n > 5
