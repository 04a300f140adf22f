"""The journal as a round uses it: what matters waits for a disk that refuses, and the watchers are told why."""

from __future__ import annotations

import threading
from collections.abc import Callable

from phantomcode.daemon.contract.errors import JournalError
from phantomcode.daemon.core import events
from phantomcode.daemon.ports import Journal

RETRY_SECONDS = 1.0


class Record:
    """Writes one round's events down.

    refused: told once for each event that the disk does not take. stop: set when the round is to be left, which ends
    the waiting.
    """

    def __init__(self, journal: Journal, refused: Callable[[JournalError], None], stop: threading.Event) -> None:
        self._journal = journal
        self._refused = refused
        self._stop = stop

    def keep(self, event: events.Event) -> bool:
        """Write an event down, however long that takes; False where the round was stopped before it could be."""
        if self.try_keep(event):
            return True
        while not self._stop.wait(RETRY_SECONDS):
            if self._written(event) is None:
                return True
        return False

    def try_keep(self, event: events.Event) -> bool:
        """Write an event down now or not at all: for a command, whose sender is told and can ask again."""
        error = self._written(event)
        if error is not None:
            self._refused(error)
        return error is None

    def _written(self, event: events.Event) -> JournalError | None:
        try:
            self._journal.append(event)
        except JournalError as error:
            return error
        return None
