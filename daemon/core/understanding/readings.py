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
from phantomcode.daemon.core.understanding.tokens import Token, listed, tokenise, word_at
from phantomcode.daemon.core.understanding.units import Unit, is_money, read_unit
from phantomcode.daemon.core.understanding.unnumbered import factors, implied_numbers

_NOT_COUNTED = listed(
    "things thing parts part ways way options option questions question phases phase steps step kinds kind reasons "
    "reason points topics areas places nines words letters characters chars digits sides problems issues paths "
    "choices languages teams ideas cases scenarios flows features requirements numbers answers lines services "
    "tables apis endpoints "
    "calls hops stages layers types sorts times others tries attempts retries versions levels "
    "families fields columns lists pages events goals decisions tradeoffs bullets items minutes bits operations "
    "concurrent identical different separate main big simple candidates halves symbols"
)
_SMALL_COUNTS = listed(
    "replica replicas copy copies node nodes shard shards partition partitions region regions server servers machine "
    "machines gateways gateway host hosts rows row datacenters zones brokers users follower followers sites site "
    "instances workers series standbys boxes pods"
)
_COPIES = listed("replica replicas standby standbys follower followers")
_LEAD_NOT = re.compile(
    r"((?<!['’])\b(port|top|version|layer|http|tls|error|errors|status|code|codes|step|question|option|phase|tier|rule|"
    r"percentile|base|postgres|java|python|ipv|sha|utf|p|v|s|l|day|week|month|year|number|rfc)[ -]?|"
    r"\b(in|since|back in|by|from|around) (?=(19|20)\d\d\b))$"
)
_CLOCK = re.compile(
    r"\b(timer|clock|on the timer|time check|minutes? (gone|in|left|to go|each|on|for the|remaining|agreeing|into)|"
    r"(?<!in the )(?<!over the )(?<!within the )(last|first|next) (\w+ )?minutes(?! of (?!the (round|interview)))|"
    r"minutes?[,.]? (so|let me|i'm|actually|of our|of the "
    r"round)|spend|plan is(?! up)|budget(?! for)|we have \w+ minutes|\w+ minutes (for|in|deep))\b"
)
_STATUS_CODES = frozenset(
    {200, 201, 202, 204, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 409, 410, 412, 422, 425, 429, 500, 501}
    | {502, 503, 504}
)
_ATTEMPTS = listed("retry retries retried retrying try tries tried attempt attempts")
_WHOLES = listed("region regions zone zones datacenter datacenters continent continents")
"""What a design has a handful of by its nature: a few of them are no figure of the estimate, if an operand."""
_OPERAND_LEAD = re.compile(
    r"(\b(times|x|plus|minus|(multipl(y|ied|ying)|divid(e|ed|ing)) (it |that |this |them )?by|over|across|among|"
    r"between|factor of)|[×*])\W*(about |roughly |around |say |the |those |these |all )*$"
)
_OPERAND_TAIL = re.compile(r"\s*(times|plus|minus|multiplied by|divided by|x|×|\*)\s*\w", re.IGNORECASE)
_LARGEST_OPERAND = 1000.0
_MOST_NINES = 11
_MORE_AHEAD = re.compile(r"\b(add|adding|plus|another)( (on|in|about|roughly|maybe|say|another))*\s+$", re.IGNORECASE)
_MORE_BEHIND = re.compile(
    r"( as (much|many))? (more|again|extra|on top|overhead|headroom|slack|spare|margin|growth)\b", re.IGNORECASE
)


class Reading(msgspec.Struct, frozen=True):
    """A number in its unit, or a bare one (`unit` empty) that only earlier talk can make sense of."""

    value: float
    unit: str
    start: int
    end: int
    noun: str = ""
    bare: bool = False
    operand: bool = False
    """Said only to be multiplied or divided by ("times two", "four entries"): no figure of the estimate itself."""


