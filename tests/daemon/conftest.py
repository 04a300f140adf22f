"""A round on a clock that the test moves: events in, messages and effects out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.vocabulary import Level, Move
from phantomcode.daemon.core import events
from phantomcode.daemon.core.briefing import Briefing, brief
from phantomcode.daemon.core.effects import Publish, Reaction, Write
from phantomcode.daemon.core.session import step
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.problems.load import load_atlas, load_problem


class Round:
    """One round driven by hand. Times are session seconds."""

    def __init__(self, briefing: Briefing, *, minutes: float = 45.0, has_model: bool = False, seed: int = 7) -> None:
        self.briefing = briefing
        self.state = Session()
        self.now = 0.0
        self.events: list[events.Event] = []
        self.effects: list[Reaction] = []
        self.happen(
            events.RoundOpened(
                0.0, "test", 1_700_000_000.0, briefing.problem.slug, "digest", Level.L5, minutes, "typed", 2, seed
            )
        )
        self.happen(events.EnginesReady(0.0, has_model=has_model, has_voice=False))

    def happen(self, event: events.Event) -> list[Reaction]:
        self.events.append(event)
        self.now = max(self.now, event.at_seconds)
        self.state, effects = step(self.state, event, self.briefing)
        self.effects += effects
        return list(effects)

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.happen(events.TimePassed(min(self.now + 1.0, until)))

    def say(self, text: str, *, complete: float = 0.9) -> None:
        """Talk at two and a half words a second, pause, be understood."""
        started = self.now
        ended = started + len(text.split()) / 2.5
        self.happen(events.SpeechStarted(started))
        while self.now + 1.0 < ended:
            self.happen(events.TimePassed(self.now + 1.0))
        self.happen(events.SpeechPaused(ended, complete))
        self.happen(events.UtteranceHeard(ended + 0.4, Speaker.CANDIDATE, started, ended, text, 0.9))

    @property
    def messages(self) -> list[messages.Message]:
        return [effect.message for effect in self.effects if isinstance(effect, Publish)]

    @property
    def lines(self) -> list[messages.InterviewerLine]:
        return [message for message in self.messages if isinstance(message, messages.InterviewerLine)]

    @property
    def moves(self) -> list[Move]:
        return [line.move for line in self.lines]

    @property
    def writes(self) -> list[Write]:
        return [effect for effect in self.effects if isinstance(effect, Write)]


@pytest.fixture(scope="session")
def briefing() -> Briefing:
    return brief(load_problem("url-shortener"), load_atlas())


@pytest.fixture
def make_round(briefing: Briefing) -> Callable[..., Round]:
    def make(**settings: object) -> Round:
        return Round(briefing, **settings)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def design() -> Sequence[str]:
    """A plain L4 design, one utterance a line, with a few things to press on."""
    return (
        "So users can create a short link and follow it, and I would leave accounts out of scope.",
        "The redirect should take under a hundred milliseconds and be available four nines.",
        "Say a hundred million new links a month, that is about forty writes per second.",
        "Reads are a hundred times that, so four thousand redirects per second, and the peak is three times as much.",
        "At five hundred bytes a record that is six hundred gigabytes a year.",
        "The client calls the API, the API calls the redirect service, and that reads a Redis cache and then Postgres.",
        "I would use Postgres for the links, since a single primary takes forty writes a second easily.",
        "For the codes I will use a counter with base62, so there are no collisions.",
        "I return a 301 so that browsers cache the redirect and load stays low.",
    )
