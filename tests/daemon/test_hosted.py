from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.hosted import (
    HostedLanguageModel,
    HostedMicrophone,
    HostedRecogniser,
    HostedTurnDetector,
    HostedVoice,
)
from phantomcode.daemon.hosting import EngineHost, EngineSpec
from phantomcode.daemon.ports import FRAME_SAMPLES, Recognition

PATIENCE = 60.0


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., EngineHost]]:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    hosts: list[EngineHost] = []

    def start(factory: str, **arguments: object) -> EngineHost:
        spec = EngineSpec(factory, f"hosted_ports:{factory}", arguments)
        hosts.append(EngineHost(spec, on_down=lambda _: None, on_up=lambda: None))
        hosts[-1].start()
        assert hosts[-1].wait_ready(PATIENCE)
        return hosts[-1]

    yield start
    for started in hosts:
        started.close()


def test_a_recogniser_gets_its_sound_and_vocabulary(host: Callable[..., EngineHost]) -> None:
    recogniser = HostedRecogniser(host("recogniser"))
    pcm = np.full(1600, 7, dtype=np.int16)
    recognition = recogniser.transcribe(pcm, ["sharding", "QPS"], words=True)
    assert recognition == Recognition("1600 samples of 7, sharding QPS, words=True", 1.0)


def test_a_turn_detector_answers(host: Callable[..., EngineHost]) -> None:
    assert HostedTurnDetector(host("turn_detector")).probability_complete(np.ones(10, dtype=np.int16)) == 1.0


def test_a_voice_streams_sound_and_knows_its_rate(host: Callable[..., EngineHost]) -> None:
    voice = HostedVoice(host("voice"))
    heard = [(len(pcm), voice.sample_rate_hz) for pcm in voice.synthesise("one two three")]
    assert heard == [(3, 22_050), (3, 22_050), (5, 22_050)]


def test_a_microphone_delivers_frames_until_another_thread_closes_it(host: Callable[..., EngineHost]) -> None:
    microphone = HostedMicrophone(host("microphone"))
    assert microphone.open() == "endless microphone"
    frames = microphone.frames()
    assert len(next(frames).pcm) == FRAME_SAMPLES * 2
    closer = threading.Thread(target=microphone.close)
    closer.start()
    for frame in frames:
        assert len(frame.pcm) == FRAME_SAMPLES * 2
    closer.join(PATIENCE)
    assert not closer.is_alive()
    assert microphone.open() == "endless microphone"
    next(microphone.frames())
    microphone.close()
    microphone.close()


def test_a_recording_goes_on_in_a_new_child_where_it_had_been_heard(host: Callable[..., EngineHost]) -> None:
    child = host("recording")
    microphone = HostedMicrophone(child)
    places: list[float] = []
    for _ in range(2):
        microphone.open()
        with pytest.raises(EngineError):
            places.extend(frame.captured_at for frame in microphone.frames())
    assert places == list(map(float, range(len(places))))
    assert len(places) > 5


def test_a_stuck_turn_detector_costs_a_second_and_one_that_is_down_nothing(host: Callable[..., EngineHost]) -> None:
    turns = HostedTurnDetector(host("sleeper"))
    began = time.monotonic()
    with pytest.raises(EngineError) as stuck:
        turns.probability_complete(np.ones(10, dtype=np.int16))
    with pytest.raises(EngineError) as down:
        turns.probability_complete(np.ones(10, dtype=np.int16))
    assert time.monotonic() - began < 5.0
    assert [stuck.value.code, down.value.code] == ["engine.timeout", "engine.down"]


def test_a_language_model_reads_ahead_until_it_is_wanted(host: Callable[..., EngineHost]) -> None:
    model = HostedLanguageModel(host("language_model"))
    wanted = threading.Event()
    reading = threading.Thread(target=model.prefill, args=("endless",), kwargs={"cancelled": wanted.is_set})
    reading.start()
    wanted.set()
    pieces = model.stream("say it", max_tokens=3, stop=["."], cancelled=lambda: False)
    assert list(pieces) == ["say it", "3", "('.',)"]
    reading.join(PATIENCE)
    assert not reading.is_alive()
    assert model.vote("which", ["A", "B"]) == (0.5, 0.5)
