from __future__ import annotations

import pytest

from phantomcode.daemon.adapters.scripted import ManualClock, ScriptedLanguageModel
from phantomcode.daemon.adapters.system_clock import SystemClock
from phantomcode.daemon.bench_interviewer import (
    COMMON_KINDS,
    ModelWriter,
    Part,
    Quality,
    ReadingLine,
    _model,
    cast,
    drawn,
    measure,
    rehearse,
)
from phantomcode.daemon.contract.errors import EngineError, ModelError
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.agenda import MAXIMUM_WORDS
from phantomcode.daemon.core.briefing import brief
from phantomcode.daemon.core.effects import Vote, Write
from phantomcode.daemon.core.events import RoundOpened
from phantomcode.daemon.core.phrases import CLOSE
from phantomcode.daemon.core.prompting import FRAMES
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.rehearsal.actors import KINDS
from phantomcode.daemon.rehearsal.script import load_script, load_stock
from phantomcode.daemon.rehearsal.stage import Stage
from phantomcode.models.store import ModelStore
from phantomcode.problems.load import load_atlas, load_problem

STRONG = Part("url-shortener", "strong", Level.L5, 7)
ASK = Write(1, "Remark before: Why?", 24, ("\n",), urgent=False)
SMALL_MODEL = "qwen2.5-coder-0.5b-instruct-q4_k_m"


class Slow(ScriptedLanguageModel):
    """Takes two seconds of the clock for every prompt."""

    def __init__(self, clock: ManualClock, script: tuple[str | EngineError, ...]) -> None:
        super().__init__(script)
        self._clock = clock

    def stream(self, *args: object, **options: object) -> object:  # type: ignore[override]
        self._clock.advance(2.0)
        return super().stream(*args, **options)  # type: ignore[arg-type]


def failing() -> EngineError:
    return EngineError("interviewer.failed", "It failed.", "Try again.")


def test_a_line_comes_with_the_seconds_it_took_and_the_same_prompt_is_not_generated_twice() -> None:
    clock = ManualClock(0.0)
    writer = ModelWriter(Slow(clock, ("one primary", "two primaries")), clock)
    assert [writer.write(ASK), writer.write(ASK)] == [("one primary", 2.0)] * 2
    assert (writer.asked, writer.write_seconds) == (2, [2.0])


def test_a_model_that_fails_writes_nothing() -> None:
    clock = ManualClock(0.0)
    assert ModelWriter(Slow(clock, (failing(),)), clock).write(ASK) == ("", 2.0)


def test_a_vote_is_asked_once_for_a_prompt() -> None:
    model = ScriptedLanguageModel()
    writer = ModelWriter(model, ManualClock(0.0))
    ask = Vote(3, "Phase?", ("A", "B"))
    assert writer.vote(ask) == writer.vote(ask) == (0.6, 0.4)
    assert model.prompts == ["Phase?"]
    writer.votes = False
    assert writer.vote(ask) is None


def test_every_problem_and_every_kind_gets_its_turn() -> None:
    slugs = ("url-shortener", "multi-region")
    parts = cast(slugs, 60, seed=5)
    assert [part.problem for part in parts[:4]] == [*slugs, *slugs]
    assert {part.kind for part in parts} == set(KINDS)
    assert sum(part.kind in COMMON_KINDS for part in parts) == 45
    assert {part.level for part in parts if part.problem == "multi-region"} == {Level.L6}
    assert {part.level for part in parts if part.problem == "url-shortener"} == {Level.L5, Level.L6}
    assert [part.seed for part in parts] == list(range(5, 65))


def quality(script: tuple[str | EngineError, ...]) -> Quality:
    clock = ManualClock(0.0)
    return rehearse(Slow(clock, script), clock, "scripted", [STRONG], lines=5)


def test_what_became_of_every_line_adds_up() -> None:
    told = quality(("", "great idea", failing()))
    assert told.rounds == 1
    assert told.asked > 3
    assert told.asked == told.accepted + sum(told.rejected.values()) + told.late + told.taken_back
    assert told.challenge_lines >= told.worded
    assert told.votes.n >= told.votes.agreed
    assert told.write_s.p50 == 2.0


def test_a_model_may_be_asked_for_whole_lines() -> None:
    clock = ManualClock(0.0)
    model = Slow(clock, ("",))
    rehearse(model, clock, "scripted", [STRONG], lines=5, free_lines=True)
    asked = [prompt for prompt in model.prompts if "Say this line" in prompt]
    assert asked
    assert not [prompt for prompt in model.prompts if prompt.endswith("You said")]


def staged(writer: ModelWriter | None, minutes: float) -> Session:
    opened = RoundOpened(0.0, "t", 0.0, STRONG.problem, "", STRONG.level, minutes, "typed", 2, STRONG.seed)
    actor = KINDS[STRONG.kind](load_script(STRONG.problem), load_stock(), STRONG.seed)
    return Stage(brief(load_problem(STRONG.problem), load_atlas()), opened, actor, writer).play()


def assert_complete(state: Session) -> None:
    """Posed, challenged, answered and closed on time, and every line within the limit."""
    said = [u for u in state.utterances if u.speaker is Speaker.INTERVIEWER]
    assert state.closed
    assert state.closing == "time"
    assert said[-1].text in CLOSE
    assert {u.challenge.rung for u in said if u.challenge} >= {1, 2}
    assert len({u.challenge.challenge_id for u in said if u.challenge}) >= 2
    assert all(len(u.text.split()) <= MAXIMUM_WORDS for u in said[1:])


def test_a_round_without_a_model_is_complete_and_in_the_banks_own_words() -> None:
    state = staged(None, minutes=20)
    assert_complete(state)
    assert not state.audits
    assert not any(u.text.startswith(FRAMES) for u in state.utterances if u.speaker is Speaker.INTERVIEWER)


@pytest.mark.engines
def test_a_round_with_the_small_model_is_complete_and_quotes_the_candidate() -> None:
    with _model(SMALL_MODEL, ModelStore()) as (model, words_whole_lines):
        assert not words_whole_lines
        state = staged(ModelWriter(model, SystemClock()), minutes=10)
    assert_complete(state)
    accepted = [audit for audit in state.audits if not audit.rejected]
    heard = " ".join(u.text for u in state.utterances if u.speaker is Speaker.CANDIDATE)
    assert accepted
    assert all(audit.source in heard and audit.line.startswith(FRAMES) for audit in accepted)


def test_lines_for_reading_are_drawn_evenly_and_each_wording_once() -> None:
    rows = [ReadingLine(STRONG, "challenge:a:1", f"Line {number // 2}.", "") for number in range(40)]
    few = drawn(rows, 8)
    assert len({row.line for row in few}) == 8
    assert few == drawn(rows, 8)
    assert [row.line for row in drawn(rows[:4], 8)] == ["Line 0.", "Line 1."]


def test_a_model_that_is_not_there_is_said_to_be() -> None:
    with pytest.raises(ModelError, match="no model called"):
        measure("none", 1, 1, 1, ("url-shortener",))
