"""Pushback as cards: one a challenge, with every rung of it and what it did to the design."""

from __future__ import annotations

from itertools import groupby

import msgspec

from phantomcode.daemon.core.scoring.pushback import told
from phantomcode.daemon.core.transcript import Utterance
from phantomcode.daemon.core.understanding.observations import Pushback
from phantomcode.daemon.review.report import PushbackCard, Report
from phantomcode.daemon.review.units import clock
from phantomcode.daemon.review.wording import CHALLENGES, spelled

RUNGS = 3
_BESIDE = " + "
"""Joins the values of one topic that stand side by side."""


class Said(msgspec.Struct, frozen=True):
    """Words with their place in the transcript."""

    utterance: int
    at: str
    text: str


class Rung(msgspec.Struct, frozen=True):
    """One push and the answer to it. `worth` is 0-4, or None where the challenge's truth is not known."""

    rung: int
    claim: Said
    replies: tuple[Said, ...]
    answer: str
    worth: float | None


class Card(msgspec.Struct, frozen=True):
    """One challenge from its first rung to its last."""

    anchor: str
    at: str
    at_seconds: float
    title: str
    kind: str
    """The topic, and whether the challenge was right."""
    verdict: str
    source: str
    rungs: tuple[Rung, ...]
    design: str
    """What the decision was before the first rung and after the last answer."""
    strong_points: tuple[str, ...]


def cards(report: Report) -> tuple[Card, ...]:
    """Return the challenges in the order they were made; the rungs of one challenge make one card."""
    grouped = groupby(report.pushbacks, key=lambda card: card.pushback.challenge_id or card.pushback.challenge)
    return tuple(_card(number, list(group)) for number, (_, group) in enumerate(grouped, 1))


def _card(number: int, group: list[PushbackCard]) -> Card:
    first, last = group[0], group[-1]
    return Card(
        anchor=f"pushback-{number}",
        at=clock(first.at_seconds),
        at_seconds=first.at_seconds,
        title=spelled(first.pushback.challenge_id or first.pushback.topic),
        kind=_kind(first.pushback),
        verdict=first.verdict,
        source=first.source,
        rungs=tuple(_rung(card) for card in group),
        design=_design(first.pushback.before, last.pushback),
        strong_points=first.strong_points,
    )


def _kind(event: Pushback) -> str:
    truth = CHALLENGES[event.type] if event.type else "unlabelled"
    return truth if event.topic == "other" else f"{event.topic.replace('-', ' ')}, {truth}"


def _design(before: str, last: Pushback) -> str:
    """What became of the decision; of several that stand side by side, only those that came or went.

    Where the answer gave way and no named option changed, the candidate's own sentence tells what did.
    """
    stood, stands = before.split(_BESIDE), last.after.split(_BESIDE)
    if before == last.after:
        told = f"changed: “{last.change}”" if last.change else ""
        if not before:
            return told or "no decision on this was heard"
        return f"{_listed(stood)}, {told or 'unchanged'}"
    gone = _listed([value for value in stood if value not in stands])
    new = _listed([value for value in stands if value not in stood])
    if before and not gone:
        return f"{_listed(stood)}, and now {new} as well"
    return f"{gone or 'undecided'} → {new or 'dropped'}"


def _listed(values: list[str]) -> str:
    return ", ".join(spelled(value) for value in values if value)


def _rung(card: PushbackCard) -> Rung:
    event: Pushback = card.pushback
    return Rung(
        rung=event.rung,
        claim=Said(event.challenge, clock(card.at_seconds), card.claim),
        replies=tuple(_said(utterance) for utterance in card.replies),
        answer=told(event),
        worth=card.worth,
    )


def _said(utterance: Utterance) -> Said:
    return Said(utterance.id, clock(utterance.started_seconds), utterance.text)
