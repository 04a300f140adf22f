"""From what a round traced, and from where its candidate's turns truly end, to how long each reaction took. Pure.

A turn's end is the last loud sample in the recording, so the detector's own delay counts in full. What follows it
counts until the candidate speaks again, and a line counts as an answer within REACTION_SECONDS.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from phantomcode.daemon.manifest import Turn
from phantomcode.daemon.spread import Spread, spread
from phantomcode.daemon.trace import Span

MATCH_SECONDS = 0.7
"""A detected end belongs to a true one at most this far away."""
REACTION_SECONDS = 5.0
"""A line later than this is not an answer to the turn (time nudges, help after long silence)."""
FEW_TOKENS = 16
"""So many tokens cost the 1.5B model 0.2-0.3 s on two cores."""


class Reaction(msgspec.Struct, frozen=True):
    """What followed one turn, in seconds after its true end; None for what did not happen."""

    turn: int
    ended_seconds: float
    """Where the turn ends in the recording."""
    transcript_s: float | None = None
    """All of its words are on show."""
    committed_s: float | None = None
    """They are in the round for good."""
    hint_s: float | None = None
    """The coach has looked, and what it has to show is on the bus."""
    text_s: float | None = None
    sound_s: float | None = None
    unread_tokens: int | None = None
    """Of the prompt of the line that followed, when the turn ended; None where no model was asked."""
    reused: bool = False
    """The transcript of the pause served as the final one."""


class Pauses(msgspec.Struct, frozen=True):
    """What happened at the pauses inside of turns."""

    marked: int = 0
    text_shown: int = 0
    """A line appeared between the pause and the end of the turn."""
    voice_heard: int = 0
    """The voice began there: the candidate was cut off."""


class Turns(msgspec.Struct, frozen=True):
    """All reactions of a round."""

    reactions: tuple[Reaction, ...]
    pauses: Pauses

    def spread_of(self, name: str) -> Spread:
        """Summarise one milestone over the turns where it was reached."""
        values = [getattr(reaction, name) for reaction in self.reactions]
        return spread([value for value in values if value is not None])

    @property
    def prefix_misses(self) -> tuple[int, int]:
        """Return how many lines asked of the model began with more than FEW_TOKENS unread, and how many were asked."""
        asked = [r.unread_tokens for r in self.reactions if r.unread_tokens is not None]
        return sum(unread > FEW_TOKENS for unread in asked), len(asked)

    @property
    def speculation_hits(self) -> tuple[int, int]:
        """Return how many final transcripts were those of the pause, and how many there were."""
        ended = [r for r in self.reactions if r.committed_s is not None]
        return sum(r.reused for r in ended), len(ended)


def turn_times(turns: Sequence[Turn], started_at: float, spans: Iterable[Span]) -> Turns:
    """Match a recording's turns with the trace of the round; `started_at` is its first sample in monotonic seconds."""
    traced = sorted(spans, key=lambda span: span.began_at)
    begins = [*(started_at + turn.began for turn in turns), float("inf")][1:]
    reactions = tuple(
        _reaction(number, turn.ended, started_at + turn.ended, begins_again, traced)
        for number, (turn, begins_again) in enumerate(zip(turns, begins, strict=True), start=1)
    )
    return Turns(reactions, _pauses(turns, started_at, traced))


def _reaction(number: int, ended_seconds: float, ended_at: float, until: float, traced: Sequence[Span]) -> Reaction:
    finals = (s for s in _named(traced, "session", "transcript final") if _belongs(s, ended_at))
    final = next(finals, None)
    if final is None:
        return Reaction(number, ended_seconds)
    shown = _named(traced, "session", "transcript shown")
    same = [s.began_at for s in shown if s.detail["text"] == final.detail["text"] and s.began_at > ended_at]
    understood = _first(traced, "session", "understood", final.began_at, float("inf"))
    line = _first(traced, "session", "first text", ended_at, min(until, ended_at + REACTION_SECONDS))
    sound = _first(traced, "voice", "first sound", ended_at, min(until, ended_at + REACTION_SECONDS))
    delivered = [s for s in _named(traced, "recogniser", "delivered") if s.began_at <= final.began_at]
    return Reaction(
        number,
        ended_seconds,
        transcript_s=min([*same, final.began_at]) - ended_at,
        committed_s=final.began_at - ended_at,
        hint_s=understood.ended_at - ended_at if understood else None,
        text_s=line.began_at - ended_at if line else None,
        sound_s=sound.began_at - ended_at if sound else None,
        unread_tokens=_unread(traced, final.began_at, line.began_at) if line else None,
        reused=bool(delivered and delivered[-1].detail["reused"]),
    )


def _belongs(final: Span, ended_at: float) -> bool:
    return abs(float(final.detail["speech_ended_at"]) - ended_at) <= MATCH_SECONDS


def _unread(traced: Sequence[Span], from_at: float, line_at: float) -> int | None:
    """How much of the prompt was unread when the words were final: none where the supposed line was being written."""
    for span in traced:
        if span.track != "interviewer" or not from_at - 0.001 <= span.began_at <= line_at:
            continue
        if span.name == "reused" and span.detail["stage"] != "being read":
            return 0
        if span.name == "line" and "unread_tokens" in span.detail:
            return int(span.detail["unread_tokens"])
    return None


def _pauses(turns: Sequence[Turn], started_at: float, traced: Sequence[Span]) -> Pauses:
    found = [(started_at + pause.began, started_at + turn.ended) for turn in turns for pause in turn.pauses]
    turns_cut = {ended for began, ended in found if _first(traced, "voice", "first sound", began, ended)}
    turns_shown = {ended for began, ended in found if _first(traced, "session", "first text", began, ended)}
    return Pauses(len(found), len(turns_shown), len(turns_cut))


def _first(traced: Sequence[Span], track: str, name: str, after: float, until: float) -> Span | None:
    return next((s for s in _named(traced, track, name) if after <= s.began_at < until), None)


def _named(traced: Sequence[Span], track: str, name: str) -> list[Span]:
    return [span for span in traced if span.track == track and span.name == name]
