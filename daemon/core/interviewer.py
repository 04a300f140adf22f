"""Which move comes next: answer, probe, challenge, press, squeeze, release, nudge, change, hand back, close.

`choose` looks at the round as it stands and returns the one line the interviewer wants to say, or None. Whether it may
be said yet is a matter of turns.py; how it is worded beyond the bank's own wording, of prompting.py. All of it is a
function of the state, so no model and no candidate can talk it out of a rung.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from phantomcode.daemon.contract.vocabulary import Move, Phase
from phantomcode.daemon.core import asides, phrases
from phantomcode.daemon.core.agenda import MAXIMUM_WORDS, Agenda, Intent, OpenChallenge, Question, pick
from phantomcode.daemon.core.asides import Aside, time_left
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.challenges import (
    Scene,
    next_challenge,
    next_rung,
    open_challenge,
    rephrased,
)
from phantomcode.daemon.core.follow_ups import next_follow_up
from phantomcode.daemon.core.phases import likeliest
from phantomcode.daemon.core.questions import ASIDE_MATCH, best_matches
from phantomcode.daemon.core.turns import Urgency
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.core.understanding.predicates import holds
from phantomcode.daemon.core.understanding.responses import WINDOW_SECONDS

CHANGE_AFTER_SHARE = 0.5
PROBE_AFTER_SHARE = 0.6
MOST_PROBES = 2
MOST_FOLLOW_UPS = 2
CHALLENGES_PER_FOLLOW_UP = 3
"""A question about a technology the bank has no challenge for comes after so many challenges, or when none fits."""
ANSWER_SECONDS = 45.0
"""Nobody is challenged with less time than this to take the line in and answer it."""
WRAP_UP_SECONDS = 120.0
WRAP_UP_SHARE = 0.05
"""The last warning comes 120 s before the end or, in rounds under 40 minutes, in the last twentieth."""

HAND_BACK_GAP_SECONDS = 60.0
"""Somebody who draws or thinks is silent for long; so each help is followed by a longer wait than the one before."""

LAST_WORDS_SECONDS = 30.0
"""So near the end nobody is asked to go on."""

IDLE_HAND_BACKS = 2
"""Who says nothing after so many is told how to end the round, and then left in peace."""

WRAP = "wrap"
"""The subject of the last warning."""

OVERDUE_RESTS = 2.0
"""A line that has not found its pause for twice the usual rest takes the next one."""

ASTRAY_UTTERANCES = 3
"""So many utterances in a row that have nothing to do with the problem are a derailment."""


def choose(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    """Return what the interviewer wants to say next, or None when listening is best."""
    if agenda.closed:
        return None
    if not agenda.posed:
        return _pose(scene, agenda, briefing)
    if scene.active_seconds >= scene.planned_seconds:
        return close_line(scene.seed, agenda, on_time=True)
    deciders = _WITH_OPEN_CHALLENGE if agenda.open is not None else _OTHERWISE
    offered = (intent for decide in deciders if (intent := decide(scene, agenda, briefing)))
    intent = next((intent for intent in offered if _in_turn(intent, scene)), None)
    return None if intent is None else _timed(intent, scene, agenda)


def _in_turn(intent: Intent, scene: Scene) -> bool:
    """Nothing new is begun on top of a question that has no answer yet, except that time is running out."""
    asked = scene.last_word in (Move.REQUIREMENT_CHANGE, Move.PROBE, Move.FOLLOW_UP)
    return intent.urgency is not Urgency.OPEN or not asked or scene.yielded or intent.subject == WRAP


def _timed(intent: Intent, scene: Scene, agenda: Agenda) -> Intent:
    """Let whoever was told to carry on carry on, and take the first pause once a line is long overdue."""
    if scene.last_word is not None and intent.urgency is Urgency.OPEN and intent.subject != WRAP:
        return msgspec.structs.replace(intent, urgency=Urgency.IDLE)
    waited = scene.active_seconds - max(agenda.challenged_at, scene.tempo.quiet_seconds)
    begins = intent.urgency is Urgency.OPEN and waited >= OVERDUE_RESTS * scene.tempo.rest_seconds
    follows = intent.urgency is Urgency.FOLLOW and waited >= WINDOW_SECONDS
    return msgspec.structs.replace(intent, urgency=Urgency.OVERDUE) if begins or follows else intent


def close_line(seed: int, agenda: Agenda, *, on_time: bool) -> Intent:
    """Return the last line of a round."""
    wordings = phrases.CLOSE if on_time else phrases.CLOSE_EARLY
    return Intent(Move.CLOSE, pick(wordings, agenda.said, seed, "close"), Urgency.AT_ONCE)


def _pose(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent:
    wording = pick(briefing.problem.pose, agenda.said, scene.seed, "pose")
    return Intent(Move.POSE, wording, Urgency.AT_ONCE, subject=briefing.problem.slug)


def _answer(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    """Tell what the sheet says, once; what it does not say is the candidate's call."""
    if agenda.question is None:
        return None
    if agenda.question.again:
        return _say_again(scene, agenda, briefing)
    asked = [best_matches(text, briefing.problem.facts) for text in agenda.question.texts]
    surely = any(match.score >= ASIDE_MATCH for matches in asked for match in matches)
    if agenda.question.aside is not None and not surely:
        return _answer_aside(agenda.question.aside, scene, agenda)
    found = [tuple(match.fact.id for match in matches) for matches in asked if matches]
    fresh = [ids for ids in found if ids[0] not in agenda.answered]
    facts = tuple(dict.fromkeys(fact for ids in fresh or found[:1] for fact in ids))
    if not facts:
        if scene.phase not in (Phase.CLARIFY, Phase.ESTIMATE):
            return None  # deep in the design an unanswerable question is nearly always thinking aloud
        wording = pick(phrases.YOUR_CALL, agenda.said, scene.seed, str(agenda.question.utterance))
        return Intent(Move.ANSWER, wording, Urgency.ANSWER)
    return _tell(facts, scene, agenda, briefing)


