"""Runs a native engine in a supervised child process, so that a crash or a hang costs one turn, never the round.

One supervisor thread per engine starts the child, reads what it reports, notices when it dies or falls silent,
and starts it again. Callers block in their own threads; one request runs at a time.
"""

from __future__ import annotations

import itertools
import multiprocessing
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any

from phantomcode.daemon.contract import errors
from phantomcode.daemon.contract.errors import EngineError, PhantomError
from phantomcode.daemon.hosting_child import (
    LOADING,
    Beat,
    Cancel,
    Done,
    EngineSpec,
    Failed,
    Item,
    Ready,
    Report,
    Request,
    serve,
)

__all__ = ["EngineHost", "EngineSpec", "restart_delay_seconds"]

LOAD_SECONDS = 180.0
"""A cold 1 GB model on a slow disk takes tens of seconds; beyond this it is stuck."""
SILENCE_SECONDS = 10.0
"""Heartbeats come twice a second; a child without one for this long holds the interpreter lock and is stuck."""
HEALTHY_SECONDS = 60.0
CANCEL_POLL_SECONDS = 0.02
FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 10.0

Cancelled = Callable[[], bool]


def restart_delay_seconds(failures: int) -> float:
    """How long to wait before start number `failures` + 1: 0.2 s, doubling up to 10 s."""
    return float(min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** min(failures - 1, 16)))


