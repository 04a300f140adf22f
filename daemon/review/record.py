"""The transcript line by line, and the interviewer's own record: what the model wrote and what came of it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from phantomcode.daemon.contract.vocabulary import PHASE_TITLES, PHASES
from phantomcode.daemon.core.state import Audit
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.core.understanding.text import words
from phantomcode.daemon.review.exchanges import Card
from phantomcode.daemon.review.report import Report
from phantomcode.daemon.review.units import clock
from phantomcode.daemon.review.wording import spelled


class Tag(msgspec.Struct, frozen=True):
    """A mark on a line of the transcript, leading to where it counts. `kind` is a style of the page."""

    kind: str
    text: str
    anchor: str


class Line(msgspec.Struct, frozen=True):
    """One utterance. `phase` is the title of the phase that begins with it, or ""."""

    id: int
    at: str
    candidate: bool
    speaker: str
    text: str
    tags: tuple[Tag, ...]
    challenged: bool = False
    phase: str = ""
    phase_number: int = 0


class ModelLine(msgspec.Struct, frozen=True):
    """One line of the language model's. `said` is its utterance where it was said word for word."""

    about: str
    text: str
    outcome: str
    used: bool
    said: int | None
    seconds: str


class Record(msgspec.Struct, frozen=True):
    """How the interviewer came by its lines."""

    summary: str
    lines: tuple[ModelLine, ...]


def transcript(report: Report, cards: Iterable[Card]) -> tuple[Line, ...]:
    """Return every utterance with its marks, and the phase that begins with it."""
    tags = _tags(report, cards)
    begins = _beginnings(report)
    return tuple(
        Line(
            id=said.id,
            at=clock(said.started_seconds),
            candidate=said.speaker is Speaker.CANDIDATE,
            speaker="You" if said.speaker is Speaker.CANDIDATE else "Interviewer",
            text=said.text,
            tags=tuple(tags.get(said.id, ())),
            challenged=said.challenge is not None,
            phase=PHASE_TITLES[PHASES[begins[said.id] - 1]] if said.id in begins else "",
            phase_number=begins.get(said.id, 0),
        )
        for said in report.utterances
    )


def _tags(report: Report, cards: Iterable[Card]) -> dict[int, list[Tag]]:
    found: dict[int, list[Tag]] = {}
    for card in cards:
        for rung in card.rungs:
            tag = Tag("challenge", f"challenge, rung {rung.rung}: {card.kind}", card.anchor)
            found.setdefault(rung.claim.utterance, []).append(tag)
    for said in report.utterances:
        if said.improvised:
            found.setdefault(said.id, []).append(Tag("improvised", "asked on the spot, not graded", "record"))
    for tradeoff in report.profile.tradeoffs:
        found.setdefault(tradeoff.utterance, []).append(Tag("tradeoff", "tradeoff", "tradeoffs"))
    for at in report.profile.lost:
        found.setdefault(at, []).append(Tag("lost", "lost the thread", "profile-narrative"))
    return found


def _beginnings(report: Report) -> dict[int, int]:
    """Utterance id -> number of the phase that begins with it."""
    begins: dict[int, int] = {}
    for span in report.profile.phases:
        first = next((u.id for u in report.utterances if u.started_seconds >= span.t0), None)
        if first is not None:
            begins[first] = PHASES.index(span.phase) + 1
    return begins


def interviewer_record(report: Report) -> Record:
    """Return what the language model wrote, line by line, and a sentence on how much of it was used."""
    said = {_bare(u.text): u.id for u in report.utterances if u.speaker is Speaker.INTERVIEWER}
    lines = tuple(_model_line(audit, said) for audit in report.audits if audit.text.strip())
    return Record(_summary(report, lines), lines)


def _model_line(audit: Audit, said: dict[str, int]) -> ModelLine:
    place = said.get(_bare(audit.line)) if audit.line else None
    fate = "said" if place is not None else "kept, not needed"
    return ModelLine(
        about=_about(audit.key),
        text=audit.line or audit.text,
        outcome=f"rejected: {audit.rejected}" if audit.rejected else fate,
        used=place is not None,
        said=place,
        seconds=f"{audit.seconds:.1f} s",
    )


def _about(key: str) -> str:
    """The key of a line, "press:hot-shard:2", in words."""
    return ", ".join(f"rung {part}" if part.isdigit() else spelled(part).lower() for part in key.split(":") if part)


def _bare(text: str) -> str:
    return " ".join(words(text))


def _summary(report: Report, lines: tuple[ModelLine, ...]) -> str:
    count = sum(u.speaker is Speaker.INTERVIEWER for u in report.utterances)
    spoken = _times(count)
    if not report.audits:
        return f"The interviewer spoke {spoken}, always in the problem bank's own words; no model was asked."
    used = len({line.said for line in lines if line.said is not None})
    rejected = sum(line.outcome.startswith("rejected") for line in lines)
    empty = len(report.audits) - len(lines)
    return (
        f"The interviewer spoke {spoken}; a language model worded {used} of these lines, the rest are the "
        f"problem bank's own. Of {len(report.audits)} lines asked of the model, {rejected} broke a rule and {empty} "
        f"came too late or empty; none of these was said.{_votes(report)}"
    )


def _votes(report: Report) -> str:
    if not report.ballots:
        return ""
    apart = sum(ballot.rules is not ballot.model for ballot in report.ballots)
    asked = f"Asked for the phase {_times(len(report.ballots))}"
    return f" {asked}, the model was of another mind than the rules {_times(apart)}."


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")
