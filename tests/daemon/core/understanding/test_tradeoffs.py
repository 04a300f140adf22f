from __future__ import annotations

from collections.abc import Callable

import pytest

from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Timing
from phantomcode.daemon.core.understanding.tradeoffs import FULL_QUALITY, PART_QUALITY, read_tradeoff
from phantomcode.problems.model import ChallengeType

Noted = Callable[..., Notebook]

FULL = (
    "I'd store the counters in memory rather than on disk, because you said two milliseconds; "
    "the price is that a crash loses the last minute."
)


@pytest.mark.parametrize(
    "said",
    [
        "I'd write each order to two zones, and the cost is five milliseconds on every commit.",
        "We batch the clicks, so we lose up to a second of them in a crash, but it's much cheaper.",
        "I'll take strong reads instead of stale ones even though they're slower.",
    ],
)
def test_choice_with_cost_is_a_tradeoff(said: str) -> None:
    assert read_tradeoff(said).is_tradeoff


@pytest.mark.parametrize(
    "said",
    [
        "Should we pay with latency to get stronger consistency instead of availability?",
        "It really comes down to what the business wants, fast or safe.",
        "That is a classic tradeoff.",
        "We could use Postgres, or Cassandra, or something else that costs more.",
        "The service reads the row and sends it back to the client.",
        "If we ever had to do offline edits, we'd pay with more complexity instead of simplicity.",
    ],
)
def test_questions_menus_and_the_bare_word_are_not(said: str) -> None:
    assert not read_tradeoff(said).is_tradeoff


def test_quality_needs_alternative_cost_and_a_tie_to_the_requirements() -> None:
    assert read_tradeoff(FULL).quality == FULL_QUALITY
    assert read_tradeoff("We accept that it gets slower, that's the price.").quality == PART_QUALITY


def test_what_ties_a_choice_may_be_said_in_the_breath_before() -> None:
    said = "I'd write the row directly instead of through a queue, and the price is a slower page."
    assert read_tradeoff(said, ["It looks better."]).quality == PART_QUALITY
    assert read_tradeoff(said, ["Finance wants every sale on the books at once."]).quality == FULL_QUALITY


def test_a_labeller_can_tip_the_balance_either_way() -> None:
    assert not read_tradeoff(FULL, opinions={"tradeoff": -9.0}).is_tradeoff
    assert read_tradeoff("The shelf is empty then, and people will notice.", opinions={"tradeoff": 9.0}).is_tradeoff


def test_before_the_question_it_is_unprompted_and_after_it_prompted(noted: Noted) -> None:
    cached = FULL.replace("memory", "the Redis cache")
    assert [t.timing for t in noted(cached).tradeoffs] == [Timing.UNPROMPTED]
    asked = noted(("Why a cache at all?", ChallengeType.PREFERENCE, "cache"), cached)
    assert [t.timing for t in asked.tradeoffs] == [Timing.PROMPTED]


def test_a_second_argument_for_one_decision_is_not_counted_again(noted: Noted) -> None:
    cached = FULL.replace("memory", "the Redis cache")
    assert len(noted(cached, "And " + cached).tradeoffs) == 1


def test_what_is_said_to_a_challenge_is_prompted_on_its_topic(noted: Noted) -> None:
    asked = noted(("Why is that counter in one place?", ChallengeType.VALID, "id-generation"), FULL)
    assert [(t.topic, t.timing) for t in asked.tradeoffs] == [("id-generation", Timing.PROMPTED)]


def test_defending_a_decision_with_the_same_values_is_no_new_tradeoff(noted: Noted) -> None:
    made = "I'd use Postgres rather than Cassandra because a row changes with its log; it costs us one busy primary."
    idle = ["Then there is the page itself, which hardly changes."] * 4
    challenge = ("Would Cassandra not be easier to run?", ChallengeType.PREFERENCE, "database")
    defended = "No, with Cassandra we'd pay for a quorum on every single read, and the log must stay with the row."
    assert [t.utterance for t in noted(made, *idle, challenge, defended).tradeoffs] == [0]


def test_the_interviewers_tradeoff_is_not_the_candidates(noted: Noted) -> None:
    assert noted("> " + FULL).tradeoffs == ()


def test_the_alternative_is_a_value_of_the_bank_where_it_is_known(noted: Noted) -> None:
    said = "I'd use Kafka rather than Rabbit MQ because three teams read the stream; it costs us a cluster to run."
    (made,) = noted(said).tradeoffs
    assert (made.choice, made.alternative, made.topic) == ("kafka", "rabbitmq", "queue")


def test_the_choice_is_what_was_chosen_though_the_other_is_named_first(noted: Noted) -> None:
    said = "Instead of Cassandra I'd take Postgres because of the joins; what we give up is easy growth."
    (made,) = noted(said).tradeoffs
    assert (made.choice, made.alternative) == ("postgres", "cassandra")


def test_without_a_name_there_is_no_alternative(noted: Noted) -> None:
    said = "I'd batch the clicks and lose up to a second of them rather than that, because it's far cheaper."
    (made,) = noted(said).tradeoffs
    assert made.alternative == ""


def test_options_of_another_topic_weighed_under_a_challenge_were_not_asked_for(noted: Noted) -> None:
    challenge = ("One primary cannot take these bursts. What then?", ChallengeType.VALID, "sharding")
    went_on = "I choose Postgres over Cassandra, because one unique index suffices. The cost is that I shard by hand."
    (free,) = noted(challenge, went_on).tradeoffs
    assert (free.topic, free.timing) == ("sharding", Timing.PROMPTED)  # it speaks of shards, and so of the challenge
    (free,) = noted(challenge, went_on.replace("shard", "merge")).tradeoffs
    assert (free.topic, free.timing) == ("database", Timing.UNPROMPTED)