class EngineHost:
    """One engine in one child process.

    `on_down(message)` is called when a working engine stops or a new one will not start, once per outage;
    `on_up()` when it is back. Both are called on the supervisor thread and must not call `close`.
    """

    def __init__(self, spec: EngineSpec, *, on_down: Callable[[str], None], on_up: Callable[[], None]) -> None:
        self.spec = spec
        self._on_down = on_down
        self._on_up = on_up
        self._state = threading.Condition()
        self._process: _Child | None = None
        self._ready: _Child | None = None
        self._failure: PhantomError | None = None
        self._closing = False
        self._exchange: _Exchange | None = None
        self._one_at_a_time = threading.Lock()
        self._ids = itertools.count(LOADING + 1)
        self._down = False
        self._supervisor = threading.Thread(target=self._supervise, name=f"host-{spec.name}", daemon=True)

    def start(self) -> None:
        """Start the child; returns at once."""
        self._supervisor.start()

    @property
    def ready(self) -> bool:
        """The engine is loaded and takes calls."""
        return self._ready is not None

    @property
    def failure(self) -> PhantomError | None:
        """Why the engine can never start (a missing model, for one); None while there is hope."""
        return self._failure

    @property
    def process_id(self) -> int | None:
        """The child's process id, or None between two children."""
        process = self._process
        return process.process_id if process else None

    def wait_ready(self, timeout_seconds: float) -> bool:
        """Wait until the engine takes calls; false when it does not in time or never will."""
        with self._state:
            self._state.wait_for(self._settled, timeout_seconds)
            return self._ready is not None

    def call(
        self,
        method: str,
        *args: object,
        timeout_seconds: float,
        wait_seconds: float | None = None,
        cancelled: Cancelled | None = None,
        **keywords: object,
    ) -> Any:
        """Call a method (or read a property) of the engine and return the result.

        `timeout_seconds` bounds the engine's work; an engine that takes longer is killed and started again.
        `wait_seconds`, the same unless given, bounds the wait for a busy or a restarting one. `cancelled` asks the
        engine to return early. Raises what the engine raised if that is a PhantomError, else EngineError:
        engine.down, .timeout, .busy, .failed, .closed.
        """
        wait_seconds = timeout_seconds if wait_seconds is None else wait_seconds
        with self._exchange_for(method, args, keywords, wait_seconds, streaming=False) as exchange:
            return exchange.result(timeout_seconds, cancelled)

    def stream(
        self,
        method: str,
        *args: object,
        timeout_seconds: float,
        cancelled: Cancelled | None = None,
        **keywords: object,
    ) -> Generator[Any, None, None]:
        """Yield what a method yields; `timeout_seconds` is per item. Raises as `call` does.

        Closing the iterator, or `cancelled` turning true, stops the engine soon after and ends the iteration at
        once. The request goes out when the first item is asked for.
        """
        with self._exchange_for(method, args, keywords, timeout_seconds, streaming=True) as exchange:
            yield from exchange.items(timeout_seconds, cancelled)

    def close(self) -> None:
        """End the child; safe to call twice. Engines are built to be killed, so nothing gentler is needed."""
        with self._state:
            self._closing = True
            if self._process:
                self._process.kill("was closed")
            self._state.notify_all()
        if self._supervisor.is_alive():
            self._supervisor.join()

    # -- callers' side

    @contextmanager
    def _exchange_for(
        self,
        method: str,
        args: tuple[object, ...],
        keywords: dict[str, object],
        wait_seconds: float,
        *,
        streaming: bool,
    ) -> Iterator[_Exchange]:
        if not self._one_at_a_time.acquire(timeout=wait_seconds):
            raise _trouble(self.spec.name, "busy", f"is still busy after {wait_seconds:g} s")
        try:
            request = Request(next(self._ids), method, args, keywords, streaming)
            exchange = self._register(request, wait_seconds)
            try:
                exchange.send()
                yield exchange
            finally:
                self._exchange = None
        finally:
            self._one_at_a_time.release()

    def _register(self, request: Request, wait_seconds: float) -> _Exchange:
        with self._state:
            self._state.wait_for(self._settled, wait_seconds)
            if self._failure is not None:
                raise self._failure
            if self._closing:
                raise _trouble(self.spec.name, "closed", "was shut down")
            if self._ready is None:
                raise _trouble(self.spec.name, "down", f"is not running after {wait_seconds:g} s")
            self._exchange = _Exchange(self._ready, request, self._condemn)
            return self._exchange

    def _settled(self) -> bool:
        return self._ready is not None or self._failure is not None or self._closing

    def _condemn(self, child: _Child, reason: str) -> None:
        """Kill a child that does not answer, and let no further call reach it."""
        with self._state:
            if self._ready is child:
                self._ready = None
        child.kill(reason)

    # -- supervisor's side

    def _supervise(self) -> None:
        _hold_back_interrupts()
        failures = 0
        while not self._closing:
            started = time.monotonic()
            self._mark_stopped(self._run_child())
            if self._failure is not None:
                return
            failures = 1 if time.monotonic() - started >= HEALTHY_SECONDS else failures + 1
            with self._state:
                self._state.wait_for(lambda: self._closing, restart_delay_seconds(failures))

    def _run_child(self) -> str:
        """Start a child, attend to it until it ends, and return why it did."""
        try:
            child = _Child(self.spec)
        except OSError as error:
            return f"The {self.spec.name} could not be started: {error}."
        with self._state:
            self._process = child
            if self._closing:
                child.kill("was closed")
        failed_to_load = self._attend(child)
        child.bury()
        return failed_to_load or child.last_words()

    def _attend(self, child: _Child) -> str:
        """Read the child's reports until it ends; return what it said about a failure to load, if anything."""
        load_until = time.monotonic() + LOAD_SECONDS
        loading = True
        while (report := child.receive(SILENCE_SECONDS)) is not None:
            if isinstance(report, Ready):
                loading = False
                self._mark_ready(child)
            elif isinstance(report, Failed) and report.request_id == LOADING:
                self._failure = _lasting_failure(report)
                return report.message
            elif not isinstance(report, Beat):
                self._deliver(report)
            if loading and time.monotonic() > load_until:
                child.kill(f"did not load within {LOAD_SECONDS:g} s")
        return ""

    def _mark_ready(self, child: _Child) -> None:
        with self._state:
            self._ready = child
            self._state.notify_all()
        if self._down:
            self._down = False
            self._on_up()

    def _mark_stopped(self, reason: str) -> None:
        with self._state:
            self._process = None
            self._ready = None
            if self._exchange:
                self._exchange.inbox.put(None)
            self._state.notify_all()
        if not self._down and not self._closing:
            self._down = True
            self._on_down(reason)

    def _deliver(self, report: Item | Done | Failed) -> None:
        exchange = self._exchange
        if exchange and exchange.request.id == report.request_id:
            exchange.inbox.put(report)


