"""Questions about the interviewer or the round, which no fact sheet answers.

"Where does your number come from?" asks about the interviewer's claim, "what would you do?" for his view, "how long do
we have?" about the clock. They are answered without giving anything away: a claim stands until it is refuted.
"""

from __future__ import annotations

import math
import re
from enum import StrEnum

from phantomcode.daemon.core.understanding.text import is_question, normalise, sentences

ASIDE_WORDS = 6
"""A few words after a question ("Just so I know.") leave it standing."""

_YOU = r"(?:you|your)"
_IT = r"(?:that|this|it|these|those)"


class Aside(StrEnum):
    """What such a question is about."""

    CLAIM = "claim"
    VIEW = "view"
    TIME = "time"


_ABOUT = {
    Aside.TIME: re.compile(
        r"\bhow (?:much (?:more )?time|many (?:more )?minutes)\b"
        r"(?! (?:does|do|did|will|would|can|should|is|are) (?!we|i|there))|"
        r"\bhow long (?:do|have) (?:we|i) (?:still )?(?:have|got)\b(?! (?:to|for|until)\b)|"
        r"\bhow (?:are we|am i) (?:doing )?(?:on|for) time\b|"
        r"\bwhat time is it\b|\bhow far (?:along )?are we\b|\bare we out of time\b|"
        r"\bis there (?:still |enough )?time\b|\bdo (?:we|i) (?:still )?have (?:enough |any )?time\b"
    ),
    Aside.VIEW: re.compile(
        r"\bwhat (?:would|do|did) you (?:do|use|pick|choose|prefer|suggest|recommend|think)\b|\bhow would you\b|"
        r"\bwhat(?:'s| is) your (?:opinion|view|take|answer|preference|recommendation)\b|\bwhich (?:one )?would you\b|"
        r"\b(?:do|would) you (?:agree|prefer)\b|\bwhat do you want me to (?:do|say|use)\b|"
        rf"\bis {_IT} (?:what you (?:want|expect|were looking for)|(?:good|okay|fine|enough) (?:for you|so far))\b|"
        r"\bam i (?:right|wrong|on the right track)\b|\bdid i (?:get|miss)\b|\bdo you like\b|\bhow am i doing\b"
    ),
    Aside.CLAIM: re.compile(
        rf"\bwhere (?:do|does|did) (?:you get )?(?:{_YOU}|{_IT})\b[^?]*|\bwhere(?:'s| is) {_IT} from\b|"
        rf"\bwhere are you (?:getting|taking)\b|\bwho (?:told you|says?|said) ?(?:so|{_IT})?\b|"
        rf"\b(?:is|are|was) {_IT} (?:\w+ ){{0,2}}(?:real(?! time)|true|really|made up|a fact|correct)\b|"
        r"\b(?:are|did) you (?:just )?(?:mak(?:e|ing)|made) (?:that|this|it) up\b|\bwhat makes you (?:think|say|so)\b|"
        r"\bhow (?:do|did|would) you know\b|\bhow did you (?:get|come)\b|"
        r"\bwhy (?:do|would) you (?:think|say|believe)\b|"
        r"\bwhat(?:'s| is) your (?:source|evidence|reason|number|assumption|basis)\b|"
        r"\b(?:do|have) you (?:have |got )?(?:a |any )?(?:source|evidence|proof|reference)\b|\bon what basis\b|"
        r"\bwhat (?:limit|number|figure|load|failure|case|problem|scenario)?\b[^?]{0,20}\b(?:do )?you have in mind\b|"
        r"\bis there (?:a|an|any) \w+ you have in mind\b|\bsince when\b|\bare you (?:sure|serious|certain)\b|"
        r"\bwhat (?:are you|is) (?:\w+ )?(?:worried|worry|concern(?:ed)?)\b"
    ),
}

CLAIM = (
    "That is my claim. If it does not hold, show me why.",
    "I stand by it until you refute it. Go ahead.",
    "Take it as said, and check it against your own numbers.",
    "You tell me whether it holds for this design.",
)
VIEW = (
    "I want to hear yours. What do you decide, and what does it cost?",
    "It is your design. Decide, and defend it.",
    "I ask, you choose. Go on with what you think is right.",
)


def aside_in(text: str) -> Aside | None:
    """Return what an utterance that ends in a question asks about the interviewer or the round, if it does."""
    found: Aside | None = None
    for sentence in map(normalise, sentences(text)):
        if is_question(sentence):
            found = next((aside for aside, pattern in _ABOUT.items() if pattern.search(sentence)), None)
        elif len(sentence.split()) > ASIDE_WORDS:
            found = None
    return found


def time_left(active_seconds: float, planned_seconds: float) -> str:
    """Say how much of the round is left."""
    minutes = math.floor(max(0.0, planned_seconds - active_seconds) / 60)
    if minutes < 1:
        return "Less than a minute."
    return "About one minute." if minutes == 1 else f"About {minutes} minutes."


TIME_LEFT = re.compile(r"Less than a minute\.|About (?:one minute|\d+ minutes)\.")
"""Every answer of `time_left`."""
