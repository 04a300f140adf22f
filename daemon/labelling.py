"""Labels by a trained labeller: for a transcript that is graded, and for an utterance as it is heard."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from phantomcode.daemon.contract.vocabulary import PHASES
from phantomcode.daemon.core.events import UtteranceHeard
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker, Transcript
from phantomcode.daemon.core.understanding.answer_window import answer_texts, response_window
from phantomcode.daemon.core.understanding.labels import AnswerLabels, Labels, UtteranceLabels
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.ports import Labeller


def label_transcript(transcript: Transcript, labeller: Labeller) -> Labels:
    """Label every candidate utterance and every answer to a challenge; raises EngineError."""
    return Labels(
        version=labeller.version,
        utterances=dict(_utterances(transcript, labeller)),
        answers=dict(_answers(transcript, labeller)),
    )


def label_utterance(labeller: Labeller, text: str, lead: str) -> UtteranceLabels:
    """Label one candidate utterance given the utterance before it, whoever spoke that."""
    phase = labeller.labels("phase", text, lead)
    act = labeller.labels("act", text, lead)
    clarify, estimate, high_level, deep_dive, tradeoffs = (phase[name.value] for name in PHASES)
    return UtteranceLabels(
        phase=(clarify, estimate, high_level, deep_dive, tradeoffs),
        tradeoff=labeller.labels("tradeoff", text, lead)["yes"],
        act=max(sorted(act), key=lambda name: act[name]),
    )


def label_answer(labeller: Labeller, challenge: str, response: str) -> AnswerLabels:
    """Label one whole answer."""
    found = labeller.labels("answer", response, challenge)
    return AnswerLabels({c: found[c.value] for c in ResponseClass})


def label_heard(event: UtteranceHeard, state: Session, labeller: Labeller) -> UtteranceHeard:
    """Label an utterance as it joins a round, and the answer it belongs to; raises EngineError."""
    if event.speaker is not Speaker.CANDIDATE:
        return event
    lead = state.utterances[-1].text if state.utterances else ""
    labels = label_utterance(labeller, event.text, lead)
    opened = state.agenda.open
    if opened is None:
        return msgspec.structs.replace(event, labels=labels)
    said = [*(state.utterances[reply].text for reply in opened.replies), event.text]
    asked = state.utterances[opened.asked_utterance].text
    return msgspec.structs.replace(event, labels=labels, answer=label_answer(labeller, asked, " ".join(said)))


def _utterances(transcript: Transcript, labeller: Labeller) -> Iterator[tuple[int, UtteranceLabels]]:
    lead = ""
    for utterance in transcript.utterances:
        if utterance.speaker is Speaker.CANDIDATE:
            yield utterance.id, label_utterance(labeller, utterance.text, lead)
        lead = utterance.text


def _answers(transcript: Transcript, labeller: Labeller) -> Iterator[tuple[int, AnswerLabels]]:
    for position, asked in enumerate(transcript.utterances):
        if asked.challenge is None:
            continue
        said = answer_texts(transcript.utterances, response_window(transcript.utterances, position))
        if said:
            yield asked.id, label_answer(labeller, asked.text, " ".join(said))
