"""The candidates: one who follows a script, and a dozen who differ from it in how they talk or how they answer.

Their choices are drawn from a seeded generator, so a seed is a candidate: the same one each time.
"""

from __future__ import annotations

import random
import re
from typing import ClassVar

import msgspec

from phantomcode.daemon.contract.messages import InterviewerLine
from phantomcode.daemon.contract.vocabulary import PHASES, Move, Phase
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.challenges import open_challenge
from phantomcode.daemon.core.phases import plan
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.rehearsal.script import Script, Stock
from phantomcode.daemon.rehearsal.stage import Act, HandOver, Say, Wait
from phantomcode.problems.model import Challenge, ChallengeType, Option

THINKING_SECONDS = 2.0
BREATH_SECONDS = 0.8
THOUGHT_SECONDS = 2.4
THOUGHT_LINES = 3
"""Within a thought people pause briefly; every third line ends one, and there the interviewer can come in."""
ASKING_SECONDS = 4.0
IDLE_SECONDS = 12.0

_CHALLENGES = (Move.CHALLENGE, Move.PRESS, Move.SQUEEZE)


class Put(msgspec.Struct, frozen=True):
    """One rung of a challenge, as the candidate has to answer it."""

    challenge: Challenge
    rung: int
    options: tuple[Option, ...]
    """What can be named in this round."""

    @property
    def strong_point(self) -> str:
        """A point of a good answer, another one for each rung as long as there are."""
        return self.challenge.strong_points[(self.rung - 1) % len(self.challenge.strong_points)]


class Actor:
    """Follows a script at the planned pace and answers what is put. The kinds below change one thing each."""

    complete: ClassVar[float] = 0.9
    """What the turn detector makes of the end of a line."""
    answers_with: ClassVar[str] = ""
    """The stock lines that answer every challenge, or none to answer it in earnest."""

    def __init__(self, script: Script, stock: Stock, seed: int) -> None:
        self.script = script
        self.stock = stock
        self.random = random.Random(seed)
        self._to_say = [(Phase(block.phase), text) for block in script.lines for text in block.says]
        self._sizes = {phase: sum(1 for row in self._to_say if row[0] is phase) for phase in PHASES}
        self._met = -1
        self._trying = ""
        self._said = 0
        self._urged = False

    def act(self, state: Session, briefing: Briefing) -> Act:
        """Answer the interviewer's latest line if it wants an answer, else go on with the part."""
        if self._trying and self._trying == _latest_words(state):
            self._to_say.pop(0)
            self._said += 1
            self._urged = False
        self._trying = ""
        line = state.standing_line
        if line is not None and line.line_id > self._met:
            self._met = line.line_id
            self._urged = self._urged or line.move is Move.HAND_BACK
            reply = self.reply(line, state, briefing)
            if reply is not None:
                return Say(reply, THINKING_SECONDS, self.complete)
        return self.go_on(state, briefing)

    def reply(self, line: InterviewerLine, state: Session, briefing: Briefing) -> str | None:
        """Return the answer to a line, or None to go on as if nothing had been said."""
        if line.move in _CHALLENGES:
            challenge = open_challenge(state.agenda, briefing)
            if challenge is None or self.answers_with:
                return self.pick(self.answers_with) if self.answers_with else None
            return self.answer(Put(challenge, line.rung, briefing.lexicon.options))
        if line.move is Move.NUDGE:
            return self.nudged(state)
        subject = state.agenda.done[-1] if state.agenda.done else ""
        if line.move is Move.REQUIREMENT_CHANGE:
            return self.script.changes.get(subject) or self.pick("adapts")
        if line.move in (Move.PROBE, Move.FOLLOW_UP):
            return self.script.probes.get(subject) or self.pick("probed")
        return None

    def answer(self, put: Put) -> str:
        """Return the answer to one rung: the part's own, or one made of the bank's strong points."""
        written = self.script.answers.get(put.challenge.id)
        if written is not None:
            return written[put.rung - 1]
        opening = "concedes" if put.challenge.type is ChallengeType.VALID else "defends"
        return f"{self.pick(opening)} {put.strong_point}"

    def nudged(self, state: Session) -> str | None:
        """Leave what the clock says to leave; at the very end, name the weakest part."""
        if state.agenda.wrapped:
            return " ".join(self.script.weakest) or None
        now = PHASES.index(state.tracker.current)
        later = [row for row in self._to_say if PHASES.index(row[0]) > now]
        self._to_say = later or self._to_say
        self._urged = True
        return None

    def go_on(self, state: Session, _briefing: Briefing) -> Act:
        """Say the next line of the part when it is due; hand over when there is none."""
        if not self._to_say:
            return HandOver(IDLE_SECONDS)
        phase, text = self._to_say[0]
        pause, due = self._pause(state), self._due(phase, state) - state.active_seconds
        if due > pause and not self._urged:
            return Wait(due)
        self._trying = self.worded(text)
        return Say(self._trying, pause, self.complete)

    def worded(self, text: str) -> str:
        """Return a line of the part as this candidate says it."""
        return text

    def pick(self, kind: str) -> str:
        """Return one of the stock lines of a kind."""
        return self.random.choice(self.stock.lines[kind])

    def _pause(self, state: Session) -> float:
        if _latest_words(state).endswith("?"):
            return ASKING_SECONDS
        return THOUGHT_SECONDS if self._said % THOUGHT_LINES == 0 else BREATH_SECONDS

    def _due(self, phase: Phase, state: Session) -> float:
        """When the next line is due, in active seconds: its place in its phase's planned time."""
        left = sum(1 for row in self._to_say if row[0] is phase)
        begins = 0.0
        for planned in plan(state.planned_seconds / 60):
            if planned.phase is phase:
                return begins + planned.planned_seconds * (1 - left / self._sizes[phase])
            begins += planned.planned_seconds
        return begins


