"""The stage: plays one round against `session.step`, as fast as it can be computed, and keeps every event.

Time is the round's own. What the language model writes comes back when it would have: one line at a time, after the
seconds it took, so a late line is late here too.
"""

from __future__ import annotations

import heapq
import itertools
from typing import NamedTuple, Protocol

import msgspec

from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.effects import CancelWrite, Finish, Reaction, Vote, WakeAt, Write
from phantomcode.daemon.core.events import (
    EnginesReady,
    Event,
    LineWritten,
    PhaseVoted,
    RoundClosed,
    RoundOpened,
    SpeechPaused,
    SpeechStarted,
    TimePassed,
    TurnYielded,
    UtteranceHeard,
)
from phantomcode.daemon.core.session import step
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker

LOADING_SECONDS = 0.5
SPEAKING_WORDS_PER_SECOND = 2.4
"""144 words a minute, the middle of the conversational band (docs/grading.md, delivery)."""
DECODING_SECONDS = 0.4
"""From the end of speech to its words; the recogniser takes 0.3-0.9 s (docs/performance.md)."""
CONFIDENCE = 0.93


class Say(msgspec.Struct, frozen=True):
    """Talk, `after_seconds` from now unless the interviewer says something first.

    `complete` is what the turn detector makes of the end, 0-1: low for somebody who is still thinking.
    """

    text: str
    after_seconds: float = 1.5
    complete: float = 0.9


class Wait(msgspec.Struct, frozen=True):
    """Say nothing for so long, unless the interviewer says something first."""

    seconds: float


class HandOver(msgspec.Struct, frozen=True):
    """Press "your turn", `after_seconds` from now."""

    after_seconds: float = 1.0


Act = Say | Wait | HandOver


class Candidate(Protocol):
    """Somebody who is interviewed."""

    def act(self, state: Session, briefing: Briefing) -> Act:
        """Return what to do next. Asked anew whenever the interviewer has spoken, so an act may be forgotten."""
        ...


class Writer(Protocol):
    """The language model's part."""

    def write(self, request: Write) -> tuple[str, float]:
        """Return a line's text, empty where it fails, and the seconds it took."""
        ...

    def vote(self, request: Vote) -> tuple[float, ...] | None:
        """Return the probability of every choice, or None for no opinion."""
        ...


class Spoken(NamedTuple):
    """The round just before and just after a line of the interviewer, and the event that let it out."""

    before: Session
    after: Session
    event: Event


class Stage:
    """One round. After `play`, `events` is its journal, `spoken` the interviewer's lines and `state` its end."""

    def __init__(
        self,
        briefing: Briefing,
        opened: RoundOpened,
        candidate: Candidate,
        writer: Writer | None = None,
        tick_seconds: float = 1.0,
        *,
        free_lines: bool = False,
        words_per_second: float = SPEAKING_WORDS_PER_SECOND,
    ) -> None:
        self.briefing = briefing
        self.state = Session()
        self.events: list[Event] = []
        self.spoken: list[Spoken] = []
        self._opened = opened
        self._candidate = candidate
        self._writer = writer
        self._free_lines = free_lines
        self._tick_seconds = tick_seconds
        self._words_per_second = words_per_second
        self._now = 0.0
        self._ticked = 0.0
        self._to_come: list[tuple[float, int, Event]] = []
        self._order = itertools.count()
        self._model_free_at = 0.0
        self._finished = False
        self._shown: tuple[int, Spoken] | None = None
        """The latest line and its number, while it may still be taken back."""

    def play(self) -> Session:
        """Play the round to its end and return it."""
        self._take(self._opened)
        has_model = self._writer is not None
        self._take(EnginesReady(LOADING_SECONDS, has_model, has_voice=False, free_lines=self._free_lines))
        while not self._finished:
            self._carry_on(self._candidate.act(self.state, self.briefing))
        self._take(RoundClosed(self._now, self.state.closing))
        return self.state

    def _carry_on(self, act: Act) -> None:
        line = self.state.standing_line
        until = self._now + (act.seconds if isinstance(act, Wait) else act.after_seconds)
        while self._now < until and not self._finished:
            self._advance(until)
            if self.state.standing_line is not line:
                return
        if isinstance(act, Say):
            self._talk(act)
        elif isinstance(act, HandOver):
            self._take(TurnYielded(self._now))

    def _talk(self, act: Say) -> None:
        began = self._now
        ended = began + len(act.text.split()) / self._words_per_second
        self._take(SpeechStarted(began))
        while self._now < ended and not self._finished:
            self._advance(ended)
        self._take(SpeechPaused(ended, act.complete))
        heard = UtteranceHeard(ended + DECODING_SECONDS, Speaker.CANDIDATE, began, ended, act.text, CONFIDENCE)
        self._expect(heard)
        while self._now < heard.at_seconds and not self._finished:
            self._advance(heard.at_seconds)

    def _advance(self, until: float) -> None:
        """Let the next thing happen: what is to come, a tick, or nothing at all until `until`."""
        tick = self._ticked + self._tick_seconds
        if self._to_come and self._to_come[0][0] <= min(until, tick):
            self._take(heapq.heappop(self._to_come)[2])
        elif tick <= until:
            self._ticked = tick
            self._take(TimePassed(tick))
        else:
            self._take(TimePassed(until))

    def _expect(self, event: Event) -> None:
        heapq.heappush(self._to_come, (event.at_seconds, next(self._order), event))

    def _take(self, event: Event) -> None:
        if self._finished and not isinstance(event, RoundClosed):
            return
        event = msgspec.structs.replace(event, at_seconds=max(self._now, event.at_seconds))
        self._now = event.at_seconds
        self.events.append(event)
        before = self.state
        self.state, effects = step(before, event, self.briefing)
        self._note_line(before, event)
        for effect in effects:
            self._react(effect)

    def _note_line(self, before: Session, event: Event) -> None:
        """Note a line as it was shown, once it stands."""
        shown = self.state.line
        if shown is not None and (before.line is None or before.line.line_id < shown.line_id):
            self._shown = (shown.line_id, Spoken(before, self.state, event))
        if self._shown is not None and self.state.tentative is None:
            number, spoken = self._shown
            if shown is not None and number == shown.line_id:
                self.spoken.append(spoken)
            self._shown = None

    def _react(self, effect: Reaction) -> None:
        match effect:
            case Finish():
                self._finished = True
            case WakeAt(at_seconds):
                self._expect(TimePassed(at_seconds))
            case Write():
                self._write(effect)
            case Vote():
                self._vote(effect)
            case CancelWrite(request_id):
                self._to_come = [row for row in self._to_come if not _is_line(row[2], request_id)]
                heapq.heapify(self._to_come)

    def _write(self, request: Write) -> None:
        """A line somebody waits for does not queue behind one that is only being prepared."""
        if self._writer is None:
            return
        text, seconds = self._writer.write(request)
        begins = self._now if request.urgent else max(self._now, self._model_free_at)
        self._model_free_at = begins + seconds
        self._expect(LineWritten(self._model_free_at, request.request_id, text, seconds))

    def _vote(self, request: Vote) -> None:
        weights = self._writer.vote(request) if self._writer is not None else None
        if weights is not None:
            one, two, three, four, five = weights
            self._expect(PhaseVoted(self._now + DECODING_SECONDS, request.utterance, (one, two, three, four, five)))


def _is_line(event: Event, request_id: int) -> bool:
    return isinstance(event, LineWritten) and event.request_id == request_id
