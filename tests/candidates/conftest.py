"""Rehearsed rounds, and a table of what was asked in them at the end of the run."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import NamedTuple

import pytest

from phantomcode.daemon.contract.messages import InterviewerLine
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.briefing import Briefing, brief
from phantomcode.daemon.core.events import RoundOpened
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.rehearsal.actors import KINDS, Actor
from phantomcode.daemon.rehearsal.script import load_script, load_stock
from phantomcode.daemon.rehearsal.stage import Act, HandOver, Say, Stage
from phantomcode.problems.load import load_atlas, load_problem

LINES: pytest.StashKey[dict[str, Counter[str]]] = pytest.StashKey()


class Part(NamedTuple):
    """Who is interviewed, and how."""

    slug: str
    kind: str
    seed: int
    level: Level
    pressure: int
    minutes: float = 45.0


class HandsOver(Actor):
    """Gives the turn away after every line."""

    _just_spoke = False

    def act(self, state: Session, briefing: Briefing) -> Act:
        self._just_spoke = not self._just_spoke
        return super().act(state, briefing) if self._just_spoke else HandOver(0.5)


class AsksBack(Actor):
    """Meets every challenge with a question that the sheet answers, and says nothing more to it."""

    def go_on(self, state: Session, briefing: Briefing) -> Act:
        if state.agenda.open is None or state.agenda.open.replies:
            return super().go_on(state, briefing)
        return Say(f"{self.random.choice(briefing.problem.facts).asks[0].rstrip('?')}?")

    def reply(self, line: InterviewerLine, state: Session, briefing: Briefing) -> str | None:
        return None


STRANGERS: dict[str, type[Actor]] = {"hands-over": HandsOver, "asks-back": AsksBack}
"""Kinds of this test alone."""


@lru_cache(maxsize=16)
def briefing_of(slug: str) -> Briefing:
    return brief(load_problem(slug), load_atlas())


def rehearse(part: Part) -> Stage:
    """Play a round to its end."""
    opened = RoundOpened(0.0, "test", 1.7e9, part.slug, "", part.level, part.minutes, "typed", part.pressure, part.seed)
    candidate = (KINDS | STRANGERS)[part.kind](load_script(part.slug), load_stock(), part.seed)
    stage = Stage(briefing_of(part.slug), opened, candidate, tick_seconds=3.0)
    stage.play()
    return stage


@pytest.fixture
def count(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Add a round's challenge lines to the table of its kind."""

    def add(part: Part, stage: Stage) -> None:
        table = request.config.stash.setdefault(LINES, defaultdict(Counter))
        table[part.kind]["rounds"] += 1
        for kind, rung in stage.state.agenda.tally:
            table[part.kind][f"{kind.value} {rung}"] += 1

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print how many challenges of each type and rung were put to each kind of candidate, a round."""
    table = config.stash.get(LINES, None)
    if not table:
        return
    columns = [f"{kind} {rung}" for kind in ("valid", "invalid", "preference") for rung in (1, 2, 3)]
    terminalreporter.section("challenge lines a round, by type and rung")
    terminalreporter.write_line(f"{'':16}{'rounds':>7}" + "".join(f"{name:>13}" for name in columns))
    for kind, counts in table.items():
        rounds = counts["rounds"]
        shares = "".join(f"{counts[name] / rounds:13.2f}" for name in columns)
        terminalreporter.write_line(f"{kind:16}{rounds:7}{shares}")
