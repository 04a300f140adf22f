"""The phase strip: planned against actual, as positions in percent of its width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from phantomcode.daemon.contract.vocabulary import PHASE_TITLES, PHASES, Phase
from phantomcode.daemon.review.report import Report
from phantomcode.daemon.review.units import clock

_TICK_SECONDS = 300.0
_MOST_TICKS = 12


class Segment(msgspec.Struct, frozen=True):
    """One stretch of a phase. `number` counts the phases from 1; `title` is what a pointer or a reader gets."""

    number: int
    left: float
    width: float
    title: str


class Mark(msgspec.Struct, frozen=True):
    """A moment on the strip."""

    left: float
    label: str
    anchor: str = ""


class Strip(msgspec.Struct, frozen=True):
    """Two rows over one scale. `bell` is where the planned time ends."""

    planned: tuple[Segment, ...]
    actual: tuple[Segment, ...]
    ticks: tuple[Mark, ...]
    pushbacks: tuple[Mark, ...]
    bell: float
    summary: str


def draw(report: Report, pushbacks: Iterable[tuple[float, str]]) -> Strip:
    """Lay the strip out. `pushbacks` are seconds and anchors of the challenges."""
    total = max(60 * report.planned_minutes, report.lasted_seconds, 1.0)
    planned = [(row.phase, row.planned_seconds) for row in report.plan]
    actual = [(span.phase, span.t0, span.t1) for span in report.profile.phases]
    return Strip(
        planned=_segments(_laid_end_to_end(planned), total),
        actual=_segments(actual, total),
        ticks=_ticks(total),
        pushbacks=tuple(Mark(_percent(at, total), clock(at), anchor) for at, anchor in pushbacks),
        bell=_percent(60 * report.planned_minutes, total),
        summary=_summary(report),
    )


def _laid_end_to_end(rows: Sequence[tuple[Phase, float]]) -> list[tuple[Phase, float, float]]:
    laid, start = [], 0.0
    for phase, seconds in rows:
        laid.append((phase, start, start + seconds))
        start += seconds
    return laid


def _segments(rows: Iterable[tuple[Phase, float, float]], total: float) -> tuple[Segment, ...]:
    return tuple(
        Segment(
            PHASES.index(phase) + 1,
            _percent(start, total),
            _percent(end - start, total),
            f"{PHASE_TITLES[phase]}, {clock(start)} to {clock(end)}",
        )
        for phase, start, end in rows
    )


def _ticks(total: float) -> tuple[Mark, ...]:
    step = _TICK_SECONDS
    while total / step > _MOST_TICKS:
        step *= 2
    return tuple(Mark(_percent(step * i, total), f"{step * i / 60:.0f}") for i in range(int(total // step) + 1))


def _percent(seconds: float, total: float) -> float:
    return round(100 * seconds / total, 3)


def _summary(report: Report) -> str:
    held = report.profile.spent_seconds
    parts = [
        f"{PHASE_TITLES[p.phase]} {clock(held[p.phase])} of {clock(p.planned_seconds)} planned" for p in report.plan
    ]
    return "Minutes by phase: " + "; ".join(parts) + "."
