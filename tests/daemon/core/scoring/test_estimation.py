"""Estimation: stated inputs, coverage, arithmetic, use; and the anchors' caps."""

from __future__ import annotations

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.scoring import estimation
from phantomcode.daemon.core.scoring.profile import Score
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.notebook import Notebook, note

LEXICON = Lexicon(problem=None, options=(), components=())

GOOD = (
    "Let's say 60 million daily users and each uploads one photo every other day, call it 30 million uploads a day.",
    "So that's about 350 writes a second, and I'd take three times that, 1050 writes a second at peak.",
    "Reads are fifty to one, so 17,500 reads a second.",
    "A photo row is 500 bytes, so 30 million uploads a day is 15 gigabytes a day, and over a year 5.5 terabytes.",
    "17,500 reads a second at 500 bytes is about 8.75 megabytes a second of bandwidth.",
    "5.5 terabytes fits on one machine, so I don't need to shard the database.",
    "1050 writes a second is fine for one primary, which means we keep one database.",
)


def grade(*texts: str, filler: bool = True) -> Score:
    padding = ("And then I talk about other matters for a good while so that there is something to go by here. " * 4,)
    said = (*texts, *(padding if filler else ()))
    utterances = tuple(Utterance(i, Speaker.CANDIDATE, 10.0 * i, 10.0 * i + 8, t) for i, t in enumerate(said))
    notebook = Notebook()
    for utterance in utterances:
        notebook = note(notebook, utterance, LEXICON, 2700)
    return estimation.score(notebook, Transcript("a-problem", Level.L5, 45, utterances, 2700), LEXICON)


def points(score: Score) -> float:
    assert score.value is not None
    return score.value


def test_a_full_chain_that_decides_something_scores_high() -> None:
    score = grade(*GOOD)
    assert points(score) >= 3.5
    assert any("=" in quote.note for quote in score.quotes)


def test_without_a_peak_at_most_two() -> None:
    score = grade(GOOD[0], "So that's about 350 writes a second.", *GOOD[2:5])
    assert points(score) <= 2
    assert "peak" in score.line


def test_a_bare_figure_is_at_most_one() -> None:
    assert points(grade("It has to handle 5000 requests a second.")) <= 1


def test_no_figures_is_zero_and_silence_is_not_graded() -> None:
    assert points(grade("It will be big and it will be fast.")) == 0
    assert grade("Hello there.", filler=False).value is None


def test_a_lost_zero_costs_and_is_named() -> None:
    wrong = list(GOOD)
    wrong[3] = wrong[3].replace("15 gigabytes a day, and over a year 5.5 terabytes", "150 gigabytes a day")
    score = grade(*wrong)
    assert points(score) <= points(grade(*GOOD))
    assert "150 gigabytes" in score.better


def test_saying_it_twice_earns_nothing_more() -> None:
    assert points(grade(*GOOD, *GOOD)) == points(grade(*GOOD))


def test_figures_without_use_score_less() -> None:
    assert points(grade(*GOOD[:5])) <= points(grade(*GOOD))


def test_the_fix_shows_the_wrong_sum_or_the_average_without_a_peak() -> None:
    wrong = list(GOOD)
    wrong[3] = wrong[3].replace("15 gigabytes a day, and over a year 5.5 terabytes", "150 gigabytes a day")
    score = grade(*wrong)
    assert score.title == "Check each sum before you build on it"
    assert score.fault is not None
    assert score.fault.text == "150 gigabytes a day"
    flat = grade(GOOD[0], "So that's about 350 writes a second.", *GOOD[2:5])
    assert flat.title == "Set the peak apart"
    assert flat.fault is not None
    assert flat.fault.note == "an average, with no peak beside it"


def test_a_figure_that_nothing_explains_is_neither_right_nor_wrong_and_has_no_working() -> None:
    score = grade(*GOOD, "So that's 43 gigabytes a second for the rest.")
    shown = [quote for quote in score.quotes if quote.text == "43 gigabytes a second"]
    assert [quote.note for quote in shown] == ["computed"]
    assert "none found wrong" in score.line
