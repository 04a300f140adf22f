"""How the talk goes from one phase to the next: what the candidate announces, what the interviewer asks for.

Announcing is not doing: a handover makes a change of phase likely at this utterance, and what is said then has to
bear it out. Where nobody hands over, people go on with what they were doing, and an answer to a challenge belongs to
the phase that was challenged.
"""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from phantomcode.daemon.contract.vocabulary import Phase
from phantomcode.daemon.core.understanding.text import normalise


class Turn(StrEnum):
    """Whose words the candidate follows: his own, the interviewer's, or a challenge that is still open."""

    OWN = "own"
    HANDED = "handed"
    ANSWER = "answer"


class Handover(msgspec.Struct, frozen=True):
    """What stands at the beginning of one candidate utterance."""

    turn: Turn = Turn.OWN
    announced: Phase | None = None
    """The phase the candidate says comes now."""
    requested: Phase | None = None
    """The phase the interviewer asked for just before."""


NO_HANDOVER = Handover()

_NAMES: dict[Phase, str] = {
    Phase.CLARIFY: r"requirements|scope|(?:a few|some) questions",
    Phase.ESTIMATE: r"numbers|sums?(?! (?:it |this )?up)|sizing|sizes|some size|"
    r"size (?:it|this|that|things)|estimat\w*|volumes?|capacity|"
    r"figures|rates|arithmetic|maths?|calculat\w*|back of the envelope",
    Phase.HIGH_LEVEL: r"draw\w*|pictures?|box(?:es)?|diagrams?|sketch\w*|high.level|architecture|"
    r"(?:two|both|write|read) (?:paths?|flows?)",
    Phase.DEEP_DIVE: r"deep.dives?(?: (?:on|into) [^,]*)?|"
    r"deep\w*|div(?:e|es|ing)|dig\w*|drill\w*|zoom\w*|depth|in detail|closer|apart|"
    r"(?:go|get|look) (?:down )?into|open (?:up|is)|"
    r"(?:one|two|three|first|second|risky|hard) (?:places?|spots?|areas?|parts?)",
    Phase.TRADEOFFS: r"clos(?:e|ing)(?! to)|wrap\w*|sum\w* (?:it |this )?up|summar\w*|trade.?offs|weigh\w*|conclu\w*|"
    r"(?:last|final|few|couple of|two|three) (?:\w+ )?minutes(?! ago)|bottlenecks|(?:look|step)\w* back|traded away|"
    r"finish with|weak(?:est)? (?:spots?|parts?|points?)",
}
"""What people call the phases. In one sentence the first name counts: "sums, then the picture" is sums."""

_ASKED: dict[Phase, str] = {
    Phase.CLARIFY: r"ask me anything|leave out",
    Phase.ESTIMATE: r"how big|how much (?:traffic|data|storage)|size|scale is",
    Phase.HIGH_LEVEL: r"the design|pieces|components|show me|on the board|overall",
    Phase.DEEP_DIVE: r"stay (?:on|with|there)|riskiest|what happens (?:if|when)",
    Phase.TRADEOFFS: r"minutes? (?:left|to go)|half a minute|(?:out of|that's) time|nearly (?:there|done)|"
    r"another (?:week|month)|differently|to finish|would you (?:fix|improve|change)",
}
"""What interviewers say besides."""


def _named(names: dict[Phase, str]) -> str:
    return "|".join(rf"(?P<{phase.value}>\b(?:{words})\b)" for phase, words in names.items())


_INTENT = (
    r"let me|let's|let us|i'll|i will|i'd(?: like to| want to)?|i (?:want|would like|need)(?: to)?|"
    r"i (?:begin|start|do|go|come|move|turn|make|see|can|should)|(?:i'm|i am|we're) going(?: to)?|"
    r"(?:i've|i have|we've|we have)(?: got)?|time (?:to|for)|on ?to|over to|back to|"
    r"to(?= clos| wrap| sum| conclu| finish)"
)
_BUT_STAYS = r"(?! (?:stay|stick|keep|stand|remain)\b)"
"""Who would rather stay with his numbers does not come to them."""
_OPENER = r"(?:okay|ok|right|so|now|next|then|and|well|good|great|alright|um|uh)"
_FEW = r"(?:the|a|an|my|our|few|some|quick|here|is|are|first|last)"
_ANNOUNCES = re.compile(rf"\b(?:{_INTENT})\b,?(?:{_BUT_STAYS} [\w'-]+,?){{0,4}}? (?:{_named(_NAMES)})")
_AS_HEADING = {**_NAMES, Phase.HIGH_LEVEL: f"{_NAMES[Phase.HIGH_LEVEL]}|design"}
"""Alone in its sentence "my design" announces; in a longer one it is only spoken of."""
_HEADING = re.compile(
    rf"^(?:{_OPENER},? )*(?:{_FEW} )*(?:{_named(_AS_HEADING)})"
    r"(?:(?:,? (?:first|next|then|now|time|again))?$|,? (?:first|then)\b)"
)
_OPENS = re.compile(rf"^(?:{_OPENER},? )+(?:{_FEW} |i |we )+(?:{_named(_NAMES)})")
_REQUESTS = re.compile(_named({phase: f"{_NAMES[phase]}|{_ASKED[phase]}" for phase in _NAMES}))
_HEADING_WORDS = 6
_IN_PERSON = re.compile(r"\b(?:i|we|let|me)\b")
_SENTENCE = re.compile(r"[.?!;:]+(?:\s+|$)")


def announced(text: str) -> Phase | None:
    """Return the phase that an utterance says comes now: "let me draw it", "Numbers first", "so the picture"."""
    for sentence in _SENTENCE.split(normalise(text)):
        for pattern in (_ANNOUNCES, _HEADING, _OPENS):
            found = pattern.search(sentence)
            if found is not None and found.lastgroup is not None:
                return Phase(found.lastgroup)
    return None


def turns_the_page(text: str) -> Phase | None:
    """Return the phase that an utterance opens with as a heading: "High level: …", "Deep dive on the lock. …".

    "Let me zoom in" and figures may be how a question is answered, and open no page.
    """
    heading = _SENTENCE.split(normalise(text), maxsplit=1)[0]
    if len(heading.split()) > _HEADING_WORDS or _IN_PERSON.search(heading):
        return None
    phase = announced(heading)
    return None if phase is Phase.ESTIMATE else phase


def requested(text: str) -> Phase | None:
    """Return the phase that an interviewer's line asks for: "let's get some size on it", "wrap up for me"."""
    found = _REQUESTS.search(normalise(text))
    return Phase(found.lastgroup) if found is not None and found.lastgroup is not None else None


def read_handover(text: str, interviewer_text: str, turn: Turn) -> Handover:
    """Read what stands at the beginning of a candidate utterance; `interviewer_text` is the line before it, if any."""
    asked = requested(interviewer_text) if turn is Turn.HANDED else None
    return Handover(turn, announced(text), asked)
