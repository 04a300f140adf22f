"""What of a fix or a score only the report can tell: figures in human units, and what the bank has against a claim."""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.vocabulary import PHASES, Phase
from phantomcode.daemon.core.scoring.profile import Fix, Quote, Score
from phantomcode.daemon.review.report import Report
from phantomcode.daemon.review.units import human_working

_EQUALS = " = "
"""Marks advice that holds a sum redone."""


def quotes_of(score: Score) -> tuple[Quote, ...]:
    """Return what a score rests on, with its arithmetic in human units; nothing where it is not graded."""
    if score.value is None:
        return ()
    if score.dimension != "estimation":
        return score.quotes
    return tuple(msgspec.structs.replace(quote, note=human_working(quote.note)) for quote in score.quotes)


def quote_of(fix: Fix) -> Quote | None:
    """Return the moment a fix is about, with its arithmetic in human units."""
    if fix.dimension != "estimation" or fix.quote is None:
        return fix.quote
    return msgspec.structs.replace(fix.quote, note=human_working(fix.quote.note))


def better_for(report: Report, fix: Fix) -> str:
    """Return what would have been stronger: for pushback what the bank holds ready for the challenge that is quoted."""
    if fix.dimension == "estimation" and _EQUALS in fix.better:
        return human_working(fix.better)
    if fix.dimension != "pushback" or fix.quote is None:
        return fix.better
    quoted = [card for card in report.pushbacks if fix.quote.utterance in (reply.id for reply in card.replies)]
    return quoted[0].strong_points[0] if quoted and quoted[0].strong_points else fix.better


def past_band(report: Report) -> tuple[Phase, float]:
    """Return the phase that ran furthest past its band, and by how many seconds (negative where none did)."""
    held = report.profile.spent_seconds
    over = {row.phase: held[row.phase] - row.maximum_seconds for row in report.plan}
    worst = max(PHASES, key=over.__getitem__)
    return worst, over[worst]
