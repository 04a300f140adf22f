"""Qt without a screen, and one application for all tests of the overlay."""

from __future__ import annotations

import itertools
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zmq

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtWidgets import QApplication

from phantomcode.daemon.contract.codec import decode_command, encode
from phantomcode.daemon.contract.endpoints import Endpoints
from phantomcode.daemon.contract.messages import (
    WIRE_VERSION,
    Accepted,
    Command,
    GetSnapshot,
    Heartbeat,
    Message,
    MessageEnvelope,
    NextHint,
    Refused,
    ReplyEnvelope,
    Snapshot,
)

PATIENCE_SECONDS = 10.0


@pytest.fixture(scope="session")
def app() -> Iterator[QApplication]:
    """The one QApplication."""
    instance = QApplication.instance() or QApplication(["tests"])
    assert isinstance(instance, QApplication)
    yield instance
    instance.processEvents()


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
        """Die; safe to call twice."""
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


@pytest.fixture
def where(tmp_path: Path) -> Endpoints:
    """Endpoints as PHANTOMCODE_RUNTIME=tmp_path gives them."""
    return Endpoints(f"ipc://{tmp_path}/events", f"ipc://{tmp_path}/control")


@pytest.fixture
def new_publisher(where: Endpoints) -> Iterator[Callable[[Snapshot], Publisher]]:
    """Make publishers at `where`, one after the other."""
    made: list[Publisher] = []

    def make(snapshot: Snapshot) -> Publisher:
        made.append(Publisher(where, snapshot))
        return made[-1]

    yield make
    for one in made:
        one.stop()
