"""Misheard units and numbers are read, and quoted as they were written down."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.hearing import respelled
from phantomcode.daemon.core.understanding.lexicon import build_lexicon
from phantomcode.daemon.core.understanding.names import find_options
from phantomcode.daemon.core.understanding.observations import Quantity
from phantomcode.daemon.core.understanding.quantities import read_quantities
from phantomcode.daemon.core.understanding.tokens import tokenise
from phantomcode.problems.load import load_atlas


def read(text: str) -> tuple[Quantity, ...]:
    return read_quantities(Utterance(0, Speaker.CANDIDATE, 0.0, 5.0, text), (), "")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("each row is six hundred bites long", 600, "B"),
        ("that makes nine terror bytes", 9e12, "B"),
        ("about thirty giga bites per day", 3e10, "B/day"),
        ("it answers within eighty mili seconds", 0.08, "s"),
        ("peak is around seven thousand r p s", 7000, "1/s"),
        ("we need too hundred machines", 200, "count"),
        ("some fifty rights per second", 50, "1/s"),
    ],
)
def test_mangled_quantities(text: str, value: float, unit: str) -> None:
    (found,) = read(text)
    assert (found.value, found.unit) == (pytest.approx(value), unit)
    assert found.text in text


def test_rights_are_writes_and_reeds_are_reads() -> None:
    rights, reeds = read("say sixty rights per second and six thousand reeds per second")
    assert (rights.metric, reeds.metric) == ("write_rate", "read_rate")


def test_a_mangled_sum_is_still_redone() -> None:
    right = read("so seventy rights a second at six hundred bites is forty two kilo bites a second")[-1]
    assert right.correct is True
    wrong = read("so seventy rights a second times six hundred bites is four mega bites a second")[-1]
    assert wrong.correct is False


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("i would put the hot keys into reddish", "redis"),
        ("the ledger lives in post gress", "postgres"),
        ("events go through calf car", "kafka"),
    ],
)
def test_mangled_names(text: str, value: str) -> None:
    options = build_lexicon(None, load_atlas()).options
    assert value in [option.value for option, _ in find_options(text, options)]


@pytest.mark.parametrize("text", ["the killer feature is search", "a terror of a bug", "he won the race", "me too"])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert respelled(tokenise(text)) == tokenise(text)


@given(st.text(max_size=80))
def test_tokens_keep_their_order_and_place(text: str) -> None:
    tokens = respelled(tokenise(text))
    assert all(a.end <= b.start for a, b in pairwise(tokens))
    assert all(0 <= t.start < t.end <= len(text) for t in tokens)
