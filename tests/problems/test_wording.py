from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.problems.wording import MAX_WORDS, SLOTS, line_faults, may_praise, slots_in


@pytest.mark.parametrize(
    "line",
    [
        "Why {choice}, at this load?",
        "How do you invalidate that?",
        "Every step fails for good: what does the user see?",
        "What exactly is stored there?",
        "How do you correct a wrong balance?",
        "Which replica answers the next valid request?",
        " ".join(["word"] * MAX_WORDS),
    ],
)
def test_lines_an_interviewer_may_say(line: str) -> None:
    assert line_faults(line, slots=SLOTS) == ()


@pytest.mark.parametrize(
    "line",
    [
        "Good point. What about writes?",
        "That makes sense.",
        "That's a solid choice.",
        "An elegant design.",
        "That is reasonable.",
        "A wise call.",
        "Thanks for that.",
        "You're right.",
        "That is correct.",
        "I agree, move on.",
        "Perfect.",
        "This is a trick question.",
        "I'm only testing you.",
        "Let me play devil's advocate.",
        "That's a valid concern.",
        "Why? And how?",
        " ".join(["word"] * (MAX_WORDS + 1)),
        "Why {technology}?",
        "Why so slow, at {number}?",
        "Why {choice?",
        "Why {{choice}}?",
        "Why {choice!r}?",
        "Why {}?",
    ],
)
def test_lines_with_one_fault(line: str) -> None:
    (fault,) = line_faults(line, slots=SLOTS)
    assert fault.problem
    assert fault.cure


@pytest.mark.parametrize("word", ["solid", "elegant", "reasonable", "wisely", "thanks", "right", "perfectly", "agreed"])
def test_a_line_nobody_has_read_may_hold_no_word_of_praise(word: str) -> None:
    assert may_praise(f"You have {word} put Redis before it.")
    assert not may_praise("You have Redis before it.")


def test_slots_are_for_challenges_only() -> None:
    assert line_faults("Why {choice}?")


def test_all_faults_of_a_line_are_found() -> None:
    assert len(line_faults("Good point. Why {x}? How? " + "word " * MAX_WORDS)) == 4


@given(st.text())
def test_any_text_can_be_judged(text: str) -> None:
    for fault in line_faults(text, slots=SLOTS):
        assert fault.cure


@given(st.lists(st.sampled_from(sorted(SLOTS))))
def test_slots_are_read_from_a_line(names: list[str]) -> None:
    assert slots_in(" and ".join(f"{{{name}}}" for name in names)) == set(names)
