"""step(state, event, briefing) -> (state, effects): the only place that ties the parts together.

Everything a round is can be folded from its journal by calling `step` again. Effects are what the runtime must do now;
when a journal is replayed they are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from phantomcode.daemon.contract.messages import Notice
from phantomcode.daemon.contract.vocabulary import Severity
from phantomcode.daemon.core import coach, events, hearing, talking, turns
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.display import changes, picture
from phantomcode.daemon.core.effects import Bias, Finish, Listen, Prefill, Publish, Reaction, StopSpeaking, WakeAt
from phantomcode.daemon.core.phases import tick
from phantomcode.daemon.core.prompting import reading_prompt, vocabulary_for
from phantomcode.daemon.core.state import Session, situation

OVERTIME_SECONDS = 15.0
"""A candidate in mid-sentence at the bell may finish it; after this long the round closes all the same."""

INPUT_GRACE_SECONDS = 4.0
"""After a recording has run out the interviewer may still answer, for this long."""

Outcome = tuple[Session, tuple[Reaction, ...]]


def step(state: Session, event: events.Event, briefing: Briefing) -> Outcome:
    """Return the round after one event, and what the world must do about it. Pure.

    Events after the round was closed change nothing. An event whose time lies before the last one counts as now.
    """
    if state.closed:
        return state, ()
    before = picture(state, briefing)
    after, effects = _HANDLERS[type(event)](_pass_time(state, event.at_seconds), event, briefing)
    after, said = _decide(after, briefing)
    phase = after.tracker.current
    bias = () if phase is state.tracker.current else (Bias(vocabulary_for(briefing, phase)),)
    shown = (Publish(message) for message in changes(before, picture(after, briefing)))
    return after, (*effects, *said, *bias, *shown)


def replay(journal: Iterable[events.Event], briefing: Briefing) -> Session:
    """Return the round a journal tells of."""
    state = Session()
    for event in journal:
        state, _ = step(state, event, briefing)
    return state


def _pass_time(state: Session, at_seconds: float) -> Session:
    elapsed = max(0.0, at_seconds - state.now_seconds)
    active = state.active_seconds + elapsed if state.running else state.active_seconds
    return msgspec.structs.replace(
        state,
        now_seconds=max(state.now_seconds, at_seconds),
        active_seconds=active,
        tracker=tick(state.tracker, active),
    )


def _decide(state: Session, briefing: Briefing) -> Outcome:
    """Let the coach and then the interviewer act on the state as it is now."""
    opened = state.opened
    if opened is None or not state.ready or state.paused or state.closing or state.closed:
        return state, ()
    state = msgspec.structs.replace(state, coach=coach.advance(state.coach, situation(state), briefing.problem.hints))
    if state.active_seconds >= state.planned_seconds + OVERTIME_SECONDS:
        return _close(state, "time", briefing)
    if state.input_ends_at is not None and state.now_seconds >= state.input_ends_at:
        return _close(state, "input", briefing)
    state, effects = talking.consider(state, opened, briefing)
    if state.agenda.closed:
        state = msgspec.structs.replace(state, closing="time")
        return state, (*effects, Finish("time"))
    return state, effects


def _close(state: Session, reason: str, briefing: Briefing) -> Outcome:
    """Say the last line, whatever is going on, and finish."""
    if state.closing:
        return state, ()
    effects: tuple[Reaction, ...] = ()
    if state.opened is not None and state.agenda.posed:
        state, effects = talking.say_goodbye(state, state.opened, briefing, on_time=reason == "time")
    return msgspec.structs.replace(state, closing=reason), (*effects, Finish(reason))


def _opened(state: Session, event: events.RoundOpened, briefing: Briefing) -> Outcome:
    first = vocabulary_for(briefing, state.tracker.current)
    return msgspec.structs.replace(state, opened=event), (Bias(first),)


def _resumed_by_new_daemon(state: Session, _event: events.RoundResumed, briefing: Briefing) -> Outcome:
    """Whatever was under way died with the old daemon: engines load again, lines are chosen again."""
    state = msgspec.structs.replace(
        talking.taken_back(state),
        ready=False,
        pending=None,
        preparing=None,
        floor=turns.nobody_talks(state.floor),
        input_lost="",
        input_ends_at=None,
    )
    finish = (Finish(state.closing),) if state.closing else ()
    return state, (Bias(vocabulary_for(briefing, state.tracker.current)), *finish)


def _engines_ready(state: Session, event: events.EnginesReady, _briefing: Briefing) -> Outcome:
    """Silence counts from here: nobody could be heard while the engines were loading."""
    ready = msgspec.structs.replace(
        state,
        ready=True,
        has_model=event.has_model,
        has_voice=event.has_voice,
        free_lines=event.free_lines,
        floor=turns.silence_begins(state.floor, event.at_seconds),
    )
    read_ahead = (Prefill(reading_prompt()),) if event.has_model else ()
    return ready, (Listen(on=not state.paused), *read_ahead)


def _speech_started(state: Session, event: events.SpeechStarted, _briefing: Briefing) -> Outcome:
    """The candidate's voice stops the interviewer's, where the microphone is open while it speaks."""
    hush = (StopSpeaking(),) if state.floor.voice_busy else ()
    floor = msgspec.structs.replace(turns.speech_started(state.floor, event.at_seconds), voice_busy=False)
    state, effects = talking.withdraw(msgspec.structs.replace(state, floor=floor))
    return state, (*hush, *effects)


def _speech_paused(state: Session, event: events.SpeechPaused, _briefing: Briefing) -> Outcome:
    floor = turns.speech_paused(state.floor, event.at_seconds, event.turn_complete)
    return msgspec.structs.replace(state, floor=floor), ()


def _speech_resumed(state: Session, event: events.SpeechResumed, _briefing: Briefing) -> Outcome:
    return talking.withdraw(msgspec.structs.replace(state, floor=turns.speech_resumed(state.floor, event.at_seconds)))


def _speech_dropped(state: Session, event: events.SpeechDropped, _briefing: Briefing) -> Outcome:
    return msgspec.structs.replace(state, floor=turns.speech_closed(state.floor, event.ended_seconds)), ()


def _utterance_heard(state: Session, event: events.UtteranceHeard, briefing: Briefing) -> Outcome:
    state, withdrawn = talking.withdraw(state) if state.tentative is not None else (state, ())
    state, effects = hearing.take_in(state, event, briefing)
    state, taken_back = talking.reconsider(state, briefing)
    return state, (*withdrawn, *taken_back, *effects)


def _time_passed(state: Session, _event: events.TimePassed, _briefing: Briefing) -> Outcome:
    return state, ()


def _line_written(state: Session, event: events.LineWritten, briefing: Briefing) -> Outcome:
    return talking.line_written(state, event, briefing)


def _tier_lowered(state: Session, event: events.TierLowered, _briefing: Briefing) -> Outcome:
    """A line that waits for the model goes out in the bank's words when it is due."""
    words = f"{event.model} words its lines" if event.model else "its lines are the problem bank's own"
    told = f"The interviewer's language model was too slow on this machine; from here on {words}."
    state = _notified(state, Notice("interviewer.slow", Severity.INFO, told))
    return msgspec.structs.replace(state, has_model=bool(event.model), free_lines=False, preparing=None), ()


