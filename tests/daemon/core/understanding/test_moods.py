from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.understanding.moods import clauses_of, is_fragment, placeholders
from phantomcode.daemon.core.understanding.names import find_options
from phantomcode.daemon.core.understanding.text import words
from phantomcode.problems.model import Option

OPTIONS = (
    Option("postgres", "database", ("Postgres",)),
    Option("cassandra", "database", ("Cassandra",)),
    Option("kafka", "queue", ("Kafka",)),
    Option("check", "consistency", ("check if it exists",)),
)


def clauses(sentence: str) -> list[tuple[str, bool]]:
    mentions = [mention for _, mention in find_options(sentence, OPTIONS)]
    return [(clause.text, clause.real) for clause in clauses_of(sentence, mentions)]


@pytest.mark.parametrize(
    ("sentence", "cut"),
    [
        ("We use Postgres, and Kafka feeds it.", ["we use <0>", "and <1> feeds it"]),
        ("we use postgres because it is enough", ["we use <0>", "because it is enough"]),
        ("we use postgres we put kafka in front", ["we use <0>", "we put <1> in front"]),
        ("first we check if it exists", ["first", "we <0>"]),
        ("I don't think we need Kafka", ["i don't think we need <0>"]),
        ("as you said, Kafka is enough", ["as you said", "<0> is enough"]),
        ("Kafka gives you a replay", ["<0> gives you a replay"]),
        ("and so if it fails", ["and so if it fails"]),
        ("I had Kafka in there now it is Postgres", ["i had <0> in there", "now", "it is <1>"]),
        ("I looked at Kafka yet Postgres is enough", ["i looked at <0>", "yet <1> is enough"]),
        ("we do not need Kafka by now", ["we do not need <0> by now"]),
    ],
)
def test_clauses_begin_at_pauses_connectives_and_new_subjects(sentence: str, cut: list[str]) -> None:
    assert [text for text, _ in clauses(sentence)] == cut


@pytest.mark.parametrize(
    ("sentence", "real"),
    [
        ("We use Postgres, and we could add Kafka.", [True, False]),
        ("If it fails, we ask Postgres.", [True, True]),
        ("If it failed we ask Postgres.", [False, True]),
        ("If it failed we would ask Postgres.", [False, False]),
        ("If we ever outgrow it and need more, we take Cassandra.", [False, False, False]),
        ("I'd take Cassandra if we had more writes.", [False, False]),
        ("I take Postgres unless writes grow.", [True, False]),
        ("I take Postgres only if writes grow.", [False, False]),
        ("Even if we grow, Postgres is enough.", [True, True]),
        ("At my last job, we ran Kafka, but I take Postgres.", [False, False, True]),
        ("We could take Kafka and put Cassandra behind it, but I take Postgres.", [False, False, True]),
        ("You said Cassandra, so Postgres is out.", [False, True]),
        ("It depends, if it grows then Cassandra, if not then Postgres.", [False, False, False, False, False]),
    ],
)
def test_each_clause_is_about_the_design_as_it_is_or_not(sentence: str, real: list[bool]) -> None:
    assert [about_it for _, about_it in clauses(sentence)] == real


@pytest.mark.parametrize(
    ("text", "fragment"),
    [("or <1>", True), ("and a plain <1>", True), ("and use <1>", False), ("so it stays <1>", False)],
)
def test_a_fragment_has_no_verb_of_its_own(text: str, fragment: bool) -> None:
    assert is_fragment(text) is fragment


@given(st.text(alphabet="abe ikfz,.'if we postgres", max_size=80))
def test_clauses_hold_every_word_and_name_once_and_in_order(sentence: str) -> None:
    found = find_options(sentence, OPTIONS)
    texts = [text for text, _ in clauses(sentence)]
    assert [number for text in texts for number in placeholders(text)] == list(range(len(found)))
    named = sum(mention.end - mention.start - 1 for _, mention in found)
    assert sum(len(text.split()) for text in texts) == len(words(sentence)) - named
