"""The demo's recording answers certain challenges: a change of bank or policy must not leave it answering others."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from phantomcode.daemon import demo
from phantomcode.daemon.contract.vocabulary import Level, Move
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.events import RoundOpened
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.rehearsal.stage import Act, HandOver, Say, Stage, Wait

RATE = 3.4
"""Words a second of the recording: 380 in the 112 seconds in which it talks."""


class Recorded:
    """Says the recording's lines when the recording does, whatever is said meanwhile."""

    def __init__(self) -> None:
        script = tomllib.loads((files("phantomcode.daemon") / "recordings" / "demo.toml").read_text("utf-8"))
        self.lines = [(line["say"], line["pause"]) for line in script["lines"]]
        self.begins = script["lead_in"]

    def act(self, state: Session, _briefing: Briefing) -> Act:
        if state.now_seconds < self.begins:
            return Wait(self.begins - state.now_seconds)
        if not self.lines:
            return HandOver(60.0)
        text, pause = self.lines.pop(0)
        self.begins = state.now_seconds + len(text.split()) / RATE + pause
        return Say(text, 0.0)


def test_the_interviewer_asks_what_the_recording_answers(briefing: Briefing) -> None:
    opened = RoundOpened(
        0.0, "demo", 1.7e9, demo.PROBLEM, "", Level(demo.LEVEL), demo.MINUTES, "wav", demo.PRESSURE, demo.SEED
    )
    stage = Stage(briefing, opened, Recorded(), words_per_second=RATE)
    state = stage.play()
    put = [(said.challenge.challenge_id, said.challenge.rung) for said in state.utterances if said.challenge]
    assert put == [
        ("network-saturates", 1),
        ("network-saturates", 2),
        ("permanent-redirect", 1),
        ("why-not-cassandra", 1),
    ]
    assert "residency" in state.agenda.done
    assert state.line is not None
    assert state.line.move is Move.CLOSE
