"""Keys. The adapter that ships works inside the overlay's menu only, and says so; every key is also a `ctl` action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec
from PyQt6.QtGui import QAction, QKeySequence

from phantomcode.overlay.actions import ACTIONS


class Registration(msgspec.Struct, frozen=True):
    """What became of one binding; `reason` is empty where the keys work everywhere."""

    action: str
    keys: str
    everywhere: bool
    reason: str = ""


class Hotkeys(Protocol):
    """Something that makes keys trigger actions."""

    def register(self, bindings: Mapping[str, str]) -> tuple[Registration, ...]:
        """Bind action name -> keys; every binding gets its answer, failures included."""
        ...

    def close(self) -> None:
        """Give the keys back; safe to call twice."""
        ...


class MenuShortcuts:
    """Keys on the entries of the overlay's menu: they work while the menu is open.

    A window that never takes the focus never sees a key, so these cannot be global.
    """

    def __init__(self, entries: Mapping[str, QAction]) -> None:
        self._entries = entries

    def register(self, bindings: Mapping[str, str]) -> tuple[Registration, ...]:
        """Bind the keys; say for each that it is not global, or why it is not bound at all."""
        return tuple(self._bind(action, keys) for action, keys in bindings.items())

    def close(self) -> None:
        """Take the keys off the entries."""
        for entry in self._entries.values():
            entry.setShortcut(QKeySequence())

    def _bind(self, action: str, keys: str) -> Registration:
        sequence = QKeySequence(keys)
        if sequence.isEmpty() or "" in sequence.toString().split(", "):
            return Registration(action, keys, everywhere=False, reason="not a key that is known")
        if action in self._entries:
            self._entries[action].setShortcut(sequence)
        reason = f"in this menu only; from anywhere, bind: phantomcode ctl {action}"
        return Registration(action, keys, everywhere=False, reason=reason)


def bindings(own: Mapping[str, str]) -> dict[str, str]:
    """Return action -> keys: the defaults with the user's own on top; empty keys switch one off."""
    merged = {action.name: action.keys for action in ACTIONS.values() if action.keys}
    merged.update({action: keys for action, keys in own.items() if action in ACTIONS})
    return {action: keys for action, keys in merged.items() if keys}
