"""What a running round did and when, for the bench: stretches of work on named tracks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

Detail = Mapping[str, str | float | bool]


class Span(msgspec.Struct, frozen=True):
    """One stretch of work, or a moment where it ends when it begins. Times are time.monotonic() in seconds."""

    track: str
    """Who did it: ears, recogniser, session, interviewer, voice."""
    name: str
    began_at: float
    ended_at: float
    number: int = -1
    """The utterance or line it belongs to."""
    detail: Detail = {}


Trace = Callable[[Span], None]
"""Takes spans from any thread; must not block."""


def moment(track: str, name: str, at: float, number: int = -1, **detail: str | float | bool) -> Span:
    """Return a span without length."""
    return Span(track, name, at, at, number, detail)


def no_trace(_span: Span) -> None:
    """Note nothing."""