class _Exchange:
    """One request and the replies to it. None in the inbox means that the child is gone."""

    def __init__(self, child: _Child, request: Request, condemn: Callable[[_Child, str], None]) -> None:
        self._child = child
        self.request = request
        self._condemn = condemn
        self.inbox: queue.SimpleQueue[Item | Done | Failed | None] = queue.SimpleQueue()

    def send(self) -> None:
        self._child.send(self.request)

    def result(self, timeout_seconds: float, cancelled: Cancelled | None) -> object:
        reply = self._reply(timeout_seconds, cancelled)
        if reply is None:
            self._cancel()
            reply = self._reply(timeout_seconds, None)
        return reply.value if reply else None

    def items(self, timeout_seconds: float, cancelled: Cancelled | None) -> Iterator[object]:
        finished = False
        try:
            while (reply := self._reply(timeout_seconds, cancelled)) is not None:
                if isinstance(reply, Done):
                    finished = True
                    return
                yield reply.value
        finally:
            if not finished:
                self._cancel()

    def _cancel(self) -> None:
        self._child.send(Cancel(self.request.id))

    def _reply(self, timeout_seconds: float, cancelled: Cancelled | None) -> Item | Done | None:
        """Wait for the next reply; None when `cancelled` turned true first."""
        deadline = time.monotonic() + timeout_seconds
        while (remaining := deadline - time.monotonic()) > 0:
            if cancelled and cancelled():
                return None
            try:
                reply = self.inbox.get(timeout=min(remaining, CANCEL_POLL_SECONDS) if cancelled else remaining)
            except queue.Empty:
                continue
            return self._opened(reply)
        reason = f"did not answer within {timeout_seconds:g} s"
        self._condemn(self._child, reason)
        raise _trouble(self._child.name, "timeout", reason)

    def _opened(self, reply: Item | Done | Failed | None) -> Item | Done:
        if reply is None:
            raise _trouble(self._child.name, "down", self._child.verdict or "stopped in the middle of its work")
        if isinstance(reply, Failed):
            raise _rebuilt(reply)
        return reply


class _Child:
    """The process and the parent's end of its pipe."""

    def __init__(self, spec: EngineSpec) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, spec), name=f"phantomcode-{spec.name}", daemon=True)
        self._process.start()
        theirs.close()
        self._sending = threading.Lock()
        self.name = spec.name
        self.verdict = ""
        """Why it was killed, if it was."""

    @property
    def process_id(self) -> int | None:
        return self._process.pid

    def send(self, message: Request | Cancel) -> None:
        """Send; a child that is gone is reported by the supervisor, not here."""
        with self._sending:
            try:
                self._connection.send(message)
            except OSError:
                self.verdict = self.verdict or "stopped"

    def receive(self, timeout_seconds: float) -> Report | None:
        """Wait for the next report; None when the child is gone, which a child that falls silent soon is."""
        try:
            if not self._connection.poll(timeout_seconds):
                self.kill(f"fell silent for {timeout_seconds:g} s")
            report: Report = self._connection.recv()
        except (EOFError, OSError):
            return None
        return report

    def kill(self, reason: str) -> None:
        self.verdict = self.verdict or reason
        self._process.kill()

    def bury(self) -> None:
        """Wait for the end of a child whose pipe has closed."""
        self._process.kill()
        self._process.join()
        with self._sending:
            self._connection.close()

    def last_words(self) -> str:
        return f"The {self.name} {self.verdict or f'stopped (exit code {self._process.exitcode})'}."


def _trouble(name: str, code: str, what: str) -> EngineError:
    return EngineError(
        f"engine.{code}",
        f"The {name} {what}.",
        "It is restarted by itself; if this goes on, run `phantomcode doctor`.",
    )


def _lasting_failure(report: Failed) -> PhantomError | None:
    """What an adapter says about its model or device will not change by itself; anything else may be bad luck."""
    return None if report.code.startswith("engine.") else _rebuilt(report)


def _rebuilt(report: Failed) -> PhantomError:
    kind: type[PhantomError] = getattr(errors, report.kind)
    return kind(report.code, report.message, report.remedy)


def _hold_back_interrupts() -> None:
    """Keep Ctrl+C from this thread and so from the children it starts, until they ignore it by themselves."""
    if sys.platform != "win32":
        # The tracker that multiprocessing starts with its first child would lift the block again.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
