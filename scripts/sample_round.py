#!/usr/bin/env python3
"""The round behind the pictures: a rehearsed candidate meets the real interviewer, and the real grader reads it.

`journal()` plays scripts/sample_round.toml against `session.step` with a clock of its own: no sound, no model, no
waiting. The interviewer's lines, the challenges and the grades are what the program makes of it.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.briefing import Briefing, brief
from phantomcode.daemon.core.effects import Finish, Reaction, Write
from phantomcode.daemon.core.events import (
    EnginesReady,
    Event,
    LineWritten,
    RoundClosed,
    RoundOpened,
    SpeechPaused,
    SpeechStarted,
    TimePassed,
    UtteranceHeard,
)
from phantomcode.daemon.core.session import step
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.review.report import Report, build_report
from phantomcode.problems.load import load_atlas, load_problem

SCRIPT = Path(__file__).with_suffix(".toml")
_WORDS_PER_SECOND = 2.4
_PAUSE_SECONDS = 9.0
_ENGINE_SECONDS = 0.6


class Lines(msgspec.Struct, frozen=True):
    """What is said from minute `at` on, unless a challenge has to be answered first."""

    at: float
    says: tuple[str, ...]


class Script(msgspec.Struct, frozen=True):
    """The candidate's lines. Answers have one line for each rung."""

    problem: str
    level: Level
    minutes: float
    opened_at: float
    lines: tuple[Lines, ...]
    answers: dict[str, tuple[str, ...]]
    otherwise: dict[str, tuple[str, ...]]
    model: dict[str, str]
    """What the language model writes for a rung ("hot-shard:2"); for all others it is late."""


def load_script(path: Path = SCRIPT) -> Script:
    """Return the rehearsed script."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Script)


def report() -> Report:
    """Return the report of the sample round."""
    played = Player(load_script())
    played.play()
    return build_report(played.state, played.briefing)


class Player:
    """Drives one round: the candidate talks, the clock runs, and every event is kept in `events`."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.briefing: Briefing = brief(load_problem(script.problem), load_atlas())
        self.state = Session()
        self.events: list[Event] = []
        self._clock = 0.0
        self._answered = 0
        self._finished = False

    def play(self) -> None:
        """Play the script to the end of the round."""
        opened = RoundOpened(
            0.0,
            "20260921-141320-url-shortener",
            self.script.opened_at,
            self.script.problem,
            "",
            self.script.level,
            self.script.minutes,
            "typed",
            2,
            7,
        )
        self._do(opened)
        self._do(EnginesReady(0.5, has_model=True, has_voice=False))
        for at_seconds, text in self._turns():
            self._listen_until(max(at_seconds, self._clock + _PAUSE_SECONDS))
            self._say(text)
        self._listen_until(2 * 60 * self.script.minutes)
        self._do(RoundClosed(self._clock, self.state.closing))

    def _turns(self) -> Iterator[tuple[float, str]]:
        for block in self.script.lines:
            for text in block.says:
                yield 60 * block.at, text

    def _say(self, text: str) -> None:
        if self._finished:
            return
        began = self._clock + 0.8
        ends = began + len(text.split()) / _WORDS_PER_SECOND
        self._do(SpeechStarted(began))
        self._do(SpeechPaused(ends, 0.9))
        self._do(UtteranceHeard(ends + 0.4, Speaker.CANDIDATE, began, ends, text, 0.93))
        self._wait_until(ends + 3.0)

    def _answer(self) -> None:
        """Answer every challenge that was put since the last answer."""
        while not self._finished:
            asked = [u for u in self.state.utterances if u.challenge is not None][self._answered :]
            if not asked or asked[0].challenge is None:
                return
            self._answered += 1
            challenge = asked[0].challenge
            rungs = self.script.answers.get(challenge.challenge_id) or self.script.otherwise[challenge.type.value]
            self._wait_until(self._clock + 3.0)
            self._say(rungs[challenge.rung - 1])

    def _listen_until(self, at_seconds: float) -> None:
        """Let time pass and answer what is put meanwhile."""
        while self._clock + 1 <= at_seconds and not self._finished:
            self._wait_until(self._clock + 1)
            self._answer()

    def _wait_until(self, at_seconds: float) -> None:
        while self._clock + 1 <= at_seconds and not self._finished:
            self._do(TimePassed(self._clock + 1))

    def _do(self, event: Event) -> None:
        self.events.append(event)
        self._clock = max(self._clock, event.at_seconds)
        self.state, effects = step(self.state, event, self.briefing)
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Reaction) -> None:
        if isinstance(effect, Finish):
            self._finished = True
        elif isinstance(effect, Write):
            self._do(
                LineWritten(
                    self._clock + _ENGINE_SECONDS, effect.request_id, self._worded(effect.prompt), _ENGINE_SECONDS
                )
            )

    def _worded(self, prompt: str) -> str:
        """The remark the model puts before the bank's wording that the prompt quotes."""
        wanted = prompt.rpartition("Remark before:")[2]
        for challenge in self.briefing.problem.challenges:
            for rung, wordings in enumerate(challenge.rungs, 1):
                if any(wording in wanted for wording in wordings):
                    return self.script.model.get(f"{challenge.id}:{rung}", "")
        return ""


if __name__ == "__main__":
    for said in report().utterances:
        mark = f" [{said.challenge.challenge_id} {said.challenge.rung}]" if said.challenge else ""
        sys.stdout.write(f"{said.started_seconds / 60:5.1f} {said.speaker.value[0]}{mark} {said.text}\n")
