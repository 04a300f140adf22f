from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.stances import Stance, claims_in
from phantomcode.problems.model import Option

OPTIONS = (
    Option("rust", "other", ("Rust",)),
    Option("nginx", "load-balancing", ("nginx",)),
    Option("postgres", "database", ("Postgres",)),
    Option("mysql", "database", ("MySQL",)),
    Option("cassandra", "database", ("Cassandra",)),
    Option("clickhouse", "database", ("ClickHouse",)),
    Option("redis", "cache", ("Redis",)),
    Option("local-cache", "cache", ("local cache",)),
    Option("kafka", "queue", ("Kafka",)),
    Option("sqs", "queue", ("SQS",)),
    Option("grpc", "api", ("gRPC",)),
    Option("websocket", "api", ("WebSocket",)),
    Option("rest", "api", ("REST",)),
    Option("consistent-hashing", "sharding", ("consistent hashing",)),
    Option("mod-n", "sharding", ("modulo",)),
    Option("async-replica", "replication", ("async replica",)),
    Option("alias-check", "consistency", ("check if it's taken",)),
)


def as_recognised(text: str) -> str:
    """What a recogniser makes of it: lower case, no punctuation."""
    return re.sub(r"[^\w' ]", "", text.lower().replace("-", " "))


@pytest.fixture(params=[str, as_recognised], ids=["typed", "recognised"])
def heard(request: pytest.FixtureRequest) -> Callable[[str], dict[str, Stance]]:
    def stances(text: str) -> dict[str, Stance]:
        return {claim.option.value: claim.stance for claim in claims_in(request.param(text), OPTIONS)}

    return stances


Heard = Callable[[str], dict[str, Stance]]


def chosen(stances: dict[str, Stance]) -> set[str]:
    return {value for value, stance in stances.items() if stance is Stance.CHOSEN}


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("The backend is Rust, with an nginx proxy before it.", {"rust", "nginx"}),
        ("Kafka receives every click.", {"kafka"}),
        ("Clicks are buffered by Kafka.", {"kafka"}),
        ("Rows are spread by consistent hashing.", {"consistent-hashing"}),
        ("Placement is done with consistent hashing.", {"consistent-hashing"}),
        ("A consumer empties Kafka and fills Cassandra.", {"kafka", "cassandra"}),
        ("The counts finally arrive in ClickHouse.", {"clickhouse"}),
        ("Links are kept in Postgres and fronted by Redis.", {"postgres", "redis"}),
        ("Redis answers nine reads out of ten.", {"redis"}),
        ("Redis would sit before the database and hold the hot links.", {"redis"}),
        ("Postgres is the source of truth.", {"postgres"}),
        ("Postgres is enough at this rate.", {"postgres"}),
        ("My choice would be Postgres.", {"postgres"}),
        ("Next to it runs a worker that pulls jobs off SQS.", {"sqs"}),
        ("We can use Redis for that.", {"redis"}),
        ("When Redis is down the readers go straight to Postgres.", {"redis", "postgres"}),
        ("If a reader misses, it asks Postgres.", {"postgres"}),
        ("Even if we grow tenfold, Postgres carries it.", {"postgres"}),
        ("Before the insert we check if it's taken.", {"alias-check"}),
        ("What we need is Kafka.", {"kafka"}),
        ("Redis adds up the clicks of each link.", {"redis"}),
        ("ClickHouse adds up all clicks at night.", {"clickhouse"}),
        ("It'd be Redis, then.", {"redis"}),
        ("You'd ask Redis first.", {"redis"}),
        ("So with Kafka in the middle nobody waits.", {"kafka"}),
        ("Rows keep one day of history in Postgres.", {"postgres"}),
        ("The engine below would be Postgres.", {"postgres"}),
        ("The service writes to Postgres, and it would also push an event to Kafka.", {"postgres", "kafka"}),
        ("We don't lose clicks, because Kafka keeps them.", {"kafka"}),
        ("It can't lose a row with an async replica in another zone.", {"async-replica"}),
    ],
)
def test_a_declarative_sentence_about_the_design_chooses_what_it_names(
    said: str, values: set[str], heard: Heard
) -> None:
    assert chosen(heard(said)) == values


