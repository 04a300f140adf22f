"""Arithmetic redone from the speaker's own inputs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.understanding.arithmetic import Check, check
from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.daemon.core.understanding.products import Figure

HERE = 9
"""The utterance of the figure checked."""


def figure(value: float, unit: str, utterance: int = HERE, text: str = "") -> Quantity:
    return Quantity(utterance, text or f"{value} {unit}", value, unit, Role.ASSUMED, "other")


def redo(
    value: float,
    unit: str,
    own: tuple[Quantity, ...] = (),
    earlier: tuple[Quantity, ...] = (),
    heard: str = "",
) -> Check | None:
    """Check a figure that stands as the result of the figures before it in its utterance."""
    joints = (*(" and " for _ in own[1:]), " so that's ") if own else ()
    return check(Figure(value, unit, HERE, own, joints, earlier, heard))


magnitudes = st.floats(2, 1e9)


@given(magnitudes, st.floats(2, 1e6))
def test_a_rate_times_a_size_is_a_bandwidth(rate: float, size: float) -> None:
    found = redo(rate * size, "B/s", (figure(rate, "1/s"), figure(size, "B")))
    assert found is not None
    assert found.correct


@given(st.floats(1e5, 1e12))
def test_a_daily_volume_by_a_day_is_a_rate(daily: float) -> None:
    found = redo(daily / 86_400, "1/s", (figure(daily, "1/day"),))
    assert found is not None
    assert found.correct


@given(st.floats(200, 1e6), st.floats(200, 1e6))
def test_a_lost_zero_is_wrong(rate: float, size: float) -> None:
    found = redo(rate * size / 10, "B/s", (figure(rate, "1/s"), figure(size, "B")))
    assert found is not None
    assert not found.correct
    assert found.expected == pytest.approx(rate * size)


def test_a_lost_zero_is_wrong_whatever_else_was_said_before() -> None:
    others = tuple(figure(v, u, 4) for v, u in ((12, "ratio"), (30, "1/s"), (7e5, "B"), (90.0, "s"), (3e3, "B/s")))
    found = redo(8e6, "B/s", (figure(200, "1/s"), figure(4000, "B")), others)
    assert found is not None
    assert not found.correct
    assert found.expected == pytest.approx(8e5)


def test_bits_for_bytes_is_wrong() -> None:
    found = redo(8 * 700 * 900.0, "B/s", (figure(700, "1/s"), figure(900, "B")))
    assert found is not None
    assert not found.correct


def test_eight_times_a_rate_is_no_mix_up_of_bits_and_bytes() -> None:
    assert redo(1600, "1/s", (figure(200, "1/s"), figure(1, "ratio"))) is None


def test_a_figure_that_does_not_stand_as_the_result_is_not_called_wrong() -> None:
    own = (figure(700, "1/s"), figure(900, "B"))
    aside = check(Figure(6.3e6, "B/s", HERE, own, (" at ", ", on a link that usually carries "), (), ""))
    assert aside is None


def test_rounding_is_right_and_the_working_is_shown() -> None:
    found = redo(120.0, "1/s", (figure(10e6, "1/day"),))
    assert found is not None
    assert found.correct
    assert "86400" in found.working
    assert found.expected == pytest.approx(115.74, rel=1e-3)


def test_dimensions_must_fit() -> None:
    assert redo(3000.0, "B", (figure(3000, "1/s"), figure(5, "1/s"))) is None


def test_nothing_explains_a_figure_without_inputs() -> None:
    assert redo(42.0, "1/s") is None


def test_inputs_from_a_while_ago_count() -> None:
    recent = (figure(2000, "B", 3), figure(50, "1/s", 4))
    found = redo(2000 * 50 * 90.0, "B", (figure(50, "1/s"), figure(90.0, "s")), recent)
    assert found is not None
    assert found.correct


def test_the_figures_of_the_utterance_come_before_any_other() -> None:
    """6 gigabytes a second are 3 million writes of 2 kilobytes, though 6 of 1 gigabyte would give them too."""
    earlier = (figure(1e9, "B", 8), figure(6, "1/s", 8))
    found = redo(6e9, "B/s", (figure(3e6, "1/s"), figure(2000, "B")), earlier)
    assert found is not None
    assert found.working.startswith("2000 B * 3e+06 1/s")


def test_a_day_is_supplied_only_where_one_was_named() -> None:
    own = (figure(70, "1/s"), figure(900, "B"))
    assert redo(70 * 900 * 86_400.0, "B", own) is None
    named = redo(70 * 900 * 86_400.0, "B", own, heard="so that's 5.4 gigs in a day")
    assert named is not None
    assert named.correct


def test_three_figures_of_earlier_talk_explain_nothing() -> None:
    earlier = (figure(2.5e6, "B/s", 2), figure(50, "1/s", 3), figure(80, "count", 4))
    assert redo(4e6, "B", (), earlier) is None
    assert redo(4e6, "B", (figure(12, "s"),), earlier) is None


def test_a_ratio_needs_figures_of_its_own_utterance() -> None:
    earlier = (figure(900, "1/s", 8), figure(300, "1/s", 8), figure(60, "s", 8), figure(20, "s", 8))
    assert redo(3, "ratio", (), earlier) is None
    found = redo(3, "ratio", (figure(900, "1/s"), figure(300, "1/s")))
    assert found is not None
    assert found.correct


def test_counts_do_not_come_of_two_ratios() -> None:
    assert redo(12, "count", (figure(3, "ratio"), figure(4, "ratio"))) is None


def test_what_hits_leave_are_misses() -> None:
    found = redo(60, "1/s", (figure(0.94, "ratio"), figure(1000, "1/s")))
    assert found is not None
    assert found.correct
    assert "(1 - 0.94)" in found.working


def test_seconds_add_up() -> None:
    found = redo(45, "s", (figure(30, "s"), figure(15, "s")))
    assert found is not None
    assert found.correct


def test_a_result_said_again_in_round_figures_is_right() -> None:
    before = Quantity(3, "1.9 terabytes", 1.9e12, "B", Role.COMPUTED, "storage", correct=True)
    found = redo(2e12, "B", (), (before,))
    assert found is not None
    assert found.working.startswith("1.9 terabytes rounded")


def test_a_taken_back_figure_is_no_operand() -> None:
    slip = Quantity(HERE, "50 gigs", 5e10, "B", Role.ASSUMED, "storage", superseded=True)
    assert redo(1e11, "B", (slip, figure(2, "ratio"))) is None
