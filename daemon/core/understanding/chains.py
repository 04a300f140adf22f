"""Sums said aloud: "1.2 billion times five hundred bytes is …". What was said is redone as it was said.

A chain is a run of figures of one utterance joined by words of arithmetic and closed by the result. It needs no
search, so it is the best evidence there is for a result, and the only one strong enough to call an arbitrary miss
wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import product

from phantomcode.daemon.core.understanding.numbers import find_numbers
from phantomcode.daemon.core.understanding.observations import Quantity
from phantomcode.daemon.core.understanding.terms import (
    REST,
    Dimension,
    Expression,
    Term,
    agrees,
    base,
    multiplied,
    named_periods,
    over_time,
    readings_of,
)
from phantomcode.daemon.core.understanding.tokens import Token, tokenise

_OPERATORS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("*", re.compile(r"\b(times|multiplied by|multiply (it |that )?by|x)\b|[×*]", re.IGNORECASE)),
    ("/", re.compile(r"\b(divided by|over|(spread|split) (over|across|between|among))\b|[÷/]", re.IGNORECASE)),
    ("+", re.compile(r"\bplus\b|[+]", re.IGNORECASE)),
    ("-", re.compile(r"\bminus\b", re.IGNORECASE)),
)
_SHARE_OF = re.compile(r"^\s*of (the |those |these |them |that |our |its |all )*(about |roughly )?$", re.IGNORECASE)
_RESULT = re.compile(
    r"\b(is|are|that's|it's|which is|makes?|gives?( us| me)?|comes? (out )?to|gets? (us|me)|so|be|equals?|then|i get|"
    r"we get|works out|at|that is)\b|=",
    re.IGNORECASE,
)
_NOTHING_SAID = re.compile(r"^[\s,.:;–-]*((um|uh|er|and|about|roughly|maybe|a|an|around)[\s,]*)*$", re.IGNORECASE)
_NO_RESULT = re.compile(r"\b(not|than|but|or|if|under|below|budget|though|while|where|when)\b", re.IGNORECASE)
_LONGEST_JOINT = 45
_LONGEST_CLOSE = 60
_COPIED = re.compile(r"\b(cop(y|ies)|replica\w*|index\w*|overhead)\b", re.IGNORECASE)


def stated(
    value: float, unit: str, own: Sequence[Quantity], joints: Sequence[str], heard: str
) -> tuple[Expression, ...]:
    """Return what the chain that ends at a figure gives, in base units, likeliest reading first; empty without one.

    `joints[i]` is the text that follows `own[i]` up to the next figure; `heard` is the whole utterance, for the
    periods it names.
    """
    operators = _operators(own, joints)
    if not operators:
        return ()
    chain = own[-len(operators) - 1 :]
    target, dimension = base(value, unit)
    if set(operators) <= {"+", "-"}:
        return _added(chain, operators, dimension)
    if set(operators) <= {"*", "/"}:
        periods = named_periods(heard, unit)
        exact, loose = _fitting(chain, operators, dimension, periods)
        kept, _ = _fitting(chain, _kept_over(chain, operators), dimension, periods)
        return (*exact, *(e for e in (*kept, *loose) if agrees(target, e.value)))
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
    for quantity, joint in zip(reversed(own[:-1]), reversed(joints[:-1]), strict=True):
        operator = _operator(quantity, joint)
        if not operator:
            break
        found.insert(0, operator)
    return found


def draws_result(joint: str) -> bool:
    """Whether the text between two figures presents the second as what the first comes to.

    Numbers the text still holds ("times five hundred, so that's") are figures said again; what follows them counts.
    """
    last = max((t.end for t in _number_tokens(joint)), default=0)
    return _RESULT.search(joint[last:]) is not None and not _NO_RESULT.search(joint)


def _closes(joint: str) -> bool:
    """Whether nothing but the drawing of a result lies between the last operand and the figure."""
    if len(joint) > _LONGEST_CLOSE or _number_tokens(joint) or any(p.search(joint) for _, p in _OPERATORS):
        return False
    return draws_result(joint) or _NOTHING_SAID.match(joint) is not None


def _operator(left: Quantity, joint: str) -> str:
    if len(joint) > _LONGEST_JOINT or re.search(r"[.?!;]\s", joint) or _number_tokens(joint):
        return ""
    if left.unit == "ratio" and _SHARE_OF.match(joint):
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

    Apart come rates for a result that leaves its "a second" unsaid ("over fifty nodes that's two megabytes each").
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
        if missing == 0:
            exact.append(found)
        else:
            timed += over_time(found, missing, spans)
            loose += [found] if missing > 0 else []
    return exact + timed, loose


def _whole(quantity: Quantity, source: int) -> tuple[Term, ...]:
    """Readings of a figure that is named as an operand: never what is left of it to a whole."""
    return tuple(t for t in readings_of(quantity, source) if t.unit != REST)
