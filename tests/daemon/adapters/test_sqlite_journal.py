from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sqlite3
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phantomcode.daemon.adapters.sqlite_journal import SqliteJournal, read_events
from phantomcode.daemon.contract.errors import JournalError
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.events import Event, RoundClosed, RoundOpened, TimePassed, UtteranceHeard
from phantomcode.daemon.core.transcript import Speaker

OPENED = RoundOpened(0.0, "s1", 1.7e9, "url-shortener", "0" * 64, Level.L5, 45.0, "typed")
HEARD = UtteranceHeard(9.5, Speaker.CANDIDATE, 2.0, 9.5, "100 million daily users — naïve?", 0.93)


def code(error: pytest.ExceptionInfo[JournalError]) -> str:
    assert error.value.remedy
    return error.value.code


def written(path: Path, *events: Event) -> Path:
    journal = SqliteJournal(path)
    for event in events:
        journal.append(event)
    journal.close()
    return path


def tampered(path: Path, statement: str) -> Path:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def has_64_bit_integers(event: Event) -> bool:
    return all(abs(value) < 1 << 63 for value in msgspec.structs.astuple(event) if isinstance(value, int))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.from_type(Event).filter(has_64_bit_integers), max_size=8))
def test_any_events_come_back_as_they_went_in(events: list[Event]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.db"
        journal = SqliteJournal(path)
        assert [journal.append(event) for event in events] == list(range(1, len(events) + 1))
        journal.close()
        # Compared as text, since a time that is not a number does not equal itself.
        assert [repr(event) for event in read_events(path)] == [repr(event) for event in events]


def test_a_journal_is_taken_up_where_it_ended(tmp_path: Path) -> None:
    path = written(tmp_path / "s.db", OPENED, HEARD)
    journal = SqliteJournal(path)
    assert journal.append(RoundClosed(20.0, "command")) == 3
    journal.close()
    journal.close()
    assert list(read_events(path)) == [OPENED, HEARD, RoundClosed(20.0, "command")]


def test_a_reader_sees_each_event_as_soon_as_it_is_appended(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "s.db")
    journal.append(OPENED)
    assert list(read_events(tmp_path / "s.db")) == [OPENED]
    journal.append(HEARD)
    assert list(read_events(tmp_path / "s.db")) == [OPENED, HEARD]
    journal.close()


def test_every_append_is_synced_to_disk(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "s.db")
    settings = [journal._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert settings == ["wal", 2]
    assert not journal._connection.in_transaction
    journal.close()


def append_for_ever(path: Path, counted: multiprocessing.connection.Connection) -> None:
    journal = SqliteJournal(path)
    while True:
        counted.send(journal.append(TimePassed(1.0)))


@pytest.mark.skipif(sys.platform == "win32", reason="uses SIGKILL")
def test_no_acknowledged_event_is_lost_to_kill_9_and_the_lock_is_free_again(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    writer = context.Process(target=append_for_ever, args=(path, theirs))
    writer.start()
    theirs.close()
    acknowledged = [ours.recv() for _ in range(50)][-1]
    assert writer.pid
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    journal = SqliteJournal(path)
    assert journal.append(TimePassed(2.0)) > acknowledged
    assert len(list(journal.events())) > acknowledged
    journal.close()


def test_two_writers_are_kept_apart(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "s.db")
    with pytest.raises(JournalError) as caught:
        SqliteJournal(tmp_path / "s.db")
    assert code(caught) == "journal.locked"
    journal.close()
    SqliteJournal(tmp_path / "s.db").close()


def test_a_database_held_by_a_stranger_is_reported_as_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phantomcode.daemon.adapters.sqlite_journal.BUSY_SECONDS", 0.05)
    journal = SqliteJournal(tmp_path / "s.db")
    stranger = sqlite3.connect(tmp_path / "s.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError) as caught:
        journal.append(OPENED)
    assert code(caught) == "journal.locked"
    stranger.close()
    assert journal.append(OPENED) == 1
    journal.close()


def test_a_full_disk_loses_nothing_and_is_survived(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "s.db")
    journal.append(OPENED)
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(JournalError) as caught:
        journal.append(UtteranceHeard(1.0, Speaker.CANDIDATE, 0.0, 1.0, "x" * 20_000))
    assert code(caught) == "journal.disk-full"
    journal._connection.execute("PRAGMA max_page_count=1000000")
    assert journal.append(HEARD) == 2
    assert list(journal.events()) == [OPENED, HEARD]
    journal.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET version = 99 WHERE number = 2",
        "PRAGMA user_version = 99",
    ],
)
def test_a_journal_from_the_future_is_left_alone(tmp_path: Path, statement: str) -> None:
    path = tampered(written(tmp_path / "s.db", OPENED, HEARD), statement)
    for action in (lambda: SqliteJournal(path), lambda: list(read_events(path))):
        with pytest.raises(JournalError) as caught:
            action()
        assert code(caught) == "journal.newer"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events WHERE number = 1",
        "UPDATE events SET body = x'00' WHERE number = 2",
        "UPDATE events SET number = 7 WHERE number = 2",
        "PRAGMA application_id = 0",
        "DROP TABLE events",
    ],
)
def test_a_changed_journal_is_noticed(tmp_path: Path, statement: str) -> None:
    path = tampered(written(tmp_path / "s.db", OPENED, HEARD), statement)
    for action in (lambda: SqliteJournal(path), lambda: list(read_events(path))):
        with pytest.raises(JournalError) as caught:
            action()
        assert code(caught) == "journal.corrupt"


@settings(max_examples=100, deadline=None)
@given(position=st.floats(0, 0.999), noise=st.binary(min_size=1, max_size=64))
def test_overwritten_bytes_never_change_what_was_said(position: float, noise: bytes) -> None:
    events = [OPENED, *[HEARD] * 40]
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "s.db", *events)
        content = bytearray(path.read_bytes())
        start = int(position * len(content))
        content[start : start + len(noise)] = noise
        path.write_bytes(content)
        read: list[Event] = []
        with contextlib.suppress(JournalError):
            read.extend(read_events(path))
        assert read == events[: len(read)]


@pytest.mark.parametrize("content", [b"", b"not a database at all, only text" * 99])
def test_other_files_are_not_journals(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s.db").write_bytes(content)
    with pytest.raises(JournalError) as caught:
        list(read_events(tmp_path / "s.db"))
    assert code(caught) == "journal.corrupt"


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalError, match="file") as caught:
        SqliteJournal(tmp_path / "file" / "s.db")
    assert code(caught) == "journal.unwritable"
