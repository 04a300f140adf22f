"""Units and numbers as recognisers mishear them: "kilo bites", "terror bytes", "mili seconds", "too hundred".

Tokens keep their place in the text, so a quote still shows what was written down.
"""

from __future__ import annotations

from collections.abc import Sequence

from phantomcode.daemon.core.understanding.tokens import Token

_PREFIXES = {
    "kilo": "kilo",
    "killer": "kilo",
    "kilos": "kilo",
    "mega": "mega",
    "mecca": "mega",
    "giga": "giga",
    "gigger": "giga",
    "tera": "tera",
    "terra": "tera",
    "terror": "tera",
    "peta": "peta",
    "peter": "peta",
    "milli": "milli",
    "mili": "milli",
    "millie": "milli",
    "micro": "micro",
}
_SIZES = {"bites": "bytes", "bite": "byte", "bytes": "bytes", "byte": "byte", "bights": "bytes", "bits": "bits"}
_SPANS = {"seconds": "seconds", "second": "second", "secs": "seconds", "sec": "second"}
_SMALL = frozenset({"milli", "micro"})
_NUMBERS = {"too": "two", "fore": "four", "ate": "eight", "won": "one"}
_SCALES = frozenset({"hundred", "thousand", "million", "billion"})
_SPELLED = {("q", "p", "s"): "qps", ("r", "p", "s"): "rps", ("t", "p", "s"): "tps"}
_SPELLED |= {("d", "a", "u"): "dau", ("m", "a", "u"): "mau"}
_BYTES_HEARD = {"bites": "bytes", "bights": "bytes"}


def respelled(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Put misheard units and numbers right; a unit heard as two words becomes one token over both."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        text, used = _heard(tokens, at)
        found.append(Token(text, tokens[at].start, tokens[at + used - 1].end, tokens[at].capital))
        at += used
    return tuple(found)


def _heard(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """What stands at a place, and how many tokens it takes."""
    word = tokens[at].text
    following = tokens[at + 1].text if at + 1 < len(tokens) else ""
    letters = _SPELLED.get((word, following, tokens[at + 2].text if at + 2 < len(tokens) else ""))
    if letters is not None:
        return letters, 3
    prefix = _PREFIXES.get(word)
    unit = (_SPANS if prefix in _SMALL else _SIZES).get(following) if prefix else None
    if unit is not None:
        return f"{prefix}{unit}", 2
    if following in _SCALES and word in _NUMBERS:
        return _NUMBERS[word], 1
    return _BYTES_HEARD.get(word, word), 1
