"""Numbers as people say and write them: "two point three billion", "four hundred k", "half a", "1.2 million".

Number-word libraries (text2num, word2number) read well-formed cardinals; the estimates of an interview are mostly
the other kind ("a couple hundred", "twenty three hundred", "ten to the nine", "four and a half thousand"), so this
is a small left-to-right parser of its own. It works on tokens that keep their place in the text, so that every
number can be quoted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

_TOKEN = re.compile(
    r"[0-9]+(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|[^\W\d_]+(?:['’][^\W\d_]+)?|[%$£€×/^~*=:.,;?!–-]"
)


def words(listed: str) -> frozenset[str]:
    """Return the words of a space-separated list."""
    return frozenset(listed.split())


def _counting(listed: str, first: float, step: float = 1.0) -> dict[str, float]:
    """Number the words of a list from `first` on."""
    return {word: first + step * i for i, word in enumerate(listed.split())}


_UNITS = _counting("one two three four five six seven eight nine", 1.0)
_TEENS = _counting("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10.0)
_TENS = _counting("twenty thirty forty fifty sixty seventy eighty ninety", 20.0, 10.0)
_TENS["fourty"] = 40.0
_ZERO = frozenset({"zero", "nought", "naught", "oh"})
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "mil": 1e6, "bn": 1e9, "mn": 1e6}
_LETTER_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9}
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
_PLURAL_FRACTIONS = {"halves": 1 / 2, "thirds": 1 / 3, "quarters": 1 / 4, "fifths": 1 / 5, "tenths": 1 / 10}
_ORDINALS = _counting("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", 1.0)
_VAGUE = frozenset({"few", "several", "many", "some", "couple", "dozen", "of", "tens"})
_PART_NAMES = frozenset({"first", "second", "other", "the", "and", "top", "a", "my", "one"})
_AFTER_SHARE = words(
    "of the more less as are is that full off per each to at so go goes our their and were extra longer faster "
    "cheaper smaller bigger will would turn"
)
_SHARED = frozenset({"our", "the", "that", "them", "those", "these", "it", "what", "my", "their", "its", "all", "your"})
_RATED = frozenset({"second", "sec", "minute", "hour", "day", "month", "year"})
_FILLERS = frozenset({"um", "uh", "er", "erm", "uhm", "hmm"})
_GLUE = frozenset({"-", "–"})

Kind = Literal["cardinal", "fraction", "article", "range"]


class Token(msgspec.Struct, frozen=True):
    """A word, figure or sign in lower case, with its place in the text (character offsets, end exclusive)."""

    text: str
    start: int
    end: int

    @property
    def is_figure(self) -> bool:
        """True for "86,400" and "1.2", false for words and signs."""
        return "0" <= self.text[0] <= "9"


class Number(msgspec.Struct, frozen=True):
    """A number spoken by tokens first..end (end exclusive).

    `kind` is "article" for "a" or "an" standing for one, "fraction" for "a third", "range" for the middle of "four or
    five".
    """

    value: float
    first: int
    end: int
    kind: Kind = "cardinal"


def tokenise(text: str) -> tuple[Token, ...]:
    """Split text into words, figures and signs; "10x" becomes "10" and "x", hyphens stay tokens of their own.

    A filler in the middle of a number ("a hundred and fifty, um, million") is left out.
    """
    tokens = [Token(_plain(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    return tuple(token for at, token in enumerate(tokens) if not _interrupts(tokens, at))


def _interrupts(tokens: Sequence[Token], at: int) -> bool:
    """Whether a token belongs to a filler and its commas that part a number from its scale."""
    first, end = at, at
    while _word(tokens, first - 1) in _FILLERS or (_word(tokens, first - 1) == "," and first > at - 2):
        first -= 1
    while _word(tokens, end) in _FILLERS or _word(tokens, end) == ",":
        end += 1
    run = {_word(tokens, place) for place in range(first, end)}
    number = _word(tokens, first - 1)
    parts = number in _UNITS or number in _TEENS or number in _TENS or number == "hundred"
    return end > at and bool(run & _FILLERS) and run <= _FILLERS | {","} and parts and _word(tokens, end) in _SCALES


def _plain(word: str) -> str:
    """Lower the case and take the "'s" off a number ("ten thousand's fine")."""
    word = word.lower().replace("’", "'")
    stem = word.removesuffix("'s")
    return stem if stem in _SCALES or stem in _TENS or stem in _TEENS or stem == "hundred" else word


def find_numbers(tokens: Sequence[Token]) -> tuple[Number, ...]:
    """Return the numbers in order; strings of digits ("five four three two", "twenty twenty-three") are left out."""
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        number = _number_at(tokens, at)
        if number is None:
            at += 1
            continue
        if _word(tokens, number.end) == "-" and _word(tokens, number.end + 1) in _ORDINALS:
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


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _adjacent(tokens: Sequence[Token], at: int) -> bool:
    """Whether token `at` touches the one before it."""
    return 0 < at < len(tokens) and tokens[at].start == tokens[at - 1].end


def _past_glue(tokens: Sequence[Token], at: int) -> int:
    return at + 1 if _word(tokens, at) in _GLUE and _adjacent(tokens, at) and _adjacent(tokens, at + 1) else at


def _number_at(tokens: Sequence[Token], at: int) -> Number | None:
    for read in (_idiom, _fraction, _cardinal):
        number = read(tokens, at)
        if number is not None:
            return number
    return None


def _idiom(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "a couple (of) hundred", "half a million", "a dozen" and "a" before a scale."""
    word, after = _word(tokens, at), at + 1
    if word in ("a", "an", "another"):
        word, after = _word(tokens, after), after + 1
    elif word in _SCALES and _word(tokens, at - 1) not in _VAGUE:
        return _scaled(tokens, 1.0, at, at, "cardinal") if word in ("thousand", "million", "billion") else None
    if word == "couple":
        after += _word(tokens, after) == "of"
        return _scaled(tokens, 2.0, at, after)
    if word == "dozen":
        return Number(12.0, at, after)
    if word == "half":
        return _half(tokens, at)
    return None


