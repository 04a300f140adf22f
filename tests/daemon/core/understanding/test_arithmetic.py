"""Arithmetic redone from the speaker's own inputs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.understanding.arithmetic import agrees, check
from phantomcode.daemon.core.understanding.observations import Quantity, Role


def figure(value: float, unit: str) -> Quantity:
    return Quantity(0, f"{value} {unit}", value, unit, Role.ASSUMED, "other")


magnitudes = st.floats(2, 1e9)


@given(magnitudes, st.floats(2, 1e6))
def test_a_rate_times_a_size_is_a_bandwidth(rate: float, size: float) -> None:
    found = check(rate * size, "B/s", [figure(rate, "1/s"), figure(size, "B")], ())
    assert found is not None
    assert found.correct
    assert agrees(found.expected, rate * size)


@given(st.floats(1e5, 1e12))
def test_a_daily_volume_by_a_day_is_a_rate(daily: float) -> None:
    found = check(daily / 86_400, "1/s", [figure(daily, "1/day")], ())
    assert found is not None
    assert found.correct


@given(st.floats(200, 1e6), st.floats(200, 1e6))
def test_a_lost_zero_is_wrong(rate: float, size: float) -> None:
    found = check(rate * size / 10, "B/s", [figure(rate, "1/s"), figure(size, "B")], ())
    assert found is not None
    assert not found.correct
    assert agrees(found.expected, rate * size)


def test_bits_for_bytes_is_wrong() -> None:
    found = check(8 * 700 * 900.0, "B/s", [figure(700, "1/s"), figure(900, "B")], ())
    assert found is not None
    assert not found.correct


def test_rounding_is_right_and_the_working_is_shown() -> None:
    found = check(120.0, "1/s", [figure(10e6, "1/day")], ())
    assert found is not None
    assert found.correct
    assert "86400" in found.working
    assert found.expected == pytest.approx(115.74, rel=1e-3)


def test_dimensions_must_fit() -> None:
    assert check(3000.0, "B", [figure(3000, "1/s"), figure(5, "1/s")], ()) is None


def test_nothing_explains_a_figure_without_inputs() -> None:
    assert check(42.0, "1/s", (), ()) is None


def test_inputs_from_a_while_ago_count() -> None:
    recent = [figure(2000, "B"), figure(50, "1/s"), *(figure(n, "s") for n in (7, 11, 13))]
    found = check(2000 * 50 * 90 * 86_400.0, "B", [figure(90 * 86_400, "s")], recent)
    assert found is not None
    assert found.correct


@pytest.mark.parametrize(
    ("said", "expected", "fits"), [(125, 100, True), (80, 100, True), (126, 100, False), (0, 5, False)]
)
def test_agreement_is_a_factor_of_a_quarter(said: float, expected: float, fits: bool) -> None:
    assert agrees(said, expected) is fits
