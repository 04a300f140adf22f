"""Where speech begins, pauses and ends: a pure state machine over one speech probability per frame.

All times are seconds of one stream clock, and `at_seconds` is always the end of the frame that is fed in.
Every voiced frame after an onset lies in exactly one segment; only the silence between two may be in both, as the
tail of one and the pre-roll of the next.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

_ROUNDING_SECONDS = 1e-6
"""Frame times are sums of 0.02; comparisons must not hang on the last bit."""


class Rules(msgspec.Struct, frozen=True):
    """Thresholds of the endpointer. Probabilities are the speech detector's, 0-1.

    Onset and release follow Silero's own advice (0.5 to begin, 0.15 lower to go on). The silences are the tiers of
    reaction: at 0.2 s the transcript is prepared, at 0.6 s the turn detector is asked, and a segment ends there if it
    finds the turn complete, else at 1.2 s. Asked at 0.2 s it takes 41 % of the pauses inside of read sentences for the
    end and misses 29 % of the ends; more than half of those pauses are over before 0.6 s (docs/performance.md).
    """

    onset_probability: float = 0.5
    release_probability: float = 0.35
    onset_seconds: float = 0.1
    """So much unbroken speech opens a segment; key strokes are shorter."""
    pre_roll_seconds: float = 0.3
    pause_seconds: float = 0.2
    verdict_seconds: float = 0.6
    end_seconds: float = 1.2
    complete_probability: float = 0.5
    """The turn detector's verdict from which a pause ends the segment."""
    maximum_segment_seconds: float = 15.0
    """The recogniser could read 30 s at once; at half of that no word is lost or doubled at a cut (30 cuts,
    docs/performance.md), and the last piece of a long speech is read in half the time."""
    cut_search_seconds: float = 7.0
    """A segment that is too long is cut at the best pause this far back."""


class EndReason(StrEnum):
    """Why a segment ended."""

    COMPLETE = "complete"
    SILENCE = "silence"
    LENGTH = "length"
    FLUSHED = "flushed"


class SegmentStarted(msgspec.Struct, frozen=True):
    """Speech began; the segment's sound starts at `started_seconds`, which includes the pre-roll."""

    started_seconds: float
    speech_started_seconds: float


class PauseReached(msgspec.Struct, frozen=True):
    """The speaker has been quiet for `pause_seconds`; may be the end or not."""

    at_seconds: float
    speech_ended_seconds: float


class VerdictDue(msgspec.Struct, frozen=True):
    """The pause has lasted `verdict_seconds`: the turn detector can tell more of it now."""

    at_seconds: float
    speech_ended_seconds: float


class SpeechResumed(msgspec.Struct, frozen=True):
    """The pause was only a pause."""

    at_seconds: float


class SegmentEnded(msgspec.Struct, frozen=True):
    """A finished segment: its sound is `started_seconds` to `ended_seconds`, the voice in it the other two."""

    started_seconds: float
    ended_seconds: float
    speech_started_seconds: float
    speech_ended_seconds: float
    reason: EndReason


EndpointEvent = SegmentStarted | PauseReached | VerdictDue | SpeechResumed | SegmentEnded


class Cut(msgspec.Struct, frozen=True):
    """The best place so far to cut a segment that grows too long: the longest quiet, then the least speech."""

    quiet_seconds: float
    probability: float
    at_seconds: float

    def beats(self, other: Cut | None) -> bool:
        """Prefer longer quiet, then lower probability, then the later place."""
        if other is None:
            return True
        return (self.quiet_seconds, -self.probability) >= (other.quiet_seconds, -other.probability)


class OpenSegment(msgspec.Struct, frozen=True):
    """The segment being spoken.

    `held` means that its present silence was announced as a pause, `asked` that the verdict on it is due.
    """

    started_seconds: float
    speech_started_seconds: float
    speech_ended_seconds: float
    held: bool = False
    asked: bool = False
    cut: Cut | None = None


class EndpointState(msgspec.Struct, frozen=True):
    """What the endpointer remembers between frames. Voice before `given_seconds` belongs to earlier segments."""

    rules: Rules = Rules()
    at_seconds: float = 0.0
    given_seconds: float = 0.0
    rising_since: float | None = None
    segment: OpenSegment | None = None


Stepped = tuple[EndpointState, tuple[EndpointEvent, ...]]


def step(state: EndpointState, frame_probability: float, at_seconds: float) -> Stepped:
    """Take in the speech probability of the frame that ends at `at_seconds`."""
    if state.segment is None:
        after, events = _wait_for_onset(state, frame_probability, at_seconds)
    elif frame_probability >= _needed(state.rules, state.segment):
        after, events = _go_on(state, state.segment, frame_probability, at_seconds)
    else:
        after, events = _be_quiet(state, state.segment, frame_probability, at_seconds)
    return msgspec.structs.replace(after, at_seconds=at_seconds), events


def judge(state: EndpointState, complete_probability: float) -> Stepped:
    """Take in the turn detector's verdict on the pause; it is void once speech has resumed."""
    segment = state.segment
    if segment is None or not segment.asked or complete_probability < state.rules.complete_probability:
        return state, ()
    return _end(state, segment, EndReason.COMPLETE)


