"""The products that people work out: a small search for the simplest one that gives a figure.

The operands come from the utterance first, then from the breath before, then from one or two recent ones or from what
stands in the estimate. Units have to work out, a span of time is supplied only where one was named and the unit of
time changes, and what nobody would divide by is not tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

import msgspec

from phantomcode.daemon.core.understanding.observations import Quantity
from phantomcode.daemon.core.understanding.terms import (
    PLAIN,
    REST,
    SPAN,
    TOLERANCE,
    Dimension,
    Expression,
    Term,
    agrees,
    base,
    multiplied,
    named_periods,
    over_time,
    readings_of,
)

OWN, BEFORE, RECENT, STANDING = range(4)
"""Where an operand was said: in the same utterance, in the one before, a little earlier, or in the estimate so far."""

_PLACE_STEP = 100
"""The source of an operand is its place times this, and how far back it was said."""

_REACH = (8, 6, 8, 60)
"""How many figures of each place are looked at, the latest ones."""

Shape = tuple[int, int, int, int]
"""How many operands an expression takes from each place."""
TIGHT = 1.1
"""Tolerance for three operands: the more factors, the more products lie near any figure."""
EXACT = 1.02
"""Tolerance for what is said in round numbers and meant exactly."""


class Figure(msgspec.Struct, frozen=True):
    """A figure to be checked and what was said before it.

    `own` are the figures before it in its utterance, `joints[i]` the text after `own[i]` up to the next figure,
    `earlier` those of the utterances before (latest last), `heard` the whole utterance, `opening` what it says before
    the first figure.
    """

    value: float
    unit: str
    utterance: int = 0
    own: tuple[Quantity, ...] = ()
    joints: tuple[str, ...] = ()
    earlier: tuple[Quantity, ...] = ()
    heard: str = ""
    opening: str = ""


def search_for(figure: Figure) -> Search:
    """Make the search for a figure, with the operands it may take."""
    target, dimension = base(figure.value, figure.unit)
    spans = named_periods(figure.heard, figure.unit)
    return Search(target, figure.unit, dimension, _pools(figure), tuple(spans))


def _pools(figure: Figure) -> tuple[tuple[Term, ...], ...]:
    """The operands by place, latest first, each value once and at its nearest place."""
    standing = [q for q in figure.earlier if not q.superseded]
    places = (
        [q for q in figure.own if not q.superseded],
        [q for q in standing if q.utterance == figure.utterance - 1],
        [q for q in standing if q.utterance < figure.utterance - 1],
        [q for q in standing if q.utterance < figure.utterance - 1 and _stands(q)],
    )
    seen: set[tuple[float, Dimension, str]] = set()
    pools = []
    for place, (quantities, reach) in enumerate(zip(places, _REACH, strict=True)):
        terms: list[Term] = []
        for position, quantity in enumerate(quantities[: -reach - 1 : -1]):
            name = quantity.text if place == OWN else ""
            made = readings_of(quantity, _PLACE_STEP * place + position)
            terms += [t for t in made if (t.value, t.dimension, name) not in seen]
            seen.update((t.value, t.dimension, kind) for t in made for kind in ("", name))
        pools.append(tuple(terms))
    return tuple(pools)


def _stands(quantity: Quantity) -> bool:
    """Whether a figure is one that later sums go back to: a rate, a factor, the size of a record."""
    return quantity.unit == "ratio" or "/" in quantity.unit or quantity.metric == "object_size"


class Search(msgspec.Struct, frozen=True):
    """A target in base units and the operands an expression of it may take."""

    target: float
    unit: str
    dimension: Dimension
    pools: tuple[tuple[Term, ...], ...]
    spans: tuple[tuple[str, float], ...]

    def first(self, shapes: Sequence[Shape], within: float = TOLERANCE) -> Expression | None:
        """The first expression that agrees, in the order of the shapes; within one the exact, then the nearest."""
        for shape in shapes:
            tolerance = min(within, TOLERANCE if sum(shape) < 3 else TIGHT)
            tolerance = EXACT if shape[STANDING] else tolerance
            fitting = [found for found in self.of_shape(shape) if agrees(self.target, found.value, tolerance)]
            if fitting:
                return next((f for f in fitting if agrees(self.target, f.value, EXACT)), fitting[0])
        return None

    def of_shape(self, shape: Shape) -> Iterator[Expression]:
        """Every expression of that many operands from each place that has the dimension of the target."""
        picks = (combinations(pool, count) for pool, count in zip(self.pools, shape, strict=True))
        for parts in product(*picks):
            terms = tuple(term for part in parts for term in part)
            if len({t.source for t in terms}) < len(terms):
                continue
            for powers in product((1, -1), repeat=len(terms)):
                if _plausible(terms, powers, self.unit, shape):
                    yield from self._completed(terms, powers)

    def _completed(self, terms: Sequence[Term], powers: Sequence[int]) -> Iterator[Expression]:
        found, (size, seconds) = multiplied(terms, powers)
        missing = self.dimension[1] - seconds
        if size != self.dimension[0] or abs(missing) > 1:
            return
        if missing:
            if not any(t.dimension == SPAN for t in terms):
                yield from over_time(found, missing, self.spans)
        elif len(terms) > 1 or terms[0].unit in ("rate", REST) or powers[0] < 0:
            yield found

    def unsaid_second(self) -> Expression | None:
        """Find two figures of the utterance whose product it is but for "a second", which people leave off."""
        for terms in combinations(self.pools[OWN], 2):
            found, (size, seconds) = multiplied(terms, (1, 1))
            rates = sum(t.dimension[1] == -1 and t.unit != "rate" for t in terms)
            dropped = (size, seconds) == (self.dimension[0], -1) and self.dimension[1] == 0 and rates == 1
            added = (size, seconds) == (self.dimension[0], 0) and self.unit in ("1/s", "B/s") and self.dimension[0] > 0
            if len({t.source for t in terms}) == 2 and (dropped or added) and agrees(self.target, found.value, EXACT):
                return found
        return None


def _plausible(terms: Sequence[Term], powers: Sequence[int], unit: str, shape: Shape) -> bool:
    """Whether people work like this: what they divide by, and how counts and ratios come about."""
    if 1 not in powers and (any(t.dimension != SPAN for t in terms) or shape[OWN] < len(terms)):
        return False
    below = [t for t, power in zip(terms, powers, strict=True) if power < 0]
    if len(terms) > 2 and not (unit == "s" and _worked_off(below)):
        if any(t.dimension not in (PLAIN, SPAN) for t in below):
            return False
        if shape[OWN] < len(terms) and any(t.dimension == PLAIN for t in below):
            return False
    rests = any(t.unit == REST for t in terms)
    if rests and len(terms) > 1 and all(t.unit == REST or t in below for t in terms):
        return False
    if rests and len(terms) > 2 and shape[OWN] < len(terms):
        return False
    if shape[STANDING] and (terms[-1].unit == REST or (terms[-1].unit == "ratio" and terms[-1] in below)):
        return False
    if unit not in ("count", "ratio"):
        return True
    if len(terms) == 1:
        return unit == "count" or shape[OWN] == 1
    return (
        len(terms) == 2
        and (unit == "count" or shape[OWN] > 0)
        and _counts(terms, powers, unit, named=shape[OWN] == len(terms))
    )


def _worked_off(below: Sequence[Term]) -> bool:
    """Whether something is worked off at a rate by so many workers, both named in the breath of the result."""
    rates = sum(t.dimension[1] == -1 for t in below)
    workers = sum(t.unit == "count" for t in below)
    named = all(t.source // _PLACE_STEP == OWN for t in below)
    return named and rates == workers == 1 and len(below) == 2


def _counts(terms: Sequence[Term], powers: Sequence[int], unit: str, *, named: bool) -> bool:
    """Two figures that give a count or a ratio: alike ones divided, or a count taken several times or in part."""
    first, second = terms
    divided = -1 in powers
    if PLAIN not in (first.dimension, second.dimension):
        return divided if first.dimension == second.dimension else not divided and (named or unit == "count")
    if unit == "ratio":
        return named and first.unit == second.unit
    return "count" in (first.unit, second.unit)
