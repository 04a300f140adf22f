"""The two things to work on first: the dimensions with the most to gain."""

from __future__ import annotations

from collections.abc import Mapping

from phantomcode.daemon.core.scoring.grid import HIGHEST
from phantomcode.daemon.core.scoring.profile import DIMENSIONS, Dimension, Fix, Score

_COUNT = 2


def choose(scores: Mapping[Dimension, Score]) -> tuple[Fix, ...]:
    """The graded dimensions furthest below 4, at most two, in the order of the gain (ties in the profile's order)."""
    open_to_gain = [s for name in DIMENSIONS if (s := scores.get(name)) and s.value is not None and s.value < HIGHEST]
    ranked = sorted(open_to_gain, key=lambda s: s.value if s.value is not None else HIGHEST)
    return tuple(_fix(score) for score in ranked[:_COUNT])


def _fix(score: Score) -> Fix:
    return Fix(
        dimension=score.dimension,
        title=score.title,
        quote=score.fault,
        better=score.better,
        drill=score.drill,
    )
