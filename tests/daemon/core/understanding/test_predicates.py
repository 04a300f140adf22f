from __future__ import annotations

import pytest

from phantomcode.daemon.contract.errors import ProblemError
from phantomcode.daemon.core.understanding.notebook import Notebook
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
