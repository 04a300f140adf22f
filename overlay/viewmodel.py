"""What the overlay knows: one frozen `View` and a pure `fold(view, event) -> View`. No Qt, no clock."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from phantomcode.daemon.contract.messages import (
    ActivityChanged,
    Caption,
    ClockTicked,
    Heartbeat,
    Hint,
    HintCleared,
    InterviewerLine,
    LedgerChanged,
    LevelMeter,
    Message,
    Notice,
    OverlayActionRequested,
    RoundEnded,
    SessionOpened,
    Snapshot,
)
from phantomcode.daemon.contract.vocabulary import Activity, Severity

METER_BARS = 24
"""Levels kept for the meter: 2.4 s at ten a second."""
NOTICE_SECONDS = 20.0
"""How long a notice below `error` stays, on the session clock; an error stays until it is put away."""
MAX_NOTICES = 4
MAX_PAST_NOTICES = 64


class Link(StrEnum):
    """How things stand with the daemon: never heard of, answering, gone quiet."""

    WAITING = "waiting"
    LIVE = "live"
    LOST = "lost"


class ConnectionLost(msgspec.Struct, frozen=True):
    """Nothing came for longer than two heartbeats."""


class ConnectionRestored(msgspec.Struct, frozen=True):
    """The daemon is heard, for the first time or again."""


class Trouble(msgspec.Struct, frozen=True):
    """Something on this side of the wire: a refused command, a frame nobody understands."""

    notice: Notice


class NoticeDismissed(msgspec.Struct, frozen=True):
    """The candidate put a notice away."""

    code: str


Event = Message | ConnectionLost | ConnectionRestored | Trouble | NoticeDismissed


class ShownNotice(msgspec.Struct, frozen=True):
    """A notice and the session second at which it came."""

    notice: Notice
    since_seconds: float


class View(msgspec.Struct, frozen=True):
    """Everything the panels are drawn from."""

    link: Link = Link.WAITING
    session: SessionOpened | None = None
    activity: ActivityChanged = ActivityChanged(Activity.LOADING)
    clock: ClockTicked | None = None
    line: InterviewerLine | None = None
    hint: Hint | None = None
    caption: Caption | None = None
    ledger: LedgerChanged = LedgerChanged()
    notices: tuple[ShownNotice, ...] = ()
    past_notices: tuple[Notice, ...] = ()
    """Shown and gone: a snapshot names every notice of the round and must not bring these back."""
    ended: RoundEnded | None = None
    levels_dbfs: tuple[float, ...] = ()
    """The newest METER_BARS microphone levels, oldest first."""
    clipping: bool = False

    @property
    def elapsed_seconds(self) -> float:
        """The session clock as last heard."""
        return self.clock.elapsed_seconds if self.clock else 0.0


def fold(view: View, event: Event) -> View:
    """Return the view after `event`; the same object when nothing changes."""
    folded = _FOLDS[type(event)](view, event)
    return view if folded == view else folded


def _opened(view: View, opened: SessionOpened) -> View:
    if view.session is not None and view.session.session_id == opened.session_id:
        return msgspec.structs.replace(view, session=opened)  # taken up again: what is on screen still holds
    return View(link=view.link, session=opened, activity=view.activity, notices=view.notices)


def _activity(view: View, changed: ActivityChanged) -> View:
    quiet = changed.activity in (Activity.PAUSED, Activity.NO_MICROPHONE, Activity.ENDED)
    if not quiet:
        return msgspec.structs.replace(view, activity=changed)
    return msgspec.structs.replace(view, activity=changed, levels_dbfs=(), clipping=False)


def _clock(view: View, clock: ClockTicked) -> View:
    kept = tuple(shown for shown in view.notices if _still_shown(shown, clock.elapsed_seconds))
    return msgspec.structs.replace(_keeping(view, kept), clock=clock)


def _keeping(view: View, kept: tuple[ShownNotice, ...]) -> View:
    gone = tuple(shown.notice for shown in view.notices if shown not in kept)
    past = (*view.past_notices, *gone)[-MAX_PAST_NOTICES:]
    return msgspec.structs.replace(view, notices=kept, past_notices=past)


def _still_shown(shown: ShownNotice, now_seconds: float) -> bool:
    age = now_seconds - shown.since_seconds
    return shown.notice.severity == Severity.ERROR or 0 <= age < NOTICE_SECONDS


def _line(view: View, line: InterviewerLine) -> View:
    return msgspec.structs.replace(view, line=line)


def _hint(view: View, hint: Hint) -> View:
    return msgspec.structs.replace(view, hint=hint)


def _hint_cleared(view: View, cleared: HintCleared) -> View:
    if view.hint is None or view.hint.hint_id != cleared.hint_id:
        return view
    return msgspec.structs.replace(view, hint=None)


def _caption(view: View, caption: Caption) -> View:
    return msgspec.structs.replace(view, caption=caption)


def _level(view: View, meter: LevelMeter) -> View:
    levels = (*view.levels_dbfs, meter.level_dbfs)[-METER_BARS:]
    return msgspec.structs.replace(view, levels_dbfs=levels, clipping=meter.clipping)


def _ledger(view: View, ledger: LedgerChanged) -> View:
    return msgspec.structs.replace(view, ledger=ledger)


def _notice(view: View, notice: Notice) -> View:
    others = tuple(shown for shown in view.notices if shown.notice.code != notice.code)
    shown = ShownNotice(notice, view.elapsed_seconds)
    past = tuple(old for old in view.past_notices if old != notice)
    return msgspec.structs.replace(view, notices=(*others, shown)[-MAX_NOTICES:], past_notices=past)


def _notice_dismissed(view: View, dismissed: NoticeDismissed) -> View:
    return _keeping(view, tuple(shown for shown in view.notices if shown.notice.code != dismissed.code))


def _ended(view: View, ended: RoundEnded) -> View:
    over = ActivityChanged(Activity.ENDED)
    view = msgspec.structs.replace(view, ended=ended, activity=over, hint=None, levels_dbfs=(), clipping=False)
    return _looking_back(view)


def _looking_back(view: View) -> View:
    """After the round the strip shows the phases as the report has them."""
    if view.clock is None or view.ended is None or view.ended.spent_seconds is None:
        return view
    clock = msgspec.structs.replace(view.clock, spent_seconds=view.ended.spent_seconds)
    return msgspec.structs.replace(view, clock=clock)


def _snapshot(view: View, snapshot: Snapshot) -> View:
    at_seconds = snapshot.clock.elapsed_seconds if snapshot.clock else 0.0
    since = {shown.notice: shown.since_seconds for shown in view.notices}
    notices = tuple(
        ShownNotice(notice, min(since.get(notice, at_seconds), at_seconds))
        for notice in snapshot.notices
        if notice not in view.past_notices
    )
    shown = View(
        link=view.link,
        session=snapshot.session,
        activity=snapshot.activity,
        clock=snapshot.clock,
        line=snapshot.line,
        hint=snapshot.hint,
        caption=snapshot.caption,
        ledger=snapshot.ledger,
        notices=notices[-MAX_NOTICES:],
        past_notices=view.past_notices,
        ended=snapshot.ended,
        levels_dbfs=view.levels_dbfs,
        clipping=view.clipping,
    )
    return _looking_back(shown)


def _lost(view: View, _event: ConnectionLost) -> View:
    link = Link.WAITING if view.link == Link.WAITING else Link.LOST
    return msgspec.structs.replace(view, link=link, levels_dbfs=(), clipping=False)


def _restored(view: View, _event: ConnectionRestored) -> View:
    return msgspec.structs.replace(view, link=Link.LIVE)


def _trouble(view: View, trouble: Trouble) -> View:
    return _notice(view, trouble.notice)


def _unchanged(view: View, _event: object) -> View:
    return view


_FOLDS: dict[type, Callable[[View, Any], View]] = {
    SessionOpened: _opened,
    ActivityChanged: _activity,
    ClockTicked: _clock,
    InterviewerLine: _line,
    Hint: _hint,
    HintCleared: _hint_cleared,
    Caption: _caption,
    LevelMeter: _level,
    LedgerChanged: _ledger,
    Notice: _notice,
    NoticeDismissed: _notice_dismissed,
    RoundEnded: _ended,
    Snapshot: _snapshot,
    ConnectionLost: _lost,
    ConnectionRestored: _restored,
    Trouble: _trouble,
    OverlayActionRequested: _unchanged,  # the window carries these out; nothing is remembered
    Heartbeat: _unchanged,
}
