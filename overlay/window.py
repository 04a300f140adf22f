"""The window: frameless, on top, never focused, movable by a plain drag; what it shows is its card's business.

It does nothing to hide itself from screen sharing or recording.
"""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QGuiApplication, QMouseEvent, QShowEvent
from PyQt6.QtWidgets import QWidget

from phantomcode.overlay.card import Card, Mode
from phantomcode.overlay.settings import Rect, placed
from phantomcode.overlay.slices import ClockFace
from phantomcode.overlay.theme import Theme
from phantomcode.overlay.viewmodel import View

FLAGS = (
    Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.Tool
    | Qt.WindowType.WindowDoesNotAcceptFocus
)
STEP_PX = 40
"""How far one move by key goes."""


def on_wayland() -> bool:
    """Wayland lets no window place itself: dragging is the compositor's, and no place is saved."""
    return QGuiApplication.platformName().startswith("wayland")


class OverlayWindow(QWidget):
    """Holds one card and a place on the screen."""

    wanted = pyqtSignal(str)
    """An action's name, from a button or from the pointer."""
    moved = pyqtSignal()
    """The candidate put the window somewhere else."""

    def __init__(self) -> None:
        super().__init__(None, FLAGS)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWindowTitle("PhantomCode")
        self.setAccessibleName("PhantomCode coach")
        self.on_painted: Callable[[], None] = lambda: None
        """Called after each time pixels went to the screen."""
        self._mode = Mode.FULL
        self._card = Card(self, Theme(), self._mode, 1.0)
        self._wanted_place: tuple[int | None, int | None] = (None, None)
        self._grabbed_at: QPoint | None = None
        self._dragged = False
        self._ghost_allowed = True

    @property
    def card(self) -> Card:
        """The card on show."""
        return self._card

    def dress(self, theme: Theme, mode: Mode, opacity: float, view: View, face: ClockFace) -> None:
        """Show `view` on a new card in this theme and mode."""
        old, self._card = self._card, Card(self, theme, mode, opacity)
        old.hide()
        old.deleteLater()
        self._mode = mode
        self._card.wanted.connect(self.wanted)
        self._card.show()
        self.show_view(view, face)
        self._pass_mouse()

    def show_view(self, view: View, face: ClockFace) -> bool:
        """Show a view; say whether any pixel changed."""
        changed = self._card.take(view, face)
        if changed and self._card.size() != self.size():
            self.resize(self._card.size())
            self._settle()
        return changed

    def put(self, left: int | None, top: int | None) -> None:
        """Go to a place, or to the default one; kept inside the live work area."""
        self._wanted_place = (left, top)
        self._settle()

    def nudge(self, dx: int, dy: int) -> None:
        """Move by a step in device-independent pixels."""
        self.put(self.x() + dx, self.y() + dy)
        self.moved.emit()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Restore what a new native window does not know."""
        super().showEvent(event)
        self._pass_mouse()

    def event(self, event: QEvent | None) -> bool:
        """Tell the paint log when pixels went out: UpdateRequest paints and flushes before it returns."""
        handled = super().event(event)
        if event is not None and event.type() == QEvent.Type.UpdateRequest:
            self.on_painted()
        return handled

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of the window."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        handle = self.windowHandle()
        if on_wayland() and handle is not None:
            handle.startSystemMove()
            return
        self._grabbed_at = event.globalPosition().toPoint() - self.pos()
        self._dragged = False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Follow the pointer."""
        if event is None or self._grabbed_at is None:
            return
        self.move(event.globalPosition().toPoint() - self._grabbed_at)
        self._dragged = True

    def mouseReleaseEvent(self, _event: QMouseEvent | None) -> None:
        """Let go, inside the work area."""
        self._grabbed_at = None
        if self._dragged:
            self._dragged = False
            self.put(self.x(), self.y())
            self.moved.emit()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """Ask for the menu."""
        self.wanted.emit("menu")
        super().contextMenuEvent(event)

    def _settle(self) -> None:
        if on_wayland() or self._grabbed_at is not None:
            return
        areas = work_areas()
        if areas:
            self.move(*placed(self._wanted_place, (self.width(), self.height()), areas))

    def allow_ghost(self, allowed: bool) -> None:
        """Let ghost mode pass the mouse through, or not: there must always be a way out of it."""
        if allowed != self._ghost_allowed:
            self._ghost_allowed = allowed
            self._pass_mouse()

    def _pass_mouse(self) -> None:
        through = self._mode == Mode.GHOST and self._ghost_allowed
        # On the native window, where it takes effect at once; on the widget it would make a new window.
        handle = self.windowHandle()
        if handle is not None:
            handle.setFlag(Qt.WindowType.WindowTransparentForInput, through)


def work_areas() -> list[Rect]:
    """Return the work areas of the live screens, the primary's first."""
    primary = QGuiApplication.primaryScreen()
    screens = sorted(QGuiApplication.screens(), key=lambda screen: screen is not primary)
    found = (screen.availableGeometry() for screen in screens)
    return [Rect(area.x(), area.y(), area.width(), area.height()) for area in found]


def screens() -> list[tuple[str, Rect]]:
    """Return name and geometry of the live screens."""
    live = ((screen.name(), screen.geometry()) for screen in QGuiApplication.screens())
    return [(name, Rect(box.x(), box.y(), box.width(), box.height())) for name, box in live]
