"""The card at the end of a round: seven scores with a line each, two fixes, the way to the report."""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from phantomcode.overlay.panels.parts import Text, TextButton
from phantomcode.overlay.review import ReviewRow, ReviewSlice
from phantomcode.overlay.theme import Size, Theme

POINTS = 4


class ScoreBar(QWidget):
    """Four cells, filled up to the score; half a cell is half a point."""

    def __init__(self, parent: QWidget, theme: Theme, share: float) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = share

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the cells."""
        palette, gap = self._theme.palette, self._theme.px(0.5)
        painter = QPainter(self)
        wide = (self.width() - gap * (POINTS - 1)) / POINTS
        for index in range(POINTS):
            left = index * (wide + gap)
            painter.fillRect(QRectF(left, 0, wide, self.height()), QColor(palette.rule))
            part = max(0.0, min(1.0, self._share * POINTS - index))
            painter.fillRect(QRectF(left, 0, wide * part, self.height()), QColor(palette.accent))


class RowPanel(QWidget):
    """One dimension: name, bar and value on the left, its line on the right."""

    def __init__(self, parent: QWidget, theme: Theme, row: ReviewRow) -> None:
        super().__init__(parent)
        self._theme = theme
        palette = theme.palette
        self._title = Text(self, theme, Size.BODY, palette.text, bold=True)
        self._title.setText(row.title)
        graded = row.value != "not graded"
        self._value = Text(self, theme, Size.LABEL, palette.text if graded else palette.dim, bold=graded)
        self._value.setText(row.value)
        self._bar = ScoreBar(self, theme, row.share) if row.share is not None else None
        self._line = Text(self, theme, Size.LABEL, palette.muted, wrap=True)
        self._line.setText(row.line)
        of = f" of {POINTS}" if row.share is not None else ""
        self.setAccessibleName(f"{row.title}: {row.value}{of}. {row.line}")

    def place(self, width: int) -> int:
        """Lay out in `width`; return the height."""
        px = self._theme.px
        column = px(26)
        title_height, value_height = self._title.sizeHint().height(), self._value.sizeHint().height()
        self._title.setGeometry(0, 0, self._title.width_px(), title_height)
        value_left = px(17) if self._bar else 0
        self._value.setGeometry(value_left, title_height, self._value.width_px(), value_height)
        if self._bar:
            self._bar.setGeometry(0, title_height + (value_height - px(1.25)) // 2, px(15), px(1.25))
        line_height = self._line.height_for(width - column)
        left_height = title_height + value_height
        self._line.setGeometry(column, px(0.5), width - column, line_height)
        return max(left_height, line_height + px(0.5))


class ReviewPanel(QWidget):
    """All of it. Built anew when the review changes, which is once a round."""

    opened = pyqtSignal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[RowPanel] = []
        self._fixes: list[tuple[Text, Text]] = []
        self._heading = Text(self, theme, Size.LABEL, theme.palette.muted, bold=True)
        self._heading.setText("Work on first")
        self._button = TextButton(self, theme, "Open the full report", "Open the full report", main=True)
        self._button.clicked.connect(self.opened)

    def show_slice(self, shown: ReviewSlice) -> None:
        """Show a review."""
        for old in (*self._rows, *(text for pair in self._fixes for text in pair)):
            old.hide()
            old.deleteLater()
        self._rows = [RowPanel(self, self._theme, row) for row in shown.rows]
        self._fixes = [self._fix(number, text) for number, text in enumerate(shown.fixes, 1)]
        for new in (*self._rows, *(text for pair in self._fixes for text in pair)):
            new.show()
        self._heading.setVisible(bool(shown.fixes))
        self._button.setVisible(bool(shown.report_path))
        self.setAccessibleName(f"Review of {shown.headline}")

    def place(self, width: int) -> int:
        """Lay out in `width`; return the height."""
        px = self._theme.px
        top = 0
        for row in self._rows:
            height = row.place(width)
            row.setGeometry(0, top, width, height)
            top += height + px(2.5)
        top = self._place_fixes(top, width)
        if not self._button.isHidden():
            height = self._button.sizeHint().height()
            self._button.setGeometry(0, top, width, height)
            top += height
        return top

    def _place_fixes(self, top: int, width: int) -> int:
        if not self._fixes:
            return top
        px = self._theme.px
        top += px(1.5)
        self._heading.setGeometry(0, top, self._heading.width_px(), self._heading.sizeHint().height())
        top += self._heading.height() + px(1.5)
        left = px(5)
        for number, text in self._fixes:
            height = text.height_for(width - left)
            number.setGeometry(0, top, number.width_px(), number.sizeHint().height())
            text.setGeometry(left, top, width - left, height)
            top += height + px(2)
        return top + px(1.5)

    def _fix(self, number: int, sentence: str) -> tuple[Text, Text]:
        figure = Text(self, self._theme, Size.BODY, self._theme.palette.warn, bold=True)
        figure.setText(str(number))
        text = Text(self, self._theme, Size.BODY, self._theme.palette.text, wrap=True)
        text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        text.setText(sentence)
        return figure, text
