"""The tradeoff ledger and the estimates, with the arithmetic redone and the problem's own ranges beside them."""

from __future__ import annotations

import msgspec

from phantomcode.daemon.core.scoring.reference import distance, reference_for
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.core.understanding.observations import Quantity, Role, Timing, Tradeoff
from phantomcode.daemon.core.understanding.quantities import normalised
from phantomcode.daemon.core.understanding.terms import base
from phantomcode.daemon.core.understanding.text import content_stems
from phantomcode.daemon.review.report import Report
from phantomcode.daemon.review.units import clock, human, human_range, human_working
from phantomcode.daemon.review.wording import ROLES, spelled
from phantomcode.problems.model import ReferenceRange

_INPUTS = frozenset({"dau", "users", "write_rate", "read_rate", "peak_rate", "ratio", "object_size"})
_RESULTS = frozenset({"storage", "bandwidth", "cache_size", "replicas"})
_SAME_QUANTITY = 30.0
"""Further than this from its range a figure is about something else, so none is shown."""


class LedgerRow(msgspec.Struct, frozen=True):
    """One tradeoff. `weight` says how complete it was."""

    utterance: int
    at: str
    topic: str
    choice: str
    text: str
    weight: str


class EstimateRow(msgspec.Struct, frozen=True):
    """One figure of the candidate's. `right` is None where there is nothing to redo."""

    utterance: int
    at: str
    words: str
    value: str
    metric: str
    role: str
    working: str
    right: bool | None
    verdict: str
    range: str
    range_label: str
    place: str
    """Inside the range, or how far outside."""


class RangeRow(msgspec.Struct, frozen=True):
    """One reference range of the problem."""

    label: str
    range: str
    basis: str


def ledger(report: Report) -> tuple[tuple[LedgerRow, ...], tuple[LedgerRow, ...]]:
    """Return the tradeoffs the candidate raised, and those the interviewer had to ask for."""
    rows = [(tradeoff.timing, _ledger_row(report, tradeoff)) for tradeoff in report.profile.tradeoffs]
    raised = tuple(row for timing, row in rows if timing is Timing.UNPROMPTED)
    return raised, tuple(row for timing, row in rows if timing is Timing.PROMPTED)


def _ledger_row(report: Report, tradeoff: Tradeoff) -> LedgerRow:
    said = report.utterances[tradeoff.utterance]
    return LedgerRow(
        utterance=said.id,
        at=clock(said.started_seconds),
        topic=spelled(tradeoff.topic),
        choice=spelled(tradeoff.choice),
        text=said.text,
        weight="choice, price and reason" if tradeoff.quality >= 1 else "choice and price",
    )


def estimates(report: Report) -> tuple[EstimateRow, ...]:
    """Return the candidate's figures that belong to the estimate, each value once, in the order they were said."""
    own = {u.id for u in report.utterances if u.speaker is Speaker.CANDIDATE}
    kept: dict[tuple[str, float, bool], Quantity] = {}
    for quantity in report.profile.quantities:
        if quantity.utterance in own and _belongs(quantity):
            kept.setdefault((*normalised(quantity), quantity.superseded), quantity)
    return tuple(_estimate_row(report, quantity) for quantity in kept.values())


def _belongs(quantity: Quantity) -> bool:
    """Whether a figure is part of the estimate; a count of something nobody named that cannot be redone is not."""
    if quantity.metric in _INPUTS or quantity.metric in _RESULTS:
        return True
    return quantity.role is Role.COMPUTED and (quantity.correct is not None or quantity.unit != "count")


def _estimate_row(report: Report, quantity: Quantity) -> EstimateRow:
    nearest = _beside(report, quantity)
    right, verdict = _verdict(quantity)
    return EstimateRow(
        utterance=quantity.utterance,
        at=clock(report.utterances[quantity.utterance].started_seconds),
        words=quantity.text,
        value=human(quantity.value, quantity.unit),
        metric=("peak " if quantity.peak else "") + quantity.metric.replace("_", " ").replace("peak rate", "rate"),
        role=ROLES[quantity.role],
        working=human_working(quantity.working),
        right=right,
        verdict=verdict,
        range=human_range(nearest.low, nearest.high, nearest.unit) if nearest else "",
        range_label=_label(nearest) if nearest else "",
        place=_place(quantity, nearest) if nearest else "",
    )


def _verdict(quantity: Quantity) -> tuple[bool | None, str]:
    if quantity.superseded:
        return None, "corrected later"
    if quantity.role is not Role.COMPUTED:
        return None, ""
    if quantity.correct is None:
        return None, "cannot be redone from what was said"
    if quantity.correct or not quantity.expected or quantity.value <= 0:
        return quantity.correct, "right" if quantity.correct else "wrong"
    return False, _times(quantity.value / quantity.expected, "too high", "too low")


def _times(ratio: float, above: str, below: str) -> str:
    size = max(ratio, 1 / ratio)
    return f"{human(size, 'count')}× {above if ratio > 1 else below}"


def _beside(report: Report, quantity: Quantity) -> ReferenceRange | None:
    """The range to show beside a figure: none that it is far from, and for bare factors only what is spoken about."""
    said = report.utterances[quantity.utterance].text
    found = reference_for(quantity, said, report.reference)
    if found is None or distance(quantity, found) > _SAME_QUANTITY:
        return None
    named = bool(content_stems(said) & content_stems(_label(found)))
    return found if quantity.metric != "ratio" or named else None


def _place(quantity: Quantity, reference: ReferenceRange) -> str:
    factor = distance(quantity, reference)
    above = normalised(quantity)[1] > base(reference.low, reference.unit)[0]
    return "inside" if factor == 1 else _times(factor if above else 1 / factor, "above", "below")


def ranges(report: Report) -> tuple[RangeRow, ...]:
    """Return every reference range of the problem with what it rests on."""
    return tuple(RangeRow(_label(r), human_range(r.low, r.high, r.unit), r.basis) for r in report.reference)


def _label(reference: ReferenceRange) -> str:
    return reference.label or reference.metric.replace("_", " ")
