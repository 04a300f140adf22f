"""The folder of journals: one `<session id>.db` per round, <data>/sessions/."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from phantomcode.daemon.adapters.sqlite_journal import (
    Row,
    SqliteJournal,
    decode_event,
    lock_journal,
    read_events,
    read_rows,
    translated,
)
from phantomcode.daemon.contract.errors import JournalError, SessionError
from phantomcode.daemon.core.events import Event, RoundClosed, RoundOpened
from phantomcode.models.store import data_folder

_SESSION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_COMPANIONS = ("-wal", "-shm", "-journal")
_OVERWRITE_BYTES = 1 << 20


class SessionSummary(msgspec.Struct, frozen=True):
    """One line of `phantomcode sessions list`."""

    session_id: str
    opened: RoundOpened | None
    """When, which problem, level and minutes; None when the round died before its first event or cannot be read."""
    lasted_seconds: float
    """Until the last event, loading and pauses included."""
    closed_reason: str | None
    """None for a round that can be resumed."""
    event_count: int
    trouble: JournalError | None = None
    """Why the journal cannot be read."""


class Sessions:
    """All journals of one folder; without one, the user's own."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_folder() / "sessions"

    def create(self, session_id: str) -> SqliteJournal:
        """Begin a journal for a new session and hold it for writing; raises SessionError or JournalError."""
        path = self.path(session_id)
        with translated(path):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            raise SessionError(
                "session.exists", f"There is a session {session_id} already.", "Resume it, or choose another id."
            )
        return SqliteJournal(path)

    def resume(self, session_id: str) -> SqliteJournal:
        """Hold an existing journal for writing; raises SessionError or JournalError."""
        return SqliteJournal(self._existing(session_id))

    def events(self, session_id: str) -> Iterator[Event]:
        """Yield a session's events, also while it runs; raises SessionError or JournalError."""
        return read_events(self._existing(session_id))

    def export(self, session_id: str) -> Iterator[str]:
        """Yield the events as lines of JSON; raises SessionError or JournalError."""
        for event in self.events(session_id):
            yield msgspec.json.encode(event).decode()

    def summaries(self) -> tuple[SessionSummary, ...]:
        """Return all sessions, newest first; a journal that cannot be read is listed with its trouble.

        Raises JournalError journal.unwritable for a folder that cannot be read.
        """
        with translated(self.folder):
            try:
                journals = [path for path in self.folder.iterdir() if path.suffix == ".db"]
            except FileNotFoundError:
                return ()
        return tuple(sorted(map(summarise, journals), key=_newest_first))

    def require(self, session_id: str) -> None:
        """Raise SessionError for a session that does not exist, JournalError for one that cannot be looked at."""
        self._existing(session_id)

    def delete(self, session_id: str) -> None:
        """Overwrite and remove a session's files; raises SessionError, or JournalError while it is in use.

        Overwriting is the best a program can do: an SSD or a copy-on-write file system may keep old blocks.
        """
        path = self._existing(session_id)
        lock = lock_journal(path)
        try:
            with translated(path):
                for file in (path, *(path.with_name(path.name + suffix) for suffix in _COMPANIONS)):
                    _shred(file)
        finally:
            lock.release()
        path.with_suffix(".lock").unlink(missing_ok=True)

    def path(self, session_id: str) -> Path:
        """Return where a session's journal is or would be; raises SessionError for what is not an id."""
        if not _SESSION_ID.fullmatch(session_id):
            raise SessionError(
                "session.bad-id",
                f"{session_id!r} is not a session id.",
                "Ids are letters, digits, - and _; see `phantomcode sessions list`.",
            )
        return self.folder / f"{session_id}.db"

    def _existing(self, session_id: str) -> Path:
        path = self.path(session_id)
        with translated(path):
            try:
                there = stat.S_ISREG(path.stat().st_mode)
            except FileNotFoundError:
                there = False
        if not there:
            raise SessionError(
                "session.unknown", f"There is no session {session_id}.", "See `phantomcode sessions list`."
            )
        return path


def summarise(path: Path) -> SessionSummary:
    """Return the summary of one journal, decoding only its first and last event."""
    first: Event | None = None
    last: Event | None = None
    row: Row | None = None
    try:
        for row in read_rows(path):
            first = first or decode_event(path, row)
        last = decode_event(path, row) if row else None
    except JournalError as error:
        return SessionSummary(path.stem, None, 0.0, None, 0, error)
    return SessionSummary(
        session_id=path.stem,
        opened=first if isinstance(first, RoundOpened) else None,
        lasted_seconds=last.at_seconds if last else 0.0,
        closed_reason=last.reason if isinstance(last, RoundClosed) else None,
        event_count=row.number if row else 0,
    )


def _newest_first(summary: SessionSummary) -> tuple[float, str]:
    return (-summary.opened.opened_at if summary.opened else 0.0, summary.session_id)


def _shred(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        remaining = path.stat().st_size
        while remaining > 0:
            remaining -= file.write(bytes(min(remaining, _OVERWRITE_BYTES)))
        file.flush()
        os.fsync(file.fileno())  # else the zeros may never leave the page cache
    path.unlink()
