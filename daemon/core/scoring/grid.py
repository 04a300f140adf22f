"""What the dimensions share: the 0-4 grid in steps of a half, quotes from the transcript, and ways to put figures."""

from __future__ import annotations

import math

from phantomcode.daemon.core.scoring.profile import Quote
from phantomcode.daemon.core.transcript import Transcript

HIGHEST = 4.0
_STEP = 0.5


def on_grid(value: float) -> float:
    """Round to the nearest half, halves up, within 0 to 4."""
    return min(HIGHEST, max(0.0, math.floor(value / _STEP + 0.5) * _STEP))


def quote(transcript: Transcript, utterance: int, shows: str = "") -> Quote:
    """Quote an utterance by its id. Raises KeyError where the transcript has no such id."""
    for said in transcript.utterances:
        if said.id == utterance:
            return Quote(utterance=utterance, at_seconds=said.started_seconds, text=said.text, note=shows)
    raise KeyError(utterance)


def counted(number: int, noun: str) -> str:
    """Return "1 word" or "2 words"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def clock(seconds: float) -> str:
    """Return minutes and seconds: "4:10"."""
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"
