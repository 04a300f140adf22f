"""A round that is disturbed: Ctrl+C, a second daemon, a full disk, a journal from the future, a dead microphone."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rooms import CANDIDATE, LOAD_SECONDS, PATIENCE_SECONDS, Program, Room, until

from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.vocabulary import Activity
from phantomcode.daemon.core import events

pytestmark = pytest.mark.engines

INTERRUPTED = 130
"""What a shell expects of a program that Ctrl+C ended: 128 and the number of the signal."""


@pytest.mark.parametrize("loaded", ["", "msgspec", "zmq"])
def test_ctrl_c_while_the_program_itself_loads(room: Room, loaded: str) -> None:
    practice = room.practise("--wav", str(CANDIDATE))
    until(lambda: _has_loaded(practice, loaded), LOAD_SECONDS, f"{loaded} is loaded")
    practice.interrupt()
    assert practice.wait() in (0, 1, INTERRUPTED, -signal.SIGINT)  # the last one: before Python itself was there
    room.require_quiet()


def _has_loaded(program: Program, library: str) -> bool:
    return library in Path(f"/proc/{program.process.pid}/maps").read_text()


def test_ctrl_c_while_the_models_load(room: Room) -> None:
    practice = room.practise("--wav", str(CANDIDATE))
    room.bus.wait_for(messages.SessionOpened, seconds=LOAD_SECONDS)
    practice.interrupt()
    assert practice.wait() == INTERRUPTED
    assert f"phantomcode practice --resume {room.session_id} --wav" in practice.output
    assert not isinstance(room.events()[-1], events.RoundClosed)
    room.require_quiet()


def test_ctrl_c_in_the_middle_leaves_the_round_to_be_resumed_or_finished(room: Room) -> None:
    practice = room.practise("--typed")
    room.posed()
    room.say("Users can create a short link and follow it.")
    practice.interrupt()
    assert practice.wait() == INTERRUPTED
    assert "The round is unfinished." in practice.output
    room.require_quiet()
    assert "unfinished" in room.run("sessions", "list")[1]

    mark = len(room.bus.heard)
    again = room.practise("--resume", room.session_id)
    room.bus.wait_for(messages.ActivityChanged, lambda a: a.activity == "listening", since=mark, seconds=LOAD_SECONDS)
    again.type("Say a hundred million new links a month.")
    room.bus.wait_for(messages.Caption, lambda caption: "hundred million" in caption.text)
    again.interrupt()
    assert again.wait() == INTERRUPTED

    status, output = room.run("sessions", "finish", room.session_id)
    assert (status, "Report: " in output) == (0, True)
    assert isinstance(room.events()[-1], events.RoundClosed)
    assert len([u["text"] for u in room.report()["utterances"] if u["speaker"] == "candidate"]) == 2
    room.require_quiet()


def test_ctrl_c_while_the_report_is_written_still_gives_it(room: Room) -> None:
    practice = room.practise("--typed")
    room.posed()
    practice.type("/end")
    room.bus.wait_for(messages.ActivityChanged, lambda change: change.activity is Activity.ENDED)
    practice.interrupt()
    assert practice.wait() in (0, INTERRUPTED)  # the latter once the terminal has seen the report and is leaving
    until(lambda: (room.home / "reports" / f"{room.session_id}.html").exists(), LOAD_SECONDS, "the report is there")
    assert isinstance(room.events()[-1], events.RoundClosed)
    room.require_quiet()


def test_ctrl_c_twice_leaves_at_once_and_the_journal_can_be_reviewed(room: Room) -> None:
    practice = room.practise("--typed")
    room.posed()
    room.say("Users can create a short link and follow it.")
    practice.interrupt()
    until(lambda: "Leaving the round" in practice.output, LOAD_SECONDS, "it says so")
    practice.interrupt()
    assert practice.wait() == INTERRUPTED
    room.require_quiet()
    assert [u["text"] for u in room.report()["utterances"] if u["speaker"] == "candidate"]


def test_a_second_round_is_refused_and_the_first_goes_on(room: Room) -> None:
    practice = room.practise("--typed")
    room.posed()
    for second in (room.start("daemon", "--input", "typed"), room.practise("--typed")):
        assert second.wait() == 1
        assert "already running" in second.output
        assert "minutes. Session" not in second.output
    room.say("Users can create a short link and follow it.")
    room.send(messages.EndRound())
    assert practice.wait() == 0
    assert "Report: " in practice.output
    room.require_quiet()


def test_a_spoken_round_outlives_its_terminal_while_somebody_follows_it_and_no_longer(room: Room) -> None:
    practice = room.practise("--wav", str(CANDIDATE))
    room.posed()
    os.killpg(practice.process.pid, signal.SIGHUP)
    practice.process.wait(PATIENCE_SECONDS)
    mark = len(room.bus.heard)
    room.bus.wait_for(messages.ClockTicked, since=mark)
    room.bus.wait_for(messages.Caption, lambda caption: caption.final, since=mark)

    again = room.practise("--resume")
    until(lambda: "Interviewer:" in again.output, LOAD_SECONDS, "the second terminal shows the round")
    other = room.practise("--resume", "20260321-1000-other-aaaa")
    assert other.wait() == 1
    assert "There is no session" in other.output

    room.bus.close()
    os.killpg(again.process.pid, signal.SIGHUP)
    room.require_quiet()
    assert not isinstance(room.events()[-1], events.RoundClosed)
    assert not [event for event in room.events() if isinstance(event, events.RoundResumed)]


def test_a_typed_round_without_its_terminal_is_paused_until_another_goes_on_with_it(room: Room) -> None:
    practice = room.practise("--typed")
    room.posed()
    practice.type("Users can create a short link and follow it.")
    room.bus.wait_for(messages.Caption)
    practice.process.kill()
    room.bus.wait_for(messages.ActivityChanged, lambda change: change.activity is Activity.PAUSED)

    again = room.practise("--resume", room.session_id)
    again.type("Say a hundred million new links a month.")
    room.bus.wait_for(messages.Caption, lambda caption: "hundred million" in caption.text)
    again.type("/end")
    assert again.wait() == 0
    assert "Report: " in again.output
    assert len([u["text"] for u in room.report()["utterances"] if u["speaker"] == "candidate"]) == 2
    room.require_quiet()


def test_a_terminal_window_that_closes_leaves_the_round_to_be_resumed(room: Room) -> None:
    ours, theirs = pty.openpty()
    practice = room.practise("--typed", terminal=theirs)
    os.close(theirs)
    room.posed()
    os.write(ours, b"Users can create a short link and follow it.\n")
    room.bus.wait_for(messages.Caption)
    room.bus.close()
    os.close(ours)
    practice.process.wait(PATIENCE_SECONDS)
    room.require_quiet()
    last = room.events()[-1]
    assert not isinstance(last, events.RoundClosed | events.EndAsked)


def test_closing_the_overlay_leaves_the_round_alone(room: Room) -> None:
    practice = room.practise("--typed")
    room.environment["QT_QPA_PLATFORM"] = "offscreen"
    overlay = room.start("overlay")
    room.posed()
    until(lambda: (room.runtime / "overlay.lock").exists(), LOAD_SECONDS, "the overlay is open")
    until(lambda: _quits(room, overlay), LOAD_SECONDS, "the overlay closes")
    assert overlay.wait() == 0
    room.say("Users can create a short link and follow it.")
    room.send(messages.EndRound())
    assert practice.wait() == 0
    room.require_quiet()


def _quits(room: Room, overlay: Program) -> bool:
    """Ask the overlay to close; it may not listen yet."""
    room.send(messages.OverlayAction("quit"))
    return overlay.process.poll() is not None


def test_a_journal_from_a_newer_version_is_left_alone(room: Room) -> None:
    practice = room.practise("--typed")
    room.posed()
    practice.type("/end")
    assert practice.wait() == 0
    session = room.session_id
    journal = room.sessions.path(session)
    with sqlite3.connect(journal) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        database.execute(f"PRAGMA user_version = {version + 1}")
    database.close()
    before = journal.read_bytes()
    for arguments in (
        ("review", session),
        ("sessions", "show", session),
        ("practice", "--typed", "--resume", "--session", session),
    ):
        status, output = room.run(*arguments)
        assert status == 1
        assert "newer PhantomCode" in output
    status, output = room.run("sessions", "list")
    assert (status, "cannot be read" in output) == (0, True)
    assert journal.read_bytes() == before


@pytest.fixture
def small_disk(room: Room) -> Iterator[Path]:
    """The room's sessions on a disk of one megabyte."""
    folder = room.home / "sessions"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", str(folder)]
    if not shutil.which("mount") or os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_holds_the_round_until_there_is_space(room: Room, small_disk: Path) -> None:
    practice = room.practise("--typed")
    room.posed()
    room.say("Users can create a short link and follow it.")
    filler = small_disk / "filler"
    _fill(filler)
    room.bus.wait_for(messages.Notice, lambda notice: notice.code == "journal.disk-full")
    refused = room.send(messages.TypedUtterance("This one waits for space."))
    assert isinstance(refused, messages.Refused)
    assert refused.code == "journal.waiting"
    filler.unlink()
    until(lambda: isinstance(room.send(messages.TypedUtterance("Now there is space.")), messages.Accepted), 30.0, "on")
    room.send(messages.EndRound())
    assert practice.wait() == 0
    assert "disk is full" in practice.output
    assert "Free some space" in practice.output
    said = [event.text for event in room.events() if isinstance(event, events.UtteranceHeard)]
    assert said[0] == "Users can create a short link and follow it."
    assert said[-1] == "Now there is space."
    room.require_quiet()


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler:
        for size in (1 << 16, 1 << 12, 1 << 9, 1):
            try:
                while True:
                    filler.write(bytes(size))
            except OSError:
                continue


