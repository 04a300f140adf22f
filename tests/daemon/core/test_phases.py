"""Phases: the plan, the live tracker, and the division of a finished round."""

from __future__ import annotations

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.contract.vocabulary import PHASES, Phase
from phantomcode.daemon.core.phases import (
    TRANSITIONS,
    PhaseTracker,
    Weights,
    add_vote,
    advance,
    plan,
    spans,
    spent,
    tick,
)
from phantomcode.daemon.core.understanding.handovers import Handover, Turn
from phantomcode.daemon.core.understanding.notebook import PhaseEvidence

FLAT: Weights = (0.2, 0.2, 0.2, 0.2, 0.2)


def leaning(phase: Phase, by: float = 0.8) -> Weights:
    rest = (1 - by) / 4
    c, e, h, d, t = (by if p is phase else rest for p in PHASES)
    return c, e, h, d, t


def evidence(*phases: Phase, every: float = 10.0) -> list[PhaseEvidence]:
    return [PhaseEvidence(i, i * every, leaning(phase)) for i, phase in enumerate(phases)]


def opened(told: list[PhaseEvidence], at: int, handover: Handover) -> list[PhaseEvidence]:
    """The same evidence with one utterance announced or asked for."""
    return [msgspec.structs.replace(e, handover=handover) if i == at else e for i, e in enumerate(told)]


def test_the_plan_scales_with_the_round() -> None:
    assert [row.planned_seconds for row in plan(45)] == [300, 300, 600, 1200, 300]
    assert sum(row.planned_seconds for row in plan(30)) == pytest.approx(30 * 60)
    assert all(row.minimum_seconds <= row.planned_seconds <= row.maximum_seconds for row in plan(20))


def test_every_phase_can_be_left_and_chances_add_up() -> None:
    assert set(TRANSITIONS) == set(PHASES)
    for source, targets in TRANSITIONS.items():
        assert source not in targets
        assert sum(targets.values()) == pytest.approx(1)


def test_a_round_is_divided_where_the_content_changes() -> None:
    told = [phase for phase in PHASES for _ in range(5)]
    found = spans(evidence(*told), 0, 300)
    assert [s.phase for s in found] == list(PHASES)
    assert [s.t0 for s in found] == [0, 50, 100, 150, 200]
    assert found[-1].t1 == 300


def test_one_stray_utterance_makes_no_phase() -> None:
    told = [Phase.CLARIFY] * 4 + [Phase.HIGH_LEVEL] * 4 + [Phase.ESTIMATE] + [Phase.HIGH_LEVEL] * 4
    assert [s.phase for s in spans(evidence(*told), 0, 200)] == [Phase.CLARIFY, Phase.HIGH_LEVEL]


def test_a_phase_may_recur() -> None:
    told = [Phase.CLARIFY] * 4 + [Phase.HIGH_LEVEL] * 5 + [Phase.ESTIMATE] * 5 + [Phase.HIGH_LEVEL] * 5
    drawn = opened(evidence(*told), 4, Handover(announced=Phase.HIGH_LEVEL))
    asked = opened(drawn, 9, Handover(Turn.HANDED, requested=Phase.ESTIMATE))
    assert [s.phase for s in spans(asked, 0, 200)] == [
        Phase.CLARIFY,
        Phase.HIGH_LEVEL,
        Phase.ESTIMATE,
        Phase.HIGH_LEVEL,
    ]


def test_mechanisms_among_the_boxes_open_no_deep_dive_until_it_is_announced() -> None:
    drawn = [Phase.HIGH_LEVEL, Phase.DEEP_DIVE, Phase.DEEP_DIVE, Phase.HIGH_LEVEL, Phase.DEEP_DIVE]
    told = [Phase.CLARIFY] * 3 + drawn * 2 + [Phase.DEEP_DIVE] * 8
    announced = opened(evidence(*told), 13, Handover(announced=Phase.DEEP_DIVE))
    found = spans(announced, 0, 300)
    assert [(s.phase, s.t0) for s in found] == [(Phase.CLARIFY, 0), (Phase.HIGH_LEVEL, 30), (Phase.DEEP_DIVE, 130)]


def test_announcing_opens_a_phase_only_if_it_is_then_done() -> None:
    told = [Phase.HIGH_LEVEL] * 4 + [Phase.DEEP_DIVE] * 10
    closing = Handover(announced=Phase.TRADEOFFS)
    idle = spans(opened(evidence(*told), 8, closing), 0, 200)
    assert idle[-1].phase is Phase.DEEP_DIVE
    done = [*told, Phase.DEEP_DIVE, Phase.TRADEOFFS, Phase.DEEP_DIVE, Phase.TRADEOFFS, Phase.TRADEOFFS]
    found = spans(opened(evidence(*done), 14, closing), 0, 200)
    assert (found[-1].phase, found[-1].t0) == (Phase.TRADEOFFS, 140)


def test_an_answer_to_a_challenge_opens_no_phase() -> None:
    told = [Phase.HIGH_LEVEL] * 6 + [Phase.ESTIMATE] * 2 + [Phase.DEEP_DIVE] * 6
    free = evidence(*told)
    answering = [
        msgspec.structs.replace(e, handover=Handover(Turn.ANSWER)) if i in (6, 7) else e for i, e in enumerate(free)
    ]
    assert Phase.ESTIMATE not in [s.phase for s in spans(answering, 0, 200)]


