"""What the session does to say something: choose a line, have it worded, check the wording, say it or take it back.

Lines that are likely to come next are worded ahead while the candidate talks. So the model's own wording costs no
waiting, and when it is not there in time, or fails a check, the bank's wording goes out instead.
"""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.messages import InterviewerLine
from phantomcode.daemon.contract.vocabulary import Move
from phantomcode.daemon.core import free_lines, prompting, turns
from phantomcode.daemon.core.agenda import Intent
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.challenges import intended_decision, next_challenge, next_rung
from phantomcode.daemon.core.effects import CancelWrite, LowerTier, Reaction, Speak, StopSpeaking, WakeAt, Write
from phantomcode.daemon.core.events import LineWritten, RoundOpened
from phantomcode.daemon.core.free_lines import check_free, free_prompt, material, standing
from phantomcode.daemon.core.hearing import add
from phantomcode.daemon.core.interviewer import choose, close_line, said
from phantomcode.daemon.core.prompting import Checked, Reason, check, line_prompt, room_for_remark
from phantomcode.daemon.core.quotes import Quote, quotes, subject_of
from phantomcode.daemon.core.state import Audit, Pending, Prepared, Session, Tentative, Wanted, scene
from phantomcode.daemon.core.transcript import Challenge, Speaker, Utterance

DEADLINE_SECONDS = 1.5
"""A model's line that is not there this long after it could be said gives way to the bank's own."""

SLOW_SECONDS = 2.5
"""A line that takes longer is late even where it was begun at the first breath of the pause."""
SLOW_LINES = 3
"""So many in a row, and it is not another program that held the processor for a moment."""

ATTEMPTS = 2

SPEAKING_WORDS_PER_SECOND = 2.6
"""About 156 words a minute, the middle of the conversational band (docs/grading.md, delivery)."""

Outcome = tuple[Session, tuple[Reaction, ...]]


def consider(state: Session, opened: RoundOpened, briefing: Briefing) -> Outcome:
    """Say what is due, or prepare what will be."""
    if state.tentative is not None:
        waits = state.now_seconds < state.tentative.stands_at_seconds and not state.floor.yielded
        return (state, ()) if waits else _stand(state)
    if state.pending is not None:
        if state.now_seconds < state.pending.due_seconds:
            return state, ()
        late = state.pending.wanted
        state = msgspec.structs.replace(state, overdue=(*state.overdue, late))
        return _say(state, opened, late.intent, "", briefing)
    intent = choose(scene(state, opened), state.agenda, briefing)
    if intent is None:
        return _prepare(state, opened, briefing)
    if turns.may_speak(state.floor, state.now_seconds, intent.urgency):
        return _begin(state, opened, intent, briefing)
    state, effects = _prepare(state, opened, briefing)
    opens = turns.opens_at(state.floor, intent.urgency)
    return state, effects if opens is None else (*effects, WakeAt(opens))


def withdraw(state: Session) -> Outcome:
    """Take back a line that has not gone out yet, or does not stand yet, since the candidate goes on talking."""
    state = taken_back(state)
    if state.pending is None:
        return state, ()
    dropped = state.pending.wanted
    state = msgspec.structs.replace(state, pending=None, overdue=(*state.overdue, dropped))
    return state, (CancelWrite(dropped.request_id),)


def taken_back(state: Session) -> Session:
    """Return the round without the line that does not stand yet, as if it had not been said."""
    before = state.tentative
    if before is None:
        return state
    return msgspec.structs.replace(
        state,
        tentative=None,
        agenda=before.agenda,
        utterances=before.utterances,
        notebook=before.notebook,
        line=before.line,
    )


def _stand(state: Session) -> Outcome:
    """Let the line on show stand, and say it where there is a voice."""
    if state.line is None:
        return state, ()
    line = msgspec.structs.replace(state.line, final=True)
    state = msgspec.structs.replace(state, tentative=None, line=line, floor=turns.line_stands(state.floor))
    if not state.has_voice:
        return state, ()
    state = msgspec.structs.replace(state, floor=turns.voice_begins(state.floor))
    return state, (Speak(line.line_id, line.text),)


def reconsider(state: Session, briefing: Briefing) -> Outcome:
    """Take back a line still being worded if the candidate's latest words make another one due, or ask for time."""
    if state.pending is None or state.opened is None:
        return state, ()
    intent = choose(scene(state, state.opened), state.agenda, briefing)
    held = state.now_seconds < state.floor.held_until
    if intent is not None and _is_for(state, state.pending.wanted, intent) and not held:
        return state, ()
    return withdraw(state)


