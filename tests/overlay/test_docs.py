"""docs/overlay.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from phantomcode.overlay.actions import ACTIONS
from phantomcode.overlay.settings import SPECS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "overlay.md"


def actions_table() -> str:
    rows = ["| action | keys | command |", "|---|---|---|"]
    for action in ACTIONS.values():
        keys = f"`{action.keys}`" if action.keys else ""
        rows.append(f"| {action.label} | {keys} | `phantomcode ctl {action.name}` |")
    return "\n".join(rows)


def settings_table() -> str:
    rows = ["| name | values | default | what it does |", "|---|---|---|---|"]
    for spec in SPECS:
        values = ", ".join(spec.choices) or f"{spec.minimum} to {spec.maximum} {spec.unit}"
        default = "not set" if spec.default is None else f"{spec.default} {spec.unit}".strip()
        rows.append(f"| {spec.name} | {values} | {default} | {spec.sentence} |")
    return "\n".join(rows)


@pytest.mark.parametrize(("section", "table"), [("actions", actions_table()), ("settings", settings_table())])
def test_tables_match_the_code(section: str, table: str) -> None:
    found = re.search(rf"<!-- {section}:.*?-->\n(.*?)\n<!-- /{section} -->", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    assert found[1] == table


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"\]\((images/[^)]+)\)", PAGE.read_text("utf-8"))
    assert pictures
    assert all((PAGE.parent / picture).is_file() for picture in pictures)
