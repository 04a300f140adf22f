"""The clock of the list of rounds against that of the round itself."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from phantomcode.daemon.cli.clocks import active_seconds
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core import events
from phantomcode.daemon.core.briefing import Briefing, brief
from phantomcode.daemon.core.session import replay
from phantomcode.problems.load import load_atlas, load_problem

GOLDEN = Path(__file__).parents[2] / "golden" / "journals" / "url-shortener.jsonl"
OPENED = events.RoundOpened(0.0, "one", 1.7e9, "url-shortener", "digest", Level.L5, 1.0, "typed", 2, 9)
READY_AGAIN = events.EnginesReady(26.0, has_model=False, has_voice=False)
READY = events.EnginesReady(8.0, has_model=False, has_voice=False)


@pytest.fixture(scope="module")
def briefing() -> Briefing:
    return brief(load_problem("url-shortener"), load_atlas())


def ticks(start: int, end: int) -> list[events.Event]:
    return [events.TimePassed(float(second)) for second in range(start, end)]


@pytest.mark.parametrize(
    "journal",
    [
        [OPENED],
        [OPENED, READY, *ticks(9, 30)],
        [OPENED, READY, *ticks(9, 20), events.Paused(20.0), *ticks(21, 50), events.Resumed(50.0), *ticks(51, 60)],
        [OPENED, READY, *ticks(9, 20), events.EndAsked(20.5), *ticks(21, 27), events.RoundClosed(27.0, "command")],
        [OPENED, READY, *ticks(9, 20), events.RoundResumed(19.0), *ticks(20, 26), READY_AGAIN, *ticks(27, 40)],
        [OPENED, READY, *ticks(9, 20), events.InputEnded(20.0), *ticks(21, 33), events.RoundClosed(33.0, "input")],
        [OPENED, READY, *ticks(9, 76), events.RoundClosed(76.0, "time")],
    ],
    ids=["opened", "left", "paused", "ended", "resumed", "recording", "time"],
)
def test_it_goes_like_the_clock_of_the_round(journal: list[events.Event], briefing: Briefing) -> None:
    assert active_seconds(journal) == pytest.approx(replay(journal, briefing).active_seconds, abs=1.0)


def test_a_whole_round_lasted_what_its_report_says(briefing: Briefing) -> None:
    journal = [msgspec.json.decode(line, type=events.Event) for line in GOLDEN.read_text().splitlines()]
    assert active_seconds(journal) == pytest.approx(replay(journal, briefing).active_seconds, abs=1.0)
