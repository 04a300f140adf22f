"""No clock runs without anybody: what becomes of a round when the terminal that began it is gone.

The terminal holds the other end of the daemon's standard input, so that it is missed however it ended: closed, logged
out, crashed or killed. Then the round belongs to those who still follow it, an overlay or another terminal, and is left
unfinished when the last of them has gone. Where the words are typed it is paused as often as a follower goes, for it
may have been the one at whom they were typed.
"""

from __future__ import annotations

import os
import threading
from typing import Protocol

GRACE_SECONDS = 2.0
"""For an overlay that is started again, or a terminal that takes the place of another."""
LOOK_SECONDS = 0.5


class Attended(Protocol):
    """What this needs of a round that runs (see RoundService)."""

    over: threading.Event

    @property
    def watchers(self) -> int:
        """How many follow it."""

    def lose_terminal(self) -> None:
        """Do without the terminal, or pause."""

    def stop(self) -> None:
        """Leave the round unfinished."""


def keep_company(round_: Attended, descriptor: int) -> threading.Thread:
    """Watch over the round from a thread of its own; returns the thread, which ends with the round.

    descriptor: of a pipe whose other end the terminal holds.
    """
    thread = threading.Thread(target=_keep, args=(round_, descriptor), name="company", daemon=True)
    thread.start()
    return thread


def _keep(round_: Attended, descriptor: int) -> None:
    while os.read(descriptor, 1024):
        pass
    followers, alone_seconds = None, 0.0
    while not round_.over.wait(LOOK_SECONDS):
        now = round_.watchers
        alone_seconds = 0.0 if now else alone_seconds + LOOK_SECONDS
        if alone_seconds >= GRACE_SECONDS:
            round_.stop()
        elif now and (followers is None or now < followers):
            round_.lose_terminal()
        followers = now
