"""The interviewer speaks where the microphone can hear it, and does not take itself for the candidate."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rooms import CANDIDATE, LOAD_SECONDS, Room, cut, squeezed, until

from phantomcode.daemon.contract import messages
from phantomcode.daemon.core import events

pytestmark = [pytest.mark.engines, pytest.mark.sound]

HEARABLE_DBFS = -40.0


def test_the_voice_is_heard_in_the_room_but_not_by_the_ears(
    make_room: Callable[..., Room], sound_server: dict[str, str], tmp_path: Path
) -> None:
    room = make_room(models=("whisper-tiny.en", "piper-en_US-joe-medium"))
    room.environment |= sound_server
    taped = tmp_path / "room.raw"
    tape = subprocess.Popen(
        ["parec", "--device=room.monitor", "--format=s16le", "--rate=16000", "--channels=1", str(taped)],
        env=room.environment,
    )
    try:
        practice = room.start("practice", "--no-open", "--no-overlay")
        line = room.posed()
        (spoken,) = until(lambda: _spoken(room), LOAD_SECONDS, "the line was said")
        samples = np.frombuffer(taped.read_bytes()[: taped.stat().st_size // 2 * 2], np.int16).astype(float) / 32768
        loud = [
            block for block in np.array_split(samples, max(1, len(samples) // 1600)) if _dbfs(block) > HEARABLE_DBFS
        ]
    finally:
        tape.terminate()
        tape.wait(10)
    assert (spoken.line_id, spoken.said_chars) == (line.line_id, len(line.text))
    assert len(loud) * 0.1 > len(line.text.split()) / 5  # nobody says five words a second

    sentence = cut(CANDIDATE, tmp_path / "sentence.wav", 4.5, 5.5)
    subprocess.run(["paplay", "--device=room", str(sentence)], env=room.environment, check=True, timeout=60)
    heard = room.bus.wait_for(messages.Caption, lambda caption: caption.final)
    assert "users can create a short link" in squeezed(heard.text)
    room.send(messages.EndRound())
    assert practice.wait() == 0
    said = [event.text for event in room.events() if isinstance(event, events.UtteranceHeard)]
    assert squeezed(said[0]) == squeezed(heard.text)
    assert not any("interviewer" in text or squeezed(text) in squeezed(line.text) for text in said)
    room.require_quiet()


def _spoken(room: Room) -> list[events.VoiceFinished]:
    return [event for event in room.events() if isinstance(event, events.VoiceFinished)]


def _dbfs(block: np.ndarray) -> float:
    return 10 * float(np.log10(np.mean(block * block) + 1e-12))
