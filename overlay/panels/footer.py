"""The foot of the card: microphone level on the left, the buttons on the right."""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from phantomcode.overlay.icons import pixmap
from phantomcode.overlay.panels.parts import IconButton, Text, TextButton
from phantomcode.overlay.slices import METER_STEPS, ControlsSlice, MeterSlice
from phantomcode.overlay.theme import Size, Theme
from phantomcode.overlay.viewmodel import METER_BARS


class MeterPanel(QWidget):
    """The last seconds of microphone level as bars; says so in words when it clips."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown = MeterSlice((), clipping=False)
        self._warning = Text(self, theme, Size.LABEL, theme.palette.warn, bold=True)
        self._warning.setText("too loud")
        self.setAccessibleName("Microphone level")

    def show_slice(self, shown: MeterSlice) -> None:
        """Show the levels."""
        self._shown = shown
        self._warning.setVisible(shown.clipping)
        self.update()

    def place(self, _width: int) -> int:
        """Lay out; return the height."""
        height = self._theme.px(7)
        left = self._warning_left()
        self._warning.setGeometry(left, 0, self._warning.width_px(), height)
        return height

    def width_px(self) -> int:
        """Return the width of icon, bars and warning."""
        return self._warning_left() + self._warning.width_px()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw icon and bars, the newest at the right."""
        palette, side = self._theme.palette, self._theme.px(4)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, (self.height() - side) // 2, pixmap("mic", palette.muted, side, self.devicePixelRatioF()))
        painter.setPen(Qt.PenStyle.NoPen)
        wide, tallest = self._step() - 1.5 * self._theme.scale, self._theme.px(4.5)
        for index, bar in enumerate(self._shown.bars):
            painter.setBrush(QColor(self._colour(index, bar)))
            tall = max(wide, tallest * bar / METER_STEPS)
            left = self._bars_left() + index * self._step()
            painter.drawRoundedRect(QRectF(left, (self.height() - tall) / 2, wide, tall), wide / 2, wide / 2)

    def _colour(self, index: int, bar: int) -> str:
        palette = self._theme.palette
        if bar == 0:
            return palette.rule
        return palette.warn if self._shown.clipping and index == METER_BARS - 1 else palette.accent

    def _warning_left(self) -> int:
        return round(self._bars_left() + METER_BARS * self._step()) + self._theme.px(2)

    def _bars_left(self) -> int:
        return self._theme.px(6)

    def _step(self) -> float:
        return 4.5 * self._theme.scale


class FooterPanel(QWidget):
    """Meter and buttons on one row."""

    wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._meter = MeterPanel(self, theme)
        self._done = TextButton(self, theme, "I'm done", "Your turn: let the interviewer answer")
        self._resume = TextButton(self, theme, "Resume", "Resume the round")
        self._pause = IconButton(self, theme, "pause", "Pause the round")
        self._done.clicked.connect(lambda: self.wanted.emit("turn"))
        self._resume.clicked.connect(lambda: self.wanted.emit("resume"))
        self._pause.clicked.connect(lambda: self.wanted.emit("pause"))

    def show_slice(self, shown: tuple[MeterSlice | None, ControlsSlice]) -> None:
        """Show levels and the buttons that make sense."""
        levels, controls = shown
        self._meter.setVisible(levels is not None)
        if levels is not None:
            self._meter.show_slice(levels)
        self._resume.setVisible(controls.live and controls.paused)
        self._pause.setVisible(controls.live and not controls.paused)
        self._done.setVisible(controls.live and not controls.paused)

    def place(self, width: int) -> int:
        """Lay out in `width`; return the height."""
        px = self._theme.px
        height = self._meter.place(width)
        self._meter.setGeometry(0, 0, self._meter.width_px(), height)
        right = width if self._pause.isHidden() else width + px(1.5)  # the icon, not its square, meets the edge
        for button in (self._pause, self._resume, self._done):
            if button.isHidden():
                continue
            size = button.sizeHint()
            right -= size.width()
            button.setGeometry(right, (height - size.height()) // 2, size.width(), size.height())
            right -= px(1)
        return height
