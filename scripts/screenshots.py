#!/usr/bin/env python3
"""Make docs/images/overlay-*.png: the real widgets, fed with real messages, drawn without a screen.

`--scale` is the display scale (1, 1.5, 2); `--check` prints one JSON line per picture with what is cut or
overlaps, and writes pictures only where `--into` names a folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phantomcode.daemon.contract.messages import Message, PhasePlan
    from phantomcode.overlay.viewmodel import Event

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SHIPPED = ("pushback", "hint", "overrun", "ended", "compact")


def scenes() -> dict[str, tuple[str, list[Event]]]:
    """Return name -> (mode, events) of every state worth a picture."""
    from phantomcode.daemon.contract.messages import ActivityChanged, Caption, Hint, LevelMeter, Notice
    from phantomcode.daemon.contract.vocabulary import Activity, Severity
    from phantomcode.overlay.viewmodel import ConnectionLost, ConnectionRestored

    live: list[Event] = [ConnectionRestored()]
    pushback, hint = _pushback(), Hint("peak", 2, 3, "You gave an average. What is peak, and what does it change?")
    hearing = [ActivityChanged(Activity.HEARING), *_levels(), Caption(_SAID, final=False, stable_chars=98)]
    late: list[Message] = [*_opened(), _clock(1478, "high_level", (557, 431, 490, 0, 0)), _challenged()]
    typed_level = [LevelMeter(-1.0, clipping=True)]
    return {
        "waiting": ("full", []),
        "loading": ("full", [*live, ActivityChanged(Activity.LOADING, "Reading the speech model, about 4 s.")]),
        "listening": ("full", [*live, *_opened(), _posed()]),
        "hearing": ("full", [*live, *pushback, *hearing, *typed_level]),
        "pushback": ("full", [*live, *pushback, hint, *hearing]),
        "thinking": ("full", [*live, *pushback, _caption(), ActivityChanged(Activity.THINKING)]),
        "speaking": ("full", [*live, *pushback, _caption(), ActivityChanged(Activity.SPEAKING)]),
        "paused": ("full", [*live, *pushback, _caption(), ActivityChanged(Activity.PAUSED)]),
        "no-microphone": (
            "full",
            [
                *live,
                *pushback,
                ActivityChanged(Activity.NO_MICROPHONE),
                Notice("audio.lost", Severity.ERROR, "The USB headset went away.", "Plug it in again."),
            ],
        ),
        "reconnecting": ("full", [*live, *pushback, _caption(), ConnectionLost()]),
        "hint": ("full", [*live, *_opened(), _posed(), hint]),
        "notice": (
            "full",
            [*live, *pushback, Notice("llm.slow", Severity.WARNING, "The language model answers slowly.", "")],
        ),
        "overrun": ("full", [*live, *late, _caption(), ActivityChanged(Activity.LISTENING)]),
        "crowded": ("full", [*live, *_crowded()]),
        "short-round": ("full", [*live, *_short_round()]),
        "ended": ("full", [*live, *pushback, _ended()]),
        "compact": ("compact", [*live, *pushback, hint]),
        "compact-overrun": ("compact", [*live, *late]),
        "compact-reconnecting": ("compact", [*live, *pushback, hint, ConnectionLost()]),
        "ghost": ("ghost", [*live, *pushback, hint]),
    }


_SAID = (
    "a cache takes most of the reads, so the redirect service asks Redis first and only on a miss goes to the "
    "database, which costs us a stale link for at most a minute after"
)


def _opened() -> list[Message]:
    from phantomcode.daemon.contract.messages import ActivityChanged, SessionOpened
    from phantomcode.daemon.contract.vocabulary import Activity, Level

    session = SessionOpened("s1", "url-shortener", "URL shortener", Level.L5, 45, _plan(), "microphone")
    return [session, ActivityChanged(Activity.LISTENING), _clock(42, "clarify", (42, 0, 0, 0, 0))]


def _plan() -> tuple[PhasePlan, ...]:
    from phantomcode.daemon.contract.messages import PhasePlan
    from phantomcode.daemon.contract.vocabulary import PHASES

    minutes = ((5, 3, 7), (5, 3, 7), (15, 11, 18), (14, 10, 18), (6, 4, 8))
    return tuple(
        PhasePlan(phase, target * 60.0, low * 60.0, high * 60.0)
        for phase, (target, low, high) in zip(PHASES, minutes, strict=True)
    )


def _clock(elapsed: float, phase: str, spent: tuple[float, float, float, float, float]) -> Message:
    from phantomcode.daemon.contract.messages import ClockTicked
    from phantomcode.daemon.contract.vocabulary import Phase

    return ClockTicked(elapsed, 2700 - elapsed, Phase(phase), spent)


def _posed() -> Message:
    from phantomcode.daemon.contract.messages import InterviewerLine
    from phantomcode.daemon.contract.vocabulary import Move

    text = "Design a URL shortener: a long link goes in, a short one comes out. Where would you like to start?"
    return InterviewerLine(1, text, Move.POSE)


def _challenged() -> Message:
    from phantomcode.daemon.contract.messages import InterviewerLine
    from phantomcode.daemon.contract.vocabulary import Move

    text = "Forty writes a second. Why are we running a Cassandra cluster for that?"
    return InterviewerLine(7, text, Move.PRESS, rung=2)


def _pushback() -> list[Message]:
    from phantomcode.daemon.contract.messages import LedgerChanged

    return [
        *_opened(),
        _clock(1062, "high_level", (252, 318, 492, 0, 0)),
        _challenged(),
        LedgerChanged(tradeoffs_volunteered=2, tradeoffs_asked=1, estimates=3, missing=("peak",)),
        *_levels(),
    ]


def _short_round() -> list[Message]:
    """Return three minutes, as the demo has them."""
    from phantomcode.daemon.contract.messages import PhasePlan, SessionOpened
    from phantomcode.daemon.contract.vocabulary import PHASES, Level

    seconds = (20, 20, 60, 56, 24)
    plan = tuple(
        PhasePlan(phase, target, target * 0.7, target * 1.3) for phase, target in zip(PHASES, seconds, strict=True)
    )
    session = SessionOpened("s3", "url-shortener", "URL shortener", Level.L5, 3, plan, "typed")
    return [*_opened(), session, _clock(95, "high_level", (24, 31, 40, 0, 0)), _challenged()]


def _crowded() -> list[Message]:
    """Return the most that can be on the card at once, and a word that no line can hold."""
    from phantomcode.daemon.contract import messages
    from phantomcode.daemon.contract.vocabulary import Activity, Level, Move, Severity

    url = "https://example.com/" + "a-very-long-path-without-a-space/" * 3
    line = (
        "Hold on. You said the timeline is built on write, yet a single celebrity post then fans out to ninety million "
        f"inboxes. Walk me through what happens to everyone else's posts in that minute, and what {url} shows."
    )
    title = "Distributed web crawler with politeness and deduplication"
    return [
        messages.SessionOpened("s2", "crawler", title, Level.L6, 45, _plan(), "microphone"),
        _clock(4210, "tradeoffs", (600, 600, 1400, 1200, 700)),
        messages.ActivityChanged(Activity.NO_MICROPHONE, "The device reports exact zeros: permission may be denied."),
        messages.InterviewerLine(9, line, Move.SQUEEZE, rung=3),
        messages.Hint(
            "x", 1, 3, "Say what breaks first, at which number, what you would do about it, and what it costs."
        ),
        messages.LedgerChanged(12, 11, 14, ("peak", "storage", "bandwidth", "replication")),
        messages.Notice("x", Severity.WARNING, f"The recogniser was restarted after {url}.", "Go on talking."),
        messages.Caption(_SAID * 3, final=False, stable_chars=300),
        *_levels(),
    ]


def _levels() -> list[Message]:
    from phantomcode.daemon.contract.messages import LevelMeter

    heights = (52, 44, 31, 22, 18, 26, 35, 24, 15, 12, 19, 28, 41, 55, 60, 47, 30, 21, 16, 13, 20, 27, 23, 18)
    return [LevelMeter(-float(height)) for height in heights]


def _caption() -> Message:
    from phantomcode.daemon.contract.messages import Caption

    return Caption("At forty writes a second one Postgres primary is plenty.", final=True)


def _ended() -> Message:
    from phantomcode.daemon.contract.messages import RoundEnded, ScoreLine

    rows = (
        ScoreLine("framework", 3.0, "All five phases in order; the deep-dive named one failure, not two."),
        ScoreLine("time", 2.5, "Estimation ran 2 minutes over and the tradeoffs got 3 of 6."),
        ScoreLine("tradeoffs", 3.5, "Four choices with their cost, two of them unasked."),
        ScoreLine("pushback", 3.0, "Defended Postgres with numbers; gave way on the queue without a reason."),
        ScoreLine("estimation", 2.0, "Peak was missing, and storage was out by a factor of 10."),
        ScoreLine("narrative", None, "Needs 10 minutes of speech; this round had 7."),
        ScoreLine("level", None, "Senior markers met: 5 of 7; staff: 1 of 6."),
    )
    fixes = (
        "Give peak next to every average: say the factor and what it changes in the design.",
        "When you change your mind under pushback, say which new fact made you.",
    )
    return RoundEnded("s1", "time", rows, "L5", fixes, "report.html")


def main() -> int:
    """Make or check the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="2")
    parser.add_argument("--themes", nargs="*", default=["dark", "light"])
    parser.add_argument("--font-percent", type=int, default=100)
    parser.add_argument("--scenes", nargs="*", default=list(SHIPPED))
    parser.add_argument("--all", action="store_true", help="Every scene, not only those the docs show.")
    parser.add_argument("--into", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = options.scale
    from PyQt6.QtWidgets import QApplication

    app = QApplication(["screenshots"])
    into = options.into or (None if options.check else IMAGES)
    for theme in options.themes:
        for name in scenes() if options.all else options.scenes:
            _picture(name, theme, options.font_percent / 100, into, check=options.check)
    if into == IMAGES:
        (IMAGES / "overlay-pushback-dark.png").replace(IMAGES / "overlay.png")
    del app
    return 0


def _picture(name: str, theme_name: str, font_scale: float, into: Path | None, *, check: bool) -> None:
    from phantomcode.overlay.card import Mode
    from phantomcode.overlay.slices import ClockFace
    from phantomcode.overlay.theme import DARK, LIGHT, Theme
    from phantomcode.overlay.viewmodel import View, fold
    from phantomcode.overlay.window import OverlayWindow

    mode, events = scenes()[name]
    view = View()
    for event in events:
        view = fold(view, event)
    window = OverlayWindow()
    theme = Theme(DARK if theme_name == "dark" else LIGHT, font_scale)
    window.dress(theme, Mode(mode), 0.97, view, ClockFace.ELAPSED)
    window.show()
    picture = window.grab()
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
        picture.save(str(into / f"overlay-{name}-{theme_name}.png"))
    if check:
        from phantomcode.overlay.audit import findings

        found = {"scene": name, "theme": theme_name, "findings": findings(window), "width": picture.width()}
        print(json.dumps(found))
    window.close()


if __name__ == "__main__":
    sys.exit(main())
