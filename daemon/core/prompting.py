"""State to prompt, and the model's text to a checked line or a rejection.

The prompt only ever grows at its end: rules, problem, what was said, and last the instruction. The model never decides
what is asked; it words a challenge that the bank has chosen. What it writes is shown only if `check` finds nothing
wrong with it, else the bank's own wording goes out.
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
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.text import content_stems

MAXIMUM_TOKENS = 48
"""Thirty English words are about forty tokens."""

STOP = ("\n", "<|im_end|>", "Candidate:", "Interviewer:")

HISTORY_UTTERANCES = 40
"""The prompt keeps at least this many utterances; when twice as many are in it, it is cut back to this number, so that
the start of the prompt stands still in between and stays in the model's cache."""

VOTE_CHOICES = ("A", "B", "C", "D", "E")

NEAR_COPY_RATIO = 88.0
"""rapidfuzz token-set ratio (0-100) from which two lines count as the same."""

_PRAISE = re.compile(
    r"\b(great|good|excellent|perfect|nice|awesome|impressive|well done|fantastic|brilliant|love (it|that)|correct"
    r"|exactly|you're right|you are right|that's right|that makes sense|makes sense|i agree|fair (point|enough)"
    r"|thank you|thanks)\b",
    re.IGNORECASE,
)
_GIVES_AWAY = re.compile(
    r"\b(you (should|could|need to|must|ought to|might want to)|consider (using|adding|a|an)|i (suggest|recommend)"
    r"|try (using|adding)|instead,? (use|you)|the (answer|solution|right way) is|a better (option|way|choice)"
    r"|would be better|let's use|for example|such as)\b",
    re.IGNORECASE,
)
_STAGE = re.compile(
    r"(\b(as an ai|language model|instruction|system prompt|rephrase|candidate|interviewer)\b|[*#`<>{}])"
)
_NUMBER = re.compile(r"\d[\d,.]*")


class Reason(StrEnum):
    """Why a model's line was not used."""

    EMPTY = "empty"
    LATE = "late"
    TOO_LONG = "too long"
    UNFINISHED = "unfinished"
    QUESTIONS = "more than one question"
    PRAISE = "praise"
    ANSWER = "gives an answer"
    STAGE = "out of character"
    FOREIGN_NUMBER = "a number nobody said"
    FOREIGN_TERM = "a technology nobody named"
    OFF_SUBJECT = "not about the challenge"
    REPEAT = "said before"


class Checked(msgspec.Struct, frozen=True):
    """The outcome: `text` to show, or the reason why not (text is then empty)."""

    text: str
    rejected: Reason | None = None


def system_prompt(briefing: Briefing) -> str:
    """Return the part of the prompt that never changes in a round (ChatML, the format of the Qwen models)."""
    problem = briefing.problem
    return (
        "<|im_start|>system\n"
        f"You are a skeptical senior engineer interviewing a candidate. The problem: {problem.summary} "
        "You speak in one short sentence of at most 25 words. You never praise, never give the answer, and never name "
        "a technology or number that was not said.<|im_end|>\n<|im_start|>user\nThe interview so far:\n"
    )


def history(utterances: Sequence[Utterance]) -> str:
    """Return what was said, one line an utterance; its start moves only every HISTORY_UTTERANCES utterances."""
    kept = len(utterances) % HISTORY_UTTERANCES + HISTORY_UTTERANCES
    return "".join(
        f"{'Candidate' if u.speaker is Speaker.CANDIDATE else 'Interviewer'}: {_data(u.text)}\n"
        for u in utterances[-kept:]
    )


def reading_prompt(briefing: Briefing, utterances: Sequence[Utterance]) -> str:
    """Return the prompt as far as it is known before anything is asked of the model."""
    return system_prompt(briefing) + history(utterances)


