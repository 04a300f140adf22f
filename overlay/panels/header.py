"""State light with its word, the problem, the clock; and below them why, where there is a reason."""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QWidget

from phantomcode.overlay.panels.parts import IconButton, IconView, Text
from phantomcode.overlay.slices import HeaderSlice, Light
from phantomcode.overlay.theme import Palette, Size, Theme


def light_colour(palette: Palette, light: Light) -> str:
    """Return the colour of a state: green is your floor, blue the interviewer's, amber and red need you."""
    return {
        Light.LISTENING: palette.good,
        Light.HEARING: palette.good,
        Light.THINKING: palette.accent,
        Light.SPEAKING: palette.accent,
        Light.PAUSED: palette.warn,
        Light.RECONNECTING: palette.warn,
        Light.NO_MICROPHONE: palette.bad,
    }.get(light, palette.muted)


class Clock(Text):
    """The clock; a click (not a drag) asks for the next face."""

    clicked = pyqtSignal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, Size.CLOCK, theme.palette.text, bold=True)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_time(self, text: str) -> None:
        """Show a time."""
        self.setText(text)
        self.setAccessibleName(f"Clock {text}")
        self.setToolTip("Click for elapsed, left, hidden")

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Take the click where the pointer is still on the clock."""
        if event is not None and self.rect().contains(event.pos()):
            self.clicked.emit()
        super().mouseReleaseEvent(event)


class HeaderPanel(QWidget):
    """The top row."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        palette = theme.palette
        self._icon = IconView(self)
        self._word = Text(self, theme, Size.TITLE, palette.text, bold=True)
        self._title = Text(self, theme, Size.LABEL, palette.muted, wrap=True)
        self.clock = Clock(self, theme)
        self.menu = IconButton(self, theme, "menu", "Menu")
        self._detail = Text(self, theme, Size.LABEL, palette.muted, wrap=True)

    def show_slice(self, shown: HeaderSlice) -> None:
        """Show the state."""
        self._icon.show_icon(shown.light.value, light_colour(self._theme.palette, shown.light))
        self._word.setText(shown.word)
        self._title.setText(shown.title)
        self.clock.show_time(shown.clock)
        self._detail.setText(shown.detail)
        self.setAccessibleName(f"{shown.word}. {shown.title}. {shown.detail}")

    def place(self, width: int) -> int:
        """Lay out in `width`; return the height."""
        px = self._theme.px
        side, button, word_width = px(5), self.menu.sizeHint(), self._word.width_px()
        row = button.height()
        # The three dots are narrow inside their square: past the edge by a third they line up with what is below.
        menu_left = width - button.width() + px(2.5)
        clock_left = menu_left - self.clock.width_px()
        word_left = side + px(2)
        self._icon.setGeometry(0, (row - side) // 2, side, side)
        self._word.setGeometry(word_left, 0, word_width, row)
        self.clock.setGeometry(clock_left, 0, self.clock.width_px(), row)
        self.menu.setGeometry(menu_left, 0, button.width(), row)
        left, right = word_left + word_width + px(3), clock_left - px(3)
        return self._place_below(self._place_title(left, right, row, width), width)

    def _place_title(self, left: int, right: int, row: int, width: int) -> int:
        """Put the title between word and clock where it fits on one line, else below them; return the bottom."""
        align = Qt.AlignmentFlag.AlignVCenter
        if self._title.width_px() <= right - left:
            self._title.setAlignment(Qt.AlignmentFlag.AlignRight | align)
            self._title.setGeometry(left, 0, right - left, row)
            return row
        height = self._title.height_for(width)
        self._title.setAlignment(Qt.AlignmentFlag.AlignLeft | align)
        self._title.setGeometry(0, row + self._theme.px(1), width, height)
        return row + self._theme.px(1) + height

    def _place_below(self, top: int, width: int) -> int:
        self._detail.setVisible(bool(self._detail.text()))
        if not self._detail.text():
            return top
        top += self._theme.px(1)
        height = self._detail.height_for(width)
        self._detail.setGeometry(0, top, width, height)
        return top + height
