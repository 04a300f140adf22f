from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.models.catalogue import Role, shipped
from phantomcode.models.recommend import GIB, Machine, Speed, defaults, look, probe, recommend

LAPTOP = Machine(cores=2, memory_total_bytes=16 * GIB, memory_available_bytes=12 * GIB)
WORKSTATION = Machine(cores=8, memory_total_bytes=32 * GIB, memory_available_bytes=24 * GIB)
SLOW, USUAL, FAST = Speed(40, 8), Speed(150, 30), Speed(1300, 60)


@pytest.mark.parametrize(
    ("gib", "artifact_id"),
    [
        (4, "qwen2.5-coder-0.5b-instruct-q4_k_m"),
        (5.9, "qwen2.5-coder-0.5b-instruct-q4_k_m"),
        (6, "qwen2.5-coder-1.5b-instruct-q4_k_m"),
        (64, "qwen2.5-coder-1.5b-instruct-q4_k_m"),
    ],
)
def test_memory_alone_decides_the_default_interviewer(gib: float, artifact_id: str) -> None:
    chosen = defaults(Machine(8, int(gib * GIB), int(gib * GIB)))
    assert chosen[Role.LANGUAGE_MODEL] == artifact_id
    assert chosen[Role.RECOGNISER] == "whisper-tiny.en"
    assert set(chosen) == {Role.RECOGNISER, Role.LANGUAGE_MODEL, Role.VOICE, Role.TURN_DETECTOR}


@pytest.mark.parametrize(
    ("machine", "speed", "interviewer", "recogniser"),
    [
        (LAPTOP, USUAL, "qwen2.5-coder-1.5b-instruct-q4_k_m", "whisper-tiny.en"),
        (LAPTOP, SLOW, "qwen2.5-coder-0.5b-instruct-q4_k_m", "whisper-tiny.en"),
        (LAPTOP, FAST, "qwen2.5-coder-1.5b-instruct-q4_k_m", "whisper-tiny.en"),
        (WORKSTATION, FAST, "qwen3-4b-instruct-2507-q4_k_m", "whisper-small.en"),
        (WORKSTATION, USUAL, "qwen2.5-coder-1.5b-instruct-q4_k_m", "whisper-tiny.en"),
    ],
)
def test_cores_memory_and_speed_decide_the_recommendation(
    machine: Machine, speed: Speed, interviewer: str, recogniser: str
) -> None:
    chosen = recommend(machine, speed)
    assert chosen[Role.LANGUAGE_MODEL].artifact_id == interviewer
    assert chosen[Role.RECOGNISER].artifact_id == recogniser


@given(
    st.builds(Machine, st.integers(1, 64), st.integers(GIB, 128 * GIB), st.integers(0, 128 * GIB)),
    st.builds(Speed, st.floats(0.1, 1e4), st.floats(0.1, 1e3)),
)
def test_whatever_is_recommended_is_in_the_catalogue_under_that_role(machine: Machine, speed: Speed) -> None:
    ids = {role: choice.artifact_id for role, choice in recommend(machine, speed).items()}
    for role, artifact_id in [*ids.items(), *defaults(machine).items()]:
        assert shipped().find(artifact_id).role is role


def test_a_machine_too_slow_for_any_still_gets_the_smallest_and_is_told() -> None:
    choice = recommend(LAPTOP, Speed(5, 1))[Role.LANGUAGE_MODEL]
    assert choice.artifact_id == "qwen2.5-coder-0.5b-instruct-q4_k_m"
    assert "bank's own lines" in choice.reason


def test_the_probe_counts_work_by_the_clock_it_is_given() -> None:
    ticks = count()
    speed = probe(seconds=8, clock=lambda: float(next(ticks)))
    # From the tick at 0 to the one that ends the loop at 4, three runs fit; the last look at the clock is tick 5.
    assert speed.gflop_per_second == pytest.approx(3 / 5 * 2 * 512**3 / 1e9)
    assert speed.gigabytes_per_second == pytest.approx(3 / 5 * 8192 * 8192 * 4 / 1e9)


def test_this_machine_has_cores_and_memory() -> None:
    machine = look()
    assert machine.cores >= 1
    assert machine.memory_total_bytes >= machine.memory_available_bytes > 0
