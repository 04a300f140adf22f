"""Journals of old rounds must tell the same round for ever; scripts/golden_journal.py writes them anew on purpose."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.events import Event, RoundClosed, RoundOpened
from phantomcode.daemon.core.session import replay
from phantomcode.daemon.core.state import Session

ROOT = Path(__file__).resolve().parents[2]
JOURNALS = sorted((ROOT / "tests" / "golden" / "journals").glob("*.jsonl"))


def read(path: Path) -> Iterator[Event]:
    for line in path.read_text("utf-8").splitlines():
        yield msgspec.json.decode(line.encode(), type=Event)


@pytest.mark.parametrize("journal", JOURNALS, ids=lambda path: path.stem)
def test_an_old_journal_tells_the_same_round(
    journal: Path, briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    from golden_journal import told

    assert told(replay(read(journal), briefing)) == journal.with_suffix(".txt").read_text("utf-8")
    del sys.modules["golden_journal"], sys.modules["sample_round"]


def test_the_golden_journals_are_whole_rounds() -> None:
    assert JOURNALS
    for journal in JOURNALS:
        events = list(read(journal))
        assert isinstance(events[0], RoundOpened)
        assert isinstance(events[-1], RoundClosed)


def test_a_round_that_never_began_replays_to_nothing(briefing: Briefing) -> None:
    assert replay((), briefing) == Session()
