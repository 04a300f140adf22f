from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from phantomcode.daemon import ports
from phantomcode.daemon.adapters import scripted
from phantomcode.daemon.contract.errors import AudioError, EngineError
from phantomcode.daemon.contract.messages import Heartbeat
from phantomcode.daemon.core.events import TimePassed
from phantomcode.daemon.ports import FRAME_SAMPLES, FRAME_SECONDS, Pcm, never

GONE = AudioError("audio.gone", "It is gone.", "Plug it in.")
DOWN = EngineError("engine.down", "It is down.", "Wait.")


def sound(frames: float) -> Pcm:
    return np.full(int(FRAME_SAMPLES * frames), 500, dtype=np.int16)


if TYPE_CHECKING:  # They stand where the real engines stand; the type checker sees to it.
    _microphone: ports.Microphone = scripted.ScriptedMicrophone(sound(1), scripted.ManualClock())
    _detector: ports.SpeechDetector = scripted.LoudnessDetector()
    _turns: ports.TurnDetector = scripted.ScriptedTurnDetector([0.5])
    _recogniser: ports.Recogniser = scripted.ScriptedRecogniser([])
    _model: ports.LanguageModel = scripted.ScriptedLanguageModel()
    _voice: ports.Voice = scripted.ScriptedVoice()
    _loudspeaker: ports.Loudspeaker = scripted.ScriptedLoudspeaker()
    _journal: ports.Journal = scripted.MemoryJournal()
    _publisher: ports.Publisher = scripted.CollectingPublisher()


def test_the_clock_moves_only_when_told() -> None:
    clock = scripted.ManualClock(10.0, 1000.0)
    clock.advance(2.5)
    assert (clock.monotonic(), clock.wall()) == (12.5, 1002.5)


def test_the_microphone_delivers_whole_frames_in_step_with_the_clock() -> None:
    clock = scripted.ManualClock(0.0)
    frames = list(scripted.ScriptedMicrophone(sound(3.5), clock).frames())
    assert [frame.captured_at for frame in frames] == pytest.approx([FRAME_SECONDS * n for n in (1, 2, 3)])
    assert all(len(frame.pcm) == 2 * FRAME_SAMPLES and not frame.digital_silence for frame in frames)


def test_the_microphone_can_be_lost_closed_and_opened_again() -> None:
    microphone = scripted.ScriptedMicrophone(sound(2), scripted.ManualClock(), failure=GONE)
    with pytest.raises(AudioError, match="gone"):
        list(microphone.frames())
    microphone.close()
    assert list(microphone.frames()) == []
    assert microphone.open() == "scripted microphone"
    assert next(microphone.frames()).pcm


def test_zeros_are_silence() -> None:
    microphone = scripted.ScriptedMicrophone(np.zeros(FRAME_SAMPLES, dtype=np.int16), scripted.ManualClock())
    frame = next(microphone.frames())
    detector = scripted.LoudnessDetector()
    detector.reset()
    assert frame.digital_silence
    assert detector.probability(frame) == 0.0


def test_the_turn_detector_stays_at_its_last_word() -> None:
    turns = scripted.ScriptedTurnDetector([0.2, 0.9])
    assert [turns.probability_complete(sound(1)) for _ in range(3)] == [0.2, 0.9, 0.9]


def test_the_recogniser_hears_its_script_then_nothing() -> None:
    recogniser = scripted.ScriptedRecogniser(["use a cache", DOWN])
    assert recogniser.transcribe(sound(1), ["cache"]).text == "use a cache"
    with pytest.raises(EngineError):
        recogniser.transcribe(sound(1), [])
    assert recogniser.transcribe(sound(2), []) == ports.Recognition("", 0.0)
    assert recogniser.heard == [(320, ("cache",)), (320, ()), (640, ())]


def test_the_language_model_writes_its_script_within_the_limits_it_is_given() -> None:
    model = scripted.ScriptedLanguageModel(["Why not both?\nCandidate: ", "one two three", DOWN])
    assert "".join(model.stream("p", max_tokens=9, stop=["\n"], cancelled=never)) == "Why not both?"
    assert "".join(model.stream("q", max_tokens=2, stop=[], cancelled=never)) == "one two"
    with pytest.raises(EngineError):
        next(model.stream("r", max_tokens=2, stop=[], cancelled=never))
    assert list(model.stream("s", max_tokens=2, stop=[], cancelled=never)) == []
    assert model.prompts == ["p", "q", "r", "s"]


def test_the_language_model_heeds_cancelling() -> None:
    model = scripted.ScriptedLanguageModel(["one two three"])
    looks = iter([False, True])
    assert list(model.stream("p", max_tokens=9, stop=[], cancelled=lambda: next(looks))) == ["one"]
    model.prefill("a")
    model.prefill("b", cancelled=lambda: True)
    assert model.prefilled == ["a"]


def test_votes_add_up() -> None:
    model = scripted.ScriptedLanguageModel(confidence=0.6)
    assert model.vote("p", "ABCDE") == pytest.approx((0.6, 0.1, 0.1, 0.1, 0.1))
    assert model.vote("p", "A") == (1.0,)


def test_what_is_said_is_played_and_takes_its_time() -> None:
    clock = scripted.ManualClock(0.0)
    voice, loudspeaker = scripted.ScriptedVoice(), scripted.ScriptedLoudspeaker(clock)
    for pcm in voice.synthesise("One two. Three."):
        loudspeaker.play(pcm, voice.sample_rate_hz)
    loudspeaker.play(sound(1), 16_000, cancelled=lambda: True)
    assert [len(pcm) for pcm in loudspeaker.played] == [3200, 1600]
    assert clock.monotonic() == pytest.approx(0.3)
    assert voice.said == ["One two. Three."]
    with pytest.raises(AudioError):
        scripted.ScriptedLoudspeaker(failure=GONE).play(sound(1), 16_000)


def test_journal_and_publisher_keep_what_they_get() -> None:
    journal = scripted.MemoryJournal([TimePassed(1.0)])
    assert journal.append(TimePassed(2.0)) == 2
    journal.close()
    assert list(journal.events()) == [TimePassed(1.0), TimePassed(2.0)]
    publisher = scripted.CollectingPublisher()
    publisher.publish(Heartbeat())
    assert publisher.messages == [Heartbeat()]
