from __future__ import annotations

from pathlib import Path
from typing import get_args

from phantomcode.daemon.core.events import Event, Happened

PAGE = Path(__file__).resolve().parents[2] / "docs" / "journal.md"


def test_every_event_and_every_field_is_on_the_page() -> None:
    text = PAGE.read_text("utf-8")
    table = text[text.index("| type |") :]
    common = set(Happened.__struct_fields__)
    for event in get_args(Event):
        assert event.__name__ in table
        assert all(field in table for field in set(event.__struct_fields__) - common)
