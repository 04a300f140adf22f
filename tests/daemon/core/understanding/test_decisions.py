from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from phantomcode.daemon.core.transcript import Challenge, Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.decisions import challenged_values, decision_value
from phantomcode.daemon.core.understanding.lexicon import build_lexicon
from phantomcode.daemon.core.understanding.notebook import Notebook, note
from phantomcode.problems.load import load_atlas, load_problem
from phantomcode.problems.model import ChallengeType, Topic

Noted = Callable[..., Notebook]


def as_recognised(text: str) -> str:
    """What a recogniser makes of it: lower case, no punctuation."""
    return re.sub(r"[^\w' ]", "", text.lower())


@pytest.mark.parametrize(
    "said", ["Let's use Postgres for links.", "I'd go with Postgres.", "we store it in post gress", "Postgres."]
)
def test_a_commitment_is_a_decision(said: str, noted: Noted) -> None:
    assert decision_value(noted(said), "database") == "postgres"


@pytest.mark.parametrize(
    "said",
    [
        "I considered Cassandra but Postgres is simpler.",
        "My first instinct was Cassandra, but I'd go with Postgres.",
        "Originally I wanted Cassandra; now it is Postgres.",
        "Postgres today and move to Cassandra when we hit a million writes.",
        "Cassandra is what I would avoid. Postgres holds the links.",
        "Postgres it is. Kafka I would not use, and I'd rule out Cassandra.",
    ],
)
def test_what_was_weighed_or_is_for_another_day_is_no_decision(said: str, noted: Noted) -> None:
    noted_ = noted(said)
    assert [(d.topic, d.value) for d in noted_.decisions] == [("database", "postgres")]


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
    assert decision_value(notebook, "database", before=1) == "postgres"


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


@pytest.mark.parametrize("heard", [str, as_recognised], ids=["typed", "recognised"])
@pytest.mark.parametrize(
    ("said", "topic", "value"),
    [
        ("The rows end up in Cassandra a few seconds after the click.", "database", "cassandra"),
        ("A worker with a lease on the batch drains the queue into Cassandra.", "database", "cassandra"),
        ("Kafka takes the events before anybody has looked at them.", "queue", "kafka"),
        ("Clicks are handed to Kafka as soon as the redirect is out.", "queue", "kafka"),
        ("Every service publishes its events over Kafka.", "queue", "kafka"),
        ("Callers are held back by a token bucket per key.", "rate-limit-algorithm", "token-bucket"),
        ("The limiter at the edge of each region is a token bucket.", "rate-limit-algorithm", "token-bucket"),
        ("I use Postgres, and if it ever gets too small we could move to Cassandra.", "database", "postgres"),
        ("Postgres owns the rows, MongoDB was only tempting.", "database", "postgres"),
    ],
)
def test_the_design_told_in_any_voice_is_decided(
    said: str, topic: Topic, value: str, heard: Callable[[str], str], noted: Noted
) -> None:
    assert decision_value(noted(heard(said)), topic) == value


@pytest.mark.parametrize("heard", [str, as_recognised], ids=["typed", "recognised"])
@pytest.mark.parametrize(
    "said",
    [
        "Cassandra is good at writes.",
        "You mention Cassandra.",
        "We could use Postgres, Mongo or Cassandra.",
        "Postgres or Mongo, both would work.",
        "Discord uses Cassandra for that.",
        "If we had ten times the writes I'd take Cassandra.",
    ],
)
def test_talk_about_databases_decides_for_none(said: str, heard: Callable[[str], str], noted: Noted) -> None:
    assert decision_value(noted(heard(said)), "database") == ""


def test_what_is_taken_of_one_kind_drops_nothing_of_another(noted: Noted) -> None:
    notebook = noted("Rows live in Postgres.", "I take Redis so that most reads never go to Postgres.")
    assert (decision_value(notebook, "database"), decision_value(notebook, "cache")) == ("postgres", "redis")


ASKED = ("Your Postgres will not take that. What then?", ChallengeType.VALID, "database")


@pytest.mark.parametrize(
    "answer",
    [
        "I add Cassandra for the events.",
        "Besides, the events go to Cassandra.",
        "Then I put Cassandra next to it for the events.",
        "I keep Postgres for the accounts and Cassandra takes the events.",
        "The accounts stay, and the events move to a Cassandra as well.",
        "Plus a Cassandra for the events.",
    ],
)
def test_adding_under_challenge_withdraws_nothing(answer: str, noted: Noted) -> None:
    assert decision_value(noted("I use Postgres.", ASKED, answer), "database") == "postgres + cassandra"


@pytest.mark.parametrize(
    "answer",
    [
        "Okay, then Cassandra.",
        "You're right, I take Cassandra.",
        "I switch to Cassandra.",
        "I replace Postgres with Cassandra.",
        "Then it's Cassandra instead.",
        "Let's keep it simple and move to Cassandra.",
    ],
)
def test_switching_under_challenge_withdraws_what_was_challenged(answer: str, noted: Noted) -> None:
    assert decision_value(noted("I use Postgres.", ASKED, answer), "database") == "cassandra"


def test_only_what_the_challenge_names_is_switched(noted: Noted) -> None:
    notebook = noted("Accounts are in Postgres.", "Events are in Mongo.", ASKED, "Okay, then Cassandra.")
    assert decision_value(notebook, "database") == "mongodb + cassandra"


@pytest.mark.parametrize(
    "said", ["Actually I switch to Cassandra.", "Let's use Cassandra instead.", "Make it Cassandra."]
)
def test_a_switch_that_is_said_withdraws_without_a_challenge(said: str, noted: Noted) -> None:
    assert decision_value(noted("I use Postgres.", said), "database") == "cassandra"


