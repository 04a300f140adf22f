"""State to prompt, and the model's text to a checked line or a rejection.

A small model that words a challenge freely states wrong facts: of 24 rewordings by the 1.5B model, half changed the
claim or answered it (docs/performance.md). So the claim and the question stay the bank's own, and the model writes the
remark that leads to them: what the candidate said, in the candidate's words. `check` lets a remark through only if
every content word of it comes from one sentence of the candidate's, so it puts nothing into anybody's mouth.

A prompt is the fixed instructions, then the candidate's latest words, and last what is asked. Both tasks share the
instructions, which stay in the model's cache for the whole round; the rest is read anew for each line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec
from rapidfuzz import fuzz

from phantomcode.daemon.contract.vocabulary import Phase
from phantomcode.daemon.core.agenda import MAXIMUM_WORDS, Intent
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.text import clauses, content_stems, is_question, sentences

MAXIMUM_TOKENS = 24
"""Ten English words are about fourteen tokens."""

STOP = ("\n", "<|im_end|>", ".", "?", "!")

REMARK = "You said"
REMARK_WORDS = 12
LATEST_UTTERANCES = 3
LATEST_WORDS = 90
"""What the model reads of the candidate: about 120 tokens, two seconds of reading on two cores. So a line that was not
prepared while the candidate talked is nearly always late, and the bank's wording goes out."""

VOTE_CHOICES = ("A", "B", "C", "D", "E")

NEAR_COPY_RATIO = 88.0
"""rapidfuzz ratio (0-100) from which two lines count as the same."""

_INSTRUCTIONS = (
    "<|im_start|>system\n"
    "You help an interviewer. Asked for a remark, you repeat in the candidate's own words the one thing the question "
    "is about: at most ten words, nothing new, no opinion. Asked for a phase, you answer with one letter: A asking "
    "about requirements, B estimating numbers, C sketching components, D explaining how one component works or fails, "
    "E weighing tradeoffs at the end.<|im_end|>\n"
)
_EXAMPLES = (
    (
        "I put Memcached in front of the product table, and I expect nine thousand reads per second.",
        "Remark before: Do we need that cache at all?",
        "You said Memcached sits in front of the product table.",
    ),
    ("Nine thousand reads of two kilobytes are eighteen megabytes per second.", "Phase?", "B"),
    (
        "Orders go to one queue and emails to another. Then a worker sends two hundred emails per second.",
        "Remark before: Two queues are one too many.",
        "You said orders go to one queue and emails to another.",
    ),
    ("If the leader dies, a follower takes over after ten seconds of missing heartbeats.", "Phase?", "D"),
)

