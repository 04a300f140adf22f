"""Sums, differences and roundings that nobody says aloud: a total, what is left over, the rest to a whole."""

from __future__ import annotations

import re
from itertools import combinations, permutations

from phantomcode.daemon.core.understanding.chains import draws_result
from phantomcode.daemon.core.understanding.observations import Role
from phantomcode.daemon.core.understanding.products import EXACT, RECENT, STANDING, Figure, Search
from phantomcode.daemon.core.understanding.terms import (
    PLAIN,
    REST,
    SPAN,
    TOLERANCE,
    Dimension,
    Expression,
    agrees,
    base,
    readings_of,
)

_SUM_TOLERANCE = 1.05
_ROUNDED_REACH = 12
_RESTS = re.compile(
    r"\b(miss\w*|rest|remain\w*|others?|left|fail\w*|(go|goes|fall|falls|get|gets) through)\b", re.IGNORECASE
)
_LEFT = re.compile(r"\b(spare|slack|headroom|left|leaves?|leaving|remain\w*|under|short of)\b", re.IGNORECASE)


def total(search: Search, figure: Figure) -> Expression | None:
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


def left_over(search: Search, figure: Figure) -> Expression | None:
    """Find the two figures whose difference is "ten seconds to spare"."""
    if search.dimension == PLAIN or not _LEFT.search(figure.heard):
        return None
    alike = [t for pool in search.pools[:STANDING] for t in pool if t.dimension == search.dimension]
    for more, less in permutations(alike, 2):
        if more.value > less.value and agrees(search.target, more.value - less.value, EXACT):
            return Expression(more.value - less.value, f"{more.shown} - {less.shown}")
    return None


def rest(search: Search, figure: Figure) -> Expression | None:
    """Find the share whose rest "five percent miss" is."""
    if figure.unit != "ratio" or not _RESTS.search(figure.heard):
        return None
    shares = [t for pool in search.pools for t in pool if t.unit == REST]
    fitting = next((t for t in shares if agrees(search.target, t.value, EXACT)), None)
    return None if fitting is None else Expression(fitting.value, fitting.shown)


def summed(search: Search) -> Expression | None:
    """Find the last few figures of the utterance and the one before that add up to the target."""
    if search.dimension == PLAIN:
        return None
    alike = [t for pool in search.pools[:RECENT] for t in pool if t.dimension == search.dimension]
    for size in range(2, min(6, len(alike)) + 1):
        parts = alike[:size]
        total = sum(t.value for t in parts)
        twice_told = any(agrees(a.value, b.value) for a, b in combinations(parts, 2))
        if agrees(search.target, total, _SUM_TOLERANCE) and not (size > 2 and twice_told):
            return Expression(total, " + ".join(t.shown for t in reversed(parts)))
    return None


def rounded(figure: Figure, dimension: Dimension) -> Expression | None:
    """Find a recent result of the same unit that the figure rounds to one or two digits."""
    if dimension == PLAIN:
        return None
    results = [q for q in figure.earlier[-_ROUNDED_REACH:] if q.role is Role.COMPUTED and q.correct]
    for quantity in reversed(results):
        same = quantity.unit == figure.unit and not quantity.superseded
        if same and any(float(f"{quantity.value:.{d}e}") == figure.value for d in (0, 1)):
            return Expression(base(quantity.value, quantity.unit)[0], f"{quantity.text} rounded")
    return None
