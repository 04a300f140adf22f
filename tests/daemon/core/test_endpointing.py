from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phantomcode.daemon.core.endpointing import (
    EndpointEvent,
    EndpointState,
    EndReason,
    PauseReached,
    Rules,
    SegmentEnded,
    SegmentStarted,
    SpeechResumed,
    VerdictDue,
    flush,
    judge,
    step,
)

FRAME = 0.02


def run(probabilities: list[float], rules: Rules | None = None) -> tuple[EndpointState, list[EndpointEvent]]:
    state = EndpointState(rules or Rules())
    events: list[EndpointEvent] = []
    for index, probability in enumerate(probabilities):
        state, new = step(state, probability, (index + 1) * FRAME)
        events.extend(new)
    return state, events


def speech(seconds: float, probability: float = 0.9) -> list[float]:
    return [probability] * round(seconds / FRAME)


def silence(seconds: float) -> list[float]:
    return [0.02] * round(seconds / FRAME)


def only_end(events: list[EndpointEvent]) -> SegmentEnded:
    (end,) = [event for event in events if isinstance(event, SegmentEnded)]
    return end


def test_a_sentence_gives_start_pause_end_with_pre_roll_and_one_pause_of_tail() -> None:
    _, events = run(silence(1) + speech(2) + silence(2))
    start, pause, due, end = events
    assert isinstance(start, SegmentStarted)
    assert start.started_seconds == pytest.approx(0.7)
    assert start.speech_started_seconds == pytest.approx(1.0)
    assert isinstance(pause, PauseReached)
    assert (pause.at_seconds, pause.speech_ended_seconds) == pytest.approx((3.2, 3.0))
    assert isinstance(due, VerdictDue)
    assert (due.at_seconds, due.speech_ended_seconds) == pytest.approx((3.6, 3.0))
    assert isinstance(end, SegmentEnded)
    assert end.reason is EndReason.SILENCE
    assert (end.speech_started_seconds, end.speech_ended_seconds) == pytest.approx((1.0, 3.0))
    assert (end.started_seconds, end.ended_seconds) == pytest.approx((0.7, 3.2))


def test_a_key_stroke_opens_nothing() -> None:
    _, events = run((silence(0.5) + speech(0.08)) * 20)
    assert events == []


def test_hesitant_speech_between_release_and_onset_goes_on_but_cannot_begin() -> None:
    assert run(speech(3, 0.4))[1] == []
    state, events = run(speech(0.2) + speech(3, 0.4))
    assert [type(event) for event in events] == [SegmentStarted]
    assert state.segment is not None
    assert state.segment.speech_ended_seconds == pytest.approx(3.2)


def test_the_verdict_is_due_once_in_each_pause_that_is_long_enough() -> None:
    _, events = run(speech(1) + silence(0.5) + speech(0.2) + silence(0.9) + speech(0.2) + silence(0.7))
    assert [e.speech_ended_seconds for e in events if isinstance(e, VerdictDue)] == pytest.approx([1.7, 2.8])


def test_a_pause_is_announced_once_and_resuming_needs_the_onset_probability() -> None:
    _, events = run(speech(1) + silence(0.3) + speech(0.1, 0.4) + silence(0.1))
    assert [type(event) for event in events] == [SegmentStarted, PauseReached]
    _, events = run(speech(1) + silence(0.4) + speech(0.2) + silence(0.4))
    assert [type(event) for event in events] == [SegmentStarted, PauseReached, SpeechResumed, PauseReached]


def test_a_complete_turn_ends_when_the_verdict_is_due_and_an_incomplete_one_does_not() -> None:
    early, _ = run(speech(1) + silence(0.4))
    assert judge(early, 0.9) == (early, ())
    state, _ = run(speech(1) + silence(0.6))
    assert judge(state, 0.3) == (state, ())
    after, (end,) = judge(state, 0.8)
    assert isinstance(end, SegmentEnded)
    assert end.reason is EndReason.COMPLETE
    assert after.segment is None


def test_a_verdict_that_comes_after_speech_resumed_is_void() -> None:
    state, _ = run(speech(1) + silence(0.6) + speech(0.1))
    assert judge(state, 0.99) == (state, ())


