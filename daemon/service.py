"""The daemon process: one round from its order to its report, on the bus for all who watch."""

from __future__ import annotations

import datetime
import os
import secrets
import signal
import threading
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import msgspec

from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.adapters.sqlite_journal import SqliteJournal
from phantomcode.daemon.adapters.system_clock import SystemClock
from phantomcode.daemon.adapters.zmq_bus import Bus
from phantomcode.daemon.assembly import Engines, Wishes
from phantomcode.daemon.contract.endpoints import Endpoints, endpoints
from phantomcode.daemon.contract.errors import SessionError
from phantomcode.daemon.contract.messages import Command, Notice, Pause, Refused, Reply, RoundEnded, Snapshot
from phantomcode.daemon.contract.vocabulary import Level, Severity
from phantomcode.daemon.core.briefing import brief
from phantomcode.daemon.core.events import Event, RoundOpened, RoundResumed
from phantomcode.daemon.core.session import replay
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.ports import Clock
from phantomcode.daemon.review.conclude import conclude
from phantomcode.daemon.review.practised import CHANGED, changed_since, source_of, source_to_journal
from phantomcode.daemon.runtime import Runtime
from phantomcode.daemon.trace import Trace, no_trace
from phantomcode.daemon.workers import Loaded, Parts
from phantomcode.models.store import ModelStore
from phantomcode.problems.load import load_atlas, load_problem, problem_digest
from phantomcode.problems.model import Problem

LINGER_SECONDS = 600.0
"""After the round the daemon stays this long for overlays that start late, unless it is told to stop."""


class Order(msgspec.Struct, frozen=True):
    """What round to run. `problem` is a slug of the bank or a path; `resume` takes up session_id's journal."""

    session_id: str
    problem: str
    level: Level
    minutes: float
    wishes: Wishes
    pressure: int = 2
    resume: bool = False
    seed: int | None = None
    """Which wordings the interviewer picks; without one it follows from the session id."""


def level_for(problem: Problem, wished: str | None) -> Level:
    """Return the wished level, or else L5 or the lowest a problem has; raises SessionError for one it has not."""
    if wished is None:
        return Level.L5 if Level.L5 in problem.levels else Level(problem.levels[0])
    if wished not in problem.levels:
        raise SessionError(
            "practice.level",
            f"{problem.title} is not played at {wished}, only at {' and '.join(problem.levels)}.",
            "Leave --level out, or choose another problem: phantomcode problems list.",
        )
    return Level(wished)


def new_session_id(problem: str, now: datetime.datetime) -> str:
    """Return an id that sorts by time and is easy to type: 20260321-1415-url-shortener-3f9a."""
    return f"{now:%Y%m%d-%H%M}-{Path(problem).stem}-{secrets.token_hex(2)}"


def unfinished_round(session_id: str, sessions: Sessions) -> RoundOpened:
    """Return how a round that can be resumed was opened; raises SessionError or JournalError."""
    summary = next((s for s in sessions.summaries() if s.session_id == session_id), None)
    if summary is not None and summary.trouble is not None:
        raise summary.trouble
    if summary is None or summary.opened is None:
        raise SessionError("session.unknown", f"There is no session {session_id}.", "See: phantomcode sessions list.")
    if summary.closed_reason is not None:
        raise SessionError(
            "session.over", f"The round {session_id} is over.", f"Read it: phantomcode review {session_id}."
        )
    return summary.opened


def order_to_resume(session_id: str, wishes: Wishes, sessions: Sessions) -> Order:
    """Return the order that takes an unfinished session up again; raises SessionError or JournalError."""
    opened = unfinished_round(session_id, sessions)
    if wishes.sound_file is not None:
        wishes = msgspec.structs.replace(wishes, begin_seconds=_heard_seconds(opened, session_id, sessions))
    return Order(session_id, source_of(opened), opened.level, opened.minutes, wishes, opened.pressure, resume=True)


def _heard_seconds(opened: RoundOpened, session_id: str, sessions: Sessions) -> float:
    """A recording plays while the round is active, so it has been heard as far as the active clock has run."""
    briefing = brief(load_problem(source_of(opened)), load_atlas())
    return replay(sessions.events(session_id), briefing).active_seconds


def latest_unfinished(sessions: Sessions) -> str:
    """Return the id of the newest round that was not closed; raises SessionError when there is none."""
    for summary in sessions.summaries():
        if summary.opened is not None and summary.closed_reason is None:
            return summary.session_id
    raise SessionError("session.none", "There is no unfinished round.", "Start one: phantomcode practice.")


