"""The report as words: one struct a section, every figure already in human units.

HTML and Markdown both render this, so they cannot differ in what they say.
"""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.messages import PhasePlan
from phantomcode.daemon.contract.vocabulary import PHASE_TITLES, PHASES, Level, Phase
from phantomcode.daemon.core.scoring.profile import Delivery, Fix, LevelEstimate, LevelMarker, Quote, Score
from phantomcode.daemon.review import evidence, exchanges
from phantomcode.daemon.review.record import Line, Record, interviewer_record, transcript
from phantomcode.daemon.review.report import Report
from phantomcode.daemon.review.strip import Strip, draw
from phantomcode.daemon.review.telling import better_for, past_band, quote_of, quotes_of
from phantomcode.daemon.review.units import clock, day_and_time
from phantomcode.daemon.review.wording import DIMENSION_TITLES, ENDINGS, INPUTS

PRIVACY = "Scores are for practice, never for hiring. Nothing in this report has left this machine."


class QuoteRow(msgspec.Struct, frozen=True):
    """A piece of the transcript; `utterance` is where it stands there."""

    utterance: int
    at: str
    text: str
    note: str = ""


class FixRow(msgspec.Struct, frozen=True):
    """One of the two things to fix first."""

    title: str
    dimension: str
    quote: QuoteRow | None
    better: str
    drill: str


class ScoreRow(msgspec.Struct, frozen=True):
    """A row of the profile; `shown` is "2.5", "L4" or "not graded"."""

    id: str
    title: str
    value: float | None
    shown: str
    line: str
    working: str
    quotes: tuple[QuoteRow, ...]


class Cell(msgspec.Struct, frozen=True):
    """One marker at one level."""

    level: str
    met: bool
    quote: QuoteRow | None
    would_tick: str
    covered: bool = False
    """Not shown, but counted, since the marker was shown at a higher level."""


class MarkerRow(msgspec.Struct, frozen=True):
    """One line of the marker grid."""

    marker: str
    cells: tuple[Cell, ...]


class LevelBox(msgspec.Struct, frozen=True):
    """The level, and the grid it is read from."""

    shown: str
    target: str
    line: str
    levels: tuple[str, ...]
    markers: tuple[MarkerRow, ...]


class PhaseRow(msgspec.Struct, frozen=True):
    """One phase in figures. `note` says how its time went; `tone` is "", fair or poor."""

    number: int
    title: str
    planned: str
    band: str
    actual: str
    done: str
    note: str
    tone: str


class Page(msgspec.Struct, frozen=True):
    """The whole report, in the order it is read."""

    title: str
    session_id: str
    facts: tuple[tuple[str, str], ...]
    unfinished: bool
    fixes: tuple[FixRow, ...]
    no_fixes: str
    profile: tuple[ScoreRow, ...]
    level: LevelBox
    strip: Strip
    phases: tuple[PhaseRow, ...]
    skipped: str
    pushbacks: tuple[exchanges.Card, ...]
    raised: tuple[evidence.LedgerRow, ...]
    asked: tuple[evidence.LedgerRow, ...]
    estimates: tuple[evidence.EstimateRow, ...]
    ranges: tuple[evidence.RangeRow, ...]
    delivery: tuple[tuple[str, str, str], ...]
    """Name, figure, what it means."""
    record: Record
    transcript: tuple[Line, ...]
    privacy: str


def build_page(report: Report) -> Page:
    """Return what the page says of a report."""
    profile = report.profile
    cards = exchanges.cards(report)
    raised, asked = evidence.ledger(report)
    graded = any(score.value is not None for score in profile.scores.values())
    return Page(
        title=report.problem_title,
        session_id=report.session_id,
        facts=_facts(report),
        unfinished=report.ended_because == "unfinished",
        fixes=tuple(_fix(report, fix) for fix in profile.fixes),
        no_fixes="Every graded dimension reached 4." if graded else "Too little was said to name anything to fix.",
        profile=(*(_score(score) for score in profile.scores.values()), _level_row(profile.level)),
        level=_level(profile.level, report.level),
        strip=draw(report, ((card.at_seconds, card.anchor) for card in cards)),
        phases=tuple(_phase(report, phase) for phase in PHASES),
        skipped=_skipped(report),
        pushbacks=cards,
        raised=raised,
        asked=asked,
        estimates=evidence.estimates(report),
        ranges=evidence.ranges(report),
        delivery=_delivery(profile.delivery),
        record=interviewer_record(report),
        transcript=transcript(report, cards),
        privacy=PRIVACY,
    )