@pytest.mark.parametrize("word", ["> Okay. Noted. Next.", "> Alright. Go on."])
def test_after_the_release_a_second_value_is_no_switch(word: str, noted: Noted) -> None:
    answer = "I keep Postgres, because forty writes fit one machine."
    notebook = noted("I use Postgres.", ASKED, answer, word, "The events go to Cassandra.")
    assert decision_value(notebook, "database") == "postgres + cassandra"


def test_a_nod_does_not_end_the_answer(noted: Noted) -> None:
    notebook = noted("I use Postgres.", ASKED, "Hmm, right.", "> Go on.", "Okay, then Cassandra.")
    assert decision_value(notebook, "database") == "cassandra"


def test_long_after_the_challenge_a_second_value_is_no_switch(noted: Noted) -> None:
    notebook = noted("I use Postgres.", ASKED, *["Let me see."] * 10, "The events go to Cassandra.")
    assert decision_value(notebook, "database") == "postgres + cassandra"


def test_the_bank_says_what_a_challenge_that_names_nothing_is_about() -> None:
    lexicon = build_lexicon(load_problem("url-shortener"), load_atlas())
    about = Challenge(ChallengeType.VALID, 1, "api", "permanent-redirect")
    asked = Utterance(1, Speaker.INTERVIEWER, 10.0, 15.0, "Who answers the second visit?", about)
    notebook = Notebook()
    for utterance in (
        Utterance(0, Speaker.CANDIDATE, 0.0, 5.0, "It's a REST API that returns a 301."),
        asked,
        Utterance(2, Speaker.CANDIDATE, 20.0, 25.0, "True, so I change it to a 302."),
    ):
        notebook = note(notebook, utterance, lexicon, 2700.0)
    assert decision_value(notebook, "api") == "rest-api + 302"


def test_an_answer_on_another_topic_withdraws_nothing(noted: Noted) -> None:
    notebook = noted("I use Postgres.", "I use Kafka.", ASKED, "Then RabbitMQ goes in front of it.")
    assert decision_value(notebook, "database") == "postgres"
    assert decision_value(notebook, "queue") == "kafka + rabbitmq"


@pytest.mark.parametrize(
    ("said", "reasoned"),
    [
        ("I use Postgres. Forty writes a second fit one primary.", True),
        ("I use Postgres. That gives us unique keys.", True),
        ("I use Postgres. That is enough for the rows.", True),
        ("I use Postgres. Next is the cache.", False),
        ("I use Postgres. Is one machine enough?", False),
        ("I use Postgres. The hot set fits Redis.", False),
    ],
)
def test_a_reason_may_follow_in_the_next_sentence(said: str, reasoned: bool, noted: Noted) -> None:
    assert noted(said).decisions[0].reason is reasoned


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("Cassandra, hm. What would that give us here?", ""),
        ("Right, so Cassandra. I don't see the need.", ""),
        ("Cassandra, then. Every read goes by one key.", "cassandra"),
        ("Yes, Cassandra. Every read goes by one key.", "cassandra"),
    ],
)
def test_a_name_said_after_the_interviewer_is_not_yet_a_choice(said: str, stands: str, noted: Noted) -> None:
    assert decision_value(noted("> Why not Cassandra?", said), "database") == stands


def test_a_name_said_after_him_is_a_choice_where_he_offered_two(noted: Noted) -> None:
    notebook = noted("> Postgres or Cassandra?", "Cassandra. Every read goes by one key.")
    assert decision_value(notebook, "database") == "cassandra"


@pytest.mark.parametrize(
    ("said", "decided"),
    [
        (("Every entry has a time to live that the caller sets.",), {}),
        (("The cache keeps an entry for its time to live.",), {"cache": "ttl"}),
        (("The service asks Redis.", "Every entry has a time to live of a minute."), {"cache": "redis + ttl"}),
    ],
)
def test_a_lifetime_is_a_cache_policy_where_there_is_a_cache(said: tuple[str, ...], decided: dict[str, str]) -> None:
    notebook, lexicon = Notebook(), build_lexicon(None, load_atlas())
    for number, text in enumerate(said):
        utterance = Utterance(number, Speaker.CANDIDATE, 10.0 * number, 10.0 * number + 5.0, text)
        notebook = note(notebook, utterance, lexicon, 2700.0)
    assert {d.topic: decision_value(notebook, d.topic) for d in notebook.decisions if d.withdrawn_by is None} == decided


def test_a_challenge_has_the_values_of_its_topic_before_and_after_its_answer(
    noted: Noted, spoken: Callable[..., Transcript]
) -> None:
    lines = ("I use Postgres.", "I use Redis.", ASKED, "Then we move to Cassandra.", "And Kafka between the two.")
    asked = spoken(*lines).utterances[2]
    assert challenged_values(noted(*lines), asked, 2) == ("postgres", "postgres")
    assert challenged_values(noted(*lines), asked, 3) == ("postgres", "cassandra")
    assert challenged_values(noted(*lines), spoken(*lines).utterances[0], 3) == ("", "")


def test_a_challenge_on_no_topic_in_particular_is_about_no_decision(
    noted: Noted, spoken: Callable[..., Transcript]
) -> None:
    asked = ("The wire is full at peak.", ChallengeType.INVALID, "other")
    lines = ("I use Postgres.", asked, "It is two megabytes a second.", "I use Zookeeper for the ranges.")
    assert challenged_values(noted(*lines), spoken(*lines).utterances[1], 3) == ("", "")
