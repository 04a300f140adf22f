from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.transcription import (
    Settling,
    asks_for_more,
    is_echo,
    is_invented,
    normalise,
    recites_vocabulary,
    repeats_itself,
    settle,
    without_repetition,
    without_sound_tags,
)

LINE = "How would you keep two nodes from handing out the same short code?"
TERMS = ("URL shortener", "base62", "Snowflake ID", "Cassandra")


def test_normalising_keeps_words_and_apostrophes_only() -> None:
    assert normalise("Read-heavy: 100/sec, that’s  FINE.") == "read heavy 100 sec that's fine"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("we shard by by by by by user", "we shard by user"),
        ("Thank you. Thank you. Thank you. Thank you. Okay.", "Thank you. Okay."),
        ("no no no, not that", "no no no, not that"),
        ("ten thousand ten thousand reads", "ten thousand ten thousand reads"),
        ("so a cache in front " * 6 + "and done", "so a cache in front and done"),
        ("to the replicas, B-B-B-B-B-B", "to the replicas, B"),
        ("a 10-10-10-10 split", "a 10 split"),
        ("gigabytes a year, ffffffffffffffff", "gigabytes a year,"),
        ("10000000 rows", "10000000 rows"),
        ("b-b-but it is back-to-back", "b-b-but it is back-to-back"),
    ],
)
def test_loops_collapse_and_natural_repeats_stay(text: str, expected: str) -> None:
    assert without_repetition(text) == expected
    assert repeats_itself(text) is (expected != text)


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=40).map(" ".join))
def test_collapsing_never_adds_words_and_keeps_the_first(text: str) -> None:
    kept = without_repetition(text).split()
    assert len(kept) <= len(text.split())
    assert kept[:1] == text.split()[:1]
    assert set(kept) <= set(text.split())


def test_sound_tags_are_not_speech() -> None:
    assert without_sound_tags("[BLANK_AUDIO] (keyboard clicking) ♪ we cache it") == "we cache it"


def test_a_stock_phrase_counts_as_invented_only_without_voice_or_confidence() -> None:
    assert is_invented("Thank you.", level_dbfs=-60, confidence=0.9)
    assert is_invented(" Thanks for watching! ", level_dbfs=-20, confidence=0.3)
    assert not is_invented("Thank you.", level_dbfs=-25, confidence=0.8)
    assert not is_invented("Thank you, next the cache.", level_dbfs=-60, confidence=0.2)


def test_only_a_doubtful_recital_of_nothing_but_the_prompts_terms_is_dropped() -> None:
    assert recites_vocabulary("URL shortener, base62, Snowflake ID.", TERMS, confidence=0.4)
    assert recites_vocabulary("Cassandra, base62, Cassandra.", TERMS, confidence=0.4)
    assert not recites_vocabulary("URL shortener, base62, Snowflake ID.", TERMS, confidence=0.9)
    assert not recites_vocabulary("Snowflake ID, Cassandra", TERMS, confidence=0.4)
    assert not recites_vocabulary("base62, Snowflake ID or Cassandra", TERMS, confidence=0.4)
    assert not recites_vocabulary("", TERMS, confidence=0.1)


def test_an_echo_is_the_interviewers_line_or_part_of_it_even_misheard() -> None:
    assert is_echo("how would you keep two nodes from handing out the same code", [LINE])
    assert is_echo("keep two notes from handing out the same short code", ["Hello.", LINE])


def test_answers_that_share_words_with_the_line_are_no_echo() -> None:
    assert not is_echo("The same short code?", [LINE])
    assert not is_echo("I'd give each node its own range so no two hand out the same code", [LINE])
    assert not is_echo("Right. " + LINE + " I would lease ranges from ZooKeeper to each of them", [LINE])
    assert not is_echo("short code", [LINE])


def test_two_hypotheses_that_agree_commit_all_but_the_last_word() -> None:
    once = settle(Settling(), "we need about ten")
    assert (once.text, once.stable_chars) == ("we need about ten", 0)
    twice = settle(once, "We need about 10,000 writes")
    assert twice.committed == ("We", "need", "about")
    assert twice.text == "We need about 10,000 writes"
    assert twice.text[: twice.stable_chars] == "We need about"


def test_a_hypothesis_that_contradicts_what_is_committed_changes_only_the_tail() -> None:
    settled = settle(settle(Settling(), "use a cache here now"), "use a cache here now please")
    shaken = settle(settled, "lose the cash fear now indeed")
    assert shaken.text.startswith("use a cache here")


WORDS = st.lists(st.sampled_from(["we", "shard", "by", "key", "Key,"]), max_size=12).map(" ".join)


@given(st.lists(WORDS, max_size=12))
def test_committed_text_never_shrinks_or_changes(hypotheses: list[str]) -> None:
    settling = Settling()
    for hypothesis in hypotheses:
        before = settling.text[: settling.stable_chars]
        settling = settle(settling, hypothesis)
        assert settling.text.startswith(before)
        assert settling.stable_chars >= len(before)


@pytest.mark.parametrize(
    ("text", "open_end"),
    [
        ("We shard by user, because", True),
        ("So the peak is, um.", True),
        ("I would put the counter in...", True),
        ("a cache in front of the", True),
        ("The primary takes the writes.", False),
        ("If I cache a fifth of the links,", True),
        ("What are you thinking of?", False),
        ("It is a forum", False),
        ("Postgres, with one replica", False),
        ("", False),
    ],
)
def test_a_clause_that_stops_in_its_middle_asks_for_more(text: str, open_end: bool) -> None:
    assert asks_for_more(text) is open_end
