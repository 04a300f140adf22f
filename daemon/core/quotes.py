"""Which of the candidate's own words can lead to a line: pieces of plain sentences, as they were said.

A piece is quoted word for word; only "I" becomes "you". A sentence that asks, corrects itself or talks to the
interviewer is left alone, and one with a condition, a doubt or a contrast is quoted whole or not at all, since a part
of it may say what the candidate did not mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from phantomcode.daemon.core.agenda import Agenda, Intent
from phantomcode.daemon.core.challenges import intended_decision
from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.text import STOPWORDS, content_stems, is_question, normalise, sentences
from phantomcode.problems.predicate import required_names

LONGEST_WORDS = 14
SHORTEST_WORDS = 4
MOST_QUOTES = 4
"""Each costs the model about a quarter of a second of reading on two cores."""

_LEADING = re.compile(
    r"^(?:(?:(?:so|and|but|because|since|okay|ok|well|right|alright|yeah|yes|no|sure|agreed|fair|ehm|uhm|um|uh|hm+|now"
    r"|then|also|next|first|second|third|fourth|again|basically|actually|overall|anyway|i mean|you know|how to say)"
    r"\b[,.]?|\w+ly,)\s+)+",
    re.IGNORECASE,
)
_WHOLE_OR_NOTHING = re.compile(
    r"\b(if|unless|might|may|could|maybe|perhaps|probably|once|until|as long as|in case|whenever|when|otherwise|but"
    r"|however|although|though|while|whereas|except|only|neither|either|don't think|do not think|doubt|not sure)\b",
    re.IGNORECASE,
)
_NOT_QUOTED = re.compile(
    r"\b(you|your|yours|wait|sorry|scratch that|where was i|let me|let's|i mean|i don't know|i do not know|he|she"
    r"|i'd say|question|interview\w*|ignore|instructions?)\b|[:;\"“”*#`<>{}\[\]|()]",
    re.IGNORECASE,
)
_BAD_START_TEXT = """
that this these those it they them which who whose what whatever where how why rather instead not unlike without except
than or as with by to of from while nor its their let
"""
_BAD_START = frozenset(_BAD_START_TEXT.split())
"""What begins so leans on words that are not quoted; with a verb, it is no statement."""
_SUBJECTS_TEXT = """
i we the a an each every all any both most no one another our my there two three four five six seven eight nine ten
"""
_SUBJECTS = frozenset(_SUBJECTS_TEXT.split())
_VERBS_TEXT = """
is are am was were be has have had do does did can cannot will would must should use put keep take go goes come get give
make call ask read write send serve hold fit cost need run commit lose return own pay add work stay reach begin start
stop fail fall die split replicate retry wait drain expire refuse allow answer see know expect assume grow carry land
buy change check choose compare compute cover create cut decide deliver depend double drop find flow follow forward
handle happen kill leave live look mean notice offer pick poll prefer publish pull push reject remove replay reserve
route save say ship show sign sit skip sort spread stand tell throw trust try turn update want watch win took went got
made kept count cache store hash tail
"""
_DETERMINERS_TEXT = "the a an of per each every our my your their its this that"
_DETERMINERS = frozenset(_DETERMINERS_TEXT.split())
_SMALL = STOPWORDS | _SUBJECTS
"""Words that are no names, so that they lose the capital of a sentence's beginning."""
_VERBS = frozenset(_VERBS_TEXT.split())
"""Common in talk about a design; nouns that look like verbs are left out, where they are met more often."""
_ENDINGS = ("s", "es", "d", "ed")
_COMMON = content_stems(
    "second minute hour day month year week time new old number thing part way case point system design request "
    "service server data million thousand hundred billion percent today morning night"
)
"""Words that two sentences share by chance."""
_CUT = re.compile(r",\s+|\s+(?=(?:because|since|so that|which|whereas)\b)")
_LEANS = re.compile(
    r"\b(?:them|this|those|these|the other side)\b|"
    r"\b(?:here|there|can|will|would|does|do|is|are|has|have|must|should)$|"
    r"\b(?:it|that|this|them|these|those)(?:$|,|\s+(?:rather|instead|too|long)\b)"
    r"|^(?:if|when|once|until) (?:it|that|this|they)\b",
    re.IGNORECASE,
)
"""A pronoun in the place of what it is about, or a sentence that only the one before completes."""
_SHORT_VERB = re.compile(
    r"n't\b|'(?:re|ll|d|ve|m)\b|\b(?:it|that|there|what|who|here|one|nothing|everything|nobody|everybody)'s\b"
)
_PREPOSITIONS_TEXT = (
    "for in on at after before behind under over during inside across between within if when once until"
)
_PREPOSITIONS = frozenset(_PREPOSITIONS_TEXT.split())
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundred|thousand|million|billion|half|percent)\b"
)
_FIRST_PERSON = (
    ("I am", "you are"),
    ("I was", "you were"),
    ("I'm", "you're"),
    ("I'll", "you'll"),
    ("I'd", "you'd"),
    ("I've", "you've"),
    ("I", "you"),
    ("my", "your"),
    ("mine", "yours"),
    ("me", "you"),
    ("myself", "yourself"),
)
_TO_THE_CANDIDATE = tuple(
    (re.compile(rf"(?<![\w/-]){own}(?![\w/-])".replace("'", "['’]"), re.IGNORECASE), theirs)
    for own, theirs in _FIRST_PERSON
)
"""However it was typed; "I/O" is nobody."""


