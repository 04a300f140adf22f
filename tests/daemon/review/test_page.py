from __future__ import annotations

import msgspec
import pytest

from phantomcode.daemon.contract.vocabulary import PHASES, Level, Phase
from phantomcode.daemon.core.scoring.profile import Fix, LevelEstimate, LevelMarker, Quote, Score
from phantomcode.daemon.core.state import Audit, Ballot
from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.observations import (
    PhaseSpan,
    Pushback,
    Quantity,
    ResponseClass,
    Role,
    Timing,
    Tradeoff,
)
from phantomcode.daemon.review.evidence import estimates, ledger
from phantomcode.daemon.review.exchanges import cards
from phantomcode.daemon.review.markdown import render_markdown
from phantomcode.daemon.review.page import build_page
from phantomcode.daemon.review.record import interviewer_record, transcript
from phantomcode.daemon.review.report import PushbackCard, Report
from phantomcode.daemon.review.strip import draw
from phantomcode.daemon.review.telling import better_for, quote_of, quotes_of
from phantomcode.problems.model import ChallengeType, ReferenceRange

replace = msgspec.structs.replace


def said(number: int, text: str, speaker: Speaker = Speaker.CANDIDATE) -> Utterance:
    return Utterance(number, speaker, 10.0 * number, 10.0 * number + 5, text)


def with_profile(report: Report, **changes: object) -> Report:
    return replace(report, profile=replace(report.profile, **changes))


@pytest.fixture
def bare(empty: Report) -> Report:
    """A report of six utterances with nothing made of them yet, 45 minutes planned."""
    lines = tuple(said(i, f"line {i}", Speaker.INTERVIEWER if i % 2 == 0 else Speaker.CANDIDATE) for i in range(6))
    return replace(empty, utterances=lines, lasted_seconds=2700.0)


def spans(*minutes: tuple[Phase, float]) -> tuple[PhaseSpan, ...]:
    found, start = [], 0.0
    for phase, length in minutes:
        found.append(PhaseSpan(phase, start, start + 60 * length))
        start += 60 * length
    return tuple(found)


def spent(found: tuple[PhaseSpan, ...]) -> dict[Phase, float]:
    return {p: sum(s.t1 - s.t0 for s in found if s.phase is p) for p in PHASES}


@pytest.fixture
def overrun(bare: Report) -> Report:
    """High-level held 30 minutes from the first words on; deep-dive had 10, the closing phase none."""
    course = spans((Phase.CLARIFY, 0.1), (Phase.ESTIMATE, 4.9), (Phase.HIGH_LEVEL, 30), (Phase.DEEP_DIVE, 10))
    course = (course[0], replace(course[1], t1=20.0), replace(course[2], t0=20.0), course[3])
    return with_profile(bare, phases=course, spent_seconds=spent(course), skipped=(Phase.TRADEOFFS,))


def test_a_skipped_phase_is_named_with_its_minutes_and_its_cause(overrun: Report) -> None:
    page = build_page(overrun)
    assert page.skipped.startswith("Skipped: Tradeoffs (held 0:00, planned 5:00). High-level ran 21:40 past its band.")
    rows = {row.title: row for row in page.phases}
    assert (rows["Tradeoffs"].note, rows["Tradeoffs"].tone) == ("skipped", "poor")
    assert rows["High-level"].note == "21:40 over the band"
    assert rows["Deep-dive"].note == "5:00 under the band"
    assert (rows["Estimate"].note, rows["Estimate"].tone) == ("2:46 under the band", "fair")


def test_the_strip_has_one_scale_for_both_rows(overrun: Report) -> None:
    strip = draw(overrun, [(1350.0, "pushback-1")])
    assert [part.number for part in strip.planned] == [1, 2, 3, 4, 5]
    assert [part.number for part in strip.actual] == [1, 2, 3, 4]
    assert strip.planned[-1].left + strip.planned[-1].width == pytest.approx(100)
    assert strip.bell == 100
    assert strip.pushbacks[0].left == 50
    assert [mark.label for mark in strip.ticks] == ["0", "5", "10", "15", "20", "25", "30", "35", "40", "45"]


