from __future__ import annotations

import typing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.contract import messages as m
from phantomcode.daemon.contract.vocabulary import Activity, Level, Move, Phase, Severity
from phantomcode.overlay.viewmodel import (
    MAX_NOTICES,
    METER_BARS,
    NOTICE_SECONDS,
    ConnectionLost,
    ConnectionRestored,
    Event,
    Link,
    NoticeDismissed,
    Trouble,
    View,
    fold,
)

PLAN = (m.PhasePlan(Phase.CLARIFY, 300, 180, 420),)
OPENED = m.SessionOpened("s1", "url-shortener", "URL shortener", Level.L5, 45, PLAN, "microphone")
LISTENING = m.ActivityChanged(Activity.LISTENING)
TICK = m.ClockTicked(10, 2690, Phase.CLARIFY, (10, 0, 0, 0, 0))
LINE = m.InterviewerLine(1, "Why?", Move.PRESS, 2)
HINT = m.Hint("peak", 1, 3, "peak?")
CAPTION = m.Caption("so the cache", final=False, stable_chars=3)
LEDGER = m.LedgerChanged(1, 2, 3, ("peak",))
SLOW = m.Notice("llm.slow", Severity.WARNING, "Slow.")
ENDED = m.RoundEnded("s1", "time", (m.ScoreLine("time", 3.0, "Good."),), "L5", ("Fix.",), "report.html")
SNAPSHOT = m.Snapshot(OPENED, LISTENING, TICK, LINE, HINT, CAPTION, LEDGER, (SLOW,))


@pytest.mark.parametrize(
    ("event", "field", "value"),
    [
        (OPENED, "session", OPENED),
        (LISTENING, "activity", LISTENING),
        (TICK, "clock", TICK),
        (LINE, "line", LINE),
        (HINT, "hint", HINT),
        (CAPTION, "caption", CAPTION),
        (m.LevelMeter(-20.0), "levels_dbfs", (-20.0,)),
        (LEDGER, "ledger", LEDGER),
        (ENDED, "ended", ENDED),
        (ConnectionRestored(), "link", Link.LIVE),
        (SNAPSHOT, "line", LINE),
    ],
)
def test_an_event_shows_in_its_field(event: Event, field: str, value: object) -> None:
    assert getattr(fold(View(), event), field) == value


@pytest.mark.parametrize("event", [m.Heartbeat(), m.OverlayActionRequested("hide"), m.HintCleared("other")])
def test_events_that_change_nothing_return_the_same_view(event: Event) -> None:
    view = fold(View(), HINT)
    assert fold(view, event) is view


def test_the_same_message_again_returns_the_same_view() -> None:
    view = fold(View(), CAPTION)
    assert fold(view, m.Caption("so the cache", final=False, stable_chars=3)) is view


def test_a_hint_is_cleared_by_its_own_id_only() -> None:
    assert fold(fold(View(), HINT), m.HintCleared("peak")).hint is None


def test_a_resumed_round_keeps_what_is_on_screen_and_a_new_one_does_not() -> None:
    view = fold(fold(View(), OPENED), LINE)
    assert fold(view, OPENED).line == LINE
    assert fold(view, msgspec.structs.replace(OPENED, session_id="s2")).line is None


def test_losing_the_daemon_keeps_what_is_on_screen() -> None:
    view = fold(fold(fold(View(), ConnectionRestored()), LINE), ConnectionLost())
    assert (view.link, view.line) == (Link.LOST, LINE)


def test_a_daemon_never_heard_of_is_waited_for() -> None:
    assert fold(View(), ConnectionLost()).link == Link.WAITING


def test_the_meter_forgets_its_oldest_level() -> None:
    view = View()
    for index in range(METER_BARS + 5):
        view = fold(view, m.LevelMeter(-float(index)))
    assert view.levels_dbfs[0] == -5.0
    assert len(view.levels_dbfs) == METER_BARS


def test_pausing_empties_the_meter() -> None:
    view = fold(fold(View(), m.LevelMeter(-9.0, clipping=True)), m.ActivityChanged(Activity.PAUSED))
    assert (view.levels_dbfs, view.clipping) == ((), False)


