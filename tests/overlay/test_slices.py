from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.contract import messages as m
from phantomcode.daemon.contract.vocabulary import PHASES, Activity, Level, Move, Phase, Severity
from phantomcode.overlay import slices
from phantomcode.overlay.slices import ClockFace, Light, Overrun
from phantomcode.overlay.viewmodel import Link, View, fold

PLAN = tuple(
    m.PhasePlan(phase, minutes * 60, minutes * 30, minutes * 80)
    for phase, minutes in zip(PHASES, (5, 5, 15, 14, 6), strict=True)
)
OPENED = m.SessionOpened("s1", "url-shortener", "URL shortener", Level.L5, 45, PLAN, "microphone")
LIVE = View(link=Link.LIVE, session=OPENED, activity=m.ActivityChanged(Activity.LISTENING))
ENDED = m.RoundEnded("s1", "time", (), None, (), "report.html")


def clock(elapsed: float, phase: Phase = Phase.CLARIFY, spent: float = 0.0) -> m.ClockTicked:
    times = [0.0] * 5
    times[PHASES.index(phase)] = spent
    return m.ClockTicked(elapsed, 2700 - elapsed, phase, (times[0], times[1], times[2], times[3], times[4]))


@pytest.mark.parametrize(
    ("view", "light"),
    [
        (View(), Light.WAITING),
        (msgspec.structs.replace(LIVE, link=Link.LOST), Light.RECONNECTING),
        (msgspec.structs.replace(LIVE, link=Link.LOST, ended=ENDED), Light.ENDED),
        *(
            (msgspec.structs.replace(LIVE, activity=m.ActivityChanged(activity)), Light(activity.value))
            for activity in Activity
        ),
    ],
)
def test_the_light_tells_the_state(view: View, light: Light) -> None:
    assert slices.light(view) == light
    assert slices.header(view, ClockFace.ELAPSED).word == slices.LIGHT_WORDS[light]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.9, "0:59"), (1062, "17:42"), (3600, "1:00:00"), (-3, "0:00")],
)
def test_clock_text(seconds: float, text: str) -> None:
    assert slices.clock_text(seconds) == text


def test_the_clock_has_three_faces_and_comes_round() -> None:
    view = msgspec.structs.replace(LIVE, clock=clock(1062))
    faces = [ClockFace.ELAPSED]
    for _ in range(3):
        faces.append(faces[-1].following())
    assert [slices.header(view, face).clock for face in faces] == ["17:42", "-27:18", "·", "17:42"]


@pytest.mark.parametrize(
    ("spent", "overrun", "fill"),
    [
        (0, Overrun.NONE, 0.0),
        (150, Overrun.NONE, 0.5),
        (399, Overrun.NONE, 1.0),
        (400, Overrun.AMBER, 1.0),
        (519, Overrun.AMBER, 1.0),
        (520, Overrun.RED, 1.0),
    ],
)
def test_a_phase_overruns_by_its_band(spent: float, overrun: Overrun, fill: float) -> None:
    segments = slices.strip(msgspec.structs.replace(LIVE, clock=clock(600, Phase.ESTIMATE, spent)))
    assert segments is not None
    assert (segments[1].overrun, segments[1].fill) == (overrun, fill)
    assert [segment.current for segment in segments] == [False, True, False, False, False]


def test_segments_share_the_planned_time() -> None:
    segments = slices.strip(LIVE)
    assert segments is not None
    assert [round(segment.share * 45) for segment in segments] == [5, 5, 15, 14, 6]


def test_times_are_minutes_and_in_a_short_round_seconds_too() -> None:
    long = slices.strip(msgspec.structs.replace(LIVE, clock=clock(600, Phase.ESTIMATE, 250)))
    plan = tuple(msgspec.structs.replace(phase, planned_seconds=phase.planned_seconds / 15) for phase in PLAN)
    short = msgspec.structs.replace(LIVE, session=msgspec.structs.replace(OPENED, plan=plan))
    brief = slices.strip(msgspec.structs.replace(short, clock=clock(30, Phase.ESTIMATE, 17)))
    assert long is not None
    assert brief is not None
    assert [segment.times for segment in long][:2] == ["0/5", "4/5 min"]
    assert [segment.times for segment in brief][:2] == ["0:00/0:20", "0:17/0:20"]


def test_without_a_plan_there_is_no_strip() -> None:
    assert slices.strip(View()) is None


@pytest.mark.parametrize("rung", [-1, 0, 3, 9])
def test_rungs_stay_within_three(rung: int) -> None:
    shown = slices.line(fold(LIVE, m.InterviewerLine(1, "Why?", Move.SQUEEZE, rung)))
    assert shown is not None
    assert 0 <= shown.rung <= 3


def test_every_move_and_light_has_words() -> None:
    assert set(slices.MOVE_LABELS) == set(Move)
    assert set(slices.LIGHT_WORDS) == set(Light)


def test_the_weightiest_notice_shows_and_of_equals_the_newest() -> None:
    view = LIVE
    for code, severity in (("a", Severity.ERROR), ("b", Severity.ERROR), ("c", Severity.INFO)):
        view = fold(view, m.Notice(code, severity, "Something."))
    shown = slices.notice(view)
    assert shown is not None
    assert shown.code == "b"


def test_chips_say_only_what_came_up() -> None:
    assert slices.chips(LIVE) is None
    view = fold(LIVE, m.LedgerChanged(2, 1, 1, ("peak", "read_rate")))
    assert slices.chips(view) == ("tradeoffs 2 yours · 1 asked", "1 estimate", "peak?", "read rate?")


def test_a_long_caption_loses_its_front_and_keeps_its_stable_count() -> None:
    text = "word " * 200
    shown = slices.caption(fold(LIVE, m.Caption(text, final=False, stable_chars=900)))
    assert shown is not None
    assert text[:900].endswith(shown.text[: shown.stable_chars])
    assert len(shown.text) == slices.MAX_CAPTION_CHARS


@pytest.mark.parametrize("level", [math.nan, -math.inf, -60.0, -59.0, 0.0, 12.0])
def test_meter_bars_stay_in_range(level: float) -> None:
    shown = slices.meter(fold(LIVE, m.LevelMeter(level)))
    assert shown is not None
    assert 0 <= shown.bars[-1] <= slices.METER_STEPS


def test_a_typed_round_has_no_meter() -> None:
    typed = msgspec.structs.replace(OPENED, input_mode="typed")
    assert slices.meter(msgspec.structs.replace(LIVE, session=typed)) is None


@given(st.text())
def test_breakable_text_has_no_long_word_and_loses_nothing(text: str) -> None:
    broken = slices.breakable(text)
    assert broken.replace("\N{ZERO WIDTH SPACE}", "") == text.replace("\N{ZERO WIDTH SPACE}", "")
    assert all(len(piece) < 50 for word in broken.split() for piece in word.split("\N{ZERO WIDTH SPACE}"))
