"""The bus on ZeroMQ: an XPUB socket for messages, a ROUTER socket for commands (prose: docs/wire.md).

One thread owns both sockets. `publish` only appends to a queue and wakes that thread, so it never blocks; a watcher
that does not keep up loses messages at its high-water mark, sees the gap in the sequence and asks for a snapshot.
"""

from __future__ import annotations

import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass

import msgspec
import zmq
from filelock import FileLock

from phantomcode.daemon.adapters.runtime_folder import claim, ipc_paths
from phantomcode.daemon.contract.codec import decode_command, decode_message, decode_reply, encode
from phantomcode.daemon.contract.endpoints import Endpoints
from phantomcode.daemon.contract.errors import PhantomError, SessionError
from phantomcode.daemon.contract.messages import (
    NOT_WRITTEN,
    WIRE_VERSION,
    Accepted,
    Command,
    CommandEnvelope,
    Heartbeat,
    Message,
    MessageEnvelope,
    Refused,
    Reply,
    ReplyEnvelope,
    Snapshot,
)

HEARTBEAT_SECONDS = 0.5
HIGH_WATER_MARK = 4096
"""Messages kept for a watcher that does not read; about five minutes of a round."""
LAST_WORDS_MS = 250
"""At the end: enough for what is on its way to a healthy watcher, too short to hang on a stuck one."""
WATCH_POLL_MS = 200
MAX_DRAIN = 256
"""Frames taken from one socket in a turn, so that a flood on one side does not silence the other."""
ANSWER_SECONDS = 2.0
"""Less than any sender waits, so that it is told of a full disk and does not take the daemon for dead."""
UNKNOWN_NONCE = 0
"""In replies to frames that were not understood."""

_CAME, _WENT = b"\x01", b"\x00"


class Bus:
    """The daemon's end; obeys the Publisher port.

    `snapshot` and `command` are called on the bus thread and must return at once. What takes time, such as writing to
    disk, `command` answers with a future: its result is sent when it comes. A future that nobody has begun on after
    ANSWER_SECONDS is cancelled and its command refused.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        snapshot: Callable[[], Snapshot],
        command: Callable[[Command], Reply | Future[Reply]],
    ) -> None:
        self._endpoints = endpoints
        self._snapshot = snapshot
        self._command = command
        self._outbox: queue.SimpleQueue[tuple[float, Message]] = queue.SimpleQueue()
        self._waiting: list[_Waiting] = []
        self._alarm, self._bell = socket.socketpair()
        self._closing = threading.Event()
        self._sequence = 0
        self._watchers = 0
        self._last_sent = 0.0
        self._lock: FileLock | None = None
        self._thread = threading.Thread(target=self._run, name="bus", daemon=True)
        for end in (self._alarm, self._bell):
            end.setblocking(False)

    @property
    def watchers(self) -> int:
        """How many listen now; one whose process dies is missed within a second."""
        return self._watchers

    def start(self) -> None:
        """Bind the sockets and begin to serve; raises SessionError (daemon.running and others)."""
        self._lock = claim(self._endpoints)
        self._context = zmq.Context()
        self._events = self._context.socket(zmq.XPUB)
        self._control = self._context.socket(zmq.ROUTER)
        self._events.setsockopt(zmq.XPUB_VERBOSER, 1)  # each watcher is to be seen to come and go
        try:
            _bind(self._events, self._endpoints.events)
            _bind(self._control, self._endpoints.control)
        except SessionError:
            self._release()
            raise
        self._thread.start()

    def publish(self, message: Message) -> None:
        """Send to everyone who listens; never blocks, from any thread."""
        self._outbox.put((time.time(), message))
        self._ring()

    def close(self) -> None:
        """Send what is queued and give sockets and lock back; safe to call twice, or without `start`."""
        self._closing.set()
        if self._thread.is_alive():
            self._ring()
            self._thread.join()
        self._alarm.close()
        self._bell.close()

    def _ring(self) -> None:
        # A full pipe means that the bell is ringing already; a closed one, that the bus is over.
        with suppress(OSError):
            self._bell.send(b"!")

    def _release(self) -> None:
        self._context.destroy(linger=LAST_WORDS_MS)
        if self._lock:
            self._lock.release()

    def _run(self) -> None:
        poller = zmq.Poller()
        for source in (self._alarm, self._events, self._control):
            poller.register(source, zmq.POLLIN)
        try:
            while not self._closing.is_set():
                poller.poll(self._milliseconds_to_heartbeat())
                self._turn()
            self._answer_waiting()
            self._send_queued()
        finally:
            self._release()

    def _turn(self) -> None:
        with suppress(BlockingIOError):
            self._alarm.recv(4096)
        self._welcome()
        self._obey()
        self._answer_waiting()
        self._send_queued()
        if self._milliseconds_to_heartbeat() == 0:
            self._send(time.time(), Heartbeat())

    def _milliseconds_to_heartbeat(self) -> int:
        due = self._last_sent + HEARTBEAT_SECONDS - time.monotonic()
        # Rounded up, so that the last millisecond is slept and not spun through.
        return max(0, int(due * 1000) + 1) if due > 0 else 0

    def _welcome(self) -> None:
        """Send the state as it is to everyone when someone new listens; the others just read it again."""
        moves = [frame[0][:1] for frame in _drain(self._events)]
        self._watchers += moves.count(_CAME) - moves.count(_WENT)
        if _CAME in moves:
            self._send_queued()
            self._send(time.time(), self._snapshot())

    def _send_queued(self) -> None:
        for _ in range(self._outbox.qsize()):
            self._send(*self._outbox.get())

    def _send(self, sent_at: float, message: Message) -> None:
        self._last_sent = time.monotonic()
        self._sequence += 1
        envelope = MessageEnvelope(WIRE_VERSION, self._sequence, sent_at, message)
        self._events.send(encode(envelope), zmq.NOBLOCK)

    def _obey(self) -> None:
        for *route, frame in _drain(self._control):
            nonce = UNKNOWN_NONCE
            try:
                envelope = decode_command(frame)
                nonce = envelope.nonce
                reply = self._command(envelope.body)
            except Exception as error:  # noqa: BLE001  one bad command must not take the bus from everyone else
                reply = _refusal(error)
            if isinstance(reply, Future):
                self._waiting.append(_Waiting(route, nonce, reply, time.monotonic() + ANSWER_SECONDS))
                reply.add_done_callback(lambda _: self._ring())
            else:
                self._answer(route, nonce, reply)

    def _answer_waiting(self) -> None:
        """Answer what is done by now; heartbeats see to it that this is looked at twice a second."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if time.monotonic() >= each.until:
                each.reply.cancel()
            if each.reply.done():
                self._answer(each.route, each.nonce, _outcome(each.reply))
            else:
                self._waiting.append(each)

    def _answer(self, route: list[bytes], nonce: int, reply: Reply) -> None:
        if isinstance(reply, Accepted) and reply.snapshot is not None:
            reply = msgspec.structs.replace(reply, sequence=self._sequence)
        with suppress(zmq.ZMQError):  # the sender is gone or does not read its replies
            self._control.send_multipart([*route, encode(ReplyEnvelope(WIRE_VERSION, nonce, reply))], zmq.NOBLOCK)


