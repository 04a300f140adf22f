"""Phase evidence: content decides, announcements hardly, and the clock only a little."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.contract.vocabulary import PHASES, Phase
from phantomcode.daemon.core.understanding.phase_evidence import combine, read_phase


def likeliest(text: str, asked: str = "", position: float | None = None) -> Phase:
    weights = read_phase(text, "", asked, position)
    return PHASES[weights.index(max(weights))]


@pytest.mark.parametrize(
    ("asked", "text", "phase"),
    [
        (
            "Design a ticket shop.",
            "How many shows do we sell at once, and should users be able to resell?",
            Phase.CLARIFY,
        ),
        ("", "I'm leaving seat maps out of scope, do we need refunds?", Phase.CLARIFY),
        ("", "Say 3 million tickets a day, so 35 a second, and 20 times that at peak, 700 a second.", Phase.ESTIMATE),
        ("", "Each ticket is 2 kilobytes, so that comes to 6 gigs a day and about 2 terabytes a year.", Phase.ESTIMATE),
        (
            "",
            "The browser calls the gateway, that goes to the ticket service, which writes to the database.",
            Phase.HIGH_LEVEL,
        ),
        ("", "On the left I draw the client, then a load balancer and three boxes behind it.", Phase.HIGH_LEVEL),
        (
            "",
            "If the leader dies while it holds the lock, the lease expires and a stale epoch is fenced.",
            Phase.DEEP_DIVE,
        ),
        (
            "What would you do differently?",
            "Looking back, the bottleneck is one region; the price is downtime.",
            Phase.TRADEOFFS,
        ),
    ],
)
def test_content_decides(asked: str, text: str, phase: Phase) -> None:
    assert likeliest(text, asked) is phase


def test_a_lock_that_fails_late_in_the_round_is_still_a_deep_dive() -> None:
    text = "If both writers race, the second one's commit fails on the version and it retries."
    assert likeliest(text, position=0.9) is Phase.DEEP_DIVE
    assert likeliest(text, position=0.3) is Phase.DEEP_DIVE


def test_repeating_the_interviewers_figure_is_not_estimating() -> None:
    text = "Okay, 4 million bookings a day, got it."
    alone = read_phase(text, "", "", 0.1)
    echoed = read_phase(text, "", "It's about 4 million bookings a day.", 0.1)
    assert echoed[1] < alone[1]


def test_announcing_weighs_less_than_doing() -> None:
    announced = read_phase("Next I'll do some estimates.", "", "", None)[1]
    done = read_phase("Call it 80 million a day at 3 kilobytes, 240 gigs a day.", "", "", None)[1]
    assert done > 2 * announced / 1.5


@given(st.text(max_size=200), st.text(max_size=80), st.floats(0, 2) | st.none())
def test_weights_are_a_distribution(text: str, asked: str, position: float | None) -> None:
    weights = read_phase(text, "", asked, position)
    assert len(weights) == 5
    assert sum(weights) == pytest.approx(1)
    assert min(weights) > 0


def test_pooling_opinions_follows_the_one_with_more_say() -> None:
    first = (0.6, 0.1, 0.1, 0.1, 0.1)
    second = (0.1, 0.1, 0.1, 0.1, 0.6)
    pooled = combine([(1.0, first), (2.0, second)])
    assert sum(pooled) == pytest.approx(1)
    assert pooled[4] > pooled[0] > pooled[1]
    assert combine([(1.0, first)]) == pytest.approx(first)
