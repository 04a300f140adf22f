"""A microphone with the speech detector beside it, so that both native libraries live in the one child process.

The detector's verdict travels with each frame; `CarriedProbability` reads it back on the daemon's side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
    sound = SoundFile(Path(path), SystemClock(), begin_seconds=begin_seconds)
    return ListeningPost(sound, GatedSilero(), lambda heard_seconds: sound.go_on_at(begin_seconds + heard_seconds))


class ListeningPost:
    """A Microphone whose frames say how likely they are speech.

    `go_on` is told at each opening how many seconds of sound have come through; only a recording has a use for it.
    """

    def __init__(
        self,
        microphone: Microphone,
        detector: SpeechDetector,
        go_on: Callable[[float], None] = lambda _heard_seconds: None,
    ) -> None:
        self._microphone = microphone
        self._detector = detector
        self._go_on = go_on

    def open(self, heard_seconds: float) -> str:
        """Open the source and return its full name; raises AudioError.

        heard_seconds: how much sound the daemon has had, from this process or from one before it.
        """
        self._detector.reset()
        self._go_on(heard_seconds)
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
