from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from phantomcode.daemon.adapters.microphone import Callback, PyAudioMicrophone, input_devices, quiet_stderr
from phantomcode.daemon.contract.errors import AudioError

LAPTOP = {"index": 1, "name": "Laptop Microphone", "maxInputChannels": 2, "defaultSampleRate": 48000.0}
HEADSET = {"index": 2, "name": "USB Headset", "maxInputChannels": 1, "defaultSampleRate": 44100.0}
SPEAKER = {"index": 0, "name": "Speaker", "maxInputChannels": 0, "defaultSampleRate": 48000.0}


class FakeStream:
    def __init__(self) -> None:
        self.active = True
        self.closed = False

    def is_active(self) -> bool:
        if self.closed:
            raise OSError("Stream not open")
        return self.active

    def close(self) -> None:
        self.closed = True


class FakePortAudio:
    """Devices without hardware; the test plays PortAudio's thread by calling `deliver`."""

    def __init__(self, *devices: Mapping[str, Any], accepts: tuple[int, int] | None = None) -> None:
        self.devices = devices
        self.accepts = accepts
        self.opened: list[tuple[int, int, int]] = []
        self.stream = FakeStream()
        self.callback: Callback | None = None
        self.terminated = 0

    def get_device_count(self) -> int:
        return len(self.devices)

    def get_device_info_by_index(self, index: int) -> Mapping[str, Any]:
        return self.devices[index]

    def get_default_input_device_info(self) -> Mapping[str, Any]:
        for device in self.devices:
            if device["maxInputChannels"]:
                return device
        raise OSError("No Default Input Device Available")

    def open(self, **options: Any) -> FakeStream:
        asked = (options["input_device_index"], options["rate"], options["channels"])
        self.opened.append(asked)
        if self.accepts is not None and asked[1:] != self.accepts:
            raise OSError(-9997, "Invalid sample rate")
        self.callback = options["stream_callback"]
        return self.stream

    def terminate(self) -> None:
        self.terminated += 1

    def deliver(self, samples: np.ndarray) -> None:
        assert self.callback is not None
        self.callback(samples.astype(np.int16).tobytes(), len(samples), {}, 0)


def microphone(library: FakePortAudio, device: str | None = None) -> PyAudioMicrophone:
    return PyAudioMicrophone(device, start=lambda: library, loss_seconds=0.08, waking_seconds=0.4)


def test_it_opens_the_default_device_at_its_own_rate_and_resamples() -> None:
    library = FakePortAudio(SPEAKER, LAPTOP)
    source = microphone(library)
    assert source.open() == "Laptop Microphone"
    assert library.opened == [(1, 48000, 1)]
    tone = 16000 * np.sin(2 * np.pi * 440 * np.arange(48000) / 48000)
    for block in tone.reshape(50, 960):
        library.deliver(block)
    frames = source.frames()
    heard = np.concatenate([np.frombuffer(next(frames).pcm, np.int16) for _ in range(45)])
    source.close()
    assert np.argmax(np.abs(np.fft.rfft(heard[1600:14400]))) == pytest.approx(440 * 0.8, abs=1)


def test_a_frame_says_when_its_last_sample_was_captured_whatever_the_resampler_holds_back() -> None:
    library = FakePortAudio(SPEAKER, {**LAPTOP, "defaultSampleRate": 16000.0})
    source = microphone(library)
    source.open()
    library.deliver(np.arange(800))
    frames = source.frames()
    first, second = next(frames), next(frames)
    source.close()
    assert second.captured_at - first.captured_at == pytest.approx(0.02)


def test_a_device_that_refuses_its_own_rate_is_opened_as_it_likes() -> None:
    library = FakePortAudio(LAPTOP, accepts=(44100, 2))
    source = microphone(library)
    source.open()
    assert library.opened[-1] == (1, 44100, 2)
    library.deliver(np.zeros(40 * 882))
    assert len(next(source.frames()).pcm) == 640
    source.close()


def test_a_device_that_refuses_everything_is_an_error_and_portaudio_is_let_go() -> None:
    library = FakePortAudio(LAPTOP, accepts=(1, 1))
    with pytest.raises(AudioError) as caught:
        microphone(library).open()
    assert caught.value.code == "audio.device-refused"
    assert library.terminated == 1