def _half(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "half a million", "half of millisecond" and the share in "half our traffic", "half full"."""
    following = _word(tokens, at + 1)
    if following in ("a", "an"):
        return _scaled(tokens, 0.5, at, at + 2)
    if _word(tokens, at - 1) in _PART_NAMES:
        return None
    if following == "of" and _word(tokens, at + 2) not in _SHARED:
        return _scaled(tokens, 0.5, at, at + 2)
    return Number(0.5, at, at + 1, "fraction") if following in _SHARED or following in ("of", "full") else None


def _fraction(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "a third", "two thirds", "three quarters (of a million)", "one tenth"."""
    first = _word(tokens, at)
    if first in ("a", "an", "one") and _word(tokens, at + 1) in _FRACTIONS:
        value, end = _FRACTIONS[_word(tokens, at + 1)], at + 2
        if not _is_share(tokens, end):
            return None
    elif first in _UNITS and _word(tokens, _past_glue(tokens, at + 1)) in _PLURAL_FRACTIONS:
        end = _past_glue(tokens, at + 1) + 1
        value = _UNITS[first] * _PLURAL_FRACTIONS[_word(tokens, end - 1)]
    else:
        return None
    if _word(tokens, end) == "of" and _word(tokens, end + 1) == "a" and _word(tokens, end + 2) in _SCALES:
        return _scaled(tokens, value, at, end + 2)
    if _word(tokens, end) == "of" and _word(tokens, end + 1) in ("a", "an"):
        return Number(value, at, end + 2, "fraction")
    return Number(value, at, end, "fraction")


def _is_share(tokens: Sequence[Token], end: int) -> bool:
    """Whether "a third" is a part ("a third of", "a third more") and not the one after the second."""
    if _word(tokens, end - 1) in ("half", "quarter"):
        return True
    return _word(tokens, end) in _AFTER_SHARE or not _word(tokens, end)[:1].isalpha()


def _scaled(tokens: Sequence[Token], value: float, first: int, at: int, kind: Kind = "cardinal") -> Number:
    """Multiply by the scale words that follow ("hundred thousand", "k" where it touches a figure)."""
    while True:
        word = _word(tokens, at)
        if word == "hundred":
            value, at = value * 100, at + 1
        elif word in _SCALES:
            value, at = value * _SCALES[word], at + 1
        else:
            break
    spelt_out = _word(tokens, at + 1) in ("b", "byte", "bytes")  # "one k b" is a size
    if _word(tokens, at) == "k" and _word(tokens, at - 1) not in ("a", "an") and not spelt_out:
        value, at = value * 1e3, at + 1
    return Number(value, first, at, kind)


def _cardinal(tokens: Sequence[Token], at: int) -> Number | None:
    first = at
    if at < len(tokens) and tokens[at].is_figure:
        value, at = float(tokens[at].text.replace(",", "")), at + 1
        letter = _word(tokens, at)
        if letter in _LETTER_SCALES and (_adjacent(tokens, at) or letter == "k"):
            return Number(value * _LETTER_SCALES[letter], first, at + 1)
        value, at = _grouped_figures(tokens, value, at)
    else:
        read = _spoken(tokens, at)
        if read is None:
            return None
        value, at = read
    value, at = _decimals(tokens, value, at)
    value, at = _and_a_half(tokens, value, at)
    power = _power(tokens, value, at)
    if power is not None:
        return Number(power[0], first, power[1])
    number = _scaled(tokens, value, first, at)
    return _tail(tokens, number, at)


def _grouped_figures(tokens: Sequence[Token], value: float, at: int) -> tuple[float, int]:
    """Read recogniser output such as "86 thousand 400" and "2 million 300 thousand"."""
    word = _word(tokens, at)
    follower = at + 1
    if word in _SCALES and follower < len(tokens) and tokens[follower].is_figure:
        rest = float(tokens[follower].text.replace(",", ""))
        if 100 <= rest < 1000 and word == "thousand" and value.is_integer():
            return value * 1e3 + rest, follower + 1
    return value, at


def _spoken(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    """Read an integer in words without its last scale words' decimals; None where no number starts."""
    if _word(tokens, at) in _ZERO and _word(tokens, at + 1) == "point":
        return 0.0, at + 1
    if _word(tokens, at) == "point" and _word(tokens, at + 1) in _UNITS:
        return 0.0, at
    head = _below_thousand(tokens, at)
    if head is None:
        return None
    total, current, at = 0.0, head[0], head[1]
    last_scale = float("inf")
    while True:
        scale = _SCALES.get(_word(tokens, at))
        if scale is None or scale >= last_scale:
            break
        total, last_scale, at, current = total + current * scale, scale, at + 1, 0.0
        rest = _below_thousand(tokens, at + (_word(tokens, at) == "and"))
        if rest is None or _continues_elsewhere(tokens, rest[1], scale):
            break
        current, at = rest
    return total + current, at


def _continues_elsewhere(tokens: Sequence[Token], at: int, scale: float) -> bool:
    """Whether what follows a scale is a number of its own ("a thousand, two million"; "and a half")."""
    return _SCALES.get(_word(tokens, at), 0.0) >= scale or _word(tokens, at) in ("point", "percent")


def _below_thousand(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    """Read "twenty three", "a hundred and fifty", "twenty three hundred"."""
    value, end = 0.0, at
    article = _word(tokens, at) in ("a", "an") and _word(tokens, at + 1) in ("hundred", *_SCALES)
    if article:
        value, end = 1.0, at + 1
    elif _word(tokens, at) == "hundred" and _word(tokens, at - 1) not in _VAGUE:
        value, end = 1.0, at
    else:
        low = _below_hundred(tokens, at)
        if low is None:
            return None
        value, end = low
    hundred = _past_glue(tokens, end)
    if _word(tokens, hundred) != "hundred":
        return value, end
    value, end = value * 100, hundred + 1
    after = end + (_word(tokens, end) == "and")
    low = _below_hundred(tokens, after)
    if low is None or _word(tokens, low[1]) == "hundred":
        return value, end
    return value + low[0], low[1]


def _below_hundred(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    word = _word(tokens, at)
    if word in _TENS:
        unit = _past_glue(tokens, at + 1)
        if _word(tokens, unit) in _UNITS:
            return _TENS[word] + _UNITS[_word(tokens, unit)], unit + 1
        return _TENS[word], at + 1
    for table in (_UNITS, _TEENS):
        if word in table:
            return table[word], at + 1
    return None


def _decimals(tokens: Sequence[Token], value: float, at: int) -> tuple[float, int]:
    """Read "point three", "point two five" after an integer."""
    if _word(tokens, at) != "point":
        return value, at
    digits, end = "", at + 1
    while _word(tokens, end) in _UNITS or _word(tokens, end) in _ZERO:
        digits += str(int(_UNITS.get(_word(tokens, end), 0)))
        end += 1
    if not digits and end < len(tokens) and tokens[end].is_figure and "." not in tokens[end].text:
        digits, end = tokens[end].text.replace(",", ""), end + 1
    pair = _below_hundred(tokens, end) if not digits else None
    if pair is not None:
        digits, end = str(int(pair[0])), pair[1]
    return (value + float(f"0.{digits}"), end) if digits else (value, at)


def _and_a_half(tokens: Sequence[Token], value: float, at: int) -> tuple[float, int]:
    """Read "four and a half thousand", "a million and a half", "two and three quarters"."""
    if _word(tokens, at) != "and":
        return value, at
    part = _fraction(tokens, at + 1)
    if part is None or part.end - at > 4 or part.kind != "fraction" or _word(tokens, part.end) == "of":
        return value, at
    last_scale = _SCALES.get(_word(tokens, at - 1), 100.0 if _word(tokens, at - 1) == "hundred" else 1.0)
    return value + part.value * last_scale, part.end


def _power(tokens: Sequence[Token], base: float, at: int) -> tuple[float, int] | None:
    """Read "ten to the nine", "ten to the power of six", "2^30"."""
    if _word(tokens, at) == "^":
        at += 1
    elif _word(tokens, at) == "*" and _word(tokens, at + 1) == "*":
        at += 2
    elif _word(tokens, at) == "to" and _word(tokens, at + 1) == "the":
        at += 2
        at += 2 * (_word(tokens, at) == "power" and _word(tokens, at + 1) == "of")
    else:
        return None
    ordinal = _ORDINALS.get(_word(tokens, at))
    read = (ordinal, at + 1) if ordinal is not None else _exponent(tokens, at)
    if read is None or read[0] > 60 or base > 100:
        return None
    return base ** read[0], read[1]


def _exponent(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    if at < len(tokens) and tokens[at].is_figure:
        return float(tokens[at].text.replace(",", "")), at + 1
    return _below_hundred(tokens, at)


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
        following = _below_hundred(tokens, end)
        if following is None or _word(tokens, following[1]) in ("hundred", "point", *_SCALES):
            return end
        end = following[1]


def _without_hundred(tokens: Sequence[Token], number: Number, end: int) -> Number | None:
    """Read "two ninety a second" and "fourteen fifty a day" as 290 and 1450: only where a rate follows."""
    tail = _below_hundred(tokens, number.end)
    rated = _word(tokens, end) in ("a", "per", "each", "every") and _word(tokens, end + 1) in _RATED
    if tail is None or tail[1] != end or tail[0] < 10 or not (rated or _word(tokens, end) == "ish"):
        return None
    return Number(number.value * 100 + tail[0], number.first, end)


def _range(tokens: Sequence[Token], low: Number) -> Number:
    """Take the middle of "four or five", "two to three hundred"; the low end borrows the high end's scale."""
    link = _word(tokens, low.end)
    between = link == "and" and _word(tokens, low.first - 1) == "between"
    if not (between or link in ("or", "to", "-", "–")) or low.kind != "cardinal":
        return low
    high = _number_at(tokens, low.end + 1)
    if high is None or high.kind != "cardinal" or high.value <= low.value or _word(tokens, low.end + 1) == "a":
        return low
    start = low.value
    for scale in (1e9, 1e6, 1e3, 100.0):
        if high.value >= scale and start * scale < high.value:
            start *= scale
            break
    if high.value > 10 * start:
        return low
    return Number((start + high.value) / 2, low.first, high.end, "range")