def test_a_disk_that_is_full_from_the_start_is_named(room: Room, small_disk: Path) -> None:
    _fill(small_disk / "filler")
    practice = room.practise("--typed")
    assert practice.wait(LOAD_SECONDS) == 1
    assert "disk is full" in practice.output
    room.require_quiet()


def test_without_a_microphone_both_ways_round_it_are_offered(room: Room) -> None:
    room.environment["PULSE_SERVER"] = "unix:/nowhere"
    practice = room.practise()
    assert practice.wait() == 1
    assert "No microphone was found." in practice.output
    assert "--typed" in practice.output
    assert "--wav" in practice.output
    assert not room.sessions.summaries()


@pytest.mark.sound
def test_a_microphone_that_delivers_zeros_is_told_apart_from_silence(
    make_room: Callable[..., Room], sound_server: dict[str, str]
) -> None:
    room = make_room(models=("whisper-tiny.en",))
    room.environment |= sound_server
    practice = room.practise()
    room.posed()
    room.bus.wait_for(messages.Notice, lambda notice: notice.code == "audio.silent-input")
    room.bus.wait_for(messages.ActivityChanged, lambda change: change.activity is Activity.NO_MICROPHONE)
    room.send(messages.EndRound())
    assert practice.wait() == 0
    assert "nothing but zeros" in practice.output
    assert {score["value"] for score in room.report()["profile"]["scores"].values()} == {None}
    room.require_quiet()
