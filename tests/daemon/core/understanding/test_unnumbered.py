"""Amounts and factors that are said without a number."""

from __future__ import annotations

import pytest

from phantomcode.daemon.core.understanding.readings import readings
from phantomcode.daemon.core.understanding.tokens import tokenise
from phantomcode.daemon.core.understanding.unnumbered import factors


def read(text: str) -> list[tuple[float, str]]:
    return [(r.value, r.unit) for r in readings(text) if not r.operand]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a sub-millisecond lookup", [(0.001, "s")]),
        ("sub second answers", [(1.0, "s")]),
        ("within the next half minute", [(30.0, "s")]),
        ("about half gig of heap", [(5e8, "B")]),
        ("that costs us a minute", [(60.0, "s")]),
        ("the counts run a minute behind", [(60.0, "s")]),
        ("it takes on the order of an hour", [(3600.0, "s")]),
        ("we lose a full day", [(86_400.0, "s")]),
        ("off by a percent", [(0.01, "ratio")]),
        ("each client polls once a minute", [(pytest.approx(1 / 60), "1/s")]),
        ("everybody uploads twice a day", [(2.0, "1/day")]),
        ("it refreshes once every twenty seconds", [(0.05, "1/s")]),
        ("it clashes once in five hundred", [(0.002, "ratio")]),
        ("a thirtyfold burst", [(30.0, "ratio")]),
    ],
)
def test_amounts_without_a_number(text: str, expected: list[tuple[float, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "give me a second to think",
        "a second copy elsewhere",
        "ten minutes ago it was an idea",
        "the bill goes out once a day",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    assert 1.0 not in [value for value, _ in read(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [("double that", 2), ("it halves the traffic", 0.5), ("I'd say double, then", 2), ("which triples our writes", 3)],
)
def test_a_factor_in_a_word(text: str, value: float) -> None:
    assert [n.value for n in factors(tokenise(text))] == [value]


@pytest.mark.parametrize(
    "text", ["double-entry books", "charged double, sadly", "the two halves of it", "twice already"]
)
def test_a_word_that_only_looks_like_a_factor(text: str) -> None:
    assert factors(tokenise(text)) == []
