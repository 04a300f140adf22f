from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phantomcode.daemon.core.endpointing import Rules
from phantomcode.daemon.ports import FRAME_SAMPLES, AudioFrame, Pcm
from phantomcode.daemon.segmenter import Began, Ended, Held, Judged, Piece, Resumed, Segmenter

SHORT = Rules(maximum_segment_seconds=4.0, cut_search_seconds=2.0)
VOICED = 1 << 14


class HighBitDetector:
    """Frames of voice have the high bit set; the other bits number the samples."""

    def probability(self, frame: AudioFrame) -> float:
        return 0.9 if np.frombuffer(frame.pcm, np.int16)[0] & VOICED else 0.02

    def reset(self) -> None:
        pass


class RecordingTurns:
    def __init__(self, probability: float) -> None:
        self._probability = probability
        self.lengths: list[int] = []

    def probability_complete(self, pcm: Pcm) -> float:
        self.lengths.append(len(pcm))
        return self._probability


def feed(segmenter: Segmenter, runs: list[tuple[bool, float]]) -> list[Piece]:
    """Voice or silence for so many seconds; every sample holds its number modulo 2^14."""
    pieces: list[Piece] = []
    frame_number = 0
    for voiced, seconds in runs:
        for _ in range(round(seconds / 0.02)):
            numbers = np.arange(frame_number * FRAME_SAMPLES, (frame_number + 1) * FRAME_SAMPLES) % VOICED
            frame_number += 1
            pcm = (numbers | VOICED if voiced else numbers).astype(np.int16)
            pieces += segmenter.feed(AudioFrame(pcm.tobytes(), 50.0 + frame_number * 0.02))
    return pieces + segmenter.flush()


def sound_of(pieces: list[Piece]) -> list[Pcm]:
    return [piece.speech.pcm for piece in pieces if isinstance(piece, Ended)]


def test_a_sentence_comes_with_its_pre_roll_and_times_on_the_frames_clock() -> None:
    began, held, judged, ended = feed(Segmenter(HighBitDetector()), [(False, 1.0), (True, 2.0), (False, 2.0)])
    assert isinstance(began, Began)
    assert began.at == pytest.approx(51.0)
    assert isinstance(held, Held)
    assert judged == Judged(pytest.approx(53.0), None)
    assert isinstance(ended, Ended)
    assert ended.speech.pause == held.speech.pause
    assert (ended.speech.started_at, ended.speech.ended_at) == pytest.approx((51.0, 53.0))
    assert len(ended.speech.pcm) == (0.3 + 2.0 + 0.2) * 16000
    assert ended.speech.pcm[0] == round(0.7 * 16000) % VOICED


def test_a_segment_that_is_cut_for_length_loses_and_doubles_no_sample() -> None:
    pieces = feed(Segmenter(HighBitDetector(), rules=SHORT), [(True, 3.3), (False, 0.14), (True, 7.0)])
    sound = np.concatenate(sound_of(pieces)) & (VOICED - 1)
    assert len(sound_of(pieces)) >= 3
    assert len(sound) == round(10.44 * 16000)
    assert np.array_equal(sound, np.arange(len(sound)) % VOICED)


def test_the_turn_detector_hears_at_most_its_eight_seconds_and_ends_the_segment() -> None:
    turns = RecordingTurns(0.9)
    pieces = feed(Segmenter(HighBitDetector(), turns), [(True, 12.0), (False, 0.7), (True, 1.0), (False, 0.7)])
    assert turns.lengths == [8 * 16000, round(1.9 * 16000)]
    assert [type(piece) for piece in pieces] == [Began, Held, Judged, Ended, Began, Held, Judged, Ended]


def test_going_on_after_a_pause_changes_what_the_transcript_must_hold() -> None:
    pieces = feed(Segmenter(HighBitDetector()), [(True, 1.0), (False, 0.4), (True, 1.0), (False, 2.0)])
    assert [type(piece) for piece in pieces] == [Began, Held, Resumed, Held, Judged, Ended]
    first, second = (piece for piece in pieces if isinstance(piece, Held))
    assert first.speech.pause != second.speech.pause
    assert len(second.speech.pcm) == round(2.6 * 16000)


def test_silence_is_not_kept() -> None:
    segmenter = Segmenter(HighBitDetector())
    feed(segmenter, [(False, 60.0)])
    assert len(segmenter._sound) == 0
    frame = AudioFrame(np.zeros(FRAME_SAMPLES, np.int16).tobytes(), 120.0)
    for _ in range(3000):
        segmenter.feed(frame)
    assert len(segmenter._sound) <= 0.32 * 16000 * 2


RUNS = st.lists(st.tuples(st.booleans(), st.sampled_from([0.02, 0.06, 0.1, 0.18, 0.24, 0.7, 1.3, 3.0])), max_size=12)


@settings(max_examples=60, deadline=None)
@given(RUNS, st.floats(0, 1))
def test_segments_hold_consecutive_samples_and_no_voice_is_in_two(
    runs: list[tuple[bool, float]], complete: float
) -> None:
    sounds = sound_of(feed(Segmenter(HighBitDetector(), RecordingTurns(complete), SHORT), runs))
    for pcm in sounds:
        assert len(pcm)
        assert np.all(np.diff(pcm.astype(np.int64) & (VOICED - 1)) % VOICED == 1)
    voiced_samples = sum(int(np.count_nonzero(pcm & VOICED)) for pcm in sounds)
    assert voiced_samples <= sum(round(seconds / 0.02) * FRAME_SAMPLES for voiced, seconds in runs if voiced)


@pytest.mark.parametrize(("understood", "pieces_of_speech"), [("so we shard, because", 1), ("so we shard.", 2)])
def test_words_that_ask_for_more_outweigh_a_voice_that_fell(understood: str, pieces_of_speech: int) -> None:
    segmenter = Segmenter(HighBitDetector(), RecordingTurns(0.99), supposed=lambda _pause: understood)
    pieces = feed(segmenter, [(True, 2.0), (False, 0.8), (True, 2.0), (False, 2.0)])
    assert len(sound_of(pieces)) == pieces_of_speech
    verdict = next(piece.turn_complete for piece in pieces if isinstance(piece, Judged))
    assert verdict == (0.0 if pieces_of_speech == 1 else 0.99)
