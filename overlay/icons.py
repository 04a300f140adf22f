"""The icons: SVG files drawn in `currentColor`, rendered in a colour and size, and kept."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from PyQt6.QtCore import QByteArray, QRectF, Qt
from PyQt6.QtGui import QIcon, QPainter, QPixmap
from PyQt6.QtSvg import QSvgRenderer


@lru_cache(maxsize=256)
def pixmap(name: str, colour: str, side_px: int, device_ratio: float) -> QPixmap:
    """Return icon `name` in `colour`, `side_px` device-independent pixels wide and high."""
    picture = QPixmap(round(side_px * device_ratio), round(side_px * device_ratio))
    picture.setDevicePixelRatio(device_ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _renderer(name, colour).render(painter, QRectF(0, 0, side_px, side_px))
    painter.end()
    return picture


def icon(name: str, colour: str) -> QIcon:
    """Return the icon at the sizes trays and menus ask for."""
    made = QIcon()
    for side_px in (16, 22, 32, 64):
        made.addPixmap(pixmap(name, colour, side_px, 1.0))
    return made


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    svg = files("phantomcode.overlay").joinpath("icons", f"{name}.svg").read_bytes()
    return QSvgRenderer(QByteArray(svg.replace(b"currentColor", colour.encode())))
