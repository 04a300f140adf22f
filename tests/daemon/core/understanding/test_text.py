from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.understanding.text import (
    clauses,
    content_stems,
    declaratives,
    is_question,
    normalise,
    pauses,
    sentences,
    spelling,
    stem,
    words,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shards", "sharding"),
        ("replicas", "replica"),
        ("caches", "caching"),
        ("retries", "retried"),
        ("drops", "dropped"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_different_words_keep_different_stems() -> None:
    assert len({stem(w) for w in ("queue", "quorum", "quota", "query")}) == 4


def test_words_keep_apostrophes_and_decimals() -> None:
    assert words("It’s 2.5 GB, don't round") == ("it's", "2.5", "gb", "don't", "round")


def test_content_leaves_out_filler() -> None:
    assert content_stems("so um we just put it in the cache") == {stem("cache")}


@pytest.mark.parametrize(
    "asked",
    ["Is it global?", "so what happens when a node dies", "how many users do we have", "can we assume one region"],
)
def test_questions_are_found_with_and_without_punctuation(asked: str) -> None:
    assert is_question(asked)


@pytest.mark.parametrize(
    "said", ["When the leader dies, a follower takes over.", "which means we lose order", "It stays on Kafka."]
)
def test_statements_are_not_questions(said: str) -> None:
    assert not is_question(said)


def test_declaratives_drop_the_questions() -> None:
    assert declaratives("Is that fine? I take the queue.") == "i take the queue."


def test_clauses_split_before_a_reason() -> None:
    assert clauses("We keep it because reads dominate") == ("we keep it", "because reads dominate")


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("Redis, then Postgres", {1}),
        ("a look-aside cache at 1,000 reads", set()),
        ("one \u2014 two - three (four): five", {1, 2, 3, 4}),
        ("it\u2019s fine", set()),
        (", first", set()),
    ],
)
def test_pauses_stand_before_words(said: str, at: set[int]) -> None:
    assert pauses(said) == at


@given(st.text())
def test_sentences_put_back_together_are_the_text(text: str) -> None:
    assert " ".join(sentences(text)) == " ".join(text.split())


@given(st.text(alphabet="abc XYZ’'.,"))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text("abİIßſKé1. ,'\n", max_size=40))
def test_a_spelling_holds_the_words_it_stands_for(text: str) -> None:
    for at, word in enumerate(words(text)):
        assert words(spelling(text, at, at + 1)) == (word,)


def test_a_spelling_after_a_letter_that_grows_in_lower_case() -> None:
    assert spelling("in İzmir we run Redis", 4, 5) == "run"
