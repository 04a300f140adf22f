"""Operands of an estimate: figures in base units with their dimension, so that only sums that mean something are tried.

A rate times a size can only be a bandwidth, and a volume needs a rate, a size and a span. Counts and ratios have no
dimension and are told apart by their unit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import msgspec

from phantomcode.daemon.core.understanding.observations import Quantity
from phantomcode.daemon.core.understanding.units import DAY_SECONDS, MONTH_SECONDS, YEAR_SECONDS, per_second

TOLERANCE = 1.25
"""Factor within which a stated result counts as the computed one (GUIDE, "correct")."""

Dimension = tuple[int, int]
"""Exponents of bytes and seconds."""

PLAIN: Dimension = (0, 0)
SPAN: Dimension = (0, 1)
REST = "rest"
"""The unit of what a share leaves: 5 % of misses beside 95 % of hits."""

_SHORT_PERIODS = {"minute": 60.0, "hour": 3600.0}
"""Periods of rates that are kept per second; what comes in one of them is an amount people go on with."""

MORE = "more"
"""The unit of what a share on top makes of a whole: 1.25 for "add a quarter"."""
_ON_TOP = re.compile(
    r"^(add|adding|plus|another)\b|\b(more|again|extra|on top|overhead|headroom|slack|spare|margin|growth)$",
    re.IGNORECASE,
)

PERIODS: dict[str, tuple[str, float]] = {
    "day": ("86400 s", DAY_SECONDS),
    "month": ("30 days", MONTH_SECONDS),
    "year": ("365 days", YEAR_SECONDS),
}
_PERIOD_WORDS = {
    "day": re.compile(r"\b(days?|daily)\b", re.IGNORECASE),
    "month": re.compile(r"\b(months?|monthly)\b", re.IGNORECASE),
    "year": re.compile(r"\b(years?|yearly|annual\w*)\b", re.IGNORECASE),
}


BARE_SPANS = (DAY_SECONDS, 86_000.0, 1e5, 2.5e6, 2.6e6, MONTH_SECONDS)
"""The seconds of a day or a month as people say them, the word "seconds" left off."""

_ONE_SECOND = re.compile(r"\b(a|one|each|last|newest|next|that) second('s|s'| of| in)\b", re.IGNORECASE)


class Term(msgspec.Struct, frozen=True):
    """An operand in base units, how to show it, and which figure it was made of."""

    value: float
    dimension: Dimension
    shown: str
    unit: str
    source: int
    """Place of the figure among those looked at; two readings of one figure never meet in an expression."""
    of: Quantity | None = None
    """The figure it was made of."""


class Expression(msgspec.Struct, frozen=True):
    """A product of operands in base units and how it reads."""

    value: float
    shown: str
    inputs: tuple[Quantity, ...] = ()
    """The figures it was made of."""


def base(value: float, unit: str) -> tuple[float, Dimension]:
    """Return a value per second, in bytes, in seconds or plain, with its dimension."""
    what, _, _ = unit.partition("/")
    factor = per_second(unit)
    size = int(what == "B")
    if factor is not None:
        return value * factor, (size, -1)
    return value, (size, int(unit == "s"))


def agrees(said: float, expected: float, tolerance: float = TOLERANCE) -> bool:
    """Whether two positive values lie within a factor of each other."""
    return said > 0 and expected > 0 and abs(math.log(said / expected)) <= math.log(tolerance) + 1e-9


def period_of(unit: str) -> str:
    """Return "day", "month" or "year" for a unit per such a period, else ""."""
    period = unit.partition("/")[2]
    return period if period in PERIODS else ""


def named_periods(heard: str, unit: str) -> list[tuple[str, float]]:
    """Return the spans (name, seconds) that the words or the unit name: only they may turn amounts into rates."""
    own = period_of(unit)
    named = [own] if own else [p for p, pattern in _PERIOD_WORDS.items() if pattern.search(heard)]
    return [PERIODS[period] for period in named] + ([("1 s", 1.0)] if _ONE_SECOND.search(heard) else [])


def is_added_share(quantity: Quantity) -> bool:
    """Whether a share comes on top of a whole ("a third more", "plus twenty percent")."""
    return quantity.unit == "ratio" and quantity.value < 1 and _ON_TOP.search(quantity.text) is not None


def readings_of(quantity: Quantity, source: int) -> tuple[Term, ...]:
    """Make operands of a figure: itself, the plain amount of a volume per period, and the rest to a whole."""
    return tuple(msgspec.structs.replace(term, of=quantity) for term in _readings_of(quantity, source))


def _readings_of(quantity: Quantity, source: int) -> tuple[Term, ...]:
    value, dimension = base(quantity.value, quantity.unit)
    if value <= 0:
        return ()
    what, _, _ = quantity.unit.partition("/")
    unit = "B" if what == "B" else "count"
    if period_of(quantity.unit):
        amount = f"{quantity.value:g} {unit}"
        rate = Term(value, dimension, f"{amount.removesuffix(' count')} / {quantity.value / value:g} s", "rate", source)
        return rate, Term(quantity.value, (int(what == "B"), 0), amount, unit, source)
    whole = Term(value, dimension, f"{quantity.value:g} {quantity.unit}", quantity.unit, source)
    for name, seconds in _SHORT_PERIODS.items():
        if dimension == (int(what == "B"), -1) and re.search(rf"\b{name}\b", quantity.text, re.IGNORECASE):
            within = Term(value * seconds, (int(what == "B"), 0), f"{value * seconds:g} {unit}", unit, source)
            return whole, within
    if quantity.unit == "count" and value in BARE_SPANS:
        return whole, Term(value, SPAN, f"{value:g} s", "s", source)
    if is_added_share(quantity):
        return (Term(1 + value, PLAIN, f"(1 + {value:g})", MORE, source),)
    if quantity.unit == "ratio" and value < 1:
        return whole, Term(1 - value, PLAIN, f"(1 - {value:g})", REST, source)
    return (whole,)


def multiplied(terms: Sequence[Term], powers: Sequence[int]) -> tuple[Expression, Dimension]:
    """Return the product of operands to the powers 1 or -1, and its dimension."""
    value = math.prod(t.value**p for t, p in zip(terms, powers, strict=True))
    size = sum(t.dimension[0] * p for t, p in zip(terms, powers, strict=True))
    seconds = sum(t.dimension[1] * p for t, p in zip(terms, powers, strict=True))
    return Expression(value, _shown(terms, powers), tuple(t.of for t in terms if t.of)), (size, seconds)


def over_time(found: Expression, missing: int, spans: Sequence[tuple[str, float]]) -> list[Expression]:
    """Supply the one missing second of an expression from the spans that were named."""
    sign = "*" if missing > 0 else "/"
    return [
        msgspec.structs.replace(found, value=found.value * seconds**missing, shown=f"{found.shown} {sign} {name}")
        for name, seconds in spans
    ]


def _shown(terms: Sequence[Term], powers: Sequence[int]) -> str:
    ordered = sorted(zip(terms, powers, strict=True), key=lambda pair: -pair[1])
    first, rest = ordered[0], ordered[1:]
    head = first[0].shown if first[1] > 0 else f"1 / {first[0].shown}"
    return head + "".join(f" {'*' if p > 0 else '/'} {t.shown}" for t, p in rest)
