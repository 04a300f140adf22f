"""How it was said: shown to the candidate, never scored (accent, pace and fillers say nothing about a design)."""

from __future__ import annotations

from itertools import pairwise

from phantomcode.daemon.core.scoring.profile import Delivery
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.text import words

_FILLERS = frozenset({"um", "uh", "er", "erm", "hmm", "hm", "mm"})
_LEAST_SPEECH_SECONDS = 20.0


def measure(transcript: Transcript) -> Delivery:
    """Pace, fillers, longest pause before or inside the candidate's talk, and his share of the talking time."""
    candidate = transcript.of(Speaker.CANDIDATE)
    spoken = sum(u.ended_seconds - u.started_seconds for u in candidate)
    if spoken < _LEAST_SPEECH_SECONDS:
        return Delivery(None, None, None, None)
    said = [word for u in candidate for word in words(u.text)]
    everyone = sum(u.ended_seconds - u.started_seconds for u in transcript.utterances)
    return Delivery(
        words_per_minute=round(len(said) / spoken * 60, 1),
        fillers_per_minute=round(sum(word in _FILLERS for word in said) / spoken * 60, 1),
        longest_pause_seconds=_longest_pause(transcript.utterances),
        talk_share=round(spoken / everyone, 3),
    )


def _longest_pause(utterances: tuple[Utterance, ...]) -> float | None:
    pauses = [
        after.started_seconds - before.ended_seconds
        for before, after in pairwise(utterances)
        if after.speaker is Speaker.CANDIDATE
    ]
    return round(max(pauses), 1) if pauses else None
