"""The subscriber against real sockets: a publisher that speaks the contract's codec."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zmq
from PyQt6.QtCore import Qt

from phantomcode.daemon.contract.codec import decode_command, encode
from phantomcode.daemon.contract.endpoints import Endpoints
from phantomcode.daemon.contract.messages import (
    WIRE_VERSION,
    Accepted,
    Caption,
    Command,
    GetSnapshot,
    Heartbeat,
    LevelMeter,
    Message,
    MessageEnvelope,
    NextHint,
    Pause,
    Refused,
    ReplyEnvelope,
    Snapshot,
)
from phantomcode.overlay.stream import Delivery
from phantomcode.overlay.subscriber import Subscriber
from phantomcode.overlay.viewmodel import ConnectionLost, ConnectionRestored, Trouble

PATIENCE_SECONDS = 10.0


class Publisher:
    """XPUB and ROUTER as the daemon has them. One thread owns both; it beats every quarter second."""

    def __init__(self, where: Endpoints, snapshot: Snapshot) -> None:
        self._where = where
        self._snapshot = snapshot
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._sequence = itertools.count(1)
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._bound = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        assert self._bound.wait(PATIENCE_SECONDS)

    def publish(self, *bodies: Message) -> None:
        for body in bodies:
            self._outgoing.put(encode(MessageEnvelope(WIRE_VERSION, next(self._sequence), time.time(), body)))

    def publish_raw(self, frame: bytes) -> None:
        self._outgoing.put(frame)

    def stop(self) -> None:
        self._outgoing.put(None)
        self._thread.join()

    def _serve(self) -> None:
        with zmq.Context() as context, context.socket(zmq.XPUB) as events, context.socket(zmq.ROUTER) as control:
            events.linger = control.linger = 0
            events.sndhwm = 100_000
            events.bind(self._where.events)
            control.bind(self._where.control)
            self._bound.set()
            beat_at = time.monotonic()
            while True:
                while control.poll(0):
                    identity, frame = control.recv_multipart()
                    control.send_multipart([identity, self._answer(frame)])
                if time.monotonic() >= beat_at:
                    self.publish(Heartbeat())
                    beat_at = time.monotonic() + 0.25
                try:
                    outgoing = self._outgoing.get(timeout=0.02)
                except queue.Empty:
                    continue
                if outgoing is None:
                    return
                events.send(outgoing)

    def _answer(self, frame: bytes) -> bytes:
        asked = decode_command(frame)
        if isinstance(asked.body, GetSnapshot):
            reply: Accepted | Refused = Accepted(self._snapshot, 0)
        else:
            self.commands.put(asked.body)
            reply = (
                Refused("round.no-hint", "No hint now.", "Go on.") if isinstance(asked.body, NextHint) else Accepted()
            )
        return encode(ReplyEnvelope(WIRE_VERSION, asked.nonce, reply))


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
def where(tmp_path: Path) -> Endpoints:
    return Endpoints(f"ipc://{tmp_path}/e", f"ipc://{tmp_path}/c")


@pytest.fixture
def subscriber(where: Endpoints) -> Iterator[Subscriber]:
    made = Subscriber(where)
    yield made
    made.stop()


@pytest.fixture
def publisher(where: Endpoints) -> Iterator[Publisher]:
    made = Publisher(where, Snapshot(caption=Caption("so far", final=True)))
    yield made
    made.stop()


def test_a_late_joiner_gets_the_state_and_then_what_follows(publisher: Publisher, subscriber: Subscriber) -> None:
    inbox = Inbox(subscriber)
    subscriber.start()
    seen = inbox.until(is_event(Snapshot))
    assert seen[0].event == ConnectionRestored()
    assert Snapshot(caption=Caption("so far", final=True)) in [one.event for one in seen]
    publisher.publish(Caption("more", final=False))
    last = inbox.until(is_event(Caption))[-1]
    assert last.event == Caption("more", final=False)
    assert last.sent_at is not None


def test_commands_arrive_and_a_refusal_comes_back(publisher: Publisher, subscriber: Subscriber) -> None:
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
    where: Endpoints, subscriber: Subscriber
) -> None:
    inbox = Inbox(subscriber)
    first = Publisher(where, Snapshot())
    subscriber.start()
    inbox.until(is_event(Snapshot))
    first.stop()
    died_at = time.monotonic()
    inbox.until(is_event(ConnectionLost))
    assert time.monotonic() - died_at < 1.3
    second = Publisher(where, Snapshot(caption=Caption("resumed", final=True)))
    back_at = time.monotonic()
    try:
        seen = inbox.until(is_event(Snapshot))
        assert time.monotonic() - back_at < 1.0
        assert Snapshot(caption=Caption("resumed", final=True)) in [one.event for one in seen]
    finally:
        second.stop()


@pytest.mark.parametrize("frame", [b"", b"nonsense", b"\x80" * 50, b"\xc1"])
def test_nonsense_is_said_and_survived(publisher: Publisher, subscriber: Subscriber, frame: bytes) -> None:
    inbox = Inbox(subscriber)
    subscriber.start()
    inbox.until(is_event(Snapshot))
    publisher.publish_raw(frame)
    trouble = inbox.until(is_event(Trouble))[-1].event
    assert isinstance(trouble, Trouble)
    assert trouble.notice.code == "wire.malformed"
    publisher.publish(Caption("still here", final=True))
    assert inbox.until(is_event(Caption))


def test_a_peer_of_another_version_is_said(publisher: Publisher, subscriber: Subscriber) -> None:
    inbox = Inbox(subscriber)
    subscriber.start()
    inbox.until(is_event(Snapshot))
    publisher.publish_raw(encode(MessageEnvelope(WIRE_VERSION + 1, 1, 0.0, Heartbeat())))
    trouble = inbox.until(is_event(Trouble))[-1].event
    assert isinstance(trouble, Trouble)
    assert trouble.notice.code == "wire.version"


def test_a_flood_arrives_in_few_batches_and_its_end_is_shown(publisher: Publisher, subscriber: Subscriber) -> None:
    inbox = Inbox(subscriber)
    subscriber.start()
    inbox.until(is_event(Snapshot))
    inbox.batch_count = 0
    publisher.publish(*(LevelMeter(-float(index % 60)) for index in range(2_000)))
    publisher.publish(Caption("the end", final=True))
    inbox.until(is_event(Caption))
    assert inbox.batch_count < 1_000
