"""Handovers: what is announced, what is asked for, and that neither is read out of ordinary design talk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.contract.vocabulary import PHASES, Phase
from phantomcode.daemon.core.understanding.handovers import Handover, Turn, announced, read_handover, requested


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("Let me get some sums out of the way.", Phase.ESTIMATE),
        ("Sizing first, since the disk decides.", Phase.ESTIMATE),
        ("okay so now the numbers we said two million tickets", Phase.ESTIMATE),
        ("Right, the picture. Seats are on the left.", Phase.HIGH_LEVEL),
        ("Now I draw what we have.", Phase.HIGH_LEVEL),
        ("I'd like to sketch it quickly.", Phase.HIGH_LEVEL),
        ("Read path next.", Phase.HIGH_LEVEL),
        ("My design: the gateway asks the seat service.", Phase.HIGH_LEVEL),
        ("I want to go down into the seat lock.", Phase.DEEP_DIVE),
        ("So I'll take the lock apart now.", Phase.DEEP_DIVE),
        ("Two hard parts here, so let me dig into the first one.", Phase.DEEP_DIVE),
        ("Deep dive: the seat lock.", Phase.DEEP_DIVE),
        ("Deep dive on the seat lock. It is a row with a deadline.", Phase.DEEP_DIVE),
        ("We have a few minutes, let me wrap up.", Phase.TRADEOFFS),
        ("Closing then, what I bought and what it costs.", Phase.TRADEOFFS),
        ("Let me sum it up, two choices carry this.", Phase.TRADEOFFS),
        ("I'll step back and say what I traded away.", Phase.TRADEOFFS),
    ],
)
def test_a_phase_is_announced(text: str, phase: Phase) -> None:
    assert announced(text) is phase


@pytest.mark.parametrize(
    "text",
    [
        "The lock is released when the connection closes.",
        "A seat map is about six boxes wide.",
        "I keep my design.",
        "I'd rather stay with my numbers.",
        "I will stand by that estimate.",
        "The ledger sums to zero every night.",
        "That was decided a few minutes ago.",
        "Two numbers per seat, the row and the price.",
        "",
    ],
)
def test_design_talk_announces_nothing(text: str) -> None:
    assert announced(text) is None


@pytest.mark.parametrize(
    ("text", "phase"),
    [
        ("How big does this get, would you say?", Phase.ESTIMATE),
        ("Show me what goes where.", Phase.HIGH_LEVEL),
        ("Stay on the seat lock for a moment.", Phase.DEEP_DIVE),
        ("Three minutes left, how do you want to finish?", Phase.TRADEOFFS),
        ("Go ahead.", None),
    ],
)
def test_what_the_interviewer_asks_for(text: str, phase: Phase | None) -> None:
    assert requested(text) is phase


def test_a_request_counts_only_in_the_words_just_before() -> None:
    asked = "Let's wrap up."
    assert read_handover("Sure.", asked, Turn.HANDED) == Handover(Turn.HANDED, None, Phase.TRADEOFFS)
    assert read_handover("Sure.", asked, Turn.OWN).requested is None
    assert read_handover("It holds.", "Why not wrap it in one transaction?", Turn.ANSWER).requested is None


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert announced(text) in (None, *PHASES)
    assert requested(text) in (None, *PHASES)
