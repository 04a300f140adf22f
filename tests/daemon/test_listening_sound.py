"""The real ears: real detectors and recogniser on a clip in real time, from a file and from a sound device."""

from __future__ import annotations

import queue
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from phantomcode.daemon.adapters import faster_whisper, smart_turn
from phantomcode.daemon.adapters.faster_whisper import FasterWhisper
from phantomcode.daemon.adapters.microphone import PyAudioMicrophone
from phantomcode.daemon.adapters.smart_turn import SmartTurn
from phantomcode.daemon.adapters.sound_file import SoundFile
from phantomcode.daemon.adapters.speech_detector import GatedSilero
from phantomcode.daemon.core.transcription import normalise
from phantomcode.daemon.listening import EarEvent, Ears, InputEnded, PartialHeard, UtteranceEnded
from phantomcode.daemon.ports import Microphone
from phantomcode.models.store import ModelStore

AUDIO = Path(__file__).parents[1] / "audio"
Engines = tuple[FasterWhisper, SmartTurn]
JFK_SECONDS = 11.0
ALSA_TO_PULSE = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"


class SystemClock:
    def monotonic(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()


class Listener:
    """Ears with the real engines, and a queue of what they hear."""

    def __init__(self, microphone: Microphone, engines: Engines) -> None:
        self.events: queue.Queue[EarEvent] = queue.Queue()
        recogniser, turns = engines
        self.ears = Ears(microphone, GatedSilero(), turns, recogniser, SystemClock(), lambda at: at, self.events.put)

    def until(self, last_words: str, seconds: float) -> list[EarEvent]:
        """Collect events until an utterance ends in these words or the input ends."""
        heard: list[EarEvent] = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            heard.append(self.events.get(timeout=seconds))
            latest = heard[-1]
            if isinstance(latest, InputEnded):
                break
            if isinstance(latest, UtteranceEnded) and normalise(latest.text).endswith(last_words):
                break
        return heard


def said(events: list[EarEvent]) -> str:
    return normalise(" ".join(event.text for event in events if isinstance(event, UtteranceEnded)))


@pytest.fixture(scope="module")
def engines() -> Engines:
    store = ModelStore()
    return (
        faster_whisper.load(str(store.path("whisper-tiny.en")), 2),
        smart_turn.load(str(store.main_file("smart-turn-v3.2-cpu"))),
    )


@pytest.mark.engines
def test_a_file_in_real_time_is_understood_and_delivered_soon_after_the_last_word(engines: Engines) -> None:
    listener = Listener(SoundFile(AUDIO / "jfk.flac", SystemClock()), engines)
    listener.ears.start()
    events = listener.until("never said", 60)
    listener.ears.stop()
    assert isinstance(events[-1], InputEnded)
    assert "ask not" in said(events)
    assert said(events).endswith("ask what you can do for your country")
    assert any(isinstance(event, PartialHeard) for event in events)
    last = [event for event in events if isinstance(event, UtteranceEnded)][-1]
    assert last.decoded_at_monotonic - last.speech_ended_at_monotonic < 5.0


@pytest.fixture
def null_sink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A PulseAudio server of our own whose default source is the monitor of a null sink."""
    if not shutil.which("pulseaudio") or not shutil.which("paplay"):
        pytest.skip("needs pulseaudio and pulseaudio-utils")
    socket = tmp_path / "pulse.socket"
    (tmp_path / "asound.conf").write_text(ALSA_TO_PULSE)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{socket}")
    monkeypatch.setenv("ALSA_CONFIG_PATH", f"/usr/share/alsa/alsa.conf:{tmp_path / 'asound.conf'}")
    server = subprocess.Popen(
        [
            *("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit"),
            *("-L", f"module-native-protocol-unix auth-anonymous=1 auth-cookie-enabled=0 socket={socket}"),
            *("-L", "module-null-sink sink_name=room rate=48000"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_it_answers()
        yield
    finally:
        server.terminate()
        server.wait(10)


def _until_it_answers() -> None:
    for _ in range(100):
        if subprocess.run(["pactl", "info"], capture_output=True, check=False).returncode == 0:
            subprocess.run(["pactl", "set-default-source", "room.monitor"], check=True)
            return
        time.sleep(0.1)
    pytest.fail("pulseaudio did not start")


@pytest.mark.engines
@pytest.mark.sound
@pytest.mark.usefixtures("null_sink")
def test_what_a_loudspeaker_plays_is_heard_through_a_real_device(engines: Engines, tmp_path: Path) -> None:
    samples, rate = soundfile.read(AUDIO / "jfk.flac")
    soundfile.write(tmp_path / "jfk.wav", samples, rate)
    listener = Listener(PyAudioMicrophone(), engines)
    listener.ears.start()
    assert listener.events.get(timeout=20)
    started = time.monotonic()
    subprocess.run(["paplay", "--device=room", str(tmp_path / "jfk.wav")], check=True, timeout=60)
    assert time.monotonic() - started > JFK_SECONDS - 1.0
    events = listener.until("for your country", 30)
    listener.ears.stop()
    assert "fellow americans" in said(events)
    assert said(events).endswith("ask what you can do for your country")
