from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phantomcode.daemon.contract.errors import AudioError, EngineError
from phantomcode.daemon.listening import (
    EarEvent,
    Ears,
    InputBack,
    InputEnded,
    InputGone,
    InputSilent,
    LevelHeard,
    NothingHeard,
    PartialHeard,
    SpeechBegan,
    SpeechHeld,
    SpeechWentOn,
    UtteranceEnded,
    UtteranceSupposed,
)
from phantomcode.daemon.ports import FRAME_SAMPLES, AudioFrame, Pcm, Recognition

PATIENCE_SECONDS = 20.0
LOST = AudioError("audio.device-lost", "Gone.", "Plug it in.")
Act = Callable[[], object]
Script = Sequence[tuple[float, int] | Act | AudioError | EngineError]
"""Seconds of sound at an amplitude, something to do between two frames, or an error to raise."""


class Clock:
    """Moved on by the microphone and by the recogniser's work."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.now


class ScriptedMicrophone:
    """Plays one script for each time it is opened."""

    def __init__(self, clock: Clock, *scripts: Script) -> None:
        self._clock = clock
        self._scripts = list(scripts)
        self._playing: Script = ()
        self.closed = False

    def open(self) -> str:
        self._playing = self._scripts.pop(0)
        if self._playing and isinstance(self._playing[0], AudioError | EngineError):
            raise self._playing[0]
        return f"device {len(self._scripts)}"

    def frames(self) -> Iterator[AudioFrame]:
        for part in self._playing:
            if isinstance(part, AudioError | EngineError):
                raise part
            if callable(part):
                part()
                continue
            seconds, amplitude = part
            for _ in range(round(seconds / 0.02)):
                self._clock.now += 0.02
                pcm = np.full(FRAME_SAMPLES, amplitude, np.int16).tobytes()
                yield AudioFrame(pcm, self._clock.now, digital_silence=amplitude == 0)

    def close(self) -> None:
        self.closed = True


class LoudnessDetector:
    def probability(self, frame: AudioFrame) -> float:
        return 0.95 if np.frombuffer(frame.pcm, np.int16)[0] >= 100 else 0.02

    def reset(self) -> None:
        pass


class FixedTurns:
    def __init__(self, probability: float) -> None:
        self._probability = probability

    def probability_complete(self, pcm: Pcm) -> float:
        assert 0 < len(pcm) <= 8 * 16000
        return self._probability


class BrokenTurns:
    def probability_complete(self, pcm: Pcm) -> float:
        raise EngineError("turns.failed", f"No verdict on {len(pcm)} samples.", "Restart.")


class LevelRecogniser:
    """Says which amplitudes it heard, in order: its text tells exactly what sound it was given."""

    def __init__(self, clock: Clock, decode_seconds: float = 0.0, failures: int = 0) -> None:
        self._clock = clock
        self._decode_seconds = decode_seconds
        self._failures = failures
        self.error: Exception = EngineError("recogniser.failed", "It broke.", "Restart.")
        self.ending = ""
        self.calls: list[tuple[int, tuple[str, ...]]] = []
        self.called = threading.Semaphore(0)

    def transcribe(self, pcm: Pcm, vocabulary: Sequence[str], *, words: bool = False) -> Recognition:
        assert not words
        self.calls.append((len(pcm), tuple(vocabulary)))
        self._clock.now += self._decode_seconds
        self.called.release()
        if self._failures:
            self._failures -= 1
            raise self.error
        loud = pcm[pcm >= 100]
        steps = loud[np.flatnonzero(np.diff(loud, prepend=0))] if loud.size else loud
        return Recognition(" ".join(f"w{level}" for level in steps) + self.ending, 0.8)

    def wait_for_call(self) -> None:
        assert self.called.acquire(timeout=PATIENCE_SECONDS)


class Room:
    """Ears on a script, and what they heard."""

    def __init__(self, *scripts: Script, turns: FixedTurns | BrokenTurns | None = None, **recogniser: float) -> None:
        self.clock = Clock()
        self.events: list[EarEvent] = []
        self.ended = threading.Event()
        self.partials = threading.Semaphore(0)
        self.on_utterance: Act = lambda: None
        self.on_supposed: Act = lambda: None
        self.microphone = ScriptedMicrophone(self.clock, *scripts)
        self.recogniser = LevelRecogniser(self.clock, **recogniser)  # type: ignore[arg-type]
        self.ears = Ears(
            self.microphone,
            LoudnessDetector(),
            turns,
            self.recogniser,
            self.clock,
            lambda monotonic: monotonic - 1000.0,
            self._heard,
            backoff_seconds=(0.0,),
        )

    def _heard(self, event: EarEvent) -> None:
        self.events.append(event)
        if isinstance(event, InputEnded):
            self.ended.set()
        if isinstance(event, UtteranceEnded):
            self.on_utterance()
        if isinstance(event, UtteranceSupposed):
            self.on_supposed()
        if isinstance(event, PartialHeard):
            self.partials.release()

    def listen(self) -> list[EarEvent]:
        """Run to the end of the input and return all but the levels."""
        self.ears.start()
        assert self.ended.wait(PATIENCE_SECONDS)
        self.ears.stop()
        assert self.microphone.closed
        return [event for event in self.events if not isinstance(event, LevelHeard)]

    def texts(self) -> list[str]:
        return [event.text for event in self.listen() if isinstance(event, UtteranceEnded)]


def test_a_sentence_is_announced_held_delivered_and_the_input_ends() -> None:
    room = Room([(1.0, 1), (0.9, 500), (2.0, 1)])
    began, held, utterance, ended = (e for e in room.listen() if not isinstance(e, UtteranceSupposed))
    assert began == SpeechBegan(pytest.approx(1.0))
    assert held == SpeechHeld(pytest.approx(1.9), None)
    assert isinstance(utterance, UtteranceEnded)
    assert (utterance.started_seconds, utterance.ended_seconds) == pytest.approx((1.0, 1.9))
    assert (utterance.text, utterance.confidence) == ("w500", 0.8)
    assert utterance.speech_ended_at_monotonic == pytest.approx(1001.9)
    assert ended == InputEnded()


def test_the_transcript_made_at_the_pause_is_the_one_delivered_at_the_end() -> None:
    room = Room([(1.0, 500), (0.2, 1), lambda: room.recogniser.wait_for_call(), (1.5, 1)])
    assert room.texts() == ["w500"]
    assert room.recogniser.calls == [(round(1.2 * 16000), ())]


def test_what_a_pause_may_end_with_is_told_before_it_is_known_to_be_the_end() -> None:
    supposed = threading.Event()
    room = Room([(1.0, 500), (0.3, 1), lambda: supposed.wait(PATIENCE_SECONDS), (1.5, 1)])
    room.on_supposed = supposed.set
    told = [event for event in room.listen() if isinstance(event, UtteranceSupposed | UtteranceEnded)]
    assert [type(event) for event in told] == [UtteranceSupposed, UtteranceEnded]
    assert (told[0].text, told[0].started_seconds, told[0].ended_seconds) == (
        "w500",
        pytest.approx(0.0),
        pytest.approx(1.0),
    )


def test_when_speech_resumes_the_speculative_transcript_is_thrown_away() -> None:
    room = Room([(1.0, 500), (0.4, 1), lambda: room.recogniser.wait_for_call(), (0.6, 600), (2.0, 1)])
    assert room.texts() == ["w500 w600"]


def test_speech_that_goes_on_after_a_pause_is_said_once() -> None:
    events = Room([(1.0, 500), (0.8, 1), (0.6, 600), (2.0, 1)]).listen()
    turns = [event for event in events if isinstance(event, SpeechHeld | SpeechWentOn)]
    assert turns == [
        SpeechHeld(pytest.approx(1.0), None),
        SpeechWentOn(pytest.approx(1.8, abs=0.15)),
        SpeechHeld(pytest.approx(2.4), None),
    ]


def test_a_complete_turn_is_delivered_without_waiting_and_an_incomplete_one_only_after_the_silence() -> None:
    script: Script = [(1.0, 500), (0.6, 1), (1.0, 600), (2.0, 1)]
    assert Room(script, turns=FixedTurns(0.9)).texts() == ["w500", "w600"]
    assert Room(script, turns=FixedTurns(0.1)).texts() == ["w500 w600"]


def test_a_pause_after_words_that_ask_for_more_is_not_taken_for_the_end() -> None:
    supposed = threading.Event()
    wait: Act = lambda: supposed.wait(PATIENCE_SECONDS)  # noqa: E731 - a step of the script
    room = Room([(1.0, 500), (0.3, 1), wait, (0.5, 1), (1.0, 600), (2.0, 1)], turns=FixedTurns(0.9))
    room.recogniser.ending = " because"
    room.on_supposed = supposed.set
    assert room.texts() == ["w500 w600 because"]


def test_a_broken_turn_detector_costs_its_opinion_only() -> None:
    room = Room([(1.0, 500), (2.0, 1)], turns=BrokenTurns())
    events = room.listen()
    assert SpeechHeld(pytest.approx(1.0, abs=1e-6), None) in events
    assert any(isinstance(event, UtteranceEnded) for event in events)


def test_partials_settle_and_leave_the_recogniser_most_of_its_time() -> None:
    wait: Act = lambda: room.partials.acquire(timeout=PATIENCE_SECONDS)  # noqa: E731 - a step of the script
    script: Script = [(1.12, 500), wait, (0.6, 600), (1.6, 700), wait, (3.6, 800), wait, (2.0, 1)]
    room = Room(script, decode_seconds=0.5)
    events = room.listen()
    partials = [event for event in events if isinstance(event, PartialHeard)]
    assert len(partials) == 3
    for before, after in pairwise(partials):
        assert after.text.startswith(before.text[: before.stable_chars])
        assert after.stable_chars >= before.stable_chars
    assert partials[-1].text[: partials[-1].stable_chars].startswith("w500")
    assert [event.text for event in events if isinstance(event, UtteranceEnded)] == ["w500 w600 w700 w800"]


def test_a_recogniser_that_fails_once_costs_nothing() -> None:
    assert Room([(1.0, 500), (2.0, 1)], failures=1).texts() == ["w500"]


def test_a_recogniser_that_stays_broken_costs_that_segment_and_says_so() -> None:
    wait: Act = lambda: room.recogniser.wait_for_call()  # noqa: E731 - a step of the script
    room = Room([(0.9, 500), (1.4, 1), wait, wait, wait, wait, (0.9, 600), (2.0, 1)], failures=4)
    closes = [event for event in room.listen() if isinstance(event, NothingHeard | UtteranceEnded)]
    lost, kept = closes
    assert isinstance(lost, NothingHeard)
    assert (lost.code, lost.message) == ("recogniser.failed", "It broke.")
    assert (lost.started_seconds, lost.ended_seconds) == pytest.approx((0.0, 0.9), abs=1e-6)
    assert isinstance(kept, UtteranceEnded)
    assert kept.text == "w600"


def test_whatever_a_recogniser_raises_costs_its_segment_and_the_next_is_heard() -> None:
    wait: Act = lambda: room.recogniser.wait_for_call()  # noqa: E731 - a step of the script
    room = Room([(0.9, 500), (1.4, 1), wait, wait, (0.9, 600), (2.0, 1)], failures=2)
    room.recogniser.error = ValueError("a bug in a binding")
    lost, kept = (event for event in room.listen() if isinstance(event, NothingHeard | UtteranceEnded))
    assert isinstance(lost, NothingHeard)
    assert lost.code == "recogniser.failed"
    assert "a bug in a binding" in lost.message
    assert isinstance(kept, UtteranceEnded)
    assert kept.text == "w600"


def test_while_the_gate_is_closed_and_in_the_rooms_tail_nothing_is_heard() -> None:
    room = Room(
        [
            (1.0, 500),
            lambda: room.ears.gate(True),
            (3.0, 900),
            lambda: room.ears.gate(False),
            (0.24, 900),
            (1.0, 1),
            (1.0, 600),
            (2.0, 1),
        ]
    )
    assert room.texts() == ["w500", "w600"]


def test_a_pause_closes_the_input_and_resuming_opens_it_again() -> None:
    delivered = threading.Event()
    room = Room([(1.0, 500), lambda: room.ears.pause(), (0.02, 1), (9.0, 900)], [(0.5, 1), (1.0, 600), (2.0, 1)])
    room.on_utterance = delivered.set
    room.ears.start()
    assert delivered.wait(PATIENCE_SECONDS)
    assert not room.ended.is_set()
    room.ears.resume()
    assert room.ended.wait(PATIENCE_SECONDS)
    assert [event.text for event in room.events if isinstance(event, UtteranceEnded)] == ["w500", "w600"]


def test_stopping_while_paused_ends_the_ears() -> None:
    room = Room([(1.0, 1), lambda: room.ears.pause(), (9.0, 900)])
    room.ears.start()
    room.ears.stop()
    assert not room.ears._reader.is_alive()


def test_a_pause_that_comes_after_the_stop_does_not_hold_the_ears() -> None:
    def stop_then_pause() -> None:
        room.ears.stop()
        room.ears.pause()

    room = Room([(1.0, 1), stop_then_pause, (9.0, 900)])
    room.ears.start()
    room.ears._reader.join(PATIENCE_SECONDS)
    assert not room.ears._reader.is_alive()


def test_the_one_who_is_told_may_stop_the_ears() -> None:
    room = Room([(1.0, 500), (1.4, 1), (9.0, 1)])
    room.on_utterance = room.ears.stop
    room.ears.start()
    room.ears._reader.join(PATIENCE_SECONDS)
    assert not room.ears._reader.is_alive()


def test_a_lost_device_is_said_once_reopened_and_the_words_before_are_kept() -> None:
    died = EngineError("microphone.down", "The child died.", "Wait.")
    room = Room([(1.0, 500), LOST], [LOST], [died], [(1.0, 600), (2.0, 1)])
    events = room.listen()
    assert [e for e in events if isinstance(e, InputGone)] == [InputGone("audio.device-lost", "Gone.", "Plug it in.")]
    assert [e for e in events if isinstance(e, InputBack)] == [InputBack("device 0")]
    assert [e.text for e in events if isinstance(e, UtteranceEnded)] == ["w500", "w600"]


def test_no_device_at_the_start_is_said_and_one_plugged_in_later_is_found() -> None:
    missing = AudioError("audio.no-microphone", "None.", "Plug one in.")
    events = Room([missing], [(1.0, 500), (2.0, 1)]).listen()
    assert events[:2] == [InputGone("audio.no-microphone", "None.", "Plug one in."), InputBack("device 0")]


def test_three_seconds_of_exact_zeros_are_said_once() -> None:
    assert Room([(2.8, 0), (0.1, 1), (2.8, 0)]).listen() == [InputEnded()]
    assert Room([(9.0, 0)]).listen() == [InputSilent(), InputEnded()]


def test_levels_come_ten_times_a_second_in_decibels() -> None:
    room = Room([(1.0, 3277)])
    room.listen()
    levels = [event for event in room.events if isinstance(event, LevelHeard)]
    assert len(levels) == 10
    assert levels[0].dbfs == pytest.approx(-20.0, abs=0.01)


def test_stopping_delivers_what_was_being_said() -> None:
    stopped = threading.Event()

    def stop_soon() -> None:
        threading.Thread(target=lambda: (room.ears.stop(), stopped.set())).start()
        assert room.ears._stopping.wait(PATIENCE_SECONDS)

    room = Room([(1.0, 500), stop_soon, (60.0, 600)])
    room.ears.start()
    assert stopped.wait(PATIENCE_SECONDS)
    texts = [event.text for event in room.events if isinstance(event, UtteranceEnded)]
    assert len(texts) == 1
    assert texts[0].startswith("w500")
    assert not any(isinstance(event, InputEnded) for event in room.events)
    room.ears.stop()


def test_sound_without_words_closes_what_began() -> None:
    room = Room([(1.0, 500), (2.0, 1)])
    room.recogniser.transcribe = lambda *_args, **_options: Recognition("", 0.0)  # type: ignore[method-assign]
    assert [event.code for event in room.listen() if isinstance(event, NothingHeard)] == ["speech.none"]


def test_the_vocabulary_reaches_the_recogniser() -> None:
    room = Room([lambda: room.ears.set_vocabulary(["base62", "Cassandra"]), (1.0, 500), (2.0, 1)])
    room.listen()
    assert room.recogniser.calls[-1][1] == ("base62", "Cassandra")


SOUNDS = st.lists(st.tuples(st.sampled_from([0.04, 0.16, 0.3, 1.5]), st.sampled_from([1, 500])), max_size=15)


@settings(max_examples=40, deadline=None)
@given(SOUNDS, st.integers(0, 3), st.booleans())
def test_whatever_happens_every_beginning_is_closed_once_and_in_order(
    sounds: list[tuple[float, int]], failures: int, complete: bool
) -> None:
    events = Room(sounds, failures=failures, turns=FixedTurns(0.9 if complete else 0.1)).listen()
    begun = [event.at_seconds for event in events if isinstance(event, SpeechBegan)]
    closed = [event.started_seconds for event in events if isinstance(event, UtteranceEnded | NothingHeard)]
    assert closed == begun
    assert events[-1] == InputEnded()