@pytest.mark.parametrize(
    "said",
    [
        "We could use Postgres, MySQL or Cassandra.",
        "For this Postgres, MySQL or Cassandra all work.",
        "It's either Kafka or SQS.",
        "Both Kafka and SQS are fine for this.",
        "It depends, if it's read heavy then Redis, if not then just Postgres.",
        "One option is Kafka.",
        "I'm torn between Postgres and Cassandra.",
        "I wonder whether Kafka helps.",
        "Let me think about Redis for a second.",
        "Down the road that may become Cassandra.",
        "One could do it in the client as well, so the app asks Redis.",
        "A naive design would put all of it in Redis.",
    ],
)
def test_a_list_of_possibilities_chooses_nothing(said: str, heard: Heard) -> None:
    assert not chosen(heard(said))


@pytest.mark.parametrize(
    "said",
    [
        "Cassandra is great for heavy writes.",
        "I know Cassandra is faster at writes.",
        "Cassandra has tunable consistency.",
        "Redis is single threaded.",
        "A Redis node does a hundred thousand operations a second.",
        "Postgres gives you transactions.",
        "With Cassandra you model one table per query.",
        "With Cassandra every query needs its own table.",
        "Cassandra scales out by adding nodes.",
        "That is what Cassandra does.",
        "Plain modulo kills us when a node joins.",
    ],
)
def test_a_technology_described_in_general_is_not_chosen(said: str, heard: Heard) -> None:
    assert not chosen(heard(said))


@pytest.mark.parametrize(
    "said",
    [
        "You mention Cassandra.",
        "You're asking me for Kafka.",
        "You'd rather have Kafka.",
        "You suggested Kafka or SQS.",
        "Your point about Cassandra is fair.",
        "As for Kafka, no idea.",
        "Netflix runs Cassandra at this scale.",
        "At my last company we had Kafka and Redis.",
        "Most teams use Redis.",
        "We used to run Cassandra.",
    ],
)
def test_what_others_say_or_do_is_not_chosen(said: str, heard: Heard) -> None:
    assert not chosen(heard(said))


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("I use Postgres, and if it ever gets too small we could move to Cassandra.", {"postgres"}),
        ("Postgres holds the rows, and should that fail one day, Cassandra would do.", {"postgres"}),
        ("If we ever outgrew one machine, I'd go to Cassandra, but today it is Postgres.", {"postgres"}),
        ("We stay on Postgres unless writes grow tenfold.", {"postgres"}),
        ("I'd move to Cassandra if we had more writes.", set()),
        ("If we needed ordering we would take Kafka.", set()),
        ("If we use Cassandra we lose joins.", set()),
        ("Redis takes the reads, otherwise we'd need Cassandra.", {"redis"}),
        ("You said Cassandra, but I keep Postgres.", {"postgres"}),
        ("At my last job we ran Cassandra, but here I use Postgres.", {"postgres"}),
        ("Kafka might be more than we need, so I take SQS.", {"sqs"}),
        ("Modulo moves nearly every key, so that's out, and we use consistent hashing.", {"consistent-hashing"}),
    ],
)
def test_every_clause_is_taken_for_what_it_is(said: str, values: set[str], heard: Heard) -> None:
    assert chosen(heard(said)) == values


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("We publish the clicks over Kafka.", "kafka"),
        ("Events go over Kafka.", "kafka"),
        ("The services talk over gRPC.", "grpc"),
        ("Messages reach the phone over WebSocket.", "websocket"),
        ("I'd send the updates over a WebSocket.", "websocket"),
        ("It is plain REST over HTTP.", "rest"),
        ("The workers read their jobs off Kafka.", "kafka"),
    ],
)
def test_over_and_off_carry_what_goes_by_them(said: str, value: str, heard: Heard) -> None:
    assert heard(said)[value] is Stance.CHOSEN


