"""How well the language model words the interviewer's lines: rehearsed rounds, with the real model behind the writer.

Rounds run on a clock of their own (daemon/rehearsal/stage.py), but every line and every vote is really generated, and
the seconds a line took go into that clock: a line that is late here would be late in a round. The model is greedy, so
the same prompt gets the same answer; one that comes up again, in another round with the same part, is generated once
and takes the same time again.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from phantomcode.daemon.adapters.system_clock import SystemClock
from phantomcode.daemon.assembly import START_SECONDS, Engines, Wishes
from phantomcode.daemon.contract.errors import EngineError, PhantomError
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.briefing import brief
from phantomcode.daemon.core.effects import Vote, Write
from phantomcode.daemon.core.events import PhaseVoted, RoundOpened
from phantomcode.daemon.core.phases import likeliest
from phantomcode.daemon.core.prompting import Reason
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.ports import Clock, LanguageModel, never
from phantomcode.daemon.rehearsal.actors import KINDS
from phantomcode.daemon.rehearsal.script import load_script, load_stock
from phantomcode.daemon.rehearsal.stage import Stage
from phantomcode.daemon.spread import Spread, spread
from phantomcode.models.catalogue import Role
from phantomcode.models.recommend import defaults, look
from phantomcode.models.store import ModelStore
from phantomcode.problems.load import load_atlas, load_problem

COMMON_KINDS = ("strong", "second-language", "always-defends")
"""They have much to say about a design, so there is much to word; every fourth round is somebody else's."""
VOTED_ROUNDS = 3
"""A round has six times as many votes as lines, and each takes as long. Later rounds go by the rules alone."""
MINUTES = 45.0
PRESSURE = 2


class Part(msgspec.Struct, frozen=True):
    """Who plays what in one round."""

    problem: str
    kind: str
    level: Level
    seed: int


class ReadingLine(msgspec.Struct, frozen=True):
    """An accepted line, for a person to read."""

    part: Part
    about: str
    """Move, challenge and rung."""
    line: str
    source: str
    """The candidate's sentence that it repeats."""


class Votes(msgspec.Struct, frozen=True):
    """How often the model's letter names the phase that the rules read in the same utterance."""

    n: int = 0
    agreed: int = 0


class Outcome(msgspec.Struct, frozen=True):
    """One round: what was asked of the model and what became of it."""

    asked: int
    accepted: tuple[ReadingLine, ...]
    rejected: tuple[str, ...]
    """The reason of each line that was not used, late ones included."""
    challenge_lines: int
    """Challenge lines that were said, whoever worded them."""
    worded: int
    """Those among them that the model had a part in."""
    votes: Votes


class Quality(msgspec.Struct, frozen=True):
    """What `phantomcode bench interviewer --json` prints. Times are seconds of this machine."""

    model: str
    rounds: int
    took_seconds: float
    challenge_lines: int
    worded: int
    asked: int
    accepted: int
    rejected: dict[str, int]
    late: int
    taken_back: int
    """Asked for and then not wanted any more, since the candidate went on talking."""
    write_s: Spread
    vote_s: Spread
    votes: Votes
    lines: tuple[ReadingLine, ...]
    """Drawn evenly from those accepted, each wording once."""


class ModelWriter:
    """The stage's Writer: a LanguageModel and a stopwatch. A model that fails writes nothing and has no opinion."""

    def __init__(self, model: LanguageModel, clock: Clock) -> None:
        self.write_seconds: list[float] = []
        self.vote_seconds: list[float] = []
        self.asked = 0
        self.votes = True
        self._model = model
        self._clock = clock
        self._written: dict[str, tuple[str, float]] = {}
        self._voted: dict[str, tuple[float, ...]] = {}

    def write(self, request: Write) -> tuple[str, float]:
        """Return the line and the seconds it took."""
        self.asked += 1
        if request.prompt not in self._written:
            started = self._clock.monotonic()
            text = self._generate(request)
            seconds = self._clock.monotonic() - started
            self._written[request.prompt] = text, seconds
            self.write_seconds.append(seconds)
        return self._written[request.prompt]

    def vote(self, request: Vote) -> tuple[float, ...] | None:
        """Return the probability of every choice, or None; always None while `votes` is off."""
        if not self.votes:
            return None
        if request.prompt not in self._voted:
            started = self._clock.monotonic()
            try:
                self._voted[request.prompt] = self._model.vote(request.prompt, request.choices)
            except PhantomError:
                return None
            self.vote_seconds.append(self._clock.monotonic() - started)
        return self._voted[request.prompt]

    def _generate(self, request: Write) -> str:
        pieces = self._model.stream(request.prompt, max_tokens=request.max_tokens, stop=request.stop, cancelled=never)
        try:
            return "".join(pieces)
        except PhantomError:
            return ""


def measure(
    model_id: str | None,
    rounds: int,
    seed: int,
    lines: int,
    slugs: Sequence[str],
    free_lines: bool | None = None,
    on_round: Callable[[int], None] = lambda _done: None,
) -> Quality:
    """Play the rounds with a model of the store and sum them up; raises PhantomError when it cannot be had.

    free_lines: let the model word whole lines; None leaves that to its size, as a round does.
    """
    store = ModelStore()
    chosen = model_id or defaults(look())[Role.LANGUAGE_MODEL]
    store.main_file(chosen)
    clock = SystemClock()
    with _model(chosen, store) as (model, words_whole_lines):
        free = words_whole_lines if free_lines is None else free_lines
        played = cast(slugs, rounds, seed)
        return rehearse(model, clock, chosen, played, lines, free_lines=free, on_round=on_round)


