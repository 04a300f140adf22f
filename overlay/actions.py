"""Every action by name: its words, its keys, and the command it sends where it is not the overlay's own.

Each also works as `phantomcode ctl NAME`.
"""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.messages import Command, DismissHint, EndRound, NextHint, Pause, Resume, YourTurn


class Action(msgspec.Struct, frozen=True):
    """One thing that can be asked for."""

    name: str
    label: str
    keys: str = ""
    """Default keys, in Qt's portable notation."""
    command: Command | None = None
    """What is sent to the daemon; None where the overlay does it itself."""


ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        Action("toggle", "Show or hide", "Ctrl+\\"),
        Action("show", "Show"),
        Action("hide", "Hide"),
        Action("full", "Full card"),
        Action("compact", "Compact bar"),
        Action("ghost", "Ghost: compact, mouse goes through", "Ctrl+Alt+G"),
        Action("pause", "Pause the round", "Ctrl+Alt+P", Pause()),
        Action("resume", "Resume the round", "", Resume()),
        Action("hint", "Next hint", "Ctrl+Alt+H", NextHint()),
        Action("dismiss", "Put the hint away", "", DismissHint()),
        Action("turn", "I'm done: your turn", "Ctrl+Alt+Return", YourTurn()),
        Action("end", "End the round", "Ctrl+Alt+E", EndRound()),
        Action("left", "Move left", "Ctrl+Alt+Left"),
        Action("right", "Move right", "Ctrl+Alt+Right"),
        Action("up", "Move up", "Ctrl+Alt+Up"),
        Action("down", "Move down", "Ctrl+Alt+Down"),
        Action("clock", "Clock: elapsed, left, hidden"),
        Action("quit", "Close the overlay; the round goes on"),
    )
}
