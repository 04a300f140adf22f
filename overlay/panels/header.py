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
        self._title.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
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
        side, gap = px(5), px(3)
        word_left = side + px(2)
        word_width = self._word.width_px()
        button = self.menu.sizeHint()
        clock_width = self.clock.width_px()
        # The three dots are narrow inside their square: past the edge by a third they line up with what is below.
        menu_left = width - button.width() + px(2.5)
        clock_left = menu_left - clock_width
        title_left = word_left + word_width + gap
        title_width = clock_left - gap - title_left
        row = max(button.height(), self._title.height_for(title_width))
        self._icon.setGeometry(0, (row - side) // 2, side, side)
        self._word.setGeometry(word_left, 0, word_width, row)
        self._title.setGeometry(title_left, 0, title_width, row)
        self.clock.setGeometry(clock_left, 0, clock_width, row)
        self.menu.setGeometry(menu_left, (row - button.height()) // 2, button.width(), button.height())
        return row + self._place_detail(row, width)

    def _place_detail(self, top: int, width: int) -> int:
        self._detail.setVisible(bool(self._detail.text()))
        if not self._detail.text():
            return 0
        gap = self._theme.px(1)
        height = self._detail.height_for(width)
        self._detail.setGeometry(0, top + gap, width, height)
        return gap + height
