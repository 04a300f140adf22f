"""Tokens: what is a figure, and which hesitation belongs to a number."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.understanding.tokens import tokenise


@given(st.text(max_size=60))
def test_tokens_keep_their_place(text: str) -> None:
    tokens = tokenise(text)
    assert all(0 <= t.start < t.end <= len(text) for t in tokens)
    assert all(a.end <= b.start for a, b in itertools.pairwise(tokens))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("86,400", 86_400),
        ("1,5", 1.5),
        ("2,25", 2.25),
        ("0,125", 0.125),
        ("1.2", 1.2),
        (".5", 0.5),
        ("1,234,567.5", 1234567.5),
    ],
)
def test_a_figure_has_one_value(text: str, value: float) -> None:
    (token,) = tokenise(text)
    assert token.is_figure
    assert token.figure == value


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a hundred and fifty, um, million", "a hundred and fifty million"),
        ("forty uh five", "forty five"),
        ("two hundred um fifty", "two hundred fifty"),
        ("one hundred and uh ten", "one hundred and ten"),
        ("two two hundred", "two hundred"),
        ("three, um, four", "three , um , four"),
        ("five um gateways", "five um gateways"),
        ("ten, uh, twenty", "ten , uh , twenty"),
    ],
)
def test_hesitation_is_left_out_where_it_parts_one_number(text: str, kept: str) -> None:
    assert [t.text for t in tokenise(text)] == kept.split()
