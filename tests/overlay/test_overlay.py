"""The overlay as a whole, without a screen and without a daemon: deliveries in, commands and pixels out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PyQt6.QtCore import QEvent, QEventLoop, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication

from phantomcode.daemon.contract import messages as m
from phantomcode.daemon.contract.vocabulary import Activity, Level, Move, Phase
from phantomcode.overlay.overlay import Overlay
from phantomcode.overlay.paintlog import PaintLog
from phantomcode.overlay.panels.header import Clock
from phantomcode.overlay.panels.line import LinePanel
from phantomcode.overlay.panels.strip import spread
from phantomcode.overlay.settings import Store
from phantomcode.overlay.stream import Delivery
from phantomcode.overlay.viewmodel import ConnectionRestored, Event

PLAN = tuple(m.PhasePlan(phase, 540, 300, 700) for phase in Phase)
OPENED = m.SessionOpened("s1", "url-shortener", "URL shortener", Level.L5, 45, PLAN, "microphone")
TICK = m.ClockTicked(60, 2640, Phase.CLARIFY, (60, 0, 0, 0, 0))
ENDED = m.RoundEnded("s1", "time", (m.ScoreLine("time", 3.0, "Good."),), "L5", ("Fix.",), "gone.html")


class Bench:
    """An overlay with its commands caught."""

    def __init__(self, folder: Path) -> None:
        self.sent: list[m.Command] = []
        self.log = folder / "paint.jsonl"
        self.store = Store(folder / "overlay.json")
        self.overlay = Overlay(self.sent.append, self.store, PaintLog(self.log), {"theme": "dark"})
        self.sequence = 0
        self.overlay.window.show()
        self.settle()

    def deliver(self, *events: Event) -> None:
        for event in events:
            self.sequence += 1
            self.overlay.take([Delivery(event, self.sequence, 1.0)])
        self.settle()

    def settle(self) -> None:
        """Let the frame timer and the paint that follows it run."""
        QTest.qWait(25)
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)

    def painted(self) -> list[int]:
        return [json.loads(line)["sequence"] for line in self.log.read_text().splitlines()]

    def press(self, name: str) -> None:
        (button,) = [
            one
            for one in self.overlay.window.card.findChildren(QAbstractButton)
            if one.accessibleName() == name and one.isVisible()
        ]
        button.click()
        self.settle()


@pytest.fixture
def bench(app: QApplication, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.overlay.close()
    app.processEvents()


def test_a_round_reaches_the_screen_and_each_painted_message_is_logged_once(bench: Bench) -> None:
    bench.deliver(ConnectionRestored(), OPENED, TICK, m.InterviewerLine(1, "Why Cassandra?", Move.PRESS, 2))
    (line,) = bench.overlay.window.card.findChildren(LinePanel)
    assert line.isVisible()
    assert line.accessibleName() == "Interviewer, Pushback, rung 2 of 3: Why Cassandra?"
    assert bench.painted() == [1, 2, 3, 4]


def test_nothing_is_painted_when_nothing_changed(bench: Bench) -> None:
    bench.deliver(ConnectionRestored(), OPENED, TICK)
    before = bench.painted()
    paints: list[int] = []
    bench.overlay.window.on_painted = lambda: paints.append(1)
    bench.deliver(m.Heartbeat(), TICK, m.Heartbeat(), m.LevelMeter(-90.0))
    assert paints == []
    assert bench.painted() == before


def test_a_flood_is_painted_in_few_frames(bench: Bench) -> None:
    bench.deliver(ConnectionRestored(), OPENED)
    paints: list[int] = []
    bench.overlay.window.on_painted = lambda: paints.append(1)
    flood = [Delivery(m.Caption(f"word {index}", final=False), 10 + index, 1.0) for index in range(2_000)]
    for start in range(0, len(flood), 20):
        bench.overlay.take(flood[start : start + 20])
    bench.settle()
    assert 1 <= len(paints) <= 3
    assert bench.overlay.view.caption == m.Caption("word 1999", final=False)


def test_buttons_send_commands(bench: Bench) -> None:
    bench.deliver(ConnectionRestored(), OPENED, m.ActivityChanged(Activity.LISTENING), m.Hint("peak", 1, 3, "peak?"))
    bench.press("Your turn: let the interviewer answer")
    bench.press("Next step of this hint")
    bench.press("Put away")
    bench.press("Pause the round")
    bench.deliver(m.ActivityChanged(Activity.PAUSED))
    bench.press("Resume the round")
    assert bench.sent == [m.YourTurn(), m.NextHint(), m.DismissHint(), m.Pause(), m.Resume()]


def test_no_control_takes_the_keyboard_focus(bench: Bench) -> None:
    bench.deliver(ConnectionRestored(), OPENED, m.Hint("peak", 1, 3, "peak?"))
    window = bench.overlay.window
    assert window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    buttons = window.findChildren(QAbstractButton)
    assert buttons
    assert all(one.focusPolicy() == Qt.FocusPolicy.NoFocus and one.accessibleName() for one in buttons)


def test_the_clock_turns_on_a_click_and_is_remembered(bench: Bench) -> None:
    bench.deliver(ConnectionRestored(), OPENED, TICK)
    for expected in ("-44:00", "·", "1:00"):
        (clock,) = [one for one in bench.overlay.window.card.findChildren(Clock) if one.isVisible()]
        QTest.mouseClick(clock, Qt.MouseButton.LeftButton)
        bench.settle()
        (clock,) = [one for one in bench.overlay.window.card.findChildren(Clock) if one.isVisible()]
        assert clock.text() == expected
    assert Store(bench.store.path).load(bench.overlay._layout).clock == "elapsed"


def test_actions_from_ctl_change_the_window(bench: Bench) -> None:
    window = bench.overlay.window
    bench.deliver(ConnectionRestored(), OPENED, TICK, m.OverlayActionRequested("compact"))
    assert (window.width(), window.height()) == (420, 44)
    bench.deliver(m.OverlayActionRequested("hide"))
    assert not window.isVisible()
    bench.deliver(m.OverlayActionRequested("toggle"))
    assert window.isVisible()
    bench.deliver(m.OverlayActionRequested("full"))
    assert window.height() > 44
    bench.deliver(m.OverlayActionRequested("dance"))
    assert [shown.notice.code for shown in bench.overlay.view.notices] == ["overlay.unknown-action"]


def _lets_mouse_through(bench: Bench) -> bool:
    handle = bench.overlay.window.windowHandle()
    assert handle is not None
    return bool(handle.flags() & Qt.WindowType.WindowTransparentForInput)


def test_ghost_lets_the_mouse_through_only_while_there_is_a_way_out(bench: Bench) -> None:
    bench.deliver(OPENED, m.OverlayActionRequested("ghost"))
    assert not _lets_mouse_through(bench)
    bench.deliver(ConnectionRestored())
    assert _lets_mouse_through(bench)
    bench.deliver(m.OverlayActionRequested("ghost"))
    assert not _lets_mouse_through(bench)
    assert bench.overlay.settings.mode == "compact"


def test_the_review_opens_in_full_whatever_the_mode_was(bench: Bench) -> None:
    bench.deliver(ConnectionRestored(), OPENED, TICK, m.OverlayActionRequested("ghost"), ENDED)
    assert bench.overlay.window.height() > 100
    bench.press("Open the full report")
    assert bench.overlay.view.notices[0].notice.code == "overlay.no-report"
    assert Store(bench.store.path).load(bench.overlay._layout).mode == "ghost"
    bench.deliver(msgspec.structs.replace(OPENED, session_id="s2"))
    assert bench.overlay.window.height() == 44


def test_a_hidden_overlay_comes_back_for_a_new_round_only(bench: Bench) -> None:
    bench.deliver(ConnectionRestored(), OPENED, m.OverlayActionRequested("hide"), TICK, OPENED)
    assert not bench.overlay.window.isVisible()
    bench.deliver(msgspec.structs.replace(OPENED, session_id="s2"))
    assert bench.overlay.window.isVisible()


def test_another_mode_can_be_chosen_for_the_review(bench: Bench) -> None:
    bench.deliver(ConnectionRestored(), OPENED, ENDED, m.OverlayActionRequested("compact"))
    assert bench.overlay.window.height() == 44


def _drag(bench: Bench, kind: QEvent.Type, x: int, y: int, buttons: Qt.MouseButton) -> None:
    window = bench.overlay.window
    local = QPointF(x, y) - QPointF(window.pos())
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, local, QPointF(x, y), button, buttons, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, event)


def test_a_drag_moves_the_window_and_the_place_is_remembered(bench: Bench) -> None:
    bench.deliver(ConnectionRestored(), OPENED, TICK)
    window = bench.overlay.window
    start_x, start_y = window.x() + 10, window.y() + 10
    _drag(bench, QEvent.Type.MouseButtonPress, start_x, start_y, Qt.MouseButton.LeftButton)
    _drag(bench, QEvent.Type.MouseMove, start_x - 120, start_y + 60, Qt.MouseButton.LeftButton)
    _drag(bench, QEvent.Type.MouseButtonRelease, start_x - 120, start_y + 60, Qt.MouseButton.NoButton)
    assert (window.x(), window.y()) == (start_x - 130, start_y + 50)
    kept = Store(bench.store.path).load(bench.overlay._layout)
    assert (kept.left_px, kept.top_px) == (window.x(), window.y())


@pytest.mark.parametrize(
    ("starts", "widths", "expected"),
    [
        ((0, 50, 100), (40, 40, 40), [0, 50, 100]),
        ((0, 20, 100), (40, 40, 40), [0, 45, 100]),
        ((0, 50, 180), (40, 40, 40), [0, 50, 160]),
        ((0, 10, 20), (80, 80, 80), None),
    ],
)
def test_phase_names_keep_apart(
    starts: tuple[float, ...], widths: tuple[float, ...], expected: list[float] | None
) -> None:
    assert spread(starts, widths, 200, 5) == expected