def _answer_aside(aside: Aside, scene: Scene, agenda: Agenda) -> Intent | None:
    """Say how late it is, or leave the judgement to the candidate; without a claim of ours they think aloud."""
    if aside is Aside.CLAIM and agenda.open is None:
        return None
    if aside is Aside.TIME:
        return Intent(Move.ANSWER, time_left(scene.active_seconds, scene.planned_seconds), Urgency.ANSWER)
    wordings = asides.CLAIM if aside is Aside.CLAIM else asides.VIEW
    return Intent(Move.ANSWER, pick(wordings, agenda.said, scene.seed, f"aside{len(agenda.said)}"), Urgency.ANSWER)


def _say_again(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent:
    """Put the open challenge in other words of the same rung; anything else is said as it was."""
    return Intent(Move.ANSWER, rephrased(scene, agenda, briefing) or agenda.said[-1], Urgency.ANSWER)


def _tell(facts: tuple[str, ...], scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent:
    """Answer with the facts that are true and new, as many as one line holds; the first one leads."""
    true = [fact for fact in facts if fact not in _replaced(agenda, briefing)]
    new = [] if facts[0] in agenda.answered else [fact for fact in true if fact not in agenda.answered]
    if not new:
        stock = phrases.REPEATED_QUESTION if true else phrases.CHANGED
        return Intent(Move.ANSWER, pick(stock, agenda.said, scene.seed, facts[0]), Urgency.ANSWER, " ".join(true[:1]))
    answers = {fact.id: fact.answer for fact in briefing.problem.facts}
    told = new[:1]
    for fact in new[1:]:
        if len(" ".join(answers[each] for each in (*told, fact)).split()) <= MAXIMUM_WORDS:
            told.append(fact)
    return Intent(Move.ANSWER, " ".join(answers[fact] for fact in told), Urgency.ANSWER, " ".join(told))


def _replaced(agenda: Agenda, briefing: Briefing) -> frozenset[str]:
    """Ids of facts that a requirement change has made untrue."""
    made = (change for change in briefing.problem.requirement_changes if change.id in agenda.done)
    return frozenset(fact for change in made for fact in change.replaces)


def _press_or_release(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    """Press on, or release the candidate from the open challenge."""
    if agenda.open is None:
        return None
    if agenda.open.reply is None:
        return _give_up(scene, agenda)
    urgency = Urgency.FOLLOW_BRIEF if agenda.open.reply.brief else Urgency.FOLLOW
    press = None if _settled(scene, agenda, briefing) else next_rung(scene, agenda, briefing)
    if press is not None:
        return msgspec.structs.replace(press, urgency=urgency)
    return _release(scene, agenda, urgency)


def _give_up(scene: Scene, agenda: Agenda) -> Intent | None:
    """Release a candidate who hands the turn back without an answer, or has none for long."""
    waited = scene.active_seconds - agenda.challenged_at >= WINDOW_SECONDS
    return _release(scene, agenda, Urgency.IDLE) if scene.yielded or waited else None


def _release(scene: Scene, agenda: Agenda, urgency: Urgency) -> Intent:
    wording = pick(phrases.RELEASE, agenda.said, scene.seed, f"release{len(agenda.tally)}")
    subject = agenda.open.challenge_id if agenda.open else ""
    return Intent(Move.RELEASE, wording, urgency, subject=subject)


def _settled(scene: Scene, agenda: Agenda, briefing: Briefing) -> bool:
    """A sound concession ends it, a bounded adaptation too, and a sound defence that was repeated.

    A repeated one is pressed once more while this type has not been squeezed yet in this round, so that pressure tells
    nothing about who is right. Giving in ends it as well: there is nothing left to press.
    """
    if agenda.open is None or agenda.open.reply is None:
        return True
    reply = agenda.open.reply
    if reply.response_class in (ResponseClass.CONCEDE, ResponseClass.ADAPT, ResponseClass.CAPITULATE):
        return True
    if not reply.holds_ground or agenda.open.sound_defences + 1 < scene.tempo.firm_defences:
        return False
    challenge = open_challenge(agenda, briefing)
    squeezed = challenge is None or (challenge.type, 3) in agenda.tally
    return squeezed or scene.tempo.pressure < 2


def _wrap_up(scene: Scene, agenda: Agenda, _briefing: Briefing) -> Intent | None:
    remaining = scene.planned_seconds - scene.due_seconds
    if agenda.wrapped or remaining > min(WRAP_UP_SECONDS, WRAP_UP_SHARE * scene.planned_seconds):
        return None
    return Intent(Move.NUDGE, pick(phrases.WRAP_UP, agenda.said, scene.seed, WRAP), Urgency.OPEN, subject=WRAP)


def _nudge(scene: Scene, agenda: Agenda, _briefing: Briefing) -> Intent | None:
    index = tuple(Phase).index(scene.phase)
    spent_seconds = scene.spent_seconds[index] + scene.due_seconds - scene.active_seconds
    over = spent_seconds > scene.plan[index].maximum_seconds
    if agenda.wrapped or not over or scene.phase in agenda.nudged or not _still_in(scene.phase, scene.notebook):
        return None
    wording = pick(phrases.NUDGES[scene.phase], agenda.said, scene.seed, scene.phase)
    return Intent(Move.NUDGE, wording, Urgency.OPEN, subject=scene.phase)


def _still_in(phase: Phase, notebook: Notebook) -> bool:
    """Whether the candidate's latest words belong to the phase; whoever is moving on needs no nudge."""
    if not notebook.phase_evidence:
        return False
    latest = notebook.phase_evidence[-1]
    return likeliest(latest.weights) is phase and latest.utterance not in notebook.signposts


def _change(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    """One requirement change a round, in its second half, once there is a design to change and time to change it."""
    due = _reached(scene, CHANGE_AFTER_SHARE * scene.planned_seconds)
    if agenda.changed or agenda.wrapped or not due or len(agenda.tally) < 2 or not _rested(scene, agenda):
        return None
    fitting = [c for c in briefing.problem.requirement_changes if holds(c.when, scene.notebook)]
    if not fitting:
        return None
    change = fitting[scene.seed % len(fitting)]
    wording = pick(change.wordings, agenda.said, scene.seed, change.id)
    return Intent(Move.REQUIREMENT_CHANGE, wording, Urgency.OPEN, subject=change.id)


def _challenge(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    return next_challenge(scene, agenda, briefing) if _may_press(scene, agenda) else None


def _follow_up(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    """Ask about a technology that was named and that no challenge of the bank is about; the atlas has the question."""
    if agenda.follow_ups >= MOST_FOLLOW_UPS or not _may_press(scene, agenda):
        return None
    due = agenda.challenges >= CHALLENGES_PER_FOLLOW_UP * (agenda.follow_ups + 1)
    if not due and next_challenge(scene, agenda, briefing) is not None:
        return None
    return next_follow_up(scene, agenda, briefing)


def _may_press(scene: Scene, agenda: Agenda) -> bool:
    """Not too early, not at the very end, and not right after the last challenge, unless the turn was handed over."""
    early = not _reached(scene, scene.tempo.quiet_seconds)
    left_seconds = scene.planned_seconds - scene.active_seconds
    ending = left_seconds < max(WRAP_UP_SHARE * scene.planned_seconds, ANSWER_SECONDS)
    if early or ending or not scene.heard_anything:
        return False
    return scene.yielded or _rested(scene, agenda)


def _reached(scene: Scene, at_seconds: float) -> bool:
    """Whether a part of the round has begun, and not just now in a silence."""
    return scene.turn_seconds >= at_seconds


def _rested(scene: Scene, agenda: Agenda) -> bool:
    return scene.due_seconds - agenda.challenged_at >= scene.tempo.rest_seconds


def _probe(scene: Scene, agenda: Agenda, briefing: Briefing) -> Intent | None:
    """Ask what breaks first, late in the round or when the candidate hands over the turn, but not in its beginning."""
    due = _reached(scene, PROBE_AFTER_SHARE * scene.planned_seconds) and _rested(scene, agenda)
    handed_over = scene.yielded and scene.active_seconds >= scene.tempo.quiet_seconds
    has_design = bool(scene.notebook.decisions or scene.notebook.components)
    if agenda.wrapped or agenda.probes >= MOST_PROBES or not has_design or not (handed_over or due):
        return None
    fitting = [p for p in briefing.problem.scale_probes if p.id not in agenda.done and holds(p.when, scene.notebook)]
    if not fitting:
        return None
    probe = fitting[scene.seed % len(fitting)]
    wording = pick(probe.wordings, agenda.said, scene.seed, probe.id)
    return Intent(Move.PROBE, wording, Urgency.OPEN, subject=probe.id)


def _hand_back(scene: Scene, agenda: Agenda, _briefing: Briefing) -> Intent | None:
    """Help along a candidate who has gone quiet, less and less often, and at last not at all."""
    if agenda.idle_hand_backs > IDLE_HAND_BACKS or scene.planned_seconds - scene.active_seconds < LAST_WORDS_SECONDS:
        return None
    waited = scene.active_seconds - agenda.handed_back_at >= HAND_BACK_GAP_SECONDS * agenda.hand_backs
    if not scene.yielded and not waited:
        return None
    urgency = Urgency.AT_ONCE if scene.yielded else Urgency.IDLE
    wordings = phrases.HAND_BACK[scene.phase] if agenda.idle_hand_backs < IDLE_HAND_BACKS else phrases.NOTHING_MORE
    return Intent(Move.HAND_BACK, pick(wordings, agenda.said, scene.seed, f"back{len(agenda.said)}"), urgency)


def _refocus(scene: Scene, agenda: Agenda, _briefing: Briefing) -> Intent | None:
    """Lead back to the problem a candidate who talks of something else, or to somebody else."""
    if agenda.astray < ASTRAY_UTTERANCES:
        return None
    wording = pick(phrases.REFOCUS, agenda.said, scene.seed, f"refocus{len(agenda.said)}")
    return Intent(Move.HAND_BACK, wording, Urgency.OPEN)


_WITH_OPEN_CHALLENGE = (_answer, _press_or_release)
"""A challenge that is waiting for its answer is not talked over by anything but what it needs."""

_OTHERWISE = (_answer, _wrap_up, _refocus, _nudge, _change, _follow_up, _challenge, _probe, _hand_back)


def said(agenda: Agenda, intent: Intent, text: str, scene: Scene, utterance: int) -> Agenda:
    """Return the agenda after the interviewer has said a line, as utterance `utterance`."""
    agenda = msgspec.structs.replace(agenda, said=(*agenda.said, intent.wording, text))
    update = _UPDATES.get(intent.move)
    agenda = update(agenda, intent, scene, utterance) if update else agenda
    return msgspec.structs.replace(agenda, question=None)


def _after_answer(agenda: Agenda, intent: Intent, scene: Scene, _utterance: int) -> Agenda:
    """Asking back is no answer to a challenge: what is said next is, and has the whole window.

    Where the question came with an answer, that stands, and more may be added to it.
    """
    return msgspec.structs.replace(
        agenda,
        answered=(*agenda.answered, *intent.subject.split()),
        open=_still_open(agenda.open, agenda.question) if agenda.open else None,
        challenged_at=scene.active_seconds if agenda.open else agenda.challenged_at,
    )


def _still_open(opened: OpenChallenge, question: Question | None) -> OpenChallenge:
    if question is not None and question.beside_answer:
        reply = msgspec.structs.replace(opened.reply, brief=True) if opened.reply else None
        return msgspec.structs.replace(opened, reply=reply)
    replies = tuple(reply for reply in opened.replies if question is None or reply < question.utterance)
    return msgspec.structs.replace(opened, reply=None, replies=replies)


def _after_challenge(agenda: Agenda, intent: Intent, scene: Scene, utterance: int) -> Agenda:
    if intent.challenge is None:
        return agenda
    opened = agenda.open
    held = opened is not None and opened.reply is not None and opened.reply.holds_ground
    now = OpenChallenge(
        challenge_id=intent.challenge.id,
        rung=intent.rung,
        asked_utterance=utterance,
        sound_defences=(opened.sound_defences if opened else 0) + int(held),
    )
    return msgspec.structs.replace(
        agenda,
        open=now,
        done=agenda.done if intent.challenge.id in agenda.done else (*agenda.done, intent.challenge.id),
        tally=(*agenda.tally, (intent.challenge.type, intent.rung)),
        challenged_at=scene.active_seconds,
    )


def _after_release(agenda: Agenda, _intent: Intent, scene: Scene, _utterance: int) -> Agenda:
    return msgspec.structs.replace(agenda, open=None, challenged_at=scene.active_seconds)


def _after_nudge(agenda: Agenda, intent: Intent, _scene: Scene, _utterance: int) -> Agenda:
    if intent.subject == WRAP:
        return msgspec.structs.replace(agenda, wrapped=True)
    return msgspec.structs.replace(agenda, nudged=(*agenda.nudged, Phase(intent.subject)))


def _after_change(agenda: Agenda, intent: Intent, scene: Scene, _utterance: int) -> Agenda:
    done = (*agenda.done, intent.subject)
    return msgspec.structs.replace(agenda, changed=True, done=done, challenged_at=scene.active_seconds)


def _after_probe(agenda: Agenda, intent: Intent, scene: Scene, _utterance: int) -> Agenda:
    done = (*agenda.done, intent.subject)
    return msgspec.structs.replace(agenda, probes=agenda.probes + 1, done=done, challenged_at=scene.active_seconds)


def _after_follow_up(agenda: Agenda, intent: Intent, scene: Scene, _utterance: int) -> Agenda:
    done = (*agenda.done, intent.subject)
    return msgspec.structs.replace(
        agenda, follow_ups=agenda.follow_ups + 1, done=done, challenged_at=scene.active_seconds
    )


def _after_pose(agenda: Agenda, _intent: Intent, _scene: Scene, _utterance: int) -> Agenda:
    return msgspec.structs.replace(agenda, posed=True)


def _after_close(agenda: Agenda, _intent: Intent, _scene: Scene, _utterance: int) -> Agenda:
    return msgspec.structs.replace(agenda, closed=True, open=None)


def _after_hand_back(agenda: Agenda, _intent: Intent, scene: Scene, _utterance: int) -> Agenda:
    return msgspec.structs.replace(
        agenda,
        hand_backs=agenda.hand_backs + 1,
        idle_hand_backs=agenda.idle_hand_backs + 1,
        handed_back_at=scene.active_seconds,
        astray=0,
    )


_UPDATES: dict[Move, Callable[[Agenda, Intent, Scene, int], Agenda]] = {
    Move.POSE: _after_pose,
    Move.ANSWER: _after_answer,
    Move.CHALLENGE: _after_challenge,
    Move.PRESS: _after_challenge,
    Move.SQUEEZE: _after_challenge,
    Move.RELEASE: _after_release,
    Move.NUDGE: _after_nudge,
    Move.REQUIREMENT_CHANGE: _after_change,
    Move.PROBE: _after_probe,
    Move.FOLLOW_UP: _after_follow_up,
    Move.HAND_BACK: _after_hand_back,
    Move.CLOSE: _after_close,
}
