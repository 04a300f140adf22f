"""The only threads, queues and clock of a round: events in, journal, step, effects out.

One loop owns the state. The workers and the bus have threads of their own and only ever put events into the queue. An
event is on disk before it is acted on, and a command is acknowledged after that.

What is only supposed (an utterance at a pause that may not be its end) goes through the same queue and is neither
written down nor acted on: the loop sees what would follow from it and has that prepared.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from phantomcode.daemon import listening
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.errors import PhantomError
from phantomcode.daemon.contract.vocabulary import Severity
from phantomcode.daemon.core import effects, events
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.display import changes, picture
from phantomcode.daemon.core.session import step
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.lookahead import Lookahead, Supposed
from phantomcode.daemon.ports import Clock, Journal, Publisher
from phantomcode.daemon.record import Record
from phantomcode.daemon.speaking import Spoken
from phantomcode.daemon.trace import Span, Trace, moment, no_trace
from phantomcode.daemon.translating import asked, happened
from phantomcode.daemon.workers import Loaded, Parts, Workers
from phantomcode.daemon.writing import Voted, Written

TICK_SECONDS = 1.0
FAREWELL_SECONDS = 8.0
"""How long the round waits for the voice to say the last line."""


_Item = tuple[events.Event | Supposed, Future[messages.Reply] | None]


class Runtime:
    """Runs one round from RoundOpened (or RoundResumed) to RoundClosed.

    load: blocks until the engines are there; called in a thread of its own, may raise PhantomError, which ends the
    round. lower: exchanges the language model for a smaller one and returns its
    name, or "" where there is none. conclude: grades the closed round, writes its report and returns what the watchers
    are told.
    """

    def __init__(
        self,
        briefing: Briefing,
        journal: Journal,
        publisher: Publisher,
        clock: Clock,
        parts: Parts,
        *,
        load: Callable[[], Loaded],
        lower: Callable[[], str] = str,
        conclude: Callable[[Session], messages.RoundEnded],
        trace: Trace = no_trace,
    ) -> None:
        self._briefing = briefing
        self._publisher = publisher
        self._clock = clock
        self._load = load
        self._lower = lower
        self._conclude = conclude
        self._trace = trace
        self._state = Session()
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._due: list[tuple[float, int, events.Event]] = []
        self._order = itertools.count()
        self._started_at = clock.monotonic()
        self._base_seconds = 0.0
        self._caption: messages.Caption | None = None
        self._ended: messages.RoundEnded | None = None
        self._notices: tuple[messages.Notice, ...] = ()
        self._farewell_until: float | None = None
        self._input_silent = False
        self._latest_line = -1
        self._abandoned = False
        """The round is left unfinished; its journal ends here and can be resumed."""
        self._unloadable = False
        """The engines cannot be had now; the round is left as it is and can be resumed when they can."""
        self._stop = threading.Event()
        self._lock = threading.Lock()
        """Guards `_notices`, which several threads add to."""
        self._record = Record(journal, lambda error: self.notify(_as_notice(error, Severity.ERROR)), self._stop)
        self._workers = Workers(parts, clock, self.session_seconds, self, trace)
        self._ahead = Lookahead(briefing, parts.labeller, self._workers, clock, trace)

    @property
    def left(self) -> bool:
        """Whether `run` left the round unfinished because it was stopped."""
        return self._abandoned

    # Threads of others call these.

    def session_seconds(self, monotonic: float | None = None) -> float:
        """Return the session clock for a monotonic time in seconds, by default now."""
        moment = self._clock.monotonic() if monotonic is None else monotonic
        return max(0.0, self._base_seconds + moment - self._started_at)

    def snapshot(self) -> messages.Snapshot:
        """Return everything on show."""
        shown = picture(self._state, self._briefing)
        notices = (*self._notices, *shown.notices)
        return msgspec.structs.replace(shown, caption=self._caption, ended=self._ended, notices=notices)

    def command(self, command: messages.Command) -> messages.Reply | Future[messages.Reply]:
        """Carry out a watcher's command; the answer to one that is an event comes when that is on disk."""
        if isinstance(command, messages.GetSnapshot):
            return messages.Accepted(self.snapshot())
        if isinstance(command, messages.OverlayAction):
            self._publisher.publish(messages.OverlayActionRequested(command.action))
            return messages.Accepted()
        if isinstance(command, messages.StopDaemon):
            self.stop()
            return messages.Accepted()
        if self._ended is not None or self._state.closed:
            return messages.Refused("session.over", "The round is over.", "Start a new one: phantomcode practice.")
        event = asked(command, self.session_seconds())
        if event is None:
            return messages.Refused("command.empty", "There was nothing to say.", "Type a sentence first.")
        answer: Future[messages.Reply] = Future()
        self._queue.put((event, answer))
        return answer

    def stop(self) -> None:
        """Let `run` return soon. A round that is ending gets its report; any other stays unfinished, to be resumed."""
        self._stop.set()
        self.post(events.TimePassed(self.session_seconds()))

    def post(self, event: events.Event) -> None:
        """Queue an event; never blocks."""
        self._queue.put((event, None))

    def wait_for_stop(self, timeout_seconds: float) -> None:
        """Return when somebody has asked the daemon to end, at the latest after the timeout."""
        self._stop.wait(timeout_seconds)

    def engine_changed(self, engine: str, message: str, remedy: str = "") -> None:
        """An engine went down for the reason given, or is back when there is none.

        remedy: what to do about an engine that will not start; empty for one that is being started again.
        """
        now = self.session_seconds()
        self.post(events.EngineDown(now, engine, message, remedy) if message else events.EngineUp(now, engine))

    def notify(self, notice: messages.Notice) -> None:
        """Tell the watchers something, and those who come later too."""
        with self._lock:
            others = tuple(kept for kept in self._notices if kept.code != notice.code)
            self._notices = (*others, notice)
        self._publisher.publish(notice)

    # The loop.

    def run(self, first: events.Event, earlier: Session | None = None) -> messages.RoundEnded | None:
        """Run the round; returns what the watchers were told, or None when it could not be concluded.

        earlier: the state replayed from a journal that is being resumed.
        """
        if earlier is not None:
            self._state = earlier
            self._base_seconds = earlier.now_seconds
        self._started_at = self._clock.monotonic()
        self._take(first)
        if earlier is not None:
            self._tell_again()
        threading.Thread(target=self._load_engines, name="loader", daemon=True).start()
        self._workers.start()
        try:
            while not self._over():
                item, answer = self._next()
                if isinstance(item, Supposed):
                    self._ahead.prepare(item, self._state)
                else:
                    self._take(item, answer)
            return self._close_round()
        finally:
            self._workers.close()

    def _tell_again(self) -> None:
        """Tell everything on show: who came while the journal was being read was shown an empty picture."""
        for message in changes(messages.Snapshot(), picture(self._state, self._briefing)):
            self._publisher.publish(message)

    def _load_engines(self) -> None:
        try:
            loaded = self._load()
        except PhantomError as error:
            self.notify(_as_notice(error, Severity.ERROR))
            self._unloadable = True
            self.post(events.TimePassed(self.session_seconds()))
            return
        self.post(
            events.EnginesReady(
                self.session_seconds(),
                has_model=loaded.has_model and self._workers.writes,
                has_voice=loaded.has_voice and self._workers.speaks,
                free_lines=loaded.free_lines,
            )
        )

    def _lower_tier(self) -> None:
        model = self._lower()
        self.post(events.TierLowered(self.session_seconds(), model))

    def _next(self) -> _Item:
        """Return what has happened, and only when nothing has, what is due: speech that has begun comes first."""
        wait = min(TICK_SECONDS, self._due[0][0] - self.session_seconds()) if self._due else TICK_SECONDS
        with contextlib.suppress(queue.Empty):
            return self._queue.get(timeout=wait) if wait > 0 else self._queue.get_nowait()
        now = self.session_seconds()
        if self._due and self._due[0][0] <= now:
            return heapq.heappop(self._due)[2], None
        return events.TimePassed(now), None

    def _take(self, event: events.Event, answer: Future[messages.Reply] | None = None) -> None:
        if answer is not None and not answer.set_running_or_notify_cancel():
            return  # its sender was told that it would not be done
        event = self._labelled(event)
        if answer is None:
            written = self._record.keep(event)
            self._abandoned = self._abandoned or not written
        else:
            written = self._record.try_keep(event)
            answer.set_result(messages.Accepted() if written else messages.NOT_WRITTEN)
        if not written:
            return
        if isinstance(event, events.UtteranceHeard):
            self._show_caption(messages.Caption(event.text, final=True, stable_chars=len(event.text)))
        if isinstance(event, events.SpeechStarted | events.SpeechResumed):
            self._ahead.forget()
        began = self._clock.monotonic()
        self._state, reactions = step(self._state, event, self._briefing)
        for reaction in reactions:
            self._carry_out(reaction)
        if isinstance(event, events.UtteranceHeard):
            number = len(self._state.utterances)
            self._trace(Span("session", "understood", began, self._clock.monotonic(), number))

    def _labelled(self, event: events.Event) -> events.Event:
        if isinstance(event, events.UtteranceHeard):
            return self._ahead.labelled(event, self._state)
        return event

    def _over(self) -> bool:
        if self._abandoned or self._unloadable:
            return True
        if self._farewell_until is None:
            self._abandoned = self._stop.is_set()
            return self._abandoned
        speaking = self._workers.speaks and self._state.floor.voice_busy
        listening_on = self._state.floor.not_understood > 0
        return not (speaking or listening_on) or self._clock.monotonic() >= self._farewell_until

    def _close_round(self) -> messages.RoundEnded | None:
        if self._unloadable:
            return None
        if not self._abandoned:
            self._take(events.RoundClosed(self.session_seconds(), self._state.closing or "stopped"))
        if self._abandoned:
            self._leave()
            return None
        try:
            self._ended = self._conclude(self._state)
        except PhantomError as error:
            self.notify(_as_notice(error, Severity.ERROR))
            return None
        self._publisher.publish(self._ended)
        return self._ended

    def _leave(self) -> None:
        """Put on record what was said before the round was left; nobody acts on it any more."""
        self._workers.close()
        with contextlib.suppress(queue.Empty):
            while True:
                item, answer = self._queue.get_nowait()
                if isinstance(item, Supposed | events.TimePassed):
                    continue
                if answer is not None and not answer.set_running_or_notify_cancel():
                    continue
                written = self._record.try_keep(self._labelled(item))
                if answer is not None:
                    answer.set_result(messages.Accepted() if written else messages.NOT_WRITTEN)

    # Effects.

    def _carry_out(self, reaction: effects.Reaction) -> None:
        match reaction:
            case effects.Publish(message):
                self._publish(message)
            case effects.WakeAt(at_seconds):
                self._later(at_seconds, events.TimePassed(at_seconds))
            case effects.LowerTier():
                threading.Thread(target=self._lower_tier, name="lower-tier", daemon=True).start()
            case effects.Finish():
                self._farewell_until = self._clock.monotonic() + FAREWELL_SECONDS
        self._workers.carry_out(reaction)

    def _publish(self, message: messages.Message) -> None:
        self._publisher.publish(message)
        if isinstance(message, messages.InterviewerLine) and message.line_id > self._latest_line:
            self._latest_line = message.line_id
            self._trace(moment("session", "first text", self._clock.monotonic(), message.line_id))

    def _later(self, at_seconds: float, event: events.Event) -> None:
        if not any(at == at_seconds for at, _, _ in self._due):
            heapq.heappush(self._due, (at_seconds, next(self._order), event))

    def _show_caption(self, caption: messages.Caption) -> None:
        self._caption = caption
        self._publisher.publish(caption)

    # What the workers report.

    def on_writing(self, outcome: Written | Voted) -> None:
        """Queue what the language model wrote."""
        now = self.session_seconds()
        if isinstance(outcome, Written):
            self.post(events.LineWritten(now, outcome.request_id, outcome.text, outcome.seconds, outcome.interrupted))
            return
        one, two, three, four, five = outcome.weights
        self.post(events.PhaseVoted(now, outcome.utterance, (one, two, three, four, five)))

    def on_spoken(self, spoken: Spoken) -> None:
        """Queue the end of a line."""
        if spoken.error is not None:
            self.notify(_as_notice(spoken.error, Severity.WARNING))
        self.post(events.VoiceFinished(self.session_seconds(), spoken.line_id, spoken.said_chars))

    def on_hearing(self, heard: listening.EarEvent) -> None:
        """Show what is only to be seen, and queue what counts."""
        now = self.session_seconds()
        match heard:
            case listening.LevelHeard(dbfs, clipping):
                self._publisher.publish(messages.LevelMeter(dbfs, clipping))
                self._sound_returns(dbfs, now)
            case listening.PartialHeard(text, stable_chars):
                self._show_caption(messages.Caption(text, final=False, stable_chars=stable_chars))
                self._suppose(text[:stable_chars], now, now, None, whole=False)
            case listening.UtteranceSupposed(started, ended, text, confidence):
                self._show_caption(messages.Caption(text, final=False, stable_chars=len(text)))
                self._trace(moment("session", "transcript shown", self._clock.monotonic(), text=text))
                self._suppose(text, started, ended, confidence, whole=True)
            case listening.UtteranceEnded():
                ended_at, at = heard.speech_ended_at_monotonic, self._clock.monotonic()
                self._trace(moment("session", "transcript final", at, text=heard.text, speech_ended_at=ended_at))
            case listening.InputSilent():
                self._input_silent = True
        event = happened(heard, now)
        if event is not None:
            self.post(event)

    def _suppose(self, text: str, started: float, ended: float, confidence: float | None, *, whole: bool) -> None:
        """Queue words of which it is not known yet whether they are all that is said."""
        if not text.strip():
            return
        heard = events.UtteranceHeard(self.session_seconds(), Speaker.CANDIDATE, started, ended, text, confidence)
        self._queue.put((Supposed(heard, whole), None))

    def _sound_returns(self, dbfs: float, now: float) -> None:
        if self._input_silent and dbfs > listening.FLOOR_DBFS:
            self._input_silent = False
            self.post(events.InputRestored(now, "the microphone"))


def _as_notice(error: PhantomError, severity: Severity) -> messages.Notice:
    return messages.Notice(error.code, severity, error.message, error.remedy)