def test_a_round_that_opens_with_the_picture_has_no_requirements() -> None:
    told = evidence(*[Phase.HIGH_LEVEL] * 6)
    assert spans(opened(told, 0, Handover(announced=Phase.HIGH_LEVEL)), 0, 100)[0].phase is Phase.HIGH_LEVEL


@given(
    st.sampled_from(PHASES),
    st.sampled_from(Turn),
    st.none() | st.sampled_from(PHASES),
    st.none() | st.sampled_from(PHASES),
)
def test_chances_of_every_step_add_up(
    source: Phase, turn: Turn, announced: Phase | None, requested: Phase | None
) -> None:
    told = [PhaseEvidence(i, 10.0 * i, FLAT, FLAT, Handover(turn, announced, requested)) for i in range(3)]
    assert spans(told, 0, 40)
    belief = tuple(float(phase is source) for phase in PHASES)
    after = advance(PhaseTracker(belief=belief), 1.0, FLAT, told[0].handover).belief
    assert sum(after) == pytest.approx(1)
    assert min(after) > 0


def test_nothing_said_divides_nothing() -> None:
    assert spans([], 0, 60) == ()
    assert spans(evidence(Phase.CLARIFY), 60, 60) == ()


weight_lists = st.lists(st.sampled_from(PHASES), min_size=1, max_size=60)


@given(weight_lists, st.floats(0, 500))
def test_spans_are_contiguous_and_cover_the_round(phases: list[Phase], tail: float) -> None:
    told = evidence(*phases)
    end = told[-1].at_seconds + 1 + tail
    found = spans(told, 0, end)
    assert found[0].t0 == 0
    assert found[-1].t1 == end
    assert all(a.t1 == b.t0 and a.phase is not b.phase for a, b in itertools.pairwise(found))


def test_the_tracker_follows_and_books_time() -> None:
    tracker = PhaseTracker()
    for i in range(4):
        tracker = advance(tracker, 10.0 * i, leaning(Phase.CLARIFY))
    for i in range(4, 8):
        tracker = advance(tracker, 10.0 * i, leaning(Phase.ESTIMATE))
    assert tracker.current is Phase.ESTIMATE
    tracker = tick(tracker, 100.0)
    assert spent(tracker, Phase.CLARIFY) + spent(tracker, Phase.ESTIMATE) == pytest.approx(100)
    assert 40 <= tracker.entered_seconds <= 60


def test_one_stray_utterance_does_not_move_the_light() -> None:
    tracker = PhaseTracker()
    for at in range(5):
        tracker = advance(tracker, at * 10.0, leaning(Phase.CLARIFY))
    assert advance(tracker, 60.0, leaning(Phase.DEEP_DIVE)).current is Phase.CLARIFY


def test_wavering_evidence_does_not_flap() -> None:
    tracker, moves = PhaseTracker(), 0
    for i in range(40):
        weights = leaning(Phase.HIGH_LEVEL if i % 2 else Phase.DEEP_DIVE, 0.45)
        following = advance(tracker, i * 8.0, weights)
        moves += following.current is not tracker.current
        tracker = following
    assert moves <= 3


@given(st.lists(st.tuples(st.floats(-5, 60), st.sampled_from(PHASES)), max_size=40))
def test_time_is_never_lost_or_invented(steps: list[tuple[float, Phase]]) -> None:
    tracker, now = PhaseTracker(), 0.0
    for passed, phase in steps:
        now += passed
        tracker = advance(tracker, now, leaning(phase))
    assert sum(tracker.spent_seconds) == pytest.approx(tracker.ticked_seconds)
    assert sum(tracker.belief) == pytest.approx(1)


def test_an_announced_phase_is_seen_at_once() -> None:
    tracker = PhaseTracker()
    for i in range(6):
        tracker = advance(tracker, i * 10.0, leaning(Phase.HIGH_LEVEL))
    announced = advance(tracker, 60.0, leaning(Phase.DEEP_DIVE), Handover(announced=Phase.DEEP_DIVE))
    assert announced.current is Phase.DEEP_DIVE
    assert advance(tracker, 60.0, leaning(Phase.DEEP_DIVE)).current is Phase.HIGH_LEVEL


def test_flat_evidence_keeps_the_phase() -> None:
    tracker = PhaseTracker()
    for i in range(30):
        tracker = advance(tracker, i * 10.0, FLAT)
    assert tracker.current is Phase.CLARIFY


def test_a_vote_that_says_nothing_changes_nothing() -> None:
    tracker = advance(PhaseTracker(), 10.0, leaning(Phase.ESTIMATE))
    voted = add_vote(tracker, 12.0, FLAT)
    assert voted.belief == pytest.approx(tracker.belief)
    assert voted.current is tracker.current


def test_a_vote_shifts_the_belief_by_its_weights() -> None:
    tracker = PhaseTracker(belief=FLAT)
    assert add_vote(tracker, 5.0, leaning(Phase.DEEP_DIVE, 0.4)).belief == pytest.approx((0.15, 0.15, 0.15, 0.4, 0.15))


def test_a_vote_may_move_the_light() -> None:
    tracker = PhaseTracker(belief=(0.45, 0.5, 0.02, 0.02, 0.01))
    voted = add_vote(tracker, 30.0, leaning(Phase.ESTIMATE))
    assert (voted.current, voted.entered_seconds) == (Phase.ESTIMATE, 30.0)
