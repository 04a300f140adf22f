"""Words, figures and signs of an utterance with their place in it, hesitations inside numbers left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

_TOKEN = re.compile(
    r"[0-9]+(?:,[0-9]{3})+(?:\.[0-9]+)?"
    r"|[0-9]+,[0-9]{1,2}(?![0-9,])"
    r"|(?<![\w.])\.[0-9]+"
    r"|[0-9]+(?:\.[0-9]+)?|[^\W\d_]+(?:['’][^\W\d_]+)?|[%$£€×/^~*=:.,;?!–-]"
)
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}|0,[0-9]+")


def listed(text: str) -> frozenset[str]:
    """Return the words of a space-separated list."""
    return frozenset(text.split())


def _counting(names: str, first: float, step: float = 1.0) -> dict[str, float]:
    """Number a list of words from `first` on."""
    return {word: first + step * i for i, word in enumerate(names.split())}


UNITS = _counting("one two three four five six seven eight nine", 1.0)
TEENS = _counting("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10.0)
TENS = {**_counting("twenty thirty forty fifty sixty seventy eighty ninety", 20.0, 10.0), "fourty": 40.0}
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "mil": 1e6, "bn": 1e9, "mn": 1e6}
ORDINALS = _counting("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", 1.0)

_FILLERS = listed("um uh er erm uhm hmm ah")
_BELOW_HUNDRED = frozenset({*UNITS, *TEENS, *TENS})
_NUMBER_WORDS = frozenset({*_BELOW_HUNDRED, "hundred", *SCALES})
_MULTIPLIES = frozenset({"hundred", *SCALES})


class Token(msgspec.Struct, frozen=True):
    """A word, figure or sign in lower case, with its place in the text (character offsets, end exclusive)."""

    text: str
    start: int
    end: int
    capital: bool = False
    """Whether it is written in capitals: of "2 M" and "5 m" only one is millions."""

    @property
    def is_figure(self) -> bool:
        """True for "86,400", "1.2" and ".5", false for words and signs."""
        return "0" <= self.text[-1] <= "9"

    @property
    def figure(self) -> float:
        """The value of a figure; a comma before one or two digits is a decimal one ("1,5")."""
        decimal = _DECIMAL_COMMA.fullmatch(self.text) is not None
        return float(self.text.replace(",", "." if decimal else ""))


def tokenise(text: str) -> tuple[Token, ...]:
    """Split text into words, figures and signs; "10x" becomes "10" and "x", hyphens stay tokens of their own.

    Hesitation in the middle of a number ("a hundred and fifty, um, million", "two two hundred") is left out.
    """
    tokens = [Token(_plain(m.group()), m.start(), m.end(), m.group().isupper()) for m in _TOKEN.finditer(text)]
    return tuple(token for at, token in enumerate(tokens) if not _hesitates(tokens, at) and not _stutters(tokens, at))


def word_at(tokens: Sequence[Token], at: int) -> str:
    """Return the token's text, or "" outside the text."""
    return tokens[at].text if 0 <= at < len(tokens) else ""


def adjacent(tokens: Sequence[Token], at: int) -> bool:
    """Whether token `at` touches the one before it."""
    return 0 < at < len(tokens) and tokens[at].start == tokens[at - 1].end


def _plain(word: str) -> str:
    """Lower the case and take the "'s" off a number ("ten thousand's fine")."""
    word = word.lower().replace("’", "'")
    stem = word.removesuffix("'s")
    return stem if stem in _NUMBER_WORDS and stem not in UNITS else word


def _hesitates(tokens: Sequence[Token], at: int) -> bool:
    """Whether a token belongs to a filler and its commas that part a number from its scale or its smaller words."""
    first, end = at, at
    while word_at(tokens, first - 1) in _FILLERS or (word_at(tokens, first - 1) == "," and first > at - 2):
        first -= 1
    while word_at(tokens, end) in _FILLERS or word_at(tokens, end) == ",":
        end += 1
    run = {word_at(tokens, place) for place in range(first, end)}
    if end <= at or not run & _FILLERS or not run <= _FILLERS | {","}:
        return False
    before, after = word_at(tokens, first - 1), word_at(tokens, end)
    figure = first > 0 and tokens[first - 1].is_figure
    opens = figure or before in _BELOW_HUNDRED or before in ("hundred", "a", "point")
    if opens and (after in SCALES or (after == "hundred" and not figure)):
        return True
    before = word_at(tokens, first - 2) if before == "and" else before
    return "," not in run and _goes_on(before, after)


def _goes_on(before: str, after: str) -> bool:
    """Whether the second word may follow the first inside one number ("twenty um five", "hundred and uh ten")."""
    if before in TENS or before == "point":
        return after in UNITS
    return before in _MULTIPLIES and (after in _BELOW_HUNDRED or (after == "and" and before != "hundred"))


def _stutters(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number word is said over before its scale ("two two hundred")."""
    word = word_at(tokens, at)
    return word in _BELOW_HUNDRED and word_at(tokens, at + 1) == word and word_at(tokens, at + 2) in _MULTIPLIES
