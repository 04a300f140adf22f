"""The few widgets every panel is made of: text, icons, buttons. None of them ever takes keyboard focus."""

# ruff: noqa: N802 - Qt names the methods it calls
from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QAbstractButton, QLabel, QWidget

from phantomcode.overlay.icons import pixmap
from phantomcode.overlay.theme import Size, Theme


class Text(QLabel):
    """Plain text in one size and colour; wraps when told to, and is given the height it asks for."""

    def __init__(
        self, parent: QWidget, theme: Theme, size: Size, colour: str, *, bold: bool = False, wrap: bool = False
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)  # whatever a model writes is text, never markup
        self.setFont(theme.font(size, bold=bold))
        self.setWordWrap(wrap)
        self.set_colour(colour)

    def set_colour(self, colour: str) -> None:
        """Change the colour of the text."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colour))
        self.setPalette(palette)

    def width_px(self) -> int:
        """Return the width of the text on one line."""
        return QFontMetrics(self.font()).horizontalAdvance(self.text()) + 1

    def height_for(self, width_px: int) -> int:
        """Return the height the text needs in `width_px`."""
        return self.heightForWidth(width_px) if self.wordWrap() else self.sizeHint().height()


class IconView(QWidget):
    """An icon that is only looked at."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = ""
        self._colour = ""

    def show_icon(self, name: str, colour: str) -> None:
        """Show icon `name` in `colour`."""
        if (name, colour) != (self._name, self._colour):
            self._name, self._colour = name, colour
            self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the icon."""
        if self._name:
            QPainter(self).drawPixmap(0, 0, pixmap(self._name, self._colour, self.width(), self.devicePixelRatioF()))


class IconButton(QAbstractButton):
    """A button that is an icon; its accessible name is its tooltip."""

    def __init__(self, parent: QWidget, theme: Theme, icon: str, name: str) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def sizeHint(self) -> QSize:
        """Return a square of seven units."""
        return QSize(self._theme.px(7), self._theme.px(7))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw the icon, on a raised ground under the pointer."""
        palette, side = self._theme.palette, self._theme.px(4.5)
        painter = QPainter(self)
        _ground(painter, self, palette.raised if self.underMouse() else "", self._theme.px(1.5))
        colour = palette.text if self.underMouse() else palette.muted
        left, top = (self.width() - side) // 2, (self.height() - side) // 2
        painter.drawPixmap(left, top, pixmap(self._icon, colour, side, self.devicePixelRatioF()))


class TextButton(QAbstractButton):
    """A button with a word on it; `main` makes it the one that stands out."""

    def __init__(self, parent: QWidget, theme: Theme, text: str, name: str, *, main: bool = False) -> None:
        super().__init__(parent)
        self._theme = theme
        self._main = main
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFont(theme.font(Size.BODY if main else Size.LABEL, bold=True))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Return the size of the word with its padding."""
        width = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(width + 2 * self._theme.px(3), self._theme.px(9 if self._main else 7))

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw ground and word."""
        palette = self._theme.palette
        painter = QPainter(self)
        plain = palette.rule if self.underMouse() else palette.raised
        _ground(painter, self, palette.accent if self._main else plain, self._theme.px(1.5))
        painter.setPen(QColor(palette.card if self._main else palette.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


def _ground(painter: QPainter, widget: QWidget, colour: str, radius_px: int) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if colour:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(widget.rect()), radius_px, radius_px)


def ground(widget: QWidget, colour: str, radius_px: int) -> None:
    """Fill a widget with a rounded ground; call from its paintEvent."""
    painter = QPainter(widget)
    _ground(painter, widget, colour, radius_px)
    painter.end()
