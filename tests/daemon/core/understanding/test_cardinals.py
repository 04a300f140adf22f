"""Plain cardinals, read from one place on."""

from __future__ import annotations

import pytest

from phantomcode.daemon.core.understanding.cardinals import below_thousand, decimals, power, spoken
from phantomcode.daemon.core.understanding.tokens import tokenise


@pytest.mark.parametrize(
    ("text", "value", "used"),
    [
        ("two million three hundred thousand and five", 2_300_005, 7),
        ("a thousand two million", 1000, 2),
        ("twelve hundred", 1200, 2),
        ("two fifty million", 2.5e8, 3),
        ("two fifty", 2, 1),
    ],
)
def test_an_integer_ends_where_the_next_number_starts(text: str, value: float, used: int) -> None:
    assert spoken(tokenise(text), 0) == (value, used)


@pytest.mark.parametrize("text", ["gateway", "and fifty", "of a hundred", ""])
def test_nothing_is_read_where_no_number_starts(text: str) -> None:
    assert below_thousand(tokenise(text), 0) is None


def test_a_point_needs_digits() -> None:
    assert decimals(tokenise("three point of failure"), 3.0, 1) == (3.0, 1)
    assert decimals(tokenise("three point oh five"), 3.0, 1) == (3.05, 4)


@pytest.mark.parametrize("text", ["ten to the store", "ten to the ninety", "ten power users"])
def test_what_is_no_exponent_raises_nothing(text: str) -> None:
    assert power(tokenise(text), 10.0, 1) is None
