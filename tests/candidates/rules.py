"""The promises of the interviewer, checked line by line against the round as it stood before each line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from phantomcode.daemon.contract.messages import InterviewerLine
from phantomcode.daemon.contract.vocabulary import Move
from phantomcode.daemon.core import asides, phrases
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.events import Event, TurnYielded
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.tempo import tempo
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.core.turns import READING_WORDS_PER_SECOND
from phantomcode.daemon.core.understanding.asking import asks_again
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.core.understanding.predicates import holds
from phantomcode.daemon.rehearsal.stage import Stage
from phantomcode.problems.check import MAX_POSE_WORDS
from phantomcode.problems.load import load_atlas, load_problem
from phantomcode.problems.wording import MAX_WORDS, line_faults

RUNGS = {Move.CHALLENGE: 1, Move.PRESS: 2, Move.SQUEEZE: 3}
ENDS_A_CHALLENGE = (ResponseClass.CONCEDE, ResponseClass.ADAPT, ResponseClass.CAPITULATE)


class Moment(NamedTuple):
    """A line, with the round before and after it."""

    before: Session
    after: Session
    line: InterviewerLine
    briefing: Briefing
    event: Event

    @property
    def heard(self) -> bool:
        """Whether the line answers what was heard in this very moment, so that `before` does not know it yet."""
        return len(self.after.utterances) > len(self.before.utterances) + 1

    @property
    def subject(self) -> str:
        """Id of the challenge, probe or change, or nothing."""
        done = self.after.agenda.done
        return done[-1] if done != self.before.agenda.done else ""


def moments(stage: Stage) -> list[Moment]:
    """Every line of the interviewer in a round that was played."""
    return [
        Moment(before, after, after.line, stage.briefing, event)
        for before, after, event in stage.spoken
        if after.line is not None
    ]


def broken(moment: Moment) -> list[str]:
    """Return what a line breaks, with the line."""
    return [f"{rule.__name__}: {found}: {moment.line}" for rule in RULES for found in rule(moment)]


def is_well_formed(moment: Moment) -> Iterator[str]:
    """At most 30 words (the pose is longer), at most one question, no praise, nothing that gives away who is right."""
    most_words = MAX_POSE_WORDS if moment.line.move is Move.POSE else MAX_WORDS
    yield from (fault.problem for fault in line_faults(moment.line.text, most_words))


def comes_from_the_material(moment: Moment) -> Iterator[str]:
    """Without a model each line is a wording of the sheet, the bank, the atlas or the stock, whatever was said."""
    if not _material(moment.briefing.problem.slug).fullmatch(moment.line.text):
        yield "nobody wrote this line"


def fits_the_design(moment: Moment) -> Iterator[str]:
    """A challenge is put only while its condition holds, for the level, in its phases, and once."""
    if moment.line.move is not Move.CHALLENGE:
        return
    problem, opened = moment.briefing.problem, moment.before.opened
    item = next(c for c in problem.challenges if c.id == moment.subject)
    if opened is None or opened.level.value not in item.levels:
        yield "not for this level"
    if moment.before.tracker.current.value not in item.phases and moment.after.tracker.current.value not in item.phases:
        yield "not for this phase"
    if not holds(item.when, moment.before.notebook) and not holds(item.when, moment.after.notebook):
        yield "its condition does not hold"
    if item.id in moment.before.agenda.done:
        yield "put twice"
    if any(item.id in c.retires for c in problem.requirement_changes if c.id in moment.before.agenda.done):
        yield "argues from a scope that was changed"


def comes_in_time(moment: Moment) -> Iterator[str]:
    """No pressing in the first minutes, and never more challenges than the round has room for."""
    if moment.line.move is not Move.CHALLENGE or moment.before.opened is None:
        return
    manner = tempo(moment.before.opened.level, moment.before.opened.pressure, moment.before.planned_seconds)
    if moment.after.active_seconds < manner.quiet_seconds:
        yield "too early"
    if moment.after.agenda.challenges > manner.most_challenges:
        yield "too many"


def climbs_one_rung_at_a_time(moment: Moment) -> Iterator[str]:
    """Rungs follow answers on one challenge, as deep as the level allows; a concession or a firm defence ends it."""
    rung, was, opened = RUNGS.get(moment.line.move), moment.before.agenda.open, moment.before.opened
    if rung is None or opened is None:
        return
    if rung != (was.rung + 1 if was else 1):
        yield f"rung {rung} after {was.rung if was else 'none'}"
    if rung > tempo(opened.level, opened.pressure, moment.before.planned_seconds).deepest_rung:
        yield "too deep for the level"
    if rung == 1 or was is None:
        return
    if moment.before.utterances[-1].speaker is Speaker.INTERVIEWER and not moment.heard:
        yield "pressed on without an answer"
    if was.reply is None:
        return
    if was.reply.response_class in ENDS_A_CHALLENGE:
        yield f"pressed on after {was.reply.response_class}"
    kind = moment.after.agenda.tally[-1][0]
    sound = was.sound_defences + int(was.reply.holds_ground)
    if sound >= 2 and (kind, 3) in moment.before.agenda.tally and opened.pressure < 3:
        yield "pressed on after a repeated sound defence"


def leaves_the_floor(moment: Moment) -> Iterator[str]:
    """Nothing is said over a talking candidate, over one who asked for time, or before the last line can be read."""
    floor, line = moment.before.floor, moment.line
    if line.move in (Move.CLOSE, Move.POSE) or moment.heard or isinstance(moment.event, TurnYielded):
        return
    if floor.speaking_since is not None:
        yield "said over the candidate"
    if moment.after.now_seconds < floor.held_until:
        yield "said over somebody who asked for time"
    last = moment.before.line
    if last is None or moment.before.utterances[-1].speaker is Speaker.CANDIDATE or floor.yielded:
        return
    read_by = last.at_seconds + len(last.text.split()) / READING_WORDS_PER_SECOND
    if moment.after.active_seconds < read_by:
        yield "said before the last line was read"


def answers_once(moment: Moment) -> Iterator[str]:
    """An answer of the sheet is given once, unless it was not heard, and not after a change has made it untrue."""
    if moment.line.move is not Move.ANSWER or _was_asked_again(moment):
        return
    problem, agenda = moment.briefing.problem, moment.before.agenda
    told = {fact.id for fact in problem.facts if fact.answer in moment.line.text}
    if told & set(agenda.answered):
        yield "answered before"
    if any(told & set(change.replaces) for change in problem.requirement_changes if change.id in agenda.done):
        yield "no longer true"


def _was_asked_again(moment: Moment) -> bool:
    heard = [u.text for u in moment.after.utterances if u.speaker is Speaker.CANDIDATE]
    return bool(heard) and asks_again(heard[-1])


def keeps_off_open_challenges(moment: Moment) -> Iterator[str]:
    """While a challenge waits for its answer nothing else is asked."""
    allowed = (Move.PRESS, Move.SQUEEZE, Move.RELEASE, Move.ANSWER, Move.CLOSE)
    if moment.before.agenda.open is not None and moment.line.move not in allowed:
        yield "a challenge was open"


def begins_nothing_late(moment: Moment) -> Iterator[str]:
    """One change, in the second half; two scale probes and two follow-ups at most; nothing after the last warning."""
    before, after = moment.before.agenda, moment.after.agenda
    if moment.line.move is Move.REQUIREMENT_CHANGE:
        if before.changed:
            yield "a second change"
        if moment.after.active_seconds < moment.after.planned_seconds / 2:
            yield "a change in the first half"
    if after.probes > 2 or after.follow_ups > 2:
        yield "too many questions besides the challenges"
    begins = (Move.CHALLENGE, Move.PROBE, Move.FOLLOW_UP, Move.REQUIREMENT_CHANGE, Move.NUDGE)
    if before.wrapped and moment.line.move in begins:
        yield "begun after the last warning"


RULES: tuple[Callable[[Moment], Iterator[str]], ...] = (
    is_well_formed,
    comes_from_the_material,
    fits_the_design,
    comes_in_time,
    climbs_one_rung_at_a_time,
    leaves_the_floor,
    answers_once,
    keeps_off_open_challenges,
    begins_nothing_late,
)


@lru_cache(maxsize=16)
def _material(slug: str) -> re.Pattern[str]:
    problem, atlas = load_problem(slug), load_atlas()
    lines = [
        *problem.pose,
        *(wording for challenge in problem.challenges for rung in challenge.rungs for wording in rung),
        *(wording for item in (*problem.scale_probes, *problem.requirement_changes) for wording in item.wordings),
        *(line for stock in vars(phrases).values() if isinstance(stock, tuple) for line in stock),
        *asides.CLAIM,
        *asides.VIEW,
        *(line for stock in (*phrases.NUDGES.values(), *phrases.HAND_BACK.values()) for line in stock),
    ]
    killers = "|".join(re.escape(question) for entry in atlas.entries for question in entry.killer_questions)
    patterns = (re.sub(r"\\\{(?:choice|number)\\\}", ".+?", re.escape(line)) for line in lines)
    sheet = "|".join(re.escape(fact.answer) for fact in problem.facts)
    leads = "|".join(re.escape(f"{entry.title}, then. ") for entry in atlas.entries)
    follow_up = f"(?:{leads}|[^.?!]{{2,40}}, then\\. )?(?:{killers})"
    return re.compile("|".join((*patterns, asides.TIME_LEFT.pattern, follow_up, f"(?:{sheet})(?: (?:{sheet}))*")))
