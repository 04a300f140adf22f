"""The PyAudio microphone: native rate in, 16 kHz frames out, and a clear word when the device goes away.

PortAudio freezes its list of devices when it is initialised, so every `open` starts it afresh: that is how a
microphone plugged in later is found. (PortAudio counts initialisations, so a loudspeaker open in the same
process keeps the old list alive; capture has its own process.)
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import msgspec
import numpy as np

from phantomcode.daemon.adapters.framing import Framer
from phantomcode.daemon.contract.errors import AudioError
from phantomcode.daemon.ports import FRAME_SECONDS, AudioFrame

LOSS_SECONDS = 2.0
"""So long without a callback, and the device counts as lost."""
WAKING_SECONDS = 4.0
"""The same for the first one: Bluetooth headsets and sleeping sound servers take two or three seconds."""
QUEUE_BLOCKS = 500
"""Ten seconds of blocks; when nobody listens for longer the oldest are dropped."""
CHANNEL_CHOICES = (1, 2)
USUAL_RATES_HZ = (48_000, 44_100, 16_000)
_INT16 = 8
"""paInt16 of portaudio.h."""
_CONTINUE = 0
"""paContinue of portaudio.h."""

Callback = Callable[[bytes, int, Mapping[str, float], int], tuple[None, int]]


class Stream(Protocol):
    """What is used of pyaudio.Stream."""

    def is_active(self) -> bool:
        """Return whether callbacks still come."""
        ...

    def close(self) -> None:
        """Stop and release."""
        ...


class PortAudio(Protocol):
    """What is used of pyaudio.PyAudio; device descriptions are PortAudio's own dictionaries."""

    def get_device_count(self) -> int:
        """Return how many devices there are, outputs included."""
        ...

    def get_device_info_by_index(self, index: int) -> Mapping[str, Any]:
        """Describe one device."""
        ...

    def get_default_input_device_info(self) -> Mapping[str, Any]:
        """Describe the default microphone; OSError without one."""
        ...

    def open(
        self,
        *,
        format: int,  # noqa: A002 - PyAudio's name for it
        channels: int,
        rate: int,
        input: bool,  # noqa: A002 - PyAudio's name for it
        input_device_index: int,
        frames_per_buffer: int,
        stream_callback: Callback,
    ) -> Stream:
        """Open and start a stream; OSError when the device refuses."""
        ...

    def terminate(self) -> None:
        """Let PortAudio go."""
        ...


class InputDevice(msgspec.Struct, frozen=True):
    """A microphone as PortAudio lists it."""

    index: int
    name: str
    channels: int
    rate_hz: int
    is_default: bool


def start_portaudio() -> PortAudio:
    """Initialise PortAudio without the warnings ALSA and JACK print; raises AudioError when it is not there."""
    try:
        import pyaudio
    except ImportError as error:
        raise AudioError(
            "audio.no-portaudio", "PortAudio is not installed.", "Run scripts/practice, which installs it."
        ) from error
    with quiet_stderr():
        library: PortAudio = pyaudio.PyAudio()
    return library


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send the process's standard error to nowhere meanwhile: C libraries print there past Python."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def input_devices(start: Callable[[], PortAudio] = start_portaudio) -> tuple[InputDevice, ...]:
    """List the microphones; empty when there is none."""
    library = start()
    try:
        return _list_inputs(library)
    finally:
        library.terminate()


def _list_inputs(library: PortAudio) -> tuple[InputDevice, ...]:
    default = _default_index(library)
    described = [library.get_device_info_by_index(i) for i in range(library.get_device_count())]
    return tuple(
        InputDevice(
            index=int(info["index"]),
            name=str(info["name"]),
            channels=int(info["maxInputChannels"]),
            rate_hz=int(info["defaultSampleRate"]),
            is_default=int(info["index"]) == default,
        )
        for info in described
        if int(info["maxInputChannels"]) > 0
    )


def _default_index(library: PortAudio) -> int | None:
    try:
        return int(library.get_default_input_device_info()["index"])
    except OSError:
        return None


