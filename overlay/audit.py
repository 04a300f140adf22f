"""Is any text cut, covered or outside its parent? Used by the picture tests and by scripts/screenshots.py."""

from __future__ import annotations

from itertools import combinations

from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QAbstractButton, QWidget

from phantomcode.overlay.panels.parts import Text


def findings(root: QWidget) -> list[str]:
    """Return one sentence for each visible text that is cut, leaves the window or touches another."""
    texts = [text for text in root.findChildren(Text) if text.isVisible() and text.text()]
    out = [sentence for text in texts for sentence in _cut(root, text)]
    out += [
        f"{button.text()!r} does not fit its button"
        for button in root.findChildren(QAbstractButton)
        if button.isVisible() and button.width() < button.sizeHint().width()
    ]
    placed = [(text.text(), _box(root, text)) for text in texts]
    placed += [
        (button.accessibleName(), _box(root, button))
        for button in root.findChildren(QAbstractButton)
        if button.isVisible()
    ]
    out += [
        f"{one!r} and {other!r} overlap"
        for (one, box), (other, other_box) in combinations(placed, 2)
        if box.intersects(other_box)
    ]
    return out


def _box(root: QWidget, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())


def _cut(root: QWidget, text: Text) -> list[str]:
    out = []
    metrics = text.fontMetrics()
    if not text.wordWrap() and metrics.horizontalAdvance(text.text()) > text.width():
        out.append(f"{text.text()!r} needs {metrics.horizontalAdvance(text.text())} px, has {text.width()}")
    if text.wordWrap():
        widest = max(metrics.horizontalAdvance(word) for word in _pieces(text.text()))
        if widest > text.width():
            out.append(f"a word of {text.text()!r} needs {widest} px, has {text.width()}")
    needed = text.height_for(text.width())
    if needed > text.height():
        out.append(f"{text.text()!r} is {text.height()} px high, needs {needed}")
    parent = text.parentWidget()
    if parent is not None and not parent.rect().contains(text.geometry()):
        out.append(f"{text.text()!r} leaves its panel")
    if not root.rect().contains(_box(root, text)):
        out.append(f"{text.text()!r} leaves the window")
    return out


def _pieces(text: str) -> list[str]:
    return text.replace("\N{ZERO WIDTH SPACE}", " ").split() or [""]
