"""Is the candidate asking the interviewer something, and does the fact sheet answer it?

A question is matched by the words it shares with all that is known of a fact (its askings, keywords and answer), each
weighted by how few facts have it, and by how much it resembles one of the askings as a whole.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from phantomcode.daemon.core.asides import ASIDE_WORDS
from phantomcode.daemon.core.understanding.text import STOPWORDS, stem, words
from phantomcode.problems.model import Fact

MATCH_THRESHOLD = 0.45
CLOSE_CALL = 0.06
"""Two facts that fit a question almost equally well are both told. Both numbers were set on the askings of all nine
problems, each tried against its sheet without itself: the right fact is among those told for 78 %, only others for 16 %
(tests/daemon/core/test_questions.py)."""

SURE_MATCH = 0.6
"""What may be thinking aloud has to fit a fact this well to be taken for a question."""
ASIDE_MATCH = 0.9
"""What asks about the interviewer or the clock has to fit a fact like one of its askings to be one for the sheet."""

ASKED_WEIGHT = 1.0
KEYWORD_WEIGHT = 1.3
ANSWER_WEIGHT = 0.35
"""What a question shares with an asking counts whole, with a keyword more, with the answer's own words a little."""

RESEMBLANCE_WEIGHT = 0.3
UNKNOWN_WEIGHT = 0.5
"""A word that no fact has speaks against every fact, but half as much as a known word speaks for one."""

_TELLING = frozenset(
    [
        "many",
        "much",
        "long",
        "fast",
        "short",
        "big",
        "often",
        "own",
        "change",
        "old",
        "new",
        "last",
        "how",
        "who",
        "where",
        "when",
        "which",
    ]
)
"""Stop words elsewhere, but they tell one question from another."""

