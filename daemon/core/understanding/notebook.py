"""The notebook: everything understood so far, folded utterance by utterance.

`note` is the only way it grows, live and in grading alike, so what the interviewer saw during the round is what
the report shows afterwards.
"""

from __future__ import annotations

import re

import msgspec

from phantomcode.daemon.contract.vocabulary import Move
from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.answer_window import ANSWER_WORDS, announces_another, is_told
from phantomcode.daemon.core.understanding.components import last_component, note_components
from phantomcode.daemon.core.understanding.decisions import note_decisions
from phantomcode.daemon.core.understanding.handovers import NO_HANDOVER, Handover, Turn, read_handover
from phantomcode.daemon.core.understanding.labels import UtteranceLabels, with_phase_label
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.lost import loses_thread, signposts
from phantomcode.daemon.core.understanding.observations import (
    ComponentUse,
    Decision,
    Quantity,
    Tradeoff,
)
from phantomcode.daemon.core.understanding.phase_evidence import EVEN, by_the_clock, read_phase
from phantomcode.daemon.core.understanding.quantities import read_quantities, supersede
from phantomcode.daemon.core.understanding.requirements import (
    deep_dives_in,
    functional_in,
    non_functional_in,
    scopes_out,
)
from phantomcode.daemon.core.understanding.text import is_question, normalise, sentences
from phantomcode.daemon.core.understanding.topics import topics_in
from phantomcode.daemon.core.understanding.tradeoffs import note_tradeoffs
from phantomcode.problems.model import Topic


class PhaseEvidence(msgspec.Struct, frozen=True):
    """How much one candidate utterance looks like each phase, in the order of PHASES; sums to 1."""

    utterance: int
    at_seconds: float
    weights: tuple[float, float, float, float, float]
    expected: tuple[float, float, float, float, float] = EVEN
    """What the clock alone makes likely, and `weights` therefore hold already."""
    handover: Handover = NO_HANDOVER


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
    previous_text: str = ""
    """The last utterance, whoever spoke it."""
    last_component: str = ""
    """The box named last: what "it" refers to."""
    challenge: Utterance | None = None
    """The challenge being answered, if one is."""
    supposed: tuple[int, ...] = ()
    """The interviewer's utterances that press or probe: a figure in them says nothing of the problem."""


_FACTUAL = frozenset({Move.POSE, Move.ANSWER, Move.REQUIREMENT_CHANGE})
"""Lines that say what the problem is; figures in others ("a million clicks a second: what breaks?") are made up."""
_RECENT_TEXTS = 4
_CLARIFYING_SHARE = 0.2
"""Of the planned time; afterwards "users can …" in a problem outside the bank is design talk."""
_BACKCHANNEL_WORDS = 6
"""A line of the interviewer's this short and without a challenge keeps the talk going. A guess."""
_ASKS = re.compile(
    r"\b(?:walk me through|tell me|talk me through|let's (?:look|talk|stay|go)|what about|how about|say more|"
    r"convince me)\b"
)


def note(
    notebook: Notebook,
    utterance: Utterance,
    lexicon: Lexicon,
    planned_seconds: float,
    labels: UtteranceLabels | None = None,
) -> Notebook:
    """Fold one utterance in. The work depends on the utterance and on what is noted, not on the words before.

    `planned_seconds` is the length the round was planned for. What the interviewer names is never credited to the
    candidate: his utterances give quantities and the topics he asked about. `labels` are a trained labeller's, where
    one is installed.
    """
    if utterance.speaker is Speaker.INTERVIEWER:
        return _note_interviewer(notebook, utterance)
    return _note_candidate(notebook, utterance, lexicon, planned_seconds, labels)


def _note_interviewer(notebook: Notebook, utterance: Utterance) -> Notebook:
    backchannel = len(utterance.text.split()) <= _BACKCHANNEL_WORDS and utterance.challenge is None
    return msgspec.structs.replace(
        notebook,
        quantities=_with_quantities(notebook, utterance),
        asked_topics=tuple(dict.fromkeys((*notebook.asked_topics, *_asked(utterance)))),
        interviewer_text=utterance.text,
        previous_text=utterance.text,
        challenge=_open_challenge(notebook, utterance, backchannel=backchannel),
        supposed=_when(notebook.supposed, utterance, happened=_supposes(utterance)),
    )


