"""Is a computed figure what the candidate's own inputs give?

A sum said aloud is redone as it was said (`chains.py`). Where none was, a small search looks for the simplest product
of few figures whose units work out: those of the utterance first, then the breath before, then one or two recent
ones. A time is never explained from afar: too many quotients of old figures come near a second or a year. A span of
time is supplied only where one was named and the unit of time changes. What only a far-fetched
product would explain stays unexplained: a verdict has to be one that the candidate could check.

A result within a factor of 1.25 is right (domain rule (c)2, GUIDE convention); one that misses the product of two
figures of its own utterance by a lost zero, a wrong prefix or bits for bytes is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations, product

import msgspec

from phantomcode.daemon.core.understanding.chains import Said, allowances, draws_result, stated, taken_up
from phantomcode.daemon.core.understanding.observations import Quantity, Role
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

_SLIPS = (10.0, 100.0, 1000.0, 1e6, 8.0)
"""Factors by which arithmetic goes wrong in speech: lost zeros, wrong prefix, bits for bytes."""

_OWN, _BEFORE, _RECENT, _STANDING = range(4)
"""Where an operand was said: in the same utterance, in the one before, a little earlier, or in the estimate so far."""

_REACH = (8, 6, 8, 60)
"""How many figures of each place are looked at, the latest ones."""

_Shape = tuple[int, int, int, int]
"""How many operands an expression takes from each place."""

_NAMED: tuple[_Shape, ...] = ((1, 0, 0, 0), (2, 0, 0, 0), (3, 0, 0, 0))
_NEAR: tuple[_Shape, ...] = ((1, 1, 0, 0), (0, 1, 0, 0), (0, 2, 0, 0), (2, 1, 0, 0), (1, 2, 0, 0))
_FAR: tuple[_Shape, ...] = ((1, 0, 1, 0), (0, 1, 1, 0), (0, 0, 1, 0), (1, 0, 0, 1), (0, 1, 0, 1))
_FAR += ((2, 0, 1, 0), (2, 0, 0, 1))
_SLIP_NAMED: tuple[_Shape, ...] = ((2, 0, 0, 0), (1, 0, 0, 0))
_SLIP_NEAR: tuple[_Shape, ...] = ((1, 1, 0, 0),)
_SLIP_TAKEN_UP: tuple[_Shape, ...] = ((0, 1, 0, 0),)
_TIGHT = 1.1
"""Tolerance for three operands: the more factors, the more products lie near any figure."""
_EXACT = 1.02
_SUM_TOLERANCE = 1.05
_ROUNDED_REACH = 12
_RESTS = re.compile(
    r"\b(miss\w*|rest|remain\w*|others?|left|fail\w*|(go|goes|fall|falls|get|gets) through)\b", re.IGNORECASE
)
_LEFT = re.compile(r"\b(spare|slack|headroom|left|leaves?|leaving|remain\w*|under|short of)\b", re.IGNORECASE)
_TAKEN_UP = 3
"""How many figures back "that" may point."""


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


class Check(msgspec.Struct, frozen=True):
    """What the inputs give, in the unit of the figure checked, how, and whether the figure agrees.

    `working` is empty where figures said long before lead near the figure, but nobody can tell that they were meant.
    """

    correct: bool
    expected: float
    working: str
    own: bool = False
    """Whether all the inputs were named in the utterance of the figure, or taken up by it."""
    aloud: bool = False
    """Whether the sum itself was said."""


def check_aloud(figure: Figure) -> Check | None:
    """Judge by the sum that was said, in the reading kindest to the result; None where none was said.

    Copies that were spoken of but left out of the sum are let pass.
    """
    target, _ = base(figure.value, figure.unit)
    if target <= 0:
        return None
    said = _said(figure)
    readings = stated(figure.value, figure.unit, said)
    fitting = next((r for r in readings if agrees(target, r.value)), None) or taken_up(figure.value, figure.unit, said)
    if fitting is not None:
        return _judged(figure, target, fitting, correct=True, own=True, aloud=True)
    if not readings:
        return None
    for factor in allowances(figure.heard):
        if agrees(target, readings[0].value * factor):
            copied = Expression(readings[0].value * factor, f"{readings[0].shown} * {factor:g} count")
            return _judged(figure, target, copied, correct=True, own=True)
    other = _search(figure).first(_NAMED, _EXACT)
    if other is not None:
        return _judged(figure, target, other, correct=True, own=True)
    return _judged(figure, target, readings[0], correct=False, own=True)


def _said(figure: Figure) -> Said:
    standing = [q for q in reversed(figure.earlier) if not q.superseded]
    before = [q for q in standing[:_TAKEN_UP] if q.utterance >= figure.utterance - 2]
    alike = next((q for q in standing if q.unit == figure.unit and q not in before), None)
    return Said(figure.own, figure.joints, figure.opening, (*before, *([alike] if alike else [])), figure.heard)


def check(figure: Figure) -> Check | None:
    """Search the inputs of a figure for its arithmetic; None where no plain expression explains it either way."""
    target, dimension = base(figure.value, figure.unit)
    if target <= 0:
        return None
    search = _search(figure)
    own = _total(search, figure) or search.first(_NAMED) or search.unsaid_second()
    own = own or _left_over(search, figure) or _rest(search, figure)
    if own is not None:
        return _judged(figure, target, own, correct=True, own=True)
    slip = _slipped(figure, search, _SLIP_NAMED)
    if slip is not None:
        return _judged(figure, target, slip, correct=False, own=True)
    far = () if figure.unit == "s" else _FAR
    exact = search.first(_NEAR, _EXACT) or search.first(far, _EXACT)
    right = _summed(search) or exact or search.first(_NEAR) or _rounded(figure, dimension)
    if right is not None:
        return _judged(figure, target, right, correct=True)
    slip = _slipped(figure, search, _SLIP_NEAR if figure.own else _SLIP_TAKEN_UP)
    if slip is not None:
        return _judged(figure, target, slip, correct=False)
    likely = search.first(far)
    if likely is None:
        return None
    return msgspec.structs.replace(_judged(figure, target, likely, correct=True), working="")


def _search(figure: Figure) -> _Search:
    target, dimension = base(figure.value, figure.unit)
    spans = named_periods(figure.heard, figure.unit)
    return _Search(target, figure.unit, dimension, _pools(figure), tuple(spans))


def _judged(
    figure: Figure, target: float, found: Expression, *, correct: bool, own: bool = False, aloud: bool = False
) -> Check:
    expected = found.value * figure.value / target
    return Check(correct, expected, f"{found.shown} = {expected:.4g} {figure.unit}", own, aloud)


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
            name = quantity.text if place == _OWN else ""
            made = readings_of(quantity, 100 * place + position)
            terms += [t for t in made if (t.value, t.dimension, name) not in seen]
            seen.update((t.value, t.dimension, kind) for t in made for kind in ("", name))
        pools.append(tuple(terms))
    return tuple(pools)


def _stands(quantity: Quantity) -> bool:
    """Whether a figure is one that later sums go back to: a rate, a factor, the size of a record."""
    return quantity.unit == "ratio" or "/" in quantity.unit or quantity.metric == "object_size"


class _Search(msgspec.Struct, frozen=True):
    """A target in base units and the operands an expression of it may take."""

    target: float
    unit: str
    dimension: Dimension
    pools: tuple[tuple[Term, ...], ...]
    spans: tuple[tuple[str, float], ...]

    def first(self, shapes: Sequence[_Shape], within: float = TOLERANCE) -> Expression | None:
        """The first expression that agrees, in the order of the shapes; within one the exact, then the nearest."""
        for shape in shapes:
            tolerance = min(within, TOLERANCE if sum(shape) < 3 else _TIGHT)
            tolerance = _EXACT if shape[_STANDING] else tolerance
            fitting = [found for found in self.of_shape(shape) if agrees(self.target, found.value, tolerance)]
            if fitting:
                return next((f for f in fitting if agrees(self.target, f.value, _EXACT)), fitting[0])
        return None

    def of_shape(self, shape: _Shape) -> Iterator[Expression]:
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
        for terms in combinations(self.pools[_OWN], 2):
            found, (size, seconds) = multiplied(terms, (1, 1))
            rates = sum(t.dimension[1] == -1 and t.unit != "rate" for t in terms)
            dropped = (size, seconds) == (self.dimension[0], -1) and self.dimension[1] == 0 and rates == 1
            added = (size, seconds) == (self.dimension[0], 0) and self.unit in ("1/s", "B/s") and self.dimension[0] > 0
            if len({t.source for t in terms}) == 2 and (dropped or added) and agrees(self.target, found.value, _EXACT):
                return found
        return None


def _plausible(terms: Sequence[Term], powers: Sequence[int], unit: str, shape: _Shape) -> bool:
    """Whether people work like this: what they divide by, and how counts and ratios come about."""
    if 1 not in powers and (any(t.dimension != SPAN for t in terms) or shape[_OWN] < len(terms)):
        return False
    below = [t for t, power in zip(terms, powers, strict=True) if power < 0]
    if len(terms) > 2 and any(t.dimension not in (PLAIN, SPAN) for t in below):
        return False
    if len(terms) > 2 and shape[_OWN] < len(terms) and any(t.dimension == PLAIN for t in below):
        return False
    if any(t.unit == REST for t in terms) and len(terms) > 1 and all(t.unit == REST or t in below for t in terms):
        return False
    if shape[_STANDING] and (terms[-1].unit == REST or (terms[-1].unit == "ratio" and terms[-1] in below)):
        return False
    if unit not in ("count", "ratio"):
        return True
    if len(terms) == 1:
        return unit == "count" or shape[_OWN] == 1
    return (
        len(terms) == 2
        and (unit == "count" or shape[_OWN] > 0)
        and _counts(terms, powers, unit, named=shape[_OWN] == len(terms))
    )


def _counts(terms: Sequence[Term], powers: Sequence[int], unit: str, *, named: bool) -> bool:
    """Two figures that give a count or a ratio: alike ones divided, or a count taken several times or in part."""
    first, second = terms
    divided = -1 in powers
    if PLAIN not in (first.dimension, second.dimension):
        return divided if first.dimension == second.dimension else not divided and (named or unit == "count")
    if unit == "ratio":
        return named and first.unit == second.unit
    return "count" in (first.unit, second.unit)


def _slipped(figure: Figure, search: _Search, shapes: Sequence[_Shape]) -> Expression | None:
    """Find what the figure misses by a typical slip: the last two figures, or the last one over time.

    The figure has to stand there as their result; eight times is a slip only where bytes are counted.
    """
    drawn = draws_result(figure.joints[-1] if figure.joints else figure.opening)
    if search.dimension == PLAIN or not drawn:
        return None
    slips = _SLIPS if search.dimension[0] else _SLIPS[:-1]
    own, before, *_ = search.pools
    last = msgspec.structs.replace(search, pools=(_latest(own), _latest(before), (), ()))
    for shape in shapes:
        for found in last.of_shape(shape):
            missed = (found.value * s for slip in slips for s in (slip, 1 / slip))
            if any(agrees(search.target, value, _TIGHT) for value in missed):
                return found
    return None


def _latest(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The readings of the two figures of a place that were said last."""
    last = list(dict.fromkeys(t.source for t in terms))[:2]
    return tuple(t for t in terms if t.source in last)


