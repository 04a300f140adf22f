"""Ties view, window, settings, menu and tray together: deliveries in, commands out."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from PyQt6.QtCore import QObject, Qt, QTimer, QUrl
from PyQt6.QtGui import QCursor, QDesktopServices, QGuiApplication
from PyQt6.QtWidgets import QApplication, QSystemTrayIcon

from phantomcode.daemon.contract.messages import (
    Command,
    Notice,
    OverlayActionRequested,
)
from phantomcode.daemon.contract.vocabulary import Severity
from phantomcode.overlay import slices
from phantomcode.overlay.actions import ACTIONS
from phantomcode.overlay.card import Mode
from phantomcode.overlay.hotkeys import MenuShortcuts, bindings
from phantomcode.overlay.icons import icon
from phantomcode.overlay.menu import Menu
from phantomcode.overlay.paintlog import PaintLog
from phantomcode.overlay.panels.header import light_colour
from phantomcode.overlay.settings import Settings, Store, layout_key
from phantomcode.overlay.slices import ClockFace, Light
from phantomcode.overlay.stream import Delivery
from phantomcode.overlay.theme import DARK, LIGHT, Theme
from phantomcode.overlay.viewmodel import Event, Link, NoticeDismissed, Trouble, View, fold
from phantomcode.overlay.window import STEP_PX, OverlayWindow, on_wayland, screens

FRAME_SECONDS = 1 / 60
"""At most one paint in this time, however many messages come."""


class Overlay(QObject):
    """The overlay of one user: shows what arrives, carries out actions, remembers how it is liked."""

    def __init__(
        self, send: Callable[[Command], None], store: Store, paint_log: PaintLog, override: dict[str, str]
    ) -> None:
        super().__init__()
        self.view = View()
        self.window = OverlayWindow()
        self._send = send
        self._store = store
        self._paint_log = paint_log
        self._override = override
        self._layout = layout_key(screens())
        self.settings = self._loaded()
        self._light: Light | None = None
        self._reviewing = False
        """The review shows in full, for it needs room and clicks, until another mode is chosen or a round opens."""
        self._shown_at = 0.0
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self._show)
        self.menu = Menu(self.act, self._choose)
        self._hotkeys = MenuShortcuts(self.menu.entries)
        registered = self._hotkeys.register(bindings(store.keys()))
        self.menu.explain_keys(tuple(f"{one.keys}: {one.reason}" for one in registered if one.reason))
        self._tray = self._make_tray()
        self._watch()
        self._dress()
        self._show()
        self.window.put(self.settings.left_px, self.settings.top_px)

    def take(self, deliveries: list[Delivery]) -> None:
        """Fold what arrived; pixels follow at most a frame later."""
        for delivery in deliveries:
            if isinstance(delivery.event, OverlayActionRequested):
                self.act(delivery.event.action)
            elif self._fold(delivery.event):
                self._paint_log.changed(delivery)

    def act(self, name: str) -> None:
        """Carry out an action by name: the overlay's own here, the daemon's by command."""
        own = self._own_actions().get(name)
        action = ACTIONS.get(name)
        if own is not None:
            own()
        elif action is not None and action.command is not None:
            self._send(action.command)
        else:
            self._say("overlay.unknown-action", f"There is no action {name!r}.", "See: phantomcode ctl --help")

    def close(self) -> None:
        """Take the window and the tray icon away."""
        self._hotkeys.close()
        if self._tray is not None:
            self._tray.hide()
        self.window.close()
        self._paint_log.close()

    def _own_actions(self) -> dict[str, Callable[[], None]]:
        return {
            "show": self.window.show,
            "hide": self.window.hide,
            "toggle": lambda: self.window.setVisible(not self.window.isVisible()),
            "full": lambda: self._choose("mode", Mode.FULL.value),
            "compact": lambda: self._choose("mode", Mode.COMPACT.value),
            "ghost": self._toggle_ghost,
            "left": lambda: self.window.nudge(-STEP_PX, 0),
            "right": lambda: self.window.nudge(STEP_PX, 0),
            "up": lambda: self.window.nudge(0, -STEP_PX),
            "down": lambda: self.window.nudge(0, STEP_PX),
            "clock": lambda: self._choose("clock", ClockFace(self.settings.clock).following().value),
            "menu": lambda: self.menu.widget.popup(QCursor.pos()),
            "dismiss-notice": lambda: self._forget(self.window.card.notice_code),
            "report": self._open_report,
            "quit": QApplication.quit,
        }

    def _toggle_ghost(self) -> None:
        leaving = self.settings.mode == Mode.GHOST
        self._choose("mode", Mode.COMPACT.value if leaving else Mode.GHOST.value)

    def _open_report(self) -> None:
        path = Path(self.view.ended.report_path) if self.view.ended else Path()
        if not path.is_file() or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._say("overlay.no-report", f"The report at {path} did not open.", "Try: phantomcode review")

    def _say(self, code: str, message: str, remedy: str) -> None:
        self._fold(Trouble(Notice(code, Severity.WARNING, message, remedy)))

    def _forget(self, notice_code: str) -> None:
        self._fold(NoticeDismissed(notice_code))

    def _fold(self, event: Event) -> bool:
        before, self.view = self.view, fold(self.view, event)
        if self.view is before:
            return False
        if self.view.session is not None and _session_id(self.view) != _session_id(before):
            self.window.show()  # a new round is worth coming back for
        if (self.view.ended is None) != (before.ended is None):
            self._reviewing = self.view.ended is not None
            self._dress()
        if not self._frame.isActive():
            since = time.monotonic() - self._shown_at
            self._frame.start(max(0, round((FRAME_SECONDS - since) * 1000)))
        return True

    def _show(self) -> None:
        self._shown_at = time.monotonic()
        if not self.window.show_view(self.view, ClockFace(self.settings.clock)):
            self._paint_log.unchanged()
        light = slices.light(self.view)
        if light != self._light:
            self._light = light
            self._show_light(light)
        self.menu.enable(slices.controls(self.view))
        # The way out of ghost mode is the tray or `ctl`, which needs the daemon: with neither, clicks must land.
        self.window.allow_ghost(self._tray is not None or self.view.link == Link.LIVE)

    def _show_light(self, light: Light) -> None:
        if self._tray is not None:
            self._tray.setIcon(icon(light.value, light_colour(DARK, light)))
            self._tray.setToolTip(f"PhantomCode: {slices.LIGHT_WORDS[light]}")

    def _choose(self, name: str, value: str | int) -> None:
        self._override.pop(name, None)
        self._reviewing = self._reviewing and name != "mode"
        self.settings = Settings.parsed({**msgspec.structs.asdict(self.settings), name: value})
        self._save()
        self._dress()

    def _save(self) -> None:
        self._store.save(self._layout, self.settings)
        if self._store.problem:
            self._say("overlay.settings", self._store.problem, "Check the folder's permissions.")
            self._store.problem = ""

    def _loaded(self) -> Settings:
        kept = self._store.load(self._layout)
        return Settings.parsed({**msgspec.structs.asdict(kept), **self._override})

    def _dress(self) -> None:
        theme = Theme(DARK if self._is_dark() else LIGHT, self.settings.font_percent / 100, self.settings.width_px)
        mode = Mode.FULL if self._reviewing else Mode(self.settings.mode)
        opacity = self.settings.opacity_percent / 100
        self.window.dress(theme, mode, opacity, self.view, ClockFace(self.settings.clock))
        self.menu.dress(theme)
        self.menu.mark(self.settings)
        self.menu.enable(slices.controls(self.view))

    def _is_dark(self) -> bool:
        if self.settings.theme != "system":
            return self.settings.theme == "dark"
        hints = QGuiApplication.styleHints()
        return hints is None or hints.colorScheme() != Qt.ColorScheme.Light

    def _watch(self) -> None:
        self.window.wanted.connect(self.act)
        self.window.moved.connect(self._remember_place)
        self.window.on_painted = self._paint_log.painted
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._dress)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._screens_changed)
            app.screenRemoved.connect(self._screens_changed)
            app.primaryScreenChanged.connect(self._screens_changed)
        for screen in QGuiApplication.screens():
            screen.availableGeometryChanged.connect(self._screens_changed)

    def _remember_place(self) -> None:
        if not on_wayland():
            place = {"left_px": self.window.x(), "top_px": self.window.y()}
            self.settings = msgspec.structs.replace(self.settings, **place)
            self._save()

    def _screens_changed(self) -> None:
        layout = layout_key(screens())
        if layout != self._layout:
            self._layout = layout
            self.settings = self._loaded()
            self._dress()
        self.window.put(self.settings.left_px, self.settings.top_px)

    def _make_tray(self) -> QSystemTrayIcon | None:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return None
        tray = QSystemTrayIcon(self)
        tray.setContextMenu(self.menu.widget)
        tray.activated.connect(
            lambda reason: self.act("toggle") if reason == QSystemTrayIcon.ActivationReason.Trigger else None
        )
        tray.setIcon(icon("waiting", light_colour(DARK, Light.WAITING)))
        tray.show()
        return tray


def _session_id(view: View) -> str:
    return view.session.session_id if view.session else ""
