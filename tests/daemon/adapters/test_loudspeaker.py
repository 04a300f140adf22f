from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest

from phantomcode.daemon.adapters import loudspeaker
from phantomcode.daemon.adapters.loudspeaker import PyAudioLoudspeaker
from phantomcode.daemon.contract.errors import AudioError

SOUND = (np.sin(np.linspace(0, 2000, 22_050)) * 9000).astype(np.int16)
BLOCK = 1000


class Device:
    """A scripted PortAudio with at most one output. Its thread asks for sound as fast as it comes, until closed."""

    def __init__(self, *, picky_hz: int | None = None, present: bool = True, stalled: bool = False) -> None:
        self.picky_hz = picky_hz
        self.present = present
        self.stalled = stalled
        self.heard = b""
        self.opened_hz = 0
        self.terminations = 0
        self.closed = threading.Event()
        self.on_block: Callable[[], None] = lambda: None

    def get_default_output_device_info(self) -> dict[str, float]:
        if not self.present:
            raise OSError("No Default Output Device Available")
        return {"defaultSampleRate": float(self.picky_hz or 44_100)}

    def open(self, *, rate: int, stream_callback: Callable[..., tuple[bytes, int]], **_options: object) -> Device:
        if self.picky_hz and rate != self.picky_hz:
            raise OSError("Invalid sample rate")
        self.opened_hz = rate
        self.closed.clear()
        self.thread = threading.Thread(target=self._ask, args=(stream_callback,))
        self.thread.start()
        return self

    def _ask(self, callback: Callable[..., tuple[bytes, int]]) -> None:
        while not self.closed.is_set() and not self.stalled:
            data, proceed = callback(None, BLOCK, {}, 0)
            assert len(data) == BLOCK * 2
            assert proceed == 0
            self.heard += data
            self.on_block()

    def get_output_latency(self) -> float:
        return 0.02

    def close(self) -> None:
        self.closed.set()
        self.thread.join()

    def terminate(self) -> None:
        self.terminations += 1


def test_sound_is_played_whole_and_then_there_is_silence() -> None:
    device = Device()
    PyAudioLoudspeaker(lambda: device).play(SOUND, 22_050)
    assert device.heard.startswith(SOUND.tobytes())
    assert not any(device.heard[len(SOUND.tobytes()) :])
    assert device.closed.is_set()
    assert device.terminations == 1


def test_a_device_that_refuses_the_rate_gets_its_own() -> None:
    device = Device(picky_hz=48_000)
    PyAudioLoudspeaker(lambda: device).play(SOUND, 22_050)
    assert device.opened_hz == 48_000
    loud = np.flatnonzero(np.frombuffer(device.heard, dtype=np.int16))
    assert loud[-1] == pytest.approx(48_000, abs=100)


def test_a_cancelled_line_is_cut_and_the_next_is_heard() -> None:
    device = Device()
    speaker = PyAudioLoudspeaker(lambda: device)
    device.on_block = lambda: device.closed.wait() and None
    speaker.play(SOUND, 22_050, cancelled=lambda: bool(device.heard))
    assert device.heard == SOUND.tobytes()[: BLOCK * 2]
    device.on_block, device.heard = lambda: None, b""
    speaker.play(SOUND, 22_050)
    assert device.heard.startswith(SOUND.tobytes())


def test_a_device_that_is_missing_or_stalls_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loudspeaker, "LATE_SECONDS", 0.05)
    for device in (Device(present=False), Device(stalled=True)):
        with pytest.raises(AudioError) as caught:
            PyAudioLoudspeaker(lambda device=device: device).play(SOUND[:100], 22_050)
        assert caught.value.code == "audio.output-lost"
        assert device.terminations == 1


def test_availability_is_told() -> None:
    def no_portaudio() -> Device:
        raise AudioError("audio.no-portaudio", "It is not installed.", "Install it.")

    assert PyAudioLoudspeaker.available(Device)
    assert not PyAudioLoudspeaker.available(lambda: Device(present=False))
    assert not PyAudioLoudspeaker.available(no_portaudio)


def test_loading_without_a_device_says_what_the_round_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PyAudioLoudspeaker, "available", lambda: False)
    with pytest.raises(AudioError, match="no output device") as raised:
        loudspeaker.load()
    assert raised.value.code == "audio.no-output"
    monkeypatch.setattr(PyAudioLoudspeaker, "available", lambda: True)
    assert isinstance(loudspeaker.load(), PyAudioLoudspeaker)
