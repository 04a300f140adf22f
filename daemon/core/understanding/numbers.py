"""Numbers as people say and write them: "two point three billion", "four hundred k", "half a", "1.2 million".

Number-word libraries (text2num, word2number) read well-formed cardinals; the estimates of an interview are mostly
the other kind ("a couple hundred", "twenty three hundred", "ten to the nine", "four and a half thousand"), so this
is a small left-to-right parser of its own. It works on tokens that keep their place in the text, so that every
number can be quoted. `cardinals.py` reads the plain ones; fractions, idioms and ranges are read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from phantomcode.daemon.core.understanding.cardinals import (
    Read,
    below_hundred,
    decimals,
    figures,
    past_glue,
    power,
    spoken,
    vague_before,
)
from phantomcode.daemon.core.understanding.letters import letter_scale
from phantomcode.daemon.core.understanding.tokens import ORDINALS, SCALES, TENS, UNITS, Token, listed, word_at

_FRACTIONS = {
    "half": 1 / 2,
    "third": 1 / 3,
    "quarter": 1 / 4,
    "fifth": 1 / 5,
    "sixth": 1 / 6,
    "eighth": 1 / 8,
    "tenth": 1 / 10,
    "twentieth": 1 / 20,
    "hundredth": 1 / 100,
    "thousandth": 1 / 1000,
}
_PLURAL_FRACTIONS = {f"{name}s": value for name, value in _FRACTIONS.items()} | {"halves": 1 / 2}
_PART_NAMES = frozenset({"first", "second", "other", "the", "and", "top", "a", "my", "one"})
_AFTER_SHARE = listed(
    "of the more less as are is that full off per each to at so go goes our their and were extra longer faster "
    "cheaper smaller bigger will would turn on again"
)
_SHARED = frozenset({"our", "the", "that", "them", "those", "these", "it", "what", "my", "their", "its", "all", "your"})
_RATED = frozenset({"second", "sec", "minute", "hour", "day", "month", "year"})

Kind = Literal["cardinal", "fraction", "article", "range"]


_AFTER_ANOTHER_HALF = frozenset(
    ["of", "the", "a", "an", "our", "my", "that", "this", "those", "these", "their", "its", "as", ""]
)
"""Before these "and half" begins something new ("two regions and half the load"), or nothing follows it."""


class Number(msgspec.Struct, frozen=True):
    """A number spoken by tokens first..end (end exclusive).

    `kind` is "article" for "a" or "an" standing for one, "fraction" for "a third", "range" for the middle of "four or
    five".
    """

    value: float
    first: int
    end: int
    kind: Kind = "cardinal"


def find_numbers(tokens: Sequence[Token]) -> tuple[Number, ...]:
    """Return the numbers in order; strings of digits ("five four three two", "twenty twenty-three") are left out."""
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        number = _number_at(tokens, at)
        if number is None:
            at += 1
            continue
        if _is_ordinal(tokens, number):
            at = number.end + 2
            continue
        run = _digit_string_end(tokens, number)
        if run > number.end:
            short = _without_hundred(tokens, number, run)
            found += [short] if short is not None else []
            at = run
            continue
        number = _range(tokens, number)
        found.append(number)
        at = number.end
    return tuple(found)


def _is_ordinal(tokens: Sequence[Token], number: Number) -> bool:
    """Whether "forty-first" is meant; "a five-second wait" and "a thirty-second wait" are spans of time."""
    if word_at(tokens, number.end) != "-" or word_at(tokens, number.end + 1) not in ORDINALS:
        return False
    tens = word_at(tokens, number.end - 1) in TENS
    return word_at(tokens, number.end + 1) != "second" or (tens and word_at(tokens, number.first - 1) == "the")


def _number_at(tokens: Sequence[Token], at: int) -> Number | None:
    for read in (_idiom, _fraction, _cardinal):
        number = read(tokens, at)
        if number is not None:
            return number
    return None


def _idiom(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "a couple (of) hundred", "half a million", "a dozen" and "a" before a scale."""
    word, after = word_at(tokens, at), at + 1
    if word in ("a", "an", "another"):
        word, after = word_at(tokens, after), after + 1
    elif word in SCALES and not vague_before(tokens, at):
        return _scaled(tokens, 1.0, at, at, "cardinal") if word in ("thousand", "million", "billion") else None
    if word == "couple":
        after += word_at(tokens, after) == "of"
        return _scaled(tokens, 2.0, at, after)
    if word == "dozen":
        return Number(12.0, at, after)
    if word == "half":
        return _half(tokens, at)
    return None


