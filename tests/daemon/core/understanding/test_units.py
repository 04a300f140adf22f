"""Units behind a number: sizes, bits, spans, rates, ratios, counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.understanding.numbers import find_numbers
from phantomcode.daemon.core.understanding.tokens import tokenise
from phantomcode.daemon.core.understanding.units import per_second, read_unit


def read(text: str) -> tuple[float, str] | None:
    tokens = tokenise(text)
    number = find_numbers(tokens)[0]
    unit = read_unit(tokens, number)
    return None if unit is None else (number.value * unit.factor, unit.unit)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("7 kilobytes", 7e3, "B"),
        ("nine gigs", 9e9, "B"),
        ("4 GiB", 4 * 2**30, "B"),
        ("half a meg", 5e5, "B"),
        ("forty megabits", 5e6, "B/s"),
        ("2 gbps", 2.5e8, "B/s"),
        ("16 bits", 2, "B"),
        ("3 GB per second", 3e9, "B/s"),
        ("90 gigs a day", 9e10, "B/day"),
        ("five milliseconds", 0.005, "s"),
        ("three weeks", 1_814_400, "s"),
        ("two years", 63_072_000, "s"),
        ("70 orders a second", 70, "1/s"),
        ("12 thousand qps", 12_000, "1/s"),
        ("six hundred a minute", 10, "1/s"),
        ("eight million uploads per day", 8e6, "1/day"),
        ("forty million new rows every month", 4e7, "1/month"),
        ("thirty percent", 0.3, "ratio"),
        ("15%", 0.15, "ratio"),
        ("4x", 4, "ratio"),
        ("seven times", 7, "ratio"),
        ("fifty to one", 50, "ratio"),
        ("20:1", 20, "ratio"),
        ("eight reads per write", 8, "ratio"),
        ("six lookups for every insert", 6, "ratio"),
        ("eleven brokers", 11, "count"),
        ("thirty edge sites", 30, "count"),
        ("9 million writes at peak", 9e6, "1/s"),
    ],
)
def test_reads(text: str, value: float, unit: str) -> None:
    assert read(text) == (pytest.approx(value), unit)


def test_multiplying_is_not_a_factor() -> None:
    assert read("forty times sixty") is None
    assert read("forty times a kilobyte") is None


def test_a_bare_number_has_no_unit() -> None:
    assert read("so that's 350.") is None


@given(st.integers(2, 9999), st.sampled_from(["second", "minute", "hour", "day", "month", "year"]))
def test_a_rate_is_the_same_however_it_is_put(n: int, period: str) -> None:
    forms = [read(f"{n} uploads {link} {period}") for link in ("per", "a", "every", "each")]
    assert forms[0] is not None
    assert all(form == forms[0] for form in forms)
    assert per_second(forms[0][1]) is not None


def test_only_rates_have_a_value_per_second() -> None:
    assert per_second("B") is None
    assert per_second("s") is None
    assert per_second("1/day") == pytest.approx(1 / 86400)
