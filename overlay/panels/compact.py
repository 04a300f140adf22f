"""The compact bar: state, phase with its minutes and fill, clock; a dot of light for hint and pushback."""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from phantomcode.overlay.panels.header import Clock, light_colour
from phantomcode.overlay.panels.line import RungDots
from phantomcode.overlay.panels.parts import IconView, Text
from phantomcode.overlay.panels.strip import draw_bar
from phantomcode.overlay.slices import CompactSlice
from phantomcode.overlay.theme import Size, Theme


class CompactPanel(QWidget):
    """One row, 44 px high at 100 %."""

    def __init__(self, parent: QWidget, theme: Theme, *, ghost: bool) -> None:
        super().__init__(parent)
        self._theme = theme
        palette = theme.palette
        self._shown: CompactSlice | None = None
        self._icon = IconView(self)
        self._word = Text(self, theme, Size.BODY, palette.text, bold=True)
        self._phase = Text(self, theme, Size.LABEL, palette.muted)
        self._dots = RungDots(self, theme)
        self._hint = IconView(self)
        self._hint.show_icon("hint", palette.warn)
        self._ghost = IconView(self)
        self._ghost.show_icon("ghost", palette.muted)
        self._ghost.setVisible(ghost)
        self.clock = Clock(self, theme)

    def show_slice(self, shown: CompactSlice) -> None:
        """Show the state."""
        self._shown = shown
        self._icon.show_icon(shown.light.value, light_colour(self._theme.palette, shown.light))
        self._word.setText(shown.word)
        self._phase.setText(f"{shown.segment.title} {shown.segment.times}" if shown.segment else "")
        self._dots.show_rung(shown.rung)
        self._hint.setVisible(shown.hint)
        self.clock.show_time(shown.clock)
        self.setAccessibleName(f"{shown.word}. {self._phase.text()}. {shown.clock}")
        self.update()

    def place(self, width: int) -> int:
        """Lay out in `width`; return the height."""
        px = self._theme.px
        height = self._theme.compact_height_px
        side = px(5)
        self._icon.setGeometry(0, (height - side) // 2, side, side)
        self._word.setGeometry(side + px(2), 0, self._word.width_px(), height)
        right = width - self.clock.width_px()
        self.clock.setGeometry(right, 0, self.clock.width_px(), height)
        for shown, wide in ((self._ghost, px(4)), (self._hint, px(4)), (self._dots, px(7.5))):
            if not shown.isHidden():
                right -= wide + px(2)
                shown.setGeometry(right, (height - px(4)) // 2, wide, px(4))
        phase_width = self._phase.width_px()
        text_height = self._phase.sizeHint().height()
        left = self._word.geometry().right() + px(3.5)
        fits = left + phase_width <= right - px(2)
        self._phase.setVisible(fits and bool(self._phase.text()))
        self._phase.setGeometry(left, (height - text_height - px(2)) // 2, phase_width, text_height)
        return height

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the bar of the current phase under its name."""
        if self._shown is None or self._shown.segment is None or self._phase.isHidden():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self._phase.geometry()
        tall = self._theme.px(1)
        bar = QRectF(box.left(), box.bottom() + tall, box.width(), tall)
        draw_bar(painter, self._theme.palette, self._shown.segment, bar)