def _half(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "half a million", "half a dozen", "half of millisecond" and the share in "half our traffic", "half full"."""
    following = word_at(tokens, at + 1)
    if following in ("a", "an") and word_at(tokens, at + 2) == "dozen":
        return Number(6.0, at, at + 3)
    if following in ("a", "an"):
        return _scaled(tokens, 0.5, at, at + 2)
    if following in ("thousand", "million", "billion", "trillion"):
        return _scaled(tokens, 0.5, at, at + 1)
    if word_at(tokens, at - 1) in _PART_NAMES and following != "again":
        return None
    if following == "of" and word_at(tokens, at + 2) not in _SHARED:
        return _scaled(tokens, 0.5, at, at + 2)
    return Number(0.5, at, at + 1, "fraction") if following in _SHARED or following in ("of", "full", "again") else None


def _fraction(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "a third", "two thirds", "three quarters (of a million)", "one tenth"."""
    first = word_at(tokens, at)
    if first in ("a", "an", "one") and word_at(tokens, at + 1) in _FRACTIONS:
        value, end = _FRACTIONS[word_at(tokens, at + 1)], at + 2
        if first != "one" and not _is_share(tokens, end):
            return None
    elif first in UNITS and word_at(tokens, past_glue(tokens, at + 1)) in _PLURAL_FRACTIONS:
        end = past_glue(tokens, at + 1) + 1
        value = UNITS[first] * _PLURAL_FRACTIONS[word_at(tokens, end - 1)]
    else:
        return None
    if word_at(tokens, end) == "of" and word_at(tokens, end + 1) == "a" and word_at(tokens, end + 2) in SCALES:
        return _scaled(tokens, value, at, end + 2)
    if word_at(tokens, end) == "of" and word_at(tokens, end + 1) in ("a", "an"):
        return Number(value, at, end + 2, "fraction")
    return Number(value, at, end, "fraction")


def _is_share(tokens: Sequence[Token], end: int) -> bool:
    """Whether "a third" is a part ("a third of", "a third more") and not the one after the second."""
    if word_at(tokens, end - 1) in ("half", "quarter"):
        return True
    return word_at(tokens, end) in _AFTER_SHARE or not word_at(tokens, end)[:1].isalpha()


def _scaled(tokens: Sequence[Token], value: float, first: int, at: int, kind: Kind = "cardinal") -> Number:
    """Multiply by the scale words that follow ("hundred thousand", "dozen", "k" where it touches a figure)."""
    while True:
        word = word_at(tokens, at)
        if word == "hundred":
            value, at = value * 100, at + 1
        elif word in SCALES:
            value, at = value * SCALES[word], at + 1
        else:
            break
    if word_at(tokens, at) == "dozen":
        value, at = value * 12, at + 1
    spelt_out = word_at(tokens, at + 1) in ("b", "byte", "bytes")  # "one k b" is a size
    if word_at(tokens, at) == "k" and word_at(tokens, at - 1) not in ("a", "an") and not spelt_out:
        value, at = value * 1e3, at + 1
    return Number(value, first, at, kind)


def _cardinal(tokens: Sequence[Token], first: int) -> Number | None:
    read = figures(tokens, first) or spoken(tokens, first)
    if read is None:
        return None
    value, at = read
    scale = letter_scale(tokens, at, value) if tokens[at - 1].is_figure else None
    if scale is not None:
        return Number(value * scale, first, at + 1)
    value, at = decimals(tokens, value, at)
    value, at = _and_a_half(tokens, value, at)
    raised = power(tokens, value, at) or _times_ten_to(tokens, value, at)
    if raised is not None:
        return Number(raised[0], first, raised[1])
    number = _scaled(tokens, value, first, at)
    return _tail(tokens, number, at)


def _times_ten_to(tokens: Sequence[Token], value: float, at: int) -> Read | None:
    """Read the second half of "three times ten to the nine"."""
    if word_at(tokens, at) not in ("times", "x", "×", "*") or word_at(tokens, at + 1) not in ("ten", "10"):
        return None
    raised = power(tokens, 10.0, at + 2)
    return None if raised is None else (value * raised[0], raised[1])


def _and_a_half(tokens: Sequence[Token], value: float, at: int) -> Read:
    """Read "four and a half thousand", "a million and a half", "two and three quarters", "seven and half thousand"."""
    if word_at(tokens, at) != "and":
        return value, at
    if word_at(tokens, at + 1) == "half" and word_at(tokens, at + 2) not in _AFTER_ANOTHER_HALF:
        return value + 0.5 * _last_scale(tokens, at), at + 2
    part = _fraction(tokens, at + 1)
    if part is None or part.end - at > 4 or part.kind != "fraction" or word_at(tokens, part.end) == "of":
        return value, at
    return value + part.value * _last_scale(tokens, at), part.end


def _last_scale(tokens: Sequence[Token], at: int) -> float:
    """Return what the word before `at` counts: a half after "a million" is half of one."""
    return SCALES.get(word_at(tokens, at - 1), 100.0 if word_at(tokens, at - 1) == "hundred" else 1.0)


def _tail(tokens: Sequence[Token], number: Number, scale_at: int) -> Number:
    """Add the half of "one million and a half" once the scale has been read."""
    if number.end == scale_at:
        return number
    value, end = _and_a_half(tokens, number.value, number.end)
    return Number(value, number.first, end, number.kind)


def _digit_string_end(tokens: Sequence[Token], number: Number) -> int:
    """Return the end of a run of small spoken numbers with nothing between them; a lone number ends itself."""
    if number.value >= 100 or number.kind != "cardinal" or tokens[number.first].is_figure:
        return number.end
    end = number.end
    while True:
        following = below_hundred(tokens, end)
        if following is None or word_at(tokens, following[1]) in ("hundred", "point", *SCALES):
            return end
        end = following[1]


def _without_hundred(tokens: Sequence[Token], number: Number, end: int) -> Number | None:
    """Read "two ninety" and, before a rate, "fourteen fifty a day" as 290 and 1450."""
    tail = below_hundred(tokens, number.end)
    rated = word_at(tokens, end) in ("a", "per", "each", "every") and word_at(tokens, end + 1) in _RATED
    if tail is None or tail[1] != end or tail[0] < 10:
        return None
    if number.value >= 10 and not (rated or word_at(tokens, end) == "ish"):
        return None
    return Number(number.value * 100 + tail[0], number.first, end)


_BORROWED = (1e11, 1e9, 1e8, 1e6, 1e5, 1e3, 100.0)
"""What the low end of a range may leave to the high one: scales, alone and with "hundred"."""


def _range(tokens: Sequence[Token], low: Number) -> Number:
    """Take the middle of "four or five" and "two, three hundred"; the low end borrows the scale of the high one."""
    link = word_at(tokens, low.end)
    linked = link in ("or", "to", "-", "–") or (link == "and" and word_at(tokens, low.first - 1) == "between")
    after = low.end + (linked or link == ",")
    high = _number_at(tokens, after) if low.kind == "cardinal" else None
    if high is None or high.kind != "cardinal" or high.value <= low.value:
        return low
    start = low.value * next((scale for scale in _BORROWED if low.value * scale < high.value), 1.0)
    neighbours = start > low.value and high.value == start / low.value * (low.value + 1)
    if high.value > 10 * start or not (linked or neighbours):
        return low
    return Number((start + high.value) / 2, low.first, high.end, "range")