class RoundService:
    """Holds the bus, the journal and the engines of one round together. Use `run` once.

    parts: wraps the engines, so that a bench can listen in.
    """

    def __init__(
        self,
        order: Order,
        *,
        store: ModelStore,
        sessions: Sessions,
        where: Endpoints | None = None,
        trace: Trace = no_trace,
        parts: Callable[[Parts], Parts] = lambda parts: parts,
    ) -> None:
        self._order = order
        self._sessions = sessions
        self._clock: Clock = SystemClock()
        self._briefing = brief(load_problem(order.problem), load_atlas())
        self._where = where or endpoints()
        self._engines = Engines(order.wishes, store)
        self._parts = parts(self._engines.parts)
        self._trace = trace
        self._stopped = threading.Event()
        self._bus: Bus | None = None
        self.over = threading.Event()
        """Set when `run` has returned."""
        self.runtime: Runtime | None = None

    def processes(self) -> dict[str, int]:
        """Return the process ids of the daemon and of the engines that run."""
        return {"daemon": os.getpid(), **self._engines.process_ids()}

    def run(self, linger_seconds: float = LINGER_SECONDS) -> RoundEnded | None:
        """Run the round to its report, then stay for late watchers; raises PhantomError when it cannot start.

        Returns None, without staying, when there is no report; `left` tells whether the round can be resumed.
        """
        with ExitStack() as stack:
            stack.callback(self.over.set)
            self._bus = bus = Bus(self._where, self._snapshot, self._command)
            stack.callback(bus.close)
            bus.start()  # before the journal: where another daemon runs, nothing is to be left behind
            if self._stopped.is_set():
                return None
            journal = self._open_journal()
            stack.callback(journal.close)
            self.runtime = runtime = self._make_runtime(journal, bus)
            if self._stopped.is_set():
                runtime.stop()
            ended = self._run_with_engines(runtime, journal)
            if ended is not None:
                runtime.wait_for_stop(linger_seconds)
            return ended

    @property
    def watchers(self) -> int:
        """How many terminals, overlays and others follow the round now."""
        return self._bus.watchers if self._bus is not None else 0

    def lose_terminal(self) -> None:
        """Pause a round that cannot go on without a terminal because its words are typed into one."""
        if self._order.wishes.input_mode == "typed":
            self._command(Pause())

    @property
    def left(self) -> bool:
        """Whether the round was stopped before its end; what was said is in the journal."""
        return self.runtime.left if self.runtime is not None else self._stopped.is_set()

    def stop(self) -> None:
        """Leave the round unfinished soon, from any thread or a signal handler; also one that is still to begin."""
        self._stopped.set()  # first, so that either we see the runtime or `run` sees this
        if self.runtime is not None:
            self.runtime.stop()

    def _make_runtime(self, journal: SqliteJournal, bus: Bus) -> Runtime:
        return Runtime(
            self._briefing,
            journal,
            bus,
            self._clock,
            self._parts,
            load=self._load,
            lower=self._engines.lower,
            conclude=self._conclude,
            trace=self._trace,
        )

    def _load(self) -> Loaded:
        """Wait for the engines, and tell what they turned out to lack."""
        told = len(self._engines.notices)
        try:
            return self._engines.load()
        finally:
            for notice in self._engines.notices[told:]:
                if self.runtime is not None:
                    self.runtime.notify(notice)

    def _conclude(self, state: Session) -> RoundEnded:
        return conclude(state, self._briefing, self._sessions.folder.parent / "reports", self._parts.labeller)

    def _run_with_engines(self, runtime: Runtime, journal: SqliteJournal) -> RoundEnded | None:
        """Run the round; its engines, hundreds of megabytes, are gone before anyone lingers."""
        self._engines.report = runtime.engine_changed
        try:
            self._engines.start()
            earlier = replay(journal.events(), self._briefing) if self._order.resume else None
            for notice in (*self._engines.notices, *self._resuming_notices(journal)):
                runtime.notify(notice)
            return runtime.run(self._first_event(earlier), earlier)
        finally:
            self._engines.close()

    def _resuming_notices(self, journal: SqliteJournal) -> Iterator[Notice]:
        if not self._order.resume:
            return
        opened = next((event for event in journal.events() if isinstance(event, RoundOpened)), None)
        if opened is not None and changed_since(opened):
            yield Notice("problem.changed", Severity.WARNING, CHANGED, "Put the old file back to go on as before.")

    def _open_journal(self) -> SqliteJournal:
        if self._order.resume:
            return self._sessions.resume(self._order.session_id)
        return self._sessions.create(self._order.session_id)

    def _first_event(self, earlier: Session | None) -> Event:
        if earlier is not None:
            return RoundResumed(earlier.now_seconds)
        order = self._order
        return RoundOpened(
            at_seconds=0.0,
            session_id=order.session_id,
            opened_at=self._clock.wall(),
            problem_slug=self._briefing.problem.slug,
            problem_digest=problem_digest(order.problem),
            level=order.level,
            minutes=order.minutes,
            input_mode=order.wishes.input_mode,
            pressure=order.pressure,
            seed=zlib.crc32(order.session_id.encode()) if order.seed is None else order.seed,
            problem_source=source_to_journal(order.problem),
        )

    def _snapshot(self) -> Snapshot:
        return self.runtime.snapshot() if self.runtime is not None else Snapshot()

    def _command(self, command: Command) -> Reply | Future[Reply]:
        if self.runtime is None:
            return Refused("daemon.starting", "The daemon is still starting.", "Try again in a second.")
        return self.runtime.command(command)


def stop_on_signals(service: RoundService) -> list[int]:
    """Let SIGINT and SIGTERM leave the round unfinished, in good order; call it on the main thread.

    Returns the numbers of those that have come so far. The handler may interrupt code that holds a lock `stop` needs,
    so the stopping is done on a thread of its own.
    """
    received: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        threading.Thread(target=service.stop).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return received