_OPENERS = re.compile(
    r"^(and |so |okay,? |ok,? |but |then |also |well,? |alright,? |um,? |uh,? )*"
    r"(do|does|did|is|are|was|should|shall|can|could|may|would|will|what|what's|which|who|how|when|where|any"
    r"|am i right|i assume|i'm assuming)\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"\b(do (you|we|they|users|customers|clients)|are (we|there|you)|is (there|it|this|that)|should (i|we)|can (i|we|"
    r"you|they|users)|could you|would you|how (many|much|long|big|often|fast|fresh)|what (is|are|'s|about|kind|scale)"
    r"|what's|which|any (limit|limits|requirement|requirements|constraint|constraints))\b",
    re.IGNORECASE,
)
_AND_ALSO = re.compile(
    r",?\s+and\s+(?=(?:how|what|which|who|where|when|should|do|does|did|is|are|can|could|may|will|would)\b)",
    re.IGNORECASE,
)
"""Where one sentence asks two things."""

_LEAD = r"^(?:(?:and|so|okay|ok|but|then|also|well|alright|right|now|yes|yeah|um+|uh+)\b[,.]? *)*"
_ONLY_LEADS = re.compile(_LEAD, re.IGNORECASE)
_VERB_FIRST = re.compile(
    rf"{_LEAD}(?:do|does|did|is|are|was|were|am|has|have|should|shall|can|could|may|would|will)\b", re.IGNORECASE
)
_QUESTION_WORD_FIRST = re.compile(rf"{_LEAD}(?:what|what's|which|who|how|when|where|any)\b", re.IGNORECASE)
_TAG = re.compile(r"(?P<comma>,\s*)?\b(?:right|okay|ok|you know)\W*\?\s*$", re.IGNORECASE)
_RHETORICAL = re.compile(
    r"\b(why|what happens|how (do|does|would) (i|we|this|that|it)|what if)\b[^?]*\?\s*$|(?:^|[,.] )so what\W*\?\s*$",
    re.IGNORECASE,
)


class Match(msgspec.Struct, frozen=True):
    """The fact that answers, and how well it fits (0-1)."""

    fact: Fact
    score: float


def questions_in(text: str, facts: Sequence[Fact] = ()) -> tuple[str, ...]:
    """Return the sentences of an utterance that ask the interviewer something.

    Rhetorical questions ("so what happens if the cache dies?") are the candidate's own thinking aloud, and what was
    asked before a statement of some length has been left behind. `facts` are those that overrule this: while the
    candidate is clarifying, what the sheet can answer is a question.
    """
    found: list[str] = []
    for sentence in (s.strip() for s in re.split(r"(?<=[.?!])\s+", text.strip()) if s.strip()):
        if _asks(sentence, facts):
            found += _one_by_one(sentence)
        elif len(sentence.split()) > ASIDE_WORDS:
            found.clear()
    return tuple(found)


def _one_by_one(sentence: str) -> list[str]:
    """Each thing a sentence asks; "okay, and how …" asks one."""
    first, *others = _AND_ALSO.split(sentence)
    return others if others and _ONLY_LEADS.fullmatch(first) else [first, *others]


def _asks(sentence: str, facts: Sequence[Fact]) -> bool:
    if sentence.endswith("?"):
        return not _is_rhetorical(sentence) or _is_known(sentence, facts)
    if sentence.endswith("!") or not _OPENERS.match(sentence):
        return False
    heard_as_statement = sentence.endswith(".")  # a recogniser seldom hears that a question of a second clause rises
    addressed = not heard_as_statement and _ADDRESSED.search(sentence) is not None
    return addressed or any(_is_known(part, facts) for part in _one_by_one(sentence))


def _is_rhetorical(sentence: str) -> bool:
    """Whether a question only thinks aloud, or asks for a nod ("four nines, right?")."""
    tag = _TAG.search(sentence)
    if tag is not None and not _VERB_FIRST.match(sentence):
        return bool(tag["comma"]) or not _QUESTION_WORD_FIRST.match(sentence)
    return bool(_RHETORICAL.search(sentence))


def _is_known(sentence: str, facts: Sequence[Fact]) -> bool:
    return any(match.score >= SURE_MATCH for match in best_matches(sentence, facts))


def best_matches(question: str, facts: Sequence[Fact]) -> tuple[Match, ...]:
    """Return the fact that fits a question best, two in a close call, or none when the sheet is silent on it."""
    asked = _stems(question)
    if not asked or not facts:
        return ()
    bags = [_bag(fact) for fact in facts]
    rarity = _rarity(bags)
    matches = [Match(fact, _fit(asked, fact, bag, rarity)) for fact, bag in zip(facts, bags, strict=True)]
    ranked = sorted(matches, key=lambda match: match.score, reverse=True)[:2]
    if ranked[0].score < MATCH_THRESHOLD:
        return ()
    return tuple(match for match in ranked if match.score >= ranked[0].score - CLOSE_CALL)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word in _TELLING or word not in STOPWORDS)


def _bag(fact: Fact) -> dict[str, float]:
    """Return the words that speak for a fact, and how loudly."""
    bag = dict.fromkeys(_stems(fact.answer), ANSWER_WEIGHT)
    bag.update(dict.fromkeys((s for ask in fact.asks for s in _stems(ask)), ASKED_WEIGHT))
    bag.update(dict.fromkeys((s for keyword in fact.keywords for s in _stems(keyword)), KEYWORD_WEIGHT))
    return bag


def _rarity(bags: Sequence[dict[str, float]]) -> dict[str, float]:
    seen = Counter(word for bag in bags for word in bag)
    return {word: math.log(1 + len(bags) / count) for word, count in seen.items()}


def _fit(asked: frozenset[str], fact: Fact, bag: dict[str, float], rarity: dict[str, float]) -> float:
    unknown = UNKNOWN_WEIGHT * math.log(1 + len(rarity))
    total = sum(rarity.get(word, unknown) for word in asked)
    shared = sum(rarity[word] * bag[word] for word in asked if word in bag)
    resemblance = max((_overlap(asked, _stems(ask)) for ask in fact.asks), default=0.0)
    return (1 - RESEMBLANCE_WEIGHT) * shared / total + RESEMBLANCE_WEIGHT * resemblance


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice coefficient of two sets of words."""
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0
