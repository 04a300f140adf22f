"""The median and the 95th percentile of measurements, with their number: a figure without it says little."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np


class Spread(msgspec.Struct, frozen=True):
    """Median and 95th percentile in seconds over n measurements; None where there was none."""

    p50: float | None
    p95: float | None
    n: int


def spread(seconds: Sequence[float]) -> Spread:
    """Summarise measurements, rounded to a millisecond."""
    if not seconds:
        return Spread(None, None, 0)
    return Spread(
        round(float(np.percentile(seconds, 50)), 3), round(float(np.percentile(seconds, 95)), 3), len(seconds)
    )
