"""Is a computed figure what the candidate's own inputs give?

A sum said aloud is redone as it was said (`chains.py`). Where none was, it is looked for: a total or a remainder
(`sums.py`), or the simplest product of figures that were named (`products.py`). A time is never explained from afar:
too many quotients of old figures come near a second or a year. What only a far-fetched product would explain stays
unexplained: a verdict has to be one that the candidate could check.

A result within a factor of 1.25 is right (domain rule (c)2, GUIDE convention); one that misses the product of two
figures of its own utterance by a lost zero, a wrong prefix or bits for bytes is wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import msgspec

from phantomcode.daemon.core.understanding.chains import Said, allowances, draws_result, equates, stated, taken_up
from phantomcode.daemon.core.understanding.measures import speaks_of_peak
from phantomcode.daemon.core.understanding.observations import Quantity
from phantomcode.daemon.core.understanding.products import EXACT, TIGHT, Figure, Search, Shape, search_for
from phantomcode.daemon.core.understanding.sums import left_over, rest, rounded, summed, total
from phantomcode.daemon.core.understanding.terms import PLAIN, Expression, Term, agrees, base

_SLIPS = (10.0, 100.0, 1000.0, 1e6, 8.0)
"""Factors by which arithmetic goes wrong in speech: lost zeros, wrong prefix, bits for bytes."""

_NAMED: tuple[Shape, ...] = ((1, 0, 0, 0), (2, 0, 0, 0), (3, 0, 0, 0))
_NEAR: tuple[Shape, ...] = ((1, 1, 0, 0), (0, 1, 0, 0), (0, 2, 0, 0), (2, 1, 0, 0), (1, 2, 0, 0))
_FAR: tuple[Shape, ...] = ((1, 0, 1, 0), (0, 1, 1, 0), (0, 0, 1, 0), (1, 0, 0, 1), (0, 1, 0, 1))
_FAR += ((2, 0, 1, 0), (2, 0, 0, 1))
_SLIP_NAMED: tuple[Shape, ...] = ((2, 0, 0, 0), (1, 0, 0, 0))
_SLIP_NEAR: tuple[Shape, ...] = ((1, 1, 0, 0),)
_SLIP_TAKEN_UP: tuple[Shape, ...] = ((0, 1, 0, 0),)
_YEAR_SECONDS = 365 * 86_400.0
_LARGEST_SLIP = 3000.0
"""Nobody is off by more than a unit prefix and a factor; a sum that is has not been understood."""
_PEAK_REACH = 2
"""How many utterances back the average of a peak may have been told."""
_TIMES = re.compile(r"\b(times|x|fold)\b|×|\dx\b", re.IGNORECASE)
_TAKEN_UP = 3
"""How many figures back "that" may point."""


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
    inputs: tuple[Quantity, ...] = ()
    """The figures it was redone from."""


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
        peak = _missed_peak(figure, target)
        return None if peak is None else _judged(figure, target, peak, correct=False, own=True)
    for factor in allowances(figure.heard):
        if agrees(target, readings[0].value * factor):
            shown = f"{readings[0].shown} * {factor:g} count"
            copied = Expression(readings[0].value * factor, shown, readings[0].inputs)
            return _judged(figure, target, copied, correct=True, own=True)
    other = search_for(figure).first(_NAMED, EXACT)
    if other is not None:
        return _judged(figure, target, other, correct=True, own=True)
    nearest = min(readings, key=lambda r: abs(math.log(target / r.value)))
    misread = abs(math.log(target / nearest.value)) > math.log(_LARGEST_SLIP)
    if misread or figure.value == 1 or not equates(figure.joints[-1]):
        return None
    return _judged(figure, target, nearest, correct=False, own=True)


def _missed_peak(figure: Figure, target: float) -> Expression | None:
    """Return what a peak should be that is told apart from its factor ("Peak is three times. Two million a second.").

    None where any rate of the estimate times the factor is the figure: nobody can tell which of them was meant.
    """
    factor = figure.own[0] if len(figure.own) == 1 else None
    told = factor is not None and _TIMES.search(factor.text) is not None and speaks_of_peak(figure.opening)
    if factor is None or not told or figure.unit != "1/s" or not equates(figure.joints[-1]):
        return None
    rates = [q for q in reversed(figure.earlier) if q.unit.startswith("1/") and not q.superseded]
    near = next((q for q in rates if q.utterance >= figure.utterance - _PEAK_REACH and not q.peak), None)
    if near is None or any(agrees(target, base(q.value, q.unit)[0] * factor.value) for q in rates):
        return None
    average = base(near.value, near.unit)[0]
    return Expression(average * factor.value, f"{average:g} 1/s * {factor.value:g} ratio", (near, factor))


def _said(figure: Figure) -> Said:
    standing = [q for q in reversed(figure.earlier) if not q.superseded]
    before = [q for q in standing[:_TAKEN_UP] if q.utterance >= figure.utterance - 2]
    alike = next((q for q in standing if q.unit == figure.unit and q not in before), None)
    return Said(figure.own, figure.joints, figure.opening, (*before, *([alike] if alike else [])), figure.heard)


def check(figure: Figure) -> Check | None:
    """Search the inputs of a figure for its arithmetic; None where no plain expression explains it either way."""
    target, dimension = base(figure.value, figure.unit)
    if target <= 0 or (figure.unit == "s" and target == _YEAR_SECONDS):  # a year is what one counts in
        return None
    search = search_for(figure)
    own = total(search, figure) or search.first(_NAMED) or search.unsaid_second()
    own = own or left_over(search, figure) or rest(search, figure)
    if own is not None:
        return _judged(figure, target, own, correct=True, own=True)
    slip = _slipped(figure, search, _SLIP_NAMED)
    if slip is not None:
        return _judged(figure, target, slip, correct=False, own=True)
    far = () if figure.unit == "s" else _FAR
    exact = search.first(_NEAR, EXACT) or search.first(far, EXACT)
    right = summed(search) or exact or search.first(_NEAR) or rounded(figure, dimension)
    if right is not None:
        return _judged(figure, target, right, correct=True)
    slip = _slipped(figure, search, _SLIP_NEAR if figure.own else _SLIP_TAKEN_UP)
    if slip is not None:
        return _judged(figure, target, slip, correct=False)
    likely = search.first(far)
    if likely is None:
        return None
    return msgspec.structs.replace(_judged(figure, target, likely, correct=True), working="")


def _judged(
    figure: Figure, target: float, found: Expression, *, correct: bool, own: bool = False, aloud: bool = False
) -> Check:
    expected = found.value * figure.value / target
    return Check(correct, expected, f"{found.shown} = {expected:.4g} {figure.unit}", own, aloud, found.inputs)


def _slipped(figure: Figure, search: Search, shapes: Sequence[Shape]) -> Expression | None:
    """Find what the figure misses by a typical slip: the last two figures, or the last one over time.

    The figure has to stand there as their result; eight times is a slip only where bytes are counted.
    """
    drawn = draws_result(figure.joints[-1] if figure.joints else figure.opening)
    if search.dimension == PLAIN or not drawn:
        return None
    slips = _SLIPS if search.dimension[0] else _SLIPS[:-1]
    own, before, *_ = search.pools
    last = msgspec.structs.replace(search, pools=(_latest(own), _latest(before), (), ()))
    said_over = [] if figure.own else [t for t in _latest(before)[:1] if _other_unit(t, figure)]
    converted = [Expression(t.value, t.shown, (t.of,) if t.of else ()) for t in said_over]
    for shape in shapes:
        for found in (*last.of_shape(shape), *converted):
            missed = (found.value * s for slip in slips for s in (slip, 1 / slip))
            if any(agrees(search.target, value, TIGHT) for value in missed):
                return found
    return None


def _other_unit(term: Term, figure: Figure) -> bool:
    """Whether a flow of bytes is the figure per another interval: "150 megabytes a second. That's … a day"."""
    return term.unit.startswith("B/") and figure.unit.startswith("B/") and term.unit != figure.unit


def _latest(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The readings of the two figures of a place that were said last."""
    last = list(dict.fromkeys(t.source for t in terms))[:2]
    return tuple(t for t in terms if t.source in last)
