from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from phantomcode.problems.check import check_file, check_problem
from phantomcode.problems.check_atlas import check_atlas
from phantomcode.problems.load import problem_slugs
from phantomcode.problems.model import Atlas, Challenge, ChallengeType, Component, Design, Option, Problem

change = msgspec.structs.replace
Spoil = Callable[[Problem], Problem]


def with_first(key: str, **changes: Any) -> Spoil:
    """Change the first entry of a list of the problem."""

    def spoil(problem: Problem) -> Problem:
        first, *rest = getattr(problem, key)
        return change(problem, **{key: (change(first, **changes), *rest)})

    return spoil


def without(key: str, count: int = 1) -> Spoil:
    """Take entries away from the front of a list of the problem."""
    return lambda problem: change(problem, **{key: getattr(problem, key)[count:]})


def with_rung(name: int, *wordings: str) -> Spoil:
    """Replace one rung of the first challenge."""

    def spoil(problem: Problem) -> Problem:
        first: Challenge = problem.challenges[0]
        rungs = tuple(wordings if i == name else rung for i, rung in enumerate(first.rungs))
        return with_first("challenges", rungs=rungs)(problem)

    return spoil


def invalid_without(key: str) -> Spoil:
    """Blank a field of the first invalid challenge."""

    def spoil(problem: Problem) -> Problem:
        changed = tuple(change(c, **{key: ""}) if c.type is ChallengeType.INVALID else c for c in problem.challenges)
        return change(problem, challenges=changed)

    return spoil


LONG = "Why " + "very " * 30 + "slow?"
NO_DESIGN = Design()

SPOILT: tuple[tuple[str, Spoil, str], ...] = (
    ("challenges", without("challenges"), "23 where at least 24"),
    ("challenges of type valid", without("challenges"), "7 where at least 8"),
    ("facts", without("facts"), "19 where at least 20"),
    ("facts[fact-0].asks", with_first("facts", asks=("How?",)), "1 where at least 2"),
    ("facts[fact-0].answer", with_first("facts", answer=LONG), "has 32 words"),
    ("deep_dives", without("deep_dives"), "2 where at least 3"),
    ("requirement_changes", without("requirement_changes"), "1 where at least 2"),
    ("requirement_changes[bikes].replaces", with_first("requirement_changes", replaces=("fact-99",)), '"fact-99"'),
    ("requirement_changes[bikes].retires", with_first("requirement_changes", retires=("gate",)), '"gate"'),
    ("scale_probes", without("scale_probes"), "1 where at least 2"),
    ("pose[0]", lambda p: change(p, pose=("A? B?", "C")), "more than one question"),
    ("title", lambda p: change(p, title=" "), "is blank"),
    ("slug", lambda p: change(p, slug="Parking Lot"), "no slug"),
    ("components", lambda p: change(p, components=p.components * 2), "occurs 2 times"),
    ("vocabulary.clarify", lambda p: change(p, vocabulary={**p.vocabulary, "clarify": ("one",)}), "has 1 terms"),
    ("vocabulary.estimate", lambda p: change(p, vocabulary={"clarify": p.vocabulary["clarify"]}), "has 0 terms"),
    ("estimates[write_rate]", with_first("estimates", low=10.0, high=1.0), "runs from 10 down to 1"),
    ("estimates[write_rate]", with_first("estimates", low=0.0), "not a positive number"),
    ("estimates[write_rate]", with_first("estimates", unit="B"), 'is in "B"'),
    ("challenges[challenge-0].rungs.press", with_rung(1, "One.", "Two."), "2 where at least 3"),
    ("challenges[challenge-0].rungs.probe", with_rung(0, "{choice}", "No {choice}", "a {choice}"), "slots in every"),
    ("challenges[challenge-0].rungs.probe[0]", with_rung(0, LONG, "A?", "B?"), "has 32 words"),
    ("challenges[challenge-0].rungs.probe[0]", with_rung(0, "Why? And how?", "A?", "B?"), "more than one question"),
    ("challenges[challenge-0].rungs.probe[1]", with_rung(0, "A?", "Good point.", "B?"), "praises"),
    ("challenges[challenge-0].rungs.squeeze[2]", with_rung(2, "A?", "B?", "Trick question."), "gives the challenge"),
    ("challenges[challenge-0].rungs.probe[0]", with_rung(0, "Why {thing}?", "A?", "B?"), "unknown slot {thing}"),
    ("challenges[challenge-0].rungs.probe[0]", with_rung(0, "Why {choice?", "A?", "B?"), "without its partner"),
    ("challenges[challenge-0].rungs.probe[1]", with_rung(0, "A?", "a?", "B?"), "repeats"),
    ("scale_probes[tenfold].wordings[0]", with_first("scale_probes", wordings=("Is {choice} it?", "B")), "slot"),
    ("challenges[challenge-0].phases", with_first("challenges", phases=()), "0 where at least 1"),
    ("challenges[challenge-1].refutation", invalid_without("refutation"), "missing from an invalid"),
    ("challenges[challenge-1].source", invalid_without("source"), "missing from an invalid"),
    ("challenges[challenge-0].source", with_first("challenges", source="manul"), '"manul" is not in [sources]'),
    ("challenges[challenge-0].fires_on", with_first("challenges", fires_on=NO_DESIGN), "does not hold"),
    (
        "challenges[challenge-0].silent_on",
        with_first("challenges", silent_on=Design(decided={"database": ("ledger-db",)})),
        "holds for this design",
    ),
    ("challenges[challenge-0].when", with_first("challenges", when="decided(databas)"), '"databas" for a topic'),
    ("challenges[challenge-0].when", with_first("challenges", when="decided(database, orcale)"), "no known value"),
    ("challenges[challenge-0].when", with_first("challenges", when="mentioned(turnstyle)"), "no known component"),
    (
        "challenges[challenge-0].fires_on.mentioned",
        with_first("challenges", fires_on=Design(mentioned=("x",))),
        "known",
    ),
    ("scale_probes[tenfold].when", with_first("scale_probes", when="quantity(speed) > 1"), '"speed" for a metric'),
    ("hints[peak].steps", with_first("hints", steps=("A", "A", "B")), "repeats a step"),
    ("level_sketches", without("level_sketches"), "has 0 of L4"),
    (
        "components",
        lambda p: change(p, components=(*p.components, Component("gate", "gate", ("Entry-Barrier",)))),
        '"entry barrier" means turnstile and gate',
    ),
    ("options", with_first("options", names=("redis",)), '"redis" means database/ledger-db and cache/redis'),
    ("sources.spare", lambda p: change(p, sources={**p.sources, "spare": "A book"}), "is not referred to"),
)


