"""The five phases: how long each should take, which may follow which, and where a round's phases begin and end.

Two readers of the same evidence: `PhaseTracker` follows a live round and is slow to change its mind, `spans` looks
back over a whole round and finds the most likely division (Viterbi over the transition table).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from phantomcode.daemon.contract.messages import PhasePlan
from phantomcode.daemon.contract.vocabulary import PHASES, Phase
from phantomcode.daemon.core.understanding.notebook import PhaseEvidence
from phantomcode.daemon.core.understanding.observations import PhaseSpan

REFERENCE_MINUTES = 45.0

Weights = tuple[float, float, float, float, float]


def likeliest(weights: Weights) -> Phase:
    """Return the phase that evidence speaks for most, the earlier one where two are equal."""
    return PHASES[max(range(len(PHASES)), key=weights.__getitem__)]


_BANDS_MINUTES: dict[Phase, tuple[float, float, float]] = {
    Phase.CLARIFY: (5.0, 3.0, 7.0),
    Phase.ESTIMATE: (5.0, 3.0, 7.0),
    Phase.HIGH_LEVEL: (10.0, 8.0, 13.0),
    Phase.DEEP_DIVE: (20.0, 15.0, 22.0),
    Phase.TRADEOFFS: (5.0, 3.0, 7.0),
}
"""Target, least and most minutes of a 45-minute round (rubric D2)."""


def plan(minutes: float) -> tuple[PhasePlan, ...]:
    """Return target and band of every phase for a round of so many minutes, scaled from the 45-minute one."""
    scale = 60.0 * minutes / REFERENCE_MINUTES
    return tuple(PhasePlan(phase, *(m * scale for m in _BANDS_MINUTES[phase])) for phase in PHASES)


TRANSITIONS: dict[Phase, dict[Phase, float]] = {
    Phase.CLARIFY: {Phase.ESTIMATE: 0.70, Phase.HIGH_LEVEL: 0.28, Phase.DEEP_DIVE: 0.01, Phase.TRADEOFFS: 0.01},
    Phase.ESTIMATE: {Phase.HIGH_LEVEL: 0.82, Phase.DEEP_DIVE: 0.13, Phase.CLARIFY: 0.03, Phase.TRADEOFFS: 0.02},
    Phase.HIGH_LEVEL: {Phase.DEEP_DIVE: 0.85, Phase.ESTIMATE: 0.10, Phase.TRADEOFFS: 0.03, Phase.CLARIFY: 0.02},
    Phase.DEEP_DIVE: {Phase.TRADEOFFS: 0.90, Phase.HIGH_LEVEL: 0.05, Phase.ESTIMATE: 0.04, Phase.CLARIFY: 0.01},
    Phase.TRADEOFFS: {Phase.DEEP_DIVE: 0.70, Phase.HIGH_LEVEL: 0.15, Phase.ESTIMATE: 0.10, Phase.CLARIFY: 0.05},
}
"""Where a round goes when it leaves a phase. Rounds run forwards; estimating late and one revisit do happen."""

_LEAVE = 0.06
"""Chance of leaving a phase at any one candidate utterance: four changes among some seventy in a round."""

_FLOOR = 0.02
"""No utterance rules a phase out."""


def spans(evidence: Sequence[PhaseEvidence], start_seconds: float, end_seconds: float) -> tuple[PhaseSpan, ...]:
    """Divide a round into contiguous spans covering start to end; a phase begins with the utterance that opens it.

    With no evidence there is nothing to divide and the result is empty.
    """
    if not evidence or end_seconds <= start_seconds:
        return ()
    path = _most_likely(evidence)
    found: list[PhaseSpan] = []
    for item, phase in zip(evidence, path, strict=True):
        begins = start_seconds if not found else min(max(item.at_seconds, start_seconds), end_seconds)
        if found and found[-1].phase is phase:
            continue
        if found:
            found[-1] = PhaseSpan(found[-1].phase, found[-1].t0, begins)
        found.append(PhaseSpan(phase, begins, end_seconds))
    return tuple(span for span in found if span.t1 > span.t0)


def _most_likely(evidence: Sequence[PhaseEvidence]) -> list[Phase]:
    """Viterbi: the path of phases with the greatest product of evidence and transition chances."""
    scores = [math.log(max(w, _FLOOR)) + _start(phase) for phase, w in zip(PHASES, evidence[0].weights, strict=True)]
    back: list[list[int]] = []
    for item in evidence[1:]:
        pointers, updated = [], []
        for to, weight in enumerate(item.weights):
            source = max(range(len(PHASES)), key=lambda i: scores[i] + _step(PHASES[i], PHASES[to]))
            pointers.append(source)
            updated.append(scores[source] + _step(PHASES[source], PHASES[to]) + math.log(max(weight, _FLOOR)))
        back.append(pointers)
        scores = updated
    at = max(range(len(PHASES)), key=scores.__getitem__)
    path = [at]
    for pointers in reversed(back):
        at = pointers[at]
        path.append(at)
    return [PHASES[i] for i in reversed(path)]


def _start(phase: Phase) -> float:
    """A round opens with its requirements, sometimes with boxes; log chance."""
    return math.log(0.9 if phase is Phase.CLARIFY else 0.025)


def _step(source: Phase, to: Phase) -> float:
    return math.log(1 - _LEAVE) if source is to else math.log(_LEAVE * TRANSITIONS[source][to])


class PhaseTracker(msgspec.Struct, frozen=True):
    """The phase of a live round. `belief` is the running chance of each phase, in the order of PHASES.

    `entered_seconds` is when the current phase began; `spent_seconds` is per phase, in the order of PHASES, up to
    `ticked_seconds`.
    """

    current: Phase = Phase.CLARIFY
    entered_seconds: float = 0.0
    ticked_seconds: float = 0.0
    spent_seconds: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)
    belief: tuple[float, ...] = (0.9, 0.025, 0.025, 0.025, 0.025)


_SWITCH_BELIEF = 0.75
"""A challenger must be three times as likely as all others together before the light moves: no flapping."""

_LIVE_LEAVE = 0.06
"""Live, a change has to be noticed within two or three utterances, so leaving is taken as likelier than in
hindsight."""


def tick(tracker: PhaseTracker, at_seconds: float) -> PhaseTracker:
    """Book the time since the last tick on the current phase; a clock that stands still or goes back books none."""
    passed = max(0.0, at_seconds - tracker.ticked_seconds)
    spent = list(tracker.spent_seconds)
    spent[PHASES.index(tracker.current)] += passed
    return msgspec.structs.replace(
        tracker, spent_seconds=tuple(spent), ticked_seconds=max(at_seconds, tracker.ticked_seconds)
    )


def advance(tracker: PhaseTracker, at_seconds: float, weights: Weights) -> PhaseTracker:
    """Take in the evidence of one candidate utterance that began at `at_seconds`."""
    ticked = tick(tracker, at_seconds)
    belief = _filtered(ticked.belief, weights)
    likeliest = max(range(len(PHASES)), key=belief.__getitem__)
    moved = msgspec.structs.replace(ticked, belief=belief)
    if PHASES[likeliest] is ticked.current or belief[likeliest] < _SWITCH_BELIEF:
        return moved
    return msgspec.structs.replace(moved, current=PHASES[likeliest], entered_seconds=at_seconds)


def spent(tracker: PhaseTracker, phase: Phase) -> float:
    """Return the seconds booked on a phase so far."""
    return tracker.spent_seconds[PHASES.index(phase)]


def _filtered(belief: Sequence[float], weights: Sequence[float]) -> tuple[float, ...]:
    """One step of the forward algorithm, normalised."""
    raw = []
    for to, phase in enumerate(PHASES):
        arriving = sum(
            belief[i] * _LIVE_LEAVE * TRANSITIONS[source].get(phase, 0.0) for i, source in enumerate(PHASES) if i != to
        )
        raw.append((belief[to] * (1 - _LIVE_LEAVE) + arriving) * max(weights[to], _FLOOR))
    total = sum(raw)
    return tuple(value / total for value in raw)
