from __future__ import annotations

import msgspec
import pytest

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.scoring.grade import grade
from phantomcode.daemon.core.transcript import Challenge, Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.labels import (
    NO_LABELS,
    AnswerLabels,
    Labels,
    UtteranceLabels,
    answer_opinions,
    tradeoff_opinion,
    with_phase_label,
)
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.problems.model import ChallengeType

EVEN = (0.2, 0.2, 0.2, 0.2, 0.2)
SURE_OF_DEEP_DIVE = (0.01, 0.01, 0.01, 0.96, 0.01)


def _answer(found: ResponseClass) -> AnswerLabels:
    return AnswerLabels({c: 0.95 if c is found else 0.01 for c in ResponseClass})


@pytest.fixture
def round_of_two() -> Transcript:
    challenge = Challenge(type=ChallengeType.PREFERENCE, rung=1, topic="database")
    return Transcript(
        problem_slug="url-shortener",
        target_level=Level.L5,
        planned_minutes=45.0,
        ended_seconds=60.0,
        utterances=(
            Utterance(0, Speaker.CANDIDATE, 0.0, 5.0, "The rows live in one place."),
            Utterance(1, Speaker.INTERVIEWER, 6.0, 9.0, "Why not somewhere else?", challenge=challenge),
            Utterance(2, Speaker.CANDIDATE, 10.0, 14.0, "Well, that is how the database is drawn."),
        ),
    )


def test_labels_of_the_phase_join_the_rules() -> None:
    assert with_phase_label(EVEN, None) == EVEN
    pooled = with_phase_label(EVEN, UtteranceLabels(SURE_OF_DEEP_DIVE, 0.5))
    assert max(range(5), key=lambda i: pooled[i]) == 3
    assert sum(pooled) == pytest.approx(1.0)


def test_a_likely_tradeoff_is_evidence_for_and_an_unlikely_one_against() -> None:
    assert tradeoff_opinion(None) == {}
    assert tradeoff_opinion(UtteranceLabels(EVEN, 0.9))["tradeoff"] > 0
    assert tradeoff_opinion(UtteranceLabels(EVEN, 0.5))["tradeoff"] == pytest.approx(0.0)
    assert tradeoff_opinion(UtteranceLabels(EVEN, 0.0))["tradeoff"] < -5


def test_answers_without_labels_have_no_opinions() -> None:
    assert not answer_opinions(None)
    assert answer_opinions(_answer(ResponseClass.ADAPT))[ResponseClass.DEFEND] < -4


def test_a_label_moves_the_grade_of_the_answer_it_stands_under(round_of_two: Transcript, lexicon: Lexicon) -> None:
    def found(labels: Labels) -> ResponseClass:
        return grade(round_of_two, lexicon, labels).pushbacks[0].response_class

    flipped = Labels("by hand", answers={1: _answer(ResponseClass.CAPITULATE)})
    elsewhere = Labels("by hand", answers={7: _answer(ResponseClass.CAPITULATE)})
    assert found(flipped) is ResponseClass.CAPITULATE
    assert found(NO_LABELS) is found(elsewhere) is ResponseClass.DEFLECT


def test_labels_of_phases_reach_the_spans(round_of_two: Transcript, lexicon: Lexicon) -> None:
    late = msgspec.structs.replace(
        round_of_two,
        utterances=tuple(
            msgspec.structs.replace(u, started_seconds=u.started_seconds + 1200, ended_seconds=u.ended_seconds + 1200)
            for u in round_of_two.utterances
        ),
        ended_seconds=1260.0,
    )
    labels = {i: UtteranceLabels((1e-6, 1e-6, 1e-6, 1.0, 1e-6), 0.0) for i in (0, 2)}
    plain, labelled = (grade(late, lexicon, x).phases for x in (NO_LABELS, Labels("by hand", labels)))
    assert [s.phase for s in plain] != [s.phase for s in labelled] == ["deep_dive"]


def test_the_same_labels_give_the_same_profile(round_of_two: Transcript, lexicon: Lexicon) -> None:
    labels = Labels("by hand", answers={1: _answer(ResponseClass.CAPITULATE)})
    assert grade(round_of_two, lexicon, labels) == grade(round_of_two, lexicon, labels)
