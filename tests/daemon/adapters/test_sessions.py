from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.contract.errors import JournalError, PhantomError, SessionError
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.events import Event, RoundClosed, RoundOpened, UtteranceHeard
from phantomcode.daemon.core.transcript import Speaker

HEARD = UtteranceHeard(9.5, Speaker.CANDIDATE, 2.0, 9.5, "the secret sauce is consistent hashing")


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "sessions")


def opened(session_id: str, opened_at: float = 1.7e9) -> RoundOpened:
    return RoundOpened(0.0, session_id, opened_at, "url-shortener", "0" * 64, Level.L5, 45.0, "typed")


def record(sessions: Sessions, session_id: str, *events: Event) -> None:
    journal = sessions.create(session_id)
    for event in events:
        journal.append(event)
    journal.close()


def error_code(action: Callable[[], object]) -> str:
    with pytest.raises(PhantomError) as caught:
        action()
    return caught.value.code


def test_a_session_is_created_resumed_and_read(sessions: Sessions) -> None:
    record(sessions, "a", opened("a"))
    journal = sessions.resume("a")
    assert journal.append(HEARD) == 2
    assert list(sessions.events("a")) == [opened("a"), HEARD]
    journal.close()


def test_the_list_is_newest_first_and_survives_a_damaged_journal(sessions: Sessions) -> None:
    record(sessions, "old", opened("old", 1.0e9), HEARD, RoundClosed(60.0, "time"))
    record(sessions, "new", opened("new", 2.0e9), HEARD)
    record(sessions, "empty")
    (sessions.folder / "broken.db").write_text("nonsense")
    new, old, broken, empty = sessions.summaries()
    assert (new.session_id, new.event_count, new.lasted_seconds, new.closed_reason) == ("new", 2, 9.5, None)
    assert (old.session_id, old.event_count, old.lasted_seconds, old.closed_reason) == ("old", 3, 60.0, "time")
    assert old.opened == opened("old", 1.0e9)
    assert broken.trouble
    assert broken.trouble.code == "journal.corrupt"
    assert (empty.opened, empty.event_count, empty.trouble) == (None, 0, None)


def test_a_folder_that_is_not_there_holds_no_sessions(sessions: Sessions) -> None:
    assert sessions.summaries() == ()


def test_a_folder_that_is_a_file_is_named_and_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    sessions = Sessions(tmp_path / "file" / "sessions")
    actions = (sessions.summaries, lambda: sessions.require("a"), lambda: sessions.create("a"))
    assert [error_code(action) for action in actions] == ["journal.unwritable"] * 3


def test_an_export_is_one_json_object_a_line(sessions: Sessions) -> None:
    record(sessions, "a", opened("a"), HEARD)
    lines = list(sessions.export("a"))
    assert [msgspec.json.decode(line, type=Event) for line in lines] == [opened("a"), HEARD]
    assert all("\n" not in line for line in lines)


def test_deleting_leaves_no_file_behind(sessions: Sessions) -> None:
    record(sessions, "a", opened("a"), HEARD)
    record(sessions, "b", opened("b"))
    list(sessions.events("a"))
    sessions.delete("a")
    assert {path.name for path in sessions.folder.iterdir()} == {"b.db", "b.lock"}


def test_deleting_overwrites_what_was_said(sessions: Sessions) -> None:
    record(sessions, "a", opened("a"), HEARD)
    path = sessions.path("a")
    witness = path.with_name("witness")
    witness.hardlink_to(path)
    assert b"secret sauce" in witness.read_bytes()
    sessions.delete("a")
    assert set(witness.read_bytes()) == {0}


def test_a_running_session_is_not_deleted_but_a_damaged_one_is(sessions: Sessions) -> None:
    journal = sessions.create("a")
    assert error_code(lambda: sessions.delete("a")) == "journal.locked"
    journal.close()
    sessions.path("a").write_text("nonsense")
    sessions.delete("a")
    assert sessions.summaries() == ()


@pytest.mark.parametrize("bad", ["../a", "", "a/b", ".hidden", "a" * 65, "a.db"])
def test_only_ids_name_files(sessions: Sessions, bad: str) -> None:
    assert error_code(lambda: sessions.create(bad)) == "session.bad-id"


def test_unknown_and_taken_ids_are_told_apart(sessions: Sessions) -> None:
    for action in (sessions.resume, sessions.delete, lambda session_id: list(sessions.events(session_id))):
        with pytest.raises(SessionError) as caught:
            action("ghost")
        assert caught.value.code == "session.unknown"
    record(sessions, "a")
    assert error_code(lambda: sessions.create("a")) == "session.exists"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_nobody_else_can_read_the_folder(sessions: Sessions) -> None:
    record(sessions, "a")
    assert stat.S_IMODE(sessions.folder.stat().st_mode) == 0o700


def test_a_file_in_the_folders_place_is_reported(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("in the way")
    with pytest.raises(JournalError) as caught:
        Sessions(tmp_path / "sessions").create("a")
    assert caught.value.code == "journal.unwritable"


def test_the_users_own_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHANTOMCODE_HOME", str(tmp_path))
    assert Sessions().folder == tmp_path / "sessions"
