"""The state of a round: one frozen struct, and views on it for the parts that decide."""

from __future__ import annotations

from itertools import takewhile

import msgspec

from phantomcode.daemon.contract.messages import InterviewerLine, Notice, PhasePlan
from phantomcode.daemon.contract.vocabulary import Move, Phase
from phantomcode.daemon.core import turns
from phantomcode.daemon.core.agenda import Agenda, Intent
from phantomcode.daemon.core.challenges import Scene
from phantomcode.daemon.core.coach import Coach, Situation
from phantomcode.daemon.core.events import RoundOpened
from phantomcode.daemon.core.phases import PhaseTracker, plan
from phantomcode.daemon.core.quotes import Quote
from phantomcode.daemon.core.tempo import tempo
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
from phantomcode.daemon.core.turns import Floor
from phantomcode.daemon.core.understanding.notebook import Notebook

SOON_SECONDS = 5.0
"""What the clock would have the interviewer say so soon after the candidate's last word is said at once instead.

What falls due later in a silence waits for the next turn, or until the silence is long.
"""


class Wanted(msgspec.Struct, frozen=True):
    """A line the language model was asked to word. `choice` is the decision it was told about."""

    request_id: int
    intent: Intent
    choice: str
    offered: tuple[Quote, ...] = ()
    """The candidate's words it was shown."""


class Pending(msgspec.Struct, frozen=True):
    """A line that may be said as soon as the model has worded it; at `due_seconds` the bank's wording goes out."""

    wanted: Wanted
    due_seconds: float


class Prepared(msgspec.Struct, frozen=True):
    """A model's wording kept for when its line is due; of no use once the decision it names has changed."""

    key: str
    choice: str
    text: str
    repeated: str = ""
    """The candidate's words in it."""
    lead: Quote | None = None
    """The best of the candidate's words when it was asked for."""


class Tentative(msgspec.Struct, frozen=True):
    """A line on show that is taken back if the candidate goes on before `stands_at_seconds`: the round before it."""

    stands_at_seconds: float
    agenda: Agenda
    utterances: tuple[Utterance, ...]
    notebook: Notebook
    line: InterviewerLine | None


class Audit(msgspec.Struct, frozen=True):
    """What became of one line the model wrote: shown or kept (`rejected` empty), or why not."""

    request_id: int
    key: str
    text: str
    rejected: str
    seconds: float
    line: str = ""
    """The whole line that was made of it, empty where it was rejected."""
    source: str = ""
    """The candidate's sentence that it repeats."""


class Ballot(msgspec.Struct, frozen=True):
    """What the rules and the language model made of one utterance where the rules were not sure."""

    utterance: int
    rules: Phase
    model: Phase


