from __future__ import annotations

import numpy as np
import pytest

from phantomcode.daemon.adapters.loudspeaker import CHUNK_SECONDS, PyAudioLoudspeaker
from phantomcode.daemon.contract.errors import AudioError

SOUND = (np.sin(np.linspace(0, 2000, 22_050)) * 9000).astype(np.int16)


class Device:
    """A scripted PortAudio with at most one output, which takes one rate only if it is picky."""

    def __init__(self, *, picky_hz: int | None = None, present: bool = True, lost_after: int | None = None) -> None:
        self.picky_hz = picky_hz
        self.present = present
        self.lost_after = lost_after
        self.heard = b""
        self.writes = 0
        self.opened_hz = 0
        self.calls: list[str] = []
        self.on_write = lambda: None

    def get_default_output_device_info(self) -> dict[str, float]:
        if not self.present:
            raise OSError("No Default Output Device Available")
        return {"defaultSampleRate": float(self.picky_hz or 44_100)}

    def open(self, *, rate: int, **_options: object) -> Device:
        if self.picky_hz and rate != self.picky_hz:
            raise OSError("Invalid sample rate")
        self.opened_hz = rate
        return self

    def write(self, data: bytes) -> None:
        if self.writes == self.lost_after:
            raise OSError("Stream closed")
        self.writes += 1
        self.heard += data
        self.on_write()

    def stop_stream(self) -> None:
        self.calls.append("drained")

    def close(self) -> None:
        self.calls.append("closed")

    def terminate(self) -> None:
        self.calls.append("terminated")


def test_sound_is_played_whole_and_drained() -> None:
    device = Device()
    PyAudioLoudspeaker(lambda: device).play(SOUND, 22_050)
    assert device.heard == SOUND.tobytes()
    assert device.calls == ["drained", "closed", "terminated"]


def test_a_device_that_refuses_the_rate_gets_its_own() -> None:
    device = Device(picky_hz=48_000)
    PyAudioLoudspeaker(lambda: device).play(SOUND, 22_050)
    assert device.opened_hz == 48_000
    assert len(device.heard) / 2 == pytest.approx(48_000, abs=50)


def test_stop_cuts_within_one_chunk_and_the_next_line_is_heard() -> None:
    device = Device()
    loudspeaker = PyAudioLoudspeaker(lambda: device)
    device.on_write = loudspeaker.stop
    loudspeaker.play(SOUND, 22_050)
    assert len(device.heard) / 2 / 22_050 == pytest.approx(CHUNK_SECONDS, abs=0.001)
    device.on_write, device.heard = lambda: None, b""
    loudspeaker.play(SOUND, 22_050)
    assert device.heard == SOUND.tobytes()


@pytest.mark.parametrize("device", [Device(present=False), Device(lost_after=3)])
def test_a_device_that_is_missing_or_lost_is_reported(device: Device) -> None:
    with pytest.raises(AudioError) as caught:
        PyAudioLoudspeaker(lambda: device).play(SOUND, 22_050)
    assert caught.value.code == "audio.output-lost"
    assert device.calls[-1] == "terminated"


def test_availability_is_told() -> None:
    def no_portaudio() -> Device:
        raise AudioError("audio.no-portaudio", "It is not installed.", "Install it.")

    assert PyAudioLoudspeaker.available(Device)
    assert not PyAudioLoudspeaker.available(lambda: Device(present=False))
    assert not PyAudioLoudspeaker.available(no_portaudio)
