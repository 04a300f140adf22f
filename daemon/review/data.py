"""The report as JSON: the struct itself, so that a script reads the same figures the page was made from."""

from __future__ import annotations

import msgspec

from phantomcode.daemon.review.report import Report


def render_json(report: Report) -> str:
    """Return everything the report holds as one JSON object; keys keep the order of the struct's fields."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()
