from __future__ import annotations

import datetime
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from phantomcode.daemon import service as module
from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.adapters.zmq_bus import Bus, send_command, watch
from phantomcode.daemon.assembly import Wishes
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.endpoints import Endpoints
from phantomcode.daemon.contract.errors import SessionError
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core import events
from phantomcode.daemon.service import Order, RoundService, latest_unfinished, new_session_id, order_to_resume
from phantomcode.models.store import ModelStore
from phantomcode.problems.load import problem_digest

TYPED = Wishes("typed")
PATIENCE = 30.0


def opened(session_id: str, at: float) -> events.RoundOpened:
    return events.RoundOpened(0.0, session_id, at, "url-shortener", "digest", Level.L6, 30.0, "typed", 3, 9)


def keep(sessions: Sessions, session_id: str, *more: events.Event, at: float = 1.7e9) -> None:
    journal = sessions.create(session_id)
    for event in (opened(session_id, at), *more):
        journal.append(event)
    journal.close()


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A problem file outside the bank."""
    path = tmp_path / "mine.toml"
    bank = resources.files("phantomcode.problems").joinpath("bank/url-shortener.toml")
    path.write_text(bank.read_text(encoding="utf-8"), encoding="utf-8")
    return path


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


def test_a_round_on_a_file_is_resumed_on_that_file(sessions: Sessions, mine: Path) -> None:
    journal = sessions.create("one")
    journal.append(msgspec.structs.replace(opened("one", 1.7e9), problem_source=str(mine)))
    journal.close()
    assert order_to_resume("one", TYPED, sessions).problem == str(mine)
    assert order_to_resume("one", Wishes("wav", sound_file="talk.wav"), sessions).wishes.begin_seconds == 0.0


def test_an_unknown_session_is_named(sessions: Sessions) -> None:
    with pytest.raises(SessionError, match="no session nosuch"):
        order_to_resume("nosuch", TYPED, sessions)


class House:
    """A daemon without engines, and its folders."""

    def __init__(self, home: Path, runtime: Path) -> None:
        self.where = Endpoints(f"ipc://{runtime}/events", f"ipc://{runtime}/control")
        self.sessions = Sessions(home / "sessions")
        self._store = ModelStore(home / "models")
        self._pool = ThreadPoolExecutor()

    def service(self, problem: str = "url-shortener", *, resume: bool = False) -> RoundService:
        wishes = Wishes("typed", voice=False, language_model=False)
        order = Order("one", problem, Level.L5, 45.0, wishes, resume=resume)
        return RoundService(order, store=self._store, sessions=self.sessions, where=self.where)

    def run(self, service: RoundService) -> Future[messages.RoundEnded | None]:
        return self._pool.submit(service.run)

    def wait_for_opening(self) -> messages.SessionOpened:
        for envelope in watch(self.where, threading.Event()):
            body = envelope.body
            opening = body.session if isinstance(body, messages.Snapshot) else body
            if isinstance(opening, messages.SessionOpened):
                return opening
        raise AssertionError("unreachable: the watch has no end")

    def close(self) -> None:
        self._pool.shutdown()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="pc") as runtime:  # short: a socket's path has room for 107 bytes
        made = House(tmp_path, Path(runtime))
        yield made
        made.close()


def test_without_a_report_nobody_is_kept_waiting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object) -> messages.RoundEnded:
        raise SessionError("report.disk", "The disk is full.", "Free some space.")

    monkeypatch.setattr(module, "conclude", full_disk)
    ended = house.run(house.service())
    house.wait_for_opening()
    send_command(house.where, messages.EndRound(), PATIENCE)
    assert ended.result(PATIENCE) is None


def test_who_lingers_has_let_the_engines_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    service = house.service()
    closed = threading.Event()
    monkeypatch.setattr(service._engines, "close", closed.set)
    ended = house.run(service)
    house.wait_for_opening()
    send_command(house.where, messages.EndRound(), PATIENCE)
    assert closed.wait(PATIENCE)
    assert not ended.done()
    service.stop()
    assert ended.result(PATIENCE) is not None


def test_a_second_daemon_is_refused_and_leaves_nothing_behind(house: House) -> None:
    first = Bus(house.where, messages.Snapshot, lambda _: messages.Accepted())
    first.start()
    try:
        with pytest.raises(SessionError) as refused:
            house.service().run()
    finally:
        first.close()
    assert refused.value.code == "daemon.running"
    assert not house.sessions.summaries()


def test_a_stop_that_comes_before_the_round_leaves_nothing_behind(house: House) -> None:
    service = house.service()
    service.stop()
    assert house.run(service).result(PATIENCE) is None
    assert service.left
    assert not house.sessions.summaries()


def test_a_round_whose_daemon_is_stopped_can_be_resumed(house: House) -> None:
    service = house.service()
    ended = house.run(service)
    house.wait_for_opening()
    send_command(house.where, messages.StopDaemon(), PATIENCE)
    assert ended.result(PATIENCE) is None
    assert service.left
    assert latest_unfinished(house.sessions) == "one"


def test_a_problem_given_by_its_path_is_journaled_with_all_of_it(
    house: House, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(mine.parent)
    service = house.service(mine.name)
    ended = house.run(service)
    house.wait_for_opening()
    service.stop()
    ended.result(PATIENCE)
    (summary,) = house.sessions.summaries()
    assert summary.opened is not None
    assert summary.opened.problem_source == str(mine)


@pytest.mark.parametrize(("digest", "said"), [("of an older file", True), (problem_digest("url-shortener"), False)])
def test_a_problem_that_has_changed_is_said_when_its_round_is_resumed(house: House, digest: str, said: bool) -> None:
    journal = house.sessions.create("one")
    journal.append(msgspec.structs.replace(opened("one", 1.7e9), problem_digest=digest))
    journal.close()
    service = house.service(resume=True)
    ended = house.run(service)
    house.wait_for_opening()
    reply = send_command(house.where, messages.GetSnapshot(), PATIENCE)
    service.stop()
    ended.result(PATIENCE)
    assert isinstance(reply, messages.Accepted)
    assert reply.snapshot is not None
    assert ("problem.changed" in [notice.code for notice in reply.snapshot.notices]) is said