def _supposes(utterance: Utterance) -> bool:
    """Whether a line of the interviewer's neither poses the problem, nor answers a question, nor changes the task."""
    return utterance.challenge is not None or (utterance.move is not None and utterance.move not in _FACTUAL)


def _open_challenge(notebook: Notebook, utterance: Utterance, *, backchannel: bool) -> Utterance | None:
    """What is being answered after the interviewer spoke.

    "Okay, go on" closes a challenge once there is an answer; telling the candidate what he asked back does not.
    """
    spoke = notebook.previous_text != notebook.interviewer_text
    if utterance.challenge is None and spoke and is_told([notebook.previous_text], utterance.text):
        return notebook.challenge
    if not backchannel:
        return utterance if utterance.challenge is not None else None
    answered = spoke and len(notebook.previous_text.split()) >= ANSWER_WORDS
    return None if answered else notebook.challenge


def _asked(utterance: Utterance) -> tuple[Topic, ...]:
    if utterance.challenge is not None:
        return (utterance.challenge.topic,)
    asking = [s for s in sentences(utterance.text) if is_question(s) or _ASKS.search(normalise(s))]
    return topics_in(" ".join(asking))[:2]


def _note_candidate(
    notebook: Notebook,
    utterance: Utterance,
    lexicon: Lexicon,
    planned_seconds: float,
    labels: UtteranceLabels | None,
) -> Notebook:
    position = utterance.started_seconds / planned_seconds if planned_seconds > 0 else 0.0
    clarifying = position < _CLARIFYING_SHARE
    return msgspec.structs.replace(
        notebook,
        quantities=_with_quantities(notebook, utterance),
        decisions=note_decisions(notebook, utterance, lexicon),
        components=note_components(notebook, utterance, lexicon),
        tradeoffs=note_tradeoffs(notebook, utterance, lexicon, labels),
        phase_evidence=(*notebook.phase_evidence, _evidence(notebook, utterance, position, labels)),
        functional=_union(notebook.functional, functional_in(utterance, lexicon, clarifying=clarifying)),
        non_functional=_union(notebook.non_functional, non_functional_in(utterance) if clarifying else ()),
        scoped_out=_when(notebook.scoped_out, utterance, happened=scopes_out(utterance.text)),
        deep_dives=_union(notebook.deep_dives, deep_dives_in(utterance.text, lexicon)),
        lost=_when(notebook.lost, utterance, happened=loses_thread(utterance.text)),
        signposts=_when(notebook.signposts, utterance, happened=signposts(utterance.text)),
        recent_texts=(utterance.text, *notebook.recent_texts)[:_RECENT_TEXTS],
        previous_text=utterance.text,
        challenge=None if _leaves_challenge(notebook, utterance) else notebook.challenge,
        last_component=last_component(utterance, lexicon, notebook.last_component),
    )


def _leaves_challenge(notebook: Notebook, utterance: Utterance) -> bool:
    """Whether the candidate, having said something to a challenge, goes on to something else."""
    return notebook.previous_text != notebook.interviewer_text and announces_another(utterance.text)


def _with_quantities(notebook: Notebook, utterance: Utterance) -> tuple[Quantity, ...]:
    found = read_quantities(utterance, notebook.quantities, notebook.previous_text)
    return supersede(notebook.quantities, found, utterance.text)


def _evidence(
    notebook: Notebook, utterance: Utterance, position: float, labels: UtteranceLabels | None
) -> PhaseEvidence:
    previous = notebook.recent_texts[0] if notebook.recent_texts else ""
    weights = with_phase_label(read_phase(utterance.text, previous, notebook.interviewer_text, position), labels)
    handover = read_handover(utterance.text, notebook.interviewer_text, _turn(notebook))
    return PhaseEvidence(utterance.id, utterance.started_seconds, weights, by_the_clock(position), handover)


def _turn(notebook: Notebook) -> Turn:
    if notebook.challenge is not None:
        return Turn.ANSWER
    return Turn.HANDED if notebook.previous_text == notebook.interviewer_text else Turn.OWN


def _union(known: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return known if not new else tuple(dict.fromkeys((*known, *new)))


def _when(known: tuple[int, ...], utterance: Utterance, *, happened: bool) -> tuple[int, ...]:
    return (*known, utterance.id) if happened else known
