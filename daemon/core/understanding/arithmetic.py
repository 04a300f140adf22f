"""Is a computed figure what the candidate's own inputs give? A small search over products and quotients.

Every figure carries its dimension (bytes, seconds), so a rate times a size can only explain a bandwidth and a volume
needs a rate, a size and a span. Counts and ratios have no dimension. Operands are tried nearest first: those of the
same breath, then the recent ones. A result within a factor of 1.25 of an expression is right (domain rule (c)2,
GUIDE convention); one that misses the nearest expression by a power of ten or by bits for bytes is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, product

import msgspec

from phantomcode.daemon.core.understanding.observations import Quantity
from phantomcode.daemon.core.understanding.units import DAY_SECONDS, MONTH_SECONDS, YEAR_SECONDS, per_second

TOLERANCE = 1.25
"""Factor within which a stated result counts as the computed one (GUIDE, "correct")."""

_SLIPS = (10.0, 100.0, 1000.0, 1e6, 8.0)
"""Factors by which arithmetic goes wrong in speech: lost zeros, wrong prefix, bits for bytes."""

_CONSTANTS: tuple[tuple[str, float], ...] = (
    ("86400 s", DAY_SECONDS),
    ("1e5 s", 1e5),
    ("30 days", MONTH_SECONDS),
    ("365 days", YEAR_SECONDS),
)

Dimension = tuple[int, int]

_NARROW = ((True, 0, 1), (True, 0, 2), (True, 0, 3), (True, 4, 2), (False, 4, 1), (True, 24, 2))
_WIDE = ((False, 6, 2), (True, 5, 3), (False, 24, 2), (False, 6, 3))
"""(use the figures of the same breath, how many recent ones, operands), in the order they are tried; the wide ones
only when the near ones show no slip either."""


class Term(msgspec.Struct, frozen=True):
    """An operand in base units with its dimension (exponents of bytes and seconds) and how to show it."""

    value: float
    dimension: Dimension
    shown: str


class Check(msgspec.Struct, frozen=True):
    """What the inputs give, in the unit of the figure checked, how, and whether the figure agrees."""

    correct: bool
    expected: float
    working: str


def base(value: float, unit: str) -> tuple[float, Dimension]:
    """Return a value per second, in bytes, in seconds or plain, with its dimension."""
    what, _, _ = unit.partition("/")
    factor = per_second(unit)
    size = int(what == "B")
    if factor is not None:
        return value * factor, (size, -1)
    return value, (size, int(unit == "s"))


def term(quantity: Quantity) -> Term:
    """Make an operand of an earlier quantity."""
    value, dimension = base(quantity.value, quantity.unit)
    what, _, period = quantity.unit.partition("/")
    if period not in ("day", "month", "year"):
        return Term(value, dimension, f"{quantity.value:g} {quantity.unit}")
    amount = f"{quantity.value:g} B" if what == "B" else f"{quantity.value:g}"
    return Term(value, dimension, f"{amount} / {quantity.value / value:g} s" if value else "0")


def check(value: float, unit: str, near: Sequence[Quantity], recent: Sequence[Quantity]) -> Check | None:
    """Redo the arithmetic of a figure; None where no expression of its inputs explains it either way.

    `near` are the operands spoken in the same breath before it, `recent` other earlier ones, latest last.
    """
    target, dimension = base(value, unit)
    scale = value / target if target else 1.0
    near_terms, recent_terms = _distinct(near), _distinct(recent)
    right = _summed(target, dimension, near_terms) or _explained(target, dimension, _NARROW, near_terms, recent_terms)
    slip = None if right or dimension == (0, 0) else _slipped(target, dimension, near_terms, recent_terms[-2:])
    if right is None and slip is None:
        right = _explained(target, dimension, _WIDE, near_terms, recent_terms)
    found = right or slip
    if found is None:
        return None
    return Check(right is not None, found[0] * scale, f"{found[1]} = {found[0] * scale:.4g} {unit}")


def agrees(said: float, expected: float, tolerance: float = TOLERANCE) -> bool:
    """Whether two positive values lie within a factor of each other."""
    return said > 0 and expected > 0 and abs(math.log(said / expected)) <= math.log(tolerance) + 1e-9


def _distinct(quantities: Sequence[Quantity]) -> list[Term]:
    """One term for each value, the latest mention last."""
    terms: dict[tuple[float, Dimension], Term] = {}
    for quantity in quantities:
        for made in (term(quantity), *_per_period(quantity)):
            if made.value > 0:
                terms.pop((made.value, made.dimension), None)
                terms[made.value, made.dimension] = made
    return list(terms.values())


def _per_period(quantity: Quantity) -> tuple[Term, ...]:
    """A volume per day, month or year is also the plain amount that people divide by the period's seconds."""
    what, _, period = quantity.unit.partition("/")
    if period not in ("day", "month", "year"):
        return ()
    shown = f"{quantity.value:g} {'B' if what == 'B' else 'count'}"
    return (Term(quantity.value, (int(what == "B"), 0), shown),)


