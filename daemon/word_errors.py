"""How much of what was said a recogniser wrote down: word errors and terms, whichever way either side is written.

Both sides are brought into one spoken form first, as is usual for word error rates (OpenAI's whisper/normalizers):
figures become words, contractions are opened, hesitations left out. "4,000 redirects" is no error for "four thousand".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec
from rapidfuzz.distance import Levenshtein

from phantomcode.daemon.core.understanding.tokens import SCALES, TEENS, TENS, UNITS

_WORD = re.compile(r"\d[\d,]*(?:\.\d+)?(?:(?:st|nd|rd|th)\b)?|[^\W\d_]+|%")
_ONES = ("zero", *UNITS, *TEENS)
_TENS = ("", "ten", *TENS)
_LARGE = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_NUMBER_WORDS = frozenset((*_ONES, *TENS, "hundred", *SCALES))
_LARGE_WORDS = frozenset(name for _, name in _LARGE)
_FILLERS = frozenset({"ah", "er", "erm", "hm", "hmm", "mhm", "mm", "uh", "uhm", "um"})
_OPENED = {
    "won't": "will not",
    "can't": "can not",
    "cannot": "can not",
    "n't": " not",
    "'re": " are",
    "'ve": " have",
    "'ll": " will",
    "'m": " am",
    "'d": " would",
    "'s": " is",
}
"""In this order: the whole words before their endings."""


class WordErrors(msgspec.Struct, frozen=True):
    """Edits that turn what was written into what was said, over the words said."""

    edits: int
    words: int


class TermsHeard(msgspec.Struct, frozen=True):
    """How often the listed terms were said, how often they were written, and which are missing how often."""

    said: int
    heard: int
    missing: dict[str, int]


def word_errors(said: str, written: str) -> WordErrors:
    """Count the word edits between two texts."""
    expected = spoken_form(said)
    return WordErrors(Levenshtein.distance(expected, spoken_form(written)), len(expected))


def terms_heard(terms: Sequence[str], said: str, written: str) -> TermsHeard:
    """Count each term in both texts; case, and where a term is divided into words, do not matter."""
    expected, got = spoken_form(said), spoken_form(written)
    times = {term: _times(term, expected) for term in terms}
    found = {term: min(count, _times(term, got)) for term, count in times.items()}
    missing = {term: count - found[term] for term, count in times.items() if found[term] < count}
    return TermsHeard(sum(times.values()), sum(found.values()), missing)


def spoken_form(text: str) -> list[str]:
    """Return the words as they are said, in lower case: "P99 of 1.5 s" is p, ninety, nine, of, one, point, five, s."""
    plain = text.lower().replace("’", "'")
    for short, whole in _OPENED.items():
        plain = re.sub(rf"{short}\b", whole, plain)
    words = [word for part in _WORD.findall(plain.replace("'", "")) for word in _said(part)]
    return list(_one_way([word for word in words if word not in _FILLERS]))


def _said(part: str) -> list[str]:
    if part == "%":
        return ["percent"]
    if not part[0].isdigit():
        return [part]
    figure = part.rstrip("stndrh").rstrip(",").replace(",", "")
    whole, _, decimals = figure.partition(".")
    words = _code(whole) or _cardinal(int(whole))
    if part[-1].isalpha():
        words[-1] = _ordinal(words[-1])
    return [*words, "point", *(_ONES[int(digit)] for digit in decimals)] if decimals else words


def _code(whole: str) -> list[str]:
    """Read "302" digit by digit, as a status is, and a number too long to have a name."""
    if len(whole) == 3 and whole[1] == "0" and whole[2] != "0":
        return [_ONES[int(whole[0])], "oh", _ONES[int(whole[2])]]
    return [_ONES[int(digit)] for digit in whole] if len(whole) > 15 or whole.startswith("00") else []


def _cardinal(number: int) -> list[str]:
    for size, name in _LARGE:
        if number >= size:
            rest = number % size
            return [*_cardinal(number // size), name, *(_cardinal(rest) if rest else [])]
    if number < 20:
        return [_ONES[number]]
    return [_TENS[number // 10], *([_ONES[number % 10]] if number % 10 else [])]


def _ordinal(word: str) -> str:
    return _ORDINALS.get(word) or (f"{word[:-1]}ieth" if word.endswith("y") else f"{word}th")


def _one_way(words: list[str]) -> Iterator[str]:
    """Say numbers one way: "a hundred and twenty" as "one hundred twenty", "three and a half" as "three point five"."""
    at = 0
    while at < len(words):
        word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
        before = words[at - 1] if at else ""
        if word in ("a", "an") and after in _LARGE_WORDS:
            yield "one"
        elif words[at : at + 3] == ["and", "a", "half"] and before in _ONES:
            yield from ("point", "five")
            at += 2
        elif not (word == "and" and before in _LARGE_WORDS and after in _NUMBER_WORDS):
            yield word
        at += 1


def _times(term: str, words: Sequence[str]) -> int:
    """How often the letters of the term stand there as whole words, overlaps once."""
    letters = "".join(spoken_form(term))
    count, at = 0, 0
    while at < len(words):
        end = _end_of(letters, words, at)
        count, at = (count + 1, end) if end else (count, at + 1)
    return count


def _end_of(letters: str, words: Sequence[str], at: int) -> int:
    """Return where the words from `at` on that spell the letters end; 0 when they do not."""
    rest = letters
    while rest and at < len(words) and rest.startswith(words[at]):
        rest = rest[len(words[at]) :]
        at += 1
    return 0 if rest else at