def say_goodbye(state: Session, opened: RoundOpened, briefing: Briefing, *, on_time: bool) -> Outcome:
    """Say the closing line now."""
    hush = (StopSpeaking(),) if state.floor.voice_busy else ()
    state, withdrawn = withdraw(state)
    state, effects = _say(state, opened, close_line(opened.seed, state.agenda, on_time=on_time), "", briefing)
    return state, (*hush, *withdrawn, *effects)


def line_written(state: Session, event: LineWritten, briefing: Briefing) -> Outcome:
    """Use, keep or drop what the model wrote, and give up a model that is too slow for this machine."""
    state, lowered = _timed(state, event)
    state, effects = _taken(state, event, briefing)
    return state, (*lowered, *effects)


def _timed(state: Session, event: LineWritten) -> Outcome:
    if event.interrupted or not event.text:
        return state, ()
    slow = state.slow_lines + 1 if event.seconds > SLOW_SECONDS else 0
    lowers = slow >= SLOW_LINES
    return msgspec.structs.replace(state, slow_lines=0 if lowers else slow), (LowerTier(),) if lowers else ()


def _taken(state: Session, event: LineWritten, briefing: Briefing) -> Outcome:
    opened = state.opened
    pending = state.pending.wanted if state.pending else None
    wanted = next((w for w in (pending, state.preparing) if w and w.request_id == event.request_id), None)
    if wanted is None or opened is None:
        return _audit_late(state, event), ()
    if event.interrupted and wanted is not pending:
        return msgspec.structs.replace(state, preparing=None), ()
    checked = _checked(state, wanted, event.text, briefing)
    audit = Audit(
        event.request_id,
        wanted.intent.key,
        event.text,
        checked.rejected or "",
        event.seconds,
        line=checked.text,
        source=checked.source,
    )
    state = msgspec.structs.replace(state, audits=(*state.audits, audit))
    if wanted is pending:
        return _say(state, opened, wanted.intent, checked.text, briefing)
    return _keep(state, wanted, checked), ()


def _audit_late(state: Session, event: LineWritten) -> Session:
    """Put on record what came too late, or after the candidate had gone on."""
    wanted = next((late for late in state.overdue if late.request_id == event.request_id), None)
    if wanted is None:
        return state
    audit = Audit(event.request_id, wanted.intent.key, event.text, Reason.LATE, event.seconds)
    return msgspec.structs.replace(state, audits=(*state.audits, audit))


def _keep(state: Session, wanted: Wanted, checked: Checked) -> Session:
    key = wanted.intent.key
    if checked.rejected is not None:
        return msgspec.structs.replace(state, preparing=None, failures=(*state.failures, key))
    ready = Prepared(key, wanted.choice, checked.text, checked.repeated, lead=wanted.offered[0])
    kept = (*(p for p in state.prepared if p.key != key), ready)
    return msgspec.structs.replace(state, preparing=None, prepared=kept)


def _begin(state: Session, opened: RoundOpened, intent: Intent, briefing: Briefing) -> Outcome:
    """Say a line at once, or wait for the model where it has something to choose from and has not failed before."""
    ready = _ready(state, intent)
    if ready is not None:
        return _say(state, opened, intent, ready.text, briefing)
    offered = _offered(state, intent)
    if not offered or _hopeless(state, intent):
        return _say(state, opened, intent, "", briefing)
    due = state.now_seconds + DEADLINE_SECONDS
    preparing = state.preparing
    if preparing is not None and _is_for(state, preparing, intent):
        state = msgspec.structs.replace(state, pending=Pending(preparing, due), preparing=None)
        return state, (WakeAt(due),)
    state, wanted, effects = _request(state, intent, offered, urgent=True)
    return msgspec.structs.replace(state, pending=Pending(wanted, due)), (*effects, WakeAt(due))


def _is_for(state: Session, wanted: Wanted, intent: Intent) -> bool:
    """Whether a line being worded is this one, about the decision as it stands."""
    return wanted.intent.key == intent.key and wanted.choice == _choice(state, intent)


