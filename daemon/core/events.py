"""Everything that can happen to a round. The journal holds these, and replaying them gives the same report.

`at_seconds` is the session clock: seconds since the round opened, pauses included, never going back. A daemon
that was restarted goes on from the last journaled time, so its absence costs the candidate no minutes.
"""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.core.understanding.labels import AnswerLabels, UtteranceLabels

EVENT_VERSION = 1
"""Version of this set of events; the journal stores it and migrates older ones."""


class Happened(msgspec.Struct, frozen=True, tag=True, tag_field="type", forbid_unknown_fields=True):
    """Base of all events; the tag is the class name."""

    at_seconds: float


class RoundOpened(Happened, frozen=True):
    """The first event of every journal. `problem_digest` is the SHA-256 of the problem file used."""

    session_id: str
    opened_at: float
    """Seconds since 1970."""
    problem_slug: str
    problem_digest: str
    level: Level
    minutes: float
    input_mode: str
    pressure: int = 2
    seed: int = 0
    problem_source: str = ""
    """Where the problem was read from if not from the bank: the path of its file."""


class RoundResumed(Happened, frozen=True):
    """A new daemon took the journal up after the old one went away."""


class EnginesReady(Happened, frozen=True):
    """Models are loaded; the interviewer may pose the problem."""

    has_model: bool
    has_voice: bool
    free_lines: bool = False
    """The model is large enough to word whole lines."""


class SpeechStarted(Happened, frozen=True):
    """The candidate began to talk."""


class SpeechPaused(Happened, frozen=True):
    """Speech ended for now, at `at_seconds`. `turn_complete` is the turn detector's 0-1, or None without one."""

    turn_complete: float | None = None


class SpeechResumed(Happened, frozen=True):
    """The pause was only a pause: the same piece of speech goes on."""


class SpeechDropped(Happened, frozen=True):
    """What began came to nothing: no words in it, or the recogniser failed on it."""

    ended_seconds: float


class UtteranceHeard(Happened, frozen=True):
    """A finished piece of speech or a typed line. Ids are given by the session, not by the recogniser."""

    speaker: Speaker
    started_seconds: float
    ended_seconds: float
    text: str
    confidence: float | None = None
    labels: UtteranceLabels | None = None
    """What the trained labeller said of it; kept here, so that a replay needs no labeller."""
    answer: AnswerLabels | None = None
    """The same of the whole answer to the open challenge, up to this utterance."""


class TimePassed(Happened, frozen=True):
    """The runtime's tick, about once a second."""


class LineWritten(Happened, frozen=True):
    """The language model's text for a request, unchecked; empty when it failed."""

    request_id: int
    text: str
    seconds: float
    """How long it took."""
    interrupted: bool = False
    """Something more urgent took its place; that says nothing about the model."""


class TierLowered(Happened, frozen=True):
    """Lines came too late: from here on this smaller model words them, or none where it is empty."""

    model: str


class VoiceFinished(Happened, frozen=True):
    """The interviewer's voice has said a line, or was cut off after `said_chars` characters."""

    line_id: int
    said_chars: int


class PhaseVoted(Happened, frozen=True):
    """The language model's opinion on an utterance, five probabilities in the order of PHASES."""

    utterance: int
    weights: tuple[float, float, float, float, float]


class Paused(Happened, frozen=True):
    """The clock stands still."""


class Resumed(Happened, frozen=True):
    """The clock runs again."""


class HintAsked(Happened, frozen=True):
    """The candidate pressed for the next rung of the hint ladder."""


class HintDismissed(Happened, frozen=True):
    """The candidate put the hint away."""


class TurnYielded(Happened, frozen=True):
    """The candidate said: I am done, your turn."""


class EndAsked(Happened, frozen=True):
    """The candidate ended the round."""


class InputEnded(Happened, frozen=True):
    """The recording that stands in for the microphone has run out."""


class InputLost(Happened, frozen=True):
    """The microphone is gone or delivers nothing."""

    code: str
    message: str
    remedy: str


class InputRestored(Happened, frozen=True):
    """The microphone is back, under this name."""

    device: str


class EngineDown(Happened, frozen=True):
    """A supervised engine died or hung and is being restarted, or, with a remedy, will not start at all."""

    engine: str
    message: str
    remedy: str = ""


class EngineUp(Happened, frozen=True):
    """A supervised engine is back."""

    engine: str


class RoundClosed(Happened, frozen=True):
    """The last event: why the round ended (time, command, stopped, input)."""

    reason: str


Event = (
    RoundOpened
    | RoundResumed
    | EnginesReady
    | SpeechStarted
    | SpeechPaused
    | SpeechResumed
    | SpeechDropped
    | UtteranceHeard
    | TimePassed
    | LineWritten
    | TierLowered
    | VoiceFinished
    | PhaseVoted
    | Paused
    | Resumed
    | HintAsked
    | HintDismissed
    | TurnYielded
    | EndAsked
    | InputEnded
    | InputLost
    | InputRestored
    | EngineDown
    | EngineUp
    | RoundClosed
)
