from __future__ import annotations

from phantomcode.daemon.spread import Spread, spread


def test_a_spread_of_nothing_says_so() -> None:
    assert spread([]) == Spread(None, None, 0)
    assert spread([1.0, 2.0, 3.0]) == Spread(2.0, 2.9, 3)
