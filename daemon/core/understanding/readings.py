"""Readings: the numbers of one text that belong to an estimate, each with its unit. No memory of earlier talk.

What is not an estimate is left out here: ports, versions, years, percentiles, nines, status codes, money, counts of
talking points, and the time on the session's own clock (GUIDE, "Conventions").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from phantomcode.daemon.core.understanding.hearing import respelled
from phantomcode.daemon.core.understanding.numbers import Number, find_numbers
from phantomcode.daemon.core.understanding.tokens import Token, tokenise, words
from phantomcode.daemon.core.understanding.units import Unit, duration_word, is_money, is_size_word, read_unit

_NOT_COUNTED = words(
    "things thing parts part ways way options option questions question phases phase steps step kinds kind reasons "
    "reason points topics areas places nines words letters characters chars digits sides problems issues paths "
    "choices languages teams ideas cases scenarios flows features requirements numbers answers lines services "
    "tables apis endpoints "
    "calls hops stages layers types sorts times others tries attempts retries versions levels "
    "families fields columns lists pages events goals decisions tradeoffs bullets items minutes bits operations "
    "concurrent identical different separate main big simple candidates halves"
)
_SMALL_COUNTS = words(
    "replica replicas copy copies node nodes shard shards partition partitions region regions server servers machine "
    "machines gateways gateway host hosts rows row datacenters zones brokers users follower followers sites site "
    "instances workers series standbys boxes pods"
)
_COPIES = words("replica replicas standby standbys follower followers")
_LEAD_NOT = re.compile(
    r"((?<!['’])\b(port|top|version|layer|http|tls|error|errors|status|code|codes|step|question|option|phase|tier|rule|"
    r"percentile|base|postgres|java|python|ipv|sha|utf|p|v|s|l|day|week|month|year|number|rfc)[ -]?|"
    r"\b(in|since|back in|by|from|around) (?=(19|20)\d\d\b))$"
)
_CLOCK = re.compile(
    r"\b(timer|clock|on the timer|time check|minutes? (gone|in|left|to go|each|on|for the|remaining|agreeing|into)|"
    r"(last|first|next) (\w+ )?minutes|minutes?[,.]? (so|let me|i'm|actually|of our|of the "
    r"round)|spend|plan is|budget|we have \w+ minutes|\w+ minutes (for|in|deep))\b"
)
_ARTICLES = frozenset({"a", "an"})
_ARTICLE_LEADS = words(
    "for about within around under roughly keep of than after only just last least most to is be "
    "maybe say costs takes hold past up until being"
) | {""}
_DURATION_STOPS = words("ago later hand guess thought look go bit time before is has as")
_AFTER_SECOND = words("or and for to at on is when each per so of behind after before if extra late later total")
_STATUS_CODES = frozenset(
    {200, 201, 202, 204, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 409, 410, 412, 422, 425, 429, 500, 501}
    | {502, 503, 504}
)
_MULTIPLIERS = {"double": 2.0, "twice": 2.0, "doubled": 2.0, "triple": 3.0, "treble": 3.0}
_MULTIPLIED = words("that it the this what at for again as , . and of")


class Reading(msgspec.Struct, frozen=True):
    """A number in its unit, or a bare one (`unit` empty) that only earlier talk can make sense of."""

    value: float
    unit: str
    start: int
    end: int
    noun: str = ""
    bare: bool = False


def readings(text: str) -> tuple[Reading, ...]:
    """Read every estimate-like number of a text, in order."""
    tokens = respelled(tokenise(text))
    numbers = [*find_numbers(tokens)]
    taken = {i for n in numbers for i in range(n.first, n.end)}
    numbers += [n for n in _articles(tokens) if n.first not in taken]
    found: list[Reading] = []
    used = -1
    for number in sorted(numbers, key=lambda n: n.first):
        if number.first < used:
            continue
        reading, end = _read(tokens, number, text)
        if reading is not None:
            found.append(reading)
            used = end
    return tuple(sorted([*found, *_multipliers(tokens)], key=lambda r: r.start))


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


_LONG_SPANS = words("week month year weeks months years")
_LONG_LEADS = words("keep of than within about least most")


def _is_span(tokens: Sequence[Token], at: int) -> bool:
    """Whether "a day" at token `at` is an amount of time and no period or ordinal ("a second hop")."""
    word, before, after = tokens[at + 1].text, _word(tokens, at - 1), _word(tokens, at + 2)
    if duration_word(word) is None or after in _DURATION_STOPS:
        return False
    if word == "second" and after[:1].isalpha() and after not in _AFTER_SECOND:
        return False
    if word in _LONG_SPANS:
        return before in _LONG_LEADS
    return before in _ARTICLE_LEADS or word in ("millisecond", "fortnight", "microsecond") or after == "or"


def _articles(tokens: Sequence[Token]) -> list[Number]:
    """Find "a kilobyte" and, behind a word that makes it an amount, "an hour"."""
    found = []
    for i in range(len(tokens) - 1):
        if tokens[i].text not in _ARTICLES:
            continue
        word, before = tokens[i + 1].text, _word(tokens, i - 1)
        sized = is_size_word(word) and word not in ("bit", "bits")
        timed = _is_span(tokens, i)
        if (sized or timed) and before not in ("per", "half", "of"):
            found.append(Number(1.0, i, i + 1, "article"))
    return found


def _read(tokens: Sequence[Token], number: Number, text: str) -> tuple[Reading | None, int]:
    if is_money(tokens, number) or _is_label(tokens, number, text):
        return None, number.end
    unit = read_unit(tokens, number) or _one_in_many(tokens, number) or _one_every(tokens, number)
    start = tokens[number.first].start
    unit = _one_for_many(tokens, number) or unit
    if _is_status(tokens, number, unit):
        return None, number.end
    if _is_pronoun(tokens, number, unit):
        return None, number.end
    if re.search(r"\bfactor of $", text[:start].lower()):
        unit = Unit("ratio", 1.0, number.end)
    if unit is None:
        end = tokens[number.end - 1].end
        return Reading(number.value, "", start, end, bare=True), number.end
    if not _belongs(tokens, number, unit, text):
        return None, number.end
    value, end_token = _and_a_half(tokens, number.value, unit)
    end = tokens[end_token - 1].end
    amount = unit.factor if unit.noun == "in-many" else value * unit.factor
    return Reading(amount, unit.unit, start, end, unit.noun), end_token


def _is_pronoun(tokens: Sequence[Token], number: Number, unit: Unit | None) -> bool:
    """Whether "one" stands for a thing ("the old one each night") and not for an amount."""
    if _word(tokens, number.first) != "one" or number.end > number.first + 1:
        return False
    if unit is None:
        return True
    loose = unit.unit.startswith("1/") and not unit.noun
    return loose and _word(tokens, number.first - 1) not in ("about", "roughly", "maybe", ",", "so", ".", "")


def _is_status(tokens: Sequence[Token], number: Number, unit: Unit | None) -> bool:
    """Whether a bare figure is an HTTP answer ("send back the 409")."""
    bare = unit is None or not unit.explicit or unit.unit == "ratio"
    figure = tokens[number.first].is_figure and number.end == number.first + 1
    introduced = _word(tokens, number.first - 1) in _STATUS_LEADS
    follower = _word(tokens, number.end)
    return bare and figure and number.value in _STATUS_CODES and (introduced or follower in ("", ".", ","))


_STATUS_LEADS = words("the a an return returns returning with get gets send sends those , them")


def _one_for_many(tokens: Sequence[Token], number: Number) -> Unit | None:
    """Read "one write for every two hundred reads" as the ratio 200."""
    if number.value != 1 or number.kind != "cardinal":
        return None
    link = number.end + 1
    if (_word(tokens, link), _word(tokens, link + 1)) != ("for", "every") and _word(tokens, link) != "per":
        return None
    many_at = link + (2 if _word(tokens, link) == "for" else 1)
    many = next((n for n in find_numbers(tokens[many_at : many_at + 6]) if n.first == 0), None)
    if many is None or many.value < 2:
        return None
    return Unit("ratio", many.value, many_at + many.end, "in-many")


def _is_label(tokens: Sequence[Token], number: Number, text: str) -> bool:
    """Whether the number names something: a port, a version, a percentile, an S3."""
    first = tokens[number.first]
    touching = number.first > 0 and tokens[number.first - 1].end == first.start
    before = _word(tokens, number.first - 1)
    if touching and before.isalpha():
        return True
    if _word(tokens, number.end) in ("nines", "th", "st", "nd", "rd"):
        return True
    lead = text[: first.start].lower()[-14:]
    match = _LEAD_NOT.search(lead)
    if match is None:
        return False
    timed = read_unit(tokens, number)
    return timed is None or not timed.explicit


def _one_in_many(tokens: Sequence[Token], number: Number) -> Unit | None:
    """Read "one in a thousand", "1 in 10 thousand", "one key in two hundred" as a ratio."""
    if number.value > 9 or number.kind != "cardinal":
        return None
    link = number.end + (_word(tokens, number.end) not in ("in", "out"))
    link += _word(tokens, link) == "out" and _word(tokens, link + 1) == "of"
    if _word(tokens, link) not in ("in", "of") or _word(tokens, link - 1) == ",":
        return None
    many = next((n for n in find_numbers(tokens[link + 1 :]) if n.first == 0), None)
    if many is None or many.value <= number.value:
        return None
    follower = read_unit(tokens[link + 1 :], many)
    if follower is not None and follower.explicit:
        return None
    return Unit("ratio", number.value / many.value, link + 1 + many.end, "in-many")


def _one_every(tokens: Sequence[Token], number: Number) -> Unit | None:
    """Read "one every four seconds" as a rate."""
    if _word(tokens, number.end) != "every":
        return None
    span = next((n for n in find_numbers(tokens[number.end + 1 :]) if n.first == 0), None)
    if span is None:
        return None
    unit = read_unit(tokens[number.end + 1 :], span)
    if unit is None or unit.unit != "s":
        return None
    rate = number.value / (span.value * unit.factor)
    return Unit("1/s", rate, number.end + 1 + unit.end, "in-many")


def _and_a_half(tokens: Sequence[Token], value: float, unit: Unit) -> tuple[float, int]:
    """Extend "a byte and a half"."""
    tail = tuple(_word(tokens, unit.end + k) for k in range(3))
    return (value + 0.5, unit.end + 3) if tail == ("and", "a", "half") else (value, unit.end)


def _belongs(tokens: Sequence[Token], number: Number, unit: Unit, text: str) -> bool:
    if unit.unit == "s":
        return not _session_clock(tokens, number, unit, text)
    if unit.explicit:
        return True
    word = unit.noun.split()[-1]
    if word in _NOT_COUNTED and number.value < 1000:
        return False
    if number.value < 3:
        return word in _COPIES
    return number.value >= 10 or word in _SMALL_COUNTS


def _session_clock(tokens: Sequence[Token], number: Number, unit: Unit, text: str) -> bool:
    """Whether minutes are those of the round ("ten minutes left") and not of the design."""
    if not 60 <= unit.factor < 3600:
        return False
    around = text[max(0, tokens[number.first].start - 40) : tokens[unit.end - 1].end + 30].lower()
    return _CLOCK.search(around) is not None


def _multipliers(tokens: Sequence[Token]) -> list[Reading]:
    """Find "double that", "twice the average"."""
    return [
        Reading(_MULTIPLIERS[token.text], "ratio", token.start, token.end)
        for i, token in enumerate(tokens)
        if token.text in _MULTIPLIERS
        and (i + 1 == len(tokens) or tokens[i + 1].text in _MULTIPLIED)
        and not (token.text == "twice" and _word(tokens, i + 1) not in ("that", "the", "as", "what", "this"))
    ]
