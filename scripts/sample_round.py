#!/usr/bin/env python3
"""The round behind the pictures: a rehearsed candidate meets the real interviewer, and the real grader reads it.

scripts/sample_round.toml holds the candidate's part and what the language model writes: no sound, no model, no waiting.
The interviewer's lines, the challenges and the grades are what the program makes of it.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import msgspec

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.briefing import Briefing, brief
from phantomcode.daemon.core.effects import Vote, Write
from phantomcode.daemon.core.events import RoundOpened
from phantomcode.daemon.rehearsal.actors import Actor
from phantomcode.daemon.rehearsal.script import Script, load_script, load_stock
from phantomcode.daemon.rehearsal.stage import Stage
from phantomcode.daemon.review.report import Report, build_report
from phantomcode.problems.load import load_atlas, load_problem

FILE = Path(__file__).with_suffix(".toml")
SESSION_ID = "20260921-141320-url-shortener"
SEED = 7
_ENGINE_SECONDS = 0.6


class Sample(msgspec.Struct, frozen=True):
    """What the file holds."""

    level: Level
    minutes: float
    opened_at: float
    part: Script
    model: dict[str, str]
    """What the language model writes for a rung ("hot-shard:2"); for all others it fails."""


class ScriptedWriter:
    """Writes what the file has for the rung whose wording a prompt quotes."""

    def __init__(self, sample: Sample, briefing: Briefing) -> None:
        self._model = sample.model
        self._briefing = briefing

    def write(self, request: Write) -> tuple[str, float]:
        """Return the remark that goes before the bank's wording."""
        wanted = request.prompt.rpartition("Remark before:")[2]
        for challenge in self._briefing.problem.challenges:
            for rung, wordings in enumerate(challenge.rungs, 1):
                if any(wording in wanted for wording in wordings):
                    return self._model.get(f"{challenge.id}:{rung}", ""), _ENGINE_SECONDS
        return "", _ENGINE_SECONDS

    def vote(self, _request: Vote) -> None:
        """Have no opinion on phases."""


def play() -> Stage:
    """Return the sample round, played."""
    sample = msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), Sample)
    briefing = brief(load_problem(sample.part.problem), load_atlas())
    opened = RoundOpened(
        0.0, SESSION_ID, sample.opened_at, sample.part.problem, "", sample.level, sample.minutes, "typed", 2, SEED
    )
    stage = Stage(briefing, opened, Actor(_part(sample), load_stock(), SEED), ScriptedWriter(sample, briefing))
    stage.play()
    return stage


def _part(sample: Sample) -> Script:
    """The file's part, with the rehearsed candidate's answers where it has none of its own."""
    full = load_script(sample.part.problem)
    return msgspec.structs.replace(full, lines=sample.part.lines, answers={**full.answers, **sample.part.answers})


def report() -> Report:
    """Return the report of the sample round."""
    played = play()
    return build_report(played.state, played.briefing)


if __name__ == "__main__":
    for said in report().utterances:
        mark = f" [{said.challenge.challenge_id} {said.challenge.rung}]" if said.challenge else ""
        sys.stdout.write(f"{said.started_seconds / 60:5.1f} {said.speaker.value[0]}{mark} {said.text}\n")
