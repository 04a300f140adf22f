from __future__ import annotations

from collections.abc import Callable

import pytest

from phantomcode.daemon.core.understanding.decisions import decision_value, decisions_at
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.problems.model import ChallengeType

Noted = Callable[..., Notebook]


@pytest.mark.parametrize(
    "said", ["Let's use Postgres for links.", "I'd go with Postgres.", "we store it in post gress", "Postgres."]
)
def test_a_commitment_is_a_decision(said: str, noted: Noted) -> None:
    assert decision_value(noted(said), "database") == "postgres"


@pytest.mark.parametrize(
    "said",
    [
        "Should we use Postgres here?",
        "We could use Postgres or something else.",
        "If we ever needed joins, I'd look at Postgres.",
        "At my last job we ran Postgres and it was fine.",
        "> I'd use Postgres for this.",
        "Postgres would be easier to query.",
    ],
)
def test_questions_conditionals_memories_and_the_interviewer_decide_nothing(said: str, noted: Noted) -> None:
    assert decision_value(noted(said), "database") == ""


def test_what_it_was_chosen_over_is_an_alternative(noted: Noted) -> None:
    notebook = noted("I'd take Cassandra instead of Mongo because we only look up by key.")
    decision = notebook.decisions[0]
    assert (decision.value, decision.alternatives, decision.reason) == ("cassandra", ("mongodb",), True)


def test_dropping_withdraws(noted: Noted) -> None:
    notebook = noted("I'd put Kafka in between.", "Actually let's drop Kafka and call it directly.")
    assert notebook.decisions[0].withdrawn_by == 1
    assert decision_value(notebook, "queue") == ""


def test_a_switch_under_challenge_replaces_what_stood(noted: Noted) -> None:
    notebook = noted(
        "I'd go with Postgres.",
        ("Why not Mongo?", ChallengeType.PREFERENCE, "database"),
        "Sure, let's use Mongo.",
    )
    assert decision_value(notebook, "database", before=1) == "postgres"
    assert decision_value(notebook, "database") == "mongodb"


def test_two_values_stand_side_by_side_without_a_challenge(noted: Noted) -> None:
    notebook = noted("I'd use Postgres for accounts.", "And I'll use Cassandra for the events.")
    assert decision_value(notebook, "database") == "postgres + cassandra"
    assert decisions_at(notebook, 1) == {"database": "postgres"}


@pytest.mark.parametrize(
    "text",
    [
        "We do not use Kafka here.",
        "I'd never put Kafka in front of this.",
        "We don't keep it in Kafka.",
        "I wouldn't run Kafka for that.",
    ],
)
def test_what_is_ruled_out_is_not_decided(text: str, noted: Noted) -> None:
    assert decision_value(noted(text), "queue") == ""
