"""The ledger: short phrases on small raised grounds, flowing over as many rows as they need."""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import QWidget

from phantomcode.overlay.panels.parts import Text, ground
from phantomcode.overlay.theme import Size, Theme


class Chip(Text):
    """One phrase."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent, theme, Size.LABEL, theme.palette.muted)
        self._theme = theme
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the ground under the text."""
        ground(self, self._theme.palette.raised, self.height() // 2)
        super().paintEvent(event)


class ChipsPanel(QWidget):
    """A flow of chips."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chips: list[Chip] = []
        self._shown = 0

    def show_slice(self, phrases: tuple[str, ...]) -> None:
        """Show the phrases."""
        while len(self._chips) < len(phrases):
            self._chips.append(Chip(self, self._theme))
        for chip, phrase in zip(self._chips, phrases, strict=False):
            chip.setText(phrase)
        self._shown = len(phrases)
        self.setAccessibleName("Ledger: " + ", ".join(phrases))

    def place(self, width: int) -> int:
        """Lay out in `width`; return the height."""
        px = self._theme.px
        left, top, high, gap = 0, 0, px(5.5), px(1.5)
        for index, chip in enumerate(self._chips):
            chip.setVisible(index < self._shown)
            if index >= self._shown:
                continue
            wide = min(width, chip.width_px() + 2 * px(2.25))
            if left and left + wide > width:
                left, top = 0, top + high + gap
            chip.setGeometry(left, top, wide, high)
            left += wide + gap
        return top + high