def flush(state: EndpointState) -> Stepped:
    """End what is open, because the input ends or is closed. Sound so far is not used for a later pre-roll."""
    after, events = _end(state, state.segment, EndReason.FLUSHED) if state.segment else (state, ())
    return msgspec.structs.replace(after, rising_since=None, given_seconds=state.at_seconds), events


def _needed(rules: Rules, segment: OpenSegment) -> float:
    """Hysteresis: going on takes less than beginning, or than beginning again after a pause."""
    return rules.onset_probability if segment.held else rules.release_probability


def _wait_for_onset(state: EndpointState, probability: float, at_seconds: float) -> Stepped:
    rules = state.rules
    if probability < rules.onset_probability:
        return msgspec.structs.replace(state, rising_since=None), ()
    since = state.at_seconds if state.rising_since is None else state.rising_since
    if at_seconds - since < rules.onset_seconds - _ROUNDING_SECONDS:
        return msgspec.structs.replace(state, rising_since=since), ()
    started = max(since - rules.pre_roll_seconds, state.given_seconds)
    segment = OpenSegment(started, since, at_seconds)
    after = msgspec.structs.replace(state, rising_since=None, segment=segment)
    return after, (SegmentStarted(started, since),)


def _go_on(state: EndpointState, segment: OpenSegment, probability: float, at_seconds: float) -> Stepped:
    """A voiced frame may be cut at from the next one on, so that what follows a cut is never without voice."""
    events: tuple[EndpointEvent, ...] = (SpeechResumed(at_seconds),) if segment.held else ()
    grown = msgspec.structs.replace(segment, speech_ended_seconds=at_seconds, held=False, asked=False)
    after, more = _limit(state, grown, at_seconds)
    if after.segment is not None and not more:
        cut = _better_cut(state.rules, segment, Cut(0.0, probability, at_seconds), at_seconds)
        after = msgspec.structs.replace(after, segment=msgspec.structs.replace(after.segment, cut=cut))
    return after, events + more


def _be_quiet(state: EndpointState, segment: OpenSegment, probability: float, at_seconds: float) -> Stepped:
    rules = state.rules
    quiet_seconds = at_seconds - segment.speech_ended_seconds
    if quiet_seconds >= rules.end_seconds - _ROUNDING_SECONDS:
        return _end(state, segment, EndReason.SILENCE)
    middle = segment.speech_ended_seconds + quiet_seconds / 2
    announce = not segment.held and quiet_seconds >= rules.pause_seconds - _ROUNDING_SECONDS
    ask = not segment.asked and quiet_seconds >= rules.verdict_seconds - _ROUNDING_SECONDS
    waiting = msgspec.structs.replace(
        segment,
        held=segment.held or announce,
        asked=segment.asked or ask,
        cut=_better_cut(rules, segment, Cut(quiet_seconds, probability, middle), at_seconds),
    )
    after, more = _limit(state, waiting, at_seconds)
    events: tuple[EndpointEvent, ...] = ()
    if announce:
        events = (PauseReached(at_seconds, segment.speech_ended_seconds),)
    if ask and not more:
        events += (VerdictDue(at_seconds, segment.speech_ended_seconds),)
    return after, events + more


def _better_cut(rules: Rules, segment: OpenSegment, offered: Cut, at_seconds: float) -> Cut | None:
    age_seconds = at_seconds - segment.started_seconds
    too_early = age_seconds < rules.maximum_segment_seconds - rules.cut_search_seconds
    return segment.cut if too_early or not offered.beats(segment.cut) else offered


def _limit(state: EndpointState, segment: OpenSegment, at_seconds: float) -> Stepped:
    """Cut the segment when it has reached its maximum; what lies behind the cut opens the next one."""
    age_seconds = at_seconds - segment.started_seconds
    if segment.cut is None or age_seconds < state.rules.maximum_segment_seconds - _ROUNDING_SECONDS:
        return msgspec.structs.replace(state, segment=segment), ()
    cut_seconds = segment.cut.at_seconds
    ended = SegmentEnded(
        segment.started_seconds,
        cut_seconds,
        segment.speech_started_seconds,
        min(segment.speech_ended_seconds, cut_seconds),
        EndReason.LENGTH,
    )
    closed = msgspec.structs.replace(state, segment=None, given_seconds=cut_seconds)
    if segment.speech_ended_seconds <= cut_seconds:
        return closed, (ended,)
    rest = OpenSegment(cut_seconds, cut_seconds, segment.speech_ended_seconds, held=segment.held, asked=segment.asked)
    return msgspec.structs.replace(closed, segment=rest), (ended, SegmentStarted(cut_seconds, cut_seconds))


def _end(state: EndpointState, segment: OpenSegment, reason: EndReason) -> Stepped:
    """Close the segment. Its sound keeps one pause length of silence: enough for the recogniser, no more."""
    ended_seconds = segment.speech_ended_seconds + state.rules.pause_seconds
    if reason is EndReason.FLUSHED:
        ended_seconds = min(ended_seconds, max(state.at_seconds, segment.speech_ended_seconds))
    ended = SegmentEnded(
        segment.started_seconds,
        ended_seconds,
        segment.speech_started_seconds,
        segment.speech_ended_seconds,
        reason,
    )
    after = msgspec.structs.replace(state, segment=None, rising_since=None, given_seconds=segment.speech_ended_seconds)
    return after, (ended,)
