from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.transcript import Challenge, Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.answer_window import (
    LONGEST_SECONDS,
    MOST_UTTERANCES,
    answer_texts,
    cut_off,
    response_window,
)
from phantomcode.problems.model import ChallengeType

Spoken = Callable[..., Transcript]
ONE_NODE = ("That counter sits on a single node. If it goes, nobody can sign up.", ChallengeType.VALID, "id-generation")
DEFENCE = "No, I keep it on one node, because a restart takes four seconds and sign-ups retry for a minute."


def _window(said: Transcript) -> tuple[int, ...]:
    return response_window(said.utterances, 0)


def test_the_window_ends_at_the_next_topic(spoken: Spoken) -> None:
    said = spoken(
        ONE_NODE,
        "Yes, I see that.",
        "> Go on.",
        "I'd keep three copies of the counter and let two of them agree.",
        "> Okay. How do people search?",
        "They ask the index.",
    )
    assert _window(said) == (1, 3)


@pytest.mark.parametrize(
    "begins_another",
    [
        "Okay, moving on to the read path.",
        "Now comes the search box, which is fed by the sign-up events.",
        "Let me go down into the write path, since the counter feeds it.",
        "So the whole thing is a gateway, the counter, and a table of users.",
        "Hm, where was I with the counter.",
    ],
)
def test_the_window_ends_when_the_candidate_says_that_something_else_begins(
    spoken: Spoken, begins_another: str
) -> None:
    assert _window(spoken(ONE_NODE, "I'd keep three copies of the counter.", begins_another)) == (1,)


@pytest.mark.parametrize(
    ("goes_on", "window"),
    [
        ("Photo storage. Uploads land in a bucket.", (1,)),
        ("Uploads land in a bucket behind private links.", (1,)),
        ("And a second one would only take over what the first can redo.", (1, 2)),
        ("Sign-ups wait that long without noticing.", (1, 2)),
    ],
)
def test_after_a_stand_with_a_reason_talk_of_something_else_is_no_part_of_it(
    spoken: Spoken, goes_on: str, window: tuple[int, ...]
) -> None:
    assert _window(spoken(ONE_NODE, DEFENCE, goes_on)) == window


@pytest.mark.parametrize("release", ["Okay. Noted. Next.", "Noted. Carry on.", "Fine, moving on.", "Fair enough."])
def test_a_release_ends_even_a_short_answer(spoken: Spoken, release: str) -> None:
    assert _window(spoken(ONE_NODE, "It stays.", f"> {release}", "People search by name.")) == (1,)


@pytest.mark.parametrize(
    ("line", "window"),
    [
        ("Are you sure?", (1, 3)),
        ("So it's three counters?", (1, 3)),
        ("Mm-hm.", (1, 3)),
        ("Okay.", (1,)),
        ("How do people find each other by phone number?", (1,)),
    ],
)
def test_pressing_an_answer_without_a_reason_keeps_it_open(spoken: Spoken, line: str, window: tuple[int, ...]) -> None:
    assert _window(spoken(ONE_NODE, "Sure, then I'd take three counters.", f"> {line}", "Yes, three it is.")) == window


def test_after_a_reasoned_answer_any_line_of_the_interviewers_ends_it(spoken: Spoken) -> None:
    assert _window(spoken(ONE_NODE, DEFENCE, "> And the search?", "It asks the index.")) == (1,)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Do you mean per region?", "Per region, yes."),
        ("How long may a sign-up take? I would guess some seconds.", "Ten seconds."),
        ("wait is that one node for all countries or one in each", "one for all of them"),
        ("Is losing a few seconds of sign-ups acceptable to you?", "No. We lose customers for good."),
    ],
)
def test_a_question_asked_back_and_its_answer_lie_inside_the_window_and_do_not_count(
    spoken: Spoken, question: str, told: str
) -> None:
    said = spoken(ONE_NODE, question, f"> {told}", DEFENCE, "> Okay. Noted. Next.", "Photos go to a bucket.")
    assert _window(said) == (1, 3)
    assert answer_texts(said.utterances, _window(said)) == [DEFENCE]


def test_a_question_asked_back_is_all_there_is_where_no_answer_follows(spoken: Spoken) -> None:
    said = spoken(ONE_NODE, "Do you mean per region?", "> Next question. How do people search?", "By name.")
    assert answer_texts(said.utterances, _window(said)) == ["Do you mean per region?"]


@pytest.mark.parametrize(
    ("turn", "answer"),
    [
        (f"{DEFENCE} How many regions are there?", DEFENCE),
        (
            "How many regions are there? I'd say it stays, as a restart of four seconds hurts nobody.",
            "I'd say it stays, as a restart of four seconds hurts nobody.",
        ),
        (
            "It stays, as a restart of four seconds hurts nobody, but how many regions are there?",
            "It stays, as a restart of four seconds hurts nobody.",
        ),
        ("Fine, I'd put it on three nodes. How many regions?", "Fine, I'd put it on three nodes."),
    ],
)
def test_an_answer_that_ends_in_a_question_is_an_answer(spoken: Spoken, turn: str, answer: str) -> None:
    said = spoken(ONE_NODE, turn, "> Three of them.", "Okay.", "> Noted. Next.", "Photos go to a bucket.")
    assert _window(said) == (1, 3)
    assert answer_texts(said.utterances, _window(said)) == [answer, "Okay."]


