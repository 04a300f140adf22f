from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.review.data import render_json
from phantomcode.daemon.review.markdown import escaped, render_markdown
from phantomcode.daemon.review.page import build_page
from phantomcode.daemon.review.report import Report

HEADINGS = [
    "What to fix first",
    "Profile",
    "Level",
    "Time",
    "Pushback",
    "Tradeoffs",
    "Estimates",
    "Delivery, unscored",
    "The interviewer's own record",
    "Transcript",
]


@pytest.mark.parametrize("which", ["report", "empty"])
def test_every_section_is_there_in_the_order_of_the_page(which: str, request) -> None:
    text = render_markdown(request.getfixturevalue(which))
    assert [h.partition(":")[0] for h in re.findall(r"^## (.+)$", text, re.MULTILINE)] == HEADINGS
    assert text.endswith("\n")


def test_all_that_was_said_is_there(report) -> None:
    text = render_markdown(report)
    assert all(escaped(u.text) in text for u in report.utterances)
    page = build_page(report)
    assert all(escaped(row.working) in text for row in page.estimates)
    assert all(escaped(card.verdict) in text and escaped(card.design) in text for card in page.pushbacks)
    assert all(
        escaped(cell.would_tick) in text
        for row in page.level.markers
        for cell in row.cells
        if not (cell.met or cell.covered)
    )


def test_tables_have_as_many_cells_as_their_heads(hostile) -> None:
    text = render_markdown(hostile("a | b\n| c | d |"))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    widths: list[int] = []
    for above, row in zip(["", *rows], rows, strict=False):
        cells = len(re.split(r"(?<!\\)\|", row)) - 2
        if row.startswith("| ---"):
            assert cells == widths[-1], (above, row)
        widths.append(cells)
    assert set(widths) <= {3, 4, 6}


@pytest.mark.parametrize("attack", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "# **big**\n- `list`"])
def test_words_cannot_mark_anything_up(hostile, attack: str) -> None:
    text = render_markdown(hostile(attack))
    assert attack not in text
    assert not re.search(r"(?<!\\)<", text)
    assert not re.search(r"(?<!\\)\[", text)
    assert [h.partition(":")[0] for h in re.findall(r"^## (.+)$", text, re.MULTILINE)] == HEADINGS


@given(st.text())
def test_escaping_leaves_one_line_and_loses_no_word(text: str) -> None:
    shown = escaped(text)
    assert "\n" not in shown
    assert re.sub(r"\\(.)", r"\1", shown) == " ".join(text.split())


@pytest.mark.parametrize("which", ["report", "empty"])
def test_json_reads_back_as_the_report(which: str, request) -> None:
    report = request.getfixturevalue(which)
    text = render_json(report)
    assert msgspec.json.decode(text, type=Report) == report
    assert render_json(report) == text