def _voice_finished(state: Session, event: events.VoiceFinished, _briefing: Briefing) -> Outcome:
    """The end of a line that was cut off for a newer one says nothing about the newer one."""
    if state.line is None or event.line_id != state.line.line_id:
        return state, ()
    return msgspec.structs.replace(state, floor=turns.voice_finished(state.floor, event.at_seconds)), ()


def _phase_voted(state: Session, event: events.PhaseVoted, _briefing: Briefing) -> Outcome:
    return hearing.take_vote(state, event), ()


def _paused(state: Session, _event: events.Paused, _briefing: Briefing) -> Outcome:
    if state.paused:
        return state, ()
    state, effects = talking.withdraw(state)
    state = msgspec.structs.replace(state, paused=True, floor=turns.nobody_talks(state.floor))
    return state, (*effects, StopSpeaking(), Listen(on=False))


def _resumed(state: Session, event: events.Resumed, _briefing: Briefing) -> Outcome:
    if not state.paused:
        return state, ()
    floor = turns.silence_begins(state.floor, event.at_seconds)
    return msgspec.structs.replace(state, paused=False, floor=floor), (Listen(on=True),)


def _hint_asked(state: Session, _event: events.HintAsked, briefing: Briefing) -> Outcome:
    climbed = coach.climb(state.coach, situation(state), briefing.problem.hints)
    return msgspec.structs.replace(state, coach=climbed), ()


