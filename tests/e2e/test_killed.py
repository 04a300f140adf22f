"""kill -9 in the middle of a round: of the recogniser, the interviewer, the overlay, the daemon, and all at once."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from rooms import CANDIDATE, LOAD_SECONDS, Room, cut, squeezed, until

from phantomcode.daemon.contract import messages
from phantomcode.daemon.core import events
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.models.catalogue import Role
from phantomcode.models.recommend import defaults, look

pytestmark = pytest.mark.engines


def kill(room: Room, name: str) -> None:
    """Kill a process of the room as the kernel would, and see it gone."""
    (victim,) = room.children(name)
    victim.send_signal(signal.SIGKILL)
    psutil.wait_procs([victim], timeout=10)


def comes_back(room: Room, engine: str, since: int) -> None:
    room.bus.wait_for(
        messages.Notice, lambda notice: f"{engine} is back" in notice.message, seconds=LOAD_SECONDS, since=since
    )


def heard_anything(room: Room, since: int) -> messages.Caption:
    return room.bus.wait_for(messages.Caption, lambda caption: caption.final, seconds=LOAD_SECONDS, since=since)


@dataclass
class Survived:
    """What is left of a round in which everything was killed once."""

    room: Room
    output: str
    journal: list[events.Event]
    paints: list[dict[str, float]]


@pytest.fixture(scope="module")
def survived(make_room: Callable[..., Room], tmp_path_factory: pytest.TempPathFactory) -> Survived:
    chosen = defaults(look())
    room = make_room(models=(chosen[Role.RECOGNISER], chosen[Role.LANGUAGE_MODEL]))
    paint_log = tmp_path_factory.mktemp("paint") / "paint.jsonl"
    wav = cut(CANDIDATE, paint_log.with_name("talk.wav"), 4.5, 60.0)
    practice = room.practise("--wav", str(wav), "--minutes", "2")
    room.environment["QT_QPA_PLATFORM"] = "offscreen"
    room.start("overlay", "--paint-log", str(paint_log))
    room.posed()
    heard_anything(room, 0)
    for engine in ("recogniser", "interviewer"):
        mark = len(room.bus.heard)
        kill(room, f"pc-{engine}")
        comes_back(room, engine, mark)
    until(paint_log.exists, 20.0, "the overlay painted")
    kill(room, "overlay")
    heard_anything(room, len(room.bus.heard))
    room.start("overlay", "--paint-log", str(paint_log.with_name("again.jsonl")))
    mark = len(room.bus.heard)
    kill(room, "daemon")
    room.bus.wait_for(messages.Snapshot, lambda now: now.session is not None, seconds=LOAD_SECONDS, since=mark)
    heard_anything(room, until(lambda: _listening_again(room, mark), LOAD_SECONDS, "the round goes on"))
    until(paint_log.with_name("again.jsonl").exists, 20.0, "the second overlay painted")
    assert room.run("ctl", "end")[0] == 0
    assert practice.wait() == 0
    (overlay,) = room.children("overlay")
    overlay.terminate()
    room.require_quiet()
    paints = [json.loads(line) for line in paint_log.with_name("again.jsonl").read_text().splitlines()]
    return Survived(room, practice.output, room.events(), paints)


def _listening_again(room: Room, since: int) -> int:
    """Return where in what was published the second daemon is ready, or 0."""
    for number, message in enumerate(room.bus.heard[since:], since):
        if isinstance(message, messages.ActivityChanged) and message.activity in ("listening", "hearing"):
            return number
    return 0


def test_the_round_goes_on_to_its_report(survived: Survived) -> None:
    assert "The daemon died; taking the round up again from the journal." in survived.output
    assert "Report: " in survived.output
    kinds = [type(event) for event in survived.journal]
    assert kinds[0] is events.RoundOpened
    assert kinds[-1] is events.RoundClosed
    assert kinds.count(events.RoundResumed) == 1


def test_the_journal_tells_which_engine_fell(survived: Survived) -> None:
    fell = {event.engine for event in survived.journal if isinstance(event, events.EngineDown)}
    back = {event.engine for event in survived.journal if isinstance(event, events.EngineUp)}
    assert fell & back >= {"recogniser", "interviewer"}


def test_every_word_that_was_shown_is_in_the_journal(survived: Survived) -> None:
    written = [e.text for e in survived.journal if isinstance(e, events.UtteranceHeard)]
    shown = {caption.text for caption in survived.room.bus.all(messages.Caption) if caption.final}
    assert shown <= set(written)


def test_the_recording_went_on_where_it_was(survived: Survived) -> None:
    said = [squeezed(e.text) for e in survived.journal if isinstance(e, events.UtteranceHeard)]
    assert sum("users can create a short link" in text for text in said) == 1


def test_the_second_overlay_caught_up(survived: Survived) -> None:
    assert survived.paints


def test_the_report_is_the_one_graded_anew_from_the_journal(survived: Survived, tmp_path: Path) -> None:
    room = survived.room
    written = Path(next(line for line in survived.output.splitlines() if line.startswith("Report: "))[8:])
    assert room.run("review", room.session_id, "--html", str(tmp_path / "again.html"))[0] == 0
    assert (tmp_path / "again.html").read_bytes() == written.read_bytes()


def test_when_daemon_and_terminal_die_the_round_can_be_resumed(room: Room) -> None:
    practice = room.practise("--typed")
    room.posed()
    said = ["Users can create a short link and follow it.", "Say a hundred million new links a month."]
    for line in said:
        room.say(line)
    os.killpg(practice.process.pid, signal.SIGKILL)
    kill(room, "daemon")
    room.require_quiet()
    before = room.events()

    mark = len(room.bus.heard)
    again = room.practise("--typed", "--resume")
    room.bus.wait_for(messages.ActivityChanged, lambda a: a.activity == "listening", since=mark, seconds=LOAD_SECONDS)
    room.say("That is forty writes per second.")
    room.send(messages.EndRound())
    assert again.wait() == 0
    journal = room.events()
    assert journal[: len(before)] == before
    spoken = [e.text for e in journal if isinstance(e, events.UtteranceHeard) and e.speaker is Speaker.CANDIDATE]
    assert spoken == [*said, "That is forty writes per second."]
    assert [u["text"] for u in room.report()["utterances"] if u["speaker"] == "candidate"] == spoken
    room.require_quiet()


def test_resuming_a_round_that_is_over_says_so(room: Room) -> None:
    practice = room.practise("--typed")
    room.posed()
    practice.type("/end")
    assert practice.wait() == 0
    again = room.practise("--typed", "--resume")
    assert again.wait() == 1
    assert "There is no unfinished round." in again.output
    named = room.practise("--typed", "--resume", "--session", room.session_id)
    assert named.wait() == 1
    assert "is over" in named.output
    assert "phantomcode review" in named.output
