"""Settings are data: each has a name, kind, unit, default and a sentence. One JSON file, written atomically.

They are kept per monitor layout, so that the desk at home and the laptop alone each have their own place,
mode, opacity and text size.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import platformdirs

FILE_VERSION = 1
MARGIN_PX = 16
Value = str | int | None


class Spec(msgspec.Struct, frozen=True):
    """One setting. A number has limits and a unit, a choice its choices; `default` None means "not set"."""

    name: str
    unit: str
    default: Value
    sentence: str
    minimum: int = 0
    maximum: int = 0
    choices: tuple[str, ...] = ()

    def accept(self, value: object) -> Value:
        """Return `value` where it fits, moved inside the limits where it is a number, else the default."""
        if self.choices:
            return value if isinstance(value, str) and value in self.choices else self.default
        if isinstance(value, bool) or not isinstance(value, int):
            return self.default
        return max(self.minimum, min(self.maximum, value))


_FAR_PX = 100_000

SPECS: tuple[Spec, ...] = (
    Spec("mode", "", "full", "How much is shown; ghost lets the mouse through.", choices=("full", "compact", "ghost")),
    Spec("theme", "", "system", "Dark, light, or what the system uses.", choices=("system", "dark", "light")),
    Spec("clock", "", "elapsed", "What the clock shows.", choices=("elapsed", "left", "hidden")),
    Spec("font_percent", "%", 100, "Size of text and spacing.", minimum=80, maximum=160),
    Spec("opacity_percent", "%", 97, "How solid the card is; text stays solid.", minimum=88, maximum=100),
    Spec("width_px", "px", 420, "Width of the card at 100 % text size.", minimum=400, maximum=640),
    Spec("left_px", "px", None, "Left edge; not set means top right.", minimum=-_FAR_PX, maximum=_FAR_PX),
    Spec("top_px", "px", None, "Top edge; not set means top right.", minimum=-_FAR_PX, maximum=_FAR_PX),
)


class Settings(msgspec.Struct, frozen=True):
    """The settings of one monitor layout; SPECS says what each means."""

    mode: str = "full"
    theme: str = "system"
    clock: str = "elapsed"
    font_percent: int = 100
    opacity_percent: int = 97
    width_px: int = 420
    left_px: int | None = None
    top_px: int | None = None

    @classmethod
    def parsed(cls, values: Mapping[str, object]) -> Settings:
        """Build from untrusted values: unknown names are dropped, unfit values become defaults."""
        accepted: dict[str, Any] = {spec.name: spec.accept(values.get(spec.name)) for spec in SPECS}
        return cls(**accepted)


class Store:
    """The settings file. A file that cannot be read is set aside, never overwritten in silence."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or platformdirs.user_config_path("phantomcode") / "overlay.json"
        self.problem = ""
        """One sentence, where the file could not be read or written."""
        self._document = self._read()

    def load(self, layout: str) -> Settings:
        """Return the settings of a layout; a new layout starts like the last one used, at the default place."""
        layouts = _mapping(self._document.get("layouts"))
        known = layouts.get(layout)
        if isinstance(known, dict):
            return Settings.parsed(known)
        last = Settings.parsed(_mapping(layouts.get(str(self._document.get("last")))))
        return msgspec.structs.replace(last, left_px=None, top_px=None)

    def save(self, layout: str, settings: Settings) -> None:
        """Write the settings of a layout, whole or not at all."""
        layouts = _mapping(self._document.get("layouts"))
        layouts[layout] = msgspec.structs.asdict(settings)
        self._document = {**self._document, "version": FILE_VERSION, "last": layout, "layouts": layouts}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_suffix(f".{os.getpid()}.tmp")
            draft.write_text(json.dumps(self._document, indent=2) + "\n", encoding="utf-8")
            draft.replace(self.path)
        except OSError as error:
            self.problem = f"Settings could not be saved: {error.strerror or error}."

    def keys(self) -> dict[str, str]:
        """Return the user's own key bindings, action -> keys."""
        bound = _mapping(self._document.get("keys"))
        return {action: keys for action, keys in bound.items() if isinstance(keys, str)}

    def _read(self) -> dict[str, object]:
        try:
            document = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            return self._set_aside()
        return document if isinstance(document, dict) else self._set_aside()

    def _set_aside(self) -> dict[str, object]:
        aside = self.path.with_suffix(".broken")
        self.problem = f"Settings could not be read; they are kept as {aside.name} and defaults are used."
        with contextlib.suppress(OSError):
            self.path.replace(aside)
        return {}


def _mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


class Rect(NamedTuple):
    """A rectangle in device-independent pixels."""

    left: int
    top: int
    width: int
    height: int

    def overlap(self, other: Rect) -> int:
        """Return the common area."""
        wide = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        high = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        return max(0, wide) * max(0, high)


def layout_key(screens: Sequence[tuple[str, Rect]]) -> str:
    """Return the name of a monitor layout: which screens, how large, where."""
    named = sorted(f"{name}:{r.width}x{r.height}+{r.left}+{r.top}" for name, r in screens)
    return " ".join(named)


def placed(wanted: tuple[int | None, int | None], size: tuple[int, int], areas: Sequence[Rect]) -> tuple[int, int]:
    """Return where a window of `size` goes: where it is wanted, inside the work area it is most on.

    areas: the live work areas, the active monitor's first. Off all of them, it comes home to the top right of the
    first. A window larger than its area keeps its top left corner visible.
    """
    home = areas[0]
    left, top = wanted
    if left is None or top is None:
        return _clamped(home.left + home.width - size[0] - MARGIN_PX, home.top + MARGIN_PX, size, home)
    box = Rect(left, top, *size)
    best = max(areas, key=box.overlap)
    if box.overlap(best) == 0:
        return placed((None, None), size, areas)
    return _clamped(left, top, size, best)


def _clamped(left: int, top: int, size: tuple[int, int], area: Rect) -> tuple[int, int]:
    right_most, lowest = area.left + area.width - size[0], area.top + area.height - size[1]
    return max(area.left, min(left, right_most)), max(area.top, min(top, lowest))