@pytest.mark.parametrize(("gap_seconds", "pre_roll_from"), [(0.6, 1.3), (0.64, 1.34), (0.8, 1.5)])
def test_the_pre_roll_reaches_into_the_silence_before_but_not_into_the_voice(
    gap_seconds: float, pre_roll_from: float
) -> None:
    state, _ = run(speech(1) + silence(0.6))
    state, _ = judge(state, 0.9)
    events: list[EndpointEvent] = []
    for probability in silence(gap_seconds - 0.6) + speech(0.2):
        state, new = step(state, probability, state.at_seconds + FRAME)
        events.extend(new)
    (start,) = events
    assert isinstance(start, SegmentStarted)
    assert start.started_seconds == pytest.approx(pre_roll_from)
    assert start.speech_started_seconds == pytest.approx(1.0 + gap_seconds)


def test_a_long_segment_is_cut_in_the_middle_of_its_longest_late_pause() -> None:
    early, late = 3.0, 11.0
    told = speech(early) + silence(0.18) + speech(late - early - 0.18) + silence(0.14) + speech(5)
    _, events = run(told)
    end = only_end(events)
    assert end.reason is EndReason.LENGTH
    assert end.ended_seconds == pytest.approx(late + 0.07)
    assert events[-1] == SegmentStarted(end.ended_seconds, end.ended_seconds)


def test_speech_without_any_pause_is_cut_where_the_detector_is_least_sure() -> None:
    told = speech(16)
    told[round(11 / FRAME)] = 0.6
    end = only_end(run(told)[1])
    assert end.ended_seconds == pytest.approx(11 + FRAME)


def test_flushing_ends_an_open_segment_at_once_and_does_nothing_otherwise() -> None:
    state, _ = run(silence(1) + speech(1))
    state, (end,) = flush(state)
    assert isinstance(end, SegmentEnded)
    assert end.reason is EndReason.FLUSHED
    assert end.ended_seconds == pytest.approx(2.0)
    assert flush(state) == (state, ())


SCRIPTS = st.lists(st.tuples(st.floats(0, 1), st.integers(1, 80)), max_size=60).map(
    lambda runs: [probability for probability, frames in runs for _ in range(frames)]
)
SHORT = Rules(maximum_segment_seconds=4.0, cut_search_seconds=2.0)


@given(SCRIPTS)
def test_starts_and_ends_alternate_and_times_never_go_back(probabilities: list[float]) -> None:
    state, events = run(probabilities, SHORT)
    events.extend(flush(state)[1])
    bounds = [e for e in events if isinstance(e, SegmentStarted | SegmentEnded)]
    assert all(isinstance(e, SegmentStarted) for e in bounds[::2])
    assert all(isinstance(e, SegmentEnded) for e in bounds[1::2])
    assert len(bounds) % 2 == 0
    voices = [e for e in bounds if isinstance(e, SegmentEnded)]
    assert all(e.started_seconds <= e.speech_started_seconds + 1e-9 for e in voices)
    assert all(e.speech_ended_seconds <= e.ended_seconds + 1e-9 for e in voices)
    assert all(a.speech_ended_seconds <= b.started_seconds + 1e-9 for a, b in pairwise(voices))
    announced = [e.at_seconds for e in events if isinstance(e, PauseReached | SpeechResumed)]
    assert announced == sorted(announced)


@given(SCRIPTS)
@example([1.0] * 201)
def test_every_stretch_of_clear_speech_lies_in_segments_and_none_is_too_long(probabilities: list[float]) -> None:
    state, events = run(probabilities, SHORT)
    ends = [e for e in [*events, *flush(state)[1]] if isinstance(e, SegmentEnded)]
    covered = [False] * len(probabilities)
    for end in ends:
        assert end.ended_seconds - end.started_seconds <= SHORT.maximum_segment_seconds + 0.2 + FRAME
        assert end.speech_started_seconds <= end.speech_ended_seconds + 1e-9
        for index in range(len(probabilities)):
            middle = (index + 0.5) * FRAME
            covered[index] |= end.started_seconds - 1e-9 <= middle <= end.ended_seconds + 1e-9
    needed = round(SHORT.onset_seconds / FRAME)
    for index in range(len(probabilities) - needed + 1):
        if all(p >= SHORT.onset_probability for p in probabilities[index : index + needed]):
            assert all(covered[index : index + needed])
