from __future__ import annotations

from collections.abc import Callable

import pytest

from phantomcode.daemon.core.scoring import tradeoffs
from phantomcode.daemon.core.transcript import Transcript
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Timing, Tradeoff

U, P = Timing.UNPROMPTED, Timing.PROMPTED


def _value(spoken: Callable[..., Transcript], text: str, *made: tuple[Timing, float]) -> float | None:
    noted = tuple(Tradeoff(0, "cache", timing, quality) for timing, quality in made)
    return tradeoffs.score(Notebook(tradeoffs=noted), spoken(text)).value


@pytest.mark.parametrize(
    ("made", "value"),
    [
        ([(U, 1.0)] * 4, 4.0),
        ([(U, 1.0)] * 3, 3.0),
        ([(U, 1.0)] * 3 + [(P, 1.0)] * 4, 2.5),
        ([(U, 1.0)], 2.0),
        ([(U, 0.6)], 0.5),
        ([(P, 1.0)] * 5, 1.0),
        ([], 0.0),
    ],
)
def test_summed_quality_and_who_raised_it(
    spoken: Callable[..., Transcript], made: list[tuple[Timing, float]], value: float
) -> None:
    assert _value(spoken, "It costs 5 milliseconds.", *made) == value


def test_the_top_needs_a_number(spoken: Callable[..., Transcript]) -> None:
    assert _value(spoken, "It costs some latency.", *[(U, 1.0)] * 5) == 3.5
