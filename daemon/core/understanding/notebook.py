"""The notebook: everything understood so far, folded utterance by utterance.

`note` is the only way it grows, live and in grading alike, so what the interviewer saw during the round is what
the report shows afterwards.
"""

from __future__ import annotations

import msgspec

from phantomcode.daemon.core.understanding.observations import (
    ComponentUse,
    Decision,
    Quantity,
    Tradeoff,
)
from phantomcode.problems.model import Topic


class PhaseEvidence(msgspec.Struct, frozen=True):
    """How much one candidate utterance looks like each phase, in the order of PHASES; sums to 1."""

    utterance: int
    at_seconds: float
    weights: tuple[float, float, float, float, float]


class Notebook(msgspec.Struct, frozen=True):
    """Observations in the order they were made."""

    quantities: tuple[Quantity, ...] = ()
    decisions: tuple[Decision, ...] = ()
    components: tuple[ComponentUse, ...] = ()
    tradeoffs: tuple[Tradeoff, ...] = ()
    phase_evidence: tuple[PhaseEvidence, ...] = ()
    functional: tuple[str, ...] = ()
    """Ids of functional requirements the candidate has stated or asked about."""
    non_functional: tuple[str, ...] = ()
    scoped_out: tuple[int, ...] = ()
    """Utterances in which the candidate put something out of scope."""
    deep_dives: tuple[str, ...] = ()
    """Ids of the problem's deep dives the candidate has touched."""
    asked_topics: tuple[Topic, ...] = ()
    """Topics the interviewer has challenged or asked about, oldest first."""
    lost: tuple[int, ...] = ()
    """Utterances in which the candidate lost the thread."""
    signposts: tuple[int, ...] = ()
    """Utterances in which the candidate said what comes next."""
    recent_texts: tuple[str, ...] = ()
    """The candidate's last few utterances, newest first."""
    interviewer_text: str = ""
    """What the interviewer said last."""
    last_component: str = ""
    """The box named last: what "it" refers to."""
    challenged_topic: Topic | None = None
    """The topic of the challenge being answered, if one is."""
