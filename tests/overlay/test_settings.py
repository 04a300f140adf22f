from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.overlay.settings import MARGIN_PX, SPECS, Rect, Settings, Store, layout_key, placed

DESK = [Rect(0, 30, 1920, 1050), Rect(1920, 0, 1280, 1024)]


def test_every_setting_is_described_and_has_the_described_default() -> None:
    assert {spec.name: spec.default for spec in SPECS} == msgspec.structs.asdict(Settings())
    assert all(spec.sentence.endswith(".") for spec in SPECS)


def test_settings_come_back_per_layout(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "overlay.json"
    kept = Settings(mode="compact", theme="light", font_percent=130, left_px=12, top_px=-5)
    Store(path).save("desk", kept)
    again = Store(path)
    assert again.load("desk") == kept
    assert again.load("laptop") == msgspec.structs.replace(kept, left_px=None, top_px=None)
    assert [entry.name for entry in path.parent.iterdir()] == ["overlay.json"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"font_percent": 400}, Settings(font_percent=160)),
        ({"opacity_percent": 10}, Settings(opacity_percent=88)),
        ({"mode": "huge", "theme": 3, "left_px": "x", "font_percent": True}, Settings()),
        ({"unknown": 1}, Settings()),
    ],
)
def test_unfit_values_are_put_right(values: dict[str, object], expected: Settings) -> None:
    assert Settings.parsed(values) == expected


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "\x00"])
def test_a_broken_file_is_set_aside_and_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "overlay.json"
    path.write_text(text)
    store = Store(path)
    assert store.load("desk") == Settings()
    assert "overlay.broken" in store.problem
    assert (tmp_path / "overlay.broken").read_text() == text


@pytest.mark.parametrize("layouts", [[], {"desk": []}, {"desk": 3}, None])
def test_a_file_of_the_wrong_shape_gives_defaults(tmp_path: Path, layouts: object) -> None:
    path = tmp_path / "overlay.json"
    path.write_text(json.dumps({"layouts": layouts, "keys": [1]}))
    store = Store(path)
    assert store.load("desk") == Settings()
    assert store.keys() == {}
    store.save("desk", Settings(mode="ghost"))
    assert Store(path).load("desk").mode == "ghost"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "overlay.json")
    store.problem = ""
    store.save("desk", Settings())
    assert "could not be saved" in store.problem


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ((None, None), (1920 - 420 - MARGIN_PX, 30 + MARGIN_PX)),
        ((100, 200), (100, 200)),
        ((-50, 0), (0, 30)),
        ((2000, 900), (2000, 1024 - 300)),
        ((9000, 9000), (1920 - 420 - MARGIN_PX, 30 + MARGIN_PX)),
    ],
)
def test_the_window_stays_in_a_live_work_area(wanted: tuple[int | None, int | None], expected: tuple[int, int]) -> None:
    assert placed(wanted, (420, 300), DESK) == expected


@given(st.integers(-5000, 5000), st.integers(-5000, 5000), st.integers(40, 900), st.integers(40, 900))
def test_wherever_it_was_it_is_whole_on_one_screen(left: int, top: int, width: int, height: int) -> None:
    x, y = placed((left, top), (width, height), DESK)
    assert any(
        area.left <= x
        and area.top <= y
        and x + width <= area.left + area.width
        and y + height <= area.top + area.height
        for area in DESK
    )


def test_a_layout_is_named_by_its_screens_in_any_order() -> None:
    one, two = ("eDP-1", DESK[0]), ("HDMI-1", DESK[1])
    assert layout_key([one, two]) == layout_key([two, one]) != layout_key([one])