_PRAISE = re.compile(
    r"\b(great|good|excellent|perfect|nice|awesome|impressive|well done|fantastic|brilliant|correctly|right(ly)?|wisely"
    r"|smart|clever|sensible)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"\b(not|no|never|none|nor|without|neither|instead)\b|n't\b", re.IGNORECASE)
_UNSURE = re.compile(r"\b(if|unless|might|may|could|maybe|perhaps)\b", re.IGNORECASE)


class Reason(StrEnum):
    """Why a model's remark was not used."""

    EMPTY = "empty"
    LATE = "late"
    TOO_LONG = "too long"
    STAGE = "out of character"
    PRAISE = "praise"
    FOREIGN = "words the candidate did not say"
    MEANING = "may turn the meaning round"
    OFF_SUBJECT = "not about the challenge"
    IDLE = "adds nothing"
    REPEAT = "said before"


class Checked(msgspec.Struct, frozen=True):
    """The outcome: `text` to show, or the reason why not (text is then empty)."""

    text: str
    rejected: Reason | None = None
    source: str = ""
    """The candidate's words that the line repeats."""


def reading_prompt() -> str:
    """Return the part of every prompt that never changes (ChatML, the format of the Qwen models)."""
    turns = (
        f"<|im_start|>user\nCandidate: {said}\n{task}<|im_end|>\n<|im_start|>assistant\n{answer}<|im_end|>\n"
        for said, task, answer in _EXAMPLES
    )
    return _INSTRUCTIONS + "".join(turns)


def line_prompt(utterances: Sequence[Utterance], intent: Intent, about: int | None) -> str:
    """Return the prompt whose completion goes on after "You said" and leads to the intent's wording.

    about: the utterance in which the candidate made the decision that is challenged, if there is one.
    """
    task = f"Remark before: {_data(intent.wording)}"
    return f"{_with_words(utterances, about)}\n{task}<|im_end|>\n<|im_start|>assistant\n{REMARK}"


def vote_prompt(utterances: Sequence[Utterance]) -> str:
    """Return the prompt whose next token is the letter of a phase, in the order of VOTE_CHOICES."""
    return f"{_with_words(utterances, None)}\nPhase?<|im_end|>\n<|im_start|>assistant\n"


def vocabulary_for(briefing: Briefing, phase: Phase) -> tuple[str, ...]:
    """Return the recogniser's terms for a phase, at most 15 (longer lists stop helping; docs/performance.md)."""
    return briefing.problem.vocabulary.get(phase.value, ())[:15]


def check(text: str, intent: Intent, choice: str, heard: Iterable[Utterance], said: Sequence[str]) -> Checked:
    """Return the whole line, the model's remark and then the bank's wording, or why the remark may not be used.

    choice: the candidate's word for the decision that is challenged. heard: what the candidate has said. said: the
    interviewer's lines so far.
    """
    remark = _tidy(text)
    line = f"{REMARK} {remark}. {intent.wording}"
    heard = tuple(heard)
    reason = _form(remark, line) or _substance(remark, intent, choice, heard) or _repeats(line, said)
    if reason:
        return Checked("", reason)
    stems = content_stems(remark)
    return Checked(line, source=next(s for u in heard for s in sentences(u.text) if stems <= content_stems(s)))


def _with_words(utterances: Sequence[Utterance], about: int | None) -> str:
    own = [u for u in utterances if u.speaker is Speaker.CANDIDATE]
    chosen = [u for u in own if u.id == about and u not in own[-LATEST_UTTERANCES:]] + own[-LATEST_UTTERANCES:]
    words = " ".join(_data(u.text) for u in chosen).split()[-LATEST_WORDS:]
    return f"{reading_prompt()}<|im_start|>user\nCandidate: {' '.join(words)}"


def _data(text: str) -> str:
    """Keep what a person says from looking like markup of the prompt."""
    return " ".join(re.sub(r"<\|[^|]*\|>|[<>|]", " ", text).split())


def _tidy(text: str) -> str:
    """Return the remark without its frame, spoken to the candidate and not by them."""
    remark = " ".join(text.strip().strip('"“”.?! ').split())
    for own, theirs in (("I'm", "you're"), ("I'll", "you'll"), ("I'd", "you'd"), ("I", "you"), ("my", "your")):
        remark = re.sub(rf"\b{own}\b", theirs, remark)
    return remark.removeprefix("that ").strip()


def _form(remark: str, line: str) -> Reason | None:
    tests: tuple[tuple[bool, Reason], ...] = (
        (len(remark.split()) < 2, Reason.EMPTY),
        (len(remark.split()) > REMARK_WORDS or len(line.split()) > MAXIMUM_WORDS, Reason.TOO_LONG),
        (not remark.isascii() or bool(re.search(r"[:;?!*#`<>{}\[\]|]", remark)), Reason.STAGE),
        (bool(_PRAISE.search(remark)), Reason.PRAISE),
    )
    return next((reason for failed, reason in tests if failed), None)


def _substance(remark: str, intent: Intent, choice: str, heard: Iterable[Utterance]) -> Reason | None:
    """The remark must be a piece of one plain sentence of the candidate's, to the point, and add something to it."""
    stems = content_stems(remark)
    asked = content_stems(intent.wording)
    if not stems & (asked | content_stems(choice)):
        return Reason.OFF_SUBJECT
    if not stems - asked:
        return Reason.IDLE
    sources = [s for u in heard for s in sentences(u.text) if stems <= content_stems(s)]
    if not sources:
        return Reason.FOREIGN
    return None if any(_says_plainly(source, remark) for source in sources) else Reason.MEANING


def _says_plainly(source: str, remark: str) -> bool:
    """A question, a condition or a negation that the remark drops or adds would turn the meaning round."""
    stems = content_stems(remark)
    used = " ".join(clause for clause in clauses(source) if stems & content_stems(clause))
    same_negation = bool(_NEGATION.search(used)) == bool(_NEGATION.search(remark))
    return same_negation and not _UNSURE.search(source) and not is_question(source)


def _repeats(line: str, said: Sequence[str]) -> Reason | None:
    copies = any(fuzz.ratio(line.lower(), earlier.lower()) >= NEAR_COPY_RATIO for earlier in said)
    return Reason.REPEAT if copies else None