def _facts(report: Report) -> tuple[tuple[str, str], ...]:
    return (
        ("Target", report.level.value),
        ("Date", day_and_time(report.opened_at)),
        ("Length", f"{clock(report.lasted_seconds)} of {report.planned_minutes:g} minutes"),
        ("Ended", ENDINGS.get(report.ended_because, report.ended_because)),
        ("Input", INPUTS.get(report.input_mode, report.input_mode)),
    )


def _quote(quote: Quote) -> QuoteRow:
    return QuoteRow(quote.utterance, clock(quote.at_seconds), quote.text, quote.note)


def _fix(report: Report, fix: Fix) -> FixRow:
    quote = quote_of(fix)
    return FixRow(
        title=fix.title,
        dimension=DIMENSION_TITLES[fix.dimension],
        quote=_quote(quote) if quote else None,
        better=better_for(report, fix),
        drill=fix.drill,
    )


def _score(score: Score) -> ScoreRow:
    return ScoreRow(
        id=score.dimension,
        title=DIMENSION_TITLES[score.dimension],
        value=score.value,
        shown="not graded" if score.value is None else f"{score.value:.1f}",
        line=score.line,
        working=score.working if score.value is not None else "",
        quotes=tuple(_quote(quote) for quote in quotes_of(score)),
    )


def _level_row(estimate: LevelEstimate) -> ScoreRow:
    shown = estimate.level.value if estimate.level else "not graded"
    return ScoreRow("level", DIMENSION_TITLES["level"], None, shown, estimate.line, "", ())


def _level(estimate: LevelEstimate, target: Level) -> LevelBox:
    names = tuple(dict.fromkeys(marker.marker for marker in estimate.markers))
    return LevelBox(
        shown=estimate.level.value if estimate.level else "not graded",
        target=target.value,
        line=estimate.line,
        levels=tuple(level.value for level in Level),
        markers=tuple(
            MarkerRow(
                name,
                _cells([m for m in estimate.markers if m.marker == name]),
            )
            for name in names
        ),
    )


def _cells(row: list[LevelMarker]) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            m.level.value,
            m.met,
            _quote(m.quote) if m.quote else None,
            m.would_tick,
            covered=not m.met and any(other.met and other.level > m.level for other in row),
        )
        for m in row
    )


def _phase(report: Report, phase: Phase) -> PhaseRow:
    plan = next(row for row in report.plan if row.phase is phase)
    held = report.profile.spent_seconds[phase]
    note, tone = _how_time_went(report, plan, held)
    return PhaseRow(
        number=PHASES.index(phase) + 1,
        title=PHASE_TITLES[phase],
        planned=clock(plan.planned_seconds),
        band=f"{clock(plan.minimum_seconds)}–{clock(plan.maximum_seconds)}",
        actual=clock(held),
        done={1.0: "complete", 0.5: "in part"}.get(report.profile.completeness[phase], "missing"),
        note=note,
        tone=tone,
    )


def _how_time_went(report: Report, plan: PhasePlan, held: float) -> tuple[str, str]:
    if not report.profile.phases:
        return "", ""
    if plan.phase in report.profile.skipped:
        return ("as good as skipped" if held else "skipped"), "poor"
    if held > plan.maximum_seconds:
        return f"{clock(held - plan.maximum_seconds)} over the band", "fair"
    if held < plan.minimum_seconds:
        return f"{clock(plan.minimum_seconds - held)} under the band", "fair"
    return "in the band", ""


def _skipped(report: Report) -> str:
    """Name the phases skipped with their minutes, and the phase that took the time."""
    profile = report.profile
    if not profile.phases:
        return "No words of yours were heard, so there are no phases to show."
    if not profile.skipped:
        return "No phase was skipped."
    plans = {row.phase: row for row in report.plan}
    named = [
        f"{PHASE_TITLES[p]} (held {clock(profile.spent_seconds[p])}, planned {clock(plans[p].planned_seconds)})"
        for p in profile.skipped
    ]
    longest, over = past_band(report)
    cause = f" {PHASE_TITLES[longest]} ran {clock(over)} past its band." if over >= 1 else ""
    return f"Skipped: {', '.join(named)}.{cause}"


def _delivery(delivery: Delivery) -> tuple[tuple[str, str, str], ...]:
    def shown(value: float | None, pattern: str) -> str:
        return "not measured" if value is None else pattern.format(value)

    return (
        ("Pace", shown(delivery.words_per_minute, "{:.0f} words/min"), "relaxed talk runs at 130 to 175"),
        ("Fillers", shown(delivery.fillers_per_minute, "{:.1f} a minute"), "um, uh, er; up to five go unnoticed"),
        ("Longest pause", shown(delivery.longest_pause_seconds, "{:.0f} s"), "before you spoke; thinking is fine"),
        (
            "Your share",
            shown(delivery.talk_share and 100 * delivery.talk_share, "{:.0f} %"),
            "of the time anyone was talking",
        ),
    )