def _hint_dismissed(state: Session, _event: events.HintDismissed, _briefing: Briefing) -> Outcome:
    return msgspec.structs.replace(state, coach=coach.dismiss(state.coach, situation(state))), ()


def _turn_yielded(state: Session, event: events.TurnYielded, _briefing: Briefing) -> Outcome:
    return msgspec.structs.replace(state, floor=turns.turn_yielded(state.floor, event.at_seconds)), ()


def _end_asked(state: Session, _event: events.EndAsked, briefing: Briefing) -> Outcome:
    return _close(state, "command", briefing)


def _input_ended(state: Session, _event: events.InputEnded, _briefing: Briefing) -> Outcome:
    ends = state.now_seconds + INPUT_GRACE_SECONDS
    return msgspec.structs.replace(state, input_ends_at=ends), (WakeAt(ends),)


def _input_lost(state: Session, event: events.InputLost, _briefing: Briefing) -> Outcome:
    notice = Notice(event.code, Severity.WARNING, event.message, event.remedy)
    floor = msgspec.structs.replace(turns.nobody_talks(state.floor), voice_busy=state.floor.voice_busy)
    state = _notified(state, notice, instead_of="input.restored")
    return msgspec.structs.replace(state, input_lost=event.code, floor=floor), ()


def _input_restored(state: Session, event: events.InputRestored, _briefing: Briefing) -> Outcome:
    notice = Notice("input.restored", Severity.INFO, f"Listening to {event.device}.")
    return msgspec.structs.replace(_notified(state, notice, instead_of=state.input_lost), input_lost=""), ()


def _engine_down(state: Session, event: events.EngineDown, _briefing: Briefing) -> Outcome:
    remedy = event.remedy or "It is being started again; the round goes on."
    notice = Notice(f"engine.{event.engine}", Severity.WARNING, event.message, remedy)
    return _notified(state, notice), ()


def _engine_up(state: Session, event: events.EngineUp, _briefing: Briefing) -> Outcome:
    return _notified(state, Notice(f"engine.{event.engine}", Severity.INFO, f"The {event.engine} is back.")), ()


def _round_closed(state: Session, event: events.RoundClosed, _briefing: Briefing) -> Outcome:
    return msgspec.structs.replace(state, closed=True, closing=state.closing or event.reason), ()


def _notified(state: Session, notice: Notice, instead_of: str = "") -> Session:
    """Keep the latest notice of each code, and drop the one this takes the place of."""
    others = tuple(kept for kept in state.notices if kept.code not in (notice.code, instead_of))
    return msgspec.structs.replace(state, notices=(*others, notice))


_HANDLERS: dict[type[events.Happened], Callable[[Session, Any, Briefing], Outcome]] = {
    events.RoundOpened: _opened,
    events.RoundResumed: _resumed_by_new_daemon,
    events.EnginesReady: _engines_ready,
    events.SpeechStarted: _speech_started,
    events.SpeechPaused: _speech_paused,
    events.SpeechResumed: _speech_resumed,
    events.SpeechDropped: _speech_dropped,
    events.UtteranceHeard: _utterance_heard,
    events.TimePassed: _time_passed,
    events.LineWritten: _line_written,
    events.TierLowered: _tier_lowered,
    events.VoiceFinished: _voice_finished,
    events.PhaseVoted: _phase_voted,
    events.Paused: _paused,
    events.Resumed: _resumed,
    events.HintAsked: _hint_asked,
    events.HintDismissed: _hint_dismissed,
    events.TurnYielded: _turn_yielded,
    events.EndAsked: _end_asked,
    events.InputEnded: _input_ended,
    events.InputLost: _input_lost,
    events.InputRestored: _input_restored,
    events.EngineDown: _engine_down,
    events.EngineUp: _engine_up,
    events.RoundClosed: _round_closed,
}
