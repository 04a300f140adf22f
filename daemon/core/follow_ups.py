"""Questions about technologies that the candidate has named and the problem's bank does not cover, from the atlas.

Nobody has planned them for this problem, so they are marked as improvised and never graded as right or wrong.
"""

from __future__ import annotations

from phantomcode.daemon.contract.vocabulary import Move, Phase
from phantomcode.daemon.core.agenda import Agenda, Intent, pick
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.challenges import Scene
from phantomcode.daemon.core.turns import Urgency
from phantomcode.problems.model import AtlasEntry, Problem
from phantomcode.problems.predicate import required_names


def next_follow_up(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    """Return a question about the technology decided on last among those that nothing in the bank asks about."""
    if scene.phase in (Phase.CLARIFY, Phase.ESTIMATE):
        return None
    covered = _covered(briefing.problem)
    for decision in reversed(scene.notebook.decisions):
        if decision.withdrawn_by is not None or decision.value in covered:
            continue
        entry = _entry(briefing, decision.value)
        if entry is not None and _subject(entry) not in agenda.done:
            return _question(entry, scene, agenda)
    return None


def _covered(problem: Problem) -> frozenset[str]:
    return frozenset(name for challenge in problem.challenges for name in required_names(challenge.when))


def _entry(briefing: Briefing, value: str) -> AtlasEntry | None:
    return next((entry for entry in briefing.atlas.entries if value in (entry.asked_of or entry.options)), None)


def _question(entry: AtlasEntry, scene: Scene, agenda: Agenda) -> Intent:
    wording = pick(entry.killer_questions, agenda.said, scene.seed, entry.id)
    return Intent(Move.FOLLOW_UP, wording, Urgency.OPEN, subject=_subject(entry), topic=entry.topic, takes_remark=True)


def _subject(entry: AtlasEntry) -> str:
    return f"atlas:{entry.id}"
