"""A journal read back into a round, for the commands that look at one."""

from __future__ import annotations

import sys

from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.contract.errors import SessionError
from phantomcode.daemon.core.briefing import Briefing, brief
from phantomcode.daemon.core.events import RoundOpened
from phantomcode.daemon.core.session import replay
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.review.practised import CHANGED, changed_since, source_of
from phantomcode.problems.load import load_atlas, load_problem


def load_round(session_id: str) -> tuple[Session, Briefing]:
    """Replay a session's journal; raises SessionError, JournalError or ProblemError.

    Says on stderr when the problem is no longer the one that was practised.
    """
    events = list(Sessions().events(session_id))
    opened = next((event for event in events if isinstance(event, RoundOpened)), None)
    if opened is None:
        raise SessionError(
            "session.empty", f"The journal {session_id} holds no round.", "Delete it: phantomcode sessions delete."
        )
    if changed_since(opened):
        print(CHANGED, file=sys.stderr)
    briefing = brief(load_problem(source_of(opened)), load_atlas())
    return replay(events, briefing), briefing


def newest_session() -> str:
    """Return the id of the newest round that can be read; raises SessionError when there is none."""
    for summary in Sessions().summaries():
        if summary.opened is not None:
            return summary.session_id
    raise SessionError("session.none", "There are no rounds yet.", "Start one: phantomcode practice.")
