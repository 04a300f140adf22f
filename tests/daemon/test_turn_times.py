"""From a trace to how long each reaction took."""

from __future__ import annotations

import json

from phantomcode.daemon.manifest import Pause, Turn
from phantomcode.daemon.spread import Spread
from phantomcode.daemon.trace import Span, moment
from phantomcode.daemon.trace_file import trace_file
from phantomcode.daemon.turn_times import Pauses, Turns, turn_times

STARTED_AT = 1000.0
TURNS = (
    Turn("We shard it.", 5.0, 10.0, (Pause(6.0, 7.0),)),
    Turn("And then we cache it.", 15.0, 20.0, (Pause(16.0, 16.5),)),
    Turn("So that is that.", 45.0, 50.0),
)


def final(at: float, ended: float, text: str, *, reused: bool = True) -> list[Span]:
    return [
        moment("recogniser", "delivered", STARTED_AT + at, reused=reused),
        moment("session", "transcript final", STARTED_AT + at, text=text, speech_ended_at=STARTED_AT + ended),
        Span("session", "understood", STARTED_AT + at, STARTED_AT + at + 0.1, 1),
    ]


def session(name: str, at: float, **detail: str | float | bool) -> Span:
    return moment("session", name, STARTED_AT + at, **detail)


def model(name: str, at: float, **detail: str | float | bool) -> Span:
    return moment("interviewer", name, STARTED_AT + at, **detail)


def test_each_milestone_counts_from_the_true_end_of_its_turn() -> None:
    spans = [
        session("transcript shown", 6.6, text="We"),
        session("transcript shown", 10.7, text="We shard it."),
        *final(11.2, 10.1, "We shard it."),
        session("first text", 11.5),
        moment("voice", "first sound", STARTED_AT + 11.9),
        *final(20.8, 20.0, "And then we cache it.", reused=False),
        session("first text", 40.0),
    ]
    times = turn_times(TURNS, STARTED_AT, spans)
    assert times.spread_of("transcript_s") == Spread(0.75, 0.795, 2)
    assert times.spread_of("committed_s") == Spread(1.0, 1.18, 2)
    assert times.spread_of("hint_s") == Spread(1.1, 1.28, 2)
    assert times.spread_of("text_s") == Spread(1.5, 1.5, 1)
    assert times.spread_of("sound_s") == Spread(1.9, 1.9, 1)
    assert times.speculation_hits == (1, 2)
    assert times.reactions[2].transcript_s is None


def test_unread_tokens_are_those_at_the_end_of_the_turn() -> None:
    spans = [
        *final(10.8, 10.0, "We shard it."),
        model("reused", 10.9, stage="being written"),
        model("supposed line", 10.5, unread_tokens=40),
        session("first text", 11.0),
        *final(20.8, 20.0, "And then we cache it."),
        model("line", 20.9, unread_tokens=40),
        session("first text", 21.9),
        *final(50.8, 50.0, "So that is that."),
        session("first text", 51.0),
    ]
    times = turn_times(TURNS, STARTED_AT, spans)
    assert [reaction.unread_tokens for reaction in times.reactions] == [0, 40, None]
    assert times.prefix_misses == (1, 2)


def test_lines_and_voice_inside_a_turn_are_counted_against_its_pauses() -> None:
    spans = [session("first text", 6.9), moment("voice", "first sound", STARTED_AT + 16.4), session("first text", 17.0)]
    assert turn_times(TURNS, STARTED_AT, spans).pauses == Pauses(2, 2, 1)


def test_a_silent_round_has_no_figures() -> None:
    assert turn_times((), STARTED_AT, []) == Turns((), Pauses())


def test_a_trace_opens_in_a_viewer_with_a_track_for_each_who_worked() -> None:
    spans = [Span("recogniser", "final", STARTED_AT + 10.2, STARTED_AT + 10.7, detail={"speech_s": 5.0})]
    written = json.loads(trace_file([*spans, session("first text", 11.0)], TURNS[:1], STARTED_AT))
    names = {e["tid"]: e["args"]["name"] for e in written["traceEvents"] if e["ph"] == "M"}
    assert set(names.values()) == {"candidate", "recogniser", "session"}
    work = [e for e in written["traceEvents"] if e["ph"] == "X"]
    assert [(names[e["tid"]], e["ts"], e["dur"]) for e in work] == [
        ("candidate", 5_000_000, 5_000_000),
        ("recogniser", 10_200_000, 500_000),
    ]
    assert work[1]["args"] == {"speech_s": 5.0}
    assert [e["name"] for e in written["traceEvents"] if e["ph"] == "i"] == ["first text"]
