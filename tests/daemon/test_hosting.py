from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from phantomcode.daemon import hosting
from phantomcode.daemon.contract.errors import AudioError, EngineError, ModelError
from phantomcode.daemon.hosting import EngineHost, EngineSpec, restart_delay_seconds

PATIENCE = 60.0
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")


class Watch:
    """Collects what a host reports and lets a test wait for it."""

    def __init__(self) -> None:
        self.downs: queue.Queue[str] = queue.Queue()
        self.ups: queue.Queue[None] = queue.Queue()

    def host(self, factory: str = "parrot", **arguments: object) -> EngineHost:
        spec = EngineSpec("parrot", f"hosted_engines:{factory}", arguments)
        return EngineHost(spec, on_down=self.downs.put, on_up=lambda: self.ups.put(None))


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return Watch()


@pytest.fixture
def parrot(watch: Watch) -> Iterator[EngineHost]:
    host = watch.host(word="hello")
    host.start()
    assert host.wait_ready(PATIENCE)
    yield host
    host.close()


def error_code(action: Callable[[], object]) -> str:
    with pytest.raises(EngineError) as caught:
        action()
    return caught.value.code


def gone(process_id: int, within_seconds: float) -> bool:
    try:
        psutil.Process(process_id).wait(within_seconds)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def test_restart_delays_double_up_to_ten_seconds() -> None:
    delays = [restart_delay_seconds(failures) for failures in (1, 2, 3, 6, 7, 1000)]
    assert delays == pytest.approx([0.2, 0.4, 0.8, 6.4, 10.0, 10.0])


def test_calls_properties_arrays_and_streams_cross_the_pipe(parrot: EngineHost) -> None:
    assert parrot.call("say", 2, timeout_seconds=PATIENCE) == "hello hello"
    assert parrot.call("say", times=1, timeout_seconds=PATIENCE) == "hello"
    assert parrot.call("rate_hz", timeout_seconds=PATIENCE) == 22_050
    pcm = np.arange(200_000, dtype=np.int16)
    doubled = parrot.call("double", pcm, timeout_seconds=PATIENCE)
    assert doubled.dtype == np.int16
    assert np.array_equal(doubled, pcm * np.int16(2))
    assert list(parrot.stream("count", 100, timeout_seconds=PATIENCE)) == list(range(100))


def test_the_engine_runs_in_its_own_process_that_can_be_told_by_name(parrot: EngineHost) -> None:
    child = parrot.call("process_id", timeout_seconds=PATIENCE)
    assert child == parrot.process_id != os.getpid()
    assert parrot.call("ignores_interrupts", timeout_seconds=PATIENCE)


@on_linux
def test_ps_shows_which_engine_a_process_is(parrot: EngineHost) -> None:
    assert parrot.call("command_name", timeout_seconds=PATIENCE) == "pc-parrot"


