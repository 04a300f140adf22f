"""The default output device through PyAudio, with blocking writes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np
import soxr

from phantomcode.daemon.adapters.microphone import quiet_stderr, start_portaudio
from phantomcode.daemon.contract.errors import AudioError
from phantomcode.daemon.ports import Pcm

CHUNK_SECONDS = 0.05
"""How soon `stop` is heeded; what the device has buffered is heard on top of it."""
_INT16 = 8
"""paInt16 of portaudio.h."""


def load() -> PyAudioLoudspeaker:
    """Build the child's engine; raises AudioError when there is nothing to play to."""
    if not PyAudioLoudspeaker.available():
        raise AudioError("audio.no-output", "There is no output device.", "Connect one, or run with --no-voice.")
    return PyAudioLoudspeaker()


class PyAudioLoudspeaker:
    """A Loudspeaker. It opens the device for each clause, so one plugged in between two lines is found."""

    def __init__(self, start: Callable[[], Any] = start_portaudio) -> None:
        self._start = start
        self._stopped = threading.Event()

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

    def play(self, pcm: Pcm, sample_rate_hz: int) -> None:
        """Play mono int16 sound and return when it has been heard, or soon after `stop`; raises AudioError."""
        self._stopped.clear()
        library = self._start()
        try:
            rate_hz, stream = _open(library, sample_rate_hz)
            with closing(stream):
                sound = pcm if rate_hz == sample_rate_hz else soxr.resample(pcm, sample_rate_hz, rate_hz)
                self._write(stream, sound, max(1, int(rate_hz * CHUNK_SECONDS)))
                stream.stop_stream()  # waits until the device has played what it holds
        except OSError as error:
            raise AudioError(
                "audio.output-lost",
                f"The loudspeaker cannot be used: {error}.",
                "Check the output device, or run with --no-voice.",
            ) from error
        finally:
            library.terminate()

    def stop(self) -> None:
        """Cut what is playing, from any thread."""
        self._stopped.set()

    def _write(self, stream: Any, sound: Pcm, chunk_samples: int) -> None:
        for begin in range(0, len(sound), chunk_samples):
            if self._stopped.is_set():
                return
            stream.write(np.ascontiguousarray(sound[begin : begin + chunk_samples]).tobytes())


def _open(library: Any, sample_rate_hz: int) -> tuple[int, Any]:
    """Open the default device at the sound's own rate, or where it refuses that at the device's."""
    info = library.get_default_output_device_info()
    with quiet_stderr():
        try:
            return sample_rate_hz, library.open(format=_INT16, channels=1, rate=sample_rate_hz, output=True)
        except OSError:
            native_hz = int(info["defaultSampleRate"])
            return native_hz, library.open(format=_INT16, channels=1, rate=native_hz, output=True)
