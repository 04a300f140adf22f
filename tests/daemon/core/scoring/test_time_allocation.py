"""Time: bands, skipped phases, and what is not the candidate's doing."""

from __future__ import annotations

import pytest

from phantomcode.daemon.contract.vocabulary import PHASES, Level, Phase
from phantomcode.daemon.core.scoring import time_allocation
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.observations import PhaseSpan


def divided(*minutes: float) -> tuple[PhaseSpan, ...]:
    """Spans of so many minutes, in the order of PHASES; zero leaves a phase out."""
    found, at = [], 0.0
    for phase, length in zip(PHASES, minutes, strict=True):
        if length:
            found.append(PhaseSpan(phase, at, at + 60 * length))
        at += 60 * length
    return tuple(found)


def transcript(*said: Utterance, minutes: float = 45, ended: float | None = None) -> Transcript:
    return Transcript("a-problem", Level.L5, minutes, said, 60 * (minutes if ended is None else ended))


def line(number: int, minute: float) -> Utterance:
    return Utterance(number, Speaker.CANDIDATE, 60 * minute, 60 * minute + 5, f"line {number}")


def value(*minutes: float, planned: float = 45) -> float | None:
    return time_allocation.score(divided(*minutes), transcript(minutes=planned)).value


def test_a_round_on_plan_scores_four() -> None:
    assert value(5, 5, 10, 20, 5) == 4.0


def test_the_worked_example_of_the_rubric() -> None:
    # High-level 22 and deep-dive 5 minutes, the others in band: 4 - 9 * 0.15 - 10 * 0.20 = 0.65, and the deep dive
    # holds a third of its least time, so it counts as skipped and costs a step more.
    scored = time_allocation.score(divided(5, 5, 22, 6, 7), transcript())
    assert scored.value == 1.0
    assert "1.35" in scored.working
    assert value(5, 5, 22, 5, 7) == 0.0


def test_bands_scale_with_the_planned_time() -> None:
    assert value(5 / 3, 5 / 3, 10 / 3, 20 / 3, 5 / 3, planned=15) == 4.0


def test_skipped_is_under_forty_percent_of_the_least_time() -> None:
    assert time_allocation.skipped(divided(5, 5, 10, 20, 0), transcript()) == (Phase.TRADEOFFS,)
    assert time_allocation.skipped(divided(5, 1.19, 13, 21, 4), transcript()) == (Phase.ESTIMATE,)
    assert time_allocation.skipped(divided(5, 1.21, 13, 21, 4), transcript()) == ()
    assert time_allocation.skipped((), transcript()) == ()


def test_a_skipped_phase_costs_a_step() -> None:
    full, without = value(5, 5, 10, 20, 5), value(5, 5, 12, 22, 0)
    assert full is not None
    assert without is not None
    assert full - without >= 1


def test_a_long_speech_by_the_interviewer_is_not_charged() -> None:
    speech = Utterance(1, Speaker.INTERVIEWER, 400.0, 580.0, "Let me tell you about the team.")
    spans = divided(10, 5, 10, 17, 3)
    blamed = time_allocation.score(spans, transcript()).value
    spared = time_allocation.score(spans, transcript(speech)).value
    assert spared == 4.0
    assert blamed is not None
    assert blamed < spared


def test_a_fragment_is_not_graded() -> None:
    assert time_allocation.score((), transcript()).value is None
    assert value(1, 0, 0, 0, 0) is None


def test_spent_adds_up_revisits() -> None:
    spans = (
        PhaseSpan(Phase.HIGH_LEVEL, 0, 60),
        PhaseSpan(Phase.ESTIMATE, 60, 90),
        PhaseSpan(Phase.HIGH_LEVEL, 90, 100),
    )
    held = time_allocation.spent(spans)
    assert held[Phase.HIGH_LEVEL] == pytest.approx(70)
    assert held[Phase.DEEP_DIVE] == 0


def test_the_card_names_the_worst_phase_with_its_clock() -> None:
    scored = time_allocation.score(divided(5, 5, 16, 15, 4), transcript())
    assert "High-level" in scored.line
    assert "3:00" in scored.line


def test_a_round_cut_short_is_not_graded_and_says_what_was_seen() -> None:
    scored = time_allocation.score(divided(3, 1.2, 0, 0, 0), transcript(ended=4 + 10 / 60))
    assert scored.value is None
    assert scored.line == "Not graded: ended after 4:10 of 45 minutes; seen: Clarify 3:00, Estimate 1:12."


def test_four_fifths_of_the_planned_time_are_a_whole_round() -> None:
    assert time_allocation.score(divided(5, 5, 10, 16, 0), transcript(ended=36)).value is not None
    assert time_allocation.score(divided(5, 5, 10, 15.9, 0), transcript(ended=35.9)).value is None


def test_what_a_round_cut_short_never_reached_was_not_skipped() -> None:
    assert time_allocation.skipped(divided(5, 5, 3, 0, 0), transcript(ended=13)) == ()
    assert time_allocation.skipped(divided(5, 0, 8, 0, 0), transcript(ended=13)) == (Phase.ESTIMATE,)


def test_an_overrun_is_quoted_where_it_begins_and_named_by_its_phase() -> None:
    said = transcript(line(0, 0.5), line(1, 12), line(2, 35.5), line(3, 43))
    scored = time_allocation.score(divided(4, 4, 5, 29, 3), said)
    assert scored.title == "Leave the deep dive on time"
    assert scored.fault is not None
    assert (scored.fault.utterance, scored.fault.note) == (2, "Deep-dive is past its band from here on")
    assert scored.better.startswith("After 20:00 of the deep dive, ")


def test_a_phase_that_got_too_little_is_quoted_where_it_was_left() -> None:
    said = transcript(line(0, 0.5), line(1, 20), line(2, 24.5), line(3, 43))
    scored = time_allocation.score(divided(6, 6, 11, 1.4, 7), said)
    assert scored.title == "Make time for the deep dive"
    assert scored.fault is not None
    assert (scored.fault.utterance, scored.fault.note) == (2, "Deep-dive is over here")
    assert scored.better == (
        "Keep at least 15:00 for the deep dive; this time that was 1:24, and 11:00 went to the high-level sketch."
    )


def test_a_phase_that_never_came_is_shown_by_the_end_of_the_round() -> None:
    scored = time_allocation.score(divided(5, 5, 12, 22, 0), transcript(line(0, 0.5), line(1, 43.5)))
    assert scored.title == "Make time for the closing tradeoffs"
    assert scored.fault is not None
    assert (scored.fault.utterance, scored.fault.note) == (1, "the round ends here, without Tradeoffs")


def test_a_quarter_is_rounded_up_as_in_every_dimension() -> None:
    assert value(4, 4, 18, 15, 4) == 3.5  # five minutes too many in High-level: 4 - 5 * 0.15 = 3.25
