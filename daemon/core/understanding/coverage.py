"""What an estimate still lacks: rates of reads and writes, a store, a bandwidth or cache, and a peak."""

from __future__ import annotations

from collections.abc import Sequence

from phantomcode.daemon.core.understanding.measures import flow_of
from phantomcode.daemon.core.understanding.observations import Quantity
from phantomcode.problems.model import Metric

PEAK = "peak"
_COVERED: dict[str, frozenset[Metric]] = {
    "read rate": frozenset({"read_rate"}),
    "write rate": frozenset({"write_rate"}),
    "storage": frozenset({"storage"}),
    "bandwidth or cache": frozenset({"bandwidth", "cache_size"}),
}


def lacking(figures: Sequence[Quantity]) -> tuple[str, ...]:
    """Name what none of the figures is, the peak last; superseded figures do not count.

    A peak has to be a rate of its own: a factor alone is none. A peak that says of what it is one ("redirects a second
    at peak") is a rate of that too.
    """
    standing = [q for q in figures if not q.superseded]
    told = {metric for q in standing for metric in (q.metric, _flow_at_peak(q))}
    missing = [name for name, metrics in _COVERED.items() if not metrics & told]
    return tuple(missing if any(_is_peak(q) for q in standing) else [*missing, PEAK])


def _is_peak(quantity: Quantity) -> bool:
    return (quantity.peak or quantity.metric == "peak_rate") and quantity.unit.startswith("1/")


def _flow_at_peak(quantity: Quantity) -> str:
    return flow_of(quantity.text) if _is_peak(quantity) else ""