@on_linux
def test_a_child_holds_no_socket_of_its_parent(watch: Watch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        os.set_inheritable(server.fileno(), True)
        host = watch.host(word="x")
        host.start()
        try:
            # Its own end of the pipe is a socket pair.
            assert host.call("open_sockets", timeout_seconds=PATIENCE) == 1
        finally:
            host.close()


def test_errors_keep_their_class_and_parts(parrot: EngineHost) -> None:
    with pytest.raises(AudioError) as caught:
        parrot.call("complain", timeout_seconds=PATIENCE)
    assert (caught.value.code, caught.value.message) == ("audio.gone", "The parrot flew away.")
    assert caught.value.remedy == "Open a window."
    with pytest.raises(EngineError, match="ValueError: beak") as failed:
        parrot.call("stumble", timeout_seconds=PATIENCE)
    assert failed.value.code == "engine.failed"
    assert error_code(lambda: parrot.call("unpicklable", timeout_seconds=PATIENCE)) == "engine.failed"
    assert parrot.call("say", 1, timeout_seconds=PATIENCE) == "hello"


@on_posix
def test_a_killed_child_costs_the_running_call_and_no_more(parrot: EngineHost, watch: Watch) -> None:
    first = parrot.process_id
    assert error_code(lambda: parrot.call("die", timeout_seconds=PATIENCE)) == "engine.down"
    assert parrot.call("say", 1, timeout_seconds=PATIENCE) == "hello"
    assert parrot.process_id != first
    assert "exit code -9" in watch.downs.get(timeout=PATIENCE)
    watch.ups.get(timeout=PATIENCE)


@on_posix
def test_a_child_killed_from_outside_while_idle_comes_back(parrot: EngineHost, watch: Watch) -> None:
    first = parrot.process_id
    assert first is not None
    os.kill(first, signal.SIGKILL)
    watch.downs.get(timeout=PATIENCE)
    assert parrot.call("say", 1, timeout_seconds=PATIENCE) == "hello"
    watch.ups.get(timeout=PATIENCE)
    assert watch.downs.empty()


@on_posix
def test_a_stream_that_dies_has_given_what_it_had(parrot: EngineHost) -> None:
    stream = parrot.stream("count_then_die", timeout_seconds=PATIENCE)
    assert next(stream) == 1
    assert error_code(lambda: next(stream)) == "engine.down"


def test_a_hanging_call_is_killed_and_the_engine_restarted(parrot: EngineHost, watch: Watch) -> None:
    first = parrot.process_id
    assert first is not None
    assert error_code(lambda: parrot.call("hang", timeout_seconds=0.3)) == "engine.timeout"
    assert parrot.call("say", 1, timeout_seconds=PATIENCE) == "hello"
    assert gone(first, 2)
    assert "did not answer within 0.3 s" in watch.downs.get(timeout=PATIENCE)


@on_posix
def test_a_child_without_a_heartbeat_is_killed(
    parrot: EngineHost, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosting, "SILENCE_SECONDS", 1.5)
    parrot.call("say", 1, timeout_seconds=PATIENCE)  # the supervisor now waits with the new limit
    code = error_code(lambda: parrot.call("seize_the_interpreter", timeout_seconds=PATIENCE))
    assert code == "engine.down"
    assert "fell silent" in watch.downs.get(timeout=PATIENCE)


def test_closing_a_stream_cancels_it_in_the_child(parrot: EngineHost, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    stream = parrot.stream("chatter", diary=str(diary), timeout_seconds=PATIENCE)
    assert next(stream) == 1
    stream.close()  # type: ignore[attr-defined]
    assert parrot.call("say", 1, timeout_seconds=PATIENCE) == "hello"
    assert diary.read_text() == "cancelled"


def test_a_stream_ends_at_once_when_its_owner_loses_interest(parrot: EngineHost, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    wanted = threading.Event()
    stream = parrot.stream("chatter", diary=str(diary), timeout_seconds=PATIENCE, cancelled=wanted.is_set)
    assert next(stream) == 1
    wanted.set()
    assert list(stream) == []
    parrot.call("say", 1, timeout_seconds=PATIENCE)
    assert diary.read_text() == "cancelled"


def test_a_call_can_be_asked_to_return_early(parrot: EngineHost) -> None:
    assert parrot.call("ponder", timeout_seconds=PATIENCE, cancelled=lambda: True) == "gave up"


def test_a_second_caller_waits_and_is_told_who_is_in_the_way(parrot: EngineHost) -> None:
    stream = parrot.stream("count", 3, timeout_seconds=PATIENCE)
    next(stream)
    assert error_code(lambda: parrot.call("say", 1, timeout_seconds=0.05)) == "engine.busy"
    assert list(stream) == [1, 2]
    assert parrot.call("say", 1, timeout_seconds=PATIENCE) == "hello"


def test_a_missing_model_is_final_and_says_so(watch: Watch) -> None:
    host = watch.host("missing_model")
    host.start()
    try:
        assert not host.wait_ready(PATIENCE)
        assert isinstance(host.failure, ModelError)
        with pytest.raises(ModelError, match="models pull"):
            host.call("say", 1, timeout_seconds=PATIENCE)
        assert "not there" in watch.downs.get(timeout=PATIENCE)
    finally:
        host.close()


def test_an_engine_that_will_not_start_is_tried_again(watch: Watch, tmp_path: Path) -> None:
    host = watch.host("broken_engine", tally=str(tmp_path / "tally"))
    host.start()
    try:
        assert host.call("say", 1, timeout_seconds=PATIENCE) == "third time lucky"
        watch.ups.get(timeout=PATIENCE)
        assert watch.downs.get(timeout=PATIENCE) == "The engine did not load."
        assert watch.downs.empty(), "one outage, one report"
    finally:
        host.close()


def test_a_call_gives_up_on_an_engine_that_never_starts(watch: Watch) -> None:
    host = watch.host("crash_on_load")
    host.start()
    try:
        assert not host.wait_ready(0.5)
        assert error_code(lambda: host.call("say", 1, timeout_seconds=0.1)) == "engine.down"
        assert "exit code 3" in watch.downs.get(timeout=PATIENCE)
    finally:
        host.close()


def test_closing_ends_the_child_and_later_calls(watch: Watch) -> None:
    host = watch.host(word="x")
    host.start()
    assert host.wait_ready(PATIENCE)
    child = host.process_id
    assert child is not None
    host.close()
    host.close()
    assert gone(child, 2)
    assert host.process_id is None
    assert error_code(lambda: host.call("say", 1, timeout_seconds=PATIENCE)) == "engine.closed"
    assert watch.downs.empty()


PARENT = """
import sys
sys.path.insert(0, sys.argv[1])
from phantomcode.daemon.hosting import EngineHost, EngineSpec

if __name__ == "__main__":
    spec = EngineSpec("parrot", "hosted_engines:parrot", {"word": "x"})
    host = EngineHost(spec, on_down=print, on_up=lambda: None)
    host.start()
    print(host.call("process_id", timeout_seconds=60), flush=True)
    host.call("hang", timeout_seconds=600)
"""


@on_posix
def test_children_follow_their_parent_within_two_seconds(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    command = [sys.executable, str(script), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone(child, 0)
        parent.kill()
        assert gone(child, 2)


@on_posix
def test_ctrl_c_leaves_the_children_to_the_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT.replace('host.call("hang", timeout_seconds=600)', "sys.stdin.read(1)"))
    command = [sys.executable, str(script), str(Path(__file__).parent)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as parent:  # type: ignore[call-overload]
        child = int(parent.stdout.readline())
        os.kill(child, signal.SIGINT)
        assert not gone(child, 0.3)
        parent.stdin.write("x")
        parent.stdin.close()
        assert gone(child, 5)
