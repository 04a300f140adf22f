from __future__ import annotations

import itertools
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import zmq

from phantomcode.daemon.adapters import zmq_bus
from phantomcode.daemon.adapters.runtime_folder import is_claimed, make_private
from phantomcode.daemon.adapters.zmq_bus import UNKNOWN_NONCE, Bus, send_command, watch
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.codec import MAX_FRAME_BYTES, decode_reply, encode
from phantomcode.daemon.contract.endpoints import Endpoints
from phantomcode.daemon.contract.errors import SessionError
from phantomcode.daemon.contract.messages import (
    WIRE_VERSION,
    Accepted,
    Caption,
    Command,
    CommandEnvelope,
    EndRound,
    Heartbeat,
    MessageEnvelope,
    Pause,
    Refused,
    Reply,
    Resume,
    Snapshot,
    TypedUtterance,
)

PATIENCE = 20.0
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ipc sockets")


class Daemon:
    """What stands behind a bus: it keeps the commands it was given."""

    def __init__(self, where: Endpoints) -> None:
        self.where = where
        self.caption = Caption("so far", final=True)
        self.taken: list[Command] = []
        self.slow: Future[Reply] = Future()
        self.bus = Bus(where, self.snapshot, self.command)

    def snapshot(self) -> Snapshot:
        return Snapshot(caption=self.caption)

    def command(self, command: Command) -> Reply | Future[Reply]:
        if isinstance(command, Resume):
            return self.slow
        if isinstance(command, TypedUtterance):
            raise SessionError("session.deaf", "Not now.", "Later.")
        if isinstance(command, EndRound):
            raise ZeroDivisionError("a bug")
        self.taken.append(command)
        return Accepted(sequence=len(self.taken))


def endpoints_in(folder: Path) -> Endpoints:
    return Endpoints(f"ipc://{folder}/events", f"ipc://{folder}/control")


@pytest.fixture
def folder() -> Iterator[Path]:
    # pytest's own folders make paths too long for a socket on some systems
    with tempfile.TemporaryDirectory(prefix="pc-") as name:
        yield Path(name)


@pytest.fixture
def daemon(folder: Path) -> Iterator[Daemon]:
    daemon = Daemon(endpoints_in(folder))
    daemon.bus.start()
    yield daemon
    daemon.bus.close()


def told(where: Endpoints) -> Iterator[MessageEnvelope]:
    """What a fresh watcher is told, without heartbeats; gives up after PATIENCE."""
    stop = threading.Event()
    timer = threading.Timer(PATIENCE, stop.set)
    timer.start()
    try:
        yield from (one for one in watch(where, stop) if not isinstance(one.body, Heartbeat))
    finally:
        timer.cancel()


def test_a_late_joiner_is_told_the_state_first(daemon: Daemon) -> None:
    daemon.bus.publish(Caption("before anyone listened", final=True))
    first = next(told(daemon.where))
    assert first.body == Snapshot(caption=daemon.caption)
    assert first.version == WIRE_VERSION


def test_a_second_watcher_gets_its_own_snapshot(daemon: Daemon) -> None:
    early = told(daemon.where)
    next(early)
    daemon.caption = Caption("later", final=True)
    assert next(told(daemon.where)).body == Snapshot(caption=daemon.caption)
    assert next(early).body == Snapshot(caption=daemon.caption)


