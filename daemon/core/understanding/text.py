"""Words, stems, sentences and clauses: how every reader of an utterance cuts it up.

Recognisers give no capitals and little punctuation, people give both; everything here works on either.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+(?:[.,][0-9]+)*(?:'[a-z]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
_PAUSE = re.compile(r"[,;:.!?()\[\]\u2013\u2014]|\s-\s")
_CLAUSE_END = re.compile(r"[.!?;:,]\s+|\s+(?=(?:but|because|since|so that|whereas|although|though|which)\b)")

_STOPWORDS = """
a about above actually after again all also always am an and any anyway are as at back basically be because
been before being bit both but by call can can't come could couldn't did didn't do does doesn't doing don't
down each either else even ever every everybody few for from get gets getting give go goes going gonna good
got had has hasn't have haven't having he her here hers hm hmm him his how i i'd i'll i'm i've if in into is
isn't it it'd it'll it's its just keep kind know let let's like little look lot made make makes many may maybe
me mean might mine more most much must my need never no nor not now of off oh okay on one only or other our
out over own pretty probably put quite rather really right said same say says see she should so some somebody
something sort still such sure take takes than that that'd that's the their them then there there's these they
they'd they're they've thing things think this those though thought through to too um uh under until up us use
used very want was wasn't way we we'd we'll we're we've well were what what's when where whether which while
who whole why will with won't would wouldn't yeah yep yes yet you you'd you'll you're you've your
"""
STOPWORDS = frozenset(_STOPWORDS.split())
"""Words that carry no content of a design."""

_SUFFIXES = (
    "ization",
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ied",
    "ies",
    "ers",
    "ed",
    "er",
    "es",
    "ly",
    "s",
)
_SHORTEST_STEM = 3
_DOUBLED = re.compile(r"([bdgmnprt])\1$")
_QUESTION_STARTS = re.compile(
    r"^(?:(?:and|so|but|okay|ok|um|uh|well|right|now|then|yeah|sure|great|good)\b,?\s+)*"
    r"(?:what|why|how|who|when|where|which|should|would|could|can|do|does|did|is|are|am i|will|may|shall)\s+"
    r"(?:you|we|i|they|it|there|that|the|this|those|these|users?|people|happens|about|if|much|many|is|are|do|"
    r"does|"
    r"would|should|one|a|an)\b"
)
_RELATIVE_STARTS = re.compile(r"^(?:(?:and|so|but)\s+)?(?:when|where|which|what i|who|how we|what we)\b")


def normalise(text: str) -> str:
    """Lower-case, with straight apostrophes and single spaces."""
    return " ".join(text.lower().replace("’", "'").replace("‘", "'").split())


def words(text: str) -> tuple[str, ...]:
    """The words and numerals of a text in order, lower-cased; hyphens separate."""
    return tuple(_WORD.findall(normalise(text)))


def spelling(text: str, start: int, end: int) -> str:
    """The words `start` up to `end` (exclusive, as `words` counts them) as the text spells them."""
    plain = " ".join(text.split())
    places = [at for at, letter in enumerate(plain) for _ in letter.lower()]  # some letters grow in lower case
    spans = [match.span() for match in _WORD.finditer(normalise(text))]
    return plain[places[spans[start][0]] : places[spans[end - 1][1] - 1] + 1]


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Strip common English endings, so that "sharding", "shards" and "sharded" meet. Light on purpose."""
    base = word.split("'")[0] if "'" in word else word
    for suffix in _SUFFIXES:
        if base.endswith(suffix) and len(base) - len(suffix) >= _SHORTEST_STEM:
            base = _DOUBLED.sub(r"\1", base[: -len(suffix)])
            break
    return base[:-1] if base.endswith("e") and len(base) > _SHORTEST_STEM else base


def pauses(text: str) -> frozenset[int]:
    """Positions in `words` before which punctuation stands: a comma, a dash, a bracket, an end."""
    plain = normalise(text)
    found, end = set(), 0
    for position, match in enumerate(_WORD.finditer(plain)):
        if position and _PAUSE.search(plain, end, match.start()):
            found.add(position)
        end = match.end()
    return frozenset(found)


def content_stems(text: str) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    return frozenset(stem(word) for word in words(text) if word not in STOPWORDS and len(word) > 1)


def sentences(text: str) -> tuple[str, ...]:
    """Cut at sentence punctuation; text without any is one sentence."""
    return tuple(part for part in _SENTENCE_END.split(" ".join(text.split())) if part)


def clauses(text: str) -> tuple[str, ...]:
    """Cut further, at commas and before connectives that start a reason or a contrast."""
    return tuple(part.strip() for part in _CLAUSE_END.split(normalise(text)) if part and part.strip())


def is_question(sentence: str) -> bool:
    """Whether one sentence asks. Without punctuation the opening words decide."""
    stripped = normalise(sentence).rstrip()
    if stripped.endswith("?"):
        return True
    if stripped.endswith((".", "!", ";")) or _RELATIVE_STARTS.match(stripped):
        return False
    return bool(_QUESTION_STARTS.match(stripped))


def declaratives(text: str) -> str:
    """The text without its questions, normalised."""
    return normalise(" ".join(s for s in sentences(text) if not is_question(s)))
