from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.adapters.stop_strings import StopStrings

few_letters = st.text(alphabet="ab\n", max_size=4)


def passed_on(pieces: list[str], stops: list[str]) -> str:
    filter_ = StopStrings(stops)
    return "".join(filter_.feed(piece) for piece in pieces) + filter_.rest()


@pytest.mark.parametrize(
    ("pieces", "stops", "expected"),
    [
        (["What about ", "writes?\n", "Candidate: "], ["\n"], "What about writes?"),
        (["Why?<|im", "_end|>more"], ["<|im_end|>"], "Why?"),
        (["a < b"], ["<|im_end|>"], "a < b"),
        (["ends in <|im"], ["<|im_end|>"], "ends in <|im"),
        (["abc"], ["abc", "b"], "a"),
        (["nothing to stop it"], [], "nothing to stop it"),
        (["an empty stop means nothing"], [""], "an empty stop means nothing"),
    ],
)
def test_text_is_cut_before_the_first_stop(pieces: list[str], stops: list[str], expected: str) -> None:
    assert passed_on(pieces, stops) == expected


def test_what_cannot_be_a_stop_is_passed_on_at_once() -> None:
    filter_ = StopStrings(["\n\n"])
    assert filter_.feed("Why not") == "Why not"
    assert filter_.feed(" both?\n") == " both?"
    assert filter_.feed("x") == "\nx"


@given(st.lists(few_letters), st.lists(few_letters, max_size=3))
def test_the_cut_does_not_depend_on_the_pieces(pieces: list[str], stops: list[str]) -> None:
    text = "".join(pieces)
    by_letter = passed_on(list(text), stops)
    assert passed_on(pieces, stops) == by_letter
    assert text.startswith(by_letter)
    complete = [stop for stop in stops if stop]
    if any(stop in text for stop in complete):
        assert any(text[len(by_letter) :].startswith(stop) for stop in complete)
        assert not any(stop in by_letter for stop in complete)
    else:
        assert by_letter == text