def rehearse(
    model: LanguageModel,
    clock: Clock,
    name: str,
    parts: Sequence[Part],
    lines: int,
    minutes: float = MINUTES,
    *,
    free_lines: bool = False,
    on_round: Callable[[int], None] = lambda _done: None,
) -> Quality:
    """Play one round for each part with this model and sum them up."""
    began = clock.monotonic()
    writer = ModelWriter(model, clock)
    outcomes = []
    for number, part in enumerate(parts, start=1):
        writer.votes = number <= VOTED_ROUNDS
        outcomes.append(play(part, writer, minutes, free_lines=free_lines))
        on_round(number)
    return _summed_up(name, writer, outcomes, clock.monotonic() - began, lines)


def cast(slugs: Sequence[str], rounds: int, seed: int) -> list[Part]:
    """Return who plays what: the problems by turns, every fourth round one of the rarer kinds, L5 and L6 by turns."""
    rare = [kind for kind in KINDS if kind not in COMMON_KINDS]
    parts = []
    for number in range(rounds):
        slug = slugs[number % len(slugs)]
        lap, place = divmod(number, len(COMMON_KINDS) + 1)
        kind = rare[lap % len(rare)] if place == len(COMMON_KINDS) else COMMON_KINDS[place]
        easy = "L5" in load_problem(slug).levels and number // len(slugs) % 2 == 0
        level = Level.L5 if easy else Level.L6
        parts.append(Part(slug, kind, level, seed + number))
    return parts


def play(part: Part, writer: ModelWriter, minutes: float = MINUTES, *, free_lines: bool = False) -> Outcome:
    """Play one round."""
    before = writer.asked
    opened = RoundOpened(
        0.0, f"bench-{part.seed}", 0.0, part.problem, "", part.level, minutes, "typed", PRESSURE, part.seed
    )
    actor = KINDS[part.kind](load_script(part.problem), load_stock(), part.seed)
    stage = Stage(brief(load_problem(part.problem), load_atlas()), opened, actor, writer, free_lines=free_lines)
    state = stage.play()
    accepted = tuple(ReadingLine(part, a.key, a.line, a.source) for a in state.audits if not a.rejected)
    worded = {row.line for row in accepted}
    said = [u.text for u in state.utterances if u.speaker is Speaker.INTERVIEWER and u.challenge is not None]
    return Outcome(
        asked=writer.asked - before,
        accepted=accepted,
        rejected=tuple(a.rejected for a in state.audits if a.rejected),
        challenge_lines=len(said),
        worded=sum(text in worded for text in said),
        votes=_votes([event for event in stage.events if isinstance(event, PhaseVoted)], state),
    )


def _votes(cast_votes: Sequence[PhaseVoted], state: Session) -> Votes:
    rules = {evidence.utterance: likeliest(evidence.weights) for evidence in state.notebook.phase_evidence}
    known = [vote for vote in cast_votes if vote.utterance in rules]
    return Votes(len(known), sum(likeliest(vote.weights) == rules[vote.utterance] for vote in known))


def _summed_up(name: str, writer: ModelWriter, outcomes: Sequence[Outcome], took_seconds: float, lines: int) -> Quality:
    rejected = Counter(reason for outcome in outcomes for reason in outcome.rejected)
    late = rejected.pop(Reason.LATE, 0)
    accepted = [row for outcome in outcomes for row in outcome.accepted]
    asked = sum(outcome.asked for outcome in outcomes)
    return Quality(
        model=name,
        rounds=len(outcomes),
        took_seconds=round(took_seconds, 1),
        challenge_lines=sum(outcome.challenge_lines for outcome in outcomes),
        worded=sum(outcome.worded for outcome in outcomes),
        asked=asked,
        accepted=len(accepted),
        rejected=dict(rejected.most_common()),
        late=late,
        taken_back=asked - len(accepted) - late - rejected.total(),
        write_s=spread(writer.write_seconds),
        vote_s=spread(writer.vote_seconds),
        votes=Votes(sum(outcome.votes.n for outcome in outcomes), sum(outcome.votes.agreed for outcome in outcomes)),
        lines=drawn(accepted, lines),
    )


def drawn(accepted: Sequence[ReadingLine], count: int) -> tuple[ReadingLine, ...]:
    """Draw lines for reading, each wording once, in the order they came; the same ones from the same rounds."""
    distinct = list({row.line: row for row in accepted}.values())
    if len(distinct) <= count:
        return tuple(distinct)
    chosen = random.Random(len(distinct)).sample(range(len(distinct)), count)  # noqa: S311  no secret: a sample
    return tuple(distinct[index] for index in sorted(chosen))


@contextmanager
def _model(model_id: str, store: ModelStore) -> Iterator[tuple[LanguageModel, bool]]:
    """Start the model as a round does and end it afterwards; gives it and whether it words whole lines."""
    engines = Engines(Wishes("typed", voice=False, language_model_id=model_id), store)
    engines.start()
    try:
        loaded = engines.load()
        if not loaded.has_model or engines.parts.model is None:
            raise _missing(model_id)
        yield engines.parts.model, loaded.free_lines
    finally:
        engines.close()


def _missing(model_id: str) -> EngineError:
    return EngineError(
        "interviewer.late", f"{model_id} was not ready after {START_SECONDS:.0f} s.", "Run: phantomcode doctor."
    )