def test_the_small_problem_has_no_findings(problem: Problem, atlas: Atlas) -> None:
    assert check_problem(problem, atlas) == ()


@pytest.mark.parametrize(("where", "spoil", "says"), SPOILT, ids=lambda value: value if isinstance(value, str) else "")
def test_each_defect_is_found_where_it_is(where: str, spoil: Spoil, says: str, problem: Problem, atlas: Atlas) -> None:
    spoilt = spoil(problem)
    found = {finding.where: finding for finding in check_problem(spoilt, atlas) if says in finding.problem}
    assert f"{spoilt.slug}: {where}" in found
    assert found[f"{spoilt.slug}: {where}"].cure


def test_every_finding_is_collected(problem: Problem, atlas: Atlas) -> None:
    spoilt = problem
    for spoil in (without("facts"), with_first("estimates", unit="B"), with_rung(1, "Great answer.")):
        spoilt = spoil(spoilt)
    assert len(check_problem(spoilt, atlas)) == 4


def test_only_an_unused_source_is_a_warning(problem: Problem, atlas: Atlas) -> None:
    spoilt = change(problem, title="", sources={**problem.sources, "spare": "A book"})
    assert [finding.severity for finding in check_problem(spoilt, atlas)] == ["error", "warning"]


def test_an_own_component_replaces_the_shared_one(problem: Problem, atlas: Atlas) -> None:
    own = change(problem, components=(*problem.components, Component("cache", "cache", ("caching layer",))))
    assert check_problem(own, atlas) == ()


def test_a_file_that_does_not_load_is_one_finding(tmp_path: Path, atlas: Atlas) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("format_version = 1\nslug = 3\n")
    (finding,) = check_file(file, atlas)
    assert "slug" in finding.problem
    assert finding.severity == "error"


def test_the_atlas_has_no_findings(atlas: Atlas) -> None:
    assert check_atlas(atlas) == ()


def test_defects_of_the_atlas_are_found(atlas: Atlas) -> None:
    first = change(atlas.entries[0], options=("oracel",), numbers="5", source="", killer_questions=("Why? Why?",))
    spoilt = change(
        atlas,
        entries=(first, *atlas.entries[1:], atlas.entries[1]),
        options=(*atlas.options, Option("redis", "database", ("redis",))),
    )
    found = [f"{finding.where} {finding.problem}" for finding in check_atlas(spoilt)]
    for text in (
        "is in no entry",
        "no known option",
        "figures without",
        "more than one question",
        "occurs 2 times",
        "means cache/redis",
    ):
        assert any(text in line for line in found)


@pytest.mark.parametrize("slug", problem_slugs())
def test_every_problem_of_the_bank_has_no_findings(slug: str, atlas: Atlas) -> None:
    assert check_file(slug, atlas) == ()
