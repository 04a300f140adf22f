"""Questions about the interviewer and the round."""

from __future__ import annotations

import pytest

from phantomcode.daemon.contract.vocabulary import Move
from phantomcode.daemon.core.asides import CLAIM, TIME_LEFT, VIEW, Aside, aside_in, time_left
from phantomcode.problems.load import load_problem, problem_slugs
from phantomcode.problems.wording import MAX_WORDS, line_faults


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("Half a percent of the port. Where does your number come from?", Aside.CLAIM),
        ("Who told you that?", Aside.CLAIM),
        ("Is that a real number or are you making it up?", Aside.CLAIM),
        ("What makes you think that would happen?", Aside.CLAIM),
        ("Do you have a source for this?", Aside.CLAIM),
        ("What failure do you have in mind? Just so I know.", Aside.CLAIM),
        ("Hm. And what would you do differently?", Aside.VIEW),
        ("Do you agree?", Aside.VIEW),
        ("Am I on the right track?", Aside.VIEW),
        ("What time is it, how long do we have left?", Aside.TIME),
        ("How many minutes are there to go?", Aside.TIME),
        ("how much time do i have", Aside.TIME),
        ("How long do links live?", None),
        ("How much time does a redirect have?", None),
        ("Do we need custom aliases?", None),
        ("Who told you that? I would keep Postgres, since one primary takes forty writes a second easily.", None),
        ("That is a real number and I measured it.", None),
    ],
)
def test_what_a_question_is_about(text: str, aside: Aside | None) -> None:
    assert aside_in(text) is aside


def test_without_a_claim_there_is_none_to_ask_about(make_round, design) -> None:
    round_ = make_round()
    for line in design[:5]:
        round_.say(line)
        round_.wait(20.0)
    assert round_.state.agenda.open is None
    said = len(round_.lines)
    round_.say("Where does that number come from?")
    round_.wait(3.0)
    assert len(round_.lines) == said


@pytest.mark.parametrize("slug", problem_slugs())
def test_questions_for_the_sheet_are_taken_for_nothing_else(slug: str) -> None:
    facts = load_problem(slug).facts
    asked = [ask if ask.endswith("?") else f"{ask}?" for fact in facts for ask in fact.asks]
    assert [ask for ask in asked if aside_in(ask)] == []


def test_the_time_that_is_left_is_told_in_whole_minutes() -> None:
    told = [time_left(at, 2700.0) for at in (0.0, 2571.0, 2580.0, 2640.0, 2690.0, 2800.0)]
    assert (
        told
        == ["About 45 minutes.", "About 2 minutes.", "About 2 minutes.", "About one minute."]
        + ["Less than a minute."] * 2
    )
    assert all(TIME_LEFT.fullmatch(line) for line in told)


@pytest.mark.parametrize("line", [*CLAIM, *VIEW])
def test_the_answers_are_lines_of_an_interviewer(line: str) -> None:
    assert not list(line_faults(line, MAX_WORDS))


def test_a_question_about_the_claim_is_answered_and_the_challenge_stays_open(make_round, design) -> None:
    round_ = make_round()
    for line in design:
        round_.say(line)
        round_.wait(60.0)
    for _ in range(6):
        if round_.state.agenda.open is not None:
            break
        round_.say("Reads go to the cache first and then to a replica, so the primary only takes the writes.")
        round_.wait(60.0)
    opened = round_.state.agenda.open
    assert opened is not None
    round_.say("Where does your number come from?")
    round_.wait(3.0)
    assert round_.lines[-1].move is Move.ANSWER
    assert round_.lines[-1].text in CLAIM
    assert round_.state.agenda.open is not None
    assert round_.state.agenda.open.challenge_id == opened.challenge_id


def test_asking_for_time_is_no_answer_to_a_challenge(make_round, design) -> None:
    round_ = make_round()
    for line in design:
        round_.say(line)
        round_.wait(60.0)
    said = len(round_.lines)
    round_.say("I need a moment to think.")
    round_.wait(15.0)
    assert len(round_.lines) == said
    assert not round_.state.agenda.open or not round_.state.agenda.open.replies
