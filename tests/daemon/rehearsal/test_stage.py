"""The stage: order and time of events, lines that cut in, a model that takes its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from phantomcode.daemon.contract.vocabulary import Level, Move
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.effects import Vote, Write
from phantomcode.daemon.core.events import (
    EnginesReady,
    LineWritten,
    PhaseVoted,
    RoundClosed,
    RoundOpened,
    UtteranceHeard,
)
from phantomcode.daemon.core.session import replay
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.rehearsal.stage import SPEAKING_WORDS_PER_SECOND, Act, HandOver, Say, Stage, Wait, Writer


class Prompted:
    """Does one act after the other, then waits; remembers what the interviewer's line was each time."""

    def __init__(self, acts: Iterable[Act]) -> None:
        self._acts = iter(acts)
        self.lines: list[str] = []

    def act(self, state: Session, briefing: Briefing) -> Act:
        self.lines.append(state.line.text if state.line else "")
        return next(self._acts, Wait(600.0))


class Slow:
    """Writes the same remark for everything, in so many seconds, and thinks every phase equally likely."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.requests: list[Write] = []

    def write(self, request: Write) -> tuple[str, float]:
        self.requests.append(request)
        return " nothing of the sort", self.seconds

    def vote(self, _request: Vote) -> tuple[float, ...]:
        return (0.2,) * 5


Setting = Callable[..., Stage]


@pytest.fixture
def set_up(briefing: Briefing) -> Setting:
    def make(acts: Iterable[Act], writer: Writer | None = None, minutes: float = 10.0) -> Stage:
        opened = RoundOpened(0.0, "test", 1.7e9, "url-shortener", "", Level.L5, minutes, "typed", 2, 7)
        return Stage(briefing, opened, Prompted(acts), writer)

    return make


def test_a_round_is_opened_played_and_closed_in_order(set_up: Setting) -> None:
    stage = set_up([])
    stage.play()
    assert isinstance(stage.events[0], RoundOpened)
    assert isinstance(stage.events[1], EnginesReady)
    assert isinstance(stage.events[-1], RoundClosed)
    times = [event.at_seconds for event in stage.events]
    assert times == sorted(times)
    assert stage.state.closed
    assert stage.state.active_seconds == pytest.approx(600.0, abs=1.0)


def test_the_journal_replays_to_the_same_round(set_up: Setting) -> None:
    stage = set_up([Say("Users create a link and follow it."), Say("How many new links a month?")], Slow(0.3))
    stage.play()
    assert replay(stage.events, stage.briefing) == stage.state


def test_talking_takes_as_long_as_its_words(set_up: Setting) -> None:
    stage = set_up([Say("one two three four five six seven eight nine ten eleven twelve")])
    stage.play()
    heard = next(event for event in stage.events if isinstance(event, UtteranceHeard))
    assert heard.ended_seconds - heard.started_seconds == pytest.approx(12 / SPEAKING_WORDS_PER_SECOND)
    assert heard.at_seconds > heard.ended_seconds


def test_a_line_of_the_interviewer_calls_off_what_was_going_to_be_said(set_up: Setting) -> None:
    stage = set_up([Say("How many new links are created a month?"), Say("This is never said.", after_seconds=500.0)])
    stage.play()
    said = [u.text for u in stage.state.utterances if u.speaker is Speaker.CANDIDATE]
    assert said == ["How many new links are created a month?"]
    assert any("hundred million" in line for line in stage._candidate.lines)  # type: ignore[attr-defined]


def test_handing_over_brings_a_line_at_once(set_up: Setting) -> None:
    stage = set_up([Wait(5.0), HandOver()])
    stage.play()
    assert stage._candidate.lines[2] != stage._candidate.lines[1]  # type: ignore[attr-defined]
    assert stage.state.utterances[1].started_seconds < 15.0


def test_a_line_of_the_model_comes_back_after_the_time_it_took(set_up: Setting, design: tuple[str, ...]) -> None:
    writer = Slow(40.0)
    stage = set_up([Say(text) for text in design], writer)
    stage.play()
    written = [event for event in stage.events if isinstance(event, LineWritten)]
    assert written
    assert len(written) <= len(writer.requests)
    assert min(event.at_seconds for event in written) >= 40.0
    assert any(audit.rejected == "late" for audit in stage.state.audits)
    assert any(isinstance(event, PhaseVoted) for event in stage.events)


def test_without_a_model_nothing_is_asked_of_one(set_up: Setting, design: tuple[str, ...]) -> None:
    stage = set_up([Say(text) for text in design])
    stage.play()
    assert not any(isinstance(event, LineWritten | PhaseVoted) for event in stage.events)
    assert stage.state.line is not None
    assert stage.state.line.move is Move.CLOSE
