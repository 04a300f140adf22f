from __future__ import annotations

from phantomcode.daemon.core.scoring import fixes
from phantomcode.daemon.core.scoring.profile import Dimension, Score


def _scores(**values: float | None) -> dict[Dimension, Score]:
    names: tuple[Dimension, ...] = ("framework", "time", "tradeoffs", "pushback")
    return {name: Score(name, values.get(name), "line", drill=f"drill {name}") for name in names}


def test_the_two_with_most_to_gain_come_first() -> None:
    chosen = fixes.choose(_scores(framework=3.0, time=1.0, tradeoffs=2.0, pushback=None))
    assert [f.dimension for f in chosen] == ["time", "tradeoffs"]
    assert chosen[0].drill == "drill time"


def test_nothing_to_fix_in_a_perfect_round() -> None:
    assert fixes.choose(_scores(framework=4.0, time=4.0, tradeoffs=4.0, pushback=4.0)) == ()
