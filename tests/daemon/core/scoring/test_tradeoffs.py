from __future__ import annotations

from collections.abc import Callable

import msgspec
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


def test_the_fix_shows_a_decision_made_without_its_price(
    spoken: Callable[..., Transcript], noted: Callable[..., Notebook]
) -> None:
    lines = (
        *["Let me think about who uses this."] * 5,
        "We'll store the links in Postgres.",
        "I'd use Kafka rather than Rabbit MQ because three teams read the stream; it costs us a cluster to run.",
    )
    scored = tradeoffs.score(noted(*lines), spoken(*lines, minutes=2))
    assert scored.fault is not None
    assert (scored.fault.utterance, scored.fault.note) == (5, "decided here without saying what it costs")


def test_a_technology_named_while_clarifying_is_no_decision_to_price(
    spoken: Callable[..., Transcript], noted: Callable[..., Notebook]
) -> None:
    lines = ("We'll store the links in Postgres.", "Let me think.")
    assert tradeoffs.score(noted(*lines), spoken(*lines, minutes=2)).fault is None


@pytest.mark.parametrize(
    "priced",
    [
        ("We'll store the tickets in Postgres. It means one primary that can be lost.", "Fine."),
        ("We'll store the tickets in Postgres.", "The price is one primary that has to be replaced when it dies."),
        (
            "We'll store the tickets in Postgres.",
            "Right.",
            "Then.",
            "Okay.",
            "Postgres is slower to shard.",
        ),
    ],
)
def test_a_price_told_anywhere_clears_the_decision(
    spoken: Callable[..., Transcript], noted: Callable[..., Notebook], priced: tuple[str, ...]
) -> None:
    lines = (*["Let me think about who uses this."] * 5, *priced)
    notebook = msgspec.structs.replace(noted(*lines), tradeoffs=())
    assert tradeoffs.score(notebook, spoken(*lines, minutes=2)).fault is None