def _total(search: _Search, figure: Figure) -> Expression | None:
    """Find the last few figures of the utterance that add up to the target; times may be rounded up in the end."""
    if search.dimension == PLAIN:
        return None
    made = [readings_of(q, i) for i, q in enumerate(figure.own) if not q.superseded]
    alike = [terms[0] for terms in made if terms and terms[0].dimension == search.dimension]
    drawn = bool(figure.joints) and search.dimension == SPAN and draws_result(figure.joints[-1])
    for first in range(len(alike) - 1, -1, -1):
        total = sum(t.value for t in alike[first:])
        last = drawn and first == 0
        if len(alike) - first > 1 and agrees(search.target, total, TOLERANCE if last else _SUM_TOLERANCE):
            return Expression(total, " + ".join(t.shown for t in alike[first:]))
    return None


def _left_over(search: _Search, figure: Figure) -> Expression | None:
    """Find the two figures whose difference is "ten seconds to spare"."""
    if search.dimension == PLAIN or not _LEFT.search(figure.heard):
        return None
    alike = [t for pool in search.pools[:_STANDING] for t in pool if t.dimension == search.dimension]
    for more, less in permutations(alike, 2):
        if more.value > less.value and agrees(search.target, more.value - less.value, _EXACT):
            return Expression(more.value - less.value, f"{more.shown} - {less.shown}")
    return None


