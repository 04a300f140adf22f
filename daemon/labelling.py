"""Labels for a transcript by a trained labeller, for grading."""

from __future__ import annotations

from collections.abc import Iterator

from phantomcode.daemon.contract.vocabulary import PHASES
from phantomcode.daemon.core.transcript import Speaker, Transcript
from phantomcode.daemon.core.understanding.labels import AnswerLabels, Labels, UtteranceLabels
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.core.understanding.responses import response_window
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
        said = [transcript.utterances[i].text for i in response_window(transcript.utterances, position)]
        if said:
            yield asked.id, label_answer(labeller, asked.text, " ".join(said))
