"""What the core asks of the world. The runtime carries these out; their results come back as events."""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.messages import Message


class Effect(msgspec.Struct, frozen=True, tag=True, tag_field="type"):
    """Base of all effects."""


class Publish(Effect, frozen=True):
    """Send a message to every watcher."""

    message: Message


class Write(Effect, frozen=True):
    """Ask the language model for one interviewer line; the answer is LineWritten.

    An urgent line is waited for by the candidate; any other is being prepared and gives way to it.
    """

    request_id: int
    prompt: str
    max_tokens: int
    stop: tuple[str, ...]
    urgent: bool


class CancelWrite(Effect, frozen=True):
    """The line is no longer wanted."""

    request_id: int


class LowerTier(Effect, frozen=True):
    """The language model is too slow: go on with a smaller one or with none; the answer is TierLowered."""


class Prefill(Effect, frozen=True):
    """Let the language model read ahead while nobody waits for it; anything else stops that."""

    prompt: str


class Vote(Effect, frozen=True):
    """Ask the language model which phase an utterance belongs to; the answer is PhaseVoted."""

    utterance: int
    prompt: str
    choices: tuple[str, ...]


class Speak(Effect, frozen=True):
    """Say a line aloud; the answer is VoiceFinished."""

    line_id: int
    text: str


class StopSpeaking(Effect, frozen=True):
    """Cut the voice off."""


class Bias(Effect, frozen=True):
    """Give the recogniser these terms (at most 15) as its prompt."""

    vocabulary: tuple[str, ...]


class Listen(Effect, frozen=True):
    """Open or close the ears."""

    on: bool


class WakeAt(Effect, frozen=True):
    """Send TimePassed at this session time even if no whole second has gone by."""

    at_seconds: float


class Finish(Effect, frozen=True):
    """The round is over: grade it, write the report, tell the watchers."""

    reason: str


Reaction = (
    Publish | Write | CancelWrite | LowerTier | Prefill | Vote | Speak | StopSpeaking | Bias | Listen | WakeAt | Finish
)
