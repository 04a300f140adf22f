"""The one door to the daemon: a thread with a SUB and a DEALER socket, and a Qt signal back to the window."""

from __future__ import annotations

import itertools
import threading
import time

import zmq
from PyQt6.QtCore import QObject, pyqtSignal

from phantomcode.daemon.contract.codec import decode_message, decode_reply, encode
from phantomcode.daemon.contract.endpoints import Endpoints
from phantomcode.daemon.contract.errors import WireError
from phantomcode.daemon.contract.messages import (
    WIRE_VERSION,
    Accepted,
    Command,
    CommandEnvelope,
    GetSnapshot,
    Notice,
    ReplyEnvelope,
)
from phantomcode.daemon.contract.vocabulary import Severity
from phantomcode.overlay.stream import Ask, Delivery, Output, Stream
from phantomcode.overlay.viewmodel import Trouble

MAX_DRAIN = 512
"""Frames taken in one go, so that a flood cannot keep the thread from commands and deadlines."""
RETRY_MS = 100
RETRY_MAX_MS = 400
_STOP = b""


class Subscriber(QObject):
    """Listens to the daemon for as long as the overlay lives; retries for ever."""

    arrived = pyqtSignal(object)
    """A list of Delivery, in order; one signal for everything that came in one go."""

    def __init__(self, endpoints: Endpoints, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._endpoints = endpoints
        self._context = zmq.Context()
        self._nonces = itertools.count(1)
        self._outbox_address = f"inproc://overlay-{id(self)}"
        self._outbox = self._context.socket(zmq.PAIR)
        self._outbox.linger = 0
        self._outbox.bind(self._outbox_address)
        self._thread = threading.Thread(target=self._run, name="overlay-subscriber", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def send(self, command: Command) -> None:
        """Send a command; call from the thread that made this object. A refusal comes back as Trouble."""
        try:
            self._outbox.send(encode(CommandEnvelope(WIRE_VERSION, next(self._nonces), command)), zmq.NOBLOCK)
        except zmq.Again:
            self.arrived.emit([_not_sent()])

    def stop(self) -> None:
        """Stop listening and give the sockets back."""
        if self._thread.is_alive():
            self._outbox.send(_STOP)
            self._thread.join(timeout=2.0)
        self._outbox.close()
        self._context.term()

    def _run(self) -> None:
        with _Sockets(self._context, self._endpoints, self._outbox_address) as sockets:
            stream = Stream()
            while True:
                self._hand_on(stream.tick(time.monotonic()), sockets)
                wait_seconds = max(0.0, stream.deadline(time.monotonic()) - time.monotonic())
                ready = sockets.poll(wait_seconds)
                out: list[Output] = []
                if sockets.outbox in ready:
                    frame = sockets.outbox.recv()
                    if frame == _STOP:
                        return
                    out += sockets.forward(frame)
                if sockets.control in ready:
                    out += _replies(stream, sockets.drain(sockets.control))
                if sockets.events in ready:
                    out += _messages(stream, sockets.drain(sockets.events))
                self._hand_on(out, sockets)

    def _hand_on(self, out: list[Output], sockets: _Sockets) -> None:
        if any(isinstance(one, Ask) for one in out):
            sockets.ask_snapshot(next(self._nonces))
        deliveries = [one for one in out if isinstance(one, Delivery)]
        if deliveries:
            self.arrived.emit(deliveries)


class _Sockets:
    """The three sockets of the thread: events in, commands out and replies in, and the window's outbox."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], endpoints: Endpoints, outbox: str) -> None:
        self.events = context.socket(zmq.SUB)
        self.events.subscribe(b"")
        self.control = context.socket(zmq.DEALER)
        # Commands to a daemon that is not there must fail now, not arrive minutes later.
        self.control.setsockopt(zmq.IMMEDIATE, 1)
        self.outbox = context.socket(zmq.PAIR)
        for socket in (self.events, self.control, self.outbox):
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.RECONNECT_IVL, RETRY_MS)
            socket.setsockopt(zmq.RECONNECT_IVL_MAX, RETRY_MAX_MS)
        self.events.connect(endpoints.events)
        self.control.connect(endpoints.control)
        self.outbox.connect(outbox)
        self._poller = zmq.Poller()
        for socket in (self.events, self.control, self.outbox):
            self._poller.register(socket, zmq.POLLIN)

    def __enter__(self) -> _Sockets:
        return self

    def __exit__(self, *_exception: object) -> None:
        for socket in (self.events, self.control, self.outbox):
            socket.close()

    def poll(self, wait_seconds: float) -> set[zmq.Socket[bytes]]:
        """Return the sockets with something to read."""
        # Rounded up: a wait rounded down to 0 ms would spin until the deadline.
        return {socket for socket, _event in self._poller.poll(int(wait_seconds * 1000) + 1)}

    def drain(self, socket: zmq.Socket[bytes]) -> list[bytes]:
        """Return the waiting frames, the payload of each message only."""
        frames: list[bytes] = []
        while len(frames) < MAX_DRAIN:
            try:
                frames.append(socket.recv_multipart(zmq.NOBLOCK)[-1])
            except zmq.Again:
                break
        return frames

    def forward(self, frame: bytes) -> list[Output]:
        """Send a command, or say that it could not be sent."""
        try:
            self.control.send(frame, zmq.NOBLOCK)
        except zmq.Again:
            return [_not_sent()]
        return []

    def ask_snapshot(self, nonce: int) -> None:
        """Send GetSnapshot; without a daemon there is nobody to ask, and the stream asks again."""
        self.forward(encode(CommandEnvelope(WIRE_VERSION, nonce, GetSnapshot())))


def _messages(stream: Stream, frames: list[bytes]) -> list[Output]:
    out: list[Output] = []
    for frame in frames:
        try:
            out += stream.message(decode_message(frame), time.monotonic())
        except WireError as error:
            out.append(_trouble(error.code, error.message, error.remedy))
    return out


def _replies(stream: Stream, frames: list[bytes]) -> list[Output]:
    out: list[Output] = []
    for frame in frames:
        try:
            out += _reply(stream, decode_reply(frame))
        except WireError as error:
            out.append(_trouble(error.code, error.message, error.remedy))
    return out


def _reply(stream: Stream, envelope: ReplyEnvelope) -> list[Output]:
    body = envelope.body
    if isinstance(body, Accepted):
        if body.snapshot is None:
            return []
        return stream.answer(body.snapshot, body.sequence, time.monotonic())
    return [_trouble(body.code, body.message, body.remedy)]


def _not_sent() -> Delivery:
    return _trouble("overlay.not-sent", "The coach is not answering.", "Try again when it is back.")


def _trouble(code: str, message: str, remedy: str) -> Delivery:
    return Delivery(Trouble(Notice(code, Severity.WARNING, message, remedy)))
