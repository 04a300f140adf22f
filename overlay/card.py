"""The card: panels stacked at one width, each redrawn only when its slice of the view changed."""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Protocol

from PyQt6.QtCore import QRectF, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from phantomcode.overlay import slices
from phantomcode.overlay.panels.caption import CaptionPanel
from phantomcode.overlay.panels.chips import ChipsPanel
from phantomcode.overlay.panels.compact import CompactPanel
from phantomcode.overlay.panels.footer import FooterPanel
from phantomcode.overlay.panels.header import HeaderPanel
from phantomcode.overlay.panels.hint import HintPanel, NoticePanel
from phantomcode.overlay.panels.line import LinePanel
from phantomcode.overlay.panels.review import ReviewPanel
from phantomcode.overlay.panels.strip import StripPanel
from phantomcode.overlay.review import review as review_slice
from phantomcode.overlay.slices import ClockFace
from phantomcode.overlay.theme import Theme
from phantomcode.overlay.viewmodel import View

PADDING_UNITS = 4.0
GAP_UNITS = 3.0


class Mode(StrEnum):
    """How much is shown; ghost is compact and lets the mouse through."""

    FULL = "full"
    COMPACT = "compact"
    GHOST = "ghost"


class Panel(Protocol):
    """What the card needs of a panel, beside its being a QWidget."""

    def show_slice(self, shown: Any) -> None:
        """Show this slice."""
        ...

    def place(self, width: int) -> int:
        """Lay out in `width` device-independent pixels; return the height."""
        ...


Selector = Callable[[View, ClockFace], object]


class Slot:
    """A panel, what it shows, and whether a rule separates it from the one above. A slice of None hides it."""

    def __init__(self, panel: Panel, widget: QWidget, select: Selector, *, rule: bool = False) -> None:
        self._panel = panel
        self.widget = widget
        self.rule = rule
        self._select = select
        self._last: object = None
        self._height: int | None = None
        widget.hide()

    def take(self, view: View, face: ClockFace) -> bool:
        """Show the view's slice; say whether anything changed."""
        shown = self._select(view, face)
        if shown == self._last:
            return False
        self._last = shown
        self._height = None
        if shown is not None:
            self._panel.show_slice(shown)
        self.widget.setVisible(shown is not None)
        return True

    @property
    def shown(self) -> bool:
        """Whether there is something to show."""
        return self._last is not None

    def height(self, width: int) -> int:
        """Return the height at `width`, laying out only after a change."""
        if self._height is None:
            self._height = self._panel.place(width)
        return self._height


class Card(QWidget):
    """Builds the panels of a mode and stacks them; a change of theme or mode makes a new card."""

    wanted = pyqtSignal(str)
    """An action's name."""

    def __init__(self, parent: QWidget, theme: Theme, mode: Mode, opacity: float) -> None:
        super().__init__(parent)
        self._theme = theme
        self._opacity = opacity
        self._ghost = mode == Mode.GHOST
        self._compact = mode != Mode.FULL
        self._rules: list[int] = []
        self._notice: NoticePanel | None = None
        self._slots = [self._compact_slot()] if self._compact else self._full_slots()

    @property
    def notice_code(self) -> str:
        """Code of the notice on show."""
        return self._notice.code if self._notice else ""

    def take(self, view: View, face: ClockFace) -> bool:
        """Show a view; say whether any pixel changed. The card takes the height it needs."""
        changed = [slot.take(view, face) for slot in self._slots]
        if any(changed):
            self._stack()
        return any(changed)

    def _stack(self) -> None:
        padding = self._theme.px(PADDING_UNITS)
        gap = 0 if self._compact else self._theme.px(GAP_UNITS)
        width = self._theme.card_width_px - 2 * padding
        top = 0 if self._compact else padding
        rules = []
        for slot in self._slots:
            if not slot.shown:
                continue
            if slot.rule:
                rules.append(top)
                top += gap
            height = slot.height(width)
            slot.widget.setGeometry(padding, top, width, height)
            top += height + gap
        bottom = top if self._compact else top - gap + padding
        if rules != self._rules:
            self._rules = rules
            self.update()
        self.resize(self._theme.card_width_px, bottom)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the ground, its edge, and the rules between groups."""
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(palette.card)
        ground.setAlphaF(self._opacity)
        painter.setBrush(ground)
        painter.setPen(QPen(QColor(palette.rule), 1.0))
        radius = self._theme.px(3)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        padding = self._theme.px(PADDING_UNITS)
        for top in self._rules:
            painter.fillRect(QRectF(padding, top, self.width() - 2 * padding, 1), QColor(palette.rule))

    def _compact_slot(self) -> Slot:
        panel = CompactPanel(self, self._theme, ghost=self._ghost)
        panel.clock.clicked.connect(lambda: self.wanted.emit("clock"))
        return Slot(panel, panel, slices.compact)

    def _full_slots(self) -> list[Slot]:
        header = HeaderPanel(self, self._theme)
        self._notice = notice = NoticePanel(self, self._theme)
        hint = HintPanel(self, self._theme)
        review = ReviewPanel(self, self._theme)
        footer = FooterPanel(self, self._theme)
        strip, line = StripPanel(self, self._theme), LinePanel(self, self._theme)
        chips, caption = ChipsPanel(self, self._theme), CaptionPanel(self, self._theme)
        header.clock.clicked.connect(lambda: self.wanted.emit("clock"))
        header.menu.clicked.connect(lambda: self.wanted.emit("menu"))
        notice.dismissed.connect(lambda: self.wanted.emit("dismiss-notice"))
        hint.more.connect(lambda: self.wanted.emit("hint"))
        hint.dismissed.connect(lambda: self.wanted.emit("dismiss"))
        review.opened.connect(lambda: self.wanted.emit("report"))
        footer.wanted.connect(self.wanted)
        return [
            Slot(header, header, slices.header),
            Slot(notice, notice, _of(slices.notice)),
            Slot(strip, strip, _of(slices.strip)),
            Slot(line, line, _during(slices.line), rule=True),
            Slot(hint, hint, _during(slices.hint)),
            Slot(chips, chips, _during(slices.chips)),
            Slot(caption, caption, _during(slices.caption), rule=True),
            Slot(review, review, _of(review_slice), rule=True),
            Slot(footer, footer, _of(_footer)),
        ]


def _footer(view: View) -> object:
    """Return levels and buttons, or None where there are neither."""
    controls = slices.controls(view)
    levels = None if view.ended else slices.meter(view)
    return (levels, controls) if levels or controls.live else None


def _of(select: Callable[[View], object]) -> Selector:
    return lambda view, _face: select(view)


def _during(select: Callable[[View], object]) -> Selector:
    """Hide the panel once the round is over: the review takes its place."""
    return lambda view, _face: None if view.ended else select(view)
