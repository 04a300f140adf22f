"""A small problem that passes every check, to be spoilt in one place by each test."""

from __future__ import annotations

from typing import get_args

import pytest

from phantomcode.problems.load import load_atlas
from phantomcode.problems.model import (
    FORMAT_VERSION,
    Atlas,
    Challenge,
    ChallengeType,
    Component,
    DeepDive,
    Design,
    Entity,
    Fact,
    HintLadder,
    Interface,
    LevelSketch,
    Option,
    PhaseName,
    Problem,
    ReferenceRange,
    Requirement,
    RequirementChange,
    ScaleProbe,
)


def _challenge(index: int) -> Challenge:
    kind = tuple(ChallengeType)[index % 3]
    invalid = kind is ChallengeType.INVALID
    return Challenge(
        id=f"challenge-{index}",
        type=kind,
        topic="database",
        when="all(decided(database, ledger-db), not(mentioned(turnstile)))",
        rungs=(
            (f"Why {{choice}}, case {index}?", f"What does it buy you, case {index}?", f"Case {index}: walk me there."),
            (f"I doubt {{choice}}, case {index}.", f"Case {index} fails.", f"{{choice}} is too much, case {index}."),
            (f"Case {index}, last chance.", f"Give me one reason, case {index}.", f"Nobody does case {index}."),
        ),
        strong_points=("Names a number.",),
        fires_on=Design(decided={"database": ("ledger-db",)}),
        silent_on=Design(decided={"database": ("ledger-db",)}, mentioned=("turnstile",)),
        refutation="It is false." if invalid else "",
        source="manual" if invalid else "",
    )


@pytest.fixture
def problem() -> Problem:
    return Problem(
        format_version=FORMAT_VERSION,
        slug="parking-lot",
        title="Parking lot",
        levels=("L4", "L5", "L6"),
        summary="Let cars in and out.",
        pose=("Design a parking lot.", "Let us build a parking lot."),
        functional=(Requirement("enter", "Cars enter."), Requirement("leave", "Cars leave.")),
        non_functional=(Requirement("fast", "Within a second."), Requirement("up", "Always open.")),
        out_of_scope=(Requirement("bikes", "No bikes."),),
        facts=tuple(Fact(f"fact-{i}", f"There are {i} floors.", ("How high?", "How many floors?")) for i in range(20)),
        entities=(Entity("Car", ("plate",)),),
        api=(Interface("POST /cars"),),
        components=(Component("turnstile", "turnstile", ("entry barrier",), ("turn style",)),),
        options=(Option("ledger-db", "database", ("ledger",), ("letch her",)),),
        vocabulary={phase: tuple(f"term {i}" for i in range(12)) for phase in get_args(PhaseName)},
        estimates=(ReferenceRange("write_rate", "1/s", 1, 10, "A thousand cars an hour."),),
        deep_dives=tuple(
            DeepDive(f"dive-{i}", f"Dive {i}", ("word",), "How.", ("Fails.",), ("5 ms",)) for i in range(3)
        ),
        challenges=tuple(_challenge(index) for index in range(24)),
        scale_probes=(
            ScaleProbe(
                "tenfold", ("What breaks at ten times?", "Ten times the cars: what gives?"), "Gate", "Second gate"
            ),
            ScaleProbe("million", ("What breaks at a million?", "A million a second: what gives?"), "Disk", "Shards"),
        ),
        requirement_changes=(
            RequirementChange("bikes", ("Now bikes come too.", "Add bikes."), "A second gate."),
            RequirementChange(
                "night", ("Now it opens at night.", "Add the night."), "A guard.", "mentioned(turnstile)"
            ),
        ),
        hints=(HintLadder("peak", "peak", "estimate", ("When is it busy?", "Give a peak.", "Say: twice the mean.")),),
        level_sketches=(LevelSketch("L4", ("Works",)), LevelSketch("L5", ("Counts",)), LevelSketch("L6", ("Plans",))),
        sources={"manual": "The manual"},
    )


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return load_atlas()
