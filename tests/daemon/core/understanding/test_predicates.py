from __future__ import annotations

import pytest

from phantomcode.daemon.contract.errors import ProblemError
from phantomcode.daemon.contract.vocabulary import Move
from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.notebook import Notebook, note
from phantomcode.daemon.core.understanding.observations import ComponentUse, Decision, Quantity, Role
from phantomcode.daemon.core.understanding.predicates import NotebookFacts, holds
from phantomcode.problems.model import Metric


def figure(value: float, unit: str, metric: Metric, *, superseded: bool = False, peak: bool = False) -> Quantity:
    return Quantity(0, "", value, unit, Role.ASSUMED, metric, superseded=superseded, peak=peak)


NOTEBOOK = Notebook(
    decisions=(
        Decision("database", "cassandra", "Cassandra", 3, alternatives=("mongodb",)),
        Decision("database", "postgres", "Postgres", 1, withdrawn_by=3),
        Decision("cache", "redis", "reddish", 4),
    ),
    components=(ComponentUse("load-balancer", "load balancer", 2),),
    quantities=(
        figure(100e6, "1/day", "write_rate"),
        figure(9e9, "1/day", "write_rate", superseded=True),
        figure(6_000.0, "1/s", "write_rate", peak=True),
        figure(5e12, "B/year", "storage"),
        figure(0.1, "s", "latency"),
        figure(100.0, "ratio", "ratio"),
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "always",
        "decided(database)",
        "decided(database, cassandra)",
        "mentioned(cassandra)",
        "mentioned(load-balancer)",
        "all(decided(cache, redis), not(mentioned(cdn)))",
        "quantity(write_rate) < 1200",
        "quantity(peak_rate) >= 6000",
        "quantity(storage) < 200000",
        "quantity(latency) <= 0.1",
        "quantity(ratio) > 99",
    ],
)
def test_predicate_true_of_the_design(text: str) -> None:
    assert holds(text, NOTEBOOK)


@pytest.mark.parametrize(
    "text",
    [
        "decided(database, postgres)",
        "mentioned(postgres)",
        "mentioned(mongodb)",
        "decided(queue)",
        "quantity(write_rate) > 10000",
        "quantity(read_rate) > 0",
        "quantity(peak_rate) < 6000",
    ],
)
def test_withdrawn_rejected_superseded_and_unsaid_do_not_count(text: str) -> None:
    assert not holds(text, NOTEBOOK)


def test_figures_come_in_base_units() -> None:
    assert sorted(NotebookFacts(NOTEBOOK).quantities("write_rate")) == pytest.approx([1157.4, 6000.0], rel=1e-4)


def test_nothing_is_known_of_an_empty_notebook() -> None:
    facts = NotebookFacts(Notebook())
    assert not facts.mentioned()
    assert not facts.decided("database")
    assert not facts.quantities("dau")


def test_an_unreadable_predicate_is_an_error() -> None:
    with pytest.raises(ProblemError):
        holds("decided(", NOTEBOOK)


def told(*lines: tuple[str, Move | None]) -> Notebook:
    """Fold lines; those with a move are the interviewer's."""
    lexicon, notebook = Lexicon(None, (), ()), Notebook()
    for number, (text, move) in enumerate(lines):
        speaker = Speaker.INTERVIEWER if move else Speaker.CANDIDATE
        said = Utterance(number, speaker, 10.0 * number, 10.0 * number + 5, text, move=move)
        notebook = note(notebook, said, lexicon, 2700)
    return notebook


@pytest.mark.parametrize("move", [Move.PROBE, Move.FOLLOW_UP, Move.SQUEEZE, Move.NUDGE])
def test_what_the_interviewer_supposes_is_no_figure_of_the_design(move: Move) -> None:
    supposed = ("Say it is two million reads a second. What breaks first?", move)
    assert not holds("quantity(read_rate) > 1000000", told(supposed))
    assert not holds(
        "quantity(read_rate) > 1000000", told(supposed, ("At two million reads a second, the cache.", None))
    )


@pytest.mark.parametrize("move", [Move.ANSWER, Move.POSE, Move.REQUIREMENT_CHANGE])
def test_what_the_interviewer_answers_is_a_figure_of_the_design(move: Move) -> None:
    assert holds("quantity(read_rate) > 1000000", told(("It is two million reads a second.", move)))


def test_a_figure_of_the_candidates_own_stays_one_when_the_interviewer_supposes_it_too() -> None:
    own = ("I assume two million reads a second.", None)
    supposed = ("At two million reads a second, what breaks first?", Move.PROBE)
    assert holds("quantity(read_rate) > 1000000", told(own, supposed, ("Two million reads a second, as I said.", None)))