class PyAudioMicrophone:
    """The default microphone, or the first whose name contains `device` (any case)."""

    def __init__(
        self,
        device: str | None = None,
        *,
        start: Callable[[], PortAudio] = start_portaudio,
        loss_seconds: float = LOSS_SECONDS,
        waking_seconds: float = WAKING_SECONDS,
    ) -> None:
        self._wanted = device
        self._start = start
        self._loss_seconds = loss_seconds
        self._waking_seconds = waking_seconds
        self._library: PortAudio | None = None
        self._stream: Stream | None = None
        self._rate_hz = 0
        self._channels = 0
        self._blocks: queue.Queue[tuple[bytes, float]] = queue.Queue(QUEUE_BLOCKS)

    def open(self) -> str:
        """Open the device at its own rate and return its name; raises AudioError."""
        self.close()
        self._library = self._start()
        try:
            device = self._choose(self._library)
            self._stream = self._open_stream(self._library, device)
        except AudioError:
            self.close()
            raise
        return device.name

    def frames(self) -> Iterator[AudioFrame]:
        """Yield frames until `close`; raises AudioError when the device stops delivering."""
        framer = Framer(self._rate_hz, reports_silence=True)
        silent_until = time.monotonic() + self._waking_seconds
        while self._stream is not None:
            try:
                data, ended_at = self._blocks.get(timeout=self._loss_seconds / 8)
            except queue.Empty:
                self._require_life(silent_until)
                continue
            silent_until = time.monotonic() + self._loss_seconds
            samples = np.frombuffer(data, np.int16).reshape(-1, self._channels)
            yield from framer.feed(samples.astype(np.float32) / 32768.0, ended_at)

    def close(self) -> None:
        """Release the device; safe to call twice."""
        stream, self._stream = self._stream, None
        library, self._library = self._library, None
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
        if library is not None:
            library.terminate()
        self._blocks = queue.Queue(QUEUE_BLOCKS)

    def _choose(self, library: PortAudio) -> InputDevice:
        inputs = _list_inputs(library)
        if self._wanted is not None:
            wanted = self._wanted.lower()
            chosen = next((each for each in inputs if wanted in each.name.lower()), None)
            if chosen is None:
                names = ", ".join(each.name for each in inputs) or "none"
                raise AudioError(
                    "audio.device-not-found",
                    f"There is no microphone called {self._wanted!r}.",
                    f"Choose one of: {names}.",
                )
            return chosen
        default = next((each for each in inputs if each.is_default), None)
        if default is None:
            raise AudioError(
                "audio.no-microphone",
                "There is no microphone.",
                "Plug one in, or practise with --typed or --wav FILE.",
            )
        return default

    def _open_stream(self, library: PortAudio, device: InputDevice) -> Stream:
        """Try the device's own rate first; raw hardware devices may insist on two channels."""
        refusal: OSError | None = None
        for rate_hz in dict.fromkeys((device.rate_hz, *USUAL_RATES_HZ)):
            for channels in CHANNEL_CHOICES:
                self._rate_hz, self._channels = rate_hz, channels
                try:
                    with quiet_stderr():
                        return library.open(
                            format=_INT16,
                            channels=channels,
                            rate=rate_hz,
                            input=True,
                            input_device_index=device.index,
                            frames_per_buffer=int(rate_hz * FRAME_SECONDS),
                            stream_callback=self._callback(),
                        )
                except OSError as error:
                    refusal = error
        raise AudioError(
            "audio.device-refused",
            f"{device.name} cannot be opened: {refusal}.",
            "Close other programs that use the microphone and allow access to it.",
        ) from refusal

    def _callback(self) -> Callback:
        """Return the function PortAudio calls from its own thread: it only puts the block into the queue."""
        blocks = self._blocks

        def take(data: bytes, _count: int, _times: Mapping[str, float], _status: int) -> tuple[None, int]:
            block = (data, time.monotonic())
            try:
                blocks.put_nowait(block)
            except queue.Full:
                with contextlib.suppress(queue.Empty):
                    blocks.get_nowait()
                blocks.put_nowait(block)
            return None, _CONTINUE

        return take

    def _require_life(self, silent_until: float) -> None:
        stream = self._stream
        if stream is None:
            return
        if time.monotonic() >= silent_until or not _is_active(stream):
            raise AudioError(
                "audio.device-lost",
                "The microphone stopped delivering sound.",
                "Plug it in again; listening goes on by itself.",
            )


def _is_active(stream: Stream) -> bool:
    try:
        return stream.is_active()
    except OSError:
        return False
