"""One type scale, one spacing unit, few colours with meaning; dark and light.

Colours are hex strings so that contrast can be computed without Qt's help. Text colours keep 4.5:1 on the card
even at the lowest opacity the settings allow, over a white and over a black wallpaper (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from enum import StrEnum

import msgspec
from PyQt6.QtGui import QColor, QFont

UNIT_PX = 4
"""All distances are multiples of this at 100 %."""
CARD_WIDTH_PX = 420
COMPACT_HEIGHT_PX = 44
MIN_OPACITY_PERCENT = 88
FAMILIES = [
    "Inter",
    "SF Pro Text",
    "Segoe UI Variable Text",
    "Segoe UI",
    "Noto Sans",
    "Cantarell",
    "Ubuntu",
    "DejaVu Sans",
]


class Size(StrEnum):
    """The type scale, small to large; pixels at 100 % are in SIZE_PX."""

    LABEL = "label"
    BODY = "body"
    TITLE = "title"
    LINE = "line"
    CLOCK = "clock"


SIZE_PX: dict[Size, int] = {Size.LABEL: 11, Size.BODY: 13, Size.TITLE: 15, Size.LINE: 17, Size.CLOCK: 19}


class Palette(msgspec.Struct, frozen=True):
    """The colours of one theme."""

    card: str
    raised: str
    """Chips, the hint, empty bars."""
    rule: str
    text: str
    muted: str
    dim: str
    """Words of the caption that may still change."""
    accent: str
    """Where you are: the current phase, the microphone, the main button."""
    good: str
    """You have the floor."""
    warn: str
    """Worth a look: a hint, a phase over its band."""
    bad: str
    """Needs you: no microphone, a phase far over its band."""


DARK = Palette(
    card="#14171c",
    raised="#20252d",
    rule="#2b313b",
    text="#f3f5f8",
    muted="#b3bcc9",
    dim="#a0abba",
    accent="#7cb2ff",
    good="#5fd39a",
    warn="#f2b84b",
    bad="#ff9a94",
)
LIGHT = Palette(
    card="#fcfdfe",
    raised="#eef1f5",
    rule="#d9dee6",
    text="#12161c",
    muted="#434d5b",
    dim="#4d5765",
    accent="#1750b4",
    good="#0a6036",
    warn="#7a4800",
    bad="#a81c25",
)


class Theme(msgspec.Struct, frozen=True):
    """A palette at a font scale; the scale moves spacing too, so that proportions hold."""

    palette: Palette = DARK
    scale: float = 1.0
    width_px: int = CARD_WIDTH_PX
    """Width of the card at scale 1."""

    def px(self, units: float) -> int:
        """Return `units` of the spacing unit in device-independent pixels."""
        return round(UNIT_PX * units * self.scale)

    @property
    def card_width_px(self) -> int:
        """Width of the card."""
        return round(self.width_px * self.scale)

    @property
    def compact_height_px(self) -> int:
        """Height of the compact bar."""
        return round(COMPACT_HEIGHT_PX * self.scale)

    def font(self, size: Size, *, bold: bool = False) -> QFont:
        """Return the font for a step of the type scale."""
        font = QFont()
        font.setFamilies(FAMILIES)
        font.setPixelSize(round(SIZE_PX[size] * self.scale))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        # Fractional advances keep text the same width at every display scale.
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font


def blend(over: str, opacity: float, under: str) -> str:
    """Return the colour seen where `over` lies on `under` with `opacity` 0-1."""
    top, below = QColor(over), QColor(under)
    pairs = ((top.red(), below.red()), (top.green(), below.green()), (top.blue(), below.blue()))
    return "#" + "".join(f"{round(a * opacity + b * (1 - opacity)):02x}" for a, b in pairs)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio 1-21 of two colours (WCAG 2.2, relative luminance)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    seen = QColor(colour)
    red, green, blue = (_linear(part) for part in (seen.redF(), seen.greenF(), seen.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
