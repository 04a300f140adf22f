from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.scoring.grid import on_grid, quote
from phantomcode.daemon.core.transcript import Transcript


@given(st.floats(-10, 10))
def test_the_grid_has_nine_points(value: float) -> None:
    assert on_grid(value) * 2 in range(9)


def test_halves_go_up() -> None:
    assert (on_grid(2.25), on_grid(2.24)) == (2.5, 2.0)


def test_quotes_carry_their_time(spoken: Callable[..., Transcript]) -> None:
    assert quote(spoken("one", "two"), 1).at_seconds == 10.0
    with pytest.raises(KeyError):
        quote(spoken("one"), 7)
