"""Utterances and the transcript they make: the only input of understanding and grading."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from phantomcode.daemon.contract.vocabulary import Level, Move
from phantomcode.problems.model import ChallengeType, Topic


class Speaker(StrEnum):
    """Who talks."""

    CANDIDATE = "candidate"
    INTERVIEWER = "interviewer"


class Challenge(msgspec.Struct, frozen=True):
    """What an interviewer's utterance challenges. `challenge_id` names the bank's item where it came from one."""

    type: ChallengeType
    rung: int
    topic: Topic
    challenge_id: str = ""


class Utterance(msgspec.Struct, frozen=True):
    """One breath group as the recogniser cut it. Ids count 0, 1, 2 … over both speakers."""

    id: int
    speaker: Speaker
    started_seconds: float
    ended_seconds: float
    text: str
    challenge: Challenge | None = None
    confidence: float | None = None
    """The recogniser's mean word probability 0-1, or None where it is not known (typed text, imports)."""
    improvised: bool = False
    """A question of the interviewer's that nobody planned for this problem: never graded as a challenge."""
    move: Move | None = None
    """What a line of our own interviewer does; None for what people say and for imports."""


class Transcript(msgspec.Struct, frozen=True):
    """A whole round in time order. `problem_slug` may name a problem the bank does not hold."""

    problem_slug: str
    target_level: Level
    planned_minutes: float
    utterances: tuple[Utterance, ...]
    ended_seconds: float
    """When the round ended on the same clock as the utterances."""

    def of(self, speaker: Speaker) -> tuple[Utterance, ...]:
        """Return the utterances of one speaker, in order."""
        return tuple(u for u in self.utterances if u.speaker is speaker)