def readings(text: str) -> tuple[Reading, ...]:
    """Read every estimate-like number of a text, in order."""
    tokens = respelled(tokenise(text))
    numbers = [*find_numbers(tokens)]
    taken = {i for n in numbers for i in range(n.first, n.end)}
    numbers += [n for n in implied_numbers(tokens) if not taken & set(range(n.first, n.end))]
    found: list[Reading] = []
    used = -1
    for number in sorted(numbers, key=lambda n: n.first):
        if number.first < used:
            continue
        reading, end = _read(tokens, number, text)
        if reading is not None:
            found.append(_with_more(reading, text))
            used = end
    told = [Reading(n.value, "ratio", tokens[n.first].start, tokens[n.first].end) for n in factors(tokens)]
    apart = [r for r in told if not any(r.start < f.end and f.start < r.end for f in found)]
    return tuple(sorted([*found, *apart], key=lambda r: r.start))


def _with_more(reading: Reading, text: str) -> Reading:
    """Let the quote of a share that is added on top say so: "add a quarter", "a third more", "plus twenty percent"."""
    if reading.unit != "ratio" or reading.value >= 1:
        return reading
    ahead = _MORE_AHEAD.search(text[: reading.start])
    behind = _MORE_BEHIND.match(text, reading.end)
    start = ahead.start() if ahead else reading.start
    return msgspec.structs.replace(reading, start=start, end=behind.end() if behind else reading.end)


def _read(tokens: Sequence[Token], number: Number, text: str) -> tuple[Reading | None, int]:
    if word_at(tokens, number.end) == "nines":
        return _nines(tokens, number), number.end + 1
    if is_money(tokens, number) or _is_label(tokens, number, text):
        return None, number.end
    unit = read_unit(tokens, number)
    if unit is None or not unit.explicit:
        unit = _one_in_many(tokens, number) or unit or _one_every(tokens, number)
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
        worked = _OPERAND_LEAD.search(text[:start].lower()) or _OPERAND_TAIL.match(text, end)
        operand = number.value < _LARGEST_OPERAND and worked is not None
        return Reading(number.value, "", start, end, bare=True, operand=operand), number.end
    if word_at(tokens, number.first) in ("once", "twice") and unit.unit in ("1/month", "1/year"):
        span = (tokens[number.first].start, tokens[unit.end - 1].end)
        return Reading(number.value, unit.unit, *span, operand=True), unit.end
    if not _belongs(tokens, number, unit, text):
        return _operand(tokens, number, unit), number.end
    value, end_token = _and_a_half(tokens, number.value, unit)
    end = tokens[end_token - 1].end
    amount = unit.factor if unit.noun == "in-many" else value * unit.factor
    return Reading(amount, unit.unit, start, end, unit.noun), end_token


def _nines(tokens: Sequence[Token], number: Number) -> Reading | None:
    """Read "four nines" as the part they leave out: no figure of its own, but downtime is worked out from it."""
    if not 1 <= number.value <= _MOST_NINES:
        return None
    start, end = tokens[number.first].start, tokens[number.end].end
    return Reading(10.0**-number.value, "ratio", start, end, operand=True)


def _is_pronoun(tokens: Sequence[Token], number: Number, unit: Unit | None) -> bool:
    """Whether "one" stands for a thing ("the old one each night") and not for an amount."""
    if word_at(tokens, number.first) != "one" or number.end > number.first + 1:
        return False
    if unit is None:
        return True
    loose = unit.unit.startswith("1/") and not unit.noun
    return loose and word_at(tokens, number.first - 1) not in ("about", "roughly", "maybe", ",", "so", ".", "")


def _is_status(tokens: Sequence[Token], number: Number, unit: Unit | None) -> bool:
    """Whether a bare figure is an HTTP answer ("send back the 409")."""
    bare = unit is None or not unit.explicit or unit.unit == "ratio"
    figure = tokens[number.first].is_figure and number.end == number.first + 1
    introduced = word_at(tokens, number.first - 1) in _STATUS_LEADS
    follower = word_at(tokens, number.end)
    return bare and figure and number.value in _STATUS_CODES and (introduced or follower in ("", ".", ","))


_STATUS_LEADS = listed("the a an return returns returning with get gets send sends those , them")


