"""Milestones of a running round, for the bench: what happened, when, about which utterance or line."""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class Mark(msgspec.Struct, frozen=True):
    """One milestone. `at_monotonic` is time.monotonic() in seconds; `number` names the utterance or line."""

    name: str
    at_monotonic: float
    number: int = -1
    speech_ended_monotonic: float = 0.0


Trace = Callable[[Mark], None]
"""Takes marks from any thread; must not block."""


def no_trace(_mark: Mark) -> None:
    """Note nothing."""