@pytest.mark.parametrize(
    ("severity", "age_seconds", "shown"),
    [
        (Severity.WARNING, NOTICE_SECONDS - 1, True),
        (Severity.WARNING, NOTICE_SECONDS, False),
        (Severity.INFO, NOTICE_SECONDS, False),
        (Severity.ERROR, NOTICE_SECONDS * 10, True),
    ],
)
def test_a_notice_goes_by_itself_unless_it_is_an_error(severity: Severity, age_seconds: float, shown: bool) -> None:
    view = fold(fold(View(), TICK), m.Notice("x", severity, "Something."))
    later = msgspec.structs.replace(TICK, elapsed_seconds=10 + age_seconds)
    assert bool(fold(view, later).notices) is shown


def test_a_notice_can_be_put_away_and_the_newest_are_kept() -> None:
    view = View()
    for index in range(MAX_NOTICES + 2):
        view = fold(view, m.Notice(f"n{index}", Severity.INFO, "x"))
    assert [shown.notice.code for shown in view.notices] == ["n2", "n3", "n4", "n5"]
    assert "n4" not in [shown.notice.code for shown in fold(view, NoticeDismissed("n4")).notices]


def test_trouble_on_this_side_is_shown_like_a_notice() -> None:
    assert fold(View(), Trouble(SLOW)).notices[0].notice == SLOW


def test_after_the_round_the_strip_shows_the_phases_as_the_report_has_them() -> None:
    graded = (4.0, 6.0, 0.0, 0.0, 0.0)
    ended = msgspec.structs.replace(ENDED, spent_seconds=graded)
    told = fold(fold(View(), TICK), ended)
    joined = fold(View(), msgspec.structs.replace(SNAPSHOT, ended=ended))
    for view in (told, joined):
        assert view.clock is not None
        assert view.clock.spent_seconds == graded
        assert view.clock.elapsed_seconds == TICK.elapsed_seconds


def test_the_end_of_the_round_clears_the_hint() -> None:
    view = fold(fold(View(), HINT), ENDED)
    assert (view.hint, view.activity.activity) == (None, Activity.ENDED)


SAMPLES: dict[type, object] = {
    type(one): one
    for one in (
        OPENED,
        LISTENING,
        TICK,
        LINE,
        HINT,
        m.HintCleared("peak"),
        CAPTION,
        m.LevelMeter(-20.0),
        LEDGER,
        SLOW,
        ENDED,
        m.OverlayActionRequested("hide"),
        m.Heartbeat(),
        SNAPSHOT,
    )
}


def test_every_message_of_the_contract_folds() -> None:
    assert set(SAMPLES) == set(typing.get_args(m.Message))
    for message in SAMPLES.values():
        assert isinstance(fold(View(), typing.cast("m.Message", message)), View)


EVENTS = st.sampled_from(
    [*SAMPLES.values(), ConnectionLost(), ConnectionRestored(), Trouble(SLOW), NoticeDismissed("llm.slow")]
)


@given(st.lists(EVENTS), st.lists(EVENTS))
def test_in_any_order_the_last_snapshot_wins(before: list[Event], other: list[Event]) -> None:
    one, two = View(), View()
    for event in before:
        one = fold(one, event)
    for event in other:
        two = fold(two, event)
    one, two = fold(one, SNAPSHOT), fold(two, SNAPSHOT)
    for field in ("session", "activity", "clock", "line", "hint", "caption", "ledger", "ended"):
        assert getattr(one, field) == getattr(two, field) == getattr(SNAPSHOT, field)


def test_a_snapshot_does_not_bring_back_a_notice_that_was_put_away_or_went_stale() -> None:
    view = fold(fold(View(), SNAPSHOT), NoticeDismissed("llm.slow"))
    assert fold(view, SNAPSHOT).notices == ()
    again = fold(view, SLOW)
    assert [shown.notice for shown in again.notices] == [SLOW]
    stale = fold(again, msgspec.structs.replace(TICK, elapsed_seconds=500))
    assert fold(stale, SNAPSHOT).notices == ()
