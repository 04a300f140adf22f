from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.scoring import pushback
from phantomcode.daemon.core.transcript import Challenge, Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Pushback, ResponseClass
from phantomcode.problems.model import ChallengeType

Spoken = Callable[..., Transcript]
V, I, P = ChallengeType.VALID, ChallengeType.INVALID, ChallengeType.PREFERENCE  # noqa: E741 - the rubric's letters
DR, CR, PA = ResponseClass.DEFEND, ResponseClass.CONCEDE, ResponseClass.ADAPT
CN, DF, NA = ResponseClass.CAPITULATE, ResponseClass.DEFLECT, ResponseClass.NO_ANSWER


def _event(kind: ChallengeType, found: ResponseClass, rung: int = 1, *, sound: bool | None = None) -> Pushback:
    return Pushback(0, (1,), kind, rung, "cache", found, sound)


@pytest.fixture
def transcript(spoken: Spoken) -> Transcript:
    return spoken("> That cache never expires.", "It does, after a minute.")


def _value(transcript: Transcript, *events: Pushback) -> float | None:
    return pushback.score(events, transcript).value


def test_telling_good_from_bad_objections_scores_full(transcript: Transcript) -> None:
    assert _value(transcript, _event(V, CR), _event(I, DR), _event(P, DR)) == 4.0


@pytest.mark.parametrize("always", [DR, CR, PA, CN, DF, NA])
def test_the_same_treatment_for_every_challenge_never_passes_two(transcript: Transcript, always: ResponseClass) -> None:
    value = _value(transcript, *(_event(kind, always) for kind in (V, V, I, P)))
    assert value is not None
    assert value <= 2.0


def test_caving_to_a_false_claim_at_the_first_rung_caps(transcript: Transcript) -> None:
    good = [_event(V, CR)] * 5 + [_event(P, DR)] * 5 + [_event(I, DR)] * 5
    assert _value(transcript, *good, _event(I, CN)) == 2.0
    assert _value(transcript, *good, _event(I, CN), _event(I, CN)) == 1.0
    assert _value(transcript, *good, _event(I, CN, rung=3)) == 3.5


def test_deflecting_a_true_objection_at_the_last_rung_caps_at_one(transcript: Transcript) -> None:
    assert _value(transcript, *[_event(V, CR)] * 5, _event(I, DR), _event(V, DF, rung=3)) == 1.0


def test_a_wrong_reason_is_worth_at_most_two() -> None:
    assert pushback.event_value(_event(I, DR, sound=False)) == 2.0
    assert pushback.event_value(_event(I, DR, sound=True)) == 4.0


def test_one_sided_challenges_are_not_graded(transcript: Transcript) -> None:
    for events in ([], [_event(V, CR)], [_event(I, DR), _event(P, DR)]):
        score = pushback.score(events, transcript)
        assert score.value is None
        assert "at least one" in score.line


def test_discrimination_is_the_difference_in_revising() -> None:
    assert pushback.discrimination([_event(V, CR), _event(V, DR), _event(I, DR), _event(P, PA)]) == 0.0
    assert pushback.discrimination([_event(V, PA), _event(I, DF)]) == 1.0


def test_a_reversal_minutes_after_a_defence_is_tagged_late(spoken: Spoken, noted: Callable[..., Notebook]) -> None:
    lines = (
        "I'd go with Postgres.",
        ("Mongo cannot be beaten here.", I, "database"),
        "No, I'm staying with Postgres because two tables commit together and Mongo would split that.",
        "> Okay.",
        "Now the read path.",
        "Hm, thinking again, let's drop Postgres and use Mongo.",
    )
    event = pushback.read_pushbacks(noted(*lines), spoken(*lines))[0]
    assert (event.response_class, event.before, event.late) == (DR, "postgres", True)


@pytest.mark.parametrize(
    ("event", "note"),
    [
        (_event(I, DR, sound=True), "defended with a reason; a false challenge, rung 1"),
        (
            _event(V, DR, 2, sound=False),
            "defended with a reason, but the reason does not hold; a valid challenge, rung 2",
        ),
        (_event(P, CN, 3), "gave way without a reason; a challenge of preference, rung 3"),
    ],
)
def test_a_note_says_in_words_what_happened(transcript: Transcript, event: Pushback, note: str) -> None:
    scored = pushback.score([event, _event(V, CR), _event(I, DR)], transcript)
    assert scored.quotes[0].note == note


@pytest.mark.parametrize(
    ("worst", "title"),
    [
        (_event(V, DR, sound=False), "Give way where the objection is right"),
        (_event(I, CR, sound=False), "Test an objection before you accept it"),
        (_event(I, CN), "Answer pressure with a new fact"),
    ],
)
def test_the_fix_fits_the_weakest_answer_and_quotes_it(transcript: Transcript, worst: Pushback, title: str) -> None:
    scored = pushback.score([_event(V, CR), _event(P, DR), worst], transcript)
    assert scored.title == title
    assert scored.fault == scored.quotes[2]


