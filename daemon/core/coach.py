"""Which hint, when, and when to be quiet.

A hint rests on evidence that something is missing, not on a guess. There is at most one; it stays until the evidence
turns up or the candidate puts it away, climbs its ladder only on request, never returns, and no new one appears while
the candidate is in full flow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from phantomcode.daemon.contract.messages import LedgerChanged, PhasePlan
from phantomcode.daemon.contract.vocabulary import PHASES, Phase
from phantomcode.daemon.core.understanding.coverage import PEAK, lacking
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Quantity, Role, Timing
from phantomcode.problems.model import HintLadder

FLOW_SECONDS = 6.0
"""Continuous speech longer than this is full flow, in which no hint appears."""

SETTLE_SHARE = 0.6
"""A phase gets this share of its planned time before the coach says that something is missing from it."""

QUIET_BETWEEN_SECONDS = 20.0
"""After a hint is answered or dismissed, at least this long nothing new appears."""

WANTED_FUNCTIONAL = 2
WANTED_NON_FUNCTIONAL = 2


class Coach(msgspec.Struct, frozen=True):
    """The hint on show and those that are over. Times are active seconds."""

    shown: str = ""
    """The `missing` key of the hint on show, or empty."""
    shown_in: Phase = Phase.CLARIFY
    """The phase it was shown for."""
    step: int = 0
    finished: tuple[str, ...] = ()
    quiet_until: float = 0.0


class Situation(msgspec.Struct, frozen=True):
    """What the coach looks at. Times are active seconds."""

    active_seconds: float
    phase: Phase
    spent_seconds: tuple[float, float, float, float, float]
    plan: tuple[PhasePlan, ...]
    notebook: Notebook
    speaking_seconds: float
    """How long the candidate has been talking without a pause; 0 in silence."""


def missing(situation: Situation) -> Iterator[str]:
    """Yield what the evidence says is missing from the current phase, the most useful first."""
    index = PHASES.index(situation.phase)
    spent = situation.spent_seconds[index]
    if spent > situation.plan[index].maximum_seconds:
        yield "phase_overrun"
    if spent >= SETTLE_SHARE * situation.plan[index].planned_seconds:
        yield from _MISSING[situation.phase](situation.notebook)


def lacking_metrics(notebook: Notebook) -> tuple[str, ...]:
    """Return short words for what the estimate still lacks, once there is one at all."""
    if not any(q.metric in ("write_rate", "read_rate", "peak_rate", "storage") for q in _stated(notebook)):
        return ()
    return tuple(_IN_WORDS.get(key, key) for key in _missing_numbers(notebook))


_OWN_FIGURES = (Role.ASSUMED, Role.COMPUTED)
"""What the interviewer gave and what everybody knows is no estimate of the candidate's."""

_KEYS = {
    "write rate": "write_rate",
    "read rate": "read_rate",
    PEAK: "peak",
    "storage": "storage",
    "bandwidth or cache": "bandwidth",
}
_IN_WORDS = {"write_rate": "writes", "read_rate": "reads"}


def _missing_in_clarify(notebook: Notebook) -> Iterator[str]:
    if len(notebook.functional) < WANTED_FUNCTIONAL:
        yield "functional"
    if len(notebook.non_functional) < WANTED_NON_FUNCTIONAL:
        yield "non_functional"
    if not notebook.scoped_out:
        yield "scope_out"


def _missing_numbers(notebook: Notebook) -> Iterator[str]:
    """What the grader would hold missing (understanding/coverage.py), as keys of hints."""
    lacks = lacking(_stated(notebook))
    yield from (key for name, key in _KEYS.items() if name in lacks)


def _stated(notebook: Notebook) -> tuple[Quantity, ...]:
    """The candidate's figures; what the interviewer gave is no estimate until it is taken up."""
    own = {seen.utterance for seen in notebook.phase_evidence}
    return tuple(quantity for quantity in notebook.quantities if quantity.utterance in own)


def _missing_in_high_level(notebook: Notebook) -> Iterator[str]:
    if notebook.decisions and not notebook.tradeoffs:
        yield "tradeoff_cost"
    if notebook.components and not any(use.connected_to for use in notebook.components):
        yield "write_path"


