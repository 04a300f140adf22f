"""The default output device through PyAudio.

A callback feeds the device. PortAudio's blocking writes are not used: they can be cut only by draining what the
device holds, which took two seconds on a PulseAudio null sink, where closing a stream with a callback cuts at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np
import soxr

from phantomcode.daemon.adapters.microphone import quiet_stderr, start_portaudio
from phantomcode.daemon.contract.errors import AudioError
from phantomcode.daemon.ports import Pcm, never

LATE_SECONDS = 3.0
"""A device that has not taken the sound this long after it should be over has stalled."""
POLL_SECONDS = 0.05
_BLOCK_SAMPLES = 1024
_BYTES = 2
_INT16 = 8
"""paInt16 of portaudio.h."""
_CONTINUE = 0
"""paContinue of portaudio.h."""


def load() -> PyAudioLoudspeaker:
    """Build the child's engine; raises AudioError when there is nothing to play to."""
    if not PyAudioLoudspeaker.available():
        raise AudioError("audio.no-output", "There is no output device.", "Connect one, or run with --no-voice.")
    return PyAudioLoudspeaker()


class PyAudioLoudspeaker:
    """A Loudspeaker. It opens the device for each sound (0.05 s), so one plugged in between two is found."""

    def __init__(self, start: Callable[[], Any] = start_portaudio) -> None:
        self._start = start

    @staticmethod
    def available(start: Callable[[], Any] = start_portaudio) -> bool:
        """Whether there is a device to play to."""
        try:
            library = start()
        except AudioError:
            return False
        try:
            library.get_default_output_device_info()
        except OSError:
            return False
        finally:
            library.terminate()
        return True

    def play(self, pcm: Pcm, sample_rate_hz: int, *, cancelled: Callable[[], bool] = never) -> None:
        """Play mono int16 sound; return when it has been heard, or soon after `cancelled`. Raises AudioError."""
        over = threading.Event()
        feed = _Feed(over)
        library = self._start()
        try:
            with (
                quiet_stderr(),
                closing(_open(library, pcm, sample_rate_hz, feed)) as stream,
            ):  # underruns
                if not _wait(over, len(pcm) / sample_rate_hz + LATE_SECONDS, cancelled):
                    raise _lost("it takes no sound")
                if feed.empty:
                    over.clear()
                    over.wait(stream.get_output_latency())
        except OSError as error:
            raise _lost(str(error)) from error
        finally:
            library.terminate()


def _wait(over: threading.Event, seconds: float, cancelled: Callable[[], bool]) -> bool:
    """Wait for the end of the sound, and see to it that a cancelled one ends; False when it does not end in time."""
    for _ in range(int(seconds / POLL_SECONDS) + 1):
        if cancelled():
            over.set()
        if over.wait(POLL_SECONDS):
            return True
    return False


class _Feed:
    """Hands the sound to the device block by block, then silence; sets `over` with the last block."""

    def __init__(self, over: threading.Event) -> None:
        self._over = over
        self._data = memoryview(b"")

    @property
    def empty(self) -> bool:
        return not self._data

    def load(self, pcm: Pcm) -> None:
        self._data = memoryview(pcm.tobytes())

    def __call__(self, _recorded: object, samples: int, _times: object, _status: object) -> tuple[bytes, int]:
        size = samples * _BYTES
        block, self._data = bytes(self._data[:size]), self._data[size:]
        if not self._data:
            self._over.set()
        return block.ljust(size, b"\0"), _CONTINUE


def _open(library: Any, pcm: Pcm, sample_rate_hz: int, feed: _Feed) -> Any:
    """Open the default device at the sound's own rate, or where it refuses that at the device's."""
    native_hz = int(library.get_default_output_device_info()["defaultSampleRate"])
    options = {"format": _INT16, "channels": 1, "output": True, "frames_per_buffer": _BLOCK_SAMPLES}
    with quiet_stderr():
        try:
            feed.load(pcm)
            return library.open(rate=sample_rate_hz, stream_callback=feed, **options)
        except OSError:
            feed.load(np.asarray(soxr.resample(pcm, sample_rate_hz, native_hz), dtype=np.int16))
            return library.open(rate=native_hz, stream_callback=feed, **options)


def _lost(why: str) -> AudioError:
    return AudioError(
        "audio.output-lost",
        f"The loudspeaker cannot be used: {why}.",
        "Check the output device, or run with --no-voice.",
    )
