"""Where figures come from: the nearest cue, earlier mentions, conversions, constants."""

from __future__ import annotations

import pytest

from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.daemon.core.understanding.origins import Place, same_amount, with_origin


def figure(value: float, unit: str, text: str = "", role: Role = Role.GIVEN, utterance: int = 5) -> Quantity:
    return Quantity(utterance, text or f"{value:g} {unit}", value, unit, role, "other")


@pytest.mark.parametrize(
    ("lead", "role"),
    [
        ("Let's say ", Role.ASSUMED),
        ("You told me ", Role.GIVEN),
        ("One Redis node handles ", Role.RECALLED),
        ("From memory a good box does ", Role.RECALLED),
        ("with one Redis node doing about ", Role.RECALLED),
        ("and for headroom I would take ", Role.ASSUMED),
        ("So that's ", Role.COMPUTED),
        ("You told me the other day, but I'd guess ", Role.ASSUMED),
    ],
)
def test_the_nearest_cue_decides(lead: str, role: Role) -> None:
    assert with_origin(figure(4e4, "1/s"), Place(lead, ""), (), ()).role is role


def test_the_size_of_what_is_sold_in_sizes_is_known() -> None:
    found = with_origin(figure(1.25e9, "B/s", "10 gigabit"), Place("which is small for a ", " card."), (), ())
    assert found.role is Role.RECALLED


def test_what_you_asked_for_afterwards_is_given_too() -> None:
    assert with_origin(figure(0.2, "s"), Place("", " is what you asked for"), (), ()).role is Role.GIVEN


def test_the_seconds_of_a_day_are_known() -> None:
    assert with_origin(figure(86_400, "s", "86,400 seconds"), Place("say ", ""), (), ()).role is Role.RECALLED


def test_a_repeat_keeps_role_and_verdict() -> None:
    source = Quantity(1, "3 GB", 3e9, "B", Role.COMPUTED, "storage", correct=True, expected=3.1e9, working="w")
    again = with_origin(figure(3e9, "B"), Place("those ", ""), (), [source])
    assert (again.role, again.correct, again.working) == (Role.COMPUTED, True, "w")


def test_a_repeat_in_another_unit_says_what_it_should_be_in_that_unit() -> None:
    working = "5000 1/s * 400 B = 2e+06 B/s"
    source = Quantity(
        5, "20 MB/s", 2e7, "B/s", Role.COMPUTED, "bandwidth", correct=False, expected=2e6, working=working
    )
    again = with_origin(figure(1.73e12, "B/day"), Place(", "), [source], ())
    assert again.correct is False
    assert again.expected == pytest.approx(2e6 * 86_400)
    assert again.working == f"{working} = 1.728e+11 B/day"


def test_a_share_that_was_worked_out_is_known_again_after_many_figures() -> None:
    source = Quantity(1, "60 percent", 0.6, "ratio", Role.COMPUTED, "ratio", correct=True, expected=0.6, working="w")
    others = [figure(1000.0 + i, "1/s", role=Role.ASSUMED, utterance=2) for i in range(30)]
    again = with_origin(figure(0.6, "ratio", "60 percent", utterance=40), Place("we fill "), (), [source, *others])
    assert (again.role, again.correct) == (Role.COMPUTED, True)


def test_the_same_amount_in_another_unit_is_a_result() -> None:
    source = figure(8.64e7, "1/day", role=Role.ASSUMED)
    per_second = with_origin(figure(1000, "1/s"), Place(" a day, which is ", ""), [source], ())
    assert per_second.role is Role.COMPUTED
    assert per_second.correct is True


def test_rounding_a_result_is_right() -> None:
    result = figure(116, "1/s", role=Role.COMPUTED)
    rounded = with_origin(figure(125, "1/s"), Place(". Call it ", "."), [result], ())
    assert rounded.role is Role.COMPUTED
    assert rounded.correct is True


def test_the_same_amount_ignores_the_interval_and_small_change() -> None:
    assert same_amount(1000, "1/s", figure(8.64e7, "1/day"))
    assert same_amount(1.02e9, "B", figure(1e9, "B"))
    assert not same_amount(1000, "1/s", figure(1000, "B"))
    assert not same_amount(1.2e9, "B", figure(1e9, "B"))
