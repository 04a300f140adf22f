from __future__ import annotations

import hashlib
from pathlib import Path

import candidate_audio as audio
import numpy as np
import pytest

from phantomcode.daemon.manifest import Clip, Pause, load_manifest

RECORDINGS = Path(__file__).parents[2] / "daemon" / "recordings"
RATE = audio.SAMPLE_RATE_HZ


def sound(*stretches: tuple[float, float]) -> audio.Samples:
    """Stretches of (seconds, level)."""
    return np.concatenate([np.full(round(seconds * RATE), level, np.float32) for seconds, level in stretches])


PADDED = sound((0.1, 0.0), (1.0, 0.5), (0.2, 0.0))
TWO_SENTENCES = sound((1.0, 0.5), (0.4, 0.0), (1.0, 0.25))


def described(*lines: audio.Line, spoken: list[audio.Samples]) -> Clip:
    text = audio.Text(lines, jargon=("Kafka",), lead_in=0.5)
    return audio.described(text, audio.assemble(text, spoken), "a.ogg")


def test_a_turn_lasts_from_its_first_to_its_last_loud_sample() -> None:
    clip = described(audio.Line("One.", 1.0), audio.Line("Two.", 2.0), spoken=[PADDED, PADDED])
    assert [(turn.text, turn.began, turn.ended) for turn in clip.turns] == [("One.", 0.6, 1.6), ("Two.", 2.9, 3.9)]
    assert (clip.text, clip.jargon, clip.seconds) == ("One. Two.", ("Kafka",), 6.1)


def test_a_line_that_goes_on_is_one_turn_with_the_next_and_the_pause_is_as_long_as_it_sounds() -> None:
    clip = described(
        audio.Line("One,", 0.5, goes_on=True), audio.Line("two.", 0.5, goes_on=True), spoken=[PADDED, TWO_SENTENCES]
    )
    (turn,) = clip.turns
    assert (turn.text, turn.began, turn.ended) == ("One, two.", 0.6, 4.7)
    assert turn.pauses == (Pause(1.6, 2.3), Pause(3.3, 3.7))


def test_a_breathless_line_has_no_pause_and_all_its_voice() -> None:
    clip = described(audio.Line("One. Two.", 0.5, breathless=True), spoken=[TWO_SENTENCES])
    (turn,) = clip.turns
    assert turn.pauses == ()
    assert turn.ended - turn.began == pytest.approx(2.15, abs=0.001)


def test_a_new_recording_takes_the_place_of_the_old_one_in_the_manifest(tmp_path: Path) -> None:
    for name in ("b.ogg", "a.ogg"):
        (tmp_path / name).touch()
        audio.note(audio.Row(name, 1.0, "old"), tmp_path / "manifest.jsonl")
    audio.note(audio.Row("b.ogg", 2.0, "new"), tmp_path / "manifest.jsonl")
    assert [(clip.path, clip.text) for clip in load_manifest(tmp_path)] == [("a.ogg", "old"), ("b.ogg", "new")]


def test_a_recording_is_made_anew_when_its_text_is_another_or_the_sound_is_gone(tmp_path: Path) -> None:
    sound = tmp_path / "a.ogg"
    assert not audio.is_made_from("1", sound)
    audio.note(audio.Row("a.ogg", 1.0, "one", made_from="1"), tmp_path / "manifest.jsonl")
    assert not audio.is_made_from("1", sound)
    sound.touch()
    assert audio.is_made_from("1", sound)
    assert not audio.is_made_from("2", sound)


def test_the_shipped_answers_are_made_from_the_shipped_text() -> None:
    made_from = hashlib.sha256((RECORDINGS / "answers.toml").read_bytes()).hexdigest()
    assert audio.is_made_from(made_from, RECORDINGS / "answers.ogg"), "run scripts/bench, or scripts/candidate_audio.py"
