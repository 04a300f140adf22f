"""The one hint on show, and notices: a raised box with an icon, a text and its buttons."""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import QWidget

from phantomcode.daemon.contract.vocabulary import Severity
from phantomcode.overlay.panels.parts import IconButton, IconView, Text, TextButton, ground
from phantomcode.overlay.slices import HintSlice, NoticeSlice
from phantomcode.overlay.theme import Size, Theme


class Box(QWidget):
    """Icon left, text whole in the middle, buttons right."""

    dismissed = pyqtSignal()

    def __init__(self, parent: QWidget, theme: Theme, size: Size) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = IconView(self)
        self._text = Text(self, theme, size, theme.palette.text, wrap=True)
        self._close = IconButton(self, theme, "close", "Put away")
        self._close.clicked.connect(self.dismissed)

    def fill(self, icon: str, colour: str, text: str) -> None:
        """Set icon and text."""
        self._icon.show_icon(icon, colour)
        self._text.setText(text)

    def place(self, width: int) -> int:
        """Lay out in `width`; return the height."""
        return self._place(width, ())

    def _place(self, width: int, buttons: tuple[TextButton, ...]) -> int:
        px = self._theme.px
        side, close = px(5), self._close.sizeHint()
        left, right = px(3) + side + px(2), width - px(1.5) - close.width()
        for button in buttons:
            right -= button.sizeHint().width() + px(1)
        needed = self._text.height_for(right - px(1) - left)
        height = max(needed, close.height()) + 2 * px(2)
        first = max(0, (close.height() - self._text.fontMetrics().height()) // 2)
        text_top = px(2) + (first if needed < close.height() else 0)
        self._icon.setGeometry(px(3), px(2) + (close.height() - side) // 2, side, side)
        self._text.setGeometry(left, text_top, right - px(1) - left, needed)
        for button in buttons:
            wide = button.sizeHint().width()
            button.setGeometry(right, px(2), wide, close.height())
            right += wide + px(1)
        self._close.setGeometry(right, px(2), close.width(), close.height())
        return height

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the raised ground."""
        ground(self, self._theme.palette.raised, self._theme.px(2))


class HintPanel(Box):
    """A hint with its place on the ladder; "More" climbs it."""

    more = pyqtSignal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, Size.BODY)
        self._more = TextButton(self, theme, "More", "Next step of this hint")
        self._more.clicked.connect(self.more)

    def show_slice(self, shown: HintSlice) -> None:
        """Show a hint."""
        self.fill("hint", self._theme.palette.warn, shown.text)
        self._more.setVisible(shown.step < shown.steps)
        self.setAccessibleName(f"Hint, step {shown.step} of {shown.steps}: {shown.text}")

    def place(self, width: int) -> int:
        """Lay out in `width`; return the height."""
        return self._place(width, (self._more,) if not self._more.isHidden() else ())


class NoticePanel(Box):
    """The weightiest notice; its icon tells how much it matters."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, Size.LABEL)
        self.code = ""

    def show_slice(self, shown: NoticeSlice) -> None:
        """Show a notice."""
        palette = self._theme.palette
        colours = {Severity.INFO: palette.accent, Severity.WARNING: palette.warn, Severity.ERROR: palette.bad}
        self.code = shown.code
        self.fill(shown.severity.value, colours[shown.severity], shown.text)
        self.setAccessibleName(f"{shown.severity.value}: {shown.text}")
