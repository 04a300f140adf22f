"""Turns in a recording that nobody marked, and the figures of a round."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from phantomcode.daemon.adapters.sound_file import whole
from phantomcode.daemon.bench_turns import PAUSE_SECONDS, Load, Watch, lengthened, loud_stretches, summarise
from phantomcode.daemon.manifest import Pause, Turn
from phantomcode.daemon.ports import FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame
from phantomcode.daemon.spread import Spread
from phantomcode.daemon.turn_times import Pauses, Reaction, Turns


def frames(*stretches: tuple[float, int]) -> list[AudioFrame]:
    """Stretches of (seconds, amplitude)."""
    samples = np.concatenate([np.full(round(seconds * 16_000), level, np.int16) for seconds, level in stretches])
    cut = range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [AudioFrame(samples[at : at + FRAME_SAMPLES].tobytes(), 0.0) for at in cut]


def test_speech_ends_where_half_a_second_of_quiet_follows() -> None:
    sound = frames((1.0, 0), (2.0, 3000), (0.3, 20), (1.0, 3000), (PAUSE_SECONDS, 20), (1.0, 3000), (0.1, 0))
    found = loud_stretches(sound)
    assert [turn.began for turn in found] == pytest.approx([1.0, 4.8])
    assert [turn.ended for turn in found] == pytest.approx([4.3, 5.8])


def test_a_recording_that_is_too_short_for_the_round_is_played_again(tmp_path: Path) -> None:
    once = tmp_path / "once.wav"
    soundfile.write(once, np.full(4 * SAMPLE_RATE_HZ, 900, np.int16), SAMPLE_RATE_HZ)
    turns = (Turn("so", 1.0, 3.0, (Pause(1.5, 2.0),)),)
    assert lengthened(once, turns, 4.0, tmp_path) == (once, turns)
    longer, all_turns = lengthened(once, turns, 9.0, tmp_path)
    assert len(whole(longer)) == 12 * SAMPLE_RATE_HZ
    assert [turn.ended for turn in all_turns] == [3.0, 7.0, 11.0]
    assert all_turns[2].pauses == (Pause(9.5, 10.0),)


def test_silence_has_no_turns() -> None:
    assert loud_stretches(frames((3.0, 20))) == ()


def test_the_two_halves_of_a_round_are_told_apart() -> None:
    reactions = tuple(Reaction(number, 10.0 * number, text_s=float(number)) for number in range(1, 5))
    load = {"daemon": Load(90, 1, 30.0), "recogniser": Load(300, 0, 60.0)}
    times = summarise(Turns(reactions, Pauses(3, 1, 0)), [0.002], load, [Turn("", 0.0, 180.0)], None)
    assert times.early_text_s == Spread(1.5, 1.95, 2)
    assert times.late_text_s == Spread(3.5, 3.95, 2)
    assert times.cpu_seconds_per_minute == 30.0
    assert times.pauses == Pauses(3, 1, 0)


def test_a_process_that_is_gone_is_let_be() -> None:
    with Watch(lambda: {"nobody": 2**22 + 1}) as watch:
        pass
    assert watch.load == {}
