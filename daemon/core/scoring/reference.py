"""Which reference ranges of a problem a figure may be set beside: like with like, or none at all.

A range says in its label what it is about ("links created at peak", "payments, one day"). A figure is about the same
thing when metric and unit agree, when neither names a flow, a span of time or a number of copies that the other does
not, and, where a problem has several ranges of the metric, when the words around the figure share one with the label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from phantomcode.daemon.core.understanding.measures import flow_of, speaks_of_peak
from phantomcode.daemon.core.understanding.observations import Quantity
from phantomcode.daemon.core.understanding.quantities import normalised
from phantomcode.daemon.core.understanding.readings import readings
from phantomcode.daemon.core.understanding.terms import PERIODS, base, period_of
from phantomcode.daemon.core.understanding.text import content_stems, sentences
from phantomcode.problems.model import ReferenceRange

_SAME_THING = 30.0
"""Further than this from each of several ranges a figure is about something else, whatever its words."""
_NO_SUBJECT = content_stems(
    "one second hour day month year peak average total first our part copy copies today two three"
)
"""Words of a label that do not tell what the range is about."""
_COPIES = re.compile(r"\b(cop(y|ies)|replica\w*|replicat\w*)\b", re.IGNORECASE)
_PERIOD_WORD = re.compile(r"\b(?:a|per|each|every|one) (day|month|year)\b|\b(daily|monthly|yearly)\b", re.IGNORECASE)
_ADVERBS = {"daily": "day", "monthly": "month", "yearly": "year"}


def reference_for(quantity: Quantity, said: str, ranges: Iterable[ReferenceRange]) -> ReferenceRange | None:
    """Return the range that a figure may be compared with, the nearest of several, or None where none is like it.

    `said` is the utterance the figure stands in.
    """
    unit, value = normalised(quantity)
    alike = [r for r in ranges if r.metric == quantity.metric and _same_unit(r, unit) and r.low > 0]
    about = alike if len(alike) == 1 else [r for r in alike if _shares_subject(r, said)]
    fitting = [r for r in about if _flows_alike(r, quantity, said) and _spans_alike(r, quantity, said)]
    fitting = [r for r in fitting if _proportions_alike(r, quantity, said)]
    sure = len(alike) == 1
    near = [r for r in fitting if value > 0 and (sure or distance(quantity, r) <= _SAME_THING)]
    return min(near, key=lambda r: distance(quantity, r), default=None)


def distance(quantity: Quantity, reference: ReferenceRange) -> float:
    """Return the factor by which a figure lies outside a range, 1 inside it."""
    value = normalised(quantity)[1]
    low, high = base(reference.low, reference.unit)[0], base(reference.high, reference.unit)[0]
    return max(1.0, low / value, value / high)


def _same_unit(reference: ReferenceRange, unit: str) -> bool:
    own = "B/s" if reference.unit.startswith("B/") else "1/s" if reference.unit.startswith("1/") else reference.unit
    return own == unit


def _shares_subject(reference: ReferenceRange, said: str) -> bool:
    return bool(content_stems(said) & (content_stems(reference.label) - _NO_SUBJECT))


def _flows_alike(reference: ReferenceRange, quantity: Quantity, said: str) -> bool:
    """Whether neither is of reads where the other is of writes."""
    flows = {flow_of(reference.label), flow_of(quantity.text) or flow_of(said)}
    return len(flows - {""}) < 2


def _spans_alike(reference: ReferenceRange, quantity: Quantity, said: str) -> bool:
    """Whether a store is counted over the same time and the same number of copies."""
    if quantity.metric not in ("storage", "cache_size"):
        return True
    copied = bool(_COPIES.search(said)) == bool(_COPIES.search(reference.label))
    spans = _spans(reference.label)
    own = {PERIODS[period_of(quantity.unit)][1]} if period_of(quantity.unit) else _spans(said)
    return copied and (not spans or any(abs(a - b) < 0.1 * b for a in own for b in spans))


def _proportions_alike(reference: ReferenceRange, quantity: Quantity, said: str) -> bool:
    """Whether a proportion is one of the same things: a peak's factor and a share of something have no range here."""
    if quantity.unit != "ratio":
        return True
    sentence = next((s for s in sentences(said) if quantity.text in s), said)
    shares = quantity.value < 1, reference.low < 1
    of_peak = speaks_of_peak(sentence) and not speaks_of_peak(reference.label)
    return shares[0] == shares[1] and not of_peak and _shares_subject(reference, sentence)


def _spans(text: str) -> set[float]:
    """The spans of time a text names, in seconds."""
    told: Sequence[str] = [name or _ADVERBS[adverb.lower()] for name, adverb in _PERIOD_WORD.findall(text)]
    return {r.value for r in readings(text) if r.unit == "s"} | {PERIODS[name.lower()][1] for name in told}