def _missing_in_deep_dive(notebook: Notebook) -> Iterator[str]:
    if not notebook.deep_dives:
        yield "deep_dive_mechanism"
    if not any(t.timing is Timing.UNPROMPTED for t in notebook.tradeoffs):
        yield "tradeoff_cost"


def _missing_in_tradeoffs(notebook: Notebook) -> Iterator[str]:
    if not any(t.alternative for t in notebook.tradeoffs):
        yield "alternative"


_MISSING: dict[Phase, Callable[[Notebook], Iterator[str]]] = {
    Phase.CLARIFY: _missing_in_clarify,
    Phase.ESTIMATE: _missing_numbers,
    Phase.HIGH_LEVEL: _missing_in_high_level,
    Phase.DEEP_DIVE: _missing_in_deep_dive,
    Phase.TRADEOFFS: _missing_in_tradeoffs,
}


def advance(coach: Coach, situation: Situation, ladders: tuple[HintLadder, ...]) -> Coach:
    """Return the coach after looking at the situation: a hint answered, gone stale, or newly due."""
    if coach.shown and not _still_missing(coach, situation):
        return _finish(coach, situation)
    wanted = list(missing(situation))
    if coach.shown or situation.speaking_seconds > FLOW_SECONDS or situation.active_seconds < coach.quiet_until:
        return coach
    due = next((key for key in wanted if _open(coach, key, situation.phase, ladders)), "")
    return _show(coach, due, situation) if due else coach


def _show(coach: Coach, key: str, situation: Situation) -> Coach:
    return msgspec.structs.replace(coach, shown=key, shown_in=situation.phase, step=1)


def _still_missing(coach: Coach, situation: Situation) -> bool:
    """A hint stays while its phase lasts and the evidence lacks what it is about, however early it was asked for."""
    if coach.shown_in is not situation.phase:
        return False
    return coach.shown in missing(situation) or coach.shown in _MISSING[situation.phase](situation.notebook)


def climb(coach: Coach, situation: Situation, ladders: tuple[HintLadder, ...]) -> Coach:
    """Return the coach after the candidate asked for the next rung, or for a hint where none is shown."""
    if coach.shown:
        return msgspec.structs.replace(coach, step=min(coach.step + 1, 3))
    keys = [*missing(situation), *_MISSING[situation.phase](situation.notebook)]
    due = next((key for key in keys if _open(coach, key, situation.phase, ladders)), "")
    return _show(coach, due, situation) if due else coach


def dismiss(coach: Coach, situation: Situation) -> Coach:
    """Return the coach after the candidate put the hint away."""
    return _finish(coach, situation) if coach.shown else coach


def ladder_for(key: str, phase: Phase, ladders: tuple[HintLadder, ...]) -> HintLadder | None:
    """Return the ladder for a missing thing, the one of this phase where several phases have one."""
    fitting = [ladder for ladder in ladders if ladder.missing == key]
    return next((ladder for ladder in fitting if ladder.phase == phase.value), fitting[0] if fitting else None)


def ledger(notebook: Notebook) -> LedgerChanged:
    """Return the chips at the foot of the overlay."""
    volunteered = sum(1 for t in notebook.tradeoffs if t.timing is Timing.UNPROMPTED)
    return LedgerChanged(
        tradeoffs_volunteered=volunteered,
        tradeoffs_asked=len(notebook.tradeoffs) - volunteered,
        estimates=sum(1 for q in notebook.quantities if q.role in _OWN_FIGURES and not q.superseded),
        missing=lacking_metrics(notebook),
    )


def _finish(coach: Coach, situation: Situation) -> Coach:
    return msgspec.structs.replace(
        coach,
        shown="",
        step=0,
        finished=(*coach.finished, _once(coach.shown, coach.shown_in)),
        quiet_until=situation.active_seconds + QUIET_BETWEEN_SECONDS,
    )


def _open(coach: Coach, key: str, phase: Phase, ladders: tuple[HintLadder, ...]) -> bool:
    return _once(key, phase) not in coach.finished and ladder_for(key, phase, ladders) is not None


def _once(key: str, phase: Phase) -> str:
    """An overrun may be said once for each phase; anything else once a round."""
    return f"{key}:{phase.value}" if key == "phase_overrun" else key
