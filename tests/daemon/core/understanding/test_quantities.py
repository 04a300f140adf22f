"""Quantities of an utterance: what counts, where it comes from, whether it adds up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.daemon.core.understanding.quantities import normalised, read_quantities, supersede


def say(text: str, *, number: int = 1, speaker: Speaker = Speaker.CANDIDATE) -> Utterance:
    return Utterance(number, speaker, number * 10.0, number * 10.0 + 5, text)


def read(text: str) -> list[tuple[float, str]]:
    return [(q.value, q.unit) for q in read_quantities(say(text), (), "")]


def converse(*turns: tuple[str, str]) -> tuple[Quantity, ...]:
    """Fold turns of ("c" or "i", text)."""
    noted: tuple[Quantity, ...] = ()
    previous = ""
    for number, (who, text) in enumerate(turns):
        speaker = Speaker.CANDIDATE if who == "c" else Speaker.INTERVIEWER
        noted = supersede(noted, read_quantities(say(text, number=number, speaker=speaker), noted, previous), text)
        previous = text
    return noted


@pytest.mark.parametrize(
    "text",
    [
        "We listen on port 6379 and it's Redis seven.",
        "I'd look at p99 and p99.9 on the board.",
        "That's five nines for the gateway.",
        "It answers with a four oh four or status 503.",
        "They rewrote it in 2019, around version 3.2.",
        "There are three things to decide here.",
        "That'd be forty dollars a month.",
        "We've used about ten minutes, so let me move on.",
        "The old one is the one I'd drop.",
        "IPv4 first, layer seven later.",
    ],
)
def test_what_is_no_estimate_is_left_out(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Say 30 million uploads a day.", [(30e6, "1/day")]),
        ("Each photo takes up half a megabyte.", [(5e5, "B")]),
        ("I'd keep them for a fortnight.", [(14 * 86_400, "s")]),
        ("One in fifty of them fails.", [(0.02, "ratio")]),
        ("A probe goes out one every twenty seconds.", [(0.05, "1/s")]),
        ("So we have two replicas.", [(2, "count")]),
        ("It's a factor of eight.", [(8, "ratio")]),
        ("We hold 900 gigs, so per node that's about 90.", [(9e11, "B"), (9e10, "B")]),
        ("Writes are sixty, no sorry, six hundred a second.", [(60, "1/s"), (600, "1/s")]),
    ],
)
def test_reads(text: str, expected: list[tuple[float, str]]) -> None:
    assert read(text) == [(pytest.approx(value), unit) for value, unit in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 M orders per second", [(2e6, "1/s")]),
        ("2M orders/s", [(2e6, "1/s")]),
        ("45 M downloads/day", [(45e6, "1/day")]),
        ("2 B devices", [(2e9, "count")]),
        ("1.5B plays a day", [(1.5e9, "1/day")]),
        ("30B lookups per month", [(30e9, "1/month")]),
        ("500B", [(500, "B")]),
        ("500 B", [(500, "B")]),
        ("a 120 B header", [(120, "B")]),
        ("300B per row", [(300, "B")]),
        ("64B each", [(64, "B")]),
        ("metadata: 900B", [(900, "B")]),
        ("1.3 B per sample", [(1.3, "B")]),
        ("400 B/s", [(400, "B/s")]),
        ("2 MB/s", [(2e6, "B/s")]),
        ("86,400 s", [(86_400, "s")]),
        ("90 QPS", [(90, "1/s")]),
        ("3e8 rides/month", [(3e8, "1/month")]),
        ("a 5 m cable", []),
        ("over 3 B-trees", []),
        ("2M-3M devices", [(2.5e6, "count")]),
        ("1B-2B devices", [(1.5e9, "count")]),
    ],
)
def test_reads_typed_notation(text: str, expected: list[tuple[float, str]]) -> None:
    assert read(text) == [(pytest.approx(value), unit) for value, unit in expected]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("2 M inserts per second times 1 KB is 2 GB/s", (2e9, "B/s", True)),
        ("1,200 inserts/s * 500 B = 600 KB/s", (6e5, "B/s", True)),
        ("1,200 inserts/s x 500B = 6 MB/s", (6e6, "B/s", False)),
        ("row = 250B, 40K rows/s => 10 MB/s", (1e7, "B/s", True)),
        ("300M riders x 2 rides = 600M rides per day", (6e8, "1/day", True)),
        ("7 years x 365 x 2 TB = 5.1 PB", (5.1e15, "B", True)),
        ("100M photos × 2 MB = 200 TB", (2e14, "B", True)),
    ],
)
def test_typed_sums_are_redone(text: str, result: tuple[float, str, bool]) -> None:
    value, unit, correct = result
    *_, last = read_quantities(say(text), (), "")
    assert (last.value, last.unit, last.correct) == (pytest.approx(value, rel=0.03), unit, correct)


@pytest.mark.parametrize("text", ["300M x 2", "40 x 86400", "12 × 3600", "40 x say 3"])
def test_a_times_sign_before_a_number_makes_no_ratio(text: str) -> None:
    assert "ratio" not in [q.unit for q in read_quantities(say(text), (), "")]


@pytest.mark.parametrize("text", ["a 3x peak", "peak is 3 x", "5× the average, 2 regions"])
def test_a_times_sign_with_no_number_behind_is_a_factor(text: str) -> None:
    assert next(q.unit for q in read_quantities(say(text), (), "")) == "ratio"


def test_the_interviewers_figures_are_given_and_stay_so_when_repeated() -> None:
    noted = converse(("i", "We see 7 million orders a day."), ("c", "Seven million orders a day, fine."))
    assert [q.role for q in noted] == [Role.GIVEN, Role.GIVEN]
    assert noted[1].utterance == 1


def test_roles_follow_how_a_figure_is_introduced() -> None:
    noted = converse(
        ("c", "Let's say 50 million uploads a day."),
        ("c", "A day is 86,400 seconds, so that's roughly 580 uploads a second."),
    )
    assert [q.role for q in noted] == [Role.ASSUMED, Role.RECALLED, Role.COMPUTED]


def test_a_right_result_is_shown_with_its_working() -> None:
    *_, result = converse(("c", "Say 200 uploads a second at 4 kilobytes each, so that's 800 kilobytes a second."))
    assert result.role is Role.COMPUTED
    assert result.correct is True
    assert "200" in result.working


def test_a_result_a_power_of_ten_off_is_wrong_and_says_what_it_should_be() -> None:
    *_, result = converse(("c", "Say 200 uploads a second at 4 kilobytes each, so that's 8 megabytes a second."))
    assert result.correct is False
    assert result.expected == pytest.approx(8e5)


def test_after_a_slip_later_figures_are_judged_on_what_was_said() -> None:
    noted = converse(
        ("c", "Say 200 uploads a second at 4 kilobytes each, so that's 8 megabytes a second."),
        ("c", "8 megabytes a second is about 690 gigs a day."),
    )
    assert noted[-1].correct is True


def test_a_correction_supersedes_the_figure_it_replaces() -> None:
    noted = converse(
        ("c", "Call it 300 million profiles at one kilobyte, so that's three terabytes."),
        ("c", "No wait, 300 gigs."),
    )
    assert [q.superseded for q in noted] == [False, False, True, False]


def test_without_a_cue_nothing_is_superseded() -> None:
    noted = converse(("c", "Writes are 300 a second."), ("c", "Reads are 9000 a second."))
    assert not any(q.superseded for q in noted)


def test_a_correction_does_not_touch_what_the_interviewer_gave() -> None:
    noted = converse(("i", "It's 300 writes a second."), ("c", "No wait, 500 writes a second then."))
    assert not noted[0].superseded


def test_peaks_are_told_from_averages() -> None:
    noted = converse(("c", "Say 400 writes a second on average, and 1200 writes a second at peak."))
    assert [q.peak for q in noted] == [False, True]
    assert noted[1].metric == "peak_rate"


def test_reading_depends_on_nothing_but_its_arguments() -> None:
    utterance = say("Say 30 million uploads a day, so 350 a second, 3x that at peak.")
    assert read_quantities(utterance, (), "") == read_quantities(utterance, (), "")


@given(st.text(max_size=120))
def test_any_text_is_read_without_error(text: str) -> None:
    for quantity in read_quantities(say(text), (), ""):
        assert quantity.text in text


@given(
    st.integers(2, 900),
    st.sampled_from([("thousand", 1e3), ("million", 1e6), ("billion", 1e9)]),
    st.sampled_from([("a day", "1/day"), ("per second", "1/s"), ("every month", "1/month")]),
)
def test_rates_read_back(n: int, scale: tuple[str, float], period: tuple[str, str]) -> None:
    assert read(f"I'd guess {n} {scale[0]} uploads {period[0]}.") == [(pytest.approx(n * scale[1]), period[1])]


def test_normalised_values_are_comparable() -> None:
    (daily,) = read_quantities(say("Say 86.4 million uploads a day."), (), "")
    assert normalised(daily) == ("1/s", pytest.approx(1000))
    (volume,) = read_quantities(say("Say 43.2 gigs a day."), (), "")
    assert normalised(volume) == ("B/s", pytest.approx(5e5))


def worked(*texts: str) -> dict[str, tuple[float, bool | None]]:
    """The computed figures of the last text, by their words."""
    noted = converse(*(("c", text) for text in texts))
    last = len(texts) - 1
    return {q.text: (q.value, q.correct) for q in noted if q.utterance == last and q.role is Role.COMPUTED}


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("that's two ninety a second", (290.0, "1/s")),
        ("call it three fifty ish", None),
        ("fourteen fifty a day, roughly", (1450.0, "1/day")),
        ("a row is a hundred and fifty, um, million bytes", (150e6, "B")),
        ("one k b each", (1000.0, "B")),
        ("pages five twenty thirty", None),
        ("two hundred IDs", (200.0, "count")),
    ],
)
def test_numbers_as_they_are_said_in_a_hurry(text: str, figure: tuple[float, str] | None) -> None:
    assert read(text) == ([figure] if figure else [])


@pytest.mark.parametrize(
    ("texts", "figure", "correct"),
    [
        (("six hundred million scores a day over eighty six thousand is seven thousand a second",), 7000.0, True),
        (("six hundred gigs a year, so over five years three terabytes",), 3e12, True),
        (("six hundred gigs a year, so over five years thirty terabytes",), 3e13, False),
        (("Two million spans at five hundred bytes is one gigabyte a second.",), 1e9, True),
        (("fifty lines a second at three hundred bytes, so fifteen kilobytes",), 15e3, True),
    ],
)
def test_sums_with_a_word_left_off_are_redone(texts: tuple[str, ...], figure: float, correct: bool) -> None:
    assert (figure, correct) in worked(*texts).values()


def test_no_duration_is_explained_by_figures_from_afar() -> None:
    texts = ("Ninety gigabytes a day, so that's thirty-three terabytes a year.", "A row is a kilobyte.")
    assert worked(*texts, "So that lookup should be about a millisecond.") == {}
    assert worked(*texts, "That's one year, and nobody lets us delete earlier.") == {}


def verdicts(*texts: str) -> list[tuple[float, str, bool | None]]:
    return [(q.value, q.unit, q.correct) for q in converse(*(("c", text) for text in texts)) if q.role is Role.COMPUTED]


@pytest.mark.parametrize(
    ("texts", "result"),
    [
        (
            ("We peak at 600,000 checks a second.", "Over four survivors that's 150,000 each."),
            (150_000, "1/s"),
        ),
        (("It's eight terabytes a year.", "Add a quarter for indexes, ten terabytes a year."), (1e13, "B/year")),
        (("It's eight terabytes a year.", "Plus fifty percent overhead, twelve terabytes a year."), (1.2e13, "B/year")),
        (("We take in ninety writes a second.", "A third of that is thirty a second."), (30, "1/s")),
        (("The average is 4,000 reads a second.", "Double it, eight thousand."), (8000, "1/s")),
        (("The average is 4,000 reads a second.", "Half again at peak, so six thousand a second."), (6000, "1/s")),
        (("A copy is seven terabytes.", "Times three for replication, twenty-one terabytes."), (2.1e13, "B")),
        (("The fleet is twenty machines.", "Two copies, so that doubles to forty machines."), (40, "count")),
        (("Sixty thousand checks a second over twelve shards is five thousand each.",), (5000, "1/s")),
        (("Three nines is about nine hours a year.",), (32_400, "s")),
        (("70 orders a second, five rows each time, so 350 rows a second.",), (350, "1/s")),
        (("12 seconds to notice, 20 seconds to elect and 8 seconds to warm up. Together forty seconds.",), (40, "s")),
        (
            (
                "The import has 90 million rows.",
                "A writer does two thousand rows a second and there are nine of them, it's five thousand seconds.",
            ),
            (5000, "s"),
        ),
        (("We take thirty million photos a day.", "After a year we've got eleven billion."), (1.1e10, "count")),
        (("A hundred million d a u.", "Each user posts twice a day, so 200 million posts a day."), (2e8, "1/day")),
    ],
)
def test_results_that_take_up_what_was_said(texts: tuple[str, ...], result: tuple[float, str]) -> None:
    assert (*result, True) in verdicts(*texts)


def test_a_share_told_by_the_head_keeps_the_unit_of_the_whole() -> None:
    texts = ("A page is forty kilobytes.", "The sites see 120,000 a second, forty thousand each.")
    assert [(q.value, q.unit) for q in converse(*(("c", text) for text in texts))][-1] == (40_000, "1/s")


def test_what_that_was_is_never_called_wrong() -> None:
    noted = converse(("c", "We take in ninety writes a second."), ("c", "A third of that is 45 a second."))
    assert [q.correct for q in noted if q.correct is False] == []


def test_what_is_only_multiplied_by_is_no_figure_of_the_estimate() -> None:
    noted = converse(("c", "The row is 400 bytes, times three for the copies is 1.2 kilobytes."))
    assert [q.value for q in noted] == [400, 1200]


def test_a_number_that_is_not_meant_has_no_unit() -> None:
    noted = converse(("c", "All in all it's three terabytes, not three hundred."))
    assert [q.value for q in noted] == [3e12]


@pytest.mark.parametrize(
    "correction",
    [
        "No wait, fifty writes a second.",
        "Sorry, I dropped a zero, it's fifty writes a second.",
        "Wrong zero, it should be fifty writes a second.",
    ],
)
def test_a_figure_is_taken_back_an_utterance_later(correction: str) -> None:
    noted = converse(("c", "So that's five hundred writes a second."), ("c", "Hmm."), ("c", correction))
    assert [(q.value, q.superseded) for q in noted] == [(500, True), (50, False)]


def test_a_result_measures_what_its_inputs_measure() -> None:
    noted = converse(
        ("c", "Say 8 million uploads a day."),
        ("c", "That's about 93 a second."),
        ("c", "I'd plan for a peak of four times that, 370 a second."),
        ("c", "And twenty lookups for each upload, so 1,860 a second."),
    )
    assert [(q.value, q.metric) for q in noted if q.unit == "1/s"] == [
        (93, "write_rate"),
        (370, "peak_rate"),
        (1860, "read_rate"),
    ]


def test_an_average_is_no_peak_because_one_follows() -> None:
    noted = converse(("c", "That's a thousand reads a second, and three thousand at peak."))
    assert [q.peak for q in noted] == [False, True]


def test_a_figure_that_only_far_figures_come_near_shows_no_working() -> None:
    noted = converse(
        ("c", "A card is 90 bytes."),
        ("c", "The office is nice."),
        ("c", "We print 1,000 cards a second."),
        ("c", "Moving on to the picture."),
        ("c", "So we need a hundred kilobytes a second there."),
    )
    assert noted[-1].working == ""


def test_what_is_left_over_is_worked_out_from_two_figures() -> None:
    noted = converse(
        ("c", "The handover takes a hundred seconds, plus twelve seconds to notice. A hundred and twelve all told."),
        ("i", "And the limit is two minutes."),
        ("c", "That leaves eight seconds to spare."),
    )
    assert [(q.value, q.correct) for q in noted if q.role is Role.COMPUTED] == [(112, True), (8, True)]


def test_a_flow_said_over_for_another_interval_with_a_zero_lost_is_wrong() -> None:
    noted = converse(("c", "The disks take 80 megabytes a second."), ("c", "That's 700 gigabytes a day."))
    assert [q.correct for q in noted] == [None, False]


def test_a_peak_told_apart_from_its_factor_is_redone() -> None:
    average = ("c", "We write 300 thousand counters a second.")
    *_, wrong = converse(average, ("c", "Peak is four times. Three million counters a second."))
    assert (wrong.correct, wrong.expected) == (False, pytest.approx(1.2e6))
    *_, right = converse(average, ("c", "Peak is four times. One point two million a second."))
    assert right.correct is True
    *_, other = converse(
        ("c", "We read 750 thousand counters a second."), average, ("c", "Peak is four times. Three million a second.")
    )
    assert other.correct is True


def test_the_right_result_told_after_the_wrong_one_is_right() -> None:
    noted = converse(
        ("i", "There are 300 thousand checks a second."),
        ("c", "300 thousand checks a second times 86 thousand seconds is 2.6 billion checks a day."),
        ("c", "No, wrong zero. Twenty-six billion a day."),
    )
    assert [q.correct for q in noted[-2:]] == [False, True]
    assert noted[-1].role is Role.COMPUTED


def test_a_rate_of_other_things_is_no_slip() -> None:
    noted = converse(("c", "We get 40 uploads a second."), ("c", "So that's ten billion views a month."))
    assert noted[-1].correct is not False
