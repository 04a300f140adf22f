"""Time: how the minutes went against the plan (rubric D2). Clock arithmetic on the phase spans, nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from phantomcode.daemon.contract.messages import PhasePlan
from phantomcode.daemon.contract.vocabulary import PHASE_TITLES, PHASES, Phase
from phantomcode.daemon.core.phases import REFERENCE_MINUTES, plan
from phantomcode.daemon.core.scoring.grid import clock, on_grid
from phantomcode.daemon.core.scoring.profile import Quote, Score
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
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

_WHOLE_SHARE = 0.8
"""A round that ended before this share of its planned time was cut short: what was not reached was not skipped."""

PLAIN_NAMES: dict[Phase, str] = {
    Phase.CLARIFY: "the requirements",
    Phase.ESTIMATE: "the estimate",
    Phase.HIGH_LEVEL: "the high-level sketch",
    Phase.DEEP_DIVE: "the deep dive",
    Phase.TRADEOFFS: "the closing tradeoffs",
}
"""The phases as they are called in a sentence."""

_LONG_TURN_SECONDS = 20.0
"""The interviewer's longer turns are not the candidate's minutes (D2 guard)."""


def spent(spans: Sequence[PhaseSpan]) -> dict[Phase, float]:
    """Return the seconds each phase held, zero for those never entered."""
    return {phase: sum(s.t1 - s.t0 for s in spans if s.phase is phase) for phase in PHASES}


def skipped(spans: Sequence[PhaseSpan], transcript: Transcript) -> tuple[Phase, ...]:
    """Return the phases never entered or holding under 40 % of their least time; none where there are no spans.

    In a round that was cut short only a phase that was passed over counts, one before the furthest reached.
    """
    if not spans:
        return ()
    held = spent(spans)
    furthest = max(PHASES.index(span.phase) for span in spans)
    within = PHASES[:furthest] if cut_short(transcript) else PHASES
    rows = plan(transcript.planned_minutes)
    return tuple(p.phase for p in rows if p.phase in within and held[p.phase] < SKIPPED_BELOW * p.minimum_seconds)


def cut_short(transcript: Transcript) -> bool:
    """Whether the round ended so early that its later phases could not have been reached."""
    return transcript.ended_seconds < _WHOLE_SHARE * 60 * transcript.planned_minutes


def why_cut_short(spans: Sequence[PhaseSpan], transcript: Transcript) -> str:
    """Say when a round that was cut short ended, and what was seen until then."""
    held = spent(spans)
    seen = ", ".join(f"{PHASE_TITLES[phase]} {clock(held[phase])}" for phase in PHASES if held[phase])
    until = f"ended after {clock(transcript.ended_seconds)} of {transcript.planned_minutes:g} minutes"
    return f"Not graded: {until}; seen: {seen}." if seen else f"Not graded: {until}."


def score(spans: Sequence[PhaseSpan], transcript: Transcript) -> Score:
    """Score 4 minus the weighted minutes outside the bands (at 45-minute scale) and a point per skipped phase.

    A round that was cut short is not graded: nobody can tell how the rest would have been spent.
    """
    if cut_short(transcript):
        return Score("time", None, why_cut_short(spans, transcript))
    if not spans or spans[-1].t1 - spans[0].t0 < _LEAST_SECONDS:
        return Score("time", None, "Not graded: the round was too short to show how time was divided.")
    held = _own_time(spans, transcript)
    parts = [
        (row, _penalty(row, held[row.phase], transcript.planned_minutes)) for row in plan(transcript.planned_minutes)
    ]
    missing = skipped(spans, transcript)
    raw = max(0.0, 4.0 - sum(penalty for _, penalty in parts) - _SKIPPED_COSTS * len(missing))
    worst, cost = max(parts, key=lambda part: part[1])
    working = "4" + "".join(f" - {penalty:.2f} ({_minutes(row, held)})" for row, penalty in parts if penalty >= 0.005)
    working += "".join(f" - {_SKIPPED_COSTS:.2f} ({PHASE_TITLES[phase]} skipped)" for phase in missing)
    overran = held[worst.phase] > worst.maximum_seconds
    return Score(
        dimension="time",
        value=on_grid(raw),
        line=_line(worst, cost, held[worst.phase]),
        working=f"{working} = {raw:.2f}" if raw < 4.0 else "4, nothing taken off",
        quotes=_quotes(spans, transcript),
        better=_better(worst, held, cost, overran=overran),
        drill=_DRILL if cost >= _NOTICED else "",
        title=f"Leave {PLAIN_NAMES[worst.phase]} on time" if overran else f"Make time for {PLAIN_NAMES[worst.phase]}",
        fault=_overrun(worst, spans, transcript) if overran else _ending(worst.phase, spans, transcript),
    )


_NOTICED = 0.25
_DRILL = "Run one round with the plan in sight, and say aloud at each boundary what you leave and what you enter."


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


def _minutes(row: PhasePlan, held: dict[Phase, float]) -> str:
    band = f"{clock(row.minimum_seconds)}-{clock(row.maximum_seconds)}"
    return f"{PHASE_TITLES[row.phase]} {clock(held[row.phase])}, band {band}"


def _line(worst: PhasePlan, cost: float, seconds: float) -> str:
    if cost < 0.005:
        return "Every phase stayed inside its band."
    title = PHASE_TITLES[worst.phase]
    if seconds > worst.maximum_seconds:
        return f"{title} ran {clock(seconds - worst.maximum_seconds)} past its band."
    return f"{title} got {clock(seconds)}; its band starts at {clock(worst.minimum_seconds)}."


def _better(worst: PhasePlan, held: dict[Phase, float], cost: float, *, overran: bool) -> str:
    if cost < _NOTICED:
        return ""
    name = PLAIN_NAMES[worst.phase]
    if overran:
        return (
            f"After {clock(worst.planned_seconds)} of {name}, say what you leave open and go on; "
            f"{clock(worst.maximum_seconds)} is the most this round has for it."
        )
    longest = max((p for p in PHASES if p is not worst.phase), key=lambda p: held[p])
    return (
        f"Keep at least {clock(worst.minimum_seconds)} for {name}; this time that was {clock(held[worst.phase])}, "
        f"and {clock(held[longest])} went to {PLAIN_NAMES[longest]}."
    )


def _overrun(row: PhasePlan, spans: Sequence[PhaseSpan], transcript: Transcript) -> Quote | None:
    """Quote the candidate where a phase goes past the most it should hold."""
    left = row.maximum_seconds
    for span in spans:
        if span.phase is not row.phase:
            continue
        if span.t1 - span.t0 > left:
            late = _first_said(transcript, span.t0 + left, span.t1)
            return _quoted(late, f"{PHASE_TITLES[row.phase]} is past its band from here on")
        left -= span.t1 - span.t0
    return None


def _ending(phase: Phase, spans: Sequence[PhaseSpan], transcript: Transcript) -> Quote | None:
    """Quote the candidate where a phase that got too little was left for good, or where the round ended without it."""
    left = max((span.t1 for span in spans if span.phase is phase), default=None)
    if left is not None:
        return _quoted(_first_said(transcript, left, transcript.ended_seconds), f"{PHASE_TITLES[phase]} is over here")
    return ending_without(phase, transcript)


def ending_without(phase: Phase, transcript: Transcript) -> Quote | None:
    """Quote what the candidate said last in a round that never came to a phase."""
    said = transcript.of(Speaker.CANDIDATE)
    return _quoted(said[-1] if said else None, f"the round ends here, without {PHASE_TITLES[phase]}")


def _first_said(transcript: Transcript, since: float, until: float) -> Utterance | None:
    return next((u for u in transcript.of(Speaker.CANDIDATE) if since <= u.started_seconds < until), None)


def _quoted(utterance: Utterance | None, note: str) -> Quote | None:
    return None if utterance is None else Quote(utterance.id, utterance.started_seconds, utterance.text, note)


def _quotes(spans: Sequence[PhaseSpan], transcript: Transcript) -> tuple[Quote, ...]:
    """The utterance that opens each span."""
    return tuple(quote for span in spans if (quote := opening_quote(span, transcript)) is not None)


def opening_quote(span: PhaseSpan, transcript: Transcript) -> Quote | None:
    """Quote the candidate's first utterance of a span; None where he says nothing in it."""
    return _quoted(_first_said(transcript, span.t0, span.t1), f"{PHASE_TITLES[span.phase]} begins")