@dataclass(frozen=True)
class _Waiting:
    """A command whose answer is still to come, and until when (monotonic seconds) it may be begun on."""

    route: list[bytes]
    nonce: int
    reply: Future[Reply]
    until: float


def _outcome(reply: Future[Reply]) -> Reply:
    """What a future that is done has come to."""
    if reply.cancelled():
        return NOT_WRITTEN
    error = reply.exception()
    return reply.result() if error is None else _refusal(error)


def _refusal(error: BaseException) -> Refused:
    if isinstance(error, PhantomError):
        return Refused(error.code, error.message, error.remedy)
    return Refused("daemon.fault", f"The command failed: {error!r}.", "Please report this.")


def send_command(endpoints: Endpoints, command: Command, timeout_seconds: float) -> Reply:
    """Send one command and return the daemon's answer; raises SessionError daemon.absent, or WireError."""
    if any(not path.exists() for path in ipc_paths(endpoints)):
        raise _absent()
    deadline = time.monotonic() + timeout_seconds
    nonce = secrets.randbits(62) + 1
    with zmq.Context() as context, context.socket(zmq.DEALER) as control:
        control.linger = 0
        control.setsockopt(zmq.IMMEDIATE, 1)  # without a daemon the command fails, instead of waiting for one
        control.connect(endpoints.control)
        _wait(control, zmq.POLLOUT, deadline)
        control.send(encode(CommandEnvelope(WIRE_VERSION, nonce, command)), zmq.NOBLOCK)
        while True:
            _wait(control, zmq.POLLIN, deadline)
            reply = decode_reply(control.recv())
            if reply.nonce in (nonce, UNKNOWN_NONCE):
                return reply.body


def watch(endpoints: Endpoints, stop: threading.Event) -> Iterator[MessageEnvelope]:
    """Yield what the daemon publishes, from the snapshot on, until `stop` is set; raises WireError.

    It waits for a daemon that is not there yet, and stays through the change from one to the next.
    """
    with zmq.Context() as context, context.socket(zmq.SUB) as events:
        events.linger = 0
        events.rcvhwm = HIGH_WATER_MARK
        events.subscribe(b"")
        events.connect(endpoints.events)
        while not stop.is_set():
            if events.poll(WATCH_POLL_MS):
                yield decode_message(events.recv())


def _bind(server: zmq.Socket[bytes], address: str) -> None:
    server.linger = LAST_WORDS_MS
    server.sndhwm = HIGH_WATER_MARK
    try:
        server.bind(address)
    except zmq.ZMQError as error:
        raise SessionError(
            "daemon.socket",
            f"The address {address} cannot be used: {error.strerror}.",
            "End the program that uses it, or set PHANTOMCODE_RUNTIME to another folder.",
        ) from error


def _drain(source: zmq.Socket[bytes]) -> Iterator[list[bytes]]:
    with suppress(zmq.Again):
        for _ in range(MAX_DRAIN):
            yield source.recv_multipart(zmq.NOBLOCK)


def _wait(control: zmq.Socket[bytes], what: int, deadline: float) -> None:
    remaining_ms = int((deadline - time.monotonic()) * 1000)
    if remaining_ms <= 0 or not control.poll(remaining_ms, what):
        raise _absent()


def _absent() -> SessionError:
    return SessionError("daemon.absent", "No PhantomCode daemon answers.", "Start a round with `phantomcode practice`.")