class Quote(msgspec.Struct, frozen=True):
    """A piece of what the candidate said: as it is said back, and the sentence it is from."""

    words: str
    source: str
    utterance: int


class Subject(msgspec.Struct, frozen=True):
    """What a line is about."""

    wording: str
    names: tuple[str, ...]
    """The candidate's own names for what is challenged."""
    decided: int | None
    """The utterance in which it was decided."""
    replies: tuple[int, ...]
    """What the candidate has answered to the rungs before."""


def subject_of(intent: Intent, notebook: Notebook, agenda: Agenda) -> Subject:
    """Return what a line is about, in the candidate's words."""
    decision = intended_decision(intent, notebook)
    required = required_names(intent.challenge.when) if intent.challenge else frozenset([intent.asks_about])
    names = {decision.said} if decision else set()
    names |= {d.said for d in notebook.decisions if d.value in required and d.withdrawn_by is None}
    names |= {c.said for c in notebook.components if c.id in required}
    opened = agenda.open
    answered = opened is not None and opened.challenge_id == intent.subject
    return Subject(
        wording=intent.wording,
        names=tuple(sorted(names)),
        decided=decision.utterance if decision else None,
        replies=opened.replies if opened is not None and answered else (),
    )


def quotes(
    utterances: Sequence[Utterance], subject: Subject, notebook: Notebook, said: Iterable[str], longest: int
) -> tuple[Quote, ...]:
    """Return the pieces that lead best to a line, best first; none is longer than `longest` words or said before."""
    withdrawn = {d.utterance for d in notebook.decisions if d.withdrawn_by is not None}
    earlier = normalise(" ".join(said))
    rated: list[tuple[float, int, str, str]] = []
    for utterance in utterances:
        if utterance.speaker is not Speaker.CANDIDATE or utterance.id in withdrawn:
            continue
        for source, piece in pieces(utterance.text, min(longest, LONGEST_WORDS)):
            worth = _worth(piece, utterance.id, subject)
            if worth:
                rated.append((worth, utterance.id, source, piece))
    rated.sort(key=lambda row: row[:2], reverse=True)
    heard = tuple(u.text for u in utterances if u.speaker is Speaker.CANDIDATE)
    best = (Quote(addressed(piece, heard), source, number) for _, number, source, piece in rated)
    fresh = {quote.words: quote for quote in best if normalise(quote.words) not in earlier}
    return tuple(fresh.values())[:MOST_QUOTES]


