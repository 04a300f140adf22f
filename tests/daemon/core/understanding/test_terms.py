from __future__ import annotations

import pytest

from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.daemon.core.understanding.terms import REST, agrees, base, named_periods, readings_of


@pytest.mark.parametrize(
    ("said", "expected", "fits"), [(125, 100, True), (80, 100, True), (126, 100, False), (0, 5, False)]
)
def test_agreement_is_a_factor_of_a_quarter(said: float, expected: float, fits: bool) -> None:
    assert agrees(said, expected) is fits


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (8.64e7, "1/day", (1000.0, (0, -1))),
        (5e5, "B/s", (5e5, (1, -1))),
        (7.0, "count", (7.0, (0, 0))),
        (3.0, "s", (3.0, (0, 1))),
    ],
)
def test_base_units(value: float, unit: str, expected: tuple[float, tuple[int, int]]) -> None:
    assert base(value, unit) == expected


def test_a_volume_per_period_is_a_rate_and_an_amount() -> None:
    daily = Quantity(0, "8.64 million a day", 8.64e6, "1/day", Role.ASSUMED, "other")
    assert [(t.value, t.dimension) for t in readings_of(daily, 0)] == [(100.0, (0, -1)), (8.64e6, (0, 0))]


def test_a_share_leaves_a_rest() -> None:
    share, rest = readings_of(Quantity(0, "98 percent", 0.98, "ratio", Role.ASSUMED, "ratio"), 0)
    assert (share.unit, rest.unit) == ("ratio", REST)
    assert rest.value == pytest.approx(0.02)


def test_only_named_periods_may_be_supplied() -> None:
    assert named_periods("forty of them", "1/s") == []
    assert [seconds for _, seconds in named_periods("that's a month of them", "B")] == [30 * 86_400.0]
    assert [seconds for _, seconds in named_periods("over a year", "B/day")] == [86_400.0]
