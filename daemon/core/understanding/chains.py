"""Sums said aloud: "1.2 billion times five hundred bytes is …". What was said is redone as it was said.

A chain is a run of figures joined by words of arithmetic and closed by the result. It needs no search, so it is the
best evidence there is for a result, and the only one strong enough to call an arbitrary miss wrong. A chain may start
from the figure said before ("times that by three", "a third of that", "double it"); then it is only taken where it
explains the result, for what "that" was cannot be known for sure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import product

import msgspec

from phantomcode.daemon.core.understanding.numbers import find_numbers
from phantomcode.daemon.core.understanding.observations import Quantity
from phantomcode.daemon.core.understanding.terms import (
    PLAIN,
    REST,
    Dimension,
    Expression,
    Term,
    agrees,
    base,
    is_added_share,
    multiplied,
    named_periods,
    over_time,
    readings_of,
)
from phantomcode.daemon.core.understanding.tokens import Token, tokenise

_IT = r"(that|it|this|those|them|these)"
_OPERATORS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("*", re.compile(rf"\b(times|multipl(y|ied|ying) ({_IT} )?by|x)\b|[×*]", re.IGNORECASE)),
    (
        "/",
        re.compile(
            rf"\b(divid(e|ed|ing) ({_IT} )?by|over|(spread|split|shared) ({_IT} )?(over|across|between|among))\b|[÷/]",
            re.IGNORECASE,
        ),
    ),
    ("+", re.compile(r"\bplus\b|[+]", re.IGNORECASE)),
    ("-", re.compile(r"\bminus\b", re.IGNORECASE)),
)
_SHARE_OF = re.compile(r"^\s*of (the |those |these |them |that |our |its |all )*(about |roughly )?$", re.IGNORECASE)
_REFERS = re.compile(rf"^\s*((of|on) )?{_IT}(?!['’\w])", re.IGNORECASE)
_CHANGES = re.compile(r"(doubl|tripl|quadrupl|halv)(es|ed|ing)$", re.IGNORECASE)
_INTO = re.compile(r"\s*(it |that |this )?(to|into)( about| roughly| around)? ", re.IGNORECASE)
_TAKES_UP = re.compile(
    rf"^\W*((and|so|then|now|okay|um|uh)\W+)*$|\b{_IT}\b[^.?!;]{{0,12}}$|[.!?;,]\W*((and|then|so)\W+)?$", re.IGNORECASE
)
_RESULT = re.compile(
    r"\b(is|are|that's|it's|which is|makes?|gives?( us| me)?|comes? (out )?(to|at)|gets? (us|me)|so|be|equals?|then|"
    r"i get|we get|works out|at|that is|needs?)\b|=",
    re.IGNORECASE,
)
_NOTHING_SAID = re.compile(r"^[\s,.:;–-]*((um|uh|er|and|about|roughly|maybe|a|an|around)[\s,]*)*$", re.IGNORECASE)
_NO_RESULT = re.compile(r"\b(not|than|but|or|if|under|below|budget|though|while|where|when)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.?!;]\s+(?=\S)")
_LONGEST_JOINT = 45
_LONGEST_CLOSE = 60
AMOUNT = "amount"
"""Unit of a reading that takes a bare number at its value: good to see a sum come out, not to call one wrong."""
_EQUATES = re.compile(
    r"(?:\b(?:so|then|is|are|was|be|that's|it's|makes?|gives?(?: us| me)?|equals?|comes? (?:out )?(?:to|at)|"
    r"works out at|(?:i|we) get)|=)"
    r"(?: (?:about|around|roughly|maybe|just|only|nearly|almost|over|under|like|some|a|an))*\W*$",
    re.IGNORECASE,
)
_COPIED = re.compile(r"\b(cop(y|ies)|replica\w*|index\w*|overhead)\b", re.IGNORECASE)


class Said(msgspec.Struct, frozen=True):
    """The figures of one utterance up to a result, and what was said around them.

    `joints[i]` is the text that follows `own[i]` up to the next figure, `opening` the text before `own[0]`, `before`
    the figures said last before the utterance (latest first), and `heard` the whole utterance.
    """

    own: tuple[Quantity, ...] = ()
    joints: tuple[str, ...] = ()
    opening: str = ""
    before: tuple[Quantity, ...] = ()
    heard: str = ""


def stated(value: float, unit: str, said: Said) -> tuple[Expression, ...]:
    """Return what the chain that ends at a figure gives, in base units, likeliest reading first; empty without one."""
    operators = _operators(said.own, said.joints)
    if not operators:
        return ()
    return _worked(value, unit, said.own[-len(operators) - 1 :], operators, said.heard)


def taken_up(value: float, unit: str, said: Said) -> Expression | None:
    """Return what explains a figure as worked out from the one before the chain ("a third of that"), if it does."""
    target, _ = base(value, unit)
    for before in (None, *said.before):
        chain, operators = _taken_up(said, before)
        found = _worked(value, unit, chain, operators, said.heard) if operators else ()
        fitting = next((e for e in found if agrees(target, e.value)), None)
        if fitting is not None:
            return fitting
    return None


def _taken_up(said: Said, before: Quantity | None) -> tuple[tuple[Quantity, ...], list[str]]:
    """Return the chain of a figure with the one it takes up, and its operators; none where nothing is taken up."""
    own, joints = said.own, said.joints
    if not own or len(joints) != len(own):
        return (), []
    factor = own[-1].unit == "ratio"
    changed = factor and _CHANGES.match(own[-1].text) is not None and _INTO.fullmatch(joints[-1]) is not None
    refers = changed or (factor and _REFERS.match(joints[-1]) is not None)
    closing = "" if changed else _REFERS.sub("", joints[-1], count=1) if refers else joints[-1]
    if not _closes(closing):
        return (), []
    if refers:
        left = own[-2] if len(own) > 1 and before is None else before
        return ((left, own[-1]), ["*"]) if left is not None else ((), [])
    links = _operators(own, joints)
    chain = own[-len(links) - 1 :] if links else own[-1:]
    first = len(own) - len(chain)
    left, lead = (own[first - 1], joints[first - 1]) if first and before is None else (before, said.opening)
    if left is None or (first and before is not None):
        return (), []
    operator = _opens_with(lead, chain[0])
    return ((left, *chain), [operator, *links]) if operator else ((), [])


def _opens_with(lead: str, right: Quantity) -> str:
    """Read the operator with which a sentence takes up a figure: "Times four, …", "multiply that by ten"."""
    if is_added_share(right):
        return "*" if len(lead) <= _LONGEST_JOINT else ""
    for sign, pattern in _OPERATORS:
        found = list(pattern.finditer(lead))
        if found and len(lead) - found[-1].end() <= 12 and not _number_tokens(lead):
            inner = re.search(rf"\b{_IT}\b", found[-1].group(), re.IGNORECASE) is not None
            return sign if inner or _TAKES_UP.search(lead[: found[-1].start()].rstrip(" ") + " ") else ""
    return ""


def _worked(
    value: float, unit: str, chain: Sequence[Quantity], operators: Sequence[str], heard: str
) -> tuple[Expression, ...]:
    target, dimension = base(value, unit)
    if set(operators) <= {"+", "-"}:
        return _added(chain, operators, dimension)
    if set(operators) <= {"*", "/"}:
        periods = named_periods(heard, unit)
        exact, loose = _fitting(chain, operators, dimension, periods)
        kept, _ = _fitting(chain, _kept_over(chain, operators), dimension, periods)
        return (*exact, *kept, *(e for e in loose if agrees(target, e.value)))
    return ()


def _kept_over(chain: Sequence[Quantity], operators: Sequence[str]) -> list[str]:
    """Read "six hundred gigs a year over five years" as what adds up in that time, and not as a quotient."""
    pairs = zip(chain[:-1], chain[1:], operators, strict=True)
    return ["*" if sign == "/" and "/" in left.unit and right.unit == "s" else sign for left, right, sign in pairs]


def allowances(heard: str) -> tuple[float, ...]:
    """Return the factors that may go unsaid: copies and overhead, where the words speak of them (domain rule (c)4)."""
    return (2.0, 3.0) if _COPIED.search(heard) else ()


def _operators(own: Sequence[Quantity], joints: Sequence[str]) -> list[str]:
    """Read the operators of the last chain, in order; none where the figures are not joined into one."""
    if len(own) < 2 or len(joints) != len(own) or not _closes(joints[-1]):
        return []
    found: list[str] = []
    for i in range(len(own) - 2, -1, -1):
        operator = _operator(own[i], joints[i], own[i + 1])
        if not operator:
            break
        found.insert(0, operator)
    return found


def draws_result(joint: str) -> bool:
    """Whether the text between two figures presents the second as what the first comes to.

    Numbers the text still holds ("times five hundred, so that's") are figures said again; what follows them counts.
    """
    joint = _SENTENCE_END.split(joint)[-1]
    last = max((t.end for t in _number_tokens(joint)), default=0)
    return _RESULT.search(joint[last:]) is not None and not _NO_RESULT.search(joint)


def equates(joint: str) -> bool:
    """Whether the text before a figure says outright that the sum is the figure, or says nothing between the two."""
    return _EQUATES.search(joint) is not None or _NOTHING_SAID.match(joint) is not None


def _closes(joint: str) -> bool:
    """Whether nothing but the drawing of a result lies between the last operand and the figure."""
    if len(joint) > _LONGEST_CLOSE or _number_tokens(joint) or any(p.search(joint) for _, p in _OPERATORS):
        return False
    return draws_result(joint) or _NOTHING_SAID.match(joint) is not None


def _operator(left: Quantity, joint: str, right: Quantity) -> str:
    if len(joint) > _LONGEST_JOINT or re.search(r"[.?!;]\s", joint) or _number_tokens(joint):
        return ""
    if left.unit == "ratio" and _SHARE_OF.match(joint):
        return "*"
    if is_added_share(right) and left.unit != "ratio":
        return "*"
    found = [sign for sign, pattern in _OPERATORS if pattern.search(joint)]
    return found[0] if len(found) == 1 else ""


def _number_tokens(joint: str) -> list[Token]:
    """The last token of every number said in a joint."""
    tokens = tokenise(joint)
    return [tokens[n.end - 1] for n in find_numbers(tokens) if n.kind != "article"]


def _added(chain: Sequence[Quantity], operators: Sequence[str], dimension: Dimension) -> tuple[Expression, ...]:
    values = [base(q.value, q.unit) for q in chain]
    if any(d != dimension for _, d in values):
        return ()
    signs = (1, *(1 if o == "+" else -1 for o in operators))
    total = math.fsum(s * v for s, (v, _) in zip(signs, values, strict=True))
    first, *rest = (readings_of(q, i)[0].shown for i, q in enumerate(chain))
    shown = first + "".join(f" {o} {text}" for o, text in zip(operators, rest, strict=True))
    return (Expression(total, shown),) if total > 0 else ()


def _fitting(
    chain: Sequence[Quantity], operators: Sequence[str], dimension: Dimension, spans: Sequence[tuple[str, float]]
) -> tuple[list[Expression], list[Expression]]:
    """Multiply the chain out in every reading of its figures; keep what has the dimension of the result.

    Apart come rates for a result that leaves its "a second" unsaid ("over fifty nodes that's two megabytes each"), and
    what takes a number at its bare value.
    """
    powers = (1, *(1 if o == "*" else -1 for o in operators))
    exact: list[Expression] = []
    timed: list[Expression] = []
    loose: list[Expression] = []
    for terms in product(*(_whole(q, i) for i, q in enumerate(chain))):
        found, (size, seconds) = multiplied(terms, powers)
        missing = dimension[1] - seconds
        if size != dimension[0] or abs(missing) > 1:
            continue
        amounts = any(t.unit == AMOUNT for t in terms)
        if missing == 0:
            (loose if amounts else exact).append(found)
        elif amounts:
            loose += over_time(found, missing, spans)
        else:
            timed += over_time(found, missing, spans)
            loose += [found] if missing > 0 else []
    return exact + timed, loose


def _whole(quantity: Quantity, source: int) -> tuple[Term, ...]:
    """Readings of a figure that is named as an operand: never what is left of it to a whole.

    A span of time also counts its units ("seven times thirty-three terabytes" a year, "times twenty-four hours" of
    so much each), and so does a bare number that has its unit from a figure before ("two times that").
    """
    read = tuple(t for t in readings_of(quantity, source) if t.unit != REST)
    numbers = find_numbers(tokens := tokenise(quantity.text))
    bare = len(numbers) == 1 and numbers[0].end - numbers[0].first == len(tokens)
    if len(numbers) != 1 or not (quantity.unit == "s" or bare) or quantity.unit in ("ratio", "count"):
        return read
    return (*read, Term(numbers[0].value, PLAIN, f"{numbers[0].value:g}", AMOUNT, source, quantity))
