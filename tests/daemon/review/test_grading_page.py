"""docs/grading.md tells candidates how they are scored; its figures must be those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from phantomcode.daemon.contract.vocabulary import PHASE_TITLES
from phantomcode.daemon.core.phases import plan
from phantomcode.daemon.core.scoring import grade, pushback, time_allocation
from phantomcode.problems.model import ChallengeType

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "grading.md").read_text(encoding="utf-8")


def test_the_table_of_answers_is_the_matrix() -> None:
    kinds = (ChallengeType.VALID, ChallengeType.INVALID, ChallengeType.PREFERENCE)
    rows = re.findall(r"^\| ([A-Z]{2}),[^|]*\| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    told = {code: tuple(map(float, values)) for code, *values in rows}
    matrix = pushback.MATRIX
    assert told == {answer.value: tuple(matrix[k][answer] for k in kinds) for answer in matrix[kinds[0]]}


def test_the_bands_are_the_plan_of_45_minutes() -> None:
    rows = re.findall(r"^\| ([A-Z][a-z-]+) \| (\d+) \| (\d+) to (\d+) \|$", PAGE, re.MULTILINE)
    told = [(title, *(60.0 * float(n) for n in numbers)) for title, *numbers in rows]
    assert told == [
        (PHASE_TITLES[row.phase], row.planned_seconds, row.minimum_seconds, row.maximum_seconds) for row in plan(45)
    ]


def test_thresholds_are_those_of_the_code() -> None:
    assert f"fewer than {grade.LEAST_WORDS} words or {grade.LEAST_UTTERANCES} utterances" in PAGE
    assert f"probability under {grade.LEAST_CONFIDENCE}" in PAGE
    assert f"under {100 * time_allocation.SKIPPED_BELOW:.0f} % of its least time" in PAGE
    assert "Rungs weigh {:g}, {:g} and {:g}.".format(*pushback.RUNG_WEIGHTS) in PAGE
