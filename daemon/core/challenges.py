"""Which challenge to put: one whose condition holds for the candidate's design, of a type the round still lacks.

Every choice is a function of the round as it stands, so the same journal gives the same interview.
"""

from __future__ import annotations

import zlib

import msgspec

from phantomcode.daemon.contract.messages import PhasePlan
from phantomcode.daemon.contract.vocabulary import Level, Move, Phase
from phantomcode.daemon.core.agenda import Agenda, Intent, pick
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.tempo import LARGEST_SHARE, WANTED, Tempo
from phantomcode.daemon.core.turns import Urgency
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Decision
from phantomcode.daemon.core.understanding.predicates import holds
from phantomcode.problems.model import Challenge, ChallengeType
from phantomcode.problems.predicate import required_names

JUST_SAID_UTTERANCES = 6
"""A challenge to something said within so many utterances, the interviewer's own included, follows on from it."""


class Scene(msgspec.Struct, frozen=True):
    """The round as the interviewer sees it. Times are active seconds."""

    active_seconds: float
    due_seconds: float
    """What falls due until then is due now, and what does later is not: no silence is broken soon after it began."""
    turn_seconds: float
    """The latest moment at which the interviewer could have spoken up without breaking a silence."""
    planned_seconds: float
    level: Level
    tempo: Tempo
    seed: int
    phase: Phase
    utterances: int
    """How many there have been, of both speakers."""
    spent_seconds: tuple[float, float, float, float, float]
    plan: tuple[PhasePlan, ...]
    notebook: Notebook
    yielded: bool
    heard_anything: bool
    """The candidate has said something since the problem was posed."""
    last_word: Move | None
    """What the interviewer's last line was, where the candidate has not spoken since."""


def next_challenge(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    """Return the challenge that would be put if one were due, so that its wording can be prepared."""
    retired = _retired(agenda, briefing)
    fitting = [c for c in briefing.problem.challenges if c.id not in retired and _fits(c, scene, agenda)]
    if not fitting:
        return None
    best = max(fitting, key=lambda c: _worth(c, scene, agenda, briefing))
    return _rung(best, 1, scene, agenda)


def next_rung(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    """Return the following rung of the open challenge, if it has one."""
    challenge = open_challenge(agenda, briefing)
    if challenge is None or agenda.open is None or agenda.open.rung >= scene.tempo.deepest_rung:
        return None
    return _rung(challenge, agenda.open.rung + 1, scene, agenda)


def rephrased(scene: Scene, agenda: Agenda, briefing: Briefing) -> str:
    """Return the open challenge's rung in words that were not used yet, or an empty text when there are none."""
    challenge = open_challenge(agenda, briefing)
    if challenge is None or agenda.open is None:
        return ""
    fresh = [wording for wording in _sayable(challenge, agenda.open.rung, scene) if wording not in agenda.said]
    return pick(fresh, agenda.said, scene.seed, f"again:{challenge.id}") if fresh else ""


def open_challenge(agenda: Agenda, briefing: Briefing) -> Challenge | None:
    """Return the bank's item for the open challenge."""
    if agenda.open is None:
        return None
    return next((c for c in briefing.problem.challenges if c.id == agenda.open.challenge_id), None)


def _retired(agenda: Agenda, briefing: Briefing) -> frozenset[str]:
    """Ids of challenges that argue from a scope which a requirement change has done away with."""
    made = (change for change in briefing.problem.requirement_changes if change.id in agenda.done)
    return frozenset(challenge for change in made for challenge in change.retires)


def _fits(challenge: Challenge, scene: Scene, agenda: Agenda) -> bool:
    return (
        challenge.id not in agenda.done
        and scene.level.value in challenge.levels
        and scene.phase.value in challenge.phases
        and _in_budget(challenge.type, scene.tempo, agenda)
        and holds(challenge.when, scene.notebook)
        and bool(_sayable(challenge, 1, scene))
    )


def _in_budget(kind: ChallengeType, tempo: Tempo, agenda: Agenda) -> bool:
    """Leave room for the types the round still lacks, and let no type outweigh the others."""
    left = tempo.most_challenges - agenda.challenges
    owed = sum(max(0, wanted - agenda.opened(other)) for other, wanted in WANTED.items() if other is not kind)
    fair = max(WANTED[kind], round(LARGEST_SHARE[kind] * tempo.most_challenges))
    lacking = agenda.opened(kind) < WANTED[kind]
    return left > 0 and agenda.opened(kind) < fair and (lacking or left > owed)


def _worth(challenge: Challenge, scene: Scene, agenda: Agenda, briefing: Briefing) -> tuple[float, ...]:
    """Order of preference: a type the round still lacks, a topic not pressed yet, what was said just now, balance.

    Where all that is equal, a real weakness comes first: it may be mended soon, and then it cannot be asked about. The
    last number, of the seed and the id, settles what is left, so that another seed gives another interview.
    """
    used, wanted = agenda.opened(challenge.type), WANTED[challenge.type]
    said = last_said(challenge, scene.notebook)
    opened = {c.topic for c in briefing.problem.challenges if c.id in agenda.done}
    return (
        float(used < wanted),
        float(challenge.topic not in opened),
        float(said >= scene.utterances - JUST_SAID_UTTERANCES),
        (wanted - used) / wanted,
        float(challenge.type is ChallengeType.VALID),
        float(zlib.crc32(f"{scene.seed}:{challenge.id}".encode())),
    )


def last_said(challenge: Challenge, notebook: Notebook) -> int:
    """Return the utterance in which the candidate last spoke of what the challenge is about, or -1."""
    names = required_names(challenge.when)
    decided = [d.utterance for d in notebook.decisions if d.withdrawn_by is None and d.value in names]
    drawn = [max((c.introduced, *c.utterances)) for c in notebook.components if c.id in names]
    return max((*decided, *drawn), default=-1)


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
    """Return the rung's wordings with the candidate's own word for the choice; without one, those that need none."""
    decision = challenged_decision(challenge, scene.notebook)
    wordings = [w for w in challenge.rungs[rung - 1] if decision is not None or "{choice}" not in w]
    filled = [w.replace("{choice}", decision.said if decision else "") for w in wordings]
    return _in_tone(filled, scene.tempo.pressure)


def _in_tone(wordings: list[str], pressure: int) -> list[str]:
    """Gentle pressure asks, hard pressure asserts, where the bank has both."""
    if pressure == 1:
        return [w for w in wordings if w.endswith("?")] or wordings
    if pressure == 3:
        return [w for w in wordings if not w.endswith("?")] or wordings
    return wordings


def challenged_decision(challenge: Challenge, notebook: Notebook) -> Decision | None:
    """Return the decision a challenge is about: the latest that its condition names, or else of its topic."""
    names = required_names(challenge.when)
    standing = [d for d in notebook.decisions if d.withdrawn_by is None]
    on_topic = [d for d in standing if d.topic == challenge.topic]
    named = [d for d in on_topic if d.value in names] or [d for d in standing if d.value in names]
    about = named or on_topic
    return about[-1] if about else None


def intended_decision(intent: Intent, notebook: Notebook) -> Decision | None:
    """Return the decision a line is about, while it stands."""
    if intent.challenge is not None:
        return challenged_decision(intent.challenge, notebook)
    decided = (d for d in reversed(notebook.decisions) if d.value == intent.asks_about and d.withdrawn_by is None)
    return next(decided, None)
