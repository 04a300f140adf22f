"""The live caption: the last two lines of what is heard, words that may still change dimmed.

Lines scroll away whole at the front, so words already read stay where they are.
"""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QTextCharFormat, QTextLayout, QTextOption
from PyQt6.QtWidgets import QWidget

from phantomcode.overlay.slices import CaptionSlice
from phantomcode.overlay.theme import Size, Theme

LINES = 2
PLACEHOLDER = "Your words appear here."
ELLIPSIS = "…"


class CaptionPanel(QWidget):
    """Always two lines high, so that the card does not jump with every word."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font = theme.font(Size.BODY)
        self._shown = CaptionSlice("", 0)

    def show_slice(self, shown: CaptionSlice) -> None:
        """Show a caption."""
        self._shown = shown
        self.setAccessibleName(f"Caption: {shown.text}")
        self.update()

    def place(self, _width: int) -> int:
        """Return the height of two lines."""
        return LINES * QFontMetrics(self._font).lineSpacing()

    def shown_text(self) -> str:
        """Return what is drawn, the ellipsis included."""
        layout, first = self._layout()
        if first >= layout.lineCount():
            return ""
        return (ELLIPSIS if first else "") + layout.text()[layout.lineAt(first).textStart() :]

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the last lines."""
        painter = QPainter(self)
        painter.setFont(self._font)
        metrics = QFontMetrics(self._font)
        layout, first = self._layout()
        painter.setPen(QColor(self._theme.palette.text))
        if first:
            painter.drawText(QPointF(0, metrics.ascent()), ELLIPSIS)
        for row, index in enumerate(range(first, layout.lineCount())):
            line = layout.lineAt(index)
            line.draw(painter, QPointF(0, row * metrics.lineSpacing() - line.y()))

    def _layout(self) -> tuple[QTextLayout, int]:
        """Return the laid out caption and its first visible line."""
        text = self._shown.text or PLACEHOLDER
        layout = QTextLayout(text, self._font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setFormats(self._formats(text))
        indent = QFontMetrics(self._font).horizontalAdvance(ELLIPSIS)
        wraps = QFontMetrics(self._font).horizontalAdvance(text) > LINES * (self.width() - indent)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            # A long caption keeps the ellipsis' place free on every line, so nothing moves when it appears.
            line.setLineWidth(self.width() - (indent if wraps else 0))
            line.setPosition(QPointF(indent if wraps else 0, line.lineNumber() * line.height()))
        layout.endLayout()
        return layout, max(0, layout.lineCount() - LINES)

    def _formats(self, text: str) -> list[QTextLayout.FormatRange]:
        spans = (
            (0, self._shown.stable_chars, self._theme.palette.text),
            (self._shown.stable_chars, len(text), self._theme.palette.dim),
        )
        out = []
        for start, end, colour in spans:
            span = QTextLayout.FormatRange()
            span.start, span.length = start, max(0, end - start)
            span.format = QTextCharFormat()
            span.format.setForeground(QColor(colour))
            out.append(span)
        return out