def line_prompt(briefing: Briefing, utterances: Sequence[Utterance], intent: Intent, choice: str) -> str:
    """Return the prompt that asks for one line putting the intent's challenge in the candidate's own terms."""
    about = f" about their {_data(choice)}" if choice else ""
    return (
        reading_prompt(briefing, utterances)
        + f"\nChallenge the candidate{about}. Say this in your own words, keeping its claim and its question: "
        f'"{intent.wording}"<|im_end|>\n<|im_start|>assistant\n'
    )


def vote_prompt(briefing: Briefing, utterances: Sequence[Utterance]) -> str:
    """Return the prompt whose next token is the letter of a phase, in the order of VOTE_CHOICES."""
    return (
        reading_prompt(briefing, utterances)
        + "\nWhat was the candidate doing last? A asking about requirements, B estimating numbers, C sketching "
        "components, D explaining how one component works or fails, E weighing tradeoffs at the end. "
        "Letter:<|im_end|>\n<|im_start|>assistant\n"
    )


def vocabulary_for(briefing: Briefing, phase: Phase) -> tuple[str, ...]:
    """Return the recogniser's terms for a phase, at most 15 (longer lists stop helping; docs/performance.md)."""
    return briefing.problem.vocabulary.get(phase.value, ())[:15]


def check(text: str, intent: Intent, heard: Iterable[Utterance], said: Sequence[str], lexicon: Lexicon) -> Checked:
    """Return the model's line cleaned up, or why it may not be shown.

    heard: what the candidate has said; its technologies and numbers may be used. said: the interviewer's lines.
    """
    line = _tidy(text)
    spoken = " ".join(u.text for u in heard)
    reason = _form(line) or _substance(line, intent, spoken, lexicon) or _repeats(line, said)
    return Checked("", reason) if reason else Checked(line)


def _data(text: str) -> str:
    """Keep what a person says from looking like markup of the prompt."""
    return re.sub(r"<\|[^|]*\|>|[<>|]", " ", text).replace("\n", " ").strip()


def _tidy(text: str) -> str:
    line = text.strip().strip('"“”').strip()
    return re.sub(r"\s+", " ", line)


def _form(line: str) -> Reason | None:
    words = line.split()
    tests: tuple[tuple[bool, Reason], ...] = (
        (len(words) < 3, Reason.EMPTY),
        (len(words) > MAXIMUM_WORDS, Reason.TOO_LONG),
        (not line.endswith(("?", ".", "!")), Reason.UNFINISHED),
        (line.count("?") > 1, Reason.QUESTIONS),
        (bool(_PRAISE.search(line)), Reason.PRAISE),
        (bool(_GIVES_AWAY.search(line)), Reason.ANSWER),
        (bool(_STAGE.search(line.lower())) or not line.isascii(), Reason.STAGE),
    )
    return next((reason for failed, reason in tests if failed), None)


def _substance(line: str, intent: Intent, spoken: str, lexicon: Lexicon) -> Reason | None:
    allowed = f"{spoken} {intent.wording}"
    numbers = set(_NUMBER.findall(allowed))
    if any(number not in numbers for number in _NUMBER.findall(line)):
        return Reason.FOREIGN_NUMBER
    if _terms(line, lexicon) - _terms(allowed, lexicon):
        return Reason.FOREIGN_TERM
    if not content_stems(line) & content_stems(intent.wording):
        return Reason.OFF_SUBJECT
    return None


def _terms(text: str, lexicon: Lexicon) -> frozenset[str]:
    lowered = f" {re.sub(r'[^a-z0-9]+', ' ', text.lower())} "
    return frozenset(
        option.value
        for option in lexicon.options
        for name in (option.value.replace("-", " "), *option.names)
        if f" {re.sub(r'[^a-z0-9]+', ' ', name.lower()).strip()} " in lowered
    )


def _repeats(line: str, said: Sequence[str]) -> Reason | None:
    copies = any(fuzz.ratio(line.lower(), earlier.lower()) >= NEAR_COPY_RATIO for earlier in said)
    return Reason.REPEAT if copies else None
