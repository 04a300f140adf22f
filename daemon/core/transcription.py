"""Pure guards over recognised text: repetition, invented phrases, echoes, and partials that settle.

The recogniser is a generative model: in silence it invents, on odd sound it repeats itself, and through a
loudspeaker it hears the interviewer. Nothing here reads sound or the clock.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from rapidfuzz import fuzz

REPEATS_ALLOWED = 3
"""People do say "no no no"; four of the same in a row is the decoder's loop."""
LONGEST_LOOP_WORDS = 8
QUIET_DBFS = -50.0
"""Close speech into a laptop lies between -40 and -15 dBFS; room noise below -55."""
DOUBTFUL_CONFIDENCE = 0.45
RECITAL_CONFIDENCE = 0.6
RECITAL_TERMS = 3
ECHO_LIKENESS = 88.0
"""Partial-ratio score 0-100 from which a transcript counts as the interviewer's own words."""
ECHO_MINIMUM_WORDS = 5
"""A candidate who asks back ("the same short code?") repeats a few words."""

INVENTED_PHRASES = frozenset(
    {
        "bye",
        "bye bye",
        "i'll see you next time",
        "i'm sorry",
        "okay",
        "oh",
        "please subscribe",
        "see you next time",
        "so",
        "subscribe to my channel",
        "thank you",
        "thank you for watching",
        "thank you so much",
        "thank you so much for watching",
        "thank you very much",
        "thanks",
        "thanks for watching",
        "the end",
        "uh",
        "you",
    }
)
"""What Whisper writes over silence and noise, being trained on subtitles."""

_OPEN_END = re.compile(
    r"(\b(and|or|but|so|because|since|if|when|whether|while|although|unless|the|an?|of|than|as|um|uh|er|erm|hmm"
    r"|my|our|its|their|your|is|are|was|were)[.,;:\s–—-]*|,|\.\.\.|…)\s*$",
    re.IGNORECASE,
)
"""Nobody ends a thought on one of these, however the voice fell."""

_SOUND_TAG = re.compile(r"[\[(][^\])]*[\])]|[♪♫*]+")
_NOT_WORD = re.compile(r"[^\w' ]+")
_STUTTER = re.compile(rf"\b(\w+)(?:[-–—]\1\b){{{REPEATS_ALLOWED},}}", re.IGNORECASE)
_HUM = re.compile(r"\b([^\W\d_])\1{7,}\b")
_MIDDLE_OF_WORD = re.compile(r"(?<=\w)[-–—/](?=\w)")


def asks_for_more(text: str) -> bool:
    """Whether what was understood up to a pause stops in the middle of a clause."""
    return _OPEN_END.search(text) is not None


def normalise(text: str) -> str:
    """Lower case, words only, single spaces: for comparing, not for showing."""
    spaced = _MIDDLE_OF_WORD.sub(" ", text.lower().replace("’", "'"))
    return " ".join(_NOT_WORD.sub(" ", spaced).split())


def without_sound_tags(text: str) -> str:
    """Take out "[BLANK_AUDIO]", "(keyboard clicking)" and notes, which are not speech."""
    return " ".join(_SOUND_TAG.sub(" ", text).split())


def repeats_itself(text: str) -> bool:
    """Return whether some run of words follows itself more often than people do."""
    return without_repetition(text) != " ".join(text.split())


def without_repetition(text: str) -> str:
    """Collapse each run of words that repeats more than REPEATS_ALLOWED times to its first occurrence.

    Hyphens may join the words of it: "B-B-B-B-B" is one of whisper-tiny.en's loops. One of a single letter
    ("ffffffffff") is no word at all.
    """
    words = _HUM.sub("", _STUTTER.sub(r"\1", text)).split()
    for length in range(1, LONGEST_LOOP_WORDS + 1):
        words = _collapse(words, length)
    return " ".join(words)


def _collapse(words: list[str], length: int) -> list[str]:
    keys = [normalise(word) for word in words]
    kept: list[str] = []
    at = 0
    while at < len(words):
        count = _repeats(keys, at, length)
        kept.extend(words[at : at + length] if count > REPEATS_ALLOWED else words[at : at + 1])
        at += count * length if count > REPEATS_ALLOWED else 1
    return kept


def _repeats(keys: Sequence[str], at: int, length: int) -> int:
    """How often the `length` words from `at` stand there in a row."""
    pattern = keys[at : at + length]
    count = 1
    while keys[at + count * length : at + (count + 1) * length] == pattern and len(pattern) == length:
        count += 1
    return count


def is_invented(text: str, *, level_dbfs: float, confidence: float) -> bool:
    """Return whether a stock phrase stands where there was hardly any voice to say it.

    "Thank you." said clearly is kept: the phrase alone proves nothing. `level_dbfs` is the loudest 100 ms.
    """
    if normalise(text) not in INVENTED_PHRASES:
        return False
    return level_dbfs < QUIET_DBFS or confidence < DOUBTFUL_CONFIDENCE


def recites_vocabulary(text: str, vocabulary: Sequence[str], *, confidence: float) -> bool:
    """Return whether the text is nothing but terms of the vocabulary prompt read back, as happens on noise.

    A candidate who lists three technologies says them clearly; the recital is doubtful to the model itself.
    """
    if confidence >= RECITAL_CONFIDENCE:
        return False
    rest, terms_said = f" {normalise(text)} ", 0
    for term in sorted(map(normalise, vocabulary), key=len, reverse=True):
        while term and f" {term} " in rest:
            rest = rest.replace(f" {term} ", " ", 1)
            terms_said += 1
    return terms_said >= RECITAL_TERMS and not rest.strip()


def is_echo(text: str, spoken: Sequence[str]) -> bool:
    """Return whether the text is the interviewer's own recent line come back through the microphone."""
    said = normalise(text)
    if len(said.split()) < ECHO_MINIMUM_WORDS:
        return False
    return any(_within(said, normalise(line)) for line in spoken)


def _within(said: str, line: str) -> bool:
    """Only a text no longer than the line can be its echo: more words mean the candidate added some."""
    return len(said) <= len(line) * 1.1 and fuzz.partial_ratio(said, line) >= ECHO_LIKENESS


class Settling(msgspec.Struct, frozen=True):
    """Partials of one segment: words that will not change any more, and the last hypothesis."""

    committed: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What to show."""
        return " ".join(self.committed + self.previous[len(self.committed) :])

    @property
    def stable_chars(self) -> int:
        """How many characters of `text` are committed."""
        return len(" ".join(self.committed))


def settle(settling: Settling, hypothesis: str) -> Settling:
    """Commit the words on which this hypothesis and the last agree; what is committed never changes.

    The last word of a hypothesis is never committed: its sound may have been cut in two.
    """
    words = tuple(hypothesis.split())
    agreed = len(settling.committed)
    for before, now in zip(settling.previous[agreed:], words[agreed:-1], strict=False):
        if normalise(before) != normalise(now):
            break
        agreed += 1
    committed = settling.committed + words[len(settling.committed) : agreed]
    return Settling(committed, committed + words[len(committed) :])
