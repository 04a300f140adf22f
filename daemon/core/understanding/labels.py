"""What the trained labeller said of a transcript, and how much its say counts beside the rules.

The weights were chosen on the training data, each author's labels predicted by models that had not read that author
(training/RESULTS.md); without labels the rules grade alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.core.understanding.phase_evidence import Weights, combine

RULES_ALONE = "rules"
"""The version of labels that were not made by a labeller."""
_PHASE_SAY = 0.5
"""More would fit single utterances better, but in a round the rules' weights also hold the time that has passed and
what was asked, and the division into phases expects evidence no sharper than theirs."""
_TRADEOFF_SAY = 0.7
_LEAST = 1e-6


class UtteranceLabels(msgspec.Struct, frozen=True):
    """Probabilities for one candidate utterance: each phase (in the order of PHASES), and that it is a tradeoff."""

    phase: Weights
    tradeoff: float
    act: str = ""
    """What the utterance mainly does, such as "question" or "mechanism": the labeller's first choice."""


class AnswerLabels(msgspec.Struct, frozen=True):
    """Probabilities for one answer to a challenge."""

    classes: dict[ResponseClass, float]


class Labels(msgspec.Struct, frozen=True):
    """Labels of one transcript by utterance id; those of an answer stand under its challenge's id."""

    version: str = RULES_ALONE
    utterances: dict[int, UtteranceLabels] = {}
    answers: dict[int, AnswerLabels] = {}


NO_LABELS = Labels()


def with_phase_label(rules: Weights, labels: UtteranceLabels | None) -> Weights:
    """Pool the rules' weights of the phases with the labeller's."""
    return combine([(1.0, rules), (_PHASE_SAY, labels.phase)]) if labels else rules


def tradeoff_opinion(labels: UtteranceLabels | None) -> dict[str, float]:
    """The labeller's evidence for `read_tradeoff(opinions=)`, empty without labels."""
    if labels is None:
        return {}
    chance = min(max(labels.tradeoff, _LEAST), 1.0 - _LEAST)
    return {"tradeoff": _TRADEOFF_SAY * math.log(chance / (1.0 - chance))}


def answer_opinions(labels: AnswerLabels | None) -> Mapping[ResponseClass, float]:
    """The labeller's log-probabilities for `respond(opinions=)`, empty without labels."""
    return {c: math.log(max(p, _LEAST)) for c, p in labels.classes.items()} if labels else {}
