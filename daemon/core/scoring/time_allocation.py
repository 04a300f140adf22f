"""Time: how the minutes went against the plan (rubric D2). Clock arithmetic on the phase spans, nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from phantomcode.daemon.contract.messages import PhasePlan
from phantomcode.daemon.contract.vocabulary import PHASE_TITLES, PHASES, Phase
from phantomcode.daemon.core.phases import REFERENCE_MINUTES, plan
from phantomcode.daemon.core.scoring.profile import Quote, Score
from phantomcode.daemon.core.transcript import Speaker, Transcript
from phantomcode.daemon.core.understanding.observations import PhaseSpan

SKIPPED_BELOW = 0.4
"""A phase holding less than this share of its least time when the round ends counts as skipped (D1)."""

_OVER_WEIGHT: dict[Phase, float] = {Phase.HIGH_LEVEL: 0.15}
_UNDER_WEIGHT: dict[Phase, float] = {Phase.DEEP_DIVE: 0.20}
_OTHER_WEIGHT = 0.10
"""Points lost for each minute outside the band, at 45 minutes (D2)."""

_SKIPPED_COSTS = 1.0
"""One anchor step for a phase that was skipped: raters treat it as a large breach, which the minutes alone do not."""

_LEAST_SECONDS = 120.0
"""Below two minutes of round there is no allocation to speak of."""

_LEAST_SHARE = 0.25
"""A round broken off before a quarter of its planned time says nothing about how it would have been spent."""

_LONG_TURN_SECONDS = 20.0
"""The interviewer's longer turns are not the candidate's minutes (D2 guard)."""


def spent(spans: Sequence[PhaseSpan]) -> dict[Phase, float]:
    """Return the seconds each phase held, zero for those never entered."""
    return {phase: sum(s.t1 - s.t0 for s in spans if s.phase is phase) for phase in PHASES}


def skipped(spans: Sequence[PhaseSpan], planned_minutes: float) -> tuple[Phase, ...]:
    """Return the phases never entered or holding under 40 % of their least time; none where there are no spans."""
    if not spans:
        return ()
    held = spent(spans)
    return tuple(p.phase for p in plan(planned_minutes) if held[p.phase] < SKIPPED_BELOW * p.minimum_seconds)


def score(spans: Sequence[PhaseSpan], transcript: Transcript) -> Score:
    """Score 4 minus the weighted minutes outside the bands (at 45-minute scale) and a point per skipped phase."""
    if not _enough(spans, transcript):
        return Score("time", None, "Not graded: the round was too short to show how time was divided.")
    held = _own_time(spans, transcript)
    parts = [
        (row, _penalty(row, held[row.phase], transcript.planned_minutes)) for row in plan(transcript.planned_minutes)
    ]
    missing = skipped(spans, transcript.planned_minutes)
    raw = max(0.0, 4.0 - sum(penalty for _, penalty in parts) - _SKIPPED_COSTS * len(missing))
    worst, cost = max(parts, key=lambda part: part[1])
    working = "4" + "".join(f" - {penalty:.2f} ({_minutes(row, held)})" for row, penalty in parts if penalty >= 0.005)
    working += "".join(f" - {_SKIPPED_COSTS:.2f} ({PHASE_TITLES[phase]} skipped)" for phase in missing)
    return Score(
        dimension="time",
        value=round(raw * 2) / 2,
        line=_line(worst, cost, held[worst.phase]),
        working=f"{working} = {raw:.2f}",
        quotes=_quotes(spans, transcript),
        better=_better(worst, cost),
        drill=_DRILL if cost >= _NOTICED else "",
    )


_NOTICED = 0.25
_DRILL = "Run one round with the plan in sight, and say aloud at each boundary what you leave and what you enter."


def _enough(spans: Sequence[PhaseSpan], transcript: Transcript) -> bool:
    if not spans:
        return False
    covered = spans[-1].t1 - spans[0].t0
    return covered >= max(_LEAST_SECONDS, _LEAST_SHARE * 60 * transcript.planned_minutes)


def _own_time(spans: Sequence[PhaseSpan], transcript: Transcript) -> dict[Phase, float]:
    """Seconds per phase less the interviewer's long turns."""
    held = spent(spans)
    for turn in transcript.of(Speaker.INTERVIEWER):
        length = turn.ended_seconds - turn.started_seconds
        if length > _LONG_TURN_SECONDS:
            phase = next((s.phase for s in spans if s.t0 <= turn.started_seconds < s.t1), None)
            if phase is not None:
                held[phase] = max(0.0, held[phase] - length)
    return held


def _penalty(row: PhasePlan, seconds: float, planned_minutes: float) -> float:
    to_reference = REFERENCE_MINUTES / planned_minutes / 60.0
    over = max(0.0, seconds - row.maximum_seconds) * to_reference * _OVER_WEIGHT.get(row.phase, _OTHER_WEIGHT)
    under = max(0.0, row.minimum_seconds - seconds) * to_reference * _UNDER_WEIGHT.get(row.phase, _OTHER_WEIGHT)
    return over + under


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"


def _minutes(row: PhasePlan, held: dict[Phase, float]) -> str:
    band = f"{_clock(row.minimum_seconds)}-{_clock(row.maximum_seconds)}"
    return f"{PHASE_TITLES[row.phase]} {_clock(held[row.phase])}, band {band}"


def _line(worst: PhasePlan, cost: float, seconds: float) -> str:
    if cost < 0.005:
        return "Every phase stayed inside its band."
    title = PHASE_TITLES[worst.phase]
    if seconds > worst.maximum_seconds:
        return f"{title} ran {_clock(seconds - worst.maximum_seconds)} past its band."
    return f"{title} got {_clock(seconds)}; its band starts at {_clock(worst.minimum_seconds)}."


def _better(worst: PhasePlan, cost: float) -> str:
    if cost < _NOTICED:
        return ""
    return f"Aim for {_clock(worst.planned_seconds)} of {PHASE_TITLES[worst.phase].lower()} and let the clock end it."


def _quotes(spans: Sequence[PhaseSpan], transcript: Transcript) -> tuple[Quote, ...]:
    """The utterance that opens each span."""
    return tuple(quote for span in spans if (quote := opening_quote(span, transcript)) is not None)


def opening_quote(span: PhaseSpan, transcript: Transcript) -> Quote | None:
    """Quote the candidate's first utterance of a span; None where he says nothing in it."""
    first = next((u for u in transcript.of(Speaker.CANDIDATE) if span.t0 <= u.started_seconds < span.t1), None)
    if first is None:
        return None
    return Quote(first.id, first.started_seconds, first.text, f"{PHASE_TITLES[span.phase]} begins")
