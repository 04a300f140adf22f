"""The report as Markdown: the sections of the page in the same order, and as safe to show as the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from phantomcode.daemon.review.evidence import EstimateRow, LedgerRow
from phantomcode.daemon.review.exchanges import RUNGS, Card
from phantomcode.daemon.review.page import Cell, FixRow, Page, PhaseRow, QuoteRow, ScoreRow, build_page
from phantomcode.daemon.review.record import Line, ModelLine
from phantomcode.daemon.review.report import Report

_SPECIAL = re.compile(r"([\\`*_\[\]<>&#|~$])")


def render_markdown(report: Report) -> str:
    """Return the report as Markdown; what people said can neither mark up nor script the result."""
    page = build_page(report)
    sections = (
        _head(page),
        _section("What to fix first", _fixes(page)),
        _section("Profile", [_score(score) for score in page.profile]),
        _section(f"Level: {page.level.shown}", _level(page)),
        _section("Time", _time(page)),
        _section("Pushback", _pushbacks(page)),
        _section("Tradeoffs", [_ledger("You raised it", page.raised), _ledger("They had to ask", page.asked)]),
        _section("Estimates", _estimates(page)),
        _section("Delivery, unscored", [_table(("Measure", "Value", "Meaning"), page.delivery)]),
        _section("The interviewer's own record", _record(page)),
        _section("Transcript", [_transcript(page.transcript) or "Nothing was said."]),
        f"---\n\n{escaped(page.privacy)}",
    )
    return "\n\n".join(sections) + "\n"


def escaped(text: str) -> str:
    """Return free text on one line with everything that Markdown or HTML would act on made harmless.

    Every caller puts words of its own before it, so nothing in it can begin a list or a heading.
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _section(title: str, parts: Iterable[str]) -> str:
    return "\n\n".join([f"## {title}", *(part for part in parts if part)])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(escaped(cell) for cell in row)} |" for row in rows)])


def _head(page: Page) -> str:
    facts = "  \n".join(f"{name}: {escaped(value)}" for name, value in (*page.facts, ("Session", page.session_id)))
    unfinished = "\n\nThis round was not finished; what follows is as far as it went." if page.unfinished else ""
    return f"# {escaped(page.title)}\n\n{facts}{unfinished}"


def _quote(quote: QuoteRow) -> str:
    note = f" ({escaped(quote.note)})" if quote.note else ""
    return f"{quote.at} “{escaped(quote.text)}”{note}"


def _fixes(page: Page) -> list[str]:
    return [_fix(number, fix) for number, fix in enumerate(page.fixes, 1)] or [escaped(page.no_fixes)]


def _fix(number: int, fix: FixRow) -> str:
    lines = [f"### {number}. {escaped(fix.title)} ({escaped(fix.dimension)})"]
    lines += [f"> {_quote(fix.quote)}"] if fix.quote else []
    lines += [f"Stronger: {escaped(fix.better)}"] if fix.better else []
    lines += [f"Drill: {escaped(fix.drill)}"] if fix.drill else []
    return "\n\n".join(lines)


def _score(score: ScoreRow) -> str:
    shown = score.shown if score.value is None else f"{score.shown} of 4"
    lines = [f"- **{escaped(score.title)}: {escaped(shown)}.** {escaped(score.line)}"]
    lines += [f"  - Working: {escaped(score.working)}"] if score.working else []
    return "\n".join([*lines, *(f"  - {_quote(quote)}" for quote in score.quotes)])


def _level(page: Page) -> list[str]:
    rows = [
        [
            row.marker,
            *(_cell(cell) for cell in row.cells),
        ]
        for row in page.level.markers
    ]
    return [escaped(page.level.line), _table(("Marker", *page.level.levels), rows) if rows else ""]


def _cell(cell: Cell) -> str:
    if cell.quote:
        return f"shown {cell.quote.at}"
    return "counted, as shown further up" if cell.covered else f"not shown: “{cell.would_tick}”"


def _time(page: Page) -> list[str]:
    head = ("Phase", "Actual", "Planned", "Band", "Content", "Time")
    return [escaped(page.skipped), _table(head, [_phase(row) for row in page.phases])]


def _phase(row: PhaseRow) -> tuple[str, ...]:
    return (row.title, row.actual, row.planned, row.band, row.done, row.note)


def _pushbacks(page: Page) -> list[str]:
    return [_card(card) for card in page.pushbacks] or ["The interviewer challenged nothing in this round."]


def _card(card: Card) -> str:
    lines = [f"### {card.at} {escaped(card.title)} ({escaped(card.kind)})"]
    for rung in card.rungs:
        worth = "" if rung.worth is None else f", worth {rung.worth:g} of 4"
        lines.append(f"Rung {rung.rung} of {RUNGS}, {rung.claim.at}: {escaped(rung.claim.text)}")
        lines += [f"> {reply.at} {escaped(reply.text)}" for reply in rung.replies]
        lines.append(f"**{escaped(rung.answer.capitalize())}**{worth}")
    source = f" Source: {escaped(card.source)}" if card.source else ""
    lines.append(f"Was it right? {escaped(card.verdict)}{source}")
    lines.append(f"Your design: {escaped(card.design)}")
    if card.strong_points:
        lines.append("A strong answer:\n" + "\n".join(f"- {escaped(point)}" for point in card.strong_points))
    return "\n\n".join(lines)


def _ledger(title: str, rows: Sequence[LedgerRow]) -> str:
    said = [
        f"- {row.at} {escaped(row.topic)}{': ' + escaped(row.choice) if row.choice else ''} ({row.weight}): "
        f"“{escaped(row.text)}”"
        for row in rows
    ]
    return "\n".join([f"### {title}: {len(rows)}", "", *(said or ["None."])])


def _estimates(page: Page) -> list[str]:
    head = ("Your words", "Value", "Role", "Redone", "Verdict", "Reference range")
    own = (
        _table(head, [_estimate(row) for row in page.estimates]) if page.estimates else "No figure of yours was heard."
    )
    known = [(row.label, row.range, row.basis) for row in page.ranges]
    return [own, _table(("Reference of this problem", "Range", "Rests on"), known) if known else ""]


def _estimate(row: EstimateRow) -> tuple[str, ...]:
    beside = f"{row.place}: {row.range} ({row.range_label})" if row.range else ""
    return (f"{row.at} {row.words}", row.value, row.role, row.working, row.verdict, beside)


def _record(page: Page) -> list[str]:
    head = ("For", "The model wrote", "What became of it", "Took")
    lines = page.record.lines
    return [escaped(page.record.summary), _table(head, [_model_line(line) for line in lines]) if lines else ""]


def _model_line(line: ModelLine) -> tuple[str, ...]:
    return (line.about, line.text, line.outcome, line.seconds)


def _transcript(lines: Iterable[Line]) -> str:
    shown = []
    for line in lines:
        tags = f" ({', '.join(escaped(tag.text) for tag in line.tags)})" if line.tags else ""
        heading = f"\n**{line.phase}**\n\n" if line.phase else ""
        shown.append(f"{heading}- {line.at} {line.speaker}: {escaped(line.text)}{tags}")
    return "\n".join(shown).lstrip("\n")
