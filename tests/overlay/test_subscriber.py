"""The subscriber against real sockets: a publisher that speaks the contract's codec."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PyQt6.QtCore import Qt

from phantomcode.daemon.contract.codec import encode
from phantomcode.daemon.contract.endpoints import Endpoints
from phantomcode.daemon.contract.messages import (
    WIRE_VERSION,
    Caption,
    Heartbeat,
    LevelMeter,
    MessageEnvelope,
    NextHint,
    Pause,
    Snapshot,
)
from phantomcode.overlay.stream import Delivery
from phantomcode.overlay.subscriber import Subscriber
from phantomcode.overlay.viewmodel import ConnectionLost, ConnectionRestored, Trouble

PATIENCE_SECONDS = 10.0

NewPublisher = Callable[[Snapshot], Any]
"""The fixture of tests/overlay/conftest.py: makes a Publisher that is stopped after the test."""


class Inbox:
    """What the subscriber emitted, in order."""

    def __init__(self, subscriber: Subscriber) -> None:
        self._batches: queue.SimpleQueue[list[Delivery]] = queue.SimpleQueue()
        self.batch_count = 0
        subscriber.arrived.connect(self._batches.put, Qt.ConnectionType.DirectConnection)

    def until(self, wanted: Callable[[Delivery], bool]) -> list[Delivery]:
        """Return everything up to the batch with a delivery that is wanted."""
        seen: list[Delivery] = []
        while not any(wanted(one) for one in seen):
            seen += self._batches.get(timeout=PATIENCE_SECONDS)
            self.batch_count += 1
        return seen


def is_event(kind: type) -> Callable[[Delivery], bool]:
    return lambda one: isinstance(one.event, kind)


@pytest.fixture
def subscriber(where: Endpoints) -> Iterator[Subscriber]:
    made = Subscriber(where)
    yield made
    made.stop()


@pytest.fixture
def publisher(new_publisher: NewPublisher) -> Any:
    return new_publisher(Snapshot(caption=Caption("so far", final=True)))


def test_a_late_joiner_gets_the_state_and_then_what_follows(publisher: Any, subscriber: Subscriber) -> None:
    inbox = Inbox(subscriber)
    subscriber.start()
    seen = inbox.until(is_event(Snapshot))
    assert seen[0].event == ConnectionRestored()
    assert Snapshot(caption=Caption("so far", final=True)) in [one.event for one in seen]
    publisher.publish(Caption("more", final=False))
    last = inbox.until(is_event(Caption))[-1]
    assert last.event == Caption("more", final=False)
    assert last.sent_at is not None


def test_commands_arrive_and_a_refusal_comes_back(publisher: Any, subscriber: Subscriber) -> None:
    inbox = Inbox(subscriber)
    subscriber.start()
    inbox.until(is_event(Snapshot))
    subscriber.send(Pause())
    assert publisher.commands.get(timeout=PATIENCE_SECONDS) == Pause()
    subscriber.send(NextHint())
    refused = inbox.until(is_event(Trouble))[-1].event
    assert isinstance(refused, Trouble)
    assert refused.notice.code == "round.no-hint"


def test_without_a_daemon_a_command_fails_at_once(subscriber: Subscriber) -> None:
    inbox = Inbox(subscriber)
    subscriber.start()
    subscriber.send(Pause())
    trouble = inbox.until(is_event(Trouble))[-1].event
    assert isinstance(trouble, Trouble)
    assert trouble.notice.code == "overlay.not-sent"


def test_a_dead_daemon_is_noticed_and_its_successor_found_within_a_second(
    new_publisher: NewPublisher, subscriber: Subscriber
) -> None:
    inbox = Inbox(subscriber)
    first = new_publisher(Snapshot())
    subscriber.start()
    inbox.until(is_event(Snapshot))
    first.stop()
    died_at = time.monotonic()
    inbox.until(is_event(ConnectionLost))
    assert time.monotonic() - died_at < 1.3
    new_publisher(Snapshot(caption=Caption("resumed", final=True)))
    back_at = time.monotonic()
    seen = inbox.until(is_event(Snapshot))
    assert time.monotonic() - back_at < 1.0
    assert Snapshot(caption=Caption("resumed", final=True)) in [one.event for one in seen]


@pytest.mark.parametrize("frame", [b"", b"nonsense", b"\x80" * 50, b"\xc1"])
def test_nonsense_is_said_and_survived(publisher: Any, subscriber: Subscriber, frame: bytes) -> None:
    inbox = Inbox(subscriber)
    subscriber.start()
    inbox.until(is_event(Snapshot))
    publisher.publish_raw(frame)
    trouble = inbox.until(is_event(Trouble))[-1].event
    assert isinstance(trouble, Trouble)
    assert trouble.notice.code == "wire.malformed"
    publisher.publish(Caption("still here", final=True))
    assert inbox.until(is_event(Caption))


def test_a_peer_of_another_version_is_said(publisher: Any, subscriber: Subscriber) -> None:
    inbox = Inbox(subscriber)
    subscriber.start()
    inbox.until(is_event(Snapshot))
    publisher.publish_raw(encode(MessageEnvelope(WIRE_VERSION + 1, 1, 0.0, Heartbeat())))
    trouble = inbox.until(is_event(Trouble))[-1].event
    assert isinstance(trouble, Trouble)
    assert trouble.notice.code == "wire.version"


def test_a_flood_arrives_in_few_batches_and_its_end_is_shown(publisher: Any, subscriber: Subscriber) -> None:
    inbox = Inbox(subscriber)
    subscriber.start()
    inbox.until(is_event(Snapshot))
    inbox.batch_count = 0
    publisher.publish(*(LevelMeter(-float(index % 60)) for index in range(2_000)))
    publisher.publish(Caption("the end", final=True))
    inbox.until(is_event(Caption))
    assert inbox.batch_count < 1_000
