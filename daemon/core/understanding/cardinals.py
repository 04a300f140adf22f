"""Plain cardinals: "twenty three hundred", "one point two five", "ten to the nine", each from a given token on.

Every reader takes the tokens and a place and returns the value with the place after it, or None where none starts.
"""

from __future__ import annotations

from collections.abc import Sequence

from phantomcode.daemon.core.understanding.tokens import (
    ORDINALS,
    SCALES,
    TEENS,
    TENS,
    UNITS,
    Token,
    adjacent,
    listed,
    word_at,
)

Read = tuple[float, int]
"""A value and the token after it."""

_ZERO = frozenset({"zero", "nought", "naught", "oh"})
_VAGUE = listed("few several many some couple dozen tens hundreds thousands")
_GLUE = frozenset({"-", "–"})
_LARGEST_BASE = 100.0
_LARGEST_EXPONENT = 60.0


def vague_before(tokens: Sequence[Token], at: int) -> bool:
    """Whether the word before, or before its "of", leaves open how much: "a few hundred", "tens of thousand"."""
    before = at - 2 if word_at(tokens, at - 1) == "of" else at - 1
    return word_at(tokens, before) in _VAGUE


def past_glue(tokens: Sequence[Token], at: int) -> int:
    """Step over a hyphen that joins two words."""
    return at + 1 if word_at(tokens, at) in _GLUE and adjacent(tokens, at) and adjacent(tokens, at + 1) else at


def below_hundred(tokens: Sequence[Token], at: int) -> Read | None:
    """Read "seven", "twelve", "twenty-three"."""
    word = word_at(tokens, at)
    if word in TENS:
        unit = past_glue(tokens, at + 1)
        if word_at(tokens, unit) in UNITS:
            return TENS[word] + UNITS[word_at(tokens, unit)], unit + 1
        return TENS[word], at + 1
    for table in (UNITS, TEENS):
        if word in table:
            return table[word], at + 1
    return None


def below_thousand(tokens: Sequence[Token], at: int) -> Read | None:
    """Read "twenty three", "a hundred and fifty", "twenty three hundred" and, before a scale, "two fifty"."""
    head = _head(tokens, at)
    if head is None:
        return None
    value, end = head
    hundred = past_glue(tokens, end)
    if word_at(tokens, hundred) != "hundred":
        return _without_hundred(tokens, at) or head
    value, end = value * 100, hundred + 1
    after = end + (word_at(tokens, end) == "and")
    low = below_hundred(tokens, after)
    if low is None or word_at(tokens, low[1]) == "hundred":
        return value, end
    return value + low[0], low[1]


def _head(tokens: Sequence[Token], at: int) -> Read | None:
    """Read what stands before "hundred", which itself may open the number ("hundred and ten", "a hundred")."""
    if word_at(tokens, at) in ("a", "an") and word_at(tokens, at + 1) in ("hundred", *SCALES):
        return 1.0, at + 1
    if word_at(tokens, at) == "hundred" and not vague_before(tokens, at):
        return 1.0, at
    return below_hundred(tokens, at)


def _without_hundred(tokens: Sequence[Token], at: int) -> Read | None:
    """Read the "two fifty" of "two fifty thousand", the "hundred" left off."""
    low = below_hundred(tokens, at + 1) if word_at(tokens, at) in UNITS else None
    if low is None or low[0] < 10 or word_at(tokens, low[1]) not in (*SCALES, "k"):
        return None
    return UNITS[word_at(tokens, at)] * 100 + low[0], low[1]


def spoken(tokens: Sequence[Token], at: int) -> Read | None:
    """Read an integer in words up to the point of its decimals; None where no number starts."""
    if word_at(tokens, at) in _ZERO and word_at(tokens, at + 1) == "point":
        return 0.0, at + 1
    if word_at(tokens, at) == "point" and word_at(tokens, at + 1) in UNITS:
        return 0.0, at
    head = below_thousand(tokens, at)
    if head is None:
        return None
    total, current, at = 0.0, head[0], head[1]
    last_scale = float("inf")
    while True:
        scale = SCALES.get(word_at(tokens, at))
        if scale is None or scale >= last_scale:
            break
        total, last_scale, at, current = total + current * scale, scale, at + 1, 0.0
        rest = below_thousand(tokens, at + (word_at(tokens, at) == "and"))
        if rest is None or _continues_elsewhere(tokens, rest[1], scale):
            break
        current, at = rest
    return total + current, at


def _continues_elsewhere(tokens: Sequence[Token], at: int, scale: float) -> bool:
    """Whether what follows a scale is a number of its own ("a thousand, two million"; "and a half")."""
    return SCALES.get(word_at(tokens, at), 0.0) >= scale or word_at(tokens, at) in ("point", "percent")


def figures(tokens: Sequence[Token], at: int) -> Read | None:
    """Read a figure and recogniser output such as "86 thousand 400"."""
    if at >= len(tokens) or not tokens[at].is_figure:
        return None
    value, at = tokens[at].figure, at + 1
    follower = at + 1
    if word_at(tokens, at) == "thousand" and follower < len(tokens) and tokens[follower].is_figure:
        rest = tokens[follower].figure
        if 100 <= rest < 1000 and value.is_integer():
            return value * 1e3 + rest, follower + 1
    return value, at


def decimals(tokens: Sequence[Token], value: float, at: int) -> Read:
    """Read "point three", "point two five", "point 3" after an integer."""
    if word_at(tokens, at) != "point":
        return value, at
    digits, end = "", at + 1
    while word_at(tokens, end) in UNITS or word_at(tokens, end) in _ZERO:
        digits += str(int(UNITS.get(word_at(tokens, end), 0)))
        end += 1
    if not digits and end < len(tokens) and tokens[end].text.isdigit():
        digits, end = tokens[end].text, end + 1
    pair = below_hundred(tokens, end) if not digits else None
    if pair is not None:
        digits, end = str(int(pair[0])), pair[1]
    return (value + float(f"0.{digits}"), end) if digits else (value, at)


def power(tokens: Sequence[Token], base: float, at: int) -> Read | None:
    """Read what raises a base: "to the nine", "to the power of six", "power six", "^30", and the "e" of "1e6"."""
    if word_at(tokens, at) == "e" and adjacent(tokens, at) and adjacent(tokens, at + 1):
        exponent = figures(tokens, at + 1)
        return None if exponent is None or exponent[0] > _LARGEST_EXPONENT else (base * 10 ** exponent[0], exponent[1])
    start = _raised(tokens, at)
    ordinal = None if start is None else ORDINALS.get(word_at(tokens, start))
    if start is None:
        return None
    read = (ordinal, start + 1) if ordinal is not None else figures(tokens, start) or below_hundred(tokens, start)
    if read is None or read[0] > _LARGEST_EXPONENT or base > _LARGEST_BASE:
        return None
    return base ** read[0], read[1]


_RAISED = (
    ("^",),
    ("*", "*"),
    ("to", "the", "power", "of"),
    ("to", "the", "power"),
    ("raised", "to", "the"),
    ("raised", "to"),
    ("to", "power"),
    ("to", "the"),
    ("power", "of"),
    ("power",),
)
"""What people say between a base and its exponent, longer ways first."""


def _raised(tokens: Sequence[Token], at: int) -> int | None:
    """Return the place of the exponent, or None where nothing is raised."""
    for way in _RAISED:
        if all(word_at(tokens, at + i) == word for i, word in enumerate(way)):
            return at + len(way)
    return None
