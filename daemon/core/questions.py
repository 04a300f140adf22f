"""Is the candidate asking the interviewer something, and does the fact sheet answer it?

A question is matched to a fact by the content words they share, each weighted by how rare it is on the sheet, so
"how many links do people create" finds the volume and not every fact with "links" in it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from phantomcode.daemon.core.understanding.text import content_stems
from phantomcode.problems.model import Fact

MATCH_THRESHOLD = 0.55
"""Share of an asking's weight that the question must cover. Set on the bank's own askings, each tried against the
sheet without itself (tests/daemon/core/test_questions.py prints the rates)."""

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
_RHETORICAL = re.compile(
    r"\b(right|okay|you know|why|what happens|how (do|does|would) (i|we|this|that|it)|what if|so what)\b[^?]*\?\s*$",
    re.IGNORECASE,
)


class Match(msgspec.Struct, frozen=True):
    """The fact that answers, and how well it fits (0-1)."""

    fact: Fact
    score: float


def question_in(text: str) -> str | None:
    """Return the last sentence of an utterance if it asks the interviewer something, else None.

    Rhetorical questions ("so what happens if the cache dies?") are the candidate's own thinking aloud.
    """
    sentences = [s.strip() for s in re.split(r"(?<=[.?!])\s+", text.strip()) if s.strip()]
    if not sentences:
        return None
    last = sentences[-1]
    if last.endswith("?"):
        return None if _RHETORICAL.search(last) and not _OPENERS.match(last) else last
    unpunctuated = not last.endswith((".", "!"))
    return last if unpunctuated and _OPENERS.match(last) and _ADDRESSED.search(last) else None


def best_match(question: str, facts: Sequence[Fact]) -> Match | None:
    """Return the fact that fits a question best, or None when the sheet is silent on it."""
    asked = content_stems(question)
    if not asked:
        return None
    rarity = _rarity(facts)
    matches = [Match(fact, _fit(asked, fact, rarity)) for fact in facts]
    best = max(matches, key=lambda match: match.score, default=None)
    return best if best is not None and best.score >= MATCH_THRESHOLD else None


def _rarity(facts: Sequence[Fact]) -> dict[str, float]:
    seen: Counter[str] = Counter()
    for fact in facts:
        seen.update({stem for ask in fact.asks for stem in content_stems(ask)})
    return {stem: math.log(1 + len(facts) / count) for stem, count in seen.items()}


def _fit(asked: frozenset[str], fact: Fact, rarity: dict[str, float]) -> float:
    keys = {stem for keyword in fact.keywords for stem in content_stems(keyword)}
    if keys and not keys & asked:
        return 0.0
    return max((_cover(asked, content_stems(ask), rarity) for ask in fact.asks), default=0.0)


def _cover(asked: frozenset[str], known: frozenset[str], rarity: dict[str, float]) -> float:
    """Harmonic mean of how much of the known asking, and how much of the question, is shared."""

    def weight(stems: frozenset[str]) -> float:
        return sum(rarity.get(stem, 1.0) for stem in stems)

    shared = weight(asked & known)
    if not shared:
        return 0.0
    return 2 * shared / (weight(known) + weight(asked))
