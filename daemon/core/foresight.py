"""What the round would do next if what was understood so far were all that is said. Pure.

At a pause nobody knows yet whether it is the end. What would follow from it can be prepared all the same, and is thrown
away when the candidate goes on.
"""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.messages import InterviewerLine
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.effects import Publish, Reaction, WakeAt, Write
from phantomcode.daemon.core.events import TimePassed, UtteranceHeard
from phantomcode.daemon.core.session import step
from phantomcode.daemon.core.state import Session

WAKINGS = 2
"""A line is due at its first waking, or at the second where the first brings the floor to another."""


class Foreseen(msgspec.Struct, frozen=True):
    """What the language model would be asked first, and which line would go out without it."""

    write: Write | None = None
    line: str = ""


def foresee(state: Session, heard: UtteranceHeard, briefing: Briefing) -> Foreseen:
    """Return what follows if these words end the turn and nobody speaks until the interviewer may."""
    state, reactions = step(state, heard, briefing)
    for _ in range(WAKINGS):
        found = _first(reactions)
        wakes = [r.at_seconds for r in reactions if isinstance(r, WakeAt) and r.at_seconds > state.now_seconds]
        if found is not None or not wakes:
            return found or Foreseen()
        state, reactions = step(state, TimePassed(min(wakes)), briefing)
    return _first(reactions) or Foreseen()


def _first(reactions: tuple[Reaction, ...]) -> Foreseen | None:
    """A line that is asked for urgently, or one that is said."""
    for reaction in reactions:
        if isinstance(reaction, Write) and reaction.urgent:
            return Foreseen(write=reaction)
        if isinstance(reaction, Publish) and isinstance(reaction.message, InterviewerLine):
            return Foreseen(line=reaction.message.text)
    return None
