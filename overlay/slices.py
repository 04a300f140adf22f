"""What each panel shows, derived from the view: pure, comparable, and already in words.

A panel repaints only when its slice differs from the last one, so anything finer than the eye can see is
rounded away here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

import msgspec

from phantomcode.daemon.contract.messages import PhasePlan
from phantomcode.daemon.contract.vocabulary import PHASE_TITLES, PHASES, Activity, Move, Severity
from phantomcode.overlay.viewmodel import METER_BARS, Link, View

AMBER_SHARE = 1.0
RED_SHARE = 1.3
"""Overrun steps as shares of the phase's maximum: the band costs nothing, 30 % past it is late."""
FILL_STEPS = 200
SHORT_ROUND_SECONDS = 20 * 60.0
MAX_SECONDS = 86_400.0
"""A day; no round is longer."""
METER_FLOOR_DBFS = -60.0
METER_STEPS = 8
MAX_LINE_CHARS = 700
"""Three times the longest line the interviewer may say; only a broken sender reaches it."""
MAX_CAPTION_CHARS = 600
HIDDEN_CLOCK = "·"
"""Left in the clock's place, to click on."""
_LONG_WORD = re.compile(r"\S{25,}")
_BREAK = "\N{ZERO WIDTH SPACE}"


class Light(StrEnum):
    """The state light; the value is the icon's name."""

    WAITING = "waiting"
    RECONNECTING = "reconnecting"
    LOADING = "loading"
    LISTENING = "listening"
    HEARING = "hearing"
    THINKING = "thinking"
    SPEAKING = "speaking"
    PAUSED = "paused"
    NO_MICROPHONE = "no_microphone"
    ENDED = "ended"


LIGHT_WORDS: dict[Light, str] = {
    Light.WAITING: "waiting",
    Light.RECONNECTING: "reconnecting",
    Light.LOADING: "loading",
    Light.LISTENING: "listening",
    Light.HEARING: "hearing you",
    Light.THINKING: "thinking",
    Light.SPEAKING: "speaking",
    Light.PAUSED: "paused",
    Light.NO_MICROPHONE: "no microphone",
    Light.ENDED: "ended",
}

MOVE_LABELS: dict[Move, str] = {
    Move.POSE: "The problem",
    Move.ANSWER: "Answer",
    Move.PROBE: "Question",
    Move.FOLLOW_UP: "Question",
    Move.CHALLENGE: "Pushback",
    Move.PRESS: "Pushback",
    Move.SQUEEZE: "Pushback",
    Move.RELEASE: "Moving on",
    Move.REQUIREMENT_CHANGE: "New requirement",
    Move.NUDGE: "Time",
    Move.HAND_BACK: "Your turn",
    Move.CLOSE: "Closing",
}


class ClockFace(StrEnum):
    """What the clock shows; a click takes the next one."""

    ELAPSED = "elapsed"
    LEFT = "left"
    HIDDEN = "hidden"

    def following(self) -> ClockFace:
        """Return the face after this one."""
        faces = tuple(ClockFace)
        return faces[(faces.index(self) + 1) % len(faces)]


class Overrun(StrEnum):
    """How far a phase has run over its band; each step has its own pattern as well as its own colour."""

    NONE = "none"
    AMBER = "amber"
    RED = "red"


class HeaderSlice(msgspec.Struct, frozen=True):
    """State light, its word, the problem, the clock, and one line of detail where there is some."""

    light: Light
    word: str
    title: str
    clock: str
    detail: str


class Segment(msgspec.Struct, frozen=True):
    """One phase of the strip; `share` is its part of the planned time, `fill` the spent part, both 0-1."""

    title: str
    spent: str
    planned: str
    share: float
    fill: float
    current: bool
    overrun: Overrun

    @property
    def times(self) -> str:
        """Return "spent/planned", with the unit where it is the one that matters now."""
        unit = " min" if self.current and ":" not in self.planned else ""
        return f"{self.spent}/{self.planned}{unit}"


class LineSlice(msgspec.Struct, frozen=True):
    """The interviewer's line; `rung` is 0 or 1-3."""

    label: str
    rung: int
    text: str