@lru_cache(maxsize=4096)
def pieces(text: str, longest: int) -> tuple[tuple[str, str], ...]:
    """Return what of an utterance can be quoted, each piece with its sentence."""
    return tuple((sentence, piece) for sentence in sentences(text) for piece in _pieces(sentence, longest))


def _pieces(sentence: str, longest: int) -> Iterator[str]:
    """Yield all of a sentence, or else those of its clauses that stand by themselves."""
    plain = _trimmed(sentence)
    if is_question(sentence) or _NOT_QUOTED.search(plain):
        return
    if len(plain.split()) <= longest:
        if _stands(plain):
            yield plain
    elif not _WHOLE_OR_NOTHING.search(plain):
        clauses = [_trimmed(clause) for clause in _CUT.split(plain)]
        for place, clause in enumerate(clauses):
            alone = place == 0 or _has_subject(clause)
            goes_on = place + 1 < len(clauses) and not _has_verb(clauses[place + 1])
            if len(clause.split()) <= longest and _stands(clause) and alone and not goes_on:
                yield clause


def addressed(piece: str, heard: Sequence[str]) -> str:
    """Return a piece as it is said to the candidate. `heard` is what they said: a name has its capital there too."""
    first, _, rest = piece.partition(" ")
    named = not first[1:].islower() or any(re.search(rf"[a-z] {re.escape(first)}\b", text) for text in heard)
    said = piece if named and first.lower() not in _SMALL else f"{first.lower()} {rest}"
    for own, theirs in _TO_THE_CANDIDATE:
        said = own.sub(theirs, said)
    return said


_stems = lru_cache(maxsize=4096)(content_stems)


def _trimmed(text: str) -> str:
    return _LEADING.sub("", text.strip(" .,!?\"'")).strip(" .,!?\"'")


def _stands(piece: str) -> bool:
    """Whether a piece is a sentence by itself: long enough, with a verb, and not leaning on what was said before."""
    spoken = normalise(piece).split()
    return (
        len(spoken) >= SHORTEST_WORDS
        and spoken[0].partition("'")[0] not in _BAD_START | _VERBS
        and not _LEANS.search(piece)
        and _has_verb(piece)
        and (spoken[0] in _PREPOSITIONS or _has_verb(_CUT.split(piece)[0]))
        and len(content_stems(piece)) >= 2
    )


def _has_verb(clause: str) -> bool:
    """Whether one of the words can be the verb; behind a number or an article, "reads" and "call" are nouns."""
    if _SHORT_VERB.search(normalise(clause)):
        return True
    spoken = normalise(clause).split()
    return any(
        not _NUMBER.search(before) and before not in _DETERMINERS and _VERBS & {word, *map(word.removesuffix, _ENDINGS)}
        for before, word in zip(["", *spoken], spoken, strict=False)
    )


def _has_subject(clause: str) -> bool:
    """Whether a clause behind a comma has a subject of its own."""
    first = normalise(clause).split()[0].partition("'")[0] if clause else ""
    return first in _SUBJECTS or clause[:1].isupper() or clause[:1].isdigit()


def _worth(piece: str, utterance: int, subject: Subject) -> float:
    """Rate a piece; 0 for one that is not about the line's subject or adds nothing to it."""
    stems, asked = _stems(piece), _stems(subject.wording)
    named = any(f" {name.lower()} " in f" {normalise(piece)} " for name in subject.names)
    shared, new = len((stems & asked) - _COMMON), len(stems - asked)
    answered, decided = utterance in subject.replies, utterance == subject.decided
    if 2 * new < len(stems) or not (named or shared >= 3 or (shared and (answered or decided))):
        return 0.0
    number = bool(_NUMBER.search(normalise(piece)))
    return 3.0 * named + 2.0 * decided + 2.0 * answered + min(shared, 3) + 1.5 * number
