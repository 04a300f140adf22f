"""Speech that is longer than the recogniser's window is cut; what stands on both sides of a cut must all be there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from rapidfuzz.distance import Levenshtein

from phantomcode.daemon.adapters import faster_whisper
from phantomcode.daemon.adapters.speech_detector import GatedSilero
from phantomcode.daemon.core.endpointing import Rules
from phantomcode.daemon.manifest import Turn, load_manifest
from phantomcode.daemon.ports import FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame, Pcm
from phantomcode.daemon.segmenter import Ended, Segmenter
from phantomcode.daemon.word_errors import spoken_form
from phantomcode.models.store import ModelStore

RECORDINGS = Path(__file__).parents[2] / "daemon" / "recordings"
NEAR_WORDS = 3


@pytest.fixture(scope="module")
def monologue() -> tuple[Pcm, Turn]:
    """A minute and a half without a pause, in half a second of silence before and two behind."""
    (answers,) = (clip for clip in load_manifest(RECORDINGS) if clip.path == "answers.ogg")
    turn = max(answers.turns, key=lambda each: each.ended - each.began)
    first, last = (round(at * SAMPLE_RATE_HZ) for at in (turn.began - 0.5, turn.ended + 2.0))
    sound, _ = soundfile.read(RECORDINGS / "answers.ogg", dtype="int16", start=first, stop=last)
    return np.asarray(sound), turn


def segments(sound: Pcm, rules: Rules) -> Iterator[Pcm]:
    segmenter = Segmenter(GatedSilero(), rules=rules)
    for at in range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        frame = AudioFrame(sound[at : at + FRAME_SAMPLES].tobytes(), (at + FRAME_SAMPLES) / SAMPLE_RATE_HZ)
        yield from [piece.speech.pcm for piece in segmenter.feed(frame) if isinstance(piece, Ended)]
    yield from [piece.speech.pcm for piece in segmenter.flush() if isinstance(piece, Ended)]


@pytest.mark.engines
@pytest.mark.parametrize("rules", [Rules(), Rules(maximum_segment_seconds=15.0, cut_search_seconds=7.0)])
def test_no_word_is_lost_or_doubled_where_a_long_speech_is_cut(monologue: tuple[Pcm, Turn], rules: Rules) -> None:
    sound, turn = monologue
    recogniser = faster_whisper.load(str(ModelStore().path("whisper-tiny.en")), 2)
    heard = [spoken_form(recogniser.transcribe(pcm, ()).text) for pcm in segments(sound, rules)]
    assert len(heard) >= 90 / rules.maximum_segment_seconds
    said, written = spoken_form(turn.text), [word for words in heard for word in words]
    edits = Levenshtein.editops(said, written)
    assert len(edits) / len(said) < 0.15
    joins = np.cumsum([len(words) for words in heard])[:-1]
    lost = [edit for edit in edits if edit.tag == "delete" and min(abs(joins - edit.dest_pos)) <= NEAR_WORDS]
    doubled = [written[join] for join in joins if written[join - 1] == written[join]]
    assert (lost, doubled) == ([], [])