@pytest.mark.parametrize(
    ("said", "taken", "passed_over"),
    [
        ("I pick Postgres over MySQL.", "postgres", "mysql"),
        ("I'd take gRPC over REST for the inner calls.", "grpc", "rest"),
        ("I prefer Postgres over something like Cassandra.", "postgres", "cassandra"),
        ("It is Postgres rather than Cassandra.", "postgres", "cassandra"),
        ("Rather than Cassandra we take Postgres.", "postgres", "cassandra"),
        ("We use SQS and not Kafka.", "sqs", "kafka"),
        ("The queue is Kafka, no, it's SQS.", "sqs", "kafka"),
        ("I was going to say Kafka, but I'd skip that, it is SQS.", "sqs", "kafka"),
        ("I'd rather run SQS than keep a whole Kafka alive.", "sqs", "kafka"),
        ("SQS is simpler to run than Kafka, so we use SQS.", "sqs", "kafka"),
        ("I take Postgres, Cassandra would cost us the joins.", "postgres", "cassandra"),
        ("With Cassandra we'd lose the joins, so it stays Postgres.", "postgres", "cassandra"),
        ("Kafka is overkill here, we use SQS.", "sqs", "kafka"),
    ],
)
def test_what_is_passed_over_is_told_from_what_is_taken(said: str, taken: str, passed_over: str, heard: Heard) -> None:
    stances = heard(said)
    assert (stances[taken], stances[passed_over]) == (Stance.CHOSEN, Stance.REJECTED)


@pytest.mark.parametrize(
    "said",
    [
        "We don't need Kafka.",
        "I don't think we need Kafka.",
        "I see no reason to run Kafka.",
        "I wouldn't put Kafka in front of that.",
        "This works without Kafka.",
        "There is no Kafka in this.",
        "There is no trip through Kafka.",
        "We don't use SQS or Kafka.",
        "The write never goes through Kafka.",
        "Nobody wants to run Kafka.",
    ],
)
def test_what_is_denied_is_not_chosen(said: str, heard: Heard) -> None:
    assert not chosen(heard(said))


@pytest.mark.parametrize(
    "said",
    [
        "We drop Kafka.",
        "Let's get rid of Kafka.",
        "I take Kafka out.",
        "I'll rub Kafka out.",
        "Then Kafka goes away.",
        "We move away from Kafka.",
        "We switch from Kafka to SQS.",
        "I replace Kafka with SQS.",
        "We no longer need Kafka.",
        "Then we don't need Kafka any more.",
        "I'd lose the Kafka.",
    ],
)
def test_what_is_taken_out_is_removed(said: str, heard: Heard) -> None:
    stances = heard(said)
    assert stances["kafka"] is Stance.REMOVED
    assert stances.get("sqs", Stance.CHOSEN) is Stance.CHOSEN


@pytest.mark.parametrize(
    "said",
    [
        "We drop the events into Kafka.",
        "We move the rows from Postgres to ClickHouse.",
        "Spans come in over gRPC and I take the clicks over Kafka.",
        "What isn't there comes from Postgres.",
    ],
)
def test_data_that_moves_takes_nothing_out(said: str, heard: Heard) -> None:
    assert set(heard(said).values()) == {Stance.CHOSEN}


@pytest.mark.parametrize(
    "said",
    [
        "When we lose Redis the limiter lets calls through.",
        "We replace a Redis node in five minutes.",
        "For a delete we drop the Redis key.",
        "We don't need Redis for the writes.",
        "A cold read skips Redis.",
        "Redis isn't durable.",
        "Most writes never touch Redis.",
    ],
)
def test_what_fails_or_is_gone_round_once_is_not_taken_out(said: str, heard: Heard) -> None:
    assert heard(said)["redis"] is not Stance.REMOVED


