"""How soon, how often, how deep and how bluntly the interviewer presses: by level and pressure.

The 45-minute round is the measure: 8 to 12 challenges of at least two valid, two invalid and one of preference, none
while the first requirements are clarified (shared rubric, pushback ladder). All times scale with the round; the number
of challenges does too, down to what a pushback grade needs, so that very short rounds are denser.
"""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.problems.model import ChallengeType

REFERENCE_SECONDS = 45 * 60.0

WANTED: dict[ChallengeType, int] = {
    ChallengeType.VALID: 2,
    ChallengeType.INVALID: 2,
    ChallengeType.PREFERENCE: 1,
}
"""Least number of challenges of each type in a round (shared rubric, pushback ladder)."""

LARGEST_SHARE: dict[ChallengeType, float] = {
    ChallengeType.VALID: 0.6,
    ChallengeType.INVALID: 0.5,
    ChallengeType.PREFERENCE: 0.4,
}
"""No type may become so common that being challenged tells whether the challenge is right."""

_QUIET_SHARE: dict[Level, float] = {Level.L4: 0.15, Level.L5: 0.11, Level.L6: 0.11}
"""No challenge in this part of the round: 5 of 45 minutes, and longer for those who are to be let get going."""

_MOST: dict[int, int] = {1: 8, 2: 10, 3: 12}
_REST_SHARE: dict[int, float] = {1: 0.06, 2: 0.05, 3: 0.04}
"""From a challenge's end to the next one, as a share of the round: 2:42, 2:15 and 1:48 of 45 minutes."""

_FIRM_DEFENCES: dict[int, int] = {1: 2, 2: 2, 3: 3}
"""So many sound defences in a row end a challenge; with hard pressure only the last rung does."""


SHORT_ROUND_SECONDS = 75.0
"""A short round has a challenge for each of these, until it has the least that a pushback grade needs."""


class Tempo(msgspec.Struct, frozen=True):
    """The manner of one round."""

    quiet_seconds: float
    rest_seconds: float
    most_challenges: int
    firm_defences: int
    deepest_rung: int
    pressure: int


def tempo(level: Level, pressure: int, planned_seconds: float) -> Tempo:
    """Return the manner for a level and a pressure (1 gentle, 2 usual, 3 hard) in a round of so many seconds."""
    least = sum(WANTED.values())
    most = round(_MOST[pressure] * planned_seconds / REFERENCE_SECONDS)
    return Tempo(
        quiet_seconds=_QUIET_SHARE[level] * planned_seconds,
        rest_seconds=_REST_SHARE[pressure] * planned_seconds,
        most_challenges=max(most, min(least, round(planned_seconds / SHORT_ROUND_SECONDS))),
        firm_defences=_FIRM_DEFENCES[pressure],
        deepest_rung=2 if level is Level.L4 and pressure == 1 else 3,
        pressure=pressure,
    )
