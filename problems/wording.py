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
_FAVOURABLE = (
    "good|great|excellent|nice|smart|clever|fair|solid|elegant|reasonable|wise|sensible|interesting|neat|decent|right|"
    "correct"
)
"""Words that praise what the candidate says, and may be said of other things too ("the right shard")."""
_ADMIRING = "perfect|brilliant|awesome|impressive|impressed|fantastic|wonderful|glad"
"""Words that hardly do anything else."""
_PRAISE = re.compile(
    rf"\b(?:(?:{_FAVOURABLE}|strong) (?:point|answer|choice|idea|call|question|job|catch|thinking|design|work|start"
    r"|enough)|well (?:done|put|said)|thanks for|makes sense|i (?:agree|like (?:it|that|this))|you(?:'re| are) right"
    rf"|(?:that|it)(?:'s| is) (?:fine|{_FAVOURABLE})|excellent|{_ADMIRING})\b",
    re.IGNORECASE,
)
_MAY_PRAISE = re.compile(rf"\b(?:(?:{_FAVOURABLE}|{_ADMIRING})(?:ly)?|well done|thanks?|agree\w*)\b", re.IGNORECASE)
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


def may_praise(text: str) -> bool:
    """Whether a line has any word of praise, whatever of: for lines that nobody reads before they are said."""
    return _PRAISE.search(text) is not None or _MAY_PRAISE.search(text) is not None


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
