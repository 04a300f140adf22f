"""Every finding about a problem file, each with its cure.

Parsing stops at the first error; a check never does. docs/problems.md gives the rules in prose.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

from phantomcode.daemon.contract.errors import ProblemError
from phantomcode.problems.findings import (
    Finding,
    blank_texts,
    few,
    known,
    known_sources,
    line,
    prefixed,
    repeated,
    spoken_clashes,
    unused_sources,
)
from phantomcode.problems.load import load_problem
from phantomcode.problems.model import (
    Atlas,
    Challenge,
    ChallengeType,
    Design,
    HintLadder,
    LevelName,
    PhaseName,
    Problem,
    ReferenceRange,
)
from phantomcode.problems.predicate import (
    Decided,
    DesignFacts,
    Mentioned,
    Predicate,
    evaluate,
    leaves,
    parse_predicate,
)
from phantomcode.problems.spoken import Names
from phantomcode.problems.wording import SLOTS, slots_in

MIN_FACTS = 20
MIN_ASKS = 2
MIN_CHALLENGES = 24
MIN_CHALLENGES_OF_A_TYPE = 8
MIN_WORDINGS = 3
MIN_DEEP_DIVES = 3
MIN_SCALE_PROBES = 2
MIN_REQUIREMENT_CHANGES = 2
VOCABULARY_TERMS = range(10, 16)
MAX_POSE_WORDS = 60
"""The pose is the one line that may take a breath."""

_PHASES: Final[tuple[PhaseName, ...]] = get_args(PhaseName)
_LEVELS: Final[tuple[LevelName, ...]] = get_args(LevelName)
_RUNGS = ("probe", "press", "squeeze")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RATES = ("1/s", "1/day", "1/month", "1/year")
_SIZES = ("B", "B/day", "B/month", "B/year")
_UNITS: Final[dict[str, tuple[str, ...]]] = {
    "dau": ("count",),
    "users": ("count",),
    "write_rate": _RATES,
    "read_rate": _RATES,
    "peak_rate": _RATES,
    "ratio": ("ratio",),
    "object_size": ("B",),
    "storage": _SIZES,
    "bandwidth": ("B/s",),
    "cache_size": ("B",),
    "latency": ("s",),
    "retention": ("s",),
    "replicas": ("count",),
    "other": ("count", "s", "ratio", "B/s", *_RATES, *_SIZES),
}


def check_file(slug_or_path: str | Path, atlas: Atlas) -> tuple[Finding, ...]:
    """Load a problem and check it; a file that does not load has that as its one finding."""
    try:
        problem = load_problem(slug_or_path)
    except ProblemError as error:
        return (Finding(str(slug_or_path), error.message.rstrip("."), error.remedy),)
    return (*_file_name(problem, str(slug_or_path)), *check_problem(problem, atlas))


def check_problem(problem: Problem, atlas: Atlas) -> tuple[Finding, ...]:
    """Every finding about a problem."""
    names = Names.of(problem, atlas)
    found = (
        *blank_texts(problem),
        *_unique_ids(problem),
        *_amounts(problem),
        *_interviewer_lines(problem),
        *_facts(problem),
        *_vocabulary(problem),
        *(finding for estimate in problem.estimates for finding in _estimate(estimate)),
        *(finding for challenge in problem.challenges for finding in _challenge(challenge, problem, names)),
        *_conditions(problem, names),
        *_outdated_by_changes(problem),
        *(finding for hint in problem.hints for finding in _hint(hint)),
        *_sketches(problem),
        *unused_sources(problem),
        *spoken_clashes(problem, atlas.options),
    )
    return prefixed(problem.slug, found)


def _file_name(problem: Problem, name: str) -> Iterator[Finding]:
    stem = Path(name).stem
    if problem.slug != stem:
        yield Finding(name, f'has the slug "{problem.slug}"', f'Name the file "{problem.slug}.toml".')


def _unique_ids(problem: Problem) -> Iterator[Finding]:
    if not _SLUG.fullmatch(problem.slug):
        yield Finding("slug", f'"{problem.slug}" is no slug', "Use lower-case words joined by hyphens.")
    for key in ("functional", "non_functional", "out_of_scope", "facts", "components", "deep_dives", "challenges"):
        yield from repeated(key, (entry.id for entry in getattr(problem, key)))
    for key in ("scale_probes", "requirement_changes", "hints"):
        yield from repeated(key, (entry.id for entry in getattr(problem, key)))
    yield from repeated("options", (f"{option.topic}/{option.value}" for option in problem.options))


def _amounts(problem: Problem) -> Iterator[Finding]:
    yield from few("facts", len(problem.facts), MIN_FACTS)
    yield from few("deep_dives", len(problem.deep_dives), MIN_DEEP_DIVES)
    yield from few("scale_probes", len(problem.scale_probes), MIN_SCALE_PROBES)
    yield from few("requirement_changes", len(problem.requirement_changes), MIN_REQUIREMENT_CHANGES)
    yield from few("challenges", len(problem.challenges), MIN_CHALLENGES)
    types = Counter(challenge.type for challenge in problem.challenges)
    for kind in ChallengeType:
        yield from few(f"challenges of type {kind}", types[kind], MIN_CHALLENGES_OF_A_TYPE)
    for key in ("functional", "non_functional"):
        yield from few(key, len(getattr(problem, key)), 2)
    for key in ("levels", "out_of_scope", "entities", "api", "components", "estimates", "hints"):
        yield from few(key, len(getattr(problem, key)), 1)


def _interviewer_lines(problem: Problem) -> Iterator[Finding]:
    for index, text in enumerate(problem.pose):
        yield from line(f"pose[{index}]", text, MAX_POSE_WORDS)
    for fact in problem.facts:
        yield from line(f"facts[{fact.id}].answer", fact.answer)
    for challenge in problem.challenges:
        for where, text in _rung_lines(challenge):
            yield from line(where, text, slots=SLOTS)
    for key in ("scale_probes", "requirement_changes"):
        for entry in getattr(problem, key):
            yield from few(f"{key}[{entry.id}].wordings", len(entry.wordings), 2)
            for index, text in enumerate(entry.wordings):
                yield from line(f"{key}[{entry.id}].wordings[{index}]", text)
    yield from _same_line_twice(problem)


def _rung_lines(challenge: Challenge) -> Iterator[tuple[str, str]]:
    for name, wordings in zip(_RUNGS, challenge.rungs, strict=True):
        for index, text in enumerate(wordings):
            yield f"challenges[{challenge.id}].rungs.{name}[{index}]", text


def _same_line_twice(problem: Problem) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for challenge in problem.challenges:
        for where, text in _rung_lines(challenge):
            earlier = first.setdefault(text.casefold(), where)
            if earlier != where:
                yield Finding(where, f"repeats {earlier}", "Word it differently.")


def _facts(problem: Problem) -> Iterator[Finding]:
    for fact in problem.facts:
        yield from few(f"facts[{fact.id}].asks", len(fact.asks), MIN_ASKS)


def _vocabulary(problem: Problem) -> Iterator[Finding]:
    least, most = VOCABULARY_TERMS[0], VOCABULARY_TERMS[-1]
    for phase in _PHASES:
        count = len(problem.vocabulary.get(phase, ()))
        if count not in VOCABULARY_TERMS:
            yield Finding(f"vocabulary.{phase}", f"has {count} terms", f"Give it {least} to {most}.")


def _estimate(estimate: ReferenceRange) -> Iterator[Finding]:
    where = f"estimates[{estimate.metric}{' ' * bool(estimate.label)}{estimate.label}]"
    if not (math.isfinite(estimate.low) and math.isfinite(estimate.high) and estimate.low > 0):
        yield Finding(where, "has a bound that is not a positive number", "Give finite bounds above zero.")
    if estimate.low > estimate.high:
        yield Finding(where, f"runs from {estimate.low:g} down to {estimate.high:g}", "Swap low and high.")
    units = _UNITS[estimate.metric]
    if estimate.unit not in units:
        yield Finding(where, f'is in "{estimate.unit}"', f"Use {' or '.join(units)}.")


def _challenge(challenge: Challenge, problem: Problem, names: Names) -> Iterator[Finding]:
    where = f"challenges[{challenge.id}]"
    for name, wordings in zip(_RUNGS, challenge.rungs, strict=True):
        yield from _rung(f"{where}.rungs.{name}", wordings)
    for key in ("phases", "levels", "strong_points"):
        yield from few(f"{where}.{key}", len(getattr(challenge, key)), 1)
    for key in ("refutation", "source"):
        if challenge.type is ChallengeType.INVALID and not getattr(challenge, key).strip():
            cure = "Say why the claim is false." if key == "refutation" else "Say where that can be looked up."
            yield Finding(f"{where}.{key}", "is missing from an invalid challenge", cure)
    yield from known_sources(f"{where}.source", challenge.source, problem.sources)
    predicate, found = _condition(f"{where}.when", challenge.when, names)
    yield from found
    for key, design, wanted in (("fires_on", challenge.fires_on, True), ("silent_on", challenge.silent_on, False)):
        yield from _design(f"{where}.{key}", design, names)
        if predicate and evaluate(predicate, DesignFacts(design)) is not wanted:
            yield Finding(f"{where}.{key}", _misfire(challenge.when, wanted), "Correct the design or the predicate.")


def _misfire(when: str, wanted: bool) -> str:
    return f'"{when}" {"does not hold" if wanted else "holds"} for this design'


def _rung(where: str, wordings: tuple[str, ...]) -> Iterator[Finding]:
    yield from few(where, len(wordings), MIN_WORDINGS)
    if wordings and all(_has_slots(text) for text in wordings):
        cure = "Add one that can be said before the candidate has named a choice."
        yield Finding(where, "has slots in every wording", cure)


def _has_slots(text: str) -> bool:
    try:
        return bool(slots_in(text))
    except ValueError:
        return False


def _conditions(problem: Problem, names: Names) -> Iterator[Finding]:
    for key in ("scale_probes", "requirement_changes"):
        for entry in getattr(problem, key):
            yield from _condition(f"{key}[{entry.id}].when", entry.when, names)[1]


def _outdated_by_changes(problem: Problem) -> Iterator[Finding]:
    facts = frozenset(fact.id for fact in problem.facts)
    challenges = frozenset(challenge.id for challenge in problem.challenges)
    for change in problem.requirement_changes:
        for name in change.replaces:
            yield from known(f"requirement_changes[{change.id}].replaces", name, facts, "fact", "Correct it.")
        for name in change.retires:
            yield from known(f"requirement_changes[{change.id}].retires", name, challenges, "challenge", "Correct it.")


def _condition(where: str, text: str, names: Names) -> tuple[Predicate | None, tuple[Finding, ...]]:
    try:
        predicate = parse_predicate(text)
    except ProblemError as error:
        return None, (Finding(where, error.message.rstrip("."), error.remedy),)
    return predicate, tuple(_unknown_names(where, predicate, names))


def _unknown_names(where: str, predicate: Predicate, names: Names) -> Iterator[Finding]:
    for leaf in leaves(predicate):
        match leaf:
            case Decided(topic, str(value)):
                yield from known(where, value, names.of_topic(topic), f"value of {topic}")
            case Mentioned(name):
                yield from known(where, name, names.mentionable(), "component or value")


def _design(where: str, design: Design, names: Names) -> Iterator[Finding]:
    for topic, values in design.decided.items():
        for value in values:
            yield from known(f"{where}.decided", value, names.of_topic(topic), f"value of {topic}")
    for name in design.mentioned:
        yield from known(f"{where}.mentioned", name, names.mentionable(), "component or value")


def _hint(hint: HintLadder) -> Iterator[Finding]:
    if len(set(hint.steps)) < len(hint.steps):
        yield Finding(f"hints[{hint.id}].steps", "repeats a step", "Nudge, then prompt, then give an example.")
    for index, text in enumerate(hint.steps):
        yield from line(f"hints[{hint.id}].steps[{index}]", text)


def _sketches(problem: Problem) -> Iterator[Finding]:
    held = Counter(sketch.level for sketch in problem.level_sketches)
    for level in _LEVELS:
        if held[level] != 1:
            yield Finding("level_sketches", f"has {held[level]} of {level}", f"Give one for {level}.")
    for sketch in problem.level_sketches:
        yield from few(f"level_sketches[{sketch.level}].shows", len(sketch.shows), 1)
