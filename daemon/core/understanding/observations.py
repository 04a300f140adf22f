"""What understanding yields. Every observation names the utterance it was read from, so it can be quoted."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from phantomcode.daemon.contract.vocabulary import Phase
from phantomcode.problems.model import ChallengeType, Metric, Topic


class Role(StrEnum):
    """Where a quantity comes from."""

    GIVEN = "given"
    ASSUMED = "assumed"
    RECALLED = "recalled"
    COMPUTED = "computed"


class Timing(StrEnum):
    """Whether a tradeoff came before or after the interviewer asked about its topic."""

    UNPROMPTED = "unprompted"
    PROMPTED = "prompted"


class ResponseClass(StrEnum):
    """How a candidate met a challenge (docs/grading.md has the definitions)."""

    DEFEND = "DR"
    CONCEDE = "CR"
    ADAPT = "PA"
    CAPITULATE = "CN"
    DEFLECT = "DF"
    NO_ANSWER = "NA"


class Quantity(msgspec.Struct, frozen=True):
    """A number with a unit. `value` is in the unit named: "1/s", "1/day", "count", "B", "B/s", "s", "ratio" …"""

    utterance: int
    text: str
    value: float
    unit: str
    role: Role
    metric: Metric
    correct: bool | None = None
    """For computed ones: within a factor of 1.25 of what the candidate's own inputs give."""
    expected: float | None = None
    """What those inputs give, in `unit`."""
    working: str = ""
    """The arithmetic as redone ("100e6 / 86400 = 1157")."""
    superseded: bool = False
    peak: bool = False


class Decision(msgspec.Struct, frozen=True):
    """One committed value for a topic; a later one with the same topic replaces it unless both stand."""

    topic: Topic
    value: str
    said: str
    """The candidate's own word for it."""
    utterance: int
    reason: bool = False
    alternatives: tuple[str, ...] = ()
    withdrawn_by: int | None = None
    """The utterance that dropped it, if any."""


class ComponentUse(msgspec.Struct, frozen=True):
    """A box of the design and how it was told."""

    id: str
    said: str
    introduced: int
    connected_to: tuple[str, ...] = ()
    utterances: tuple[int, ...] = ()


class Tradeoff(msgspec.Struct, frozen=True):
    """A choice stated with its cost, or with an alternative and a criterion."""

    utterance: int
    topic: Topic
    timing: Timing
    quality: float
    choice: str = ""
    alternative: str = ""


class Pushback(msgspec.Struct, frozen=True):
    """A challenge, the answer to it, and what happened to the design."""

    challenge: int
    responses: tuple[int, ...]
    type: ChallengeType | None
    rung: int
    topic: Topic
    response_class: ResponseClass = msgspec.field(name="class")
    sound: bool | None = None
    before: str = ""
    after: str = ""
    challenge_id: str = ""
    change: str = ""
    """Where the answer gives way: the candidate's sentence that tells what changes, named options or not."""
    late: bool = False
    cut_off: bool = False
    """The round ended before there could be an answer: not the candidate's fault, so not graded."""
    explained: bool = False
    """A first rung that asked, an answer that told how the design behaves, and a second rung that asked for a stand."""


class PhaseSpan(msgspec.Struct, frozen=True):
    """A stretch of one phase; spans are contiguous and cover the round."""

    phase: Phase
    t0: float
    t1: float
