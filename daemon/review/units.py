"""Numbers as people read them: "1.2 k/s", "600 GB", "30 days", "12:04"."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_COUNTS = ((1e12, " tn"), (1e9, " bn"), (1e6, " M"), (1e3, " k"))
_SIZES = ((1e18, " EB"), (1e15, " PB"), (1e12, " TB"), (1e9, " GB"), (1e6, " MB"), (1e3, " kB"))
_DURATIONS = (
    (365 * 86_400.0, 2.0, "years"),
    (86_400.0, 2.0, "days"),
    (3_600.0, 2.0, "h"),
    (60.0, 2.0, "min"),
    (1.0, 1.0, "s"),
    (1e-3, 1.0, "ms"),
)
"""Seconds in the unit, how many of it at least before it is used, and its name."""

_WORKED = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?: (1/(?:s|day|month|year)|B(?:/(?:s|day|month|year))?|s|ratio|count)\b)?"
)


def clock(seconds: float) -> str:
    """Minutes and seconds on the round's clock: "4:05", "61:00"."""
    whole = int(max(0.0, seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def day_and_time(epoch_seconds: float) -> str:
    """The moment in UTC, so that the same journal gives the same page everywhere."""
    moment = datetime.fromtimestamp(epoch_seconds, UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def human(value: float, unit: str) -> str:
    """A quantity in one of the grader's units with three significant digits and a prefix."""
    base, _, period = unit.partition("/")
    if base == "s":
        return _duration(value)
    shown = _scaled(value, _SIZES, " B") if base == "B" else _scaled(value, _COUNTS, "")
    return f"{shown}/{period}" if period else shown


def human_range(low: float, high: float, unit: str) -> str:
    """Two quantities of one unit: "35/s to 1.2 k/s"."""
    return f"{human(low, unit)} to {human(high, unit)}"


def human_working(working: str) -> str:
    """Arithmetic as the grader notes it, with its figures in human units."""
    shown = _WORKED.sub(lambda m: human(float(m[1]), m[2] or "count"), working)
    return shown.replace(" * ", " × ").replace(" / ", " ÷ ")


def _scaled(value: float, prefixes: tuple[tuple[float, str], ...], plain: str) -> str:
    size = abs(value)
    for factor, name in prefixes:
        if size >= factor * 0.9995:
            return f"{_three(value / factor)}{name}"
    return f"{_three(value)}{plain}"


def _duration(seconds: float) -> str:
    for size, least, name in _DURATIONS:
        if abs(seconds) >= size * least:
            return f"{_three(seconds / size)} {name}"
    return f"{_three(seconds * 1e6)} µs" if seconds else "0 s"


def _three(value: float) -> str:
    """Three significant digits, without an exponent or trailing zeros."""
    text = f"{float(f'{value:.3g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