def test_the_answer_and_the_question_may_be_two_utterances(spoken: Spoken) -> None:
    said = spoken(ONE_NODE, DEFENCE, "How long does a restart take them?", "> Five seconds.", "Okay.")
    assert answer_texts(said.utterances, _window(said)) == [DEFENCE, "Okay."]


@pytest.mark.parametrize(
    "again", ["I did not understand.", "Come again?", "Sorry, could you repeat the question?", "What?", "Once more."]
)
@pytest.mark.parametrize(
    "put",
    [
        "Who gives out numbers while that machine reboots?",
        "That machine reboots. Who gives out numbers?",
        "One machine hands out every number we have. I would not sign that, it is a hole in the middle of the drawing.",
        "That's our only source of numbers. Mend it, and we can move on to the next one.",
    ],
)
def test_a_challenge_asked_to_hear_again_waits_for_its_answer(spoken: Spoken, again: str, put: str) -> None:
    said = spoken(ONE_NODE, again, f"> {put}", DEFENCE, "> Okay. Noted. Next.", "Photos go to a bucket.")
    assert _window(said) == (1, 3)
    assert answer_texts(said.utterances, _window(said)) == [DEFENCE]


def test_a_challenge_that_was_not_put_again_is_over(spoken: Spoken) -> None:
    said = spoken(ONE_NODE, "Come again?", "> Never mind, moving on. How do people search?", "They ask the index.")
    assert _window(said) == (1,)


def test_asking_to_hear_it_again_after_the_answer_takes_nothing_away(spoken: Spoken) -> None:
    said = spoken(ONE_NODE, "It stays.", "> Are you sure?", "Sorry, what was the question?")
    assert answer_texts(said.utterances, _window(said)) == ["It stays."]


def test_the_round_may_end_before_there_can_be_an_answer(spoken: Spoken) -> None:
    for lines in (
        [ONE_NODE],
        [ONE_NODE, "> Time is up, thank you."],
        [ONE_NODE, "Well, the"],
        [ONE_NODE, "Do you mean per region or for everybody together?"],
        [ONE_NODE, "Sorry, I did not understand your question, could you put it otherwise?"],
    ):
        said = spoken(*lines)
        assert cut_off(said.utterances, 0, _window(said), said.ended_seconds)


def test_an_answer_or_a_long_silence_is_not_cut_off(spoken: Spoken) -> None:
    said = spoken(ONE_NODE, DEFENCE)
    assert not cut_off(said.utterances, 0, _window(said), said.ended_seconds)
    silent = spoken(ONE_NODE)
    assert not cut_off(silent.utterances, 0, (), silent.ended_seconds + 60.0)
    asking = spoken(ONE_NODE, f"{DEFENCE} How many regions are there?")
    assert not cut_off(asking.utterances, 0, _window(asking), asking.ended_seconds)
    left = spoken(ONE_NODE, "I don't know.", "> Next.", "Photos go to a bucket.")
    assert not cut_off(left.utterances, 0, _window(left), left.ended_seconds)


_LINES = st.sampled_from(
    ["Yes.", DEFENCE, "Do you mean per region?", "What?", "Okay.", "Noted. Next.", "Photos. They are big.", ""]
)


@given(st.lists(st.tuples(st.booleans(), _LINES, st.floats(0.1, 120.0)), max_size=30))
def test_a_window_holds_candidate_utterances_in_order_and_within_its_bounds(
    lines: list[tuple[bool, str, float]],
) -> None:
    put = Challenge(ChallengeType.VALID, 1, "id-generation")
    utterances = [Utterance(0, Speaker.INTERVIEWER, 0.0, 8.0, ONE_NODE[0], put)]
    at = 8.0
    for number, (candidate, text, seconds) in enumerate(lines, 1):
        speaker = Speaker.CANDIDATE if candidate else Speaker.INTERVIEWER
        utterances.append(Utterance(number, speaker, at, at + seconds, text))
        at += seconds
    window = response_window(utterances, 0)
    assert list(window) == sorted(set(window))
    assert len(window) <= MOST_UTTERANCES
    assert all(utterances[i].speaker is Speaker.CANDIDATE for i in window)
    assert all(utterances[i].started_seconds - 8.0 <= LONGEST_SECONDS for i in window[1:])
    texts = [utterances[i].text for i in window]
    assert all(any(answer in text for text in texts) for answer in answer_texts(utterances, window))
    assert not texts or answer_texts(utterances, window)
