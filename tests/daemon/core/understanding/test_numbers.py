"""Numbers in words and figures: spoken forms rendered from random values read back as those values."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.understanding.numbers import find_numbers
from phantomcode.daemon.core.understanding.tokens import tokenise

ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
ONES += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def values(text: str) -> list[float]:
    return [number.value for number in find_numbers(tokenise(text))]


def below_thousand(n: int, *, hyphen: bool, joined: bool) -> str:
    parts = []
    if n >= 100:
        parts.append(f"{ONES[n // 100]} hundred")
        if n % 100 and joined:
            parts.append("and")
    rest = n % 100
    if rest >= 20:
        unit = ONES[rest % 10] if rest % 10 else ""
        parts.append(TENS[rest // 10] + (("-" if hyphen else " ") + unit if unit else ""))
    elif rest or not parts:
        parts.append(ONES[rest])
    return " ".join(parts)


def spoken(n: int, *, hyphen: bool, joined: bool) -> str:
    parts = []
    for scale, name in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand")):
        if n >= scale:
            parts.append(f"{below_thousand(n // scale, hyphen=hyphen, joined=joined)} {name}")
            n %= scale
    if n or not parts:
        parts.append(below_thousand(n, hyphen=hyphen, joined=joined))
    return " ".join(parts)


@given(st.integers(1, 999_999_999_999), st.booleans(), st.booleans())
def test_cardinals_in_words_read_back(n: int, hyphen: bool, joined: bool) -> None:
    assert values(spoken(n, hyphen=hyphen, joined=joined)) == [n]


@given(st.integers(1, 10**12))
def test_figures_read_back_with_and_without_commas(n: int) -> None:
    assert values(f"{n}") == [n]
    assert values(f"{n:,}") == [n]


@given(st.integers(1, 99), st.integers(1, 9), st.sampled_from(["thousand", "million", "billion"]))
def test_decimals_read_back_in_words_and_figures(whole: int, tenth: int, scale: str) -> None:
    factor = {"thousand": 1e3, "million": 1e6, "billion": 1e9}[scale]
    expected = pytest.approx((whole + tenth / 10) * factor)
    assert values(f"{below_thousand(whole, hyphen=True, joined=True)} point {ONES[tenth]} {scale}") == [expected]
    assert values(f"{whole}.{tenth} {scale}") == [expected]


@given(st.integers(11, 99).filter(lambda n: n % 10))
def test_hundreds_past_a_thousand_read_back(hundreds: int) -> None:
    assert values(f"{below_thousand(hundreds, hyphen=False, joined=False)} hundred") == [hundreds * 100]


@given(st.text(max_size=80))
def test_any_text_is_read_without_error_and_in_order(text: str) -> None:
    found = find_numbers(tokenise(text))
    assert all(a.end <= b.first for a, b in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ten to the nine", 1e9),
        ("ten to the ninth", 1e9),
        ("ten to the power of six", 1e6),
        ("2^20", 2.0**20),
        ("four hundred k", 4e5),
        ("250k", 2.5e5),
        ("1.2m", 1.2e6),
        ("3b", 3e9),
        ("a couple hundred", 200),
        ("a couple of thousand", 2000),
        ("half a million", 5e5),
        ("a million and a half", 1.5e6),
        ("three and a half thousand", 3500),
        ("two and a quarter million", 2.25e6),
        ("three quarters of a million", 7.5e5),
        ("a dozen", 12),
        ("two thirds", 2 / 3),
        ("a tenth", 0.1),
        ("seventy thousand's", 7e4),
        ("25 thousand", 25_000),
        ("86 thousand 400", 86_400),
        ("hundred thousand", 1e5),
        ("half million", 5e5),
        ("half a dozen", 6),
        ("two dozen", 24),
        ("1,5 million", 1.5e6),
        (".5 million", 5e5),
        ("2.3 k", 2300),
        ("one hundred k", 1e5),
        ("two fifty thousand", 2.5e5),
        ("one twenty k", 1.2e5),
        ("ten power six", 1e6),
        ("10 to the power 9", 1e9),
        ("ten raised to the six", 1e6),
        ("1e6", 1e6),
        ("three times ten to the nine", 3e9),
        ("two point 5 million", 2.5e6),
        ("four, uh, hundred thousand", 4e5),
        ("five eighths", 5 / 8),
        ("order of ten k", 1e4),
    ],
)
def test_idioms(text: str, value: float) -> None:
    assert values(text) == [pytest.approx(value)]


@pytest.mark.parametrize(
    ("text", "middle"),
    [
        ("between forty and sixty", 50),
        ("two or three hundred", 250),
        ("ten to twenty thousand", 15_000),
        ("two three hundred", 250),
        ("two, three hundred thousand", 2.5e5),
        ("two to three hundred thousand", 2.5e5),
        ("fifty to a hundred", 75),
        ("5-10 million", 7.5e6),
        ("200 to 300 million", 2.5e8),
    ],
)
def test_a_range_is_read_as_its_middle(text: str, middle: float) -> None:
    found = find_numbers(tokenise(text))
    assert [(n.value, n.kind) for n in found] == [(middle, "range")]


@pytest.mark.parametrize(
    "text", ["eight zero eight zero four", "twenty twenty-four", "a few hundred", "several million"]
)
def test_digit_strings_and_vague_amounts_are_no_numbers(text: str) -> None:
    assert not [v for v in values(text) if v >= 10]


def test_a_number_knows_its_place() -> None:
    text = "so about thirty-five thousand of them"
    tokens = tokenise(text)
    (number,) = find_numbers(tokens)
    assert text[tokens[number.first].start : tokens[number.end - 1].end] == "thirty-five thousand"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("seven and half thousand writes", [7500.0]),
        ("twelve and half terabytes", [12.5]),
        ("one million and half rows", [1_500_000.0]),
        ("two regions and half the load", [2.0]),
        ("two and half of it", [2.0]),
    ],
)
def test_a_half_without_its_article(text: str, found: list[float]) -> None:
    assert values(text) == found
