"""What an estimate lacks."""

from __future__ import annotations

from phantomcode.daemon.core.understanding.coverage import lacking
from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.problems.model import Metric


def figure(
    metric: Metric, unit: str = "1/s", text: str = "", *, peak: bool = False, superseded: bool = False
) -> Quantity:
    return Quantity(1, text, 5.0, unit, Role.ASSUMED, metric, superseded=superseded, peak=peak)


def test_everything_is_lacking_at_first_and_the_peak_is_named_last() -> None:
    assert lacking([]) == ("read rate", "write rate", "storage", "bandwidth or cache", "peak")


def test_a_cache_stands_for_bandwidth() -> None:
    assert "bandwidth or cache" not in lacking([figure("cache_size", "B")])


def test_a_factor_is_no_peak() -> None:
    assert "peak" in lacking([figure("ratio", "ratio", peak=True)])


def test_a_peak_of_reads_is_a_read_rate_too() -> None:
    assert lacking([figure("peak_rate", text="900 lookups a second")])[0] == "write rate"


def test_what_was_taken_back_does_not_count() -> None:
    assert "storage" in lacking([figure("storage", "B", superseded=True)])