@pytest.mark.parametrize(
    ("said", "added"),
    [
        ("I add a local cache.", True),
        ("Plus a local cache in each server.", True),
        ("There is a local cache in front of it.", True),
        ("We keep it, with a local cache for the hottest.", True),
        ("We take a local cache.", False),
        ("Keep it simple and take a local cache.", False),
    ],
)
def test_what_comes_on_top_is_told_from_what_comes_instead(said: str, added: bool) -> None:
    (claim,) = claims_in(said, OPTIONS)
    assert claim.added is added


@pytest.mark.parametrize(
    ("said", "stances"),
    [
        # weighed in the past
        ("I considered Kafka but SQS is cheaper.", {"kafka": "undecided", "sqs": "chosen"}),
        (
            "We looked into Cassandra and MySQL, but Postgres is plenty.",
            {"cassandra": "undecided", "mysql": "undecided"},
        ),
        ("I've been thinking about Kafka, but SQS does the job.", {"kafka": "undecided", "sqs": "chosen"}),
        ("I toyed with a local cache and then took Redis.", {"local-cache": "undecided", "redis": "chosen"}),
        ("I weighed MySQL against Postgres and took Postgres.", {"mysql": "undecided", "postgres": "chosen"}),
        ("I evaluated gRPC, yet REST is simpler here.", {"grpc": "undecided", "rest": "chosen"}),
        ("Cassandra was an option, but Postgres suits us.", {"cassandra": "undecided", "postgres": "chosen"}),
        ("Kafka was our first idea, but SQS is less to run.", {"kafka": "undecided", "sqs": "chosen"}),
        # meant at first
        ("I was about to put Kafka there but SQS is enough.", {"kafka": "undecided", "sqs": "chosen"}),
        (
            "We were going to run Cassandra, but Postgres is sufficient.",
            {"cassandra": "undecided", "postgres": "chosen"},
        ),
        ("My initial reaction was Kafka, but I'd take SQS.", {"kafka": "undecided", "sqs": "chosen"}),
        ("My gut said Cassandra, so did habit, but I use Postgres.", {"cassandra": "undecided", "postgres": "chosen"}),
        ("Initially I had MySQL here; now it is Postgres.", {"mysql": "undecided", "postgres": "chosen"}),
        ("I wanted Kafka originally, but SQS is fine.", {"kafka": "undecided", "sqs": "chosen"}),
        ("I would have picked Cassandra, but Postgres covers it.", {"cassandra": "undecided", "postgres": "chosen"}),
        # turned down
        ("Kafka is something I would skip.", {"kafka": "rejected"}),
        ("Cassandra is the one I'd leave out.", {"cassandra": "rejected"}),
        ("MySQL we would not pick here.", {"mysql": "rejected"}),
        ("Kafka I'd never run at this size.", {"kafka": "rejected"}),
        ("We can rule out Cassandra, so it is Postgres.", {"cassandra": "rejected", "postgres": "chosen"}),
        ("I'd rule Kafka out.", {"kafka": "rejected"}),
        ("I'd steer clear of Cassandra.", {"cassandra": "rejected"}),
        ("We stay away from Kafka and use SQS.", {"kafka": "rejected", "sqs": "chosen"}),
        # for the day today's choice is outgrown
        ("SQS for now and go to Kafka once we pass ten thousand a second.", {"sqs": "chosen", "kafka": "undecided"}),
        (
            "We begin with Postgres and migrate to Cassandra when it is full.",
            {"postgres": "chosen", "cassandra": "undecided"},
        ),
        ("It is Postgres, and I'd switch to Cassandra when writes exceed a million.", {"cassandra": "undecided"}),
        ("Once we outgrow SQS we move to Kafka.", {"kafka": "undecided"}),
        ("Postgres, and we move to Cassandra later.", {"postgres": "chosen", "cassandra": "undecided"}),
        ("SQS at launch and bring in Kafka as soon as somebody replays.", {"sqs": "chosen", "kafka": "undecided"}),
        # granted and passed over
        (
            "Cassandra is nice for that, but Postgres is easier to run.",
            {"cassandra": "undecided", "postgres": "chosen"},
        ),
        ("Kafka would work, but SQS is good enough.", {"kafka": "rejected", "sqs": "chosen"}),
        ("I keep Cassandra, but Postgres is simpler, I know.", {"cassandra": "chosen", "postgres": "undecided"}),
    ],
)
def test_what_was_weighed_is_told_from_what_is_taken(said: str, stances: dict[str, str], heard: Heard) -> None:
    found = heard(said)
    assert {value: found[value].value for value in stances} == stances


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("I considered the load and take Postgres.", "postgres"),
        ("We looked at the numbers, so Postgres is enough.", "postgres"),
        ("My first choice is Postgres.", "postgres"),
        ("I took Postgres because of its unique index.", "postgres"),
        ("Reads go to Redis when the edge misses.", "redis"),
        ("When a request hits the service we go to Redis first.", "redis"),
        ("Once a click is counted it moves to Kafka.", "kafka"),
        ("When Redis is down we switch to the local cache.", "local-cache"),
        ("I use Kafka and I would not lose a click.", "kafka"),
        ("Clicks are passed on to Kafka.", "kafka"),
    ],
)
def test_the_same_words_about_something_else_leave_it_chosen(said: str, value: str, heard: Heard) -> None:
    assert heard(said)[value] is Stance.CHOSEN


