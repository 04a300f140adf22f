"""The profile: seven dimensions side by side, each with its evidence.

No composite: a hidden weight would be a claim that nobody can check.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from phantomcode.daemon.contract.vocabulary import Level, Phase
from phantomcode.daemon.core.understanding.observations import (
    PhaseSpan,
    Pushback,
    Quantity,
    Tradeoff,
)

Dimension = Literal["framework", "time", "tradeoffs", "pushback", "estimation", "narrative", "level"]
DIMENSIONS: tuple[Dimension, ...] = (
    "framework",
    "time",
    "tradeoffs",
    "pushback",
    "estimation",
    "narrative",
    "level",
)


class Quote(msgspec.Struct, frozen=True):
    """A piece of the transcript a score rests on."""

    utterance: int
    at_seconds: float
    text: str
    note: str = ""
    """What it shows, in a few words."""


class Score(msgspec.Struct, frozen=True):
    """One dimension. `value` is 0-4 in steps of 0.5, or None for "not graded", with the reason in `line`."""

    dimension: Dimension
    value: float | None
    line: str
    """One sentence for the review card: the anchor met, or why it is not graded."""
    working: str = ""
    """The formula with its numbers filled in."""
    quotes: tuple[Quote, ...] = ()
    better: str = ""
    """What a level-3 answer would have said or done."""
    drill: str = ""
    title: str = ""
    """What to work on, in a few words: fits what held the score down in this round."""
    fault: Quote | None = None
    """The moment that shows best what held the score down; None where no single one does."""


class LevelMarker(msgspec.Struct, frozen=True):
    """One cell of the level grid: evidenced by a quote, or the sentence that would have ticked it."""

    marker: str
    level: Level
    met: bool
    quote: Quote | None = None
    would_tick: str = ""


class LevelEstimate(msgspec.Struct, frozen=True):
    """The highest level the evidence supports, or None where it cannot be told."""

    level: Level | None
    line: str
    markers: tuple[LevelMarker, ...] = ()


class Delivery(msgspec.Struct, frozen=True):
    """Shown, never scored."""

    words_per_minute: float | None
    fillers_per_minute: float | None
    longest_pause_seconds: float | None
    talk_share: float | None


class Fix(msgspec.Struct, frozen=True):
    """One of the two things to work on first."""

    dimension: Dimension
    title: str
    quote: Quote | None
    better: str
    drill: str


class Profile(msgspec.Struct, frozen=True):
    """Everything the grader has to say about one transcript; a pure function of it."""

    phases: tuple[PhaseSpan, ...]
    completeness: dict[Phase, float]
    skipped: tuple[Phase, ...]
    spent_seconds: dict[Phase, float]
    tradeoffs: tuple[Tradeoff, ...]
    pushbacks: tuple[Pushback, ...]
    quantities: tuple[Quantity, ...]
    lost: tuple[int, ...]
    scores: dict[Dimension, Score]
    """All but "level", whose verdict is in `level`."""
    level: LevelEstimate
    delivery: Delivery
    fixes: tuple[Fix, ...]
