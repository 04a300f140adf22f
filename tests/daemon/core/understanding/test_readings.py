"""Readings: numbers of one text that belong to an estimate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.understanding.readings import Reading, readings


def read(text: str) -> list[tuple[float, str]]:
    return [(r.value, r.unit) for r in readings(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keep it for an hour.", [(3600, "s")]),
        ("Half a second at most.", [(0.5, "s")]),
        ("A row is a kilobyte and a half.", [(1500, "B")]),
        ("One refund for every forty payments.", [(40, "ratio")]),
        ("2 in 500 of them.", [(0.004, "ratio")]),
        ("I'd double that.", [(2, "ratio")]),
        ("A third of the traffic.", [(pytest.approx(1 / 3), "ratio")]),
        ("It polls four times a minute.", [(pytest.approx(4 / 60), "1/s")]),
        ("Each has a ten gig link.", [(1.25e9, "B/s")]),
    ],
)
def test_reads(text: str, expected: list[tuple[float, str]]) -> None:
    assert read(text) == expected


RATES = (
    "so that is about forty writes per second",
    "thirty ids for every reader, five reads for each write",
    "one in a thousand, one byte and a half, one every four seconds, 99 to one",
    "three and a half terabytes a year over eighty six thousand is two point six million requests per user per day",
)


WORDS = (
    *("two", "forty", "half", "a", "thousand", "million", "point", "six", "one", "third", "3", "2.5", "500", "10k"),
    *("per", "each", "every", "for", "in", "of", "to", "out", "and", "a", "an", "times", "x", "over", "minus", "by"),
    *("second", "day", "month", "bytes", "B", "gigs", "megabits", "writes", "users", "nines", "percent", "%", "$", ","),
)


@given(st.lists(st.sampled_from(WORDS), max_size=9))
def test_any_heap_of_such_words_is_read(words: list[str]) -> None:
    text = " ".join(words)
    assert all(0 <= reading.start < reading.end <= len(text) for reading in readings(text))


@pytest.mark.parametrize("text", RATES)
def test_a_text_may_break_off_anywhere(text: str) -> None:
    """A live caption does."""
    words = text.split()
    for end in range(len(words) + 1):
        for begin in range(end):
            assert readings(" ".join(words[begin:end])) is not None


@pytest.mark.parametrize(
    "text",
    [
        "It answers with a 409 then.",
        "There's a third region for that.",
        "A second hop is no harm.",
        "Seen about twice already.",
        "We have five minutes left.",
        "The forty-first request is refused.",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert read(text) == []


def test_a_number_without_a_unit_is_marked_bare() -> None:
    (reading,) = readings("so that's roughly 4500.")
    assert reading == Reading(4500, "", 18, 22, bare=True)


def test_offsets_quote_the_figure() -> None:
    text = "Um, so I'd say seven hundred gigs, yeah."
    (reading,) = readings(text)
    assert text[reading.start : reading.end] == "seven hundred gigs"