def test_no_microphone_says_so_and_offers_the_other_ways() -> None:
    library = FakePortAudio(SPEAKER)
    with pytest.raises(AudioError) as caught:
        microphone(library).open()
    assert caught.value.code == "audio.no-microphone"
    assert "--typed" in caught.value.remedy
    assert "--wav" in caught.value.remedy
    assert library.terminated == 1


def test_a_device_is_chosen_by_part_of_its_name() -> None:
    library = FakePortAudio(SPEAKER, LAPTOP, HEADSET)
    assert microphone(library, "headset").open() == "USB Headset"
    with pytest.raises(AudioError) as caught:
        microphone(library, "studio").open()
    assert caught.value.code == "audio.device-not-found"
    assert "USB Headset" in caught.value.remedy


def test_a_device_that_falls_silent_is_lost() -> None:
    library = FakePortAudio({**LAPTOP, "defaultSampleRate": 16000.0})
    source = PyAudioMicrophone(start=lambda: library, loss_seconds=0.08, waking_seconds=600.0)
    source.open()
    library.deliver(np.ones(320))
    frames = source.frames()
    next(frames)
    with pytest.raises(AudioError) as caught:
        next(frames)
    assert caught.value.code == "audio.device-lost"


def test_a_device_that_wakes_slowly_is_given_time() -> None:
    source = microphone(FakePortAudio(LAPTOP))
    source.open()
    opened_at = time.monotonic()
    with pytest.raises(AudioError) as caught:
        next(source.frames())
    assert caught.value.code == "audio.device-lost"
    assert time.monotonic() - opened_at >= 0.4


def test_an_inactive_stream_is_lost_at_once() -> None:
    library = FakePortAudio(LAPTOP)
    source = PyAudioMicrophone(start=lambda: library, loss_seconds=2.0)
    source.open()
    library.stream.active = False
    with pytest.raises(AudioError) as caught:
        next(source.frames())
    assert caught.value.code == "audio.device-lost"


def test_exact_zeros_and_clipping_are_noticed() -> None:
    library = FakePortAudio({**LAPTOP, "defaultSampleRate": 16000.0})
    source = microphone(library)
    source.open()
    library.deliver(np.zeros(320))
    library.deliver(np.tile([32767, -32768], 160))
    library.deliver(np.tile([900, -900], 160))
    frames = source.frames()
    seen = [(frame.digital_silence, frame.clipping) for frame in (next(frames), next(frames), next(frames))]
    source.close()
    assert seen == [(True, False), (False, True), (False, False)]


def test_when_nobody_listens_the_oldest_sound_is_dropped() -> None:
    library = FakePortAudio({**LAPTOP, "defaultSampleRate": 16000.0})
    source = microphone(library)
    source.open()
    for index in range(600):
        library.deliver(np.full(320, index))
    assert np.frombuffer(next(source.frames()).pcm, np.int16)[0] == 100
    source.close()


def test_closing_ends_the_frames_in_another_thread() -> None:
    source = PyAudioMicrophone(start=lambda: FakePortAudio(LAPTOP), loss_seconds=2.0)
    source.open()
    reader = threading.Thread(target=lambda: list(source.frames()), daemon=True)
    reader.start()
    source.close()
    source.close()
    reader.join(5)
    assert not reader.is_alive()


def test_every_open_asks_portaudio_for_a_fresh_list() -> None:
    libraries = [FakePortAudio(SPEAKER), FakePortAudio(SPEAKER, LAPTOP)]
    source = PyAudioMicrophone(start=lambda: libraries.pop(0))
    with pytest.raises(AudioError):
        source.open()
    assert source.open() == "Laptop Microphone"
    source.close()


def test_the_list_holds_inputs_only_and_marks_the_default() -> None:
    devices = input_devices(lambda: FakePortAudio(SPEAKER, {**LAPTOP, "index": 1}, HEADSET))
    assert [(each.name, each.is_default) for each in devices] == [("Laptop Microphone", True), ("USB Headset", False)]
    assert input_devices(lambda: FakePortAudio(SPEAKER)) == ()


def test_c_libraries_are_silenced_and_standard_error_comes_back(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_stderr():
        os.write(2, b"ALSA lib pcm.c: unknown\n")
    os.write(2, b"kept\n")
    assert capfd.readouterr().err == "kept\n"


def test_the_real_portaudio_lists_devices_or_says_it_has_none(capfd: pytest.CaptureFixture[str]) -> None:
    input_devices()
    assert capfd.readouterr().err == ""
