"""State to prompt, and the model's text to a checked line or a rejection.

A small model that words a challenge freely states wrong facts: of 24 rewordings by the 1.5B model, half changed the
claim or answered it (docs/performance.md). So the claim and the question stay the bank's own, and the model chooses
what leads to them: it is shown pieces of what the candidate said (quotes.py) and repeats the one that the question is
about. `check` puts that piece itself before the bank's wording, so nothing is ever put into anybody's mouth.

A prompt is the fixed instructions, then the candidate's words, and last what is asked. Both tasks share the
instructions, which stay in the model's cache for the whole round; the rest is read anew for each line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

import msgspec
from rapidfuzz import fuzz

from phantomcode.daemon.contract.vocabulary import Phase
from phantomcode.daemon.core.agenda import MAXIMUM_WORDS, Intent
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.quotes import Quote
from phantomcode.daemon.core.transcript import Speaker, Utterance

MAXIMUM_TOKENS = 24
"""Fourteen English words are about twenty tokens."""

STOP: tuple[str, ...] = ("\n", "<|im_end|>", ".", "?", "!")

REMARK = "You said"
FRAMES = (REMARK, "You told me", "I wrote down that")
"""What stands before a piece of the candidate's words, by turns."""
LONGEST_FRAME_WORDS = 4
FEWEST_COPIED_WORDS = 3
SAME_PIECE_RATIO = 90.0
"""rapidfuzz ratio (0-100) from which the model's text counts as a copy of a piece, slips of a letter included."""

LATEST_UTTERANCES = 3
LATEST_WORDS = 90
"""What the model reads of the candidate for a vote: about 120 tokens, two seconds of reading on two cores."""

VOTE_CHOICES = ("A", "B", "C", "D", "E")

NEAR_COPY_RATIO = 88.0
"""rapidfuzz ratio (0-100) from which two lines count as the same."""

_INSTRUCTIONS = (
    "<|im_start|>system\n"
    "You help an interviewer. Asked for a remark, you repeat, word for word, the one thing the candidate said that the "
    "question is about. Asked for a phase, you answer with one letter: A asking about requirements, B estimating "
    "numbers, C sketching components, D explaining how one component works or fails, E weighing tradeoffs at the end."
    "<|im_end|>\n"
)
_EXAMPLES = (
    (
        "Remark before: Do we need that cache at all?\n"
        "Candidate: Memcached sits in front of the product table. You expect nine thousand reads per second.",
        "You said Memcached sits in front of the product table.",
    ),
    ("Candidate: Nine thousand reads of two kilobytes are eighteen megabytes per second.\nPhase?", "B"),
    (
        "Remark before: Two queues are one too many.\n"
        "Candidate: A worker sends two hundred emails per second. Orders go to one queue and emails to another.",
        "You said orders go to one queue and emails to another.",
    ),
    ("Candidate: If the leader dies, a follower takes over after ten seconds of missing heartbeats.\nPhase?", "D"),
)


class Reason(StrEnum):
    """Why a model's remark was not used."""

    EMPTY = "empty"
    LATE = "late"
    FOREIGN = "words the candidate did not say"
    TOO_LONG = "too long"
    QUESTIONS = "more than one question"
    STAGE = "out of character"
    PRAISE = "praise"
    CHANGED = "another claim than the bank's"
    GIVEN_AWAY = "gives an answer away"
    IDLE = "adds nothing"
    REPEAT = "said before"


class Checked(msgspec.Struct, frozen=True):
    """The outcome: `text` to show, or the reason why not (text is then empty)."""

    text: str
    rejected: Reason | None = None
    repeated: str = ""
    """The candidate's words that the line repeats."""
    source: str = ""
    """The sentence they are from."""


def reading_prompt() -> str:
    """Return the part of every prompt that never changes (ChatML, the format of the Qwen models)."""
    turns = (
        f"<|im_start|>user\n{asked}<|im_end|>\n<|im_start|>assistant\n{answer}<|im_end|>\n"
        for asked, answer in _EXAMPLES
    )
    return _INSTRUCTIONS + "".join(turns)


def room_for_remark(wording: str) -> int:
    """Return how many of the candidate's words fit before a wording."""
    return MAXIMUM_WORDS - LONGEST_FRAME_WORDS - len(wording.split())


def line_prompt(intent: Intent, offered: Sequence[Quote]) -> str:
    """Return the prompt whose completion goes on after "You said" with the piece that leads to the intent's wording.

    The candidate's words come last: a small model repeats what it read last, and would repeat the question.
    """
    words = " ".join(f"{_capital(as_data(quote.words))}." for quote in offered)
    return (
        f"{reading_prompt()}<|im_start|>user\nRemark before: {as_data(intent.wording)}\nCandidate: {words}<|im_end|>\n"
        f"<|im_start|>assistant\n{REMARK}"
    )


def vote_prompt(utterances: Sequence[Utterance]) -> str:
    """Return the prompt whose next token is the letter of a phase, in the order of VOTE_CHOICES."""
    return f"{_with_words(utterances)}\nPhase?<|im_end|>\n<|im_start|>assistant\n"


def vocabulary_for(briefing: Briefing, phase: Phase) -> tuple[str, ...]:
    """Return the recogniser's terms for a phase, at most 15 (longer lists stop helping; docs/performance.md)."""
    return briefing.problem.vocabulary.get(phase.value, ())[:15]


def check(text: str, intent: Intent, offered: Sequence[Quote], said: Sequence[str]) -> Checked:
    """Return the whole line, the piece that the model chose and then the bank's wording, or why there is none.

    offered: the pieces the model was shown. said: the interviewer's lines so far.
    """
    remark = _tidy(text)
    if not remark:
        return Checked("", Reason.EMPTY)
    chosen = max(offered, key=lambda quote: _likeness(quote, remark), default=None)
    if chosen is None or _likeness(chosen, remark) < SAME_PIECE_RATIO:
        return Checked("", Reason.FOREIGN)
    line = f"{FRAMES[len(said) % len(FRAMES)]} {chosen.words}. {intent.wording}"
    return (
        Checked("", Reason.REPEAT)
        if repeats(line, said)
        else Checked(line, repeated=chosen.words, source=chosen.source)
    )


def _likeness(quote: Quote, remark: str) -> float:
    """Compare the model's text with a piece, or with the stretch of the piece that it repeats."""
    words = _tidy(quote.words)
    if len(remark.split()) < min(len(words.split()), FEWEST_COPIED_WORDS):
        return 0.0
    return fuzz.partial_ratio(words, remark) if len(remark) < len(words) else fuzz.ratio(words, remark)


def _with_words(utterances: Sequence[Utterance]) -> str:
    own = [u for u in utterances if u.speaker is Speaker.CANDIDATE][-LATEST_UTTERANCES:]
    words = " ".join(as_data(u.text) for u in own).split()[-LATEST_WORDS:]
    return f"{reading_prompt()}<|im_start|>user\nCandidate: {' '.join(words)}"


def as_data(text: str) -> str:
    """Return what a person said, kept from looking like markup of the prompt."""
    return " ".join(re.sub(r"<\|[^|]*\|>|[<>|]", " ", text).split())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _tidy(text: str) -> str:
    """Return a text without its frame, in lower case, for comparing."""
    return " ".join(text.lower().strip().strip('"“”.,?! ').split()).removeprefix("that ")


def repeats(line: str, said: Sequence[str]) -> bool:
    """Whether a line is a near-copy of an earlier one."""
    return any(fuzz.ratio(line.lower(), earlier.lower()) >= NEAR_COPY_RATIO for earlier in said)
