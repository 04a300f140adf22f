"""Predicates on a candidate's design: when a challenge, probe or change of requirements may be made.

    always
    decided(database)                 a decision on that topic stands
    decided(database, cassandra)      and this is its value
    mentioned(cdn)                    a box of the design, or the value of a standing decision
    quantity(write_rate) < 5000       some figure for that metric satisfies it, the candidate's or the problem's own
    all(...)  any(...)  not(...)

Figures compare in base units: per second, bytes, seconds, ratio, plain counts. docs/problems.md has the page.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import Final, Literal, Protocol, TypeAlias, TypeVar, cast, get_args

import msgspec

from phantomcode.daemon.contract.errors import ProblemError
from phantomcode.problems.model import Design, Metric, Topic
from phantomcode.problems.spoken import nearest

MAX_LENGTH = 2_000
MAX_DEPTH = 16

T = TypeVar("T")
Comparison = Literal["<", "<=", ">", ">="]

TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
METRICS: Final[tuple[Metric, ...]] = get_args(Metric)
_FORMS = ("always", "decided", "mentioned", "quantity", "all", "any", "not")
_COMPARE: Final[dict[Comparison, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TOKEN = re.compile(r"\s*(?:(?P<word>[A-Za-z0-9_.+-]+)|(?P<sign><=|>=|[<>(),]))")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e\+?\d{1,3})?|\d+(?:\.\d+)?e-\d{1,3}")


class Node(msgspec.Struct, frozen=True):
    """Base of the parts of a predicate."""


class Always(Node, frozen=True):
    """True of every design."""


class Decided(Node, frozen=True):
    """A decision on `topic` stands; with a `value`, that one."""

    topic: Topic
    value: str | None = None


class Mentioned(Node, frozen=True):
    """`name` is the id of a component of the design or the value of a standing decision."""

    name: str


class Compared(Node, frozen=True):
    """Some figure for `metric`, in base units, stands in this relation to `number`."""

    metric: Metric
    comparison: Comparison
    number: float


class AllOf(Node, frozen=True):
    """Every part holds."""

    parts: tuple[Predicate, ...]


class AnyOf(Node, frozen=True):
    """At least one part holds."""

    parts: tuple[Predicate, ...]


class Not(Node, frozen=True):
    """The part does not hold."""

    part: Predicate


Leaf: TypeAlias = Always | Decided | Mentioned | Compared
Predicate: TypeAlias = Leaf | AllOf | AnyOf | Not


class Facts(Protocol):
    """What a predicate asks of a design."""

    def decided(self, topic: Topic) -> Collection[str]:
        """Values of the decisions on `topic` that stand."""

    def mentioned(self) -> Collection[str]:
        """Ids of the components of the design and values of its standing decisions."""

    def quantities(self, metric: Metric) -> Collection[float]:
        """The figures stated for `metric`, in base units; none that were only supposed in a challenge or probe."""


class DesignFacts:
    """The facts of a design in miniature, as problem files hold them."""

    def __init__(self, design: Design) -> None:
        self._design = design

    def decided(self, topic: Topic) -> Collection[str]:
        """Values of the decisions on `topic`."""
        return self._design.decided.get(topic, ())

    def mentioned(self) -> Collection[str]:
        """The components mentioned and every decided value."""
        values = (value for values in self._design.decided.values() for value in values)
        return frozenset((*self._design.mentioned, *values))

    def quantities(self, metric: Metric) -> Collection[float]:
        """The one figure the design holds for `metric`, if any."""
        return (self._design.quantities[metric],) if metric in self._design.quantities else ()


def holds(text: str, facts: Facts) -> bool:
    """Say whether the predicate in `text` is true of a design. Raises ProblemError as `parse_predicate` does."""
    return evaluate(parse_predicate(text), facts)


def evaluate(predicate: Predicate, facts: Facts) -> bool:
    """Say whether a predicate is true of a design."""
    match predicate:
        case Always():
            return True
        case Decided(topic, None):
            return bool(facts.decided(topic))
        case Decided(topic, value):
            return value in facts.decided(topic)
        case Mentioned(name):
            return name in facts.mentioned()
        case Compared(metric, comparison, number):
            return any(_COMPARE[comparison](figure, number) for figure in facts.quantities(metric))
        case AllOf(parts):
            return all(evaluate(part, facts) for part in parts)
        case AnyOf(parts):
            return any(evaluate(part, facts) for part in parts)
        case Not(part):
            return not evaluate(part, facts)


def leaves(predicate: Predicate) -> Iterator[Leaf]:
    """Every atom of a predicate, left to right."""
    match predicate:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield predicate


@lru_cache(maxsize=1024)
def required_names(text: str) -> frozenset[str]:
    """Return the values and components a predicate asks to be there, leaving out what it asks not to be."""
    return frozenset(_required(parse_predicate(text)))


def _required(predicate: Predicate) -> Iterator[str]:
    match predicate:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _required(part)
        case Decided(_, str(name)) | Mentioned(name):
            yield name


def format_predicate(predicate: Predicate) -> str:
    """Write a predicate as text; `parse_predicate` reads it back to an equal one."""
    match predicate:
        case Always():
            return "always"
        case Decided(topic, value):
            return f"decided({topic})" if value is None else f"decided({topic}, {value})"
        case Mentioned(name):
            return f"mentioned({name})"
        case Compared(metric, comparison, number):
            return f"quantity({metric}) {comparison} {_format_number(number)}"
        case AllOf(parts):
            return f"all({', '.join(map(format_predicate, parts))})"
        case AnyOf(parts):
            return f"any({', '.join(map(format_predicate, parts))})"
        case Not(part):
            return f"not({format_predicate(part)})"


def _format_number(number: float) -> str:
    return repr(float(number)).removesuffix(".0")


@lru_cache(maxsize=1024)
def parse_predicate(text: str) -> Predicate:
    """Read a predicate.

    Raises ProblemError "problems.predicate", naming the column (from 1) and a cure, for anything that is not one.
    """
    if len(text) > MAX_LENGTH:
        raise _error(text, 0, f"is longer than {MAX_LENGTH} characters", "Split the challenge in two.")
    parser = _Parser(text)
    predicate = parser.predicate(depth=1)
    parser.expect_end()
    return predicate


def _error(text: str, column: int, what: str, cure: str) -> ProblemError:
    shown = text if len(text) <= 80 else f"{text[:77]}..."
    return ProblemError("problems.predicate", f'Column {column + 1} of predicate "{shown}" {what}.', cure)


class _Token(msgspec.Struct, frozen=True):
    text: str
    column: int

    @property
    def shown(self) -> str:
        return f'has "{self.text}"' if self.text else "is the end"


class _Parser:
    """Recursive descent, one method a rule; `_next` is the only state."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._scan()
        self._next = 0

    def predicate(self, depth: int) -> Predicate:
        if depth > MAX_DEPTH:
            raise self._fail(self._peek(), f"is nested deeper than {MAX_DEPTH}", "Flatten the all/any/not.")
        form = self._take()
        match form.text:
            case "always":
                return Always()
            case "decided":
                return self._decided()
            case "mentioned":
                return Mentioned(self._in_brackets(self._name))
            case "quantity":
                return self._compared()
            case "all":
                return AllOf(self._parts(depth))
            case "any":
                return AnyOf(self._parts(depth))
            case "not":
                return Not(self._in_brackets(lambda: self.predicate(depth + 1)))
        raise self._fail(form, f"{form.shown} where a predicate starts", f"Use one of {', '.join(_FORMS)}.")

    def expect_end(self) -> None:
        token = self._peek()
        if token.text:
            raise self._fail(token, f"{token.shown} after the end", "Join predicates with all(...) or any(...).")

    def _decided(self) -> Decided:
        self._expect("(")
        topic = cast("Topic", self._one_of(TOPICS, "topic"))
        value = self._name() if self._accept(",") else None
        self._expect(")")
        return Decided(topic, value)

    def _compared(self) -> Compared:
        metric = cast("Metric", self._in_brackets(lambda: self._one_of(METRICS, "metric")))
        sign = self._take()
        if sign.text not in _COMPARE:
            raise self._fail(sign, f"{sign.shown} where a comparison belongs", "Use <, <=, > or >=.")
        return Compared(metric, sign.text, self._number())

    def _parts(self, depth: int) -> tuple[Predicate, ...]:
        def listed() -> tuple[Predicate, ...]:
            parts = [self.predicate(depth + 1)]
            while self._accept(","):
                parts.append(self.predicate(depth + 1))
            return tuple(parts)

        return self._in_brackets(listed)

    def _in_brackets(self, rule: Callable[[], T]) -> T:
        self._expect("(")
        found = rule()
        self._expect(")")
        return found

    def _name(self) -> str:
        token = self._take()
        if not _NAME.fullmatch(token.text):
            cure = "Names are lower-case letters, digits, - and _."
            raise self._fail(token, f"{token.shown} where a name belongs", cure)
        return token.text

    def _one_of(self, known: tuple[str, ...], kind: str) -> str:
        token = self._take()
        if token.text not in known:
            cure = f"{nearest(token.text, known)}Known are: {', '.join(known)}."
            raise self._fail(token, f"{token.shown} for a {kind}", cure)
        return token.text

    def _number(self) -> float:
        token = self._take()
        value = float(token.text) if _NUMBER.fullmatch(token.text) else math.inf
        if math.isinf(value):
            raise self._fail(token, f"{token.shown} where a number belongs", "Write 5000, 0.5 or 5e3.")
        return value

    def _expect(self, sign: str) -> None:
        token = self._take()
        if token.text != sign:
            raise self._fail(token, f'{token.shown} where "{sign}" belongs', f'Put "{sign}" there.')

    def _accept(self, sign: str) -> bool:
        found = self._peek().text == sign
        self._next += found
        return found

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._peek()
        if token.text:
            self._next += 1
        return token

    def _fail(self, token: _Token, what: str, cure: str) -> ProblemError:
        return _error(self._text, token.column, what, cure)

    def _scan(self) -> tuple[_Token, ...]:
        tokens: list[_Token] = []
        at = 0
        end = len(self._text.rstrip())
        while at < end:
            match = _TOKEN.match(self._text, at)
            if match is None:
                wrong = self._text[at:].lstrip()[0]
                cure = "A predicate is made of names, numbers, commas, round brackets and < <= > >=."
                raise _error(self._text, self._text.index(wrong, at), f"has {wrong!r}", cure)
            word = match["word"] or match["sign"]
            tokens.append(_Token(word, match.end() - len(word)))
            at = match.end()
        return (*tokens, _Token("", end))