def test_a_round_that_ran_late_shows_where_the_bell_was(overrun: Report) -> None:
    assert draw(replace(overrun, lasted_seconds=3000.0), []).bell == 90


def event(challenge: int, answer: ResponseClass, rung: int = 1, **more: object) -> Pushback:
    known = {"challenge_id": "hot-shard", "before": "redis", "after": "redis", "sound": True} | more
    return Pushback(challenge, (challenge + 1,), ChallengeType.INVALID, rung, "cache", answer, **known)


def pushed(report: Report, *events: tuple[Pushback, float | None]) -> Report:
    made = tuple(
        PushbackCard(
            pushback=e,
            claim=report.utterances[e.challenge].text,
            at_seconds=report.utterances[e.challenge].started_seconds,
            replies=tuple(report.utterances[i] for i in e.responses),
            verdict="It was wrong.",
            worth=worth,
        )
        for e, worth in events
    )
    return replace(report, pushbacks=made)


def test_the_rungs_of_one_challenge_make_one_card(bare: Report) -> None:
    report = pushed(
        bare,
        (event(0, ResponseClass.DEFEND), 4.0),
        (event(2, ResponseClass.CAPITULATE, 2, after="memcached", sound=None), 0.0),
        (event(4, ResponseClass.DEFLECT, challenge_id="other-one", before="", after=""), 1.0),
    )
    first, second = cards(report)
    assert (first.title, first.kind, first.design) == ("Hot shard", "cache, invalid on purpose", "Redis → Memcached")
    assert [(r.rung, r.answer, r.worth) for r in first.rungs] == [
        (1, "defended with a reason", 4.0),
        (2, "gave way without a reason", 0.0),
    ]
    assert second.design == "no decision on this was heard"
    assert (first.anchor, second.anchor) == ("pushback-1", "pushback-2")


def test_challenges_without_an_id_stay_apart(bare: Report) -> None:
    report = pushed(
        bare,
        (event(0, ResponseClass.DEFEND, challenge_id=""), 4.0),
        (event(2, ResponseClass.DEFEND, challenge_id="", sound=False, late=True), 2.0),
    )
    made = cards(report)
    assert len(made) == 2
    assert made[1].rungs[0].answer == ("defended with a reason, but the reason does not hold, and reversed later")


def test_the_fix_for_pushback_shows_what_the_bank_holds_against_the_quoted_challenge(bare: Report) -> None:
    report = pushed(
        bare, (event(0, ResponseClass.DEFEND), 4.0), (event(2, ResponseClass.CAPITULATE, 2, sound=None), 0.0)
    )
    known = replace(report.pushbacks[1], strong_points=("A shard holds it.", "And so on."))
    report = replace(report, pushbacks=(report.pushbacks[0], known))
    assert (
        better_for(report, Fix("pushback", "title", Quote(3, 30.0, "line 3"), "better", "drill")) == "A shard holds it."
    )
    assert better_for(report, Fix("pushback", "title", Quote(1, 10.0, "line 1"), "better", "drill")) == "better"
    redo = Fix("estimation", "title", None, "Redo “x”: 200000 1/s * 5000 B = 1e+09 B/s.", "drill")
    assert better_for(report, redo) == "Redo “x”: 200 k/s × 5 kB = 1 GB/s."
    assert better_for(report, Fix("time", "title", Quote(3, 30.0, "line 3"), "better", "drill")) == "better"
    assert better_for(report, Fix("pushback", "title", None, "better", "drill")) == "better"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("redis + ttl", "redis + local-cache", "TTL → Local cache"),
        ("mysql", "mysql + redis", "MySQL, and now Redis as well"),
        ("mysql", "", "MySQL → dropped"),
        ("", "grpc", "undecided → gRPC"),
        ("rest-api + webhook", "rest-api + webhook", "REST API, Webhook, unchanged"),
    ],
)
def test_of_several_decisions_only_the_changed_ones_are_shown(
    bare: Report, before: str, after: str, shown: str
) -> None:
    (card,) = cards(pushed(bare, (event(0, ResponseClass.ADAPT, before=before, after=after), 2.0)))
    assert card.design == shown


