"""Which challenge to put: one whose condition holds for the candidate's design, of a type the round still lacks.

Every choice is a function of the round as it stands, so the same journal gives the same interview.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from phantomcode.daemon.contract.messages import PhasePlan
from phantomcode.daemon.contract.vocabulary import Level, Move, Phase
from phantomcode.daemon.core.agenda import Agenda, Intent, pick
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.turns import Urgency
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Decision, Quantity
from phantomcode.daemon.core.understanding.predicates import holds
from phantomcode.problems.model import Challenge, ChallengeType, Topic

WANTED: dict[ChallengeType, int] = {
    ChallengeType.VALID: 2,
    ChallengeType.INVALID: 2,
    ChallengeType.PREFERENCE: 1,
}
"""Least number of challenges of each type in a round (shared rubric, pushback ladder)."""


class Scene(msgspec.Struct, frozen=True):
    """The round as the interviewer sees it. Times are active seconds."""

    active_seconds: float
    planned_seconds: float
    level: Level
    pressure: int
    seed: int
    phase: Phase
    spent_seconds: tuple[float, float, float, float, float]
    plan: tuple[PhasePlan, ...]
    notebook: Notebook
    yielded: bool
    heard_anything: bool
    """The candidate has said something since the problem was posed."""


def next_challenge(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    """Return the challenge that would be put if one were due, so that its wording can be prepared."""
    fitting = [c for c in briefing.problem.challenges if _fits(c, scene, agenda)]
    if not fitting:
        return None
    best = max(fitting, key=lambda c: _worth(c, scene, agenda, briefing))
    return _rung(best, 1, scene, agenda)


def next_rung(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    """Return the following rung of the open challenge, if it has one."""
    challenge = open_challenge(agenda, briefing)
    if challenge is None or agenda.open is None or agenda.open.rung >= len(challenge.rungs):
        return None
    return _rung(challenge, agenda.open.rung + 1, scene, agenda)


def open_challenge(agenda: Agenda, briefing: Briefing) -> Challenge | None:
    """Return the bank's item for the open challenge."""
    if agenda.open is None:
        return None
    return next((c for c in briefing.problem.challenges if c.id == agenda.open.challenge_id), None)


def _fits(challenge: Challenge, scene: Scene, agenda: Agenda) -> bool:
    return (
        challenge.id not in agenda.done
        and scene.level.value in challenge.levels
        and scene.phase.value in challenge.phases
        and holds(challenge.when, scene.notebook)
        and bool(_sayable(challenge, 1, scene))
    )


def _worth(challenge: Challenge, scene: Scene, agenda: Agenda, briefing: Briefing) -> tuple[float, float, float, str]:
    """Order of preference: a type the round still lacks, a topic decided lately, a specific condition."""
    used = sum(1 for kind, rung in agenda.tally if kind is challenge.type and rung == 1)
    lack = (WANTED[challenge.type] - used) / WANTED[challenge.type]
    decided = latest_decision(scene.notebook, challenge.topic)
    recent = decided.utterance if decided else -1
    opened = {c.topic for c in briefing.problem.challenges if c.id in agenda.done}
    fresh = 0.0 if challenge.topic in opened else 1.0
    return (lack, fresh, float(recent), challenge.id)


def _rung(challenge: Challenge, rung: int, scene: Scene, agenda: Agenda) -> Intent | None:
    wordings = _sayable(challenge, rung, scene)
    if not wordings:
        return None
    move = (Move.CHALLENGE, Move.PRESS, Move.SQUEEZE)[rung - 1]
    wording = pick(wordings, agenda.said, scene.seed, f"{challenge.id}:{rung}")
    return Intent(
        move,
        wording,
        Urgency.OPEN if rung == 1 else Urgency.FOLLOW,
        subject=challenge.id,
        rung=rung,
        topic=challenge.topic,
        challenge=challenge,
        takes_remark=not wording.startswith("You "),
    )


def _sayable(challenge: Challenge, rung: int, scene: Scene) -> list[str]:
    """Return the rung's wordings with their slots filled from the candidate's own words; unfillable ones drop out."""
    decision = latest_decision(scene.notebook, challenge.topic)
    number = latest_rate(scene.notebook.quantities)
    filled = []
    for wording in challenge.rungs[rung - 1]:
        if ("{choice}" in wording and decision is None) or ("{number}" in wording and number is None):
            continue
        choice_text = decision.said if decision else ""
        number_text = number.text if number else ""
        filled.append(wording.replace("{choice}", choice_text).replace("{number}", number_text))
    return filled


def latest_decision(notebook: Notebook, topic: Topic) -> Decision | None:
    """Return the decision that stands for a topic, the last one where there are several."""
    standing = [d for d in notebook.decisions if d.topic == topic and d.withdrawn_by is None]
    return standing[-1] if standing else None


def latest_rate(quantities: Iterable[Quantity]) -> Quantity | None:
    """Return the latest request rate the candidate put a figure on."""
    rates = [q for q in quantities if q.metric in ("write_rate", "read_rate", "peak_rate") and not q.superseded]
    return rates[-1] if rates else None
