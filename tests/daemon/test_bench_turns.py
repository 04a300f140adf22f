from __future__ import annotations

import numpy as np
import pytest

from phantomcode.daemon.bench_turns import PAUSE_SECONDS, _summarise, speech_ends
from phantomcode.daemon.ports import FRAME_SAMPLES, AudioFrame
from phantomcode.daemon.spread import Spread
from phantomcode.daemon.trace import Mark


def frames(*stretches: tuple[float, int]) -> list[AudioFrame]:
    """Stretches of (seconds, amplitude)."""
    samples = np.concatenate([np.full(round(seconds * 16_000), level, np.int16) for seconds, level in stretches])
    cut = range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [AudioFrame(samples[at : at + FRAME_SAMPLES].tobytes(), 0.0) for at in cut]


def test_speech_ends_where_half_a_second_of_quiet_follows() -> None:
    sound = frames((1.0, 0), (2.0, 3000), (0.3, 20), (1.0, 3000), (PAUSE_SECONDS, 20), (1.0, 3000), (0.1, 0))
    assert speech_ends(iter(sound)) == pytest.approx([4.3, 5.8])


def test_silence_has_no_ends() -> None:
    assert speech_ends(iter(frames((3.0, 20)))) == []


def test_each_milestone_counts_from_the_true_end_of_its_turn() -> None:
    marks = [
        Mark("final_transcript", 10.8, -1, 10.1),
        Mark("hint", 10.9, 1),
        Mark("first_text", 11.5, 2),
        Mark("first_sound", 11.9, 2),
        Mark("final_transcript", 21.0, -1, 20.0),
        Mark("hint", 21.2, 3),
        Mark("first_text", 40.0, 4),
        Mark("final_transcript", 50.0, -1, 49.0),
        Mark("hint", 50.1, 5),
    ]
    times = _summarise([10.0, 20.0], marks, [0.002], {"daemon": 90})
    assert times.final_transcript_s == Spread(0.9, 0.99, 2)
    assert times.hint_s.n == 2
    assert times.first_text_s == Spread(1.5, 1.5, 1)
    assert times.first_sound_s == Spread(1.9, 1.9, 1)
    assert times.publish_to_paint_s == Spread(0.002, 0.002, 1)
