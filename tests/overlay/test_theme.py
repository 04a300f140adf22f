from __future__ import annotations

import re
from importlib.resources import files

import pytest
from PyQt6.QtGui import QImage

from phantomcode.overlay.icons import pixmap
from phantomcode.overlay.settings import SPECS
from phantomcode.overlay.slices import Light
from phantomcode.overlay.theme import DARK, LIGHT, MIN_OPACITY_PERCENT, Palette, blend, contrast

TEXT_COLOURS = ("text", "muted", "dim", "accent", "good", "warn", "bad")


@pytest.mark.parametrize(("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)])
def test_contrast_agrees_with_the_published_examples(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("wallpaper", ["#ffffff", "#000000", "#808080"])
@pytest.mark.parametrize("colour", TEXT_COLOURS)
def test_text_keeps_its_contrast_over_any_wallpaper(palette: Palette, wallpaper: str, colour: str) -> None:
    ground = blend(palette.card, MIN_OPACITY_PERCENT / 100, wallpaper)
    assert contrast(getattr(palette, colour), ground) >= 4.5


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_text_on_raised_grounds_and_buttons(palette: Palette) -> None:
    assert contrast(palette.text, palette.raised) >= 4.5
    assert contrast(palette.text, palette.rule) >= 4.5
    assert contrast(palette.muted, palette.raised) >= 4.5
    assert contrast(palette.card, palette.accent) >= 4.5


def test_the_least_opacity_that_was_checked_is_the_least_that_can_be_set() -> None:
    (spec,) = [spec for spec in SPECS if spec.name == "opacity_percent"]
    assert spec.minimum == MIN_OPACITY_PERCENT


def _shape(image: QImage) -> bytes:
    grey = image.convertToFormat(QImage.Format.Format_Alpha8)
    data = grey.constBits()
    assert data is not None
    return bytes(data.asarray(grey.sizeInBytes()))


@pytest.mark.usefixtures("app")
def test_every_light_has_a_shape_of_its_own() -> None:
    shapes = {light: _shape(pixmap(light.value, "#ffffff", 20, 2.0).toImage()) for light in Light}
    assert all(any(shape) for shape in shapes.values())
    assert len(set(shapes.values())) == len(Light)


def test_icons_take_their_colour_from_the_theme() -> None:
    for entry in files("phantomcode.overlay").joinpath("icons").iterdir():
        svg = entry.read_text(encoding="utf-8")
        assert "currentColor" in svg
        assert not re.search(r"#[0-9a-fA-F]{3}", svg)
