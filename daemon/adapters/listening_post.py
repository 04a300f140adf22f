"""A microphone with the speech detector beside it, so that both native libraries live in the one child process.

The detector's verdict travels with each frame; `CarriedProbability` reads it back on the daemon's side.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from phantomcode.daemon.adapters.microphone import PyAudioMicrophone
from phantomcode.daemon.adapters.sound_file import SoundFile
from phantomcode.daemon.adapters.speech_detector import GatedSilero
from phantomcode.daemon.adapters.system_clock import SystemClock
from phantomcode.daemon.ports import AudioFrame, Microphone, SpeechDetector


def load_microphone(device: str | None) -> ListeningPost:
    """Build the child's engine for a real microphone; None is the system's default."""
    return ListeningPost(PyAudioMicrophone(device), GatedSilero())


def load_sound_file(path: str, begin_seconds: float) -> ListeningPost:
    """Build the child's engine for a sound file played in real time from a place on."""
    return ListeningPost(SoundFile(Path(path), SystemClock(), begin_seconds=begin_seconds), GatedSilero())


class ListeningPost:
    """A Microphone whose frames say how likely they are speech."""

    def __init__(self, microphone: Microphone, detector: SpeechDetector) -> None:
        self._microphone = microphone
        self._detector = detector

    def open(self) -> str:
        """Open the source and return its full name; raises AudioError."""
        self._detector.reset()
        return self._microphone.open()

    def frames(self) -> Iterator[AudioFrame]:
        """Yield frames with their speech probability; raises AudioError when the device is lost."""
        for frame in self._microphone.frames():
            yield msgspec.structs.replace(frame, speech_probability=self._detector.probability(frame))

    def close(self) -> None:
        """Release the device; safe to call twice."""
        self._microphone.close()


class CarriedProbability:
    """A SpeechDetector that reads the verdict a ListeningPost has already put on the frame."""

    def probability(self, frame: AudioFrame) -> float:
        """Return the frame's own verdict; a frame without one counts as silence."""
        return frame.speech_probability or 0.0

    def reset(self) -> None:
        """Nothing to forget: the state is on the other side."""
