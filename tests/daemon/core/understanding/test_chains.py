"""Sums said aloud are redone as they were said."""

from __future__ import annotations

import pytest

from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.observations import Quantity
from phantomcode.daemon.core.understanding.quantities import read_quantities


def last(text: str) -> Quantity:
    return read_quantities(Utterance(4, Speaker.CANDIDATE, 0.0, 9.0, text), (), "")[-1]


@pytest.mark.parametrize(
    "text",
    [
        "Nine hundred orders a second times three kilobytes is 2.7 megabytes a second.",
        "40 million photos a day times 2 megabytes, that's 80 terabytes a day.",
        "Six terabytes divided by two hundred gigs is thirty machines.",
        "Twelve percent of 50,000 lookups a second is 6,000 a second.",
        "15 milliseconds plus 30 milliseconds makes 45 milliseconds.",
        "Twenty at the gateway plus fifteen milliseconds in the store is thirty-five milliseconds.",
        "80 gigs a second over 40 nodes is two gigs each.",
        "Three million open keys, times twenty-four hours, times forty bytes, is 2.9 gigabytes a day.",
        "300 million rows times 200 bytes, kept in three copies, is 180 gigabytes.",
    ],
)
def test_right_sums(text: str) -> None:
    assert last(text).correct is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So 2.4 billion scans a year times 300 bytes is seven terabytes.", 7.2e11),
        ("Nine hundred orders a second times three kilobytes is 27 megabytes a second.", 2.7e6),
        ("Six terabytes divided by two hundred gigs is three hundred machines.", 30),
        ("Twelve percent of 50,000 lookups a second is 600 a second.", 6000),
        ("700 writes a second times 4 kilobytes is 5 megabytes a second.", 2.8e6),
    ],
)
def test_wrong_sums_say_what_they_should_have_been(text: str, expected: float) -> None:
    found = last(text)
    assert found.correct is False
    assert found.expected == pytest.approx(expected)


def test_a_sum_said_aloud_beats_any_other_way_to_the_figure() -> None:
    earlier = read_quantities(
        Utterance(3, Speaker.CANDIDATE, 0.0, 9.0, "Say 90 megabytes a second and 12 a second per user."), (), ""
    )
    said = Utterance(4, Speaker.CANDIDATE, 9.0, 15.0, "So 2.4 billion scans a year times 300 bytes is seven terabytes.")
    assert read_quantities(said, earlier, "")[-1].correct is False


@pytest.mark.parametrize(
    "text",
    [
        "900 writes a second times 3 kilobytes, but I would plan for 90 megabytes a second.",
        "Sixty sites times four zones times thirty services once a second is a lot of probes.",
        "900 writes a second. Times have changed. 3 kilobytes is more than 50 megabytes a second needs.",
    ],
)
def test_words_between_that_draw_no_result_make_no_sum(text: str) -> None:
    assert last(text).correct is None


def test_a_span_said_before_may_count_its_years() -> None:
    asked = read_quantities(Utterance(3, Speaker.INTERVIEWER, 0.0, 3.0, "Seven years for the books."), (), "")
    said = Utterance(4, Speaker.CANDIDATE, 4.0, 9.0, "So seven times thirty terabytes is 210 terabytes of old months.")
    found = read_quantities(said, asked, "Seven years for the books.")[-1]
    assert (found.correct, found.working) == (True, "7 * 3e+13 B = 2.1e+14 B")


def test_a_year_is_named_and_not_worked_out() -> None:
    earlier = read_quantities(
        Utterance(3, Speaker.CANDIDATE, 0.0, 9.0, "Ninety gigabytes a day is thirty-three terabytes a year."), (), ""
    )
    said = Utterance(4, Speaker.CANDIDATE, 9.0, 15.0, "That's one year, and nobody lets us delete after that.")
    assert all(not q.working for q in read_quantities(said, earlier, "") if q.unit == "s")


def test_a_bare_number_is_a_number_whatever_was_measured_before() -> None:
    earlier = read_quantities(
        Utterance(3, Speaker.CANDIDATE, 0.0, 9.0, "The script answers within two milliseconds."), (), ""
    )
    said = Utterance(
        4, Speaker.CANDIDATE, 9.0, 15.0, "So two times three hundred thousand is 600,000 updates a second."
    )
    assert read_quantities(said, earlier, "The script answers within two milliseconds.")[-1].correct is not False