def _one_for_many(tokens: Sequence[Token], number: Number) -> Unit | None:
    """Read "one write for every two hundred reads" as the ratio 200."""
    if number.value != 1 or number.kind != "cardinal":
        return None
    link = number.end + 1
    if (word_at(tokens, link), word_at(tokens, link + 1)) != ("for", "every") and word_at(tokens, link) != "per":
        return None
    many_at = link + (2 if word_at(tokens, link) == "for" else 1)
    many = next((n for n in find_numbers(tokens[many_at : many_at + 6]) if n.first == 0), None)
    if many is None or many.value < 2:
        return None
    return Unit("ratio", many.value, many_at + many.end, "in-many")


def _is_label(tokens: Sequence[Token], number: Number, text: str) -> bool:
    """Whether the number names something: a port, a version, a percentile, an S3."""
    first = tokens[number.first]
    touching = number.first > 0 and tokens[number.first - 1].end == first.start
    before = word_at(tokens, number.first - 1)
    if touching and before.isalpha():
        return True
    if word_at(tokens, number.end) in ("th", "st", "nd", "rd"):
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
    reach = range(number.end, number.end + 3)
    link = next((at for at in reach if word_at(tokens, at) in ("in", "out")), number.end + 1)
    between = [word_at(tokens, at) for at in range(number.end, link)]
    if not all(word.isalpha() for word in between):
        return None
    link += word_at(tokens, link) == "out" and word_at(tokens, link + 1) == "of"
    if word_at(tokens, link) not in ("in", "of") or word_at(tokens, link - 1) == ",":
        return None
    many = next((n for n in find_numbers(tokens[link + 1 :]) if n.first == 0), None)
    if many is None or many.value <= number.value or (len(between) > 1 and many.value < 10):
        return None
    follower = read_unit(tokens[link + 1 :], many)
    if follower is not None and follower.explicit:
        return None
    return Unit("ratio", number.value / many.value, link + 1 + many.end, "in-many")


def _one_every(tokens: Sequence[Token], number: Number) -> Unit | None:
    """Read "one every four seconds" as a rate."""
    if word_at(tokens, number.end) != "every":
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
    tail = tuple(word_at(tokens, unit.end + k) for k in range(3))
    return (value + 0.5, unit.end + 3) if tail == ("and", "a", "half") else (value, unit.end)


def _belongs(tokens: Sequence[Token], number: Number, unit: Unit, text: str) -> bool:
    if unit.unit == "s":
        return not _session_clock(tokens, number, unit, text)
    if unit.explicit:
        return not _tries_again(tokens, number, unit)
    word = unit.noun.split()[-1]
    if word in _NOT_COUNTED and number.value < 1000:
        return False
    if number.value < 3:
        return word in _COPIES
    if number.value < 10 and word in _WHOLES:
        return False
    return number.value >= 10 or word in _SMALL_COUNTS


def _tries_again(tokens: Sequence[Token], number: Number, unit: Unit) -> bool:
    """Whether "three times" counts attempts ("retry three times") and is no factor."""
    near = range(number.first - 4, unit.end + 2)
    return (
        unit.unit == "ratio"
        and "times" in (word_at(tokens, unit.end - 1),)
        and any(word_at(tokens, at) in _ATTEMPTS for at in near)
    )


def _operand(tokens: Sequence[Token], number: Number, unit: Unit) -> Reading | None:
    """Keep "four entries" for the sum that follows, though on its own it is no figure of the estimate."""
    counted = unit.unit in ("count", "1/s") and not unit.explicit
    if not counted or number.value < 2:
        return None
    start, end = tokens[number.first].start, tokens[unit.end - 1].end
    return Reading(number.value, "count", start, end, unit.noun, operand=True)


def _session_clock(tokens: Sequence[Token], number: Number, unit: Unit, text: str) -> bool:
    """Whether minutes are those of the round ("ten minutes left") and not of the design."""
    if not 60 <= unit.factor < 3600:
        return False
    around = text[max(0, tokens[number.first].start - 40) : tokens[unit.end - 1].end + 30].lower()
    return _CLOCK.search(around) is not None
