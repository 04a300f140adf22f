"""Amounts said without a number: "a kilobyte", "half an hour", "sub-millisecond", "double that", "once a second"."""

from __future__ import annotations

from collections.abc import Sequence

from phantomcode.daemon.core.understanding.cardinals import figures, spoken
from phantomcode.daemon.core.understanding.numbers import Number
from phantomcode.daemon.core.understanding.tokens import TEENS, TENS, UNITS, Token, listed, word_at
from phantomcode.daemon.core.understanding.units import duration_word, is_size_word

_ARTICLES = frozenset({"a", "an"})
_ARTICLE_LEADS = listed(
    "for about within around under roughly keep of than after only just last least most to is be "
    "maybe say costs takes hold past up until being at then us by like full with has plus another spend spends "
    "every"
) | {""}
_DURATION_STOPS = listed("ago hand guess thought look go bit time before is has as")
_BEHIND = listed("behind late later stale old longer apart slower after or")
"""Words behind "a minute" that make it an amount whatever stands before it."""
_AFTER_SECOND = listed("or and for to at on is when each per so of behind after before if extra late later total") | {
    "longer",
    "stale",
}
_LONG_SPANS = listed("week month year weeks months years")
_LONG_LEADS = listed("keep of than within about least most times")
_PER_HALF = listed("per half")
_HALF_LEADS = listed("a an next last every another about within under roughly of the for than to or and")

_FACTORS = {"double": 2.0, "twice": 2.0, "triple": 3.0, "treble": 3.0, "quadruple": 4.0}
_CHANGES = {"doubles": 2.0, "doubled": 2.0, "doubling": 2.0, "triples": 3.0, "tripled": 3.0, "tripling": 3.0}
_CHANGES |= {"halves": 0.5, "halved": 0.5, "halving": 0.5, "halve": 0.5, "quadruples": 4.0}
_MULTIPLIED = listed("that it the this what its our them those of for at again as")
_TAKEN = listed("that it the this its our them those at for every each to")
_CLOSES = listed(". , so and then") | {""}
_WEIGHED = listed("think say is be take assume about maybe roughly expect plan it's that's")
_FOLD = {f"{name}fold": value for name, value in {**UNITS, **TEENS, **TENS, "hundred": 100.0}.items()}
_NOUNS_BEFORE = listed("the both two")
_OFTEN = {"once": 1.0, "twice": 2.0}
_OFTEN_IN = listed("second sec minute hour day month year")


def implied_numbers(tokens: Sequence[Token]) -> list[Number]:
    """Find "a kilobyte", "half minute", "sub-second", "once a day" and, where it is an amount, "an hour".

    Each is a number whose unit follows it.
    """
    readers = (_article, _whole, _half, _below, _often)
    found = (reader(tokens, at) for at in range(len(tokens) - 1) for reader in readers)
    return [number for number in found if number is not None]


def factors(tokens: Sequence[Token]) -> list[Number]:
    """Find "double that", "twice the average", "halves it", "say double", "twentyfold": factors in a word."""
    return [Number(value, at, at + 1) for at in range(len(tokens)) for value in _factor(tokens, at)]


def _factor(tokens: Sequence[Token], at: int) -> tuple[float, ...]:
    word, before, after = tokens[at].text, word_at(tokens, at - 1), word_at(tokens, at + 1)
    if word in _FOLD:
        return (_FOLD[word],)
    if word == "twice":
        return (2.0,) if after in ("that", "the", "as", "what", "this") else ()
    if word in _FACTORS:
        weighed = after in _CLOSES and before in _WEIGHED
        return (_FACTORS[word],) if after in _MULTIPLIED or weighed else ()
    return (_CHANGES[word],) if word in _CHANGES and after in _TAKEN and before not in _NOUNS_BEFORE else ()


def _article(tokens: Sequence[Token], at: int) -> Number | None:
    if tokens[at].text not in _ARTICLES:
        return None
    word, before = tokens[at + 1].text, word_at(tokens, at - 1)
    sized = is_size_word(word) and word not in ("bit", "bits")
    order = before == "of" and word_at(tokens, at - 2) == "order"
    if not (sized or _is_span(tokens, at)) or before in _PER_HALF or (before == "of" and not order):
        return None
    return Number(1.0, at, at + 1, "article")


def _is_span(tokens: Sequence[Token], at: int) -> bool:
    """Whether "a day" at token `at` is an amount of time and no period or ordinal ("a second hop")."""
    word, before, after = tokens[at + 1].text, word_at(tokens, at - 1), word_at(tokens, at + 2)
    if duration_word(word) is None or after in _DURATION_STOPS:
        return False
    if word == "second" and after[:1].isalpha() and after not in _AFTER_SECOND:
        return False
    if word in _LONG_SPANS:
        return before in _LONG_LEADS
    return before in _ARTICLE_LEADS or word in ("millisecond", "fortnight", "microsecond") or after in _BEHIND


def _whole(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "a full day", "a whole minute", "a percent"."""
    if tokens[at].text not in _ARTICLES or word_at(tokens, at - 1) in ("of", "per", "half"):
        return None
    if tokens[at + 1].text == "percent":
        return Number(1.0, at, at + 1, "article")
    whole = tokens[at + 1].text in ("full", "whole", "good") and duration_word(word_at(tokens, at + 2)) is not None
    return Number(1.0, at, at + 2, "article") if whole else None


def _half(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "the next half minute", "half gig"."""
    if tokens[at].text != "half" or (word_at(tokens, at - 1) not in _HALF_LEADS and at > 0):
        return None
    word = tokens[at + 1].text
    return Number(0.5, at, at + 1, "article") if duration_word(word) or is_size_word(word) else None


def _below(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "sub-millisecond" as the millisecond it stays under."""
    unit = at + 1 + (tokens[at + 1].text == "-")
    if tokens[at].text != "sub" or duration_word(word_at(tokens, unit)) is None:
        return None
    return Number(1.0, at, unit, "article")


def _often(tokens: Sequence[Token], at: int) -> Number | None:
    """Read "once a second", "twice per day": a rate."""
    word, after = tokens[at].text, tokens[at + 1].text
    if word not in _OFTEN or after not in ("a", "an", "per", "every", "each", "in"):
        return None
    counted = after in ("every", "in") and (spoken(tokens, at + 2) or figures(tokens, at + 2)) is not None
    period = after != "in" and word_at(tokens, at + 2) in _OFTEN_IN
    schedule = word == "once" and word_at(tokens, at + 2) == "day"
    return Number(_OFTEN[word], at, at + 1) if counted or (period and not schedule) else None
