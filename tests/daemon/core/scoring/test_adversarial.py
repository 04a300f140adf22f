"""Rounds built to fool a grader: each must not move what it should not move."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phantomcode.daemon.core.scoring.grade import grade
from phantomcode.daemon.core.transcript import Transcript
from phantomcode.daemon.core.understanding.decisions import decision_value
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.core.understanding.responses import respond
from phantomcode.problems.model import ChallengeType

Spoken = Callable[..., Transcript]
Noted = Callable[..., Notebook]

CHALLENGE = "Why not Mongo? It would be quicker to build."
POLITE_DEFENCE = (
    "Good point, you're right that it's quick. But a transfer debits one account and credits another, and those two "
    "rows have to commit together or money is lost, so I'm keeping Postgres."
)


def _class(response: str) -> ResponseClass:
    return respond(CHALLENGE, [response], "postgres")[0]


def test_politeness_before_a_defence_is_no_concession() -> None:
    assert _class(POLITE_DEFENCE) is ResponseClass.DEFEND


def test_the_same_answer_without_its_reason_is_no_longer_reasoned() -> None:
    assert _class("Good point, you're right that it's quick. But I'm keeping Postgres.") is ResponseClass.DEFLECT
    assert _class("Good point, you're right that it's quick. Let's use Mongo.") is ResponseClass.CAPITULATE


def test_a_conditional_is_no_flip(noted: Noted) -> None:
    notebook = noted(
        "I'd go with Postgres.",
        (CHALLENGE, ChallengeType.PREFERENCE, "database"),
        "If we ever needed free-form documents, I'd move those to Mongo. For transfers I'm staying with Postgres.",
    )
    assert decision_value(notebook, "database") == "postgres"


def test_a_requirement_change_is_no_challenge(spoken: Spoken, lexicon: Lexicon) -> None:
    said = spoken("I'd go with Postgres.", "> New requirement: ten times the traffic.", "Then I'd shard it by account.")
    assert grade(said, lexicon).pushbacks == ()


def test_correcting_oneself_before_pressure_is_no_event(spoken: Spoken, lexicon: Lexicon, noted: Noted) -> None:
    lines = ("I'd go with Mongo.", "No wait, let's drop Mongo and use Postgres, because transfers span two rows.")
    assert grade(spoken(*lines), lexicon).pushbacks == ()
    assert decision_value(noted(*lines), "database") == "postgres"


@pytest.mark.parametrize(
    "said",
    [
        "Should we pay with staleness to get lower latency instead?",
        "> You'd get lower latency with a cache, and the price is stale data rather than fresh.",
        "We could use Redis, or Postgres, or Kafka, they all have their costs.",
    ],
    ids=["question", "interviewer", "menu"],
)
def test_tradeoffs_that_are_not_the_candidates_choice(noted: Noted, said: str) -> None:
    assert noted(said).tradeoffs == ()


def test_reciting_the_phases_completes_none(spoken: Spoken, lexicon: Lexicon) -> None:
    recited = (
        "First I clarify the requirements.",
        "Then I estimate the capacity.",
        "Then I do the high level design.",
        "Then comes the deep dive into a component.",
        "And at the end I name the tradeoffs.",
    ) * 4
    profile = grade(spoken(*recited, minutes=4), lexicon)
    assert set(profile.completeness.values()) == {0.0}
    assert profile.tradeoffs == ()


def test_many_empty_words_earn_less_than_a_few_exact_ones(spoken: Spoken, lexicon: Lexicon) -> None:
    vacuous = ("At scale you really have to think about scale, the database and the cache, and find the balance.",) * 40
    exact = (
        "The gateway calls the booking service and the booking service writes to the seat table.",
        "I'd keep seats in Postgres rather than Redis, because you said no double booking; it costs 5 milliseconds.",
        "I'd queue the mails instead of sending them inline, so buyers wait less, and the price is a second of delay.",
        "I'd shard by show rather than by user since 90 percent of reads are for one show; one more hop for histories.",
        "Search is answered from a cache a minute old; stale counts are the price, and you allowed two minutes.",
    ) * 2
    long, short = grade(spoken(*vacuous), lexicon), grade(spoken(*exact), lexicon)
    assert (long.scores["tradeoffs"].value or 0) == 0
    assert (short.scores["tradeoffs"].value or 0) >= 2


@pytest.mark.parametrize("typo", ["Post gress", "PostgreSQL", "postgres"])
def test_misheard_names_keep_the_decision(noted: Noted, typo: str) -> None:
    assert decision_value(noted(f"I'd go with {typo} for the transfers."), "database") == "postgres"