class HintSlice(msgspec.Struct, frozen=True):
    """The hint on show."""

    text: str
    step: int
    steps: int


class NoticeSlice(msgspec.Struct, frozen=True):
    """The weightiest notice, newest first."""

    code: str
    severity: Severity
    text: str


class CaptionSlice(msgspec.Struct, frozen=True):
    """What was heard; the first `stable_chars` will not change."""

    text: str
    stable_chars: int


class MeterSlice(msgspec.Struct, frozen=True):
    """METER_BARS bars of the level meter, 0-METER_STEPS, oldest first."""

    bars: tuple[int, ...]
    clipping: bool


class ControlsSlice(msgspec.Struct, frozen=True):
    """Which buttons make sense now."""

    paused: bool
    live: bool


def breakable(text: str) -> str:
    """Let words too long for a line (URLs, paths) break anywhere, so that no text is cut."""
    return _LONG_WORD.sub(lambda word: _BREAK.join(word.group()), text)


def light(view: View) -> Light:
    """Return the state light; a round that ended stays ended when the daemon then goes away."""
    if view.ended is not None:
        return Light.ENDED
    if view.link == Link.WAITING:
        return Light.WAITING
    if view.link == Link.LOST:
        return Light.RECONNECTING
    return Light(view.activity.activity.value)


def header(view: View, face: ClockFace) -> HeaderSlice:
    """Return the header's slice."""
    state = light(view)
    session = view.session
    title = f"{session.problem_title} · {session.level.value}" if session else "PhantomCode"
    return HeaderSlice(state, LIGHT_WORDS[state], breakable(title), _clock(view, face), _detail(view, state))


def _detail(view: View, state: Light) -> str:
    if state == Light.WAITING:
        return "No round is running. Start one with: phantomcode practice"
    if state == Light.RECONNECTING:
        return "The coach went quiet. What is on screen is kept until it is back."
    if state == Light.NO_MICROPHONE and not view.activity.detail:
        return "Nothing can be heard. Plug one in, or type your answers."
    return "" if state == Light.ENDED else breakable(view.activity.detail)


def _clock(view: View, face: ClockFace) -> str:
    if view.clock is None:
        return ""
    if face == ClockFace.HIDDEN:
        return HIDDEN_CLOCK
    if face == ClockFace.ELAPSED:
        return clock_text(view.clock.elapsed_seconds)
    return f"-{clock_text(view.clock.remaining_seconds)}"


