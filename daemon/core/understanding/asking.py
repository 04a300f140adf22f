"""What a candidate asks the interviewer in the middle of an answer, and what is said beside it.

"No, it stays, since four hundred are little. How long do links live?" answers and asks; "Come again?" only asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from phantomcode.daemon.core.understanding.response_cues import read_cues
from phantomcode.daemon.core.understanding.text import is_question, normalise, sentences, words

AGAIN_WORDS = 12
"""Longer than this, an utterance says something of its own beside asking to hear the question again."""
REASON_ENOUGH = 0.6
"""From here on (see response_cues.Cues.reason) an answer says why."""

_MOST_ASKING_WORDS = 40
"""A turn that opens with a question and is longer than this went on to something else."""
_POLITE = r"(?:(?:oh|um+|uh+|hm+|well|okay|ok|so|and|but|wait|please|sorry|i'm sorry|excuse me|pardon)[,. ]+)*"
_QUESTION = r"(?:the|your|that) (?:\w+ )?question"
_PARDON = re.compile(
    rf"{_POLITE}(?:(?:sorry|i'm sorry|pardon|excuse me|what|huh)\?|"
    r"(?:once more|one more time|again),?(?: please)?[.?!]*)"
)
_AGAIN = re.compile(
    rf"^{_POLITE}(?:please )?(?:repeat|rephrase|reword|say) (?:that|it|this) ?(?:again|once more|please|[.,?!]|$)|"
    rf"\b(?:repeat|rephrase|reword|ask) {_QUESTION}|"
    rf"\b(?:can|could|would|will|can't|couldn't) you (?:\w+ ){{0,2}}(?:repeat|rephrase|reword|explain|clarify)"
    rf"(?:,? please)?(?: (?:that|it|this|yourself|what you \w+|{_QUESTION}|the last \w+))?"
    r"(?= again|,? please| in other|[.,?!]|$)|"
    r"\b(?:say|put|ask|explain) (?:that|it|this) (?:again|once more|an?other way|in other words|differently|otherwise|"
    r"in a different way|more (?:simply|slowly|clearly))\b|\bcome again\b|\bpardon me\b|"
    rf"\bwhat (?:was|is) (?:that|{_QUESTION})(?: again)?(?=[.,!?]|$)|\bwhat(?:'s| was) that\?|"
    r"\bwhat (?:do|did) you mean|\bwhat are you (?:asking|getting at)|\bwhat are you saying\?|"
    r"\bi (?:didn't|did not|don't|do not|couldn't|could not) (?:quite |really |fully )?"
    r"(?:get|catch|hear|follow|understand)"
    rf"(?: (?:that|it|you|you there|what you (?:mean|said|asked|are asking)|{_QUESTION}))?(?=[.,!?]|$)|"
    r"\bi(?:'m| am) not (?:sure (?:i (?:follow|understand|get)|what you)|following)|"
    r"\bi don't think i (?:follow|understand|get)"
)
_WANTS_TO_KNOW = re.compile(
    r"\b(?:need|want|have|like|love|good|help\w*) to (?:know|ask|understand|clarify|check|hear|be sure|make sure)\b|"
    r"\blet me (?:\w+ )?(?:ask|clarify|check|make sure|get this|see if)\b|"
    r"^(?:(?:so|and|but|well|hm+|um+)[, ]+)*(?:that|it|this|which) (?:\w+ )?depends\b|"
    r"^(?:(?:so|and|but|well|because|then)[, ]+)*if\b"
)
"""Says why something is asked, or what would follow from the answer, and takes no stand yet."""
_LEADS_TO_QUESTION = re.compile(
    r"^(?:(?:wait|sorry|hm+|um+|uh+|okay|ok|well|so|and|but|just|hold on|before i answer|quick question)[,. ]+)+"
)
_VERB_FIRST = re.compile(
    r"^(?:(?:does|did|is|are|was|were|can|could|would|should|will)\b|"
    r"do (?!(?:the|an?|it|that|this)\b|both\b(?! of)))"
)
YES_OR_NO = re.compile(r"^(?:no|yes|yeah|nope|not)\b")
"""How one begins who answers a question, be it his own."""
_SHORTEST_STATEMENT_WORDS = 4
_NO_STATEMENT = re.compile(r"^(?:(?:so|and|but|well|okay|ok)[, ]+)*(?:if|when|since|given|because)\b", re.IGNORECASE)
_ASKS_ON = re.compile(
    r",\s+(?:(?:and|but|or|so|by the way)\s+)*(?=(?:how|what|which|who|where|when|does|do|did|is|are|was|can|could|"
    r"would|should|will)\b|(?:right|okay|ok|yes|no)\s*\?|(?:is|does|do|are|would|wo|ca)n't (?:it|that)\b)",
    re.IGNORECASE,
)
"""Where a statement goes over into a question."""


def asks_again(text: str) -> bool:
    """Whether the candidate only asks to hear the last line once more, or in other words."""
    plain = normalise(text)
    if len(plain.split()) > AGAIN_WORDS:
        return False
    return bool(_PARDON.fullmatch(plain)) or any(_AGAIN.search(sentence) for sentence in sentences(plain))


def asks_back(turn: Sequence[str]) -> bool:
    """Whether what a candidate said in one go opens or ends with a question that he leaves to the interviewer."""
    said = [s for text in turn for s in sentences(text)]
    if not said:
        return False
    if _asks(said[-1]):
        return True
    answered = len(said) > 1 and bool(YES_OR_NO.match(normalise(said[1])))
    return _asks(said[0]) and not answered and len(words(" ".join(turn))) <= _MOST_ASKING_WORDS


def stand_beside(challenge: str, turn: Sequence[str]) -> list[str]:
    """What a turn that asks says in answer to a challenge, text by text without its questions.

    Empty where nothing is left that keeps, changes, grants or refuses anything, nor gives a reason.
    """
    if asks_again(" ".join(turn)):
        return []
    told = [_without_questions(text) for text in turn]
    firm = [s for text in told for s in sentences(text) if not _WANTS_TO_KNOW.search(normalise(s))]
    cues = read_cues(challenge, " ".join(firm), "")
    stand = cues.keep or cues.change or cues.yielding or cues.refuse or cues.self_blame or cues.authority
    return [text for text in told if text] if stand or cues.reason > REASON_ENOUGH else []


def _without_questions(text: str) -> str:
    kept = (_before_question(s) if _asks(s) else s for s in sentences(text))
    return " ".join(s for s in kept if s and not _AGAIN.search(normalise(s)))


def _before_question(sentence: str) -> str:
    """What a sentence states before it goes over into a question; "" where it does nothing but ask."""
    stated, *question = _ASKS_ON.split(sentence, maxsplit=1)
    fragment = len(words(stated)) < _SHORTEST_STATEMENT_WORDS or _NO_STATEMENT.match(stated) or _asks(stated)
    return "" if fragment or not question else f"{stated}."


def _asks(sentence: str) -> bool:
    plain = _LEADS_TO_QUESTION.sub("", normalise(sentence))
    unpunctuated = not plain.endswith((".", "!", "?", ";"))
    return is_question(plain) or (unpunctuated and bool(_VERB_FIRST.match(plain)))
