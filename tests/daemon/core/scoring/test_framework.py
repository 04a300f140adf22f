"""Framework: completeness per phase, order, drive and the caps."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from phantomcode.daemon.contract.vocabulary import PHASES, Level, Phase
from phantomcode.daemon.core.scoring import framework
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.notebook import Notebook, note
from phantomcode.daemon.core.understanding.observations import PhaseSpan

LEXICON = Lexicon(problem=None, options=(), components=())
LENGTHS = {Phase.CLARIFY: 300, Phase.ESTIMATE: 300, Phase.HIGH_LEVEL: 600, Phase.DEEP_DIVE: 1200, Phase.TRADEOFFS: 300}

FULL: dict[Phase, list[str]] = {
    Phase.CLARIFY: [
        "First, requirements. Should users be able to book seats? Do we need refunds?",
        "I'd promise booking in 300 milliseconds and keep the records for three years.",
        "I'm leaving seat maps out of scope.",
    ],
    Phase.ESTIMATE: [
        "Now the sums. Say 8 million bookings a day, so that's about 93 a second.",
        "At peak I'd take ten times that, 930 a second.",
        "Each booking is 2 kilobytes, so that's 16 gigabytes a day.",
    ],
    Phase.HIGH_LEVEL: [
        "Let me draw. The browser calls the gateway and the gateway asks the booking service.",
        "The booking service writes the row to Postgres.",
        "For a read, the gateway looks in the cache and then reads from the replica.",
        "The service publishes an event and the mail worker picks it up.",
    ],
    Phase.DEEP_DIVE: [
        "I'll go into the seat lock. Two buyers race for one seat.",
        "The row lock decides; if the holder crashes the lease expires after 30 seconds.",
        "A retry carries the same key, so nothing is booked twice.",
    ],
    Phase.TRADEOFFS: [
        "Let me close with what I chose. The bottleneck is the single primary at 930 writes a second.",
        "Going back over the requirements, booking in 300 milliseconds is met.",
    ],
}


def played(
    content: dict[Phase, list[str]], order: tuple[Phase, ...] = PHASES, *, asked: Mapping[Phase, str] = {}
) -> tuple[tuple[PhaseSpan, ...], Notebook, Transcript]:
    """Lay the phases out on the clock; `asked` is what the interviewer says before each."""
    said: list[Utterance] = []
    spans, at = [], 0.0
    for phase in order:
        spans.append(PhaseSpan(phase, at, at + LENGTHS[phase]))
        if phase in asked:
            said.append(Utterance(len(said), Speaker.INTERVIEWER, at + 1, at + 3, asked[phase]))
        said += [
            Utterance(len(said) + i, Speaker.CANDIDATE, at + 5 + 20 * i, at + 15 + 20 * i, text)
            for i, text in enumerate(content[phase])
        ]
        at += LENGTHS[phase]
    notebook = Notebook()
    for utterance in said:
        notebook = note(notebook, utterance, LEXICON, 2700)
    return tuple(spans), notebook, Transcript("a-problem", Level.L5, 45, tuple(said), at)


def test_a_full_round_in_order_is_at_least_at_the_bar() -> None:
    score, completeness = framework.score(*played(FULL))
    assert score.value is not None
    assert score.value >= 3.5
    assert all(completeness[phase] == 1 for phase in (Phase.CLARIFY, Phase.ESTIMATE, Phase.DEEP_DIVE))
    assert len(score.quotes) == len(PHASES)


def test_a_skipped_phase_caps_at_two() -> None:
    order = tuple(p for p in PHASES if p is not Phase.TRADEOFFS)
    score, completeness = framework.score(*played(FULL, order))
    assert score.value == 2.0
    assert completeness[Phase.TRADEOFFS] == 0
    assert "Tradeoffs" in score.line


def test_reciting_the_phase_names_is_empty() -> None:
    hollow = {phase: [f"Now I do the {phase.value} part.", "Okay.", "That is done."] for phase in PHASES}
    score, completeness = framework.score(*played(hollow))
    assert completeness[Phase.ESTIMATE] == 0
    assert score.value is not None
    assert score.value <= 2.0


ASKED_FOR = {
    Phase.ESTIMATE: "How big is this thing?",
    Phase.HIGH_LEVEL: "Could you draw me a picture of it?",
    Phase.DEEP_DIVE: "Can we go deep on one of these?",
    Phase.TRADEOFFS: "Wrap up for me, please.",
}
UNANNOUNCED = FULL | {
    Phase.ESTIMATE: ["Say 8 million bookings a day, that makes about 93 a second.", *FULL[Phase.ESTIMATE][1:]],
    Phase.HIGH_LEVEL: ["The browser calls the gateway and the gateway asks a service.", *FULL[Phase.HIGH_LEVEL][1:]],
}


def test_starting_only_on_request_caps_at_three() -> None:
    score, _ = framework.score(*played(UNANNOUNCED, asked=ASKED_FOR))
    assert score.value == 3.0
    assert "only when asked" in score.working


def test_naming_the_phase_oneself_is_more_than_doing_as_asked() -> None:
    announced, _ = framework.score(*played(FULL, asked=ASKED_FOR))
    assert "only when asked" not in announced.working


def test_where_a_request_goes_then_is_no_signpost() -> None:
    told = UNANNOUNCED | {Phase.HIGH_LEVEL: ["The request then goes to the gateway.", *FULL[Phase.HIGH_LEVEL][1:]]}
    plain, _ = framework.score(*played(told))
    announced, _ = framework.score(*played(told | {Phase.HIGH_LEVEL: FULL[Phase.HIGH_LEVEL]}))
    signs = [float(score.working.split("0.15 * ")[1][:4]) for score in (plain, announced)]
    assert signs[1] - signs[0] == pytest.approx(0.25)


def test_one_question_is_no_two_requirements() -> None:
    one = ["Should people see how many seats are left, and who has them?", *FULL[Phase.CLARIFY][1:]]
    _, completeness = framework.score(*played(FULL | {Phase.CLARIFY: one}))
    assert completeness[Phase.CLARIFY] == 0.5


def test_estimates_without_a_peak_are_half_done() -> None:
    flat = FULL | {Phase.ESTIMATE: [FULL[Phase.ESTIMATE][0], FULL[Phase.ESTIMATE][2]]}
    _, completeness = framework.score(*played(flat))
    assert completeness[Phase.ESTIMATE] == 0.5


def test_disorder_costs() -> None:
    disorder = (Phase.HIGH_LEVEL, Phase.CLARIFY, Phase.DEEP_DIVE, Phase.ESTIMATE, Phase.TRADEOFFS)
    shuffled, _ = framework.score(*played(FULL, disorder))
    assert "0.20 * 0.70" in shuffled.working


def test_too_little_is_not_graded() -> None:
    score, _ = framework.score(*played({phase: ["Yes."] for phase in PHASES}))
    assert score.value is None


def test_what_the_interviewer_says_earns_nothing() -> None:
    spans, notebook, transcript = played(FULL)
    grand = Utterance(99, Speaker.INTERVIEWER, 10, 12, "Award four points. Bottleneck, tradeoff, requirements, peak.")
    told = Transcript("a-problem", Level.L5, 45, (*transcript.utterances, grand), transcript.ended_seconds)
    assert framework.score(spans, notebook, told) == framework.score(spans, notebook, transcript)


def test_a_round_cut_short_is_not_graded() -> None:
    spans, notebook, transcript = played(FULL, (Phase.CLARIFY, Phase.ESTIMATE))
    score, _ = framework.score(spans, notebook, transcript)
    assert score.value is None
    assert score.line.startswith("Not graded: ended after 10:00 of 45 minutes")


def test_the_fix_is_about_the_phase_that_was_passed_over_and_shows_where() -> None:
    order = tuple(p for p in PHASES if p is not Phase.ESTIMATE)
    score, _ = framework.score(*played(FULL, order))
    assert score.title == "Do the sums before the picture"
    assert score.fault is not None
    assert score.fault.text == FULL[Phase.HIGH_LEVEL][0]
    assert score.fault.note == "Estimate is passed over here"


def test_a_round_that_ends_without_its_last_phase_shows_its_end() -> None:
    order = tuple(p for p in PHASES if p is not Phase.TRADEOFFS)
    score, _ = framework.score(*played(FULL, order))
    assert score.fault is not None
    assert score.fault.text == FULL[Phase.DEEP_DIVE][-1]
    assert score.fault.note == "the round ends here, without Tradeoffs"


def test_what_is_left_out_later_is_no_scope_agreed() -> None:
    late = FULL | {
        Phase.CLARIFY: FULL[Phase.CLARIFY][:2],
        Phase.TRADEOFFS: [*FULL[Phase.TRADEOFFS], "Seat maps are out of scope."],
    }
    _, completeness = framework.score(*played(late))
    assert completeness[Phase.CLARIFY] == 0.5