PROBE = "The ranking service is slow. What does a page do?"
EXPLAINS = "As I drew it, the page waits for the scores, up to half a second, and fails with them."
CONCEDES = "That's a hole, because pages are up four nines and the ranker is not. I change it to a deadline of 150 ms."


def _thread(*answers: str, asks: str = PROBE, pressed: bool = True) -> tuple[Utterance, ...]:
    """A valid challenge in one or two rungs, each answered."""
    said: list[Utterance] = []
    for rung, (ask, answer) in enumerate(
        zip((asks, "Somebody else's model is in your promise."), answers, strict=False), 1
    ):
        put = Challenge(V, rung, "other", "no-fallback")
        for speaker, text, challenge in ((Speaker.INTERVIEWER, ask, put), (Speaker.CANDIDATE, answer, None)):
            at = 10.0 * len(said)
            said.append(Utterance(len(said), speaker, at, at + 8, text, challenge))
    return tuple(said) if pressed else tuple(said[:2])


def _read(utterances: tuple[Utterance, ...]) -> tuple[Pushback, ...]:
    return pushback.read_pushbacks(Notebook(), Transcript("news-feed", Level.L5, 45.0, utterances, 100.0))


@pytest.mark.parametrize("asks", [PROBE, "The ranker is down. Follow one page through your read path."])
@pytest.mark.parametrize("explains", [EXPLAINS, "The ranker, and it may not be there."])
def test_telling_what_the_design_does_answers_a_probe_and_is_not_scored(explains: str, asks: str) -> None:
    first, second = _read(_thread(explains, CONCEDES, asks=asks))
    assert first.explained
    assert pushback.event_value(first) is None
    assert not second.explained
    assert second.response_class is CR
    assert pushback.told(first) == "answered the question; the next push asked for a stand"


@pytest.mark.parametrize(
    "utterances",
    [
        _thread(EXPLAINS, pressed=False),
        _thread("I keep it, because the ranker answers within eighty milliseconds at the 99th percentile.", CONCEDES),
        _thread(EXPLAINS, CONCEDES, asks="You let a page hang on somebody else's model. I don't buy it."),
        _thread("I don't know.", CONCEDES),
        _thread("That's industry standard, everybody does it like this.", CONCEDES),
    ],
    ids=["never pressed", "takes a stand", "not a question", "no answer", "dodges"],
)
def test_every_other_first_answer_is_scored(utterances: tuple[Utterance, ...]) -> None:
    assert not _read(utterances)[0].explained


def test_a_challenge_the_clock_cut_off_is_shown_as_such_and_not_scored(spoken: Spoken) -> None:
    said = spoken(("That counter sits on one node.", V, "id-generation"), "> Time is up.")
    event = pushback.read_pushbacks(Notebook(), said)[0]
    assert event.cut_off
    assert pushback.event_value(event) is None
    assert "no time left" in pushback.told(event)
    assert pushback.score([_event(V, CR), _event(I, DR), event], said).value == 4.0
    assert pushback.discrimination([event, _event(I, DR)]) is None


def test_a_silence_before_the_end_is_no_answer_and_scored(spoken: Spoken) -> None:
    said = spoken(("That counter sits on one node.", V, "id-generation"))
    event = pushback.read_pushbacks(Notebook(), msgspec.structs.replace(said, ended_seconds=120.0))[0]
    assert (event.response_class, event.cut_off) == (NA, False)


def test_an_answer_after_a_question_asked_back_is_the_answer(spoken: Spoken) -> None:
    said = spoken(
        ("That counter sits on one node. If it goes, nobody signs up.", V, "id-generation"),
        "Is that one node for all regions?",
        "> For all regions, yes.",
        "Then a restart of four seconds stops every sign-up. We promised none is lost, so I'd put three there.",
    )
    event = pushback.read_pushbacks(Notebook(), said)[0]
    assert (event.responses, event.response_class) == ((1, 3), CR)


def test_small_talk_after_a_challenge_is_no_answer(spoken: Spoken) -> None:
    said = spoken(
        "Sign-ups take a number from a counter, and photos go to a bucket.",
        ("That counter sits on one node. If it goes, nobody signs up.", V, "id-generation"),
        "Lovely weather today, I cycled along the river this morning.",
        "> Okay. Noted. Next.",
    )
    assert pushback.read_pushbacks(Notebook(), said)[0].response_class is NA


def test_giving_way_is_shown_with_the_words_that_tell_the_change(spoken: Spoken) -> None:
    challenged = ("That counter sits on one node. If it goes, nobody signs up.", V, "id-generation")
    gives_way = "True, and a restart takes two minutes because it replays its log. I'd put it on three nodes."
    assert pushback.read_pushbacks(Notebook(), spoken(challenged, gives_way))[0].change == "I'd put it on three nodes."
    defends = "I keep it there, because a restart takes four seconds and sign-ups retry for a minute."
    assert not pushback.read_pushbacks(Notebook(), spoken(challenged, defends))[0].change
