"""Words that both sides of the wire use: phases, activities, kinds of line."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """The five phases of the framework, in the order a round should take them."""

    CLARIFY = "clarify"
    ESTIMATE = "estimate"
    HIGH_LEVEL = "high_level"
    DEEP_DIVE = "deep_dive"
    TRADEOFFS = "tradeoffs"


PHASES: tuple[Phase, ...] = tuple(Phase)

PHASE_TITLES: dict[Phase, str] = {
    Phase.CLARIFY: "Clarify",
    Phase.ESTIMATE: "Estimate",
    Phase.HIGH_LEVEL: "High-level",
    Phase.DEEP_DIVE: "Deep-dive",
    Phase.TRADEOFFS: "Tradeoffs",
}


class Level(StrEnum):
    """Target level: mid, senior, staff."""

    L4 = "L4"
    L5 = "L5"
    L6 = "L6"


class Activity(StrEnum):
    """What the interviewer's side is doing, as the state light shows it."""

    LOADING = "loading"
    LISTENING = "listening"
    HEARING = "hearing"
    THINKING = "thinking"
    SPEAKING = "speaking"
    PAUSED = "paused"
    NO_MICROPHONE = "no_microphone"
    ENDED = "ended"


class Move(StrEnum):
    """What an interviewer line does (the policy is in daemon/core/interviewer.py)."""

    POSE = "pose"
    ANSWER = "answer"
    PROBE = "probe"
    FOLLOW_UP = "follow_up"
    CHALLENGE = "challenge"
    PRESS = "press"
    SQUEEZE = "squeeze"
    RELEASE = "release"
    REQUIREMENT_CHANGE = "requirement_change"
    NUDGE = "nudge"
    HAND_BACK = "hand_back"
    CLOSE = "close"


class Severity(StrEnum):
    """How much a notice matters: carry on, something is degraded, the round cannot go on."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
