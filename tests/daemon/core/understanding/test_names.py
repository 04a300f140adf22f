from __future__ import annotations

import json
from importlib.resources import files

import pytest

from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.names import find_options
from phantomcode.problems.load import load_atlas
from phantomcode.problems.model import Option


def _values(text: str, lexicon: Lexicon) -> list[str]:
    return [option.value for option, _ in find_options(text, lexicon.options)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PostgreSQL it is", "postgres"),
        ("put it in post gress", "postgres"),
        ("we take casandra", "cassandra"),
        ("we take cassandras", "cassandra"),
        ("rabbit mq for the jobs", "rabbitmq"),
        ("a reddish cluster", "redis"),
    ],
)
def test_names_are_found_as_said_and_as_misheard(text: str, value: str, lexicon: Lexicon) -> None:
    assert _values(text, lexicon) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "we post progress reports",
        "a cascade of calls",
        "among those",
        "the balance of the account",
        "rabbits",
        "we have four million reads a second",
    ],
)
def test_ordinary_words_are_no_technologies(text: str, lexicon: Lexicon) -> None:
    assert _values(text, lexicon) == []


def test_mentions_come_in_spoken_order(lexicon: Lexicon) -> None:
    assert _values("Kafka in front, Redis behind, Postgres last", lexicon) == ["kafka", "redis", "postgres"]


@pytest.mark.parametrize(
    "text", ["We push for most and pull for celebrities.", "so we push for most and pull for celebrities i guess"]
)
def test_a_name_of_many_words_is_found_before_the_short_name_it_begins_with(text: str) -> None:
    hybrid = Option("hybrid", "fanout", ("push for most and pull for celebrities",))
    push = Option("push", "fanout", ("push",))
    assert [(o.value, m.said) for o, m in find_options(text, (push, hybrid))] == [("hybrid", hybrid.names[0])]


def test_a_name_that_is_cut_off_is_not_found() -> None:
    hybrid = Option("hybrid", "fanout", ("push for most and pull for celebrities",))
    assert not list(find_options("we push for most and pull for", (hybrid,)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I would use Postgres here.", "Postgres"),
        ("i would use  postgres here", "postgres"),
        ("A Redis Cluster in front.", "Redis Cluster"),
        ("we put post grass behind it", "postgres"),
        ("it’s “Kafka”, of course", "Kafka"),
        ("Two DynamoDBs, say.", "DynamoDBs"),
    ],
)
def test_what_is_quoted_is_spelt_as_it_was_and_never_mis_heard(text: str, said: str) -> None:
    (_, mention), *_ = find_options(text, load_atlas().options)
    assert mention.said == said


def test_a_fixed_phrase_is_no_mishearing() -> None:
    options = load_atlas().options
    assert find_options("the blast radius of a zone is one copy", options) == ()
    assert [option.value for option, _ in find_options("the radius takes the reads", options)] == ["redis"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("the counts sit in read us", "redis"),
        ("everything goes through cough car", "kafka"),
        ("we keep the rows in post grease", "postgres"),
        ("events flow into cafka", "kafka"),
        ("traces land in klick house", "clickhouse"),
        ("a cassandra and read us in front", "redis"),
    ],
)
def test_what_sounds_like_a_product_is_one_where_a_name_can_stand(text: str, value: str) -> None:
    assert [option.value for option, _ in find_options(text, load_atlas().options)][-1:] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "the front end will read us the list",
        "they read us like a book",
        "I had a bad cough, car trouble too",
        "we park it for now",
        "after three days we quit and park it",
        "it escalates and I excuse it",
        "we span her accounts across regions",
        "the radius of that failure is one shard",
        "the controller promotes the replica",
        "the key goes to the next node clockwise on a stable ring",
    ],
)
def test_words_that_can_be_read_as_they_stand_are_no_mishearing(text: str) -> None:
    assert find_options(text, load_atlas().options) == ()


def test_common_words_are_no_products() -> None:
    """The encoder's vocabulary is its training text's most frequent words, the rarest of them last."""
    vocabulary = json.loads(files("phantomcode.daemon.labels").joinpath("tokenizer.json").read_text())["model"]["vocab"]
    common = [word for word, rank in vocabulary.items() if word.isalpha() and word.isascii() and rank < 12_000]
    assert len(common) > 8_000
    options = load_atlas().options
    spelt = {
        form for o in options for name in (o.value, *o.names, *o.mishearings) for form in (name.lower(), name + "s")
    }
    assert [word for word in common if word not in spelt and find_options(f"in {word}", options)] == []