def _explained(
    target: float,
    dimension: Dimension,
    reaches: Sequence[tuple[bool, int, int]],
    near: Sequence[Term],
    recent: Sequence[Term],
) -> tuple[float, str] | None:
    """Find the first expression that agrees; `reaches` lists (use near, how many recent, operands), best first."""
    for use_near, reach, size in reaches:
        if use_near and not near:
            continue
        others = recent[-reach:] if reach else ()
        for value, shown in _expressions(near if use_near else (), others, size, dimension):
            if agrees(target, value):
                return value, shown
    return None


def _summed(target: float, dimension: Dimension, near: Sequence[Term]) -> tuple[float, str] | None:
    """Find the last few figures of the same dimension that add up to the target, closer than a product need be."""
    alike = [t for t in near if t.dimension == dimension]
    if dimension == (0, 0):
        return None
    for size in range(2, min(6, len(alike)) + 1):
        total = sum(t.value for t in alike[-size:])
        if agrees(target, total, 1.05):
            return total, " + ".join(t.shown for t in alike[-size:])
    return None


def _slipped(
    target: float, dimension: Dimension, near: Sequence[Term], recent: Sequence[Term]
) -> tuple[float, str] | None:
    """Find an expression of two inputs, one of this breath, that the figure misses by a typical slip."""
    if not near:
        return None
    for others in ((), recent):
        for value, shown in _expressions(near, others, 2, dimension):
            if any(agrees(target, value * slip, 1.1) or agrees(target, value / slip, 1.1) for slip in _SLIPS):
                return value, shown
    return None


def _expressions(
    anchors: Sequence[Term], others: Sequence[Term], size: int, dimension: Dimension
) -> Iterator[tuple[float, str]]:
    """Yield products of `size` operands to the powers 1 or -1, times at most one span, of one dimension.

    Where there are anchors at least one is used. A lone operand with no span is a restatement, not a computation.
    """
    pool = [*anchors, *others]
    for chosen in combinations(range(len(pool)), size):
        if anchors and chosen[0] >= len(anchors):
            continue
        terms = [pool[i] for i in chosen]
        for powers in product((1, -1), repeat=size):
            yield from _completed(terms, powers, dimension)


def _completed(terms: Sequence[Term], powers: Sequence[int], dimension: Dimension) -> Iterator[tuple[float, str]]:
    value = math.prod(t.value**p for t, p in zip(terms, powers, strict=True))
    size = sum(t.dimension[0] * p for t, p in zip(terms, powers, strict=True))
    seconds = sum(t.dimension[1] * p for t, p in zip(terms, powers, strict=True))
    if size != dimension[0]:
        return
    shown = _shown(terms, powers)
    missing = dimension[1] - seconds
    if missing == 0 and (len(terms) > 1 or " / " in terms[0].shown):
        yield value, shown
    elif abs(missing) == 1 and not (len(terms) > 1 and any(t.dimension == (0, 1) for t in terms)):
        for name, constant in _CONSTANTS:
            yield value * constant**missing, f"{shown} {'*' if missing > 0 else '/'} {name}"


def _shown(terms: Sequence[Term], powers: Sequence[int]) -> str:
    ordered = sorted(zip(terms, powers, strict=True), key=lambda pair: -pair[1])
    first, rest = ordered[0], ordered[1:]
    head = first[0].shown if first[1] > 0 else f"1 / {first[0].shown}"
    return head + "".join(f" {'*' if p > 0 else '/'} {t.shown}" for t, p in rest)