def test_watchers_are_counted_as_they_come_and_go(daemon: Daemon) -> None:
    def wait_for(count: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while daemon.bus.watchers != count:
            assert time.monotonic() < deadline, f"{daemon.bus.watchers} instead of {count}"
            threading.Event().wait(0.01)

    wait_for(0)
    first, second = told(daemon.where), told(daemon.where)
    next(first)
    next(second)
    wait_for(2)
    first.close()  # type: ignore[attr-defined]  # a generator
    wait_for(1)
    killed = "import sys, threading; from phantomcode.daemon.adapters.zmq_bus import watch; "
    killed += "from phantomcode.daemon.contract.endpoints import Endpoints; "
    killed += f"[print('here', flush=True) for _ in watch({daemon.where!r}, threading.Event())]"
    with subprocess.Popen([sys.executable, "-c", killed], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        wait_for(2)
        other.kill()
    wait_for(1)


def test_a_thousand_messages_from_four_threads_arrive_in_sequence(daemon: Daemon) -> None:
    watcher = told(daemon.where)
    sequence = next(watcher).sequence

    def talk(name: str) -> None:
        for number in range(250):
            daemon.bus.publish(Caption(f"{name}{number}", final=False))

    threads = [threading.Thread(target=talk, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    heard: list[str] = []
    for envelope in itertools.islice(watcher, 1000):
        assert envelope.sequence > sequence
        assert abs(time.time() - envelope.sent_at) < PATIENCE
        assert isinstance(envelope.body, Caption)
        sequence = envelope.sequence
        heard.append(envelope.body.text)
    assert sorted(heard) == sorted(f"{name}{number}" for name in "abcd" for number in range(250))
    for name in "abcd":
        assert [text for text in heard if text[0] == name] == [f"{name}{number}" for number in range(250)]


def test_publishing_does_not_wait_for_a_watcher_that_never_reads(daemon: Daemon) -> None:
    with zmq.Context() as context, context.socket(zmq.SUB) as deaf:
        deaf.linger = 0
        deaf.rcvhwm = 1
        deaf.subscribe(b"")
        deaf.connect(daemon.where.events)
        assert deaf.poll(PATIENCE * 1000)
        started = time.monotonic()
        for _ in range(10_000):
            daemon.bus.publish(Caption("x" * 500, final=False))
        assert time.monotonic() - started < PATIENCE / 4
        assert send_command(daemon.where, Pause(), PATIENCE) == Accepted(sequence=1)


def test_silence_is_filled_with_heartbeats(daemon: Daemon) -> None:
    stop = threading.Event()
    beats = (one for one in watch(daemon.where, stop) if isinstance(one.body, Heartbeat))
    first, second = next(beats), next(beats)
    assert second.sent_at - first.sent_at == pytest.approx(0.5, abs=0.3)
    assert second.sequence == first.sequence + 1


def test_commands_are_carried_out_and_answered(daemon: Daemon) -> None:
    assert send_command(daemon.where, Pause(), PATIENCE) == Accepted(sequence=1)
    assert daemon.taken == [Pause()]


def test_a_refusal_says_why_and_a_bug_does_not_end_the_bus(daemon: Daemon) -> None:
    assert send_command(daemon.where, TypedUtterance("hi"), PATIENCE) == Refused("session.deaf", "Not now.", "Later.")
    fault = send_command(daemon.where, EndRound(), PATIENCE)
    assert isinstance(fault, Refused)
    assert fault.code == "daemon.fault"
    assert isinstance(send_command(daemon.where, Pause(), PATIENCE), Accepted)


def test_a_command_that_takes_time_holds_up_neither_heartbeats_nor_other_commands(daemon: Daemon) -> None:
    daemon.slow.set_running_or_notify_cancel()
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(send_command, daemon.where, Resume(), PATIENCE)
        beats = (one for one in watch(daemon.where, threading.Event()) if isinstance(one.body, Heartbeat))
        while not daemon.bus._waiting:
            next(beats)
        next(beats)
        assert send_command(daemon.where, Pause(), PATIENCE) == Accepted(sequence=1)
        assert not slow.done()
        daemon.slow.set_result(Accepted(sequence=7))
        assert slow.result(PATIENCE) == Accepted(sequence=7)


@pytest.mark.parametrize(
    ("error", "code"),
    [(SessionError("session.deaf", "Not now.", "Later."), "session.deaf"), (KeyError(), "daemon.fault")],
)
def test_a_command_that_fails_later_is_refused_then(daemon: Daemon, error: Exception, code: str) -> None:
    daemon.slow.set_exception(error)
    reply = send_command(daemon.where, Resume(), PATIENCE)
    assert isinstance(reply, Refused)
    assert reply.code == code


def test_a_command_nobody_begins_on_is_called_off_and_refused(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zmq_bus, "ANSWER_SECONDS", 0.1)
    reply = send_command(daemon.where, Resume(), PATIENCE)
    assert isinstance(reply, Refused)
    assert reply.code == "journal.waiting"
    assert daemon.slow.cancelled()


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([b""], "wire.malformed"),
        ([b"\xc1\xff junk"], "wire.malformed"),
        ([b"\x00" * (MAX_FRAME_BYTES + 1)], "wire.too-large"),
        ([encode(CommandEnvelope(WIRE_VERSION + 1, 5, Pause()))], "wire.version"),
        ([encode(MessageEnvelope(WIRE_VERSION, 1, 0.0, Heartbeat()))], "wire.malformed"),
        ([b"one", b"frame", b"too", b"many"], "wire.malformed"),
    ],
)
def test_malformed_frames_are_refused_and_have_no_effect(daemon: Daemon, frames: list[bytes], code: str) -> None:
    with zmq.Context() as context, context.socket(zmq.DEALER) as rogue:
        rogue.linger = 0
        rogue.connect(daemon.where.control)
        rogue.send_multipart(frames)
        assert rogue.poll(PATIENCE * 1000)
        envelope = decode_reply(rogue.recv_multipart()[-1])
    assert isinstance(envelope.body, Refused)
    assert (envelope.nonce, envelope.body.code) == (UNKNOWN_NONCE, code)
    assert daemon.taken == []
    assert isinstance(send_command(daemon.where, Pause(), PATIENCE), Accepted)


def test_a_second_daemon_is_refused_and_the_first_goes_on(daemon: Daemon) -> None:
    second = Daemon(daemon.where)
    with pytest.raises(SessionError) as caught:
        second.bus.start()
    second.bus.close()
    assert caught.value.code == "daemon.running"
    assert isinstance(send_command(daemon.where, Pause(), PATIENCE), Accepted)


def test_a_folder_is_claimed_while_its_daemon_runs(folder: Path) -> None:
    where = endpoints_in(folder)
    assert not is_claimed(where)
    daemon = Daemon(where)
    daemon.bus.start()
    assert is_claimed(where)
    daemon.bus.close()
    assert not is_claimed(where)


def test_a_watcher_stays_through_a_change_of_daemon(daemon: Daemon) -> None:
    watcher = told(daemon.where)
    next(watcher)
    daemon.bus.close()
    successor = Daemon(daemon.where)
    successor.caption = Caption("resumed", final=True)
    successor.bus.start()
    assert next(watcher).body == Snapshot(caption=successor.caption)
    successor.bus.close()


KILLED = """
import sys
from phantomcode.daemon.adapters.zmq_bus import Bus
from phantomcode.daemon.contract.endpoints import Endpoints
from phantomcode.daemon.contract.messages import Accepted, Snapshot

bus = Bus(Endpoints(*sys.argv[1:]), Snapshot, lambda command: Accepted())
bus.start()
print("up", flush=True)
sys.stdin.read()
"""


def test_sockets_left_by_a_killed_daemon_are_cleared_away(folder: Path) -> None:
    where = endpoints_in(folder)
    command = [sys.executable, "-c", KILLED, where.events, where.control]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout
        assert first.stdout.readline() == b"up\n"
        assert isinstance(send_command(where, Pause(), PATIENCE), Accepted)
        first.send_signal(signal.SIGKILL)
    assert (folder / "control").exists()
    with pytest.raises(SessionError) as caught:
        send_command(where, Pause(), 0.2)
    assert caught.value.code == "daemon.absent"
    second = Daemon(where)
    second.bus.start()
    assert isinstance(send_command(where, Pause(), PATIENCE), Accepted)
    second.bus.close()


def test_without_a_daemon_a_command_fails_at_once(folder: Path) -> None:
    started = time.monotonic()
    with pytest.raises(SessionError) as caught:
        send_command(endpoints_in(folder), Pause(), PATIENCE)
    assert caught.value.code == "daemon.absent"
    assert time.monotonic() - started < PATIENCE / 2


def test_the_last_message_gets_through_a_close(daemon: Daemon) -> None:
    watcher = told(daemon.where)
    next(watcher)
    daemon.bus.publish(Caption("goodbye", final=True))
    daemon.bus.close()
    daemon.bus.close()
    assert next(watcher).body == Caption("goodbye", final=True)


def test_a_bus_that_never_started_can_be_closed(folder: Path) -> None:
    Daemon(endpoints_in(folder)).bus.close()


def test_the_folder_is_made_private(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir(mode=0o755)
    daemon = Daemon(endpoints_in(inner))
    daemon.bus.start()
    assert stat.S_IMODE(inner.stat().st_mode) == 0o700
    daemon.bus.close()
    make_private(folder / "new")
    assert stat.S_IMODE((folder / "new").stat().st_mode) == 0o700


def refusal_of(folder: Path) -> SessionError:
    daemon = Daemon(endpoints_in(folder))
    with pytest.raises(SessionError) as caught:
        daemon.bus.start()
    daemon.bus.close()
    return caught.value


def test_folders_that_others_can_reach_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = folder / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    assert refusal_of(shared).code == "daemon.folder"
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777, "a shared folder is not ours to change"
    (folder / "link").symlink_to(folder)
    assert "link" in refusal_of(folder / "link").message
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert "another user" in refusal_of(folder / "own").message


def test_a_file_in_the_folders_place_is_reported(folder: Path) -> None:
    (folder / "file").write_text("in the way")
    assert refusal_of(folder / "file").code == "daemon.folder"


def test_a_path_too_long_for_a_socket_is_named(folder: Path) -> None:
    error = refusal_of(folder / ("x" * 100))
    assert error.code == "daemon.path-too-long"
    assert "PHANTOMCODE_RUNTIME" in error.remedy


def test_it_runs_on_loopback_ports_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHANTOMCODE_RUNTIME", str(folder))
    with zmq.Context() as context, context.socket(zmq.PUB) as probe:
        ports = [probe.bind_to_random_port("tcp://127.0.0.1") for _ in range(2)]
    where = Endpoints(*(f"tcp://127.0.0.1:{port}" for port in ports))
    daemon = Daemon(where)
    daemon.bus.start()
    assert isinstance(send_command(where, messages.GetSnapshot(), PATIENCE), Accepted)
    second = Daemon(Endpoints(where.events, "tcp://127.0.0.1:1"))
    with pytest.raises(SessionError):
        second.bus.start()
    second.bus.close()
    daemon.bus.close()
