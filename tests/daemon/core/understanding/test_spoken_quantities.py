"""Random amounts said in many ways read back: words, figures, hesitation, and what recognisers make of them."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.quantities import read_quantities

ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
]
ONES += ["seventeen", "eighteen", "nineteen"]
TENS = ["", "", *["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]]
SCALES = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}

UNITS = {
    "requests per second": ("1/s", 1.0),
    "writes a second": ("1/s", 1.0),
    "qps": ("1/s", 1.0),
    "q p s": ("1/s", 1.0),
    "orders a day": ("1/day", 1.0),
    "uploads per month": ("1/month", 1.0),
    "checks a minute": ("1/s", 1 / 60),
    "daily active users": ("count", 1.0),
    "d a u": ("count", 1.0),
    "kilobytes": ("B", 1e3),
    "kilo bites": ("B", 1e3),
    "gigs": ("B", 1e9),
    "terabytes a year": ("B/year", 1e12),
    "megabytes per second": ("B/s", 1e6),
    "gigabits a second": ("B/s", 125e6),
    "milliseconds": ("s", 1e-3),
    "mili seconds": ("s", 1e-3),
    "hours": ("s", 3600.0),
}
"""A unit as it is said -> the unit stored, and what one of it is worth."""

FRAMES = (
    "so that's {} overall",
    "let's assume {} to begin with",
    "um I'd take around {} there",
    "we get {}, more or less",
    "It comes to {}.",
)


def below_hundred(n: int, joint: str) -> str:
    if n < 20:
        return ONES[n]
    return TENS[n // 10] + (joint + ONES[n % 10] if n % 10 else "")


def in_words(n: int, *, joint: str = " ", linked: bool = True) -> str:
    if n < 100:
        return below_hundred(n, joint)
    rest = f"{' and' if linked else ''} {below_hundred(n % 100, joint)}" if n % 100 else ""
    return f"{ONES[n // 100]} hundred{rest}"


def forms(n: int, scale: str) -> list[tuple[str, float]]:
    """Ways to say a whole number below a thousand times a scale, each with its value."""
    value, tail = n * SCALES[scale], f" {scale}" if scale else ""
    told = [(f"{in_words(n, joint=j, linked=k)}{tail}", value) for j in (" ", "-") for k in (True, False)]
    told += [(f"{n}{tail}", value), (f"{in_words(n)}, um,{tail}" if scale else in_words(n), value)]
    if scale == "thousand":
        told += [(f"{n}k", value), (f"{n} k", value), (f"{in_words(n)} k", value), (f"{n},000", value)]
    if scale in ("million", "billion"):
        power = round(math.log10(SCALES[scale]))
        told += [(f"{n}.5 {scale}", value + SCALES[scale] / 2), (f"{n},5 {scale}", value + SCALES[scale] / 2)]
        told += [(f"{in_words(n)} point five {scale}", value + SCALES[scale] / 2)]
        told += [(f"{in_words(n)} and a half {scale}", value + SCALES[scale] / 2)] if n % 100 else []
        told += [(f"{in_words(n)} times ten to the {ONES[power]}", value), (f"{n}e{power}", value)]
    if scale and n > 100 and n % 100 >= 10:
        told.append((f"{ONES[n // 100]} {below_hundred(n % 100, ' ')} {scale}", value))
    return told


@settings(max_examples=600)
@given(st.data())
def test_what_is_said_is_read_back(data: st.DataObject) -> None:
    scale = data.draw(st.sampled_from([*SCALES]))
    said, value = data.draw(st.sampled_from(forms(data.draw(st.integers(2, 999)), scale)))
    unit_said = data.draw(st.sampled_from([*UNITS]))
    unit, worth = UNITS[unit_said]
    text = data.draw(st.sampled_from(FRAMES)).format(f"{said} {unit_said}")
    text = data.draw(st.sampled_from([text, text.lower(), text.capitalize()]))
    found = read_quantities(Utterance(0, Speaker.CANDIDATE, 0.0, 5.0, text), (), "")
    small = unit == "count" and value < 10
    assert small or [q.unit for q in found] == [unit], text
    assert small or math.isclose(found[0].value, value * worth, rel_tol=1e-9), text


@given(st.integers(2, 9), st.sampled_from(["hundred", "thousand", "million", "hundred thousand"]))
def test_a_range_is_read_as_its_middle(low: int, scale: str) -> None:
    factor = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "hundred thousand": 1e5}[scale]
    for link in (" to ", " or ", "-"):
        said = f"{ONES[low]}{link}{ONES[low + 1]} {scale} writes a second"
        (found,) = read_quantities(Utterance(0, Speaker.CANDIDATE, 0.0, 5.0, f"maybe {said}"), (), "")
        assert math.isclose(found.value, (low + 0.5) * factor), said