def _rest(search: _Search, figure: Figure) -> Expression | None:
    """Find the share whose rest "five percent miss" is."""
    if figure.unit != "ratio" or not _RESTS.search(figure.heard):
        return None
    shares = [t for pool in search.pools for t in pool if t.unit == REST]
    fitting = next((t for t in shares if agrees(search.target, t.value, _EXACT)), None)
    return None if fitting is None else Expression(fitting.value, fitting.shown)


def _summed(search: _Search) -> Expression | None:
    """Find the last few figures of the utterance and the one before that add up to the target."""
    if search.dimension == PLAIN:
        return None
    alike = [t for pool in search.pools[:_RECENT] for t in pool if t.dimension == search.dimension]
    for size in range(2, min(6, len(alike)) + 1):
        parts = alike[:size]
        total = sum(t.value for t in parts)
        twice_told = any(agrees(a.value, b.value) for a, b in combinations(parts, 2))
        if agrees(search.target, total, _SUM_TOLERANCE) and not (size > 2 and twice_told):
            return Expression(total, " + ".join(t.shown for t in reversed(parts)))
    return None


def _rounded(figure: Figure, dimension: Dimension) -> Expression | None:
    """Find a recent result of the same unit that the figure rounds to one or two digits."""
    if dimension == PLAIN:
        return None
    results = [q for q in figure.earlier[-_ROUNDED_REACH:] if q.role is Role.COMPUTED and q.correct]
    for quantity in reversed(results):
        same = quantity.unit == figure.unit and not quantity.superseded
        if same and any(float(f"{quantity.value:.{d}e}") == figure.value for d in (0, 1)):
            return Expression(base(quantity.value, quantity.unit)[0], f"{quantity.text} rounded")
    return None
