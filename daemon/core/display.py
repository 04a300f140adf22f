"""What a watcher should see, as a function of the state; what to publish is the difference of two pictures."""

from __future__ import annotations

import math

from phantomcode.daemon.contract.messages import (
    ActivityChanged,
    ClockTicked,
    Hint,
    HintCleared,
    Message,
    SessionOpened,
    Snapshot,
)
from phantomcode.daemon.contract.vocabulary import Activity
from phantomcode.daemon.core import coach
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.state import Session, phase_plan, spent


def picture(state: Session, briefing: Briefing) -> Snapshot:
    """Return everything on show but captions and the review card, which the runtime adds."""
    if state.opened is None:
        return Snapshot()
    return Snapshot(
        session=SessionOpened(
            session_id=state.opened.session_id,
            problem_slug=state.opened.problem_slug,
            problem_title=briefing.problem.title,
            level=state.opened.level,
            minutes=state.opened.minutes,
            plan=phase_plan(state),
            input_mode=state.opened.input_mode,
        ),
        activity=_activity(state),
        clock=_clock(state),
        line=state.line,
        hint=_hint(state, briefing),
        ledger=coach.ledger(state.notebook),
        notices=state.notices,
    )


def changes(before: Snapshot, after: Snapshot) -> list[Message]:
    """Return the messages that take a watcher from one picture to the next."""
    messages: list[Message] = []
    pairs = (
        (before.session, after.session),
        (before.activity, after.activity),
        (before.clock, after.clock),
        (before.line, after.line),
        (before.ledger, after.ledger),
    )
    messages.extend(new for old, new in pairs if new is not None and new != old)
    if before.hint is not None and (after.hint is None or after.hint.hint_id != before.hint.hint_id):
        messages.append(HintCleared(before.hint.hint_id))
    if after.hint is not None and after.hint != before.hint:
        messages.append(after.hint)
    messages.extend(notice for notice in after.notices if notice not in before.notices)
    return messages


def _activity(state: Session) -> ActivityChanged:
    rules = (
        (state.closed or bool(state.closing), Activity.ENDED),
        (state.paused, Activity.PAUSED),
        (not state.ready, Activity.LOADING),
        (bool(state.input_lost), Activity.NO_MICROPHONE),
        (state.floor.voice_busy, Activity.SPEAKING),
        (state.pending is not None, Activity.THINKING),
        (state.floor.speaking_since is not None, Activity.HEARING),
    )
    return ActivityChanged(next((activity for applies, activity in rules if applies), Activity.LISTENING))


def _clock(state: Session) -> ClockTicked:
    """Whole seconds only, so that a picture does not change between two of them."""
    elapsed = math.floor(state.active_seconds)
    one, two, three, four, five = (float(math.floor(seconds)) for seconds in spent(state))
    return ClockTicked(
        elapsed_seconds=float(elapsed),
        remaining_seconds=max(0.0, state.planned_seconds - elapsed),
        phase=state.tracker.current,
        spent_seconds=(one, two, three, four, five),
    )


def _hint(state: Session, briefing: Briefing) -> Hint | None:
    key = state.coach.shown
    ladder = coach.ladder_for(key, state.coach.shown_in, briefing.problem.hints) if key else None
    if ladder is None:
        return None
    return Hint(
        hint_id=ladder.missing,
        step=state.coach.step,
        steps=len(ladder.steps),
        text=ladder.steps[state.coach.step - 1],
    )