def clock_text(seconds: float) -> str:
    """Return m:ss, or h:mm:ss from an hour on."""
    whole = int(sane_seconds(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def sane_seconds(seconds: float) -> float:
    """Return a time that can be shown, 0 for what is none: a broken sender must not take the overlay down."""
    return seconds if 0 <= seconds < MAX_SECONDS else 0.0


def strip(view: View) -> tuple[Segment, ...] | None:
    """Return the phase strip; None before a round is open."""
    plan = view.session.plan if view.session else ()
    total = sum(sane_seconds(phase.planned_seconds) for phase in plan)
    if total <= 0:
        return None
    return tuple(_segment(view, phase, total) for phase in plan)


def _segment(view: View, plan: PhasePlan, total_seconds: float) -> Segment:
    planned = sane_seconds(plan.planned_seconds)
    spent = sane_seconds(view.clock.spent_seconds[PHASES.index(plan.phase)]) if view.clock else 0.0
    current = view.clock is not None and view.clock.phase == plan.phase
    fill = min(1.0, spent / planned) if planned > 0 else 1.0
    return Segment(
        title=PHASE_TITLES[plan.phase],
        spent=_short_time(spent, total_seconds),
        planned=_short_time(planned, total_seconds, whole=round),
        share=planned / total_seconds,
        fill=round(fill * FILL_STEPS) / FILL_STEPS,
        current=current,
        overrun=_overrun(spent, plan.maximum_seconds),
    )


def _short_time(seconds: float, total_seconds: float, whole: Callable[[float], int] = int) -> str:
    """Return minutes, or m:ss in a round so short that minutes would say nothing."""
    return str(whole(seconds / 60)) if total_seconds >= SHORT_ROUND_SECONDS else clock_text(seconds)


def _overrun(spent_seconds: float, maximum_seconds: float) -> Overrun:
    if spent_seconds < maximum_seconds * AMBER_SHARE or spent_seconds == 0:
        return Overrun.NONE
    return Overrun.AMBER if spent_seconds < maximum_seconds * RED_SHARE else Overrun.RED


def line(view: View) -> LineSlice | None:
    """Return the interviewer's line."""
    if view.line is None or not view.line.text.strip():
        return None
    text = _shortened(view.line.text.strip(), MAX_LINE_CHARS)
    return LineSlice(MOVE_LABELS[view.line.move], max(0, min(3, view.line.rung)), breakable(text))


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"


def hint(view: View) -> HintSlice | None:
    """Return the hint on show, if any."""
    if view.hint is None:
        return None
    return HintSlice(
        breakable(_shortened(view.hint.text, MAX_LINE_CHARS)), view.hint.step, max(view.hint.step, view.hint.steps)
    )


_WEIGHT = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


def notice(view: View) -> NoticeSlice | None:
    """Return the weightiest notice; of equals the newest."""
    if not view.notices:
        return None
    newest_first = (shown.notice for shown in reversed(view.notices))
    top = max(newest_first, key=lambda one: _WEIGHT[one.severity])
    text = _shortened(f"{top.message} {top.remedy}".strip(), MAX_LINE_CHARS)
    return NoticeSlice(top.code, top.severity, breakable(text))


def chips(view: View) -> tuple[str, ...] | None:
    """Return the ledger as short phrases; nothing is said about what has not come up."""
    ledger = view.ledger
    said = []
    if ledger.tradeoffs_volunteered or ledger.tradeoffs_asked:
        said.append(f"tradeoffs {ledger.tradeoffs_volunteered} yours · {ledger.tradeoffs_asked} asked")
    if ledger.estimates:
        said.append(f"{ledger.estimates} estimate{'s' if ledger.estimates > 1 else ''}")
    said.extend(f"{breakable(word[:40].replace('_', ' '))}?" for word in ledger.missing[:4])
    return tuple(said) or None


def caption(view: View) -> CaptionSlice | None:
    """Return the live caption; a final one is wholly stable. None before a round is open."""
    heard = view.caption
    if view.session is None:
        return None
    if heard is None:
        return CaptionSlice("", 0)
    dropped = max(0, len(heard.text) - MAX_CAPTION_CHARS)
    stable = len(heard.text) if heard.final else max(0, min(heard.stable_chars, len(heard.text)))
    return CaptionSlice(heard.text[dropped:], max(0, stable - dropped))


def meter(view: View) -> MeterSlice | None:
    """Return the level meter; None where there is no microphone to show."""
    if view.session is None or view.session.input_mode == "typed":
        return None
    empty = (0,) * (METER_BARS - len(view.levels_dbfs))
    return MeterSlice((*empty, *(_bar(level) for level in view.levels_dbfs)), view.clipping)


def _bar(level_dbfs: float) -> int:
    if not level_dbfs > METER_FLOOR_DBFS:  # also catches NaN
        return 0
    share = min(1.0, 1.0 - level_dbfs / METER_FLOOR_DBFS)
    return round(share * METER_STEPS)


def controls(view: View) -> ControlsSlice:
    """Return which buttons make sense."""
    running = view.session is not None and view.ended is None and view.activity.activity != Activity.LOADING
    live = view.link == Link.LIVE and running
    return ControlsSlice(paused=view.activity.activity == Activity.PAUSED, live=live)


class CompactSlice(msgspec.Struct, frozen=True):
    """The compact bar; `segment` is the current phase."""

    light: Light
    word: str
    segment: Segment | None
    rung: int
    hint: bool
    clock: str


def compact(view: View, face: ClockFace) -> CompactSlice:
    """Return the compact bar's slice."""
    top = header(view, face)
    current = next((segment for segment in strip(view) or () if segment.current), None)
    shown_line = line(view)
    rung = shown_line.rung if shown_line else 0
    return CompactSlice(top.light, top.word, current, rung, view.hint is not None, top.clock)
