"""What the interviewer said: whole, large, with the rung of a challenge as dots."""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from phantomcode.overlay.panels.parts import Text
from phantomcode.overlay.slices import LineSlice
from phantomcode.overlay.theme import Size, Theme

RUNGS = 3


class RungDots(QWidget):
    """Three dots, as many filled as the rung; nothing at rung 0."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rung = 0

    def show_rung(self, rung: int) -> None:
        """Show rung 0-3."""
        self._rung = rung
        self.setVisible(rung > 0)
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the dots."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        side, palette = self._theme.px(1.75), self._theme.palette
        for index in range(RUNGS):
            painter.setBrush(QColor(palette.warn if index < self._rung else palette.rule))
            left = index * (side + self._theme.px(1))
            painter.drawEllipse(QRectF(left, (self.height() - side) / 2, side, side))


class LinePanel(QWidget):
    """A small label over a large line, with a bar at its side that says: this is the interviewer."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bar = theme.palette.accent
        self._label = Text(self, theme, Size.LABEL, theme.palette.muted, bold=True)
        self._dots = RungDots(self, theme)
        self._text = Text(self, theme, Size.LINE, theme.palette.text, wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    def show_slice(self, shown: LineSlice) -> None:
        """Show a line."""
        self._bar = self._theme.palette.warn if shown.rung else self._theme.palette.accent
        self._label.setText(shown.label)
        self._dots.show_rung(shown.rung)
        self._text.setText(shown.text)
        rung = f", rung {shown.rung} of {RUNGS}" if shown.rung else ""
        self.setAccessibleName(f"Interviewer, {shown.label}{rung}: {shown.text}")
        self.update()

    def place(self, width: int) -> int:
        """Lay out in `width`; return the height."""
        px = self._theme.px
        left, label_height = px(3.5), self._label.sizeHint().height()
        label_width = self._label.width_px()
        self._label.setGeometry(left, 0, label_width, label_height)
        self._dots.setGeometry(left + label_width + px(2), 0, px(10), label_height)
        top = label_height + px(1)
        height = self._text.height_for(width - left)
        self._text.setGeometry(left, top, width - left, height)
        return top + height

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._bar))
        wide = self._theme.px(0.75)
        painter.drawRoundedRect(QRectF(0, 0, wide, self.height()), wide / 2, wide / 2)
