"""Questions about technologies that the candidate has named and the problem's bank does not cover, from the atlas.

Nobody has planned them for this problem, so they are marked as improvised and never graded as right or wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from phantomcode.daemon.contract.vocabulary import Move, Phase
from phantomcode.daemon.core.agenda import Agenda, Intent, pick
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.challenges import Scene
from phantomcode.daemon.core.turns import Urgency
from phantomcode.daemon.core.understanding.observations import Decision
from phantomcode.daemon.core.understanding.text import content_stems
from phantomcode.problems.model import AtlasEntry, Problem
from phantomcode.problems.predicate import required_names

ANSWERED_SHARE = 0.5
"""Who has just used so many of a question's own content words has answered it, or is about to."""


_SEVERAL = re.compile(r"\b(and|or)\b|[,:;/]")


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
            return _question(entry, decision, scene, agenda)
    return None


def _covered(problem: Problem) -> frozenset[str]:
    return frozenset(name for challenge in problem.challenges for name in required_names(challenge.when))


def _entry(briefing: Briefing, value: str) -> AtlasEntry | None:
    return next((entry for entry in briefing.atlas.entries if value in (entry.asked_of or entry.options)), None)


def _question(entry: AtlasEntry, decision: Decision, scene: Scene, agenda: Agenda) -> Intent | None:
    fresh = [question for question in entry.killer_questions if not _answered(question, scene.notebook.recent_texts)]
    if not fresh:
        return None
    wording = pick(fresh, agenda.said, scene.seed, entry.id)
    return Intent(
        Move.FOLLOW_UP,
        wording,
        Urgency.OPEN,
        subject=_subject(entry),
        topic=entry.topic,
        asks_about=decision.value,
        takes_remark=True,
        lead="" if decision.said.lower() in wording.lower() else f"{_named(entry, decision)}, then.",
    )


def _named(entry: AtlasEntry, decision: Decision) -> str:
    """An entry that tells of several things is named by the one that was chosen."""
    several = _SEVERAL.search(entry.title) is not None
    return decision.said[:1].upper() + decision.said[1:] if several else entry.title


def _answered(question: str, said: Sequence[str]) -> bool:
    asked = content_stems(question)
    return any(len(asked & content_stems(text)) >= ANSWERED_SHARE * len(asked) for text in said)


def _subject(entry: AtlasEntry) -> str:
    return f"atlas:{entry.id}"
