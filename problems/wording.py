"""Rules for a line the interviewer speaks: short, one question, no praise, no hint of who is right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

MAX_WORDS = 30
"""A line longer than this is not taken in by ear."""
SLOTS: Final = frozenset({"choice"})
"""What a challenge's wording may have filled in: the candidate's word for the decision."""

_SLOT = re.compile(r"\{([^{}]*)\}")
_PRAISE = re.compile(
    r"\b(?:(?:good|great|excellent|nice|smart|clever|fair|strong) (?:point|answer|choice|idea|call|question|job|catch"
    r"|thinking|design|work|start|enough)|well (?:done|put|said)|makes sense|i (?:agree|like (?:it|that|this))"
    r"|(?:that|it)(?:'s| is) (?:good|great|right|correct|fair|fine|perfect)|you(?:'re| are) right"
    r"|excellent|perfect|brilliant|awesome|impressive|fantastic|wonderful)\b",
    re.IGNORECASE,
)
_REVEALING = re.compile(
    r"\b(?:trick question|devil'?s advocate|(?:just |only )?testing you|(?:the )?(?:right|correct|wrong) answer"
    r"|(?:in)?valid (?:point|challenge|concern|objection|claim)|i(?:'m| am) (?:bluffing|wrong)|not actually true"
    r"|on purpose|don'?t fall for)\b",
    re.IGNORECASE,
)


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a line, and what to do about it."""

    problem: str
    cure: str


def line_faults(text: str, max_words: int = MAX_WORDS, slots: frozenset[str] = frozenset()) -> tuple[Fault, ...]:
    """Everything wrong with one line of the interviewer's; `slots` are those it may hold."""
    return (*_length(text, max_words), *_manner(text), *_slot_faults(text, slots))


def slots_in(text: str) -> frozenset[str]:
    """Names in curly brackets. Raises ValueError where a bracket lacks its partner."""
    if set("{}") & set(_SLOT.sub("", text)):
        raise ValueError(text)
    return frozenset(_SLOT.findall(text))


def _length(text: str, max_words: int) -> Iterator[Fault]:
    count = len(text.split())
    if count > max_words:
        yield Fault(f"has {count} words", f"Cut it to {max_words}.")


def _manner(text: str) -> Iterator[Fault]:
    if text.count("?") > 1:
        yield Fault("asks more than one question", "Keep the sharper one.")
    if praise := _PRAISE.search(text):
        yield Fault(f'praises ("{praise[0]}")', "The interviewer never praises: take it out.")
    if revealing := _REVEALING.search(text):
        yield Fault(f'gives the challenge away ("{revealing[0]}")', "Never say whether a challenge holds.")


def _slot_faults(text: str, slots: frozenset[str]) -> Iterator[Fault]:
    allowed = ", ".join(f"{{{name}}}" for name in sorted(slots)) or "none here"
    try:
        unknown = slots_in(text) - slots
    except ValueError:
        yield Fault("has a curly bracket without its partner", "Close it or take it out.")
        return
    for name in sorted(unknown):
        yield Fault(f"has the unknown slot {{{name}}}", f"Known slots: {allowed}.")
