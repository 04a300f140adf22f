from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.review.units import clock, day_and_time, human, human_range, human_working

UNITS = ("1/s", "1/day", "1/month", "1/year", "count", "B", "B/s", "B/day", "B/month", "B/year", "s", "ratio")


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1200, "1/s", "1.2 k/s"),
        (38.58, "1/s", "38.6/s"),
        (999.9, "1/s", "1 k/s"),
        (100e6, "1/month", "100 M/month"),
        (1.2e9, "1/year", "1.2 bn/year"),
        (3.52e12, "count", "3.52 tn"),
        (600e9, "B", "600 GB"),
        (500, "B", "500 B"),
        (5.8e6, "B/s", "5.8 MB/s"),
        (0.1, "s", "100 ms"),
        (5e-6, "s", "5 µs"),
        (60, "s", "60 s"),
        (300, "s", "5 min"),
        (2.592e6, "s", "30 days"),
        (157_680_000, "s", "5 years"),
        (0.01, "ratio", "0.01"),
        (0, "B", "0 B"),
        (0, "s", "0 s"),
    ],
)
def test_a_quantity_reads_as_people_say_it(value: float, unit: str, shown: str) -> None:
    assert human(value, unit) == shown


@given(st.floats(1e-6, 1e21), st.sampled_from(UNITS))
def test_no_exponent_and_never_more_than_three_digits_that_mean_something(value: float, unit: str) -> None:
    shown = human(value, unit)
    number = re.match(r"\d+(\.\d+)?", shown)
    assert number is not None
    assert "e" not in number[0]
    assert len(number[0].replace(".", "").strip("0")) <= 3


@given(st.floats(1e-3, 1e17))
def test_a_size_read_back_is_the_size_said(value: float) -> None:
    number, _, prefix = human(value, "B").partition(" ")
    factor = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15}[prefix]
    assert float(number) * factor == pytest.approx(value, rel=0.006)


def test_a_range_names_both_ends() -> None:
    assert human_range(35, 1200, "1/s") == "35/s to 1.2 k/s"


def test_arithmetic_is_shown_in_the_units_it_is_in() -> None:
    assert human_working("1e+08 / 2.592e+06 s * 100 ratio = 3858 1/s") == "100 M ÷ 30 days × 100 = 3.86 k/s"
    assert human_working("1.2e+09 count * 500 B = 6e+11 B") == "1.2 bn × 500 B = 600 GB"
    assert human_working("A hundred million links a month = 1.2e+09 1/year") == (
        "A hundred million links a month = 1.2 bn/year"
    )
    assert human_working("") == ""


def test_times() -> None:
    assert [clock(s) for s in (0, 59.9, 245, 3660, -3)] == ["0:00", "0:59", "4:05", "61:00", "0:00"]
    assert day_and_time(1_790_000_000) == "21 September 2026, 14:13 UTC"
