from __future__ import annotations

from phantomcode.daemon.adapters.scripted import ScriptedLabeller
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.transcript import Challenge, Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.labelling import label_transcript
from phantomcode.problems.model import ChallengeType


def _said(*lines: str) -> Transcript:
    challenge = Challenge(type=ChallengeType.VALID, rung=1, topic="cache")
    return Transcript(
        problem_slug="url-shortener",
        target_level=Level.L5,
        planned_minutes=45.0,
        ended_seconds=60.0,
        utterances=tuple(
            Utterance(
                i,
                Speaker.INTERVIEWER if line[0] in ">!" else Speaker.CANDIDATE,
                10.0 * i,
                10.0 * i + 5,
                line.lstrip(">! "),
                challenge=challenge if line[0] == "!" else None,
            )
            for i, line in enumerate(lines)
        ),
    )


def test_candidates_are_labelled_after_what_was_said_before_and_interviewers_are_not() -> None:
    labeller = ScriptedLabeller()
    labels = label_transcript(_said("> Go on.", "It stays in memory.", "A stale minute is the price."), labeller)
    assert labels.version == "script-1"
    assert {id_: found.tradeoff for id_, found in labels.utterances.items()} == {1: 0.1, 2: 0.9}
    assert labels.utterances[1].act == "mechanism"
    assert labels.utterances[1].phase == (0.1, 0.1, 0.1, 0.6, 0.1)
    leads = [(text, lead) for head, text, lead in labeller.asked if head == "phase"]
    assert leads == [("It stays in memory.", "Go on."), ("A stale minute is the price.", "It stays in memory.")]


def test_an_answer_is_labelled_whole_and_stands_under_its_challenge() -> None:
    labeller = ScriptedLabeller()
    said = _said("It stays in memory.", "! And when that machine burns?", "Hm.", "Then we lose a minute.", "> Fine.")
    labels = label_transcript(said, labeller)
    assert list(labels.answers) == [1]
    assert labels.answers[1].classes[ResponseClass.CAPITULATE] == 0.5
    asked = [call for call in labeller.asked if call[0] == "answer"]
    assert asked == [("answer", "Hm. Then we lose a minute.", "And when that machine burns?")]


def test_silence_after_a_challenge_has_no_label() -> None:
    assert label_transcript(_said("! And when that machine burns?"), ScriptedLabeller()).answers == {}
