"""Hundreds of whole rounds, every kind of candidate on every problem: what the interviewer promises, it keeps."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from phantomcode.daemon.contract.vocabulary import Level, Move
from phantomcode.daemon.core.session import replay
from phantomcode.daemon.rehearsal.actors import KINDS
from phantomcode.daemon.rehearsal.stage import Stage
from phantomcode.problems.load import load_problem, problem_slugs
from phantomcode.problems.model import ChallengeType
from tests.candidates.conftest import Part, rehearse
from tests.candidates.rules import broken, moments

SEEDS = (1, 2, 3)


def _parts() -> list[Part]:
    """Every kind on every problem with three seeds; pressures and levels go round by themselves."""
    pressures = itertools.cycle((2, 3, 1, 2))
    found = []
    for seed, kind, slug in itertools.product(SEEDS, KINDS, problem_slugs()):
        levels = load_problem(slug).levels
        level = Level(levels[(seed + len(found)) % len(levels)])
        found.append(Part(slug, kind, seed, level, next(pressures)))
    return found


ODD_ROUNDS = [
    Part("news-feed", "strong", 5, Level.L5, 2, 5.0),
    Part("payments", "hands-over", 5, Level.L4, 3, 5.0),
    Part("multi-region", "rambler", 5, Level.L6, 3, 15.0),
    Part("distributed-cache", "always-defends", 5, Level.L4, 1),
    Part("observability", "always-defends", 5, Level.L4, 3),
    Part("url-shortener", "hands-over", 5, Level.L5, 2),
    Part("rate-limiter", "asks-back", 5, Level.L5, 2),
    Part("geo-routing", "jumper", 5, Level.L6, 3, 90.0),
]
"""Lengths, levels and manners that the others leave out."""


@pytest.mark.rounds
@pytest.mark.parametrize("part", [*_parts(), *ODD_ROUNDS], ids=lambda part: f"{part.slug}-{part.kind}-{part.seed}")
def test_the_interviewer_keeps_its_promises(part: Part, count: Callable[[Part, Stage], None]) -> None:
    stage = rehearse(part)
    count(part, stage)
    said = moments(stage)
    assert [found for moment in said for found in broken(moment)] == []
    assert said[0].line.move is Move.POSE
    assert said[-1].line.move is Move.CLOSE
    assert sum(1 for moment in said if moment.line.move in (Move.POSE, Move.CLOSE)) == 2
    if part.seed == SEEDS[0]:
        assert replay(stage.events, stage.briefing) == stage.state


@pytest.mark.parametrize("slug", problem_slugs())
def test_a_strong_candidate_meets_every_type(slug: str) -> None:
    level = Level("L5" if "L5" in load_problem(slug).levels else "L6")
    agenda = rehearse(Part(slug, "strong", 7, level, 2)).state.agenda
    assert 8 <= agenda.challenges <= 12
    assert agenda.opened(ChallengeType.VALID) >= 2
    assert agenda.opened(ChallengeType.INVALID) >= 2
    assert agenda.opened(ChallengeType.PREFERENCE) >= 1
