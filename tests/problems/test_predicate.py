from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.contract.errors import ProblemError
from phantomcode.problems.model import Design
from phantomcode.problems.predicate import (
    MAX_DEPTH,
    MAX_LENGTH,
    METRICS,
    TOPICS,
    AllOf,
    Always,
    AnyOf,
    Compared,
    Decided,
    DesignFacts,
    Mentioned,
    Not,
    Predicate,
    evaluate,
    format_predicate,
    holds,
    leaves,
    parse_predicate,
)

NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,12}", fullmatch=True)
NUMBERS = st.floats(min_value=0, allow_nan=False, allow_infinity=False)
LEAVES: st.SearchStrategy[Predicate] = st.one_of(
    st.just(Always()),
    st.builds(Decided, st.sampled_from(TOPICS), st.none() | NAMES),
    st.builds(Mentioned, NAMES),
    st.builds(Compared, st.sampled_from(METRICS), st.sampled_from(["<", "<=", ">", ">="]), NUMBERS),
)


def _grow(part: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    parts = st.lists(part, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(AllOf, parts), st.builds(AnyOf, parts), st.builds(Not, part))


PREDICATES = st.recursive(LEAVES, _grow, max_leaves=8)
DESIGNS = st.builds(
    Design,
    decided=st.dictionaries(st.sampled_from(TOPICS), st.lists(NAMES, max_size=2).map(tuple), max_size=3),
    mentioned=st.lists(NAMES, max_size=3).map(tuple),
    quantities=st.dictionaries(st.sampled_from(METRICS), NUMBERS, max_size=3),
)
ALPHABET = "adnotlweciy(),<>=!&-_.0123456789 e\"'{}\n\x00é"
FRAGMENTS = ["all(", "any(", "not(", "decided(", "mentioned(", "quantity(", "always", ")", ",", "<=", ">", "5e3"]


@given(PREDICATES)
def test_what_is_written_is_read_back(predicate: Predicate) -> None:
    assert parse_predicate(format_predicate(predicate)) == predicate


@given(
    st.text(alphabet=ALPHABET) | st.text() | st.lists(st.sampled_from([*FRAGMENTS, *TOPICS, *METRICS])).map(" ".join)
)
def test_no_text_raises_anything_but_a_problem_error(text: str) -> None:
    with suppress(ProblemError):
        assert parse_predicate(format_predicate(parse_predicate(text))) == parse_predicate(text)


@given(PREDICATES, DESIGNS)
def test_not_all_and_any_are_what_they_say(predicate: Predicate, design: Design) -> None:
    facts = DesignFacts(design)
    true = evaluate(predicate, facts)
    assert evaluate(Not(predicate), facts) is not true
    assert evaluate(AllOf((Always(), predicate)), facts) is true
    assert evaluate(AnyOf((Not(Always()), predicate)), facts) is true


@given(PREDICATES)
def test_leaves_are_the_atoms_in_order(predicate: Predicate) -> None:
    atoms = [format_predicate(leaf) for leaf in leaves(predicate)]
    text = format_predicate(predicate)
    at = 0
    for atom in atoms:
        at = text.index(atom, at) + len(atom)
    assert not any(isinstance(leaf, AllOf | AnyOf | Not) for leaf in leaves(predicate))


DESIGN = Design(
    decided={"database": ("cassandra",), "cache": ("redis", "cache-aside")},
    mentioned=("load-balancer",),
    quantities={"write_rate": 1200.0},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("always", True),
        ("decided(database)", True),
        ("decided(queue)", False),
        ("decided(cache, cache-aside)", True),
        ("decided(cache, memcached)", False),
        ("mentioned(load-balancer)", True),
        ("mentioned(redis)", True),
        ("mentioned(cdn)", False),
        ("quantity(write_rate) < 1200", False),
        ("quantity(write_rate) <= 1.2e3", True),
        ("quantity(write_rate) > 1199.5", True),
        ("quantity(read_rate) > 0", False),
        (" all( decided(database) ,not(mentioned(cdn)) ) ", True),
        ("any(mentioned(cdn), quantity(write_rate)>5e3)", False),
    ],
)
def test_predicates_on_a_design(text: str, expected: bool) -> None:
    assert holds(text, DesignFacts(DESIGN)) is expected


@pytest.mark.parametrize(
    ("text", "column", "remedy"),
    [
        ("", 1, "always"),
        ("decide(database)", 1, "decided"),
        ("decided(databse)", 9, 'Perhaps "database"?'),
        ("decided database", 9, '"("'),
        ("decided(database, Redis)", 19, "lower-case"),
        ("quantity(write_rate) = 5", 22, "names, numbers"),
        ("quantity(write_rate) 5", 22, "<, <=, > or >="),
        ("quantity(write_rate) < many", 24, "5e3"),
        ("quantity(write_rate) < 1e999", 24, "5e3"),
        ("quantity(qps) < 5", 10, "write_rate"),
        ("all()", 5, "always"),
        ("not(always", 11, '")"'),
        ("always always", 8, "all(...)"),
        ("not(" * MAX_DEPTH + "always" + ")" * MAX_DEPTH, 4 * MAX_DEPTH + 1, "Flatten"),
        ("mentioned(" + "x" * MAX_LENGTH + ")", 1, "Split"),
    ],
)
def test_errors_name_the_column_and_a_cure(text: str, column: int, remedy: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_predicate(text)
    assert caught.value.code == "problems.predicate"
    assert caught.value.message.startswith(f"Column {column} of predicate")
    assert remedy in caught.value.remedy