@pytest.mark.parametrize(
    ("before", "shown"), [("redis", "Redis, changed: “Reads ask two.”"), ("", "changed: “Reads ask two.”")]
)
def test_a_change_without_a_name_is_told_in_the_candidates_words(bare: Report, before: str, shown: str) -> None:
    answered = event(0, ResponseClass.CONCEDE, before=before, after=before, change="Reads ask two.")
    (card,) = cards(pushed(bare, (answered, 4.0)))
    assert card.design == shown


def test_the_arithmetic_behind_the_estimation_score_reads_as_people_write_it() -> None:
    score = Score("estimation", 3.0, "line", quotes=(Quote(1, 10.0, "words", "3e+07 count / 86400 s = 347.2 1/s"),))
    assert [quote.note for quote in quotes_of(score)] == ["30 M ÷ 24 h = 347/s"]
    assert quotes_of(replace(score, value=None)) == ()
    fix = Fix("estimation", "title", score.quotes[0], "Redo “x”: 200000 1/s * 5000 B = 1e+09 B/s.", "drill")
    shown = quote_of(fix)
    assert shown is not None
    assert shown.note == "30 M ÷ 24 h = 347/s"


RATES = ReferenceRange("write_rate", "1/s", 35, 1200, "basis", "links created")
PEAKS = ReferenceRange("peak_rate", "1/s", 6000, 360_000, "basis", "redirects at peak")
OTHERS = ReferenceRange("peak_rate", "1/s", 70, 3600, "basis", "links created at peak")


def quantity(value: float, unit: str = "1/s", metric: str = "write_rate", **more: object) -> Quantity:
    known = {"role": Role.COMPUTED, "correct": True, "expected": value, "working": "40 count = 40 1/s"} | more
    return Quantity(utterance=1, text="so many", value=value, unit=unit, metric=metric, **known)


@pytest.mark.parametrize(
    ("found", "verdict", "place"),
    [
        (quantity(40), "right", "inside"),
        (quantity(400, correct=False, expected=40.0), "10× too high", "inside"),
        (quantity(4, correct=False, expected=40.0), "10× too low", "8.75× below"),
        (quantity(2400, correct=None, expected=None), "cannot be redone from what was said", "2× above"),
        (quantity(40, role=Role.ASSUMED, correct=None), "", "inside"),
        (quantity(40, superseded=True), "corrected later", "inside"),
        (quantity(3.456e6, unit="1/day"), "right", "inside"),
        (quantity(5e6), "right", ""),
    ],
)
def test_a_figure_is_judged_by_its_own_inputs_and_set_beside_the_range(
    bare: Report, found: Quantity, verdict: str, place: str
) -> None:
    (row,) = estimates(replace(with_profile(bare, quantities=(found,)), reference=(RATES,)))
    assert (row.verdict, row.place) == (verdict, place)
    assert row.right is (None if verdict in ("", "corrected later") or found.correct is None else found.correct)


def test_of_several_ranges_the_one_spoken_about_is_shown(bare: Report) -> None:
    found = with_profile(bare, quantities=(quantity(9000, metric="peak_rate"),))
    report = replace(found, reference=(PEAKS, OTHERS))
    assert [row.range_label for row in estimates(report)] == [""]
    lines = tuple(replace(u, text=f"{u.text}: so many redirects a second at peak") for u in report.utterances)
    assert [row.range_label for row in estimates(replace(report, utterances=lines))] == ["redirects at peak"]


def test_a_bare_factor_is_set_beside_what_is_spoken_about(bare: Report) -> None:
    ratio = ReferenceRange("ratio", "ratio", 10, 200, "basis", "reads to writes")
    report = replace(with_profile(bare, quantities=(quantity(100, "ratio", "ratio"),)), reference=(ratio,))
    assert [row.range_label for row in estimates(report)] == [""]
    lines = tuple(replace(u, text=f"{u.text}: a hundred reads for each write") for u in report.utterances)
    assert [row.range_label for row in estimates(replace(report, utterances=lines))] == ["reads to writes"]


