"""Which words of the candidate's show best what a fix or a score is about, with a note in plain language."""

from __future__ import annotations

from phantomcode.daemon.contract.vocabulary import PHASE_TITLES, PHASES, Phase
from phantomcode.daemon.core.scoring.profile import Fix, Quote, Score
from phantomcode.daemon.core.scoring.pushback import told
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.review.report import PushbackCard, Report
from phantomcode.daemon.review.units import clock
from phantomcode.daemon.review.wording import CHALLENGES

_NOTICEABLE_SECONDS = 15.0


def quotes_of(report: Report, score: Score) -> tuple[Quote, ...]:
    """Return what a score rests on; answers to pushback with their class in words."""
    if score.value is None:
        return ()
    if score.dimension != "pushback":
        return score.quotes
    return tuple(_answer(card) for card in report.pushbacks if card.replies)


def quote_for(report: Report, fix: Fix) -> Quote | None:
    """Return the weakest answer for pushback, the phase that overran for time and framework, else the fix's own."""
    if fix.dimension == "pushback":
        answered = [card for card in report.pushbacks if card.replies and card.worth is not None]
        return _answer(min(answered, key=lambda card: card.worth or 0.0)) if answered else fix.quote
    if fix.dimension in ("time", "framework"):
        return _overrun(report)
    return fix.quote


def past_band(report: Report) -> tuple[Phase, float]:
    """Return the phase that ran furthest past its band, and by how many seconds (negative where none did)."""
    held = report.profile.spent_seconds
    over = {row.phase: held[row.phase] - row.maximum_seconds for row in report.plan}
    worst = max(PHASES, key=over.__getitem__)
    return worst, over[worst]


def _answer(card: PushbackCard) -> Quote:
    event, said = card.pushback, card.replies[0]
    truth = f"a challenge that was {CHALLENGES[event.type]}" if event.type else "a challenge"
    words = told(event)
    return Quote(said.id, said.started_seconds, said.text, f"{words}; {truth}, rung {event.rung}")


def _overrun(report: Report) -> Quote | None:
    """Quote the candidate's opening of the phase that ran over; None where every phase ended in time."""
    phase, seconds = past_band(report)
    if seconds < _NOTICEABLE_SECONDS:
        return None
    span = next(s for s in report.profile.phases if s.phase is phase)
    opening = next(
        (u for u in report.utterances if u.speaker is Speaker.CANDIDATE and span.t0 <= u.started_seconds < span.t1),
        None,
    )
    if opening is None:
        return None
    note = f"{PHASE_TITLES[phase]} begins; it ran {clock(seconds)} past its band"
    return Quote(opening.id, opening.started_seconds, opening.text, note)
