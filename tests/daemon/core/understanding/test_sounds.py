from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.understanding.sounds import sound_of, sounds_of


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("read us", "redis"),
        ("cough car", "kafka"),
        ("calf car", "kafka"),
        ("post gress", "postgres"),
        ("click house", "clickhouse"),
        ("dynamo dee bee", "dynamodb"),
        ("my sequel", "mysql"),
        ("kass andrer", "cassandra"),
    ],
)
def test_what_is_written_for_a_name_sounds_like_it(heard: str, name: str) -> None:
    assert set(sounds_of(heard.split())) & set(sounds_of([name]))


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("reads", "redis"),
        ("write is", "redis"),
        ("among", "mongo"),
        ("clockwise", "clickhouse"),
        ("copies", "kafka"),
        ("progress", "postgres"),
    ],
)
def test_other_words_sound_different(heard: str, name: str) -> None:
    assert not set(sounds_of(heard.split())) & set(sounds_of([name]))


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz'", max_size=12), max_size=4))
def test_any_words_have_a_sound_and_an_unheard_r_takes_nothing_else_away(words: list[str]) -> None:
    spoken = tuple(words)
    whole, without_r = sound_of(spoken), sound_of(spoken, keeps_r=False)
    assert whole.syllables >= without_r.syllables >= 0
    assert set(without_r.consonants) <= set(whole.consonants)
    assert (whole.vowel == "") == (whole.syllables == 0)
