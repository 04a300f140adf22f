"""The five phases: how long each should take, which may follow which, and where a round's phases begin and end.

Two readers of the same evidence: `PhaseTracker` follows a live round and is slow to change its mind, `spans` looks
back over a whole round and finds the most likely division (Viterbi over the transition table).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from phantomcode.daemon.contract.messages import PhasePlan
from phantomcode.daemon.contract.vocabulary import PHASES, Phase
from phantomcode.daemon.core.understanding.handovers import NO_HANDOVER, Handover, Turn
from phantomcode.daemon.core.understanding.notebook import PhaseEvidence
from phantomcode.daemon.core.understanding.observations import PhaseSpan
from phantomcode.daemon.core.understanding.phase_evidence import EVEN, Weights

REFERENCE_MINUTES = 45.0


def likeliest(weights: Sequence[float]) -> Phase:
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

_LEAVE: dict[Turn, float] = {Turn.OWN: 0.02, Turn.HANDED: 0.06, Turn.ANSWER: 0.005}
"""Chance of leaving a phase at a candidate utterance that nobody announced, by whose words it follows."""

_ANNOUNCED = 0.5
_REQUESTED = 0.35
"""Chance of entering a phase where the candidate says that it comes now, or else where the interviewer asked for it."""

_BACKWARDS = 0.3
"""What an announcement is worth that goes back: "the boxes again" is more often a glance than a return."""

_LOOKS: dict[Phase, Weights] = {
    Phase.CLARIFY: (0.65, 0.06, 0.11, 0.12, 0.06),
    Phase.ESTIMATE: (0.05, 0.83, 0.04, 0.05, 0.03),
    Phase.HIGH_LEVEL: (0.05, 0.05, 0.52, 0.30, 0.08),
    Phase.DEEP_DIVE: (0.04, 0.08, 0.15, 0.62, 0.11),
    Phase.TRADEOFFS: (0.04, 0.04, 0.08, 0.23, 0.61),
}
"""What is said in each phase: the share of utterances that look like each phase by themselves (means over rehearsed
rounds and the rounds of training/check, which agree within a few points). Who draws boxes speaks of mechanisms now and
then, so one mechanism opens no deep dive."""

_CLOCK_WORTH = 0.5
"""Utterance after utterance the clock says the same thing again, so each time it counts for less."""


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
    chances = zip(_start(evidence[0].handover), _in_phase(evidence[0].weights, evidence[0].expected), strict=True)
    scores = [math.log(start) + math.log(fits) for start, fits in chances]
    back: list[list[int]] = []
    for item in evidence[1:]:
        pointers, updated = [], []
        steps = [[math.log(chance) for chance in _steps(source, item.handover, _LEAVE)] for source in PHASES]
        for to, fits in enumerate(_in_phase(item.weights, item.expected)):
            source = max(range(len(PHASES)), key=lambda i: scores[i] + steps[i][to])
            pointers.append(source)
            updated.append(scores[source] + steps[source][to] + math.log(fits))
        back.append(pointers)
        scores = updated
    at = max(range(len(PHASES)), key=scores.__getitem__)
    path = [at]
    for pointers in reversed(back):
        at = pointers[at]
        path.append(at)
    return [PHASES[i] for i in reversed(path)]


def _in_phase(weights: Sequence[float], expected: Sequence[float]) -> list[float]:
    """How well an utterance fits into each phase, from what it looks like by itself and from the clock.

    `expected` is what the weights would be by the clock alone: taken out of them, and put back for `_CLOCK_WORTH`.
    """
    looks = [weight / clock for weight, clock in zip(weights, expected, strict=True)]
    return [
        sum(look * share for look, share in zip(looks, _LOOKS[phase], strict=True)) * clock**_CLOCK_WORTH
        for phase, clock in zip(PHASES, expected, strict=True)
    ]


def _start(handover: Handover) -> list[float]:
    """Chances of a round's first phase: its requirements, unless the first words announce another."""
    first = {Phase.CLARIFY, handover.announced or Phase.CLARIFY}
    return [0.8 / len(first) if phase in first else 0.2 / (len(PHASES) - len(first)) for phase in PHASES]


def _steps(source: Phase, handover: Handover, leaving: Mapping[Turn, float]) -> list[float]:
    """Chances of being in each phase at an utterance, having been in `source` before it."""
    chances = {to: leaving[handover.turn] * chance for to, chance in TRANSITIONS[source].items()}
    named, chance = handover.announced or handover.requested, _ANNOUNCED if handover.announced else _REQUESTED
    if named is not None and named is not source:
        onwards = PHASES.index(named) > PHASES.index(source)
        chances[named] = max(chances[named], chance if onwards else chance * _BACKWARDS)
    return [chances[to] if to is not source else 1.0 - sum(chances.values()) for to in PHASES]


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


_SWITCH_BELIEF = 0.6
"""A challenger must be half again as likely as all others together before the light moves."""

_LIVE_LEAVE: dict[Turn, float] = {Turn.OWN: 0.1, Turn.HANDED: 0.1, Turn.ANSWER: 0.02}
"""Live, a change that nobody announced has to be noticed within a few utterances, so leaving is taken as likelier than
in hindsight. The light then changes four to six times in a rehearsed round, and most changes are seen at once; a light
that moves less lags half a minute longer."""


def tick(tracker: PhaseTracker, at_seconds: float) -> PhaseTracker:
    """Book the time since the last tick on the current phase; a clock that stands still or goes back books none."""
    passed = max(0.0, at_seconds - tracker.ticked_seconds)
    spent = list(tracker.spent_seconds)
    spent[PHASES.index(tracker.current)] += passed
    return msgspec.structs.replace(
        tracker, spent_seconds=tuple(spent), ticked_seconds=max(at_seconds, tracker.ticked_seconds)
    )


def advance(
    tracker: PhaseTracker,
    at_seconds: float,
    weights: Weights,
    handover: Handover = NO_HANDOVER,
    expected: Weights = EVEN,
) -> PhaseTracker:
    """Take in the evidence of one candidate utterance that began at `at_seconds`: one step of the forward algorithm."""
    return _updated(tick(tracker, at_seconds), _predicted(tracker.belief, handover), _in_phase(weights, expected))


def add_vote(tracker: PhaseTracker, at_seconds: float, weights: Weights) -> PhaseTracker:
    """Take in one more opinion on the latest utterance: the round has not gone on, so no phase is left for another."""
    return _updated(tick(tracker, at_seconds), tracker.belief, weights)


def _updated(ticked: PhaseTracker, predicted: Sequence[float], fits: Sequence[float]) -> PhaseTracker:
    """Weigh what was expected by how it fits, normalised, and move the light where one phase is likely enough."""
    raw = [chance * fit for chance, fit in zip(predicted, fits, strict=True)]
    total = sum(raw)
    belief = tuple(value / total for value in raw)
    leading = likeliest(belief)
    moved = msgspec.structs.replace(ticked, belief=belief)
    if leading is ticked.current or max(belief) < _SWITCH_BELIEF:
        return moved
    return msgspec.structs.replace(moved, current=leading, entered_seconds=ticked.ticked_seconds)


def spent(tracker: PhaseTracker, phase: Phase) -> float:
    """Return the seconds booked on a phase so far."""
    return tracker.spent_seconds[PHASES.index(phase)]


def _predicted(belief: Sequence[float], handover: Handover) -> list[float]:
    """The chance of each phase at the next utterance, before it is heard."""
    steps = [_steps(source, handover, _LIVE_LEAVE) for source in PHASES]
    return [sum(chance * row[to] for chance, row in zip(belief, steps, strict=True)) for to in range(len(PHASES))]
