from __future__ import annotations

import pytest

from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.names import find_options


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
