from __future__ import annotations

from phantomcode.daemon.core.scoring import fixes
from phantomcode.daemon.core.scoring.profile import Dimension, Quote, Score


def _scores(**values: float | None) -> dict[Dimension, Score]:
    names: tuple[Dimension, ...] = ("framework", "time", "tradeoffs", "pushback")
    return {name: Score(name, values.get(name), "line", drill=f"drill {name}") for name in names}


def test_the_two_with_most_to_gain_come_first() -> None:
    chosen = fixes.choose(_scores(framework=3.0, time=1.0, tradeoffs=2.0, pushback=None))
    assert [f.dimension for f in chosen] == ["time", "tradeoffs"]
    assert chosen[0].drill == "drill time"


def test_nothing_to_fix_in_a_perfect_round() -> None:
    assert fixes.choose(_scores(framework=4.0, time=4.0, tradeoffs=4.0, pushback=4.0)) == ()


def test_a_fix_shows_the_fault_and_never_merely_the_first_quote() -> None:
    opening, fault = Quote(1, 5.0, "Let me begin.", "Clarify begins"), Quote(7, 90.0, "And another thing.")
    shown = Score("time", 1.0, "line", quotes=(opening,), title="Leave the deep dive on time", fault=fault)
    unshown = Score("narrative", 2.0, "line", quotes=(opening,), title="Tell one request from end to end")
    first, second = fixes.choose({"time": shown, "narrative": unshown})
    assert (first.title, first.quote) == ("Leave the deep dive on time", fault)
    assert second.quote is None
