from __future__ import annotations

import pytest

from phantomcode.daemon.word_errors import spoken_form, terms_heard, word_errors


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("4,000 redirects", "four thousand redirects"),
        ("12,500,000", "twelve million five hundred thousand"),
        ("a hundred and twenty", "one hundred twenty"),
        ("a hundred and a cache", "one hundred and a cache"),
        ("1.2 billion", "one point two billion"),
        ("three and a half trillion", "3.5 trillion"),
        ("a 302, not a 301 or 200", "a three oh two not a three oh one or two hundred"),
        ("the 99th, 2nd and 30th", "the ninety ninth second and thirtieth"),
        ("P99 of base62", "p ninety nine of base sixty two"),
        ("10x in 20 seconds", "ten x in twenty seconds"),
        ("99.9%", "ninety nine point nine percent"),
        ("You're right, it’s what we don't", "you are right it is what we do not"),
        ("we can't, we cannot", "we can not we can not"),
        ("Um, so, uh, well-known", "so well known"),
        ("9876543210123456", "nine eight seven six five four three two one zero one two three four five six"),
        ("0", "zero"),
        ("", ""),
    ],
)
def test_both_ways_of_writing_come_to_the_same_words(written: str, said: str) -> None:
    assert spoken_form(written) == spoken_form(said)


def test_edits_are_counted_over_what_was_said() -> None:
    errors = word_errors("Reads hit 3 replicas, um, first.", "Reads hit three replicas at first")
    assert (errors.edits, errors.words) == (1, 5)


def test_a_term_counts_however_it_is_divided_and_only_as_often_as_it_was_said() -> None:
    heard = terms_heard(
        ("ClickHouse", "base sixty two", "shard", "Kafka"),
        "ClickHouse, base sixty two, a shard, Kafka, Kafka",
        "click house click house, base62, shards, kafka",
    )
    assert (heard.said, heard.heard) == (5, 3)
    assert heard.missing == {"shard": 1, "Kafka": 1}
