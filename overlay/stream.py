"""The message stream without sockets: what to hand on, when to ask for a snapshot, when the daemon is gone.

Time comes in with each call (time.monotonic() seconds). While a snapshot is on its way messages wait, so that
an older snapshot can never undo a newer message.
"""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.messages import MessageEnvelope, Snapshot
from phantomcode.overlay.viewmodel import ConnectionLost, ConnectionRestored, Event

SILENCE_SECONDS = 1.0
"""Two heartbeats; after that the daemon counts as gone."""
PATIENCE_SECONDS = 0.4
"""How long messages wait for a snapshot before they are shown without it and it is asked for again."""
MAX_WAITING = 4_096


class Delivery(msgspec.Struct, frozen=True):
    """One event for the view. `sequence` and `sent_at` are None where it did not come as a message."""

    event: Event
    sequence: int | None = None
    sent_at: float | None = None


class Ask(msgspec.Struct, frozen=True):
    """Send GetSnapshot."""


Output = Delivery | Ask


class Stream:
    """Turns envelopes, answers and the passing of time into deliveries, in order."""

    def __init__(self) -> None:
        self._live = False
        self._heard_at: float | None = None
        self._sequence: int | None = None
        self._newest = 0
        self._asked_at: float | None = None
        self._waiting: list[MessageEnvelope] = []

    def message(self, envelope: MessageEnvelope, now: float) -> list[Output]:
        """Take one published envelope."""
        out = self._heard(now)
        self._newest = envelope.sequence
        if isinstance(envelope.body, Snapshot):
            return [*out, *self._settle(envelope.body, envelope.sequence, envelope.sent_at)]
        if self._asked_at is not None:
            self._waiting.append(envelope)
            return [*out, *(self._release() if len(self._waiting) > MAX_WAITING else ())]
        if self._sequence is None or envelope.sequence != self._sequence + 1:
            self._waiting.append(envelope)
            return [*out, self._ask(now)]
        return [*out, self._deliver(envelope)]

    def answer(self, snapshot: Snapshot, sequence: int, now: float) -> list[Output]:
        """Take the answer to an Ask. A `sequence` of 0 says that the sender does not know how new it is."""
        return [*self._heard(now), *self._settle(snapshot, sequence, None)]

    def tick(self, now: float) -> list[Output]:
        """Let time pass; call at `deadline` at the latest."""
        out: list[Output] = []
        if self._live and self._heard_at is not None and now >= self._heard_at + SILENCE_SECONDS:
            self._live = False
            self._sequence = None
            out.append(Delivery(ConnectionLost()))
        if self._asked_at is None:
            return [*out, *(() if self._live else [self._ask(now)])]
        if now >= self._asked_at + PATIENCE_SECONDS:
            out += self._release()
            out.append(self._ask(now))
        return out

    def deadline(self, now: float) -> float:
        """Return when `tick` has something to do, at most PATIENCE_SECONDS from now while it is asking."""
        moments = [now + SILENCE_SECONDS]
        if self._live and self._heard_at is not None:
            moments.append(self._heard_at + SILENCE_SECONDS)
        if self._asked_at is not None:
            moments.append(self._asked_at + PATIENCE_SECONDS)
        elif not self._live:
            moments.append(now)
        return min(moments)

    def _heard(self, now: float) -> list[Output]:
        self._heard_at = now
        if self._live:
            return []
        self._live = True
        self._asked_at = None  # what was asked of nobody will not be answered: ask now
        return [Delivery(ConnectionRestored())]

    def _ask(self, now: float) -> Ask:
        self._asked_at = now
        return Ask()

    def _settle(self, snapshot: Snapshot, sequence: int, sent_at: float | None) -> list[Output]:
        self._asked_at = None
        self._waiting = [envelope for envelope in self._waiting if envelope.sequence > sequence]
        self._sequence = sequence or self._newest
        return [Delivery(snapshot, sequence, sent_at), *self._release()]

    def _release(self) -> list[Output]:
        waiting, self._waiting = self._waiting, []
        return [self._deliver(envelope) for envelope in waiting]

    def _deliver(self, envelope: MessageEnvelope) -> Delivery:
        self._sequence = envelope.sequence
        return Delivery(envelope.body, envelope.sequence, envelope.sent_at)