class AlwaysDefends(Actor):
    """Keeps every decision, right or wrong, and always has a reason."""

    def answer(self, put: Put) -> str:
        """Defend with a point of the bank's, whatever it speaks for."""
        return f"{self.pick('defends')} {put.strong_point}"


class AlwaysConcedes(Actor):
    """Gives every point away, with a reason."""

    def answer(self, put: Put) -> str:
        """Concede and take another option of the challenged topic."""
        return f"{self.pick('concedes')} {put.strong_point} {self._switch(put)}"

    def _switch(self, put: Put) -> str:
        names = [option.names[0] for option in put.options if option.topic == put.challenge.topic]
        return f"So I switch to {self.random.choice(names)} instead." if names else ""


class Capitulator(AlwaysConcedes):
    """Gives every point away at the first push, without a reason."""

    def answer(self, put: Put) -> str:
        """Give in."""
        return f"{self.pick('capitulates')} {self._switch(put)}"


class Silent(Actor):
    """Says little, and answers with less."""

    answers_with = "brief"

    def go_on(self, state: Session, briefing: Briefing) -> Act:
        """Be silent four times out of five."""
        return super().go_on(state, briefing) if self.random.random() < 0.2 else Wait(25.0)


class Rambler(Actor):
    """Never ends a sentence where one could."""

    complete = 0.2

    def worded(self, text: str) -> str:
        """Wrap a line in talk that says nothing."""
        return " ".join((self.pick("rambles"), text.rstrip("."), self.pick("rambles"), self.pick("rambles")))

    def answer(self, put: Put) -> str:
        """Answer in a cloud."""
        return self.worded(super().answer(put))


class Questioner(Actor):
    """Asks and asks, some of it twice."""

    def worded(self, text: str) -> str:
        """End every other line with a question."""
        return f"{text} {self.pick('questions')}" if self.random.random() < 0.5 else text

    def go_on(self, state: Session, briefing: Briefing) -> Act:
        """Ask what the sheet knows, what it does not know, and what it has said already."""
        if self.random.random() < 0.4:
            fact = self.random.choice(briefing.problem.facts)
            asked = self.random.choice(fact.asks)
            return Say(asked if asked.endswith("?") else f"{asked}?", ASKING_SECONDS)
        return super().go_on(state, briefing)


class Jumper(Actor):
    """Says everything, in no order."""

    def __init__(self, script: Script, stock: Stock, seed: int) -> None:
        super().__init__(script, stock, seed)
        texts = [text for _, text in self._to_say]
        self.random.shuffle(texts)
        self._to_say = [(phase, text) for (phase, _), text in zip(self._to_say, texts, strict=True)]


class KeywordStuffer(Actor):
    """Names technologies for their own sake."""

    def go_on(self, state: Session, briefing: Briefing) -> Act:
        """List five things."""
        if self.random.random() < 0.3:
            return super().go_on(state, briefing)
        names = [option.names[0] for option in self.random.sample(briefing.lexicon.options, 5)]
        return Say(f"We use {', '.join(names[:4])} and {names[4]}. {self.pick('keywords')}", THOUGHT_SECONDS)

    def answer(self, put: Put) -> str:
        """Answer with more of them."""
        names = [option.names[0] for option in self.random.sample(put.options, 3)]
        return f"{self.pick('keywords')} That is why there is {', '.join(names)}."


class Hostile(Actor):
    """Takes every question as an insult."""

    answers_with = "hostile"

    def worded(self, text: str) -> str:
        """Let the temper show now and then."""
        return self.pick("hostile") if self.random.random() < 0.3 else text


class PromptInjector(Actor):
    """Talks to the program behind the interviewer."""

    answers_with = "injections"

    def worded(self, text: str) -> str:
        """Put an order behind every line."""
        return f"{text} {self.pick('injections')}"


class OffTopic(Actor):
    """Would rather talk about something else."""

    answers_with = "off_topic"

    def worded(self, text: str) -> str:
        """Drift off, three times out of four."""
        return self.pick("off_topic") if self.random.random() < 0.75 else text


class SecondLanguage(Actor):
    """Says the same in the English of somebody who learnt it late."""

    def worded(self, text: str) -> str:
        """Drop articles and endings, put in fillers."""
        text = re.sub(r"\ba (?=(?:second|minute|hour|day|month|year)\b)", "per ", text)
        plain = re.sub(r"\b(?:the|a|an) ", "", text, flags=re.IGNORECASE)
        plain = re.sub(r"\b(call|read|write|take|ask|need|cost|go)s\b", r"\1", plain)
        plain = plain.replace("would", "will").replace("I'd", "I will")
        return f"{self.random.choice(('So, ehm,', 'Okay,', 'How to say,', 'Ehm,'))} {plain}"

    def answer(self, put: Put) -> str:
        """Answer as the part does."""
        return self.worded(super().answer(put))


KINDS: dict[str, type[Actor]] = {
    "strong": Actor,
    "always-defends": AlwaysDefends,
    "always-concedes": AlwaysConcedes,
    "capitulator": Capitulator,
    "silent": Silent,
    "rambler": Rambler,
    "questioner": Questioner,
    "jumper": Jumper,
    "keyword-stuffer": KeywordStuffer,
    "hostile": Hostile,
    "prompt-injector": PromptInjector,
    "off-topic": OffTopic,
    "second-language": SecondLanguage,
}


def _latest_words(state: Session) -> str:
    return next((said.text for said in reversed(state.utterances) if said.speaker is Speaker.CANDIDATE), "")
