"""The manner of pressing, as a table."""

from __future__ import annotations

import pytest

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.tempo import LARGEST_SHARE, WANTED, tempo

MINUTES = 60.0


@pytest.mark.parametrize(
    ("level", "pressure", "minutes", "quiet", "rest", "most"),
    [
        (Level.L5, 2, 45, 297, 135, 10),
        (Level.L5, 1, 45, 297, 162, 8),
        (Level.L6, 3, 45, 297, 108, 12),
        (Level.L4, 2, 45, 405, 135, 10),
        (Level.L5, 2, 20, 132, 60, 5),
        (Level.L5, 1, 4, 26.4, 14.4, 3),
    ],
)
def test_the_manner_follows_level_pressure_and_length(
    level: Level, pressure: int, minutes: float, quiet: float, rest: float, most: int
) -> None:
    manner = tempo(level, pressure, minutes * MINUTES)
    assert (manner.quiet_seconds, manner.rest_seconds) == pytest.approx((quiet, rest))
    assert manner.most_challenges == most


def test_more_pressure_is_never_gentler() -> None:
    gentle, usual, hard = (tempo(Level.L5, pressure, 45 * MINUTES) for pressure in (1, 2, 3))
    for softer, harder in ((gentle, usual), (usual, hard)):
        assert softer.rest_seconds > harder.rest_seconds
        assert softer.most_challenges < harder.most_challenges
        assert softer.firm_defences <= harder.firm_defences


def test_the_gentlest_round_of_the_lowest_level_stops_at_the_second_rung() -> None:
    assert tempo(Level.L4, 1, 45 * MINUTES).deepest_rung == 2
    assert tempo(Level.L5, 1, 45 * MINUTES).deepest_rung == 3


def test_every_budget_has_room_for_what_a_round_must_have() -> None:
    for pressure in (1, 2, 3):
        most = tempo(Level.L5, pressure, 45 * MINUTES).most_challenges
        assert most >= sum(WANTED.values())
        for kind, share in LARGEST_SHARE.items():
            assert WANTED[kind] <= share * most
