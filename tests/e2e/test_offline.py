"""A round with no network at all: every engine at work on a recording, what the model wrote checked, all replayed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rooms import CANDIDATE, LOAD_SECONDS, Room, until

from phantomcode.daemon.adapters.labeller import shipped
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.vocabulary import Move
from phantomcode.daemon.core import effects, events
from phantomcode.daemon.core.briefing import Briefing, brief
from phantomcode.daemon.core.prompting import FEWEST_COPIED_WORDS, FRAMES
from phantomcode.daemon.core.session import replay, step
from phantomcode.daemon.core.state import Session, transcript
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.review.html import write_html
from phantomcode.daemon.review.report import build_report
from phantomcode.problems.load import load_atlas, load_problem

pytestmark = pytest.mark.engines

NO_NETWORK = ("unshare", "--map-root-user", "--net")
ROUND_SECONDS = 180.0
VOTE_SECONDS = 20.0
"""A vote asked for later than this before the end may find the round over."""


@pytest.fixture(scope="module")
def alone() -> tuple[str, ...]:
    """Return what to put before a command to take the network away from it."""
    if (
        not shutil.which("unshare")
        or subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("needs the right to make a network namespace")
    return NO_NETWORK


def interfaces(room: Room) -> set[str]:
    """Return the network interfaces that the room's daemon can see."""
    (daemon,) = room.children("daemon")
    rows = Path(f"/proc/{daemon.pid}/net/dev").read_text().splitlines()[2:]
    return {row.split(":")[0].strip() for row in rows}


@dataclass
class Played:
    """What is left of a round on a recording with all engines."""

    room: Room
    interfaces: set[str]
    report_file: Path
    report: dict[str, Any]
    journal: list[events.Event]


@pytest.fixture(scope="module")
def played(make_room: Callable[..., Room], alone: tuple[str, ...]) -> Played:
    room = make_room()
    practice = room.practise("--wav", str(CANDIDATE), "--minutes", "2", before=alone)
    room.posed()
    seen = interfaces(room)
    challenge = room.bus.wait_for(
        messages.InterviewerLine, lambda line: line.move is Move.CHALLENGE and line.final, seconds=ROUND_SECONDS
    )
    since = room.bus.heard.index(challenge)
    room.bus.wait_for(messages.Caption, lambda caption: caption.final, seconds=ROUND_SECONDS, since=since)
    until(lambda: _of(room.events(), events.LineWritten), LOAD_SECONDS, "the model has written a line")
    assert room.run("ctl", "end")[0] == 0
    assert practice.wait() == 0
    ended = room.bus.wait_for(messages.RoundEnded)
    room.require_quiet()
    return Played(room, seen, Path(ended.report_path), room.report(), room.events())


@pytest.fixture(scope="module")
def briefing() -> Briefing:
    return brief(load_problem("url-shortener"), load_atlas())


def _of(journal: list[events.Event], kind: type[events.Happened]) -> list[Any]:
    return [event for event in journal if isinstance(event, kind)]


def test_there_was_no_network(played: Played) -> None:
    assert played.interfaces == {"lo"}


def test_what_was_said_was_understood_without_it(played: Played) -> None:
    found = {(quantity["metric"], quantity["value"]) for quantity in played.report["profile"]["quantities"]}
    assert ("write_rate", 40) in found
    assert played.report["pushbacks"]


def test_the_model_wrote_and_its_lines_were_checked(played: Played) -> None:
    (ready,) = _of(played.journal, events.EnginesReady)
    assert ready.has_model
    written = {event.request_id: event for event in _of(played.journal, events.LineWritten)}
    audits = played.report["audits"]
    assert audits
    for audit in audits:
        assert audit["text"] == written[audit["request_id"]].text
    said = [line.text for line in played.room.bus.all(messages.InterviewerLine)]
    taken = {audit["text"].strip() for audit in audits if not audit["rejected"]}
    written_off = {audit["text"].strip() for audit in audits if audit["rejected"]} - taken
    pieces = [
        text for text in written_off if len(text.split()) >= FEWEST_COPIED_WORDS
    ]  # "You said Kafka" is the bank's
    assert not [text for text in pieces if any(f"{frame} {text}" in line for line in said for frame in FRAMES)]


def test_votes_on_the_phase_came_where_they_were_asked_for(played: Played, briefing: Briefing) -> None:
    state, asked = Session(), {}
    for event in played.journal:
        state, reactions = step(state, event, briefing)
        asked |= {each.utterance: event.at_seconds for each in reactions if isinstance(each, effects.Vote)}
    voted = _of(played.journal, events.PhaseVoted)
    assert {vote.utterance for vote in voted} <= set(asked)
    assert voted or not [at for at in asked.values() if at < played.journal[-1].at_seconds - VOTE_SECONDS]
    assert all(abs(sum(vote.weights) - 1) < 0.01 for vote in voted)


def test_the_journal_replays_to_what_was_said(played: Played, briefing: Briefing) -> None:
    state = replay(played.journal, briefing)
    lines = {line.line_id: line.text for line in played.room.bus.all(messages.InterviewerLine) if line.final}
    captions = [caption.text for caption in played.room.bus.all(messages.Caption) if caption.final]
    said = transcript(state).utterances
    assert [u.text for u in said if u.speaker is Speaker.INTERVIEWER] == list(lines.values())
    assert [u.text for u in said if u.speaker is Speaker.CANDIDATE] == list(dict.fromkeys(captions))


def test_the_journal_replays_to_the_same_report_byte_for_byte(
    played: Played, briefing: Briefing, tmp_path: Path
) -> None:
    report = build_report(replay(played.journal, briefing), briefing, shipped())
    assert write_html(report, tmp_path / "again.html").read_bytes() == played.report_file.read_bytes()


def test_the_page_asks_nothing_of_a_network(played: Played) -> None:
    page = played.report_file.read_text(encoding="utf-8")
    for asks in ("<link", 'src="http', "url(http", "@import", "fetch("):
        assert asks not in page


def test_a_typed_round_needs_no_network_either(room: Room, alone: tuple[str, ...]) -> None:
    practice = room.practise("--typed", before=alone)
    room.posed()
    assert interfaces(room) == {"lo"}
    practice.type("Say one hundred million new links a month, that is about forty writes per second.")
    room.bus.wait_for(messages.Caption, lambda caption: caption.final)
    practice.type("/end")
    assert practice.wait() == 0
    assert {quantity["value"] for quantity in room.report()["profile"]["quantities"]} >= {40}
    room.require_quiet()
