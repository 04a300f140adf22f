"""Looks for a picture in a picture: what an X server shows against what a state of the overlay should look like."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from PyQt6.QtCore import QRect
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QWidget

from phantomcode.overlay.card import Mode
from phantomcode.overlay.slices import ClockFace
from phantomcode.overlay.theme import DARK, Theme
from phantomcode.overlay.viewmodel import Event, View, fold
from phantomcode.overlay.window import OverlayWindow

Grey = npt.NDArray[np.float64]
"""Brightness 0-255, shape (height, width)."""


_TAKE = """
import sys
from PyQt6.QtGui import QGuiApplication
app = QGuiApplication(sys.argv)
assert app.primaryScreen().grabWindow(0).save(sys.argv[1])
"""


def photograph(display: str, file: str) -> Grey:
    """Save what is on the whole screen, and return it."""
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    subprocess.run([sys.executable, "-c", _TAKE, file], env=environment, check=True, timeout=30)
    return grey(QImage(file))


def grey(image: QImage) -> Grey:
    flat = image.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = flat.constBits()
    assert pixels is not None
    rows = np.frombuffer(pixels.asstring(flat.sizeInBytes()), np.uint8).reshape(flat.height(), flat.bytesPerLine())
    return rows[:, : flat.width()].astype(np.float64)


class Sketch:
    """The overlay as it should look after these events, drawn without a screen."""

    def __init__(self, app: QApplication, events: Iterable[Event]) -> None:
        view = View()
        for event in events:
            view = fold(view, event)
        self.view = view
        self._window = OverlayWindow()
        self._window.dress(Theme(DARK), Mode.FULL, 1.0, view, ClockFace.ELAPSED)
        self._window.show()
        app.processEvents()
        self._whole = grey(self._window.grab().toImage())

    def part(self, kind: type[QWidget]) -> Grey:
        """Return the picture of one panel."""
        widget = self._window.card.findChild(kind)
        assert widget is not None
        box = QRect(widget.mapTo(self._window, widget.rect().topLeft()), widget.size())
        return self._whole[box.top() : box.bottom() + 1, box.left() : box.right() + 1]

    def close(self) -> None:
        self._window.close()


def likeness(shot: Grey, part: Grey) -> float:
    """Return the best normalised cross-correlation of a part with any place in a shot: 1 is the same picture."""
    shape = shot.shape
    part = part - part.mean()
    ones = np.ones_like(part)

    def slide(picture: Grey, mask: Grey) -> Grey:
        spectrum = np.fft.rfft2(picture) * np.conj(np.fft.rfft2(mask, s=shape))
        moved: Grey = np.fft.irfft2(spectrum, s=shape)
        return moved[: shape[0] - part.shape[0] + 1, : shape[1] - part.shape[1] + 1]

    total, squares = slide(shot, ones), slide(shot * shot, ones)
    spread = np.sqrt(np.maximum(squares - total * total / part.size, 1.0)) * np.linalg.norm(part)
    return float(np.max(slide(shot, part) / np.maximum(spread, 1.0)))
