"""Rehearsed rounds, and a table of what was asked in them at the end of the run."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from typing import NamedTuple

import pytest

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.briefing import Briefing, brief
from phantomcode.daemon.core.events import RoundOpened
from phantomcode.daemon.rehearsal.actors import KINDS
from phantomcode.daemon.rehearsal.script import load_script, load_stock
from phantomcode.daemon.rehearsal.stage import Stage
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


@lru_cache(maxsize=16)
def briefing_of(slug: str) -> Briefing:
    return brief(load_problem(slug), load_atlas())


def rehearse(part: Part) -> Stage:
    """Play a round to its end."""
    opened = RoundOpened(0.0, "test", 1.7e9, part.slug, "", part.level, part.minutes, "typed", part.pressure, part.seed)
    candidate = KINDS[part.kind](load_script(part.slug), load_stock(), part.seed)
    stage = Stage(briefing_of(part.slug), opened, candidate, tick_seconds=2.0)
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
