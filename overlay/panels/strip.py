"""The phase strip: five bars as wide as their planned minutes, filled by the minutes spent."""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from phantomcode.overlay.panels.parts import Text
from phantomcode.overlay.slices import Overrun, Segment
from phantomcode.overlay.theme import Palette, Size, Theme


def spread(starts: Sequence[float], widths: Sequence[float], total: float, gap: float) -> list[float] | None:
    """Place labels as near their starts as they go without touching; None where they cannot all fit."""
    if sum(widths) + gap * (len(widths) - 1) > total:
        return None
    lefts: list[float] = []
    edge = 0.0
    for start, width in zip(starts, widths, strict=True):
        lefts.append(max(start, edge))
        edge = lefts[-1] + width + gap
    edge = total
    for index in reversed(range(len(lefts))):
        lefts[index] = min(lefts[index], edge - widths[index])
        edge = lefts[index] - gap
    return lefts


class StripPanel(QWidget):
    """Bars with a name and "spent/planned" minutes under each."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._segments: tuple[Segment, ...] = ()
        self._names: list[Text] = []
        self._minutes: list[Text] = []

    def show_slice(self, segments: tuple[Segment, ...]) -> None:
        """Show the phases."""
        self._segments = segments
        while len(self._names) < len(segments):
            self._names.append(Text(self, self._theme, Size.LABEL, ""))
            self._minutes.append(Text(self, self._theme, Size.LABEL, ""))
        for segment, name, minutes in zip(segments, self._names, self._minutes, strict=False):
            name.setFont(self._theme.font(Size.LABEL, bold=segment.current))
            name.setText(segment.title)
            minutes.setText(segment.times)
            colour = self._text_colour(segment)
            name.set_colour(colour)
            minutes.set_colour(colour)
        self.setAccessibleName(". ".join(_spoken(segment) for segment in segments))
        self.update()

    def place(self, width: int) -> int:
        """Lay out in `width`; return the height."""
        px = self._theme.px
        starts = [left for left, _width in bars(self._segments, width, px(1))]
        widths = [
            max(name.width_px(), minutes.width_px()) for name, minutes in zip(self._names, self._minutes, strict=True)
        ]
        lefts = spread(starts, widths[: len(starts)], width, px(1.5))
        top, line = px(3.5), self._names[0].sizeHint().height()
        for index, (name, minutes) in enumerate(zip(self._names, self._minutes, strict=True)):
            shown = index < len(starts) and (lefts is not None or self._segments[index].current)
            name.setVisible(shown)
            minutes.setVisible(shown)
            if shown:
                left = round(lefts[index]) if lefts is not None else 0
                name.setGeometry(left, top, widths[index], line)
                minutes.setGeometry(left, top + line, widths[index], line)
        return top + 2 * line

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px = self._theme.px
        for segment, (left, width) in zip(self._segments, bars(self._segments, self.width(), px(1)), strict=True):
            height = px(2) if segment.current else px(1.5)
            draw_bar(painter, self._theme.palette, segment, QRectF(left, px(1.25) - height / 2, width, height))

    def _text_colour(self, segment: Segment) -> str:
        palette = self._theme.palette
        if segment.overrun != Overrun.NONE:
            return overrun_colour(palette, segment.overrun)
        return palette.text if segment.current else palette.muted


def bars(segments: Sequence[Segment], width: float, gap: float) -> list[tuple[float, float]]:
    """Return left edge and width of each bar, the gaps taken out first so that widths stay proportional."""
    free = width - gap * (len(segments) - 1)
    out, left = [], 0.0
    for segment in segments:
        out.append((left, free * segment.share))
        left += free * segment.share + gap
    return out


def overrun_colour(palette: Palette, overrun: Overrun) -> str:
    """Return the colour of a phase that is over its band, or of one that is not."""
    return {Overrun.NONE: palette.accent, Overrun.AMBER: palette.warn, Overrun.RED: palette.bad}[overrun]


def draw_bar(painter: QPainter, palette: Palette, segment: Segment, box: QRectF) -> None:
    """Draw one bar: empty ground, fill, and for an overrun its hatch."""
    radius = box.height() / 2
    shape = QPainterPath()
    shape.addRoundedRect(box, radius, radius)
    painter.fillPath(shape, QColor(palette.rule))
    painter.save()
    painter.setClipPath(shape)
    filled = QRectF(box.left(), box.top(), box.width() * segment.fill, box.height())
    colour = QColor(overrun_colour(palette, segment.overrun))
    if segment.overrun == Overrun.NONE and not segment.current:
        colour = QColor(palette.muted)  # done: only the phase you are in is blue
    painter.fillRect(filled, colour)
    _hatch(painter, palette, segment.overrun, filled)
    painter.restore()


def _hatch(painter: QPainter, palette: Palette, overrun: Overrun, box: QRectF) -> None:
    """Amber has single strokes, red has crossed ones: told apart without colour."""
    if overrun == Overrun.NONE:
        return
    painter.setPen(QPen(QBrush(QColor(palette.card)), 1.5, Qt.PenStyle.SolidLine))
    step, lean = box.height(), box.height()
    left = box.left()
    while left < box.right() + lean:
        painter.drawLine(int(left - lean), int(box.bottom() + 1), int(left), int(box.top()))
        if overrun == Overrun.RED:
            painter.drawLine(int(left - lean), int(box.top()), int(left), int(box.bottom() + 1))
        left += step


def _spoken(segment: Segment) -> str:
    over = "" if segment.overrun == Overrun.NONE else ", over time"
    unit = "" if ":" in segment.planned else " minutes"
    now = ", now" if segment.current else ""
    return f"{segment.title}{now}: {segment.spent} of {segment.planned}{unit}{over}"
