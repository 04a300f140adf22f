"""What the codes of the core are called on the page."""

from __future__ import annotations

from phantomcode.daemon.core.scoring.profile import Dimension
from phantomcode.daemon.core.understanding.observations import Role
from phantomcode.problems.model import ChallengeType

DIMENSION_TITLES: dict[Dimension, str] = {
    "framework": "Framework discipline",
    "time": "Time allocation",
    "tradeoffs": "Tradeoffs up front",
    "pushback": "Defend or capitulate",
    "estimation": "Estimation",
    "narrative": "Narrative clarity",
    "level": "Level",
}

CHALLENGES: dict[ChallengeType, str] = {
    ChallengeType.VALID: "valid",
    ChallengeType.INVALID: "invalid on purpose",
    ChallengeType.PREFERENCE: "a preference",
}

ROLES: dict[Role, str] = {
    Role.GIVEN: "given",
    Role.ASSUMED: "assumed",
    Role.RECALLED: "recalled",
    Role.COMPUTED: "worked out",
}

ENDINGS: dict[str, str] = {
    "time": "time was up",
    "command": "ended by you",
    "stopped": "stopped before the end",
    "input": "the recording ended",
    "unfinished": "not finished",
}

INPUTS: dict[str, str] = {"microphone": "spoken", "wav": "from a recording", "typed": "typed"}

_CAPITALS = {"id": "ID", "api": "API", "cdn": "CDN", "dau": "DAU"}


def spelled(code: str) -> str:
    """A code of the bank as words: "id-generation" is "ID generation"."""
    words = [_CAPITALS.get(word, word) for word in code.replace("_", "-").split("-") if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
