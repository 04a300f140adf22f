"""The report as Markdown and as JSON."""

from __future__ import annotations

import msgspec

from phantomcode.daemon.review.report import Report


def render_json(report: Report) -> str:
    """Return everything the report holds as one JSON object, keys in a fixed order."""
    return msgspec.json.format(msgspec.json.encode(report, order="deterministic"), indent=2).decode()


def render_markdown(report: Report) -> str:
    """Return the report as Markdown."""
    scores = [f"- {score.dimension}: {score.value} {score.line}" for score in report.profile.scores.values()]
    said = [f"- {u.speaker.value}: {u.text}" for u in report.utterances]
    return "\n".join([f"# {report.problem_title}", "", *scores, "", *said, ""])
