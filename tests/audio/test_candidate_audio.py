from __future__ import annotations

from pathlib import Path

import candidate_audio as audio
import numpy as np
import pytest

from phantomcode.daemon.manifest import Clip, Pause, load_manifest

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
        audio.note(Clip(name, 1.0, "old"), tmp_path / "manifest.jsonl")
    audio.note(Clip("b.ogg", 2.0, "new"), tmp_path / "manifest.jsonl")
    assert [(clip.path, clip.text) for clip in load_manifest(tmp_path)] == [("a.ogg", "old"), ("b.ogg", "new")]
