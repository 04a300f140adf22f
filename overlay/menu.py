"""The menu, shared by the card and the tray: every action, and the settings that are worth changing mid-round."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QMenu

from phantomcode.overlay.actions import ACTIONS
from phantomcode.overlay.settings import Settings
from phantomcode.overlay.slices import ControlsSlice
from phantomcode.overlay.theme import Size, Theme

_ROUND = ("pause", "resume", "hint", "turn", "end")
_CHOICES: tuple[tuple[str, str, tuple[tuple[str, str | int], ...]], ...] = (
    ("Text size", "font_percent", tuple((f"{size} %", size) for size in (80, 90, 100, 115, 130, 160))),
    ("Theme", "theme", (("Like the system", "system"), ("Dark", "dark"), ("Light", "light"))),
    ("Opacity", "opacity_percent", (("Solid", 100), ("Nearly solid", 97), ("Lightly see-through", 88))),
    ("Clock", "clock", (("Elapsed", "elapsed"), ("Left", "left"), ("Hidden", "hidden"))),
)


class Menu:
    """Builds the menu once and keeps its marks right. `chosen(name, value)` is told of a setting's new value."""

    def __init__(self, act: Callable[[str], None], chosen: Callable[[str, str | int], None]) -> None:
        self.widget = QMenu("PhantomCode")
        self.entries: dict[str, QAction] = {}
        self._act = act
        self._chosen = chosen
        self._marks: dict[tuple[str, str | int], QAction] = {}
        self._groups: list[QActionGroup] = []
        self._add_modes()
        self._add_actions(*_ROUND)
        for title, setting, choices in _CHOICES:
            self._add_choices(title, setting, choices)
        self.widget.addSeparator()
        self._add_submenu("Move", ("left", "right", "up", "down"))
        self._keys_note = self.widget.addMenu("Keyboard")
        self._add_actions("toggle", "quit")

    def dress(self, theme: Theme) -> None:
        """Wear the card's colours and type."""
        colours = theme.palette
        self.widget.setStyleSheet(
            f"""
            QMenu {{ background: {colours.card}; color: {colours.text}; border: 1px solid {colours.rule};
                     padding: {theme.px(1)}px; font-size: {theme.font(Size.BODY).pixelSize()}px; }}
            QMenu::item {{ padding: {theme.px(1.5)}px {theme.px(6)}px; border-radius: {theme.px(1)}px; }}
            QMenu::item:selected {{ background: {colours.rule}; }}
            QMenu::item:disabled {{ color: {colours.dim}; }}
            QMenu::separator {{ height: 1px; background: {colours.rule}; margin: {theme.px(1)}px {theme.px(2)}px; }}
            """
        )

    def mark(self, settings: Settings) -> None:
        """Tick what is set."""
        for (name, value), entry in self._marks.items():
            entry.setChecked(getattr(settings, name) == value)

    def enable(self, controls: ControlsSlice) -> None:
        """Offer what makes sense now."""
        for name in _ROUND:
            self.entries[name].setEnabled(controls.live)
        self.entries["pause"].setVisible(not controls.paused)
        self.entries["resume"].setVisible(controls.paused)

    def explain_keys(self, sentences: tuple[str, ...]) -> None:
        """List what became of the keys."""
        if self._keys_note is not None:
            for sentence in sentences:
                entry = self._keys_note.addAction(sentence)
                if entry is not None:
                    entry.setEnabled(False)

    def _add_modes(self) -> None:
        group = self._group(self.widget)
        for mode in ("full", "compact", "ghost"):
            entry = self._entry(self.widget, ACTIONS[mode].label, partial(self._act, mode))
            group.addAction(entry)
            self.entries[mode] = entry
            entry.setCheckable(True)
            self._marks[("mode", mode)] = entry
        self.widget.addSeparator()

    def _add_actions(self, *names: str) -> None:
        for name in names:
            self.entries[name] = self._entry(self.widget, ACTIONS[name].label, partial(self._act, name))
        self.widget.addSeparator()

    def _add_submenu(self, title: str, names: tuple[str, ...]) -> None:
        menu = self.widget.addMenu(title)
        if menu is not None:
            for name in names:
                self.entries[name] = self._entry(menu, ACTIONS[name].label, partial(self._act, name))

    def _add_choices(self, title: str, setting: str, choices: tuple[tuple[str, str | int], ...]) -> None:
        menu = self.widget.addMenu(title)
        if menu is None:
            return
        group = self._group(menu)
        for label, value in choices:
            entry = self._entry(menu, label, partial(self._chosen, setting, value))
            entry.setCheckable(True)
            group.addAction(entry)
            self._marks[(setting, value)] = entry

    def _group(self, menu: QMenu) -> QActionGroup:
        group = QActionGroup(menu)
        self._groups.append(group)
        return group

    def _entry(self, menu: QMenu, label: str, do: Callable[[], None]) -> QAction:
        entry = QAction(label, menu)
        entry.triggered.connect(lambda _checked: do())
        menu.addAction(entry)
        return entry
