"""Which challenge is put, and what its slots are filled with."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from phantomcode.daemon.contract.vocabulary import Phase
from phantomcode.daemon.core.agenda import Agenda
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.challenges import Scene, challenged_decision, next_challenge
from phantomcode.daemon.core.state import scene
from phantomcode.daemon.core.tempo import LARGEST_SHARE
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Decision
from phantomcode.problems.model import Challenge, ChallengeType, RequirementChange
from tests.daemon.conftest import Round

VALID, INVALID, PREFERENCE = ChallengeType.VALID, ChallengeType.INVALID, ChallengeType.PREFERENCE


def item(
    name: str, kind: ChallengeType, when: str, topic: str = "database", wording: str = "Why {choice}?"
) -> Challenge:
    design = {"decided": {}}
    rungs = [[wording], ["No."], ["Last chance."]]
    raw = {"id": name, "type": kind, "topic": topic, "when": when, "rungs": rungs, "strong_points": ["Because."]}
    return msgspec.convert({**raw, "fires_on": design, "silent_on": design}, Challenge)


@pytest.fixture
def stage(make_round: Callable[..., Round]) -> Scene:
    """A round in its high-level phase, twenty minutes in, with three decisions."""
    state = make_round().state
    assert state.opened is not None
    decisions = (
        Decision("database", "postgres", "Postgres", 3),
        Decision("cache", "redis", "Redis", 5),
        Decision("database", "s3", "object storage", 7),
    )
    seen = scene(state, state.opened)
    return msgspec.structs.replace(
        seen,
        active_seconds=1200.0,
        phase=Phase.HIGH_LEVEL,
        notebook=Notebook(decisions=decisions),
        heard_anything=True,
        utterances=8,
    )


def bank(briefing: Briefing, *challenges: Challenge, changes: tuple[RequirementChange, ...] = ()) -> Briefing:
    problem = msgspec.structs.replace(briefing.problem, challenges=challenges, requirement_changes=changes)
    return msgspec.structs.replace(briefing, problem=problem)


def chosen(stage: Scene, agenda: Agenda, briefing: Briefing) -> str | None:
    intent = next_challenge(stage, agenda, briefing)
    return intent.subject if intent else None


def test_the_slot_names_the_decision_the_condition_is_about(stage: Scene, briefing: Briefing) -> None:
    asked = bank(briefing, item("one-primary", VALID, "decided(database, postgres)"))
    intent = next_challenge(stage, Agenda(), asked)
    assert intent is not None
    assert intent.wording == "Why Postgres?"


def test_a_condition_that_names_no_value_is_about_the_latest_decision_of_its_topic(stage: Scene) -> None:
    decision = challenged_decision(item("any", VALID, "decided(database)"), stage.notebook)
    assert decision is not None
    assert decision.value == "s3"


def test_what_is_only_ruled_out_is_not_what_the_challenge_is_about(stage: Scene) -> None:
    decision = challenged_decision(
        item("no-cache", VALID, "all(decided(database, postgres), not(mentioned(redis)))"), stage.notebook
    )
    assert decision is not None
    assert decision.value == "postgres"


def test_a_lacking_type_goes_before_one_the_round_has_had(stage: Scene, briefing: Briefing) -> None:
    asked = bank(
        briefing,
        item("again", PREFERENCE, "decided(cache, redis)", "cache"),
        item("first", INVALID, "decided(database, postgres)"),
    )
    assert chosen(stage, Agenda(tally=((PREFERENCE, 1),)), asked) == "first"


def test_the_last_places_are_kept_for_the_types_that_are_lacking(stage: Scene, briefing: Briefing) -> None:
    asked = bank(briefing, item("third", PREFERENCE, "decided(cache, redis)", "cache"))
    spent = stage.tempo.most_challenges - 2
    valid_and_preference = ((VALID, 1),) * (spent - 3) + ((PREFERENCE, 1),) * 3
    assert chosen(stage, Agenda(tally=valid_and_preference), asked) is None  # two invalid ones are owed
    owed_nothing = ((VALID, 1),) * (spent - 5) + ((PREFERENCE, 1),) * 3 + ((INVALID, 1),) * 2
    assert chosen(stage, Agenda(tally=owed_nothing), asked) == "third"


@pytest.mark.parametrize("kind", list(ChallengeType))
def test_no_type_outweighs_the_others(stage: Scene, briefing: Briefing, kind: ChallengeType) -> None:
    asked = bank(briefing, item("more", kind, "decided(cache, redis)", "cache"))
    fair = round(LARGEST_SHARE[kind] * stage.tempo.most_challenges)
    others = tuple((other, 1) for other in ChallengeType if other is not kind for _ in range(2))
    assert chosen(stage, Agenda(tally=((kind, 1),) * fair), asked) is None
    assert chosen(stage, Agenda(tally=(*others, *((kind, 1),) * (fair - 2))), asked) == "more"


def test_what_was_said_just_now_goes_before_older_things(stage: Scene, briefing: Briefing) -> None:
    asked = bank(
        briefing,
        item("old", INVALID, "decided(database, postgres)", "database"),
        item("new", INVALID, "decided(cache, redis)", "cache"),
    )
    later = msgspec.structs.replace(stage, utterances=10)
    assert chosen(later, Agenda(), asked) == "new"


def test_a_change_of_requirements_retires_what_argues_from_the_old_scope(stage: Scene, briefing: Briefing) -> None:
    change = RequirementChange("billing", ("Clicks are billed now.",), "Exact counts.", retires=("percent-off",))
    asked = bank(briefing, item("percent-off", INVALID, "decided(cache, redis)", "cache"), changes=(change,))
    assert chosen(stage, Agenda(), asked) == "percent-off"
    assert chosen(stage, Agenda(done=("billing",)), asked) is None


@pytest.mark.parametrize(("pressure", "wording"), [(1, "Is it enough?"), (3, "It is not enough.")])
def test_gentle_pressure_asks_and_hard_pressure_asserts(
    stage: Scene, briefing: Briefing, pressure: int, wording: str
) -> None:
    both = msgspec.structs.replace(
        item("tone", INVALID, "decided(cache, redis)", "cache"),
        rungs=(("Is it enough?", "It is not enough."), ("No.",), ("No.",)),
    )
    manner = msgspec.structs.replace(stage.tempo, pressure=pressure)
    intent = next_challenge(msgspec.structs.replace(stage, tempo=manner), Agenda(), bank(briefing, both))
    assert intent is not None
    assert intent.wording == wording


def test_another_seed_gives_another_interview(stage: Scene, briefing: Briefing) -> None:
    asked = bank(briefing, *(item(f"item-{n}", INVALID, "decided(cache, redis)", "cache") for n in range(6)))
    first = {chosen(msgspec.structs.replace(stage, seed=seed), Agenda(), asked) for seed in range(20)}
    assert len(first) > 3
