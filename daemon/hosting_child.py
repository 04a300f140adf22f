"""The child's side of hosting: one engine on one owner thread, a thread that listens and a thread that beats.

What crosses the pipe is pickled, so a numpy array travels as its bytes. The child outlives neither its parent
nor its pipe, and leaves Ctrl+C to the parent.
"""

from __future__ import annotations

import ctypes
import importlib
import inspect
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from phantomcode.daemon.contract.errors import PhantomError

HEARTBEAT_SECONDS = 0.5
LOADING = 0
"""The request id of a failure to build the engine; real requests count from 1."""

_PR_SET_NAME = 15  # linux/prctl.h


class EngineSpec(msgspec.Struct, frozen=True):
    """Which engine to run: a name for people, "module:function" that builds it, and that function's arguments."""

    name: str
    factory: str
    arguments: dict[str, Any] = {}


class Request(msgspec.Struct, frozen=True):
    """Call a method, or read a property; with `streaming`, send what it yields item by item."""

    id: int
    method: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    streaming: bool


class Cancel(msgspec.Struct, frozen=True):
    """Give up the request with this id, and any before it."""

    request_id: int


class Beat(msgspec.Struct, frozen=True):
    """The child is alive."""


class Ready(msgspec.Struct, frozen=True):
    """The engine is built."""


class Item(msgspec.Struct, frozen=True):
    """One item of a stream."""

    request_id: int
    value: Any


class Done(msgspec.Struct, frozen=True):
    """The result of a call, or the end of a stream."""

    request_id: int
    value: Any = None


class Failed(msgspec.Struct, frozen=True):
    """The error a request ended in: the class of phantomcode.daemon.contract.errors and its three parts."""

    request_id: int
    kind: str
    code: str
    message: str
    remedy: str


Report = Beat | Ready | Item | Done | Failed


def serve(connection: Connection, spec: EngineSpec) -> None:
    """Build the engine and answer requests until the parent goes away; the entry point of the child process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _show_name(spec.name)
    worker = _Worker(connection, spec.name)
    worker.start_threads()
    try:
        engine = _build(spec)
    except Exception as error:  # noqa: BLE001  whatever a native library raises goes to the parent
        worker.send(_failure(LOADING, spec.name, error))
        return
    worker.send(Ready())
    worker.answer_forever(engine)


class _Worker:
    """Requests in, reports out. Only the owner thread touches the engine."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._sending = threading.Lock()
        self._requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._cancelled_through = LOADING

    def start_threads(self) -> None:
        threading.Thread(target=self._listen, name="listen", daemon=True).start()
        threading.Thread(target=self._beat, name="beat", daemon=True).start()

    def send(self, report: Report) -> None:
        with self._sending:
            try:
                self._connection.send(report)
            except ConnectionError:
                os._exit(0)  # the parent is gone

    def answer_forever(self, engine: object) -> None:
        while True:
            request = self._requests.get()
            try:
                self._answer(engine, request)
            except Exception as error:  # noqa: BLE001  whatever a native library raises goes to the parent
                self.send(_failure(request.id, self._name, error))

    def _answer(self, engine: object, request: Request) -> None:
        def cancelled() -> bool:
            return self._cancelled_through >= request.id

        result = _invoke(getattr(engine, request.method), request, cancelled)
        if not request.streaming:
            self.send(Done(request.id, result))
            return
        try:
            for value in result:
                if cancelled():
                    break
                self.send(Item(request.id, value))
        finally:
            if inspect.isgenerator(result):
                result.close()
        self.send(Done(request.id))

    def _listen(self) -> None:
        # Whatever ends this thread, first of all the parent's death, must end the process: the owner thread may
        # be deep in native code and would never notice.
        try:
            while True:
                message = self._connection.recv()
                if isinstance(message, Cancel):
                    self._cancelled_through = message.request_id
                else:
                    self._requests.put(message)
        finally:
            os._exit(0)

    def _beat(self) -> None:
        while True:
            self.send(Beat())
            time.sleep(HEARTBEAT_SECONDS)


def _build(spec: EngineSpec) -> object:
    module, _, function = spec.factory.partition(":")
    return getattr(importlib.import_module(module), function)(**spec.arguments)


def _invoke(attribute: Any, request: Request, cancelled: Callable[[], bool]) -> Any:
    if not callable(attribute):
        return attribute
    keywords = dict(request.keywords)
    if "cancelled" in inspect.signature(attribute).parameters:
        keywords["cancelled"] = cancelled
    return attribute(*request.arguments, **keywords)


def _failure(request_id: int, name: str, error: Exception) -> Failed:
    if isinstance(error, PhantomError):
        return Failed(request_id, type(error).__name__, error.code, error.message, error.remedy)
    return Failed(
        request_id,
        "EngineError",
        "engine.failed",
        f"The {name} failed: {type(error).__name__}: {error}.",
        "Try again; if it stays, run `phantomcode doctor`.",
    )


def _show_name(name: str) -> None:
    """Let `ps` and `top` show which engine this is; only Linux lets a process rename itself this simply."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, f"pc-{name}".encode()[:15], 0, 0, 0)
