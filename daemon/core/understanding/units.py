"""Units as people say them: "gigs", "a second", "megabits", "writes per minute", "x", "percent", "to one".

Stored units are those of the grader's output: "1/s", "1/day", "1/month", "1/year", "count", "B", "B/s", "B/day",
"B/month", "B/year", "s", "ratio". Rates per minute, hour and week become per second. Sizes are decimal unless the
binary unit is named ("GiB"), as domain convention has it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from phantomcode.daemon.core.understanding.letters import counts_bytes
from phantomcode.daemon.core.understanding.numbers import Number, find_numbers
from phantomcode.daemon.core.understanding.tokens import TEENS, TENS, UNITS, Token, adjacent, listed

DAY_SECONDS = 86_400.0
MONTH_SECONDS = 30 * DAY_SECONDS
YEAR_SECONDS = 365 * DAY_SECONDS

_PREFIXES = {
    "kilo": 1e3,
    "mega": 1e6,
    "giga": 1e9,
    "tera": 1e12,
    "peta": 1e15,
    "exa": 1e18,
}
_BINARY = {"kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30, "tib": 2.0**40, "pib": 2.0**50}
_SIZES: dict[str, float] = {"byte": 1.0, "bytes": 1.0, "gig": 1e9, "gigs": 1e9, "meg": 1e6, "megs": 1e6}
_SIZES |= {"tera": 1e12, "teras": 1e12, "tb": 1e12, "gb": 1e9, "mb": 1e6, "kb": 1e3, "pb": 1e15, "eb": 1e18}
_SIZES |= {"tbs": 1e12, "gbs": 1e9, "mbs": 1e6, "pbs": 1e15, "peta": 1e15, "kay": 1e3}
_SIZES |= {f"{prefix}byte{s}": factor for prefix, factor in _PREFIXES.items() for s in ("", "s")}
_SIZES |= _BINARY
_SPELT = {"k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}
"""Letters a recogniser hears before a lone "b"."""
_BITS: dict[str, float] = {"bit": 0.125, "bits": 0.125}
_BITS |= {f"{prefix}bit{s}": factor / 8 for prefix, factor in _PREFIXES.items() for s in ("", "s")}
_BIT_RATES = {"kbps": 125.0, "mbps": 125e3, "gbps": 125e6, "tbps": 125e9, "gbit": 125e6, "mbit": 125e3}
_DURATIONS: dict[str, float] = {
    "nanosecond": 1e-9,
    "ns": 1e-9,
    "nano": 1e-9,
    "microsecond": 1e-6,
    "us": 1e-6,
    "micro": 1e-6,
    "millisecond": 1e-3,
    "ms": 1e-3,
    "milli": 1e-3,
    "mil": 1e-3,
    "second": 1.0,
    "sec": 1.0,
    "minute": 60.0,
    "min": 60.0,
    "hour": 3600.0,
    "hr": 3600.0,
    "day": DAY_SECONDS,
    "week": 7 * DAY_SECONDS,
    "fortnight": 14 * DAY_SECONDS,
    "month": MONTH_SECONDS,
    "year": YEAR_SECONDS,
}
_DURATIONS |= {f"{name}s": seconds for name, seconds in _DURATIONS.items() if len(name) > 2}
_PERIODS = {"second": "s", "sec": "s", "s": "s", "day": "day", "month": "month", "year": "year"}
_SUB_PERIODS = {"minute": 60.0, "min": 60.0, "hour": 3600.0, "week": 7 * DAY_SECONDS, "night": DAY_SECONDS}
_RATE_WORDS = frozenset({"qps", "rps", "tps", "wps", "iops"})
_PER = frozenset({"per", "a", "an", "each", "every", "/", "in"})
_FACTORS = frozenset({"x", "×", "fold", "times"})
_TIMES = frozenset({"x", "×", "times"})
_MONEY = listed("$ £ € dollars dollar pounds pound euros euro bucks cents cent pence quid grand")
_HEDGES = listed("around about roughly say maybe")
_INSIDE_RATE = listed("of the these those them")
_OTHER_NUMBERS = listed("twice once hundred thousand million") | {*UNITS, *TEENS, *TENS}
_AFTER_EACH = listed("per a an every and so in at is makes gives that's that on with for")
"""What follows "two counters each"; where "each" has a verb ("fifty sites each decide") it shares nothing out."""
_COPIED = listed("replica replicas copies standbys followers")
_LINKS = listed("card cards nic nics link links port ports interface interfaces ethernet")
_SINGULAR = frozenset({"replica", "follower", "standby"})
_FLOWS = listed("reads writes ops inserts redirects lookups gets sets")
"""Nouns that in an estimate are a rate even when the second is left off ("half a million writes at peak")."""
_STOCK = listed("hanging once flight pending in-flight queued for to per stored total")
_STOP = listed(
    "and or but so if then is it's that's which that at for from to in on with over under by as of than when because "
    "we i you they it this those these there are was were be can could would will not no . , ; ! ? : = times half the "
    "my our your their every each per a an plus minus"
)


class Unit(msgspec.Struct, frozen=True):
    """A unit read after a number: `factor` turns the number into `unit`; `noun` is what is counted, if named.

    `end` is the token after the last one used. `explicit` is false for a bare number with only a noun behind it.
    """

    unit: str
    factor: float
    end: int
    noun: str = ""
    explicit: bool = True


def per_second(unit: str) -> float | None:
    """Return the factor from a rate unit to the same per second, or None where the unit is no rate."""
    period = unit.partition("/")[2]
    return {"s": 1.0, "day": 1 / DAY_SECONDS, "month": 1 / MONTH_SECONDS, "year": 1 / YEAR_SECONDS}.get(period)


def is_money(tokens: Sequence[Token], number: Number) -> bool:
    """Whether a currency sign or word stands beside the number."""
    return _word(tokens, number.first - 1) in _MONEY or _word(tokens, number.end) in _MONEY


def read_unit(tokens: Sequence[Token], number: Number) -> Unit | None:
    """Read the unit that follows a number, or None where nothing says what it measures."""
    at = number.end + (_word(tokens, number.end) in ("-", "–"))
    for read in (_ratio, _pair_ratio, _sized, _timed, _rated):
        unit = read(tokens, number, at)
        if unit is not None:
            return unit
    return _counted(tokens, at)


def duration_word(word: str) -> float | None:
    """Return the seconds of "day", "hours" …, or None."""
    return _DURATIONS.get(word)


def is_size_word(word: str) -> bool:
    """Whether the word is a unit of size ("kilobyte")."""
    return word in _SIZES or word in _BITS


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


def _ratio(tokens: Sequence[Token], number: Number, at: int) -> Unit | None:
    """Read "percent", "x", "times", "-fold"; a fraction with "of" behind it is a ratio too."""
    word = _word(tokens, at)
    if word in ("%", "percent") or (word == "per" and _word(tokens, at + 1) == "cent"):
        return Unit("ratio", 0.01, at + (2 if word == "per" else 1))
    if word in _FACTORS and number.kind != "article":
        operand = at + 1 + (_word(tokens, at + 1) in _HEDGES)
        sign = word in _TIMES and not adjacent(tokens, at)  # "300M x 2" multiplies, "3x" is a factor
        multiplies = sign and any(n.first == 0 for n in find_numbers(tokens[operand : operand + 5]))
        multiplies = multiplies or (_word(tokens, at + 1) in ("a", "an") and is_size_word(_word(tokens, at + 2)))
        return None if multiplies or _period(tokens, at + 1) else Unit("ratio", 1.0, at + 1)
    if number.kind == "fraction" and not (word == "k" or is_size_word(word) or word in _DURATIONS):
        return Unit("ratio", 1.0, at)
    return None


def _pair_ratio(tokens: Sequence[Token], number: Number, at: int) -> Unit | None:
    """Read "a hundred to one", "99:1", "ninety reads to one write", "five reads per write", "one in a thousand"."""
    if is_size_word(_word(tokens, at)) or _word(tokens, at) in _DURATIONS:
        return None
    link = next((i for i in range(at, min(at + 4, len(tokens))) if _word(tokens, i) in ("to", ":", "for")), None)
    if link is not None and not any(_word(tokens, i) in _STOP or "'" in _word(tokens, i) for i in range(at, link)):
        other = _word(tokens, link + 1)
        if other in ("one", "1") and _word(tokens, link) != "for" and number.value > 1:
            return Unit("ratio", 1.0, link + 2)
        goes_on = link + 2 < len(tokens)
        for_each = _word(tokens, link) == "for" and other in ("each", "every", "one") and link > at and goes_on
        if for_each and not _period(tokens, link + 1):
            return Unit("ratio", 1.0, link + 3)
    noun = _noun(tokens, at)
    per = noun[1] if noun else at
    closes = _word(tokens, per + 1) in _AFTER_EACH or not _word(tokens, per + 1).isalpha()
    shared = noun is not None and _word(tokens, per) == "each" and not _period(tokens, per) and closes
    if (
        shared
        and noun is not None
        and noun[0] not in _COPIED
        and not is_size_word(noun[0])
        and noun[0] not in _DURATIONS
    ):
        return Unit("ratio", 1.0, per + 1, noun[0])
    each = _word(tokens, per + 1)  # empty where the text breaks off
    if _word(tokens, per) == "per" and each and not _period(tokens, per) and each not in _DURATIONS:
        named = noun[0] if noun else ""
        plain = number.value < 1e4 and not is_size_word(named) and named not in _DURATIONS
        return Unit("ratio", 1.0, per + 2, named) if plain else None
    return None


def _sized(tokens: Sequence[Token], number: Number, at: int) -> Unit | None:
    """Read bytes and bits, with their period if one is named."""
    word = _word(tokens, at)
    before = _word(tokens, number.end - 1)
    spelt_out = word in _SPELT and _word(tokens, at + 1) == "b"
    if word == "k" and before in ("a", "an"):
        factor = 1e3
    elif spelt_out:
        factor = _SPELT[word]
    elif word in ("gig", "gigs") and any(_word(tokens, at + k) in _LINKS for k in (1, 2)):
        return Unit("B/s", 1e9 / 8, at + 1)
    elif word in _BIT_RATES:
        return Unit("B/s", _BIT_RATES[word], at + 1)
    elif word == "b" and tokens[at - 1].is_figure and counts_bytes(tokens, at, number.value):
        factor = 1.0
    elif word in _SIZES or word in _BITS:
        factor = _SIZES.get(word) or _BITS[word]
    else:
        return None
    bits = word in _BITS or _word(tokens, at + 1) in ("bit", "bits")
    end = at + 1 + (spelt_out or _word(tokens, at + 1) in ("bytes", "byte", "bits", "bit"))
    factor = factor / 8 if bits and word not in _BITS else factor
    period = _period(tokens, end)
    if period is None:
        return Unit("B/s", factor, end) if bits and factor >= 125 else Unit("B", factor, end)
    return Unit(f"B/{period[0]}", factor / period[1], period[2])


def _timed(tokens: Sequence[Token], _number: Number, at: int) -> Unit | None:
    seconds = _DURATIONS.get(_word(tokens, at))
    return None if seconds is None else Unit("s", seconds, at + 1)


def _rated(tokens: Sequence[Token], number: Number, at: int) -> Unit | None:
    """Read "a second", "writes per day", "new links a month", "qps"."""
    if _word(tokens, at) in ("q", "queue", "cue") and (_word(tokens, at + 1), _word(tokens, at + 2)) == ("p", "s"):
        return Unit("1/s", 1.0, at + 3, "qps")
    often = _period(tokens, at + 1) if _word(tokens, at) == "times" else None
    if often is not None:
        return Unit(f"1/{often[0]}", 1 / often[1], often[2], "times")
    if _word(tokens, at) in _RATE_WORDS:
        return Unit("1/s", 1.0, at + 1, _word(tokens, at))
    noun: list[str] = []
    for i in range(at, min(at + 6, len(tokens))):
        period = _period(tokens, i)
        if period is not None and not _is_window(tokens, i, number):
            return Unit(f"1/{period[0]}", 1 / period[1], period[2], " ".join(noun))
        word = _word(tokens, i)
        other = tokens[i].is_figure or word in _OTHER_NUMBERS
        if (word in _STOP and word not in _INSIDE_RATE) or other:
            return None
        noun.append(word)
    return None


def _is_window(tokens: Sequence[Token], at: int, number: Number) -> bool:
    """Whether "in a month" states a span rather than a rate: only "in" with a large plain number is a rate."""
    return _word(tokens, at) == "in" and number.value < 30


def _period(tokens: Sequence[Token], at: int) -> tuple[str, float, int] | None:
    """Read "per second", "a day", "every single minute": (period of the unit, seconds in it if none, end)."""
    if _word(tokens, at) not in _PER:
        return None
    end = at + 1
    if _word(tokens, at) == "in" and _word(tokens, end) in ("a", "one", "the", "each", "every"):
        end += 1
    end += _word(tokens, end) in ("single", "given")
    word = _word(tokens, end)
    if word in _PERIODS and not (word == "second" and _ordinal_second(tokens, end)):
        return _PERIODS[word], 1.0, end + 1
    if word in _SUB_PERIODS:
        return "s", _SUB_PERIODS[word], end + 1
    return None


def _ordinal_second(tokens: Sequence[Token], at: int) -> bool:
    return _word(tokens, at + 1) in ("one", "time", "thing", "server", "copy", "region", "cache", "hop")


def _noun(tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
    """Find the head noun of "open sockets", "new links": the last of up to three words that is a plural."""
    for i in range(at, min(at + 3, len(tokens))):
        word = _word(tokens, i)
        if word == "-" and i > at:
            continue
        if word in _STOP or not word.isalpha():
            return None
        if _plural(word):
            return word, i + 1
    return None


def _plural(word: str) -> bool:
    irregular = word in ("people", "actives", "series", "data", "ids", "dau", "mau")
    return irregular or (word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "is", "'s")))


def _counted(tokens: Sequence[Token], at: int) -> Unit | None:
    if _word(tokens, at) == "of" and _word(tokens, at + 1) in ("them", "those", "these"):
        return Unit("count", 1.0, at + 2, "them", explicit=False)
    if _word(tokens, at) in _SINGULAR and _word(tokens, at - 1) in ("one", "1"):
        return Unit("count", 1.0, at + 1, f"{_word(tokens, at)}s", explicit=False)
    noun = _noun(tokens, at)
    if noun is None:
        return None
    clause = [_word(tokens, noun[1] + k) for k in range(3)]
    end = next((k for k, word in enumerate(clause) if word in (".", ",", ";", "?")), 3)
    rate = noun[0] in _FLOWS and not _STOCK & set(clause[:end])
    return Unit("1/s" if rate else "count", 1.0, noun[1], noun[0], explicit=False)
