"""A sound file as a Microphone: anything libsndfile reads, streamed, paced in real time or as fast as it goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile

from phantomcode.daemon.adapters.framing import Framer
from phantomcode.daemon.contract.errors import AudioError
from phantomcode.daemon.ports import AudioFrame, Clock, Pcm

BLOCK_SECONDS = 0.1
RATES_HZ = range(4_000, 768_001)
"""What recorders make; anything else is a damaged header."""
LATE_SECONDS = 1.0
"""A reader that comes back this late was paused: the file goes on from there and does not hurry after."""


class SoundFile:
    """Plays a file into the ears. With a clock, frames come when a microphone would bring them.

    Without a clock they come at once, and `captured_at` is seconds from the start of the file. Exact zeros in a file
    are silence and not a denied microphone, so its frames never say `digital_silence`. Closed in the middle and
    opened again, as for a pause, it goes on where it was, and one heard to its end has ended; `begin_seconds` leaves
    out what an earlier process heard.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock | None = None,
        sleep: Callable[[float], None] = time.sleep,
        begin_seconds: float = 0.0,
    ) -> None:
        self._path = path
        self._clock = clock
        self._sleep = sleep
        self._file: soundfile.SoundFile | None = None
        self._heard_seconds = begin_seconds

    def open(self) -> str:
        """Open the file and return its name; raises AudioError when it is missing, empty or no sound."""
        self.close()
        self._require_bytes()
        try:
            self._file = soundfile.SoundFile(self._path)
        except (soundfile.LibsndfileError, OSError, RuntimeError) as error:
            raise _no_sound_file(self._path) from error
        if self._file.samplerate not in RATES_HZ:
            self.close()
            raise _no_sound_file(self._path)
        if self._file.frames == 0:
            self.close()
            raise _empty(self._path)
        try:
            self._go_on()
        except soundfile.LibsndfileError as error:
            raise _no_sound_file(self._path) from error
        return self._path.name

    def frames(self) -> Iterator[AudioFrame]:
        """Yield the file's frames to its end; a file that breaks off ends where it breaks off."""
        if self._file is None:
            return
        framer = Framer(self._file.samplerate, reports_silence=False)
        if self._clock is None:
            yield from self._plain(framer)
        else:
            yield from self._paced(framer, self._clock)

    def go_on_at(self, seconds: float) -> None:
        """Play from this place of the file when it is opened next."""
        self._heard_seconds = seconds

    def close(self) -> None:
        """Close the file; safe to call twice."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _go_on(self) -> None:
        """Move to where the frames stopped, at most to the end."""
        if self._file is None:
            return
        heard_samples = min(round(self._heard_seconds * self._file.samplerate), self._file.frames)
        self._file.seek(heard_samples)
        self._heard_seconds = heard_samples / self._file.samplerate

    def _require_bytes(self) -> None:
        try:
            with self._path.open("rb") as file:
                first = file.read(1)
        except OSError as error:
            raise AudioError(
                "audio.unreadable",
                f"{self._path} cannot be read: {error.strerror}.",
                "Check the path and its permissions.",
            ) from error
        if not first:
            raise _empty(self._path)

    def _plain(self, framer: Framer) -> Iterator[AudioFrame]:
        """Frames with times that count from the start of the file."""
        ended_at = self._heard_seconds
        while self._file is not None:
            try:
                block = self._file.read(int(self._file.samplerate * BLOCK_SECONDS), "float32", always_2d=True)
            except soundfile.LibsndfileError:
                break
            if not len(block):
                break
            ended_at += len(block) / self._file.samplerate
            yield from self._counted(framer.feed(block, ended_at))
        yield from self._counted(framer.finish(ended_at))

    def _counted(self, frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
        for frame in frames:
            self._heard_seconds = frame.captured_at
            yield frame

    def _paced(self, framer: Framer, clock: Clock) -> Iterator[AudioFrame]:
        """The same frames, each held back until its last sample would have been spoken."""
        started_at = clock.monotonic() - self._heard_seconds
        for frame in self._plain(framer):
            now = clock.monotonic()
            due_at = started_at + frame.captured_at
            if now - due_at > LATE_SECONDS:
                started_at += now - due_at
                due_at = now
            elif due_at > now:
                self._sleep(due_at - now)
            yield AudioFrame(frame.pcm, due_at, clipping=frame.clipping)


def whole(path: Path) -> Pcm:
    """Return all of a file at SAMPLE_RATE_HZ, shape (samples,); raises AudioError as `SoundFile.open` does."""
    sound = SoundFile(path)
    sound.open()
    try:
        return np.frombuffer(b"".join(frame.pcm for frame in sound.frames()), np.int16)
    finally:
        sound.close()


def _no_sound_file(path: Path) -> AudioError:
    return AudioError(
        "audio.not-a-sound-file",
        f"{path.name} is not a sound file that can be read.",
        "Give a WAV, FLAC or Ogg file.",
    )


def _empty(path: Path) -> AudioError:
    return AudioError("audio.empty", f"{path.name} holds no sound.", "Record it again or give another file.")
