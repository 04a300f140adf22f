"""Who has the floor: when the interviewer may speak.

Silence is counted from the last sample of speech. How much of it is needed depends on why the interviewer wants to
speak, on whether the turn detector thinks the sentence was finished, and on whether the candidate asked for time.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

import msgspec

READING_WORDS_PER_SECOND = 4.0
"""Silent reading of English prose runs at 238 words a minute (Brysbaert 2019, doi 10.1016/j.jml.2019.104047)."""

HOLD_SECONDS = 20.0
"""How long "give me a second" holds the floor."""

UNDERSTAND_SECONDS = 6.0
"""How long the interviewer waits for speech that has ended to be understood. Decoding takes a second; a recogniser
that has to be restarted takes longer, and then it is better to go on than to fall silent."""

COMPLETE_PROBABILITY = 0.5
"""Below this the turn detector thinks the speaker will go on. A higher one loses more ends than pauses
(docs/performance.md, Hearing)."""

_HOLD_WORDS = 10
"""A longer utterance says something of its own beside asking for time."""

_HOLD = re.compile(
    r"\b(give me (a|one|just a|another) (second|sec|minute|moment|bit)"
    r"|let me (think|see|work|calculate|compute|do the math|gather|collect)"
    r"|(i|i'd|i'll|just) (need|want|take|like|have) (just )?(a|one|another) (quick )?"
    r"(second|sec|minute|moment|bit)\b|one (second|sec|moment)|(just a|a) (second|sec|moment|minute),? please"
    r"|just a (second|sec|moment|minute)|hold on|hang on|bear with me|thinking aloud|need (some )?time to think)\b",
    re.IGNORECASE,
)


class Patience(NamedTuple):
    """Seconds of silence before a line shows and before it stands, after a finished thought and one that may go on.

    A line that stands is said aloud, and is not taken back any more when the candidate goes on.
    """

    complete: float
    unfinished: float
    complete_stands: float
    unfinished_stands: float


class Urgency(Enum):
    """How much silence a line of this kind needs.

    Reading interrupts nobody, so text may be early: 0.6 s is when the turn detector is asked, 1.2 s when a piece of
    speech ends whatever it says. Of 103 pauses inside of answers the detector takes 12 % for the end at 0.6 s and
    6 % at 1 s (docs/performance.md), and so the voice waits longer.
    """

    AT_ONCE = Patience(0.0, 0.0, 0.0, 0.0)
    """The candidate yielded the turn, or the round is over."""
    ANSWER = Patience(0.0, 1.2, 0.0, 1.2)
    """A direct question is answered fast."""
    FOLLOW = Patience(0.6, 1.2, 1.0, 3.0)
    """The reply to a challenge has ended."""
    FOLLOW_BRIEF = Patience(4.0, 5.0, 4.0, 5.0)
    """The reply was a word or two, to which more may be added."""
    OPEN = Patience(0.6, 1.2, 1.2, 3.5)
    """A new challenge or change."""
    OVERDUE = Patience(0.6, 1.2, 1.2, 1.2)
    """The same, long after it was due: somebody who never sounds finished is cut short at a breath."""
    IDLE = Patience(20.0, 25.0, 20.0, 25.0)
    """Nothing is happening; the interviewer helps the round along."""


class Floor(msgspec.Struct, frozen=True):
    """Times on the session clock, in seconds."""

    speaking_since: float | None = None
    speech_ended_at: float = 0.0
    turn_complete: float | None = None
    reading_until: float = 0.0
    held_until: float = 0.0
    voice_busy: bool = False
    yielded_at: float | None = None
    """When the candidate said "your turn", until somebody speaks."""
    not_understood: int = 0
    """Pieces of speech that have begun and whose words are not known yet."""

    @property
    def yielded(self) -> bool:
        """The candidate said "your turn"."""
        return self.yielded_at is not None


def speech_started(floor: Floor, at_seconds: float) -> Floor:
    """A piece of speech begins: nothing may be said now, an earlier verdict is void, and reading is over."""
    return msgspec.structs.replace(
        speech_resumed(floor, at_seconds), yielded_at=None, not_understood=floor.not_understood + 1
    )


def speech_resumed(floor: Floor, at_seconds: float) -> Floor:
    """The candidate goes on after a pause."""
    return msgspec.structs.replace(floor, speaking_since=at_seconds, turn_complete=None, reading_until=0.0)


def speech_paused(floor: Floor, at_seconds: float, turn_complete: float | None) -> Floor:
    """Silence began at `at_seconds`."""
    return msgspec.structs.replace(floor, speaking_since=None, speech_ended_at=at_seconds, turn_complete=turn_complete)


def speech_closed(floor: Floor, ended_seconds: float) -> Floor:
    """A piece of speech is understood, or came to nothing; the next one may have begun already."""
    talking_again = floor.speaking_since is not None and floor.speaking_since >= ended_seconds
    return msgspec.structs.replace(
        floor,
        speaking_since=floor.speaking_since if talking_again else None,
        speech_ended_at=max(floor.speech_ended_at, ended_seconds),
        not_understood=max(0, floor.not_understood - 1),
    )


def silence_begins(floor: Floor, at_seconds: float) -> Floor:
    """Nobody could be heard until now."""
    return msgspec.structs.replace(floor, speech_ended_at=at_seconds)


def nobody_talks(floor: Floor) -> Floor:
    """Forget speech and voice under way: the microphone was closed or lost, or the daemon is a new one."""
    return msgspec.structs.replace(floor, speaking_since=None, voice_busy=False, not_understood=0)


def utterance_ended(floor: Floor, ended_seconds: float, text: str) -> Floor:
    """A finished utterance; asking for time holds the floor, saying anything else lets go of it.

    Whoever handed over the turn after these words did so all the same, though they are understood only now.
    """
    handed_over = floor.yielded_at is not None and ended_seconds <= floor.yielded_at
    holds = _HOLD.search(text) is not None and not handed_over
    return msgspec.structs.replace(
        speech_closed(floor, ended_seconds),
        reading_until=0.0,
        held_until=ended_seconds + HOLD_SECONDS if holds else 0.0,
        yielded_at=floor.yielded_at if handed_over else None,
    )


def only_asks_for_time(text: str) -> bool:
    """Whether nothing else is said: that answers no challenge."""
    return len(text.split()) <= _HOLD_WORDS and _HOLD.search(text) is not None


def turn_yielded(floor: Floor, at_seconds: float) -> Floor:
    """The candidate said: your turn."""
    return msgspec.structs.replace(floor, yielded_at=at_seconds, held_until=0.0)


def line_shown(floor: Floor, at_seconds: float, text: str) -> Floor:
    """The interviewer said something; the candidate needs time to read it."""
    reading = 1.0 + len(text.split()) / READING_WORDS_PER_SECOND
    return msgspec.structs.replace(floor, reading_until=at_seconds + reading, yielded_at=None, held_until=0.0)


def line_stands(floor: Floor) -> Floor:
    """The line on show is said for good; a turn handed over meanwhile was handed over to it."""
    return msgspec.structs.replace(floor, yielded_at=None)


def voice_begins(floor: Floor) -> Floor:
    """The line on show is said aloud: nobody else may speak meanwhile."""
    return msgspec.structs.replace(floor, voice_busy=True)


def voice_finished(floor: Floor, at_seconds: float) -> Floor:
    """The voice has stopped; silence counts from here."""
    return msgspec.structs.replace(floor, voice_busy=False, reading_until=at_seconds)


def opens_at(floor: Floor, urgency: Urgency) -> float | None:
    """When the interviewer may speak if nothing happens until then, or None while somebody is talking."""
    if floor.speaking_since is not None or floor.voice_busy:
        return None
    understood = floor.speech_ended_at + (UNDERSTAND_SECONDS if floor.not_understood else 0.0)
    if floor.yielded or urgency is Urgency.AT_ONCE:
        return understood
    patience: Patience = urgency.value
    needed = patience.unfinished if _unfinished(floor) else patience.complete
    return max(max(floor.speech_ended_at, floor.reading_until) + needed, floor.held_until, understood)


def stands_at(floor: Floor, urgency: Urgency) -> float:
    """When a line of this urgency that is shown now is said aloud, and stands, if nothing happens until then."""
    patience: Patience = urgency.value
    needed = patience.unfinished_stands if _unfinished(floor) else patience.complete_stands
    return floor.speech_ended_at + (0.0 if floor.yielded else needed)


def _unfinished(floor: Floor) -> bool:
    return floor.turn_complete is not None and floor.turn_complete < COMPLETE_PROBABILITY


def may_speak(floor: Floor, at_seconds: float, urgency: Urgency) -> bool:
    """Whether a line of this urgency may go out now."""
    opens = opens_at(floor, urgency)
    return opens is not None and at_seconds >= opens
