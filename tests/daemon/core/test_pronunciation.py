from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.pronunciation import clauses, pronounce


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("At 1M QPS?", "At 1 million Q P S?"),
        ("2.5B rows in S3.", "2.5 billion rows in S three."),
        ("your p99 is 200ms", "your P 99 is 200 milliseconds"),
        ("your p99 is 200 ms", "your P 99 is 200 milliseconds"),
        ("10x the load", "10 times the load"),
        ("~500 GB/s per node", "about 500 gigabytes per second per node"),
        ("NoSQL, not MySQL or SQL", "no sequel, not my sequel or sequel"),
        ("a 99.99% SLA", "a four nines S L A"),
        ("10,000 URLs/s", "10,000 U R Ls per second"),
        ("MB is a unit, M1 a chip, S300 neither", "MB is a unit, M1 a chip, S300 neither"),
        ("I like it.", "I like it."),
    ],
)
def test_abbreviations_are_said_as_people_say_them(written: str, said: str) -> None:
    assert pronounce(written) == said


@given(st.text())
def test_what_is_said_is_said_the_same_again(text: str) -> None:
    assert pronounce(pronounce(text)) == pronounce(text)


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("Okay. Why Cassandra?", ("Okay.", "Why Cassandra?")),
        ("Hold on, why?", ("Hold on, why?",)),
        (
            "You said the cache takes ninety percent, so what happens when it goes down?",
            ("You said the cache takes ninety percent,", "so what happens when it goes down?"),
        ),
        ("So, well, you shard by user id, and then?", ("So, well, you shard by user id,", "and then?")),
        ("", ()),
        ("99.9 percent", ("99.9 percent",)),
    ],
)
def test_lines_are_cut_where_one_breathes(line: str, pieces: tuple[str, ...]) -> None:
    assert clauses(line) == pieces


@given(st.text(alphabet="ab ,.?—:"))
def test_cutting_loses_no_word(line: str) -> None:
    assert "".join(clauses(line)).replace(" ", "") == line.replace(" ", "")