WORDS = ("we", "if", "postgres", "kafka", "not", "or", "could", "over", ",", ".", "and", "you", "i'd", "<0>", "drop")


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_every_option_named_gets_exactly_one_stance(parts: list[str]) -> None:
    claims = claims_in(" ".join(parts), OPTIONS)
    assert [claim.option.value for claim in claims] == [part for part in parts if part in ("postgres", "kafka")]


def test_nothing_is_claimed_where_nothing_is_named(lexicon: Lexicon) -> None:
    assert claims_in("We keep it simple.", lexicon.options) == ()


@pytest.mark.parametrize(
    "said",
    [
        "Suppose we picked Cassandra, then the constraint is gone.",
        "Imagine Cassandra here, every read asks three nodes.",
        "Were it Cassandra, each lookup would be cheap.",
        "Had we taken Cassandra, each lookup would be cheap.",
        "Say we went with Cassandra, then the bill grows.",
        "Past fifty thousand writes a second I'd switch to Cassandra.",
        "At ten times this I'd bring in Cassandra.",
        "Only then would I bring in Cassandra.",
        "Switching to Cassandra is a year of work.",
        "Adding Cassandra buys us nothing.",
        "The trouble with Cassandra is repair.",
        "Would Cassandra help us, I doubt it.",
        "So Cassandra, why would I want that.",
        "Okay, Cassandra you say.",
        "With Cassandra you give up the constraint.",
        "In Cassandra that's a round of messages.",
        "In Cassandra they call it a hint.",
    ],
)
def test_a_supposed_or_discussed_option_is_not_chosen(said: str, heard: Heard) -> None:
    assert chosen(heard(said)) == set()


@pytest.mark.parametrize(
    "said",
    [
        "I don't need more than Postgres.",
        "Nothing fancier than Postgres.",
        "I wouldn't take anything other than Postgres.",
        "Postgres would be my choice.",
        "If it is not there, the service asks Postgres.",
        "At forty writes a second I'd take Postgres.",
        "In Postgres we keep one row for each link.",
        "In Postgres there is a table of links.",
        "Postgres behind it.",
        "Everything goes through Postgres.",
    ],
)
def test_an_option_may_be_chosen_without_a_verb_of_choice(said: str, heard: Heard) -> None:
    assert chosen(heard(said)) == {"postgres"}
