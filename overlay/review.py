"""What the review card shows once the round is over: pure, like the slices of the running round."""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.messages import RoundEnded, ScoreLine
from phantomcode.overlay.slices import breakable
from phantomcode.overlay.viewmodel import View

FULL_SCORE = 4.0

DIMENSION_TITLES: dict[str, str] = {
    "framework": "Framework",
    "time": "Time",
    "tradeoffs": "Tradeoffs",
    "pushback": "Pushback",
    "estimation": "Estimation",
    "narrative": "Narrative",
    "level": "Level",
}


class ReviewRow(msgspec.Struct, frozen=True):
    """One dimension of the review; `share` is score / 4, None where it is not graded."""

    title: str
    value: str
    share: float | None
    line: str


class ReviewSlice(msgspec.Struct, frozen=True):
    """The end-of-round card."""

    headline: str
    rows: tuple[ReviewRow, ...]
    fixes: tuple[str, ...]
    report_path: str


def review(view: View) -> ReviewSlice | None:
    """Return the review card once the round is over."""
    if view.ended is None:
        return None
    title = view.session.problem_title if view.session else "Round"
    return ReviewSlice(
        headline=breakable(title),
        rows=tuple(_review_row(row, view.ended) for row in view.ended.scores),
        fixes=tuple(breakable(fix) for fix in view.ended.fixes[:2]),
        report_path=view.ended.report_path,
    )


def _review_row(row: ScoreLine, ended: RoundEnded) -> ReviewRow:
    title = DIMENSION_TITLES.get(row.dimension, row.dimension.capitalize())
    text = breakable(_reason(row.line))
    if row.dimension == "level":
        return ReviewRow(title, ended.level or "not graded", None, text)
    if row.score is None or not 0 <= row.score <= FULL_SCORE:
        return ReviewRow(title, "not graded", None, text)
    return ReviewRow(title, f"{row.score:g}", row.score / FULL_SCORE, text)


def _reason(line: str) -> str:
    """Drop "Not graded: ", which stands beside it already."""
    reason = line.removeprefix("Not graded: ")
    return reason[:1].upper() + reason[1:]
