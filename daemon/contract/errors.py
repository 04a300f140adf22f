"""The one error type that reaches a user: what happened, and what to do about it."""

from __future__ import annotations


class PhantomError(Exception):
    """A failure a user can act on.

    code: short and stable, `area.what` ("models.wrong-hash"); tests and scripts match on it.
    message: one sentence saying what happened.
    remedy: one sentence saying what to do.
    """

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.code = code
        self.message = message
        self.remedy = remedy


class WireError(PhantomError):
    """A frame that is not a message of this contract."""


class ModelError(PhantomError):
    """A model file that is missing, damaged, unknown or cannot be fetched."""


class ProblemError(PhantomError):
    """A problem file that cannot be read or used."""


class AudioError(PhantomError):
    """A microphone, loudspeaker or sound file that cannot be used."""


class EngineError(PhantomError):
    """A native engine that failed, hung or could not start."""


class JournalError(PhantomError):
    """A journal that cannot be opened, written or understood."""


class SessionError(PhantomError):
    """A round that cannot be started, resumed or found."""


class TranscriptError(PhantomError):
    """A transcript that cannot be read or graded."""
