"""What a quantity measures, from its unit and the words around it."""

from __future__ import annotations

import pytest

from phantomcode.daemon.core.understanding.measures import guess_metric, is_peak
from phantomcode.problems.model import Metric


@pytest.mark.parametrize(
    ("unit", "value", "said", "before", "after", "metric"),
    [
        ("1/s", 300, "300 inserts a second", "so we take ", ".", "write_rate"),
        ("1/s", 9e3, "9 thousand lookups a second", "and ", ".", "read_rate"),
        ("1/s", 9e3, "9 thousand a second", "at the evening peak it's ", ".", "peak_rate"),
        ("B", 400, "400 bytes", "each row is ", ".", "object_size"),
        ("B", 3e12, "three terabytes", "that's ", " in a year.", "storage"),
        ("B", 4e10, "forty gigs", "so the cache needs ", ".", "cache_size"),
        ("B/s", 5e6, "five megs a second", "", "", "bandwidth"),
        ("s", 0.05, "fifty milliseconds", "a read should come back within ", ".", "latency"),
        ("s", 2.6e6, "thirty days", "we keep them ", ".", "retention"),
        ("count", 3, "three replicas", "I want ", ".", "replicas"),
        ("count", 4e7, "forty million people", "about ", " active each day.", "dau"),
        ("ratio", 0.2, "twenty percent", "", "", "ratio"),
    ],
)
def test_guesses(unit: str, value: float, said: str, before: str, after: str, metric: Metric) -> None:
    assert guess_metric(unit, value, said, before, after) == metric


def test_a_peak_is_named_close_by() -> None:
    assert is_peak("at the busiest hour ", "")
    assert is_peak("", " at peak.")
    assert not is_peak("on an ordinary day ", " or so.")
