from __future__ import annotations

import msgspec
import pytest

from phantomcode.daemon.contract import messages as m
from phantomcode.overlay.review import review
from phantomcode.overlay.viewmodel import View, fold

ENDED = m.RoundEnded(
    "s1",
    "time",
    (
        m.ScoreLine("time", 2.5, "Late."),
        m.ScoreLine("narrative", None, "Not graded: too short."),
        m.ScoreLine("level", None, "x"),
    ),
    "L5",
    ("One.", "Two.", "Three."),
    "report.html",
)


def test_there_is_none_before_the_end() -> None:
    assert review(View()) is None


def test_the_review_says_why_something_is_not_graded() -> None:
    shown = review(fold(View(), ENDED))
    assert shown is not None
    assert [(row.value, row.share, row.line) for row in shown.rows] == [
        ("2.5", 0.625, "Late."),
        ("not graded", None, "Too short."),
        ("L5", None, "X"),
    ]
    assert shown.fixes == ("One.", "Two.")


@pytest.mark.parametrize(("level", "shown_as"), [("L5", "L5"), (None, "not graded")])
def test_the_level_is_a_name_and_not_a_number(level: str | None, shown_as: str) -> None:
    shown = review(fold(View(), msgspec.structs.replace(ENDED, level=level)))
    assert shown is not None
    assert shown.rows[-1].value == shown_as
