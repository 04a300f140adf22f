from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core import turns
from phantomcode.daemon.core.turns import Floor, Urgency


def after_speech(complete: float | None) -> Floor:
    """Speech from 1 to 10 seconds, understood."""
    return turns.utterance_ended(not_yet_understood(complete), 10.0, "So that is the write path.")


def not_yet_understood(complete: float | None = 0.9) -> Floor:
    return turns.speech_paused(turns.speech_started(Floor(), 1.0), 10.0, complete)


@pytest.mark.parametrize(
    ("urgency", "complete", "opens", "stands"),
    [
        (Urgency.ANSWER, 0.9, 10.0, 10.0),
        (Urgency.ANSWER, 0.1, 11.2, 11.2),
        (Urgency.FOLLOW, 0.9, 10.6, 11.0),
        (Urgency.FOLLOW, 0.1, 11.2, 13.0),
        (Urgency.OPEN, 0.9, 10.6, 11.2),
        (Urgency.OPEN, 0.1, 11.2, 13.5),
        (Urgency.OPEN, None, 10.6, 11.2),
        (Urgency.FOLLOW_BRIEF, 0.9, 14.0, 14.0),
        (Urgency.IDLE, 0.9, 30.0, 30.0),
    ],
)
def test_how_long_silence_must_be(urgency: Urgency, complete: float | None, opens: float, stands: float) -> None:
    assert turns.opens_at(after_speech(complete), urgency) == opens
    assert turns.stands_at(after_speech(complete), urgency) == stands


@pytest.mark.parametrize("urgency", list(Urgency))
def test_nothing_is_said_aloud_before_it_is_shown(urgency: Urgency) -> None:
    for floor in (after_speech(0.9), after_speech(0.1)):
        assert turns.stands_at(floor, urgency) >= turns.opens_at(floor, urgency)


@pytest.mark.parametrize("urgency", list(Urgency))
def test_nobody_speaks_over_speech(urgency: Urgency) -> None:
    talking = turns.speech_started(after_speech(0.9), 10.4)
    assert turns.opens_at(talking, urgency) is None
    assert not turns.may_speak(talking, 1e9, urgency)


@pytest.mark.parametrize(
    "text",
    ["Give me a second.", "hang on, the peak", "Let me think about the shards", "um one moment", "let me do the math"],
)
def test_asking_for_time_holds_the_floor(text: str) -> None:
    floor = turns.utterance_ended(after_speech(0.9), 10.0, text)
    assert turns.opens_at(floor, Urgency.OPEN) == 10.0 + turns.HOLD_SECONDS


def test_saying_something_else_lets_go_of_the_floor() -> None:
    held = turns.utterance_ended(after_speech(0.9), 10.0, "Give me a second.")
    assert turns.utterance_ended(held, 14.0, "So, four thousand a second.").held_until == 0.0


def test_yielding_the_turn_beats_a_hold() -> None:
    held = turns.utterance_ended(after_speech(0.9), 10.0, "Give me a second.")
    assert turns.may_speak(turns.turn_yielded(held, 9.0), 10.0, Urgency.OPEN)


def test_a_line_needs_time_to_be_read_unless_the_candidate_already_answers() -> None:
    shown = turns.line_shown(after_speech(0.9), 12.0, "What breaks first at ten times the load?")
    assert turns.opens_at(shown, Urgency.FOLLOW) == 12.0 + 1.0 + 8 / turns.READING_WORDS_PER_SECOND + 0.6
    spoken = turns.speech_paused(turns.speech_started(shown, 12.5), 13.0, 0.9)
    answered = turns.utterance_ended(spoken, 13.0, "The network card.")
    assert turns.opens_at(answered, Urgency.FOLLOW) == 13.6


def test_the_voice_keeps_the_floor_until_it_has_finished() -> None:
    speaking = turns.voice_begins(turns.line_shown(after_speech(0.9), 12.0, "Why?"))
    assert turns.opens_at(speaking, Urgency.AT_ONCE) is None
    assert turns.may_speak(turns.voice_finished(speaking, 14.0), 14.0, Urgency.ANSWER)


def test_an_utterance_decoded_late_does_not_end_the_speech_that_followed_it() -> None:
    talking_again = turns.speech_started(after_speech(0.9), 10.6)
    assert turns.utterance_ended(talking_again, 10.0, "So that is it.").speaking_since == 10.6


@given(
    silence=st.floats(0, 60),
    urgency=st.sampled_from(list(Urgency)),
    complete=st.one_of(st.none(), st.floats(0, 1)),
)
def test_more_silence_never_closes_the_floor(silence: float, urgency: Urgency, complete: float | None) -> None:
    floor = after_speech(complete)
    if turns.may_speak(floor, 10.0 + silence, urgency):
        assert turns.may_speak(floor, 10.0 + silence + 1.0, urgency)


@pytest.mark.parametrize("urgency", list(Urgency))
def test_nothing_is_said_before_the_last_words_are_understood(urgency: Urgency) -> None:
    waiting = turns.turn_yielded(not_yet_understood(), 9.0)
    assert turns.opens_at(waiting, urgency) == 10.0 + turns.UNDERSTAND_SECONDS
    assert turns.opens_at(turns.utterance_ended(waiting, 10.0, "So."), Urgency.AT_ONCE) == 10.0


def test_speech_that_came_to_nothing_frees_the_floor() -> None:
    coughed = turns.speech_closed(turns.speech_started(after_speech(0.9), 12.0), 12.4)
    assert turns.opens_at(coughed, Urgency.AT_ONCE) == 12.4


def test_going_on_after_a_pause_takes_the_floor_back() -> None:
    going_on = turns.speech_resumed(not_yet_understood(), 10.4)
    assert turns.opens_at(going_on, Urgency.AT_ONCE) is None
    ended = turns.utterance_ended(turns.speech_paused(going_on, 14.0, 0.9), 14.0, "So that is it.")
    assert turns.opens_at(ended, Urgency.ANSWER) == 14.0


def test_a_long_segment_that_was_cut_leaves_its_speaker_the_floor() -> None:
    """The next piece begins at the very moment the last one ends."""
    next_piece = turns.speech_started(turns.speech_started(Floor(), 1.0), 28.0)
    assert turns.utterance_ended(next_piece, 28.0, "and so on").speaking_since == 28.0


def test_a_closed_microphone_leaves_nobody_talking() -> None:
    silent = turns.nobody_talks(turns.speech_started(after_speech(0.9), 12.0))
    assert turns.opens_at(silent, Urgency.AT_ONCE) == 10.0
