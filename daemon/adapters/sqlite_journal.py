"""The journal of one session in one SQLite file. An event is on the disk when `append` returns.

Write-ahead log with synchronous=FULL: every append is one transaction and one fsync. Each row carries the version
of the event set that wrote it and a checksum chained over all rows before it, so damage is noticed and never read
as something that was said.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
from filelock import FileLock, Timeout

from phantomcode.daemon.contract.errors import JournalError
from phantomcode.daemon.core.events import EVENT_VERSION, Event

APPLICATION_ID = 0x50434A4C
"""Marks the file as one of ours ("PCJL")."""
SCHEMA_VERSION = 1
BUSY_SECONDS = 2.0
"""How long to wait for a reader or a backup that holds the file."""

_SCHEMA = """
CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    body BLOB NOT NULL,
    chain INTEGER NOT NULL
) STRICT
"""
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Event)


class Row(NamedTuple):
    """One event as stored; `chain` is the CRC-32 over this body and all before it."""

    number: int
    body: bytes
    chain: int


class SqliteJournal:
    """One session's journal, open for writing; obeys the Journal port.

    Raises JournalError: journal.locked (another process writes it), .newer, .corrupt, .disk-full, .unwritable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file_lock = lock_journal(path)
        try:
            with translated(path):
                self._connection = _connect_for_writing(path)
                self._count, self._chain = 0, 0
                for row in _checked_rows(self._connection, path):
                    self._count, self._chain = row.number, row.chain
        except BaseException:
            self._file_lock.release()
            raise

    def append(self, event: Event) -> int:
        """Write one event and return its number in the session, counting from 1; raises JournalError."""
        body = _encoder.encode(event)
        with self._lock, translated(self._path):
            chain = zlib.crc32(body, self._chain)
            self._connection.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?)", (self._count + 1, EVENT_VERSION, body, chain)
            )
            self._count, self._chain = self._count + 1, chain
            return self._count

    def events(self) -> Iterator[Event]:
        """Yield the session's events in order; raises JournalError."""
        yield from read_events(self._path)

    def close(self) -> None:
        """Release the file; safe to call twice."""
        self._connection.close()
        self._file_lock.release()


def read_events(path: Path) -> Iterator[Event]:
    """Yield the events of a journal, also while another process writes it; raises JournalError."""
    for row in read_rows(path):
        yield decode_event(path, row)


def read_rows(path: Path) -> Iterator[Row]:
    """Yield every row, checked against the chain but not decoded; raises JournalError."""
    with translated(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        try:
            _check_kind(connection, path)
            yield from _checked_rows(connection, path)
        finally:
            connection.close()


def decode_event(path: Path, row: Row) -> Event:
    """Return the event of one row; raises JournalError journal.corrupt."""
    try:
        event: Event = _decoder.decode(row.body)
    except msgspec.DecodeError as error:
        raise _corrupt(path, f"event {row.number} is not understood ({error})") from error
    return event


def _connect_for_writing(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        if connection.execute("PRAGMA page_count").fetchone()[0] == 0:  # a new file
            _lay_out(connection)
        _check_kind(connection, path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _lay_out(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute(_SCHEMA)
    connection.execute("COMMIT")


def _check_kind(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise _corrupt(path, "it is not a PhantomCode journal")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise _newer(path)


def _checked_rows(connection: sqlite3.Connection, path: Path) -> Iterator[Row]:
    chain = 0
    rows = connection.execute("SELECT number, version, body, chain FROM events ORDER BY number")
    for expected, (number, version, body, stored) in enumerate(rows, start=1):
        if isinstance(version, int) and version > EVENT_VERSION:
            raise _newer(path)
        chain = zlib.crc32(body, chain) if isinstance(body, bytes) else -1
        if number != expected or chain != stored:
            raise _corrupt(path, f"event {expected} is damaged or missing")
        yield Row(number, body, chain)


def lock_journal(path: Path) -> FileLock:
    """Hold a journal against other writers; raises JournalError journal.locked."""
    lock = FileLock(path.with_suffix(".lock"), thread_local=False)  # any thread may close the journal
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise _locked(path) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    return lock


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into JournalErrors with a remedy."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translation(path, error) from error
    except UnicodeDecodeError as error:
        raise _corrupt(path, "its table of contents is damaged") from error  # SQLite's message quotes the bytes
    except OSError as error:
        raise _unwritable(path, error) from error


def _translation(path: Path, error: sqlite3.Error) -> JournalError:
    name = getattr(error, "sqlite_errorname", "")
    if name == "SQLITE_FULL":
        return JournalError(
            "journal.disk-full",
            f"The disk is full: {path.name} could not be written.",
            "Free some space; the round so far is safe and `phantomcode practice --resume` takes it up again.",
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return _locked(path)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or name == "SQLITE_ERROR":  # no such table
        return _corrupt(path, str(error))
    return _unwritable(path, error)


def _corrupt(path: Path, what: str) -> JournalError:
    return JournalError(
        "journal.corrupt",
        f"The journal {path.name} is damaged: {what}.",
        f"Restore {path} from a backup, or remove it with `phantomcode sessions delete {path.stem}`.",
    )


def _newer(path: Path) -> JournalError:
    return JournalError(
        "journal.newer",
        f"The journal {path.name} was written by a newer PhantomCode.",
        "Update PhantomCode, then open it again; it has not been changed.",
    )


def _locked(path: Path) -> JournalError:
    return JournalError(
        "journal.locked",
        f"Another process is using the journal {path.name}.",
        "End its round (`phantomcode ctl end`) or leave it (`phantomcode ctl stop`), then try again.",
    )


def _unwritable(path: Path, error: Exception) -> JournalError:
    why = error.strerror if isinstance(error, OSError) and error.strerror else error
    return JournalError(
        "journal.unwritable",
        f"The journal {path} cannot be used: {why}.",
        "Check the folder's permissions and disk, or set PHANTOMCODE_HOME to another folder.",
    )
