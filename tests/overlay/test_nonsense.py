"""A daemon that sends well-formed nonsense: every number, text and order the contract lets through."""

from __future__ import annotations

import typing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phantomcode.daemon.contract import messages as m
from phantomcode.daemon.contract.vocabulary import Activity, Level, Move, Phase, Severity
from phantomcode.overlay import slices
from phantomcode.overlay.card import Mode
from phantomcode.overlay.review import review
from phantomcode.overlay.slices import ClockFace
from phantomcode.overlay.theme import Theme
from phantomcode.overlay.viewmodel import View, fold
from phantomcode.overlay.window import OverlayWindow

NUMBERS = st.floats()  # NaN and both infinities included
WORDS = st.text(max_size=60)
COUNTS = st.integers(-(2**63), 2**63)
PLANS = st.builds(m.PhasePlan, st.sampled_from(Phase), NUMBERS, NUMBERS, NUMBERS)
SESSIONS = st.builds(
    m.SessionOpened,
    WORDS,
    WORDS,
    WORDS,
    st.sampled_from(Level),
    NUMBERS,
    st.lists(PLANS, max_size=7).map(tuple),
    WORDS,
)
SCORES = st.builds(m.ScoreLine, WORDS, st.none() | NUMBERS, WORDS)
MESSAGES = st.one_of(
    SESSIONS,
    st.builds(m.ActivityChanged, st.sampled_from(Activity), WORDS),
    st.builds(m.ClockTicked, NUMBERS, NUMBERS, st.sampled_from(Phase), st.tuples(*[NUMBERS] * 5)),
    st.builds(m.InterviewerLine, COUNTS, st.text(max_size=2000), st.sampled_from(Move), COUNTS),
    st.builds(m.Hint, WORDS, COUNTS, COUNTS, WORDS),
    st.builds(m.Caption, st.text(max_size=2000), st.booleans(), COUNTS),
    st.builds(m.LevelMeter, NUMBERS, st.booleans()),
    st.builds(m.LedgerChanged, COUNTS, COUNTS, COUNTS, st.lists(WORDS, max_size=6).map(tuple)),
    st.builds(m.Notice, WORDS, st.sampled_from(Severity), WORDS, WORDS),
    st.builds(
        m.RoundEnded,
        WORDS,
        WORDS,
        st.lists(SCORES, max_size=9).map(tuple),
        st.none() | WORDS,
        st.lists(WORDS).map(tuple),
        WORDS,
    ),
)


@settings(max_examples=300)
@given(st.lists(MESSAGES, max_size=8), st.sampled_from(ClockFace))
def test_whatever_the_numbers_there_is_something_to_show(messages: list[m.Message], face: ClockFace) -> None:
    view = View()
    for message in messages:
        view = fold(view, message)
    slices.header(view, face)
    slices.compact(view, face)
    for segment in slices.strip(view) or ():
        assert 0 <= segment.share <= 1
        assert 0 <= segment.fill <= 1
    for select in (slices.line, slices.hint, slices.notice, slices.chips, slices.controls):
        typing.cast("typing.Callable[[View], object]", select)(view)
    caption = slices.caption(view)
    assert caption is None or 0 <= caption.stable_chars <= len(caption.text)
    meter = slices.meter(view)
    assert meter is None or all(0 <= bar <= slices.METER_STEPS for bar in meter.bars)
    card = review(view)
    assert card is None or all(row.share is None or 0 <= row.share <= 1 for row in card.rows)


@pytest.mark.usefixtures("app")
@settings(max_examples=60, deadline=None)
@given(st.lists(MESSAGES, max_size=8), st.sampled_from(Mode))
def test_whatever_the_text_it_can_be_drawn(messages: list[m.Message], mode: Mode) -> None:
    window = OverlayWindow()
    window.dress(Theme(), mode, 1.0, View(), ClockFace.ELAPSED)
    view = View()
    for message in messages:
        view = fold(view, message)
        window.show_view(view, ClockFace.ELAPSED)
    assert not window.grab().isNull()
    window.close()
