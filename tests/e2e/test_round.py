"""A whole round through loudspeaker, microphone, recogniser, interviewer, overlay and grader.

A recording is played into a sound server's null sink, PyAudio captures its monitor, and the overlay shows the round on
an X server. One round, looked at by several tests; the picture of the screen is kept in build/e2e/.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import soundfile
from pictures import Grey, Sketch, likeness, photograph
from PyQt6.QtWidgets import QApplication, QWidget
from rooms import CANDIDATE, Room, until

from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.vocabulary import PHASES, Activity, Move
from phantomcode.daemon.core import events
from phantomcode.overlay.panels.header import Clock
from phantomcode.overlay.panels.line import LinePanel
from phantomcode.overlay.panels.strip import StripPanel
from phantomcode.overlay.viewmodel import ConnectionRestored

pytestmark = [pytest.mark.engines, pytest.mark.sound, pytest.mark.desktop]

SHOTS = Path(__file__).parents[2] / "build" / "e2e"
ROUND_SECONDS = 180.0
ALIKE = 0.9
PARTS: tuple[type[QWidget], ...] = (StripPanel, LinePanel, Clock)


@dataclass
class Played:
    """What is left of the round."""

    room: Room
    output: str
    report: dict[str, Any]
    journal: list[events.Event]
    shot: Grey
    shown: list[messages.Message] = field(default_factory=list)


@pytest.fixture(scope="module")
def app() -> QApplication:
    made = QApplication.instance() or QApplication(["tests", "-platform", "offscreen"])
    assert isinstance(made, QApplication)
    return made


@pytest.fixture(scope="module")
def played(
    make_room: Callable[..., Room],
    screen: str,
    sound_server: dict[str, str],
    app: QApplication,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Played]:
    room = make_room()
    room.environment |= {**sound_server, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"}
    samples, rate = soundfile.read(CANDIDATE)
    wav = tmp_path_factory.mktemp("play") / "candidate.wav"
    soundfile.write(wav, samples, rate)
    practice = room.practise("--minutes", "2", overlay=True)
    room.posed()
    player = subprocess.Popen(["paplay", "--device=room", str(wav)], env=room.environment)
    try:
        challenge = room.bus.wait_for(
            messages.InterviewerLine, lambda line: line.move is Move.CHALLENGE and line.final, seconds=ROUND_SECONDS
        )
        since = room.bus.heard.index(challenge)
        room.bus.wait_for(messages.Caption, lambda caption: caption.final, seconds=ROUND_SECONDS, since=since)
        shot, shown = _picture_of_a_paused_round(room, screen, app)
        assert room.run("ctl", "end")[0] == 0
        assert practice.wait() == 0
        report, journal = room.report(), room.events()
        (overlay,) = room.children("overlay")
        overlay.terminate()
        room.require_quiet()
        yield Played(room, practice.output, report, journal, shot, shown)
    finally:
        player.kill()
        player.wait()


def _picture_of_a_paused_round(room: Room, screen: str, app: QApplication) -> tuple[Grey, list[messages.Message]]:
    """Let the clock stand still, and take a picture once the overlay shows it."""
    assert room.run("ctl", "pause")[0] == 0
    room.bus.wait_for(messages.ActivityChanged, lambda change: change.activity is Activity.PAUSED)
    SHOTS.mkdir(parents=True, exist_ok=True)
    shown = list(room.bus.heard)
    drawn = Sketch(app, [ConnectionRestored(), *shown])
    shots: list[Grey] = []

    def painted() -> bool:
        shots.append(photograph(screen, str(SHOTS / "overlay-in-a-round.png")))
        return likeness(shots[-1], drawn.part(Clock)) > ALIKE

    until(painted, 20.0, "the overlay shows the clock at which the round was paused")
    drawn.close()
    return shots[-1], shown


def test_the_report_holds_the_spoken_numbers(played: Played) -> None:
    found = {(quantity["metric"], quantity["value"]) for quantity in played.report["profile"]["quantities"]}
    assert {("write_rate", 100_000_000), ("write_rate", 40)} <= found
    assert any(value == 4000 for _, value in found)
    assert any(value in (600, 600e9) for _, value in found)


def test_the_report_holds_a_challenge_with_its_reply(played: Played) -> None:
    challenges = played.report["pushbacks"]
    assert challenges
    assert any(card["replies"] for card in challenges)
    spoken = {u.text for u in played.room.bus.all(messages.InterviewerLine)}
    assert {card["claim"] for card in challenges} <= spoken


def test_what_was_said_stands_in_the_report_with_times_that_do_not_overlap(played: Played) -> None:
    utterances = played.report["utterances"]
    assert any("short link" in u["text"].lower() for u in utterances)
    assert utterances == sorted(utterances, key=lambda u: u["started_seconds"])
    assert all(this["ended_seconds"] <= following["started_seconds"] for this, following in pairwise(utterances))


def test_the_microphone_was_a_real_device(played: Played) -> None:
    (opened,) = [event for event in played.journal if isinstance(event, events.RoundOpened)]
    assert opened.input_mode == "microphone"
    assert played.room.bus.all(messages.LevelMeter)
    assert "Report: " in played.output


@pytest.mark.parametrize("part", PARTS)
def test_phase_line_and_clock_are_on_the_screen(played: Played, app: QApplication, part: type[QWidget]) -> None:
    drawn = Sketch(app, [ConnectionRestored(), *played.shown])
    assert likeness(played.shot, drawn.part(part)) > ALIKE
    drawn.close()


@pytest.mark.parametrize("part", PARTS)
def test_another_state_would_not_be_taken_for_this_one(played: Played, app: QApplication, part: type[QWidget]) -> None:
    right = Sketch(app, [ConnectionRestored(), *played.shown])
    clock = right.view.clock
    assert clock is not None
    other = next(phase for phase in PHASES if phase is not clock.phase)
    wrong = Sketch(
        app,
        [
            ConnectionRestored(),
            *played.shown,
            messages.ClockTicked(clock.elapsed_seconds + 7, clock.remaining_seconds - 7, other, (9, 8, 7, 6, 5)),
            messages.InterviewerLine(999, "What is the capital of France, and why does it matter here?", Move.PROBE),
        ],
    )
    assert likeness(played.shot, wrong.part(part)) < likeness(played.shot, right.part(part)) - 0.05
    right.close()
    wrong.close()
