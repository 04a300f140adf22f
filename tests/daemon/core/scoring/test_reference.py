"""Figures are set beside ranges that are about the same thing, or beside none."""

from __future__ import annotations

import pytest

from phantomcode.daemon.core.scoring.reference import distance, reference_for
from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.problems.model import Metric, ReferenceRange


def range_of(metric: Metric, unit: str, low: float, high: float, label: str) -> ReferenceRange:
    return ReferenceRange(metric=metric, unit=unit, low=low, high=high, label=label, basis="")


def figure(value: float, unit: str, metric: Metric, text: str = "") -> Quantity:
    return Quantity(3, text, value, unit, Role.ASSUMED, metric)


RANGES = (
    range_of("peak_rate", "1/s", 1e4, 1e5, "pages read at peak"),
    range_of("peak_rate", "1/s", 100, 9e4, "pages written at peak"),
    range_of("storage", "B", 1e12, 1e13, "pages, one year"),
    range_of("storage", "B", 5e12, 5e13, "pages, five years"),
    range_of("storage", "B", 2e12, 3e13, "pages, one year, two copies"),
    range_of("users", "count", 1e6, 1e8, "accounts"),
)


def label(quantity: Quantity, said: str) -> str:
    found = reference_for(quantity, said, RANGES)
    return found.label if found else ""


def test_writes_are_not_set_beside_reads() -> None:
    said = "so at peak that's fifty thousand pages written a second"
    assert (
        label(figure(5e4, "1/s", "peak_rate", "fifty thousand pages written a second"), said) == "pages written at peak"
    )


@pytest.mark.parametrize(
    ("value", "said", "expected"),
    [
        (6e12, "the pages are six terabytes", ""),
        (6e12, "pages come to six terabytes in one year", "pages, one year"),
        (3e13, "over five years the pages take thirty terabytes", "pages, five years"),
        (6e12, "one year of pages in two copies is six terabytes", "pages, one year, two copies"),
        (2e10, "a day of pages, so per day twenty gigabytes", ""),
    ],
)
def test_a_store_is_set_beside_one_of_the_same_time_and_copies(value: float, said: str, expected: str) -> None:
    assert label(figure(value, "B", "storage"), said) == expected


def test_a_volume_a_year_names_its_time_in_its_unit() -> None:
    yearly = range_of("storage", "B/year", 1e12, 1e13, "pages, one year")
    assert reference_for(figure(6e12, "B/year", "storage"), "so the pages take that", (yearly,)) == yearly


def test_where_several_ranges_could_be_meant_the_words_decide_or_nothing_does() -> None:
    assert label(figure(5e4, "1/s", "peak_rate"), "so that's fifty thousand a second") == ""


def test_the_only_range_of_its_kind_holds_however_far_off() -> None:
    users = figure(1e12, "count", "users")
    assert label(users, "a trillion people") == "accounts"
    assert distance(users, RANGES[-1]) == pytest.approx(1e4)
