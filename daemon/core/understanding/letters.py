"""Letters written behind a figure: "2 M orders", "1.5B plays a day", "500 B". Is it a scale, or does it count bytes?

Only typed talk has them. A small letter has to touch its figure, a capital may stand apart. "B" is the one that may
mean either: what stands around it decides, and where nothing does, how large the figure is.
"""

from __future__ import annotations

from collections.abc import Sequence

from phantomcode.daemon.core.understanding.tokens import Token, adjacent, listed, word_at

_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9}
_SIZED = listed(
    "row rows record records object objects entry entries key keys value values payload payloads message messages "
    "header headers body metadata size sizes each id ids url urls sample samples tuple document cell"
)
"""What has a size in bytes, named shortly before the figure."""
_ONE_SIZED = listed("row record object entry key value payload message header body id url sample tuple document cell")
"""What has a size in bytes, named right behind the figure: one of them, for several would be counted."""
_TIMES = frozenset({"x", "×", "*", "times"})
_PERIODS = listed("s sec second day d week month year minute min hour")
_PER = frozenset({"per", "/", "a", "an", "each", "every"})
_MOST_BYTES = 1e5
"""From here on sizes are written with a prefix."""
_LEAST_BYTES = 16
"""A guess: fewer bytes are hardly ever the size of anything that is stored, and fewer billions are common."""
_REACH = 3
"""How many words before the figure may name what it is the size of ("each row is about 250B")."""


def letter_scale(tokens: Sequence[Token], at: int, value: float) -> float | None:
    """Return the factor of the letter at token `at`, behind a figure of this value; None where it is no scale."""
    letter = word_at(tokens, at)
    if letter not in _SCALES or not (letter == "k" or adjacent(tokens, at) or tokens[at].capital):
        return None
    spelt_out = letter == "m" and word_at(tokens, at + 1) == "b"  # "two M B" is a size
    return None if spelt_out or _opens_a_name(tokens, at) or counts_bytes(tokens, at, value) else _SCALES[letter]


def counts_bytes(tokens: Sequence[Token], at: int, value: float) -> bool:
    """Whether token `at` is a "B" that counts bytes."""
    if word_at(tokens, at) != "b" or not (adjacent(tokens, at) or tokens[at].capital) or value >= _MOST_BYTES:
        return False
    if _opens_a_name(tokens, at):
        return False
    after, beyond = word_at(tokens, at + 1), word_at(tokens, at + 2)
    if after in _PER and beyond in _PERIODS:
        return value >= _LEAST_BYTES and (beyond in ("s", "sec", "second") or not adjacent(tokens, at))
    if after in ("per", "/", "each") or after in _ONE_SIZED:
        return True
    if after.isalpha() and after not in _TIMES and after not in _JOINS:
        return False
    sized = any(word_at(tokens, before) in _SIZED for before in range(at - 1 - _REACH, at - 1))
    return sized or (value >= _LEAST_BYTES and value.is_integer()) or (not adjacent(tokens, at) and value.is_integer())


def _opens_a_name(tokens: Sequence[Token], at: int) -> bool:
    """Whether the letter is the first of a word with a hyphen: "3 B-trees"."""
    hyphen = word_at(tokens, at + 1) == "-" and adjacent(tokens, at + 1)
    return word_at(tokens, at) == "b" and hyphen and word_at(tokens, at + 2).isalpha()


_JOINS = listed("and or plus minus so is are at in for over by that that's which gives makes with on to then of but")
"""Words behind a figure that are not what it counts."""