class Session(msgspec.Struct, frozen=True):
    """A round as it stands. `now_seconds` is the session clock; `active_seconds` leaves loading and pauses out."""

    opened: RoundOpened | None = None
    ready: bool = False
    has_model: bool = False
    has_voice: bool = False
    free_lines: bool = False
    """The model is large enough to word whole lines."""
    now_seconds: float = 0.0
    active_seconds: float = 0.0
    paused: bool = False
    closing: str = ""
    """Why the round is ending; the closing line has been said."""
    closed: bool = False
    input_lost: str = ""
    """The code of what is wrong with the microphone, or empty."""
    input_ends_at: float | None = None
    """When the round ends because its recording ran out, on the session clock."""
    utterances: tuple[Utterance, ...] = ()
    notebook: Notebook = Notebook()
    tracker: PhaseTracker = PhaseTracker()
    floor: Floor = Floor()
    agenda: Agenda = Agenda()
    coach: Coach = Coach()
    line: InterviewerLine | None = None
    lines: int = 0
    """How many lines have been shown, those taken back included; numbers them."""
    tentative: Tentative | None = None
    pending: Pending | None = None
    preparing: Wanted | None = None
    overdue: tuple[Wanted, ...] = ()
    """Lines the model was asked for and that are not waited for any more."""
    prepared: tuple[Prepared, ...] = ()
    failures: tuple[str, ...] = ()
    """Keys of lines the model failed to word, once for each time."""
    audits: tuple[Audit, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    slow_lines: int = 0
    """How many lines in a row the language model took too long for."""
    requests: int = 0
    notices: tuple[Notice, ...] = ()

    @property
    def running(self) -> bool:
        """The clock runs: the engines are there, the problem was posed, the round is neither paused nor ending."""
        return self.ready and self.agenda.posed and not self.paused and not self.closing and not self.closed

    @property
    def standing_line(self) -> InterviewerLine | None:
        """The line on show, or the one before it as long as it may be taken back."""
        return self.tentative.line if self.tentative is not None else self.line

    @property
    def planned_seconds(self) -> float:
        """The length of the round."""
        return self.opened.minutes * 60 if self.opened else 0.0

    def active_at(self, at_seconds: float) -> float:
        """Return a recent moment of the session clock on the active clock; while that stands still, its reading."""
        if not self.running:
            return self.active_seconds
        return max(0.0, self.active_seconds - max(0.0, self.now_seconds - at_seconds))


def phase_plan(state: Session) -> tuple[PhasePlan, ...]:
    """Return the plan of the round's phases."""
    return plan(state.opened.minutes if state.opened else 45.0)


def spent(state: Session) -> tuple[float, float, float, float, float]:
    """Return the active seconds spent in each phase, in the order of PHASES."""
    return state.tracker.spent_seconds


def scene(state: Session, opened: RoundOpened) -> Scene:
    """Return the round as the interviewer sees it."""
    silent_since = _silence_began(state)
    return Scene(
        active_seconds=state.active_seconds,
        due_seconds=state.active_seconds if silent_since is None else silent_since + SOON_SECONDS,
        turn_seconds=state.active_seconds if silent_since is None else silent_since,
        planned_seconds=state.planned_seconds,
        level=opened.level,
        tempo=tempo(opened.level, opened.pressure, state.planned_seconds),
        seed=opened.seed,
        phase=state.tracker.current,
        utterances=len(state.utterances),
        spent_seconds=spent(state),
        plan=phase_plan(state),
        notebook=state.notebook,
        yielded=state.floor.yielded,
        heard_anything=any(u.speaker is Speaker.CANDIDATE for u in state.utterances),
        last_word=_last_word(state),
    )


def _last_word(state: Session) -> Move | None:
    """A hand-back asks for nothing new: what was open before it still is."""
    since = takewhile(lambda said: said.speaker is Speaker.INTERVIEWER, reversed(state.utterances))
    moves = [said.move for said in since]
    return next((move for move in moves if move is not Move.HAND_BACK), moves[0] if moves else None)


def _silence_began(state: Session) -> float | None:
    """Return when the silence began, on the active clock; None in speech, and once it has lasted long."""
    silence_seconds = state.now_seconds - state.floor.speech_ended_at
    if state.floor.speaking_since is not None or silence_seconds >= turns.Urgency.IDLE.value.complete:
        return None
    return state.active_at(state.floor.speech_ended_at)


def situation(state: Session) -> Situation:
    """Return the round as the coach sees it."""
    talking_since = state.floor.speaking_since
    return Situation(
        active_seconds=state.active_seconds,
        phase=state.tracker.current,
        spent_seconds=spent(state),
        plan=phase_plan(state),
        notebook=state.notebook,
        speaking_seconds=state.now_seconds - talking_since if talking_since is not None else 0.0,
    )


def transcript(state: Session) -> Transcript:
    """Return what was said on the active clock, without overlaps: the input of the grader."""
    opened = state.opened
    if opened is None:
        raise ValueError("a session without its RoundOpened event has no transcript")
    utterances = []
    for index, utterance in enumerate(state.utterances):
        following = state.utterances[index + 1].started_seconds if index + 1 < len(state.utterances) else None
        ended = utterance.ended_seconds if following is None else min(utterance.ended_seconds, following)
        utterances.append(msgspec.structs.replace(utterance, ended_seconds=max(ended, utterance.started_seconds)))
    return Transcript(
        problem_slug=opened.problem_slug,
        target_level=opened.level,
        planned_minutes=opened.minutes,
        utterances=tuple(utterances),
        ended_seconds=state.active_seconds,
    )
