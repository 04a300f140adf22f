from __future__ import annotations

import pytest
from PyQt6.QtGui import QAction

from phantomcode.overlay.actions import ACTIONS
from phantomcode.overlay.hotkeys import MenuShortcuts, bindings


def test_own_keys_go_on_top_and_empty_ones_switch_off() -> None:
    bound = bindings({"pause": "Ctrl+P", "end": "", "nonsense": "Ctrl+X"})
    assert bound["pause"] == "Ctrl+P"
    assert "end" not in bound
    assert "nonsense" not in bound
    assert bound["hint"] == ACTIONS["hint"].keys


@pytest.mark.usefixtures("app")
def test_every_binding_is_answered_honestly() -> None:
    entry = QAction("Pause")
    keys = MenuShortcuts({"pause": entry})
    answers = {one.action: one for one in keys.register({"pause": "Ctrl+Alt+P", "left": "Ctrl+Left", "hint": "?!x"})}
    assert not any(one.everywhere for one in answers.values())
    assert "phantomcode ctl pause" in answers["pause"].reason
    assert "phantomcode ctl left" in answers["left"].reason
    assert "not a key that is known" in answers["hint"].reason
    assert entry.shortcut().toString() == "Ctrl+Alt+P"
    keys.close()
    assert entry.shortcut().isEmpty()
