#!/usr/bin/env python3
"""Write the table of messages into docs/wire.md from the contract, or with --check say whether it is up to date."""

from __future__ import annotations

import inspect
import sys
import typing
from pathlib import Path

import msgspec

from phantomcode.daemon.contract import messages

PAGE = Path(__file__).resolve().parent.parent / "docs" / "wire.md"
BEGIN = "<!-- table: made by scripts/wire_table.py -->"
END = "<!-- end of table -->"
UNIONS = {"Messages": messages.Message, "Commands": messages.Command, "Replies": messages.Reply}


def table() -> str:
    """Return the version and the three tables as Markdown."""
    parts = [f"Wire version: **{messages.WIRE_VERSION}**"]
    for title, union in UNIONS.items():
        rows = [_row(kind) for kind in typing.get_args(union)]
        parts.append("\n".join([f"### {title}", "", "| type | fields | meaning |", "|---|---|---|", *rows]))
    return "\n\n".join(parts)


def _row(kind: type[messages.Wire]) -> str:
    fields = ", ".join(f"`{field.encode_name}`" for field in msgspec.structs.fields(kind))
    meaning = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
    return f"| {kind.__name__} | {fields or '-'} | {meaning.replace('|', chr(92) + '|')} |"


def filled(page: str) -> str:
    """Return the page with the table between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def main(arguments: list[str]) -> int:
    """Return 1 when --check finds the page out of date."""
    page = PAGE.read_text(encoding="utf-8")
    if "--check" in arguments:
        if filled(page) != page:
            print("docs/wire.md is out of date: run scripts/wire_table.py")
            return 1
        return 0
    PAGE.write_text(filled(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