def _prepare(state: Session, opened: RoundOpened, briefing: Briefing) -> Outcome:
    """Have the next rung, or else the next challenge, worded ahead; one at a time.

    A line that is ready is worded once more when the candidate has said something that leads to it better.
    """
    if not state.has_model or state.preparing is not None:
        return state, ()
    view = scene(state, opened)
    likely = next_rung(view, state.agenda, briefing) or next_challenge(view, state.agenda, briefing)
    if likely is None or _hopeless(state, likely):
        return state, ()
    offered = _offered(state, likely)
    ready = _ready(state, likely)
    if not offered or (ready is not None and ready.lead == offered[0]):
        return state, ()
    state, wanted, effects = _request(state, likely, offered, urgent=False)
    return msgspec.structs.replace(state, preparing=wanted), effects


def _request(
    state: Session, intent: Intent, offered: tuple[Quote, ...], *, urgent: bool
) -> tuple[Session, Wanted, tuple[Reaction, ...]]:
    wanted = Wanted(state.requests, intent, _choice(state, intent), offered)
    prompt, tokens, stop = line_prompt(intent, offered), prompting.MAXIMUM_TOKENS, prompting.STOP
    if state.free_lines:
        prompt = free_prompt(intent, offered, standing(state.notebook))
        tokens, stop = free_lines.MAXIMUM_TOKENS, free_lines.STOP
    write = Write(wanted.request_id, prompt, tokens, stop, urgent)
    return msgspec.structs.replace(state, requests=state.requests + 1), wanted, (write,)


def _ready(state: Session, intent: Intent) -> Prepared | None:
    """Return the line as worded ahead, unless the decision has changed since or the words were used elsewhere."""
    choice = _choice(state, intent)
    ready = next((p for p in state.prepared if p.key == intent.key and p.choice == choice), None)
    used = ready is not None and any(ready.repeated in line for line in state.agenda.said)
    return None if used else ready


def _offered(state: Session, intent: Intent) -> tuple[Quote, ...]:
    """Return what the candidate said that can lead to a line, for the model to choose from."""
    if not (intent.takes_remark and state.has_model):
        return ()
    subject = subject_of(intent, state.notebook, state.agenda)
    return quotes(state.utterances, subject, state.notebook, state.agenda.said, longest=room_for_remark(intent.wording))


def _hopeless(state: Session, intent: Intent) -> bool:
    """The model failed on this line before, and again with more of the round to go by."""
    return state.failures.count(intent.key) >= ATTEMPTS


def _choice(state: Session, intent: Intent) -> str:
    decision = intended_decision(intent, state.notebook)
    return decision.said if decision else ""


def _checked(state: Session, wanted: Wanted, text: str, briefing: Briefing) -> Checked:
    """A small model has chosen what leads to the bank's wording; a large one has worded the whole line."""
    if not state.free_lines:
        return check(text, wanted.intent, wanted.offered, state.agenda.said)
    given = material(wanted.intent, wanted.offered, state.notebook, briefing)
    return check_free(text, given, state.agenda.said)


def _say(state: Session, opened: RoundOpened, intent: Intent, text: str, briefing: Briefing) -> Outcome:
    """Put a line on record and on show; an empty text means the bank's own wording."""
    line = text or intent.plain
    number = len(state.utterances)
    challenge = (
        Challenge(intent.challenge.type, intent.rung, intent.topic, intent.challenge.id) if intent.challenge else None
    )
    started = state.active_seconds
    length = len(line.split()) / SPEAKING_WORDS_PER_SECOND
    improvised = intent.move is Move.FOLLOW_UP
    utterance = Utterance(
        number,
        Speaker.INTERVIEWER,
        started,
        started + length,
        line,
        challenge,
        improvised=improvised,
        move=intent.move,
    )
    before = Tentative(
        turns.stands_at(state.floor, intent.urgency),
        state.agenda,
        state.utterances,
        state.notebook,
        state.line,
    )
    agenda = said(state.agenda, intent, line, scene(state, opened), number)
    state = add(msgspec.structs.replace(state, pending=None, agenda=agenda), utterance, briefing)
    state = msgspec.structs.replace(
        state,
        floor=turns.line_shown(state.floor, state.now_seconds, line),
        line=InterviewerLine(state.lines, line, intent.move, intent.rung, final=False, at_seconds=started),
        lines=state.lines + 1,
    )
    if before.stands_at_seconds <= state.now_seconds:
        return _stand(state)
    return msgspec.structs.replace(state, tentative=before), (WakeAt(before.stands_at_seconds),)
