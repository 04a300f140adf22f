"""Rooms, a screen and a sound server for rounds on the real engines."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from rooms import PATIENCE_SECONDS, Room, until

RECOGNISER_ONLY = ("whisper-tiny.en",)


@pytest.fixture(scope="module")
def make_room() -> Iterator[Callable[..., Room]]:
    """Rooms that are cleared when the module is through."""
    made: list[Room] = []

    def make(**settings: object) -> Room:
        made.append(Room(**settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for room in made:
        room.close()


@pytest.fixture
def room(make_room: Callable[..., Room]) -> Iterator[Room]:
    """A room with the recogniser alone: it loads in a few seconds, and the interviewer keeps to the bank's lines."""
    made = make_room(models=RECOGNISER_ONLY)
    yield made
    made.close()


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """An X server of our own; returns its DISPLAY."""
    if not shutil.which("Xvfb"):
        pytest.skip("needs Xvfb")
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    with os.fdopen(read_end) as numbers:
        number = numbers.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def sound_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A PulseAudio server of our own whose default microphone is the monitor of a null sink, `room`.

    Returns what a program's environment needs to use it.
    """
    if not shutil.which("pulseaudio") or not shutil.which("paplay"):
        pytest.skip("needs pulseaudio and pulseaudio-utils")
    folder = tmp_path_factory.mktemp("pulse")
    socket = folder / "socket"
    (folder / "asound.conf").write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
    environment = {
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_SERVER": f"unix:{socket}",
        "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{folder / 'asound.conf'}",
    }
    server = subprocess.Popen(
        [
            *("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit"),
            *("-L", f"module-native-protocol-unix auth-anonymous=1 auth-cookie-enabled=0 socket={socket}"),
            *("-L", "module-null-sink sink_name=room rate=48000"),
        ],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def pactl(*words: str) -> bool:
        asked = subprocess.run(["pactl", *words], env={**os.environ, **environment}, capture_output=True, check=False)
        return asked.returncode == 0

    until(lambda: pactl("info"), PATIENCE_SECONDS, "the sound server answers")
    assert pactl("set-default-source", "room.monitor")
    yield environment
    server.terminate()
    server.wait(PATIENCE_SECONDS)