def test_a_count_of_nothing_known_that_cannot_be_redone_is_left_out(bare: Report) -> None:
    unknown = quantity(17, "count", "other", correct=None, expected=None)
    assert estimates(with_profile(bare, quantities=(unknown,))) == ()


def test_the_table_holds_the_candidates_estimates_once_each(bare: Report) -> None:
    theirs = replace(quantity(7), utterance=0)
    latency = quantity(0.1, "s", "latency", role=Role.ASSUMED)
    rows = estimates(with_profile(bare, quantities=(theirs, quantity(40), quantity(40), latency)))
    assert [row.value for row in rows] == ["40/s"]


def test_the_ledger_keeps_who_raised_it_apart(bare: Report) -> None:
    rows = (
        Tradeoff(1, "database", Timing.UNPROMPTED, 1.0, "postgres", "rather than"),
        Tradeoff(3, "id-generation", Timing.PROMPTED, 0.6),
    )
    raised, asked = ledger(with_profile(bare, tradeoffs=rows))
    assert [(r.at, r.topic, r.choice, r.weight) for r in raised] == [
        ("0:10", "Database", "Postgres", "choice, price and reason")
    ]
    assert [(r.topic, r.choice, r.weight) for r in asked] == [("ID generation", "", "choice and price")]


def test_the_record_says_what_became_of_every_model_line(bare: Report) -> None:
    audits = (
        Audit(0, "challenge:hot-shard:1", "two", "", 0.4, line="Line 2."),
        Audit(1, "press:hot-shard:2", "Great point!", "praise", 0.5),
        Audit(2, "squeeze:hot-shard:3", "else", "", 0.6, line="Something else?"),
        Audit(3, "squeeze:hot-shard:3", "", "empty", 1.5),
    )
    record = interviewer_record(replace(bare, audits=audits))
    assert [(line.about, line.outcome, line.said) for line in record.lines] == [
        ("challenge, hot shard, rung 1", "said", 2),
        ("press, hot shard, rung 2", "rejected: praise", None),
        ("squeeze, hot shard, rung 3", "kept, not needed", None),
    ]
    assert "spoke 3 times; a language model worded 1" in record.summary
    assert "Of 4 lines asked of the model, 1 broke a rule and 1 came too late or empty" in record.summary
    ballots = (Ballot(3, Phase.CLARIFY, Phase.CLARIFY), Ballot(5, Phase.ESTIMATE, Phase.DEEP_DIVE))
    voted = interviewer_record(replace(bare, audits=audits, ballots=ballots)).summary
    assert "Asked for the phase 2 times, the model was of another mind than the rules once." in voted


def test_a_round_without_a_model_says_whose_words_were_used(bare: Report) -> None:
    assert "the problem bank's own words" in interviewer_record(bare).summary


def test_the_transcript_carries_phases_and_marks(bare: Report) -> None:
    course = (PhaseSpan(Phase.CLARIFY, 0.0, 30.0), PhaseSpan(Phase.DEEP_DIVE, 30.0, 60.0))
    report = with_profile(bare, phases=course, lost=(3,), tradeoffs=(Tradeoff(5, "cache", Timing.UNPROMPTED, 1.0),))
    report = pushed(report, (event(0, ResponseClass.DEFEND), 4.0))
    lines = transcript(report, cards(report))
    assert [(line.id, line.phase) for line in lines if line.phase] == [(0, "Clarify"), (3, "Deep-dive")]
    assert {line.id: line.tags[0].text for line in lines if line.tags} == {
        0: "challenge, rung 1: cache, invalid on purpose",
        3: "lost the thread",
        5: "tradeoff",
    }


def test_a_marker_shown_higher_up_is_not_said_to_be_missing_below(bare: Report) -> None:
    grid = tuple(LevelMarker("Scope", level, level is Level.L5, None, "say so") for level in Level)
    report = with_profile(bare, level=LevelEstimate(Level.L5, "line", grid))
    (row,) = build_page(report).level.markers
    assert [(cell.met, cell.covered) for cell in row.cells] == [(False, True), (True, False), (False, False)]
    assert "counted, as shown further up" in render_markdown(report)
