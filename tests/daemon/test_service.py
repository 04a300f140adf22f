from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.assembly import Wishes
from phantomcode.daemon.contract.errors import SessionError
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core import events
from phantomcode.daemon.service import latest_unfinished, new_session_id, order_to_resume

TYPED = Wishes("typed")


def opened(session_id: str, at: float) -> events.RoundOpened:
    return events.RoundOpened(0.0, session_id, at, "url-shortener", "digest", Level.L6, 30.0, "typed", 3, 9)


def keep(sessions: Sessions, session_id: str, *more: events.Event, at: float = 1.7e9) -> None:
    journal = sessions.create(session_id)
    for event in (opened(session_id, at), *more):
        journal.append(event)
    journal.close()


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "sessions")


def test_an_id_sorts_by_time_and_names_the_problem() -> None:
    session_id = new_session_id("news-feed", datetime.datetime(2026, 3, 21, 14, 15, tzinfo=datetime.UTC))
    assert session_id.startswith("20260321-1415-news-feed-")
    assert len({new_session_id("x", datetime.datetime.now(datetime.UTC)) for _ in range(20)}) > 1


def test_a_path_of_a_problem_file_makes_a_plain_id() -> None:
    at = datetime.datetime(2026, 3, 21, 14, 15, tzinfo=datetime.UTC)
    assert "/" not in new_session_id("folder/mine.toml", at)


def test_resuming_takes_level_minutes_and_pressure_from_the_journal(sessions: Sessions) -> None:
    keep(sessions, "one")
    order = order_to_resume("one", TYPED, sessions)
    assert (order.problem, order.level, order.minutes, order.pressure, order.resume) == (
        "url-shortener",
        Level.L6,
        30.0,
        3,
        True,
    )


def test_a_recording_is_resumed_where_it_had_been_heard(sessions: Sessions) -> None:
    ready = events.EnginesReady(8.0, has_model=False, has_voice=False)
    keep(sessions, "one", ready, events.TimePassed(20.0), events.TimePassed(33.0))
    order = order_to_resume("one", Wishes("wav", sound_file="talk.wav"), sessions)
    assert order.wishes.begin_seconds == 25.0


def test_the_newest_round_that_was_not_closed_is_the_one_to_resume(sessions: Sessions) -> None:
    keep(sessions, "old", at=1.0e9)
    keep(sessions, "newer", at=1.5e9)
    keep(sessions, "newest", events.RoundClosed(5.0, "time"), at=1.6e9)
    assert latest_unfinished(sessions) == "newer"


def test_without_an_unfinished_round_it_says_so(sessions: Sessions) -> None:
    with pytest.raises(SessionError) as error:
        latest_unfinished(sessions)
    assert error.value.code == "session.none"


def test_a_round_that_is_over_is_not_resumed(sessions: Sessions) -> None:
    keep(sessions, "one", events.RoundClosed(5.0, "time"))
    with pytest.raises(SessionError) as error:
        order_to_resume("one", TYPED, sessions)
    assert error.value.code == "session.over"


def test_an_unknown_session_is_named(sessions: Sessions) -> None:
    with pytest.raises(SessionError, match="no session nosuch"):
        order_to_resume("nosuch", TYPED, sessions)
