from __future__ import annotations

import json
from pathlib import Path

import pytest

from phantomcode.daemon.contract.errors import AudioError
from phantomcode.daemon.manifest import FILE_NAME, load_manifest

RECORDINGS = Path(__file__).parents[2] / "daemon" / "recordings"
AUDIO = Path(__file__).parents[1] / "audio"
ROW = {"path": "a.wav", "seconds": 9.0, "text": "one two", "speaker": "not ours to read"}


def folder_with(tmp_path: Path, *rows: object) -> Path:
    (tmp_path / "a.wav").touch()
    (tmp_path / FILE_NAME).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return tmp_path


def turn(began: float, ended: float, *pauses: tuple[float, float]) -> dict[str, object]:
    return {
        "text": "one",
        "began": began,
        "ended": ended,
        "pauses": [{"began": first, "ended": last} for first, last in pauses],
    }


def test_a_row_may_say_no_more_than_what_is_said(tmp_path: Path) -> None:
    (clip,) = load_manifest(folder_with(tmp_path, ROW))
    assert (clip.path, clip.seconds, clip.text, clip.jargon, clip.turns) == ("a.wav", 9.0, "one two", (), ())


def test_turns_and_pauses_are_read(tmp_path: Path) -> None:
    (clip,) = load_manifest(folder_with(tmp_path, {**ROW, "turns": [turn(0.5, 3.0, (1.0, 1.75)), turn(4.0, 8.0)]}))
    assert [(each.began, each.ended) for each in clip.turns] == [(0.5, 3.0), (4.0, 8.0)]
    assert clip.turns[0].pauses[0].seconds == 0.75


@pytest.mark.parametrize(
    ("row", "code", "said"),
    [
        ({"path": "a.wav", "seconds": 9.0}, "manifest.malformed", "Row 2"),
        ({**ROW, "seconds": "long"}, "manifest.malformed", "seconds"),
        ({**ROW, "seconds": 0}, "manifest.malformed", "no length"),
        ({**ROW, "turns": [turn(3.0, 2.0)]}, "manifest.malformed", "turn 1"),
        ({**ROW, "turns": [turn(1.0, 2.0), turn(1.5, 3.0)]}, "manifest.malformed", "turn 2"),
        ({**ROW, "turns": [turn(1.0, 2.0, (1.5, 2.5))]}, "manifest.malformed", "turn 1"),
        ({**ROW, "turns": [turn(1.0, 9.5)]}, "manifest.malformed", "behind the end"),
        ({**ROW, "path": "b.wav"}, "manifest.no-sound", "b.wav"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(tmp_path: Path, row: object, code: str, said: str) -> None:
    with pytest.raises(AudioError) as caught:
        load_manifest(folder_with(tmp_path, ROW, row))
    assert caught.value.code == code
    assert said in caught.value.message


def test_a_folder_without_a_manifest_or_with_an_empty_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError) as caught:
        load_manifest(tmp_path)
    assert caught.value.code == "manifest.unreadable"
    with pytest.raises(AudioError) as caught:
        load_manifest(folder_with(tmp_path))
    assert caught.value.code == "manifest.empty"


def test_the_clips_of_the_tests_are_all_in_their_manifest() -> None:
    clips = load_manifest(AUDIO)
    assert {clip.path for clip in clips} == {file.name for file in AUDIO.glob("*.flac")}
    assert {clip.text is None for clip in clips if clip.path.startswith("noise")} == {True}


def test_the_shipped_answers_are_what_the_benches_need() -> None:
    (answers,) = (clip for clip in load_manifest(RECORDINGS) if clip.path == "answers.ogg")
    assert len(answers.turns) >= 36
    assert 600 <= answers.seconds <= 720
    assert answers.text == " ".join(each.text for each in answers.turns)
    assert any(each.ended - each.began >= 90 and not each.pauses for each in answers.turns)
    assert all(after.began - before.ended >= 4 for before, after in zip(answers.turns, answers.turns[1:], strict=False))
    told = answers.text.lower()
    assert all(term.lower() in told for term in answers.jargon)
