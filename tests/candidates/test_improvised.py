"""Rounds whose answers a real small model makes up: what the interviewer promises holds whatever is said to it."""

from __future__ import annotations

import pytest

from phantomcode.daemon.adapters import llama_cpp
from phantomcode.daemon.adapters.scripted import ScriptedLanguageModel
from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.contract.vocabulary import Level, Move
from phantomcode.daemon.core.briefing import brief
from phantomcode.daemon.core.events import RoundOpened
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.ports import LanguageModel
from phantomcode.daemon.rehearsal.improviser import MANNERS, Improviser
from phantomcode.daemon.rehearsal.script import load_script, load_stock
from phantomcode.daemon.rehearsal.stage import Stage
from phantomcode.models.store import ModelStore
from phantomcode.problems.load import load_atlas, load_problem
from tests.candidates.rules import broken, moments

SMALL_MODEL = "qwen2.5-coder-0.5b-instruct-q4_k_m"
SLUGS = ("url-shortener", "payments", "rate-limiter", "news-feed")


def improvised(slug: str, seed: int, model: LanguageModel, minutes: float) -> tuple[Stage, Improviser]:
    """Play a round."""
    opened = RoundOpened(0.0, f"improvised-{seed}", 0.0, slug, "", Level.L5, minutes, "typed", 2, seed)
    actor = Improviser(load_script(slug), load_stock(), seed, model)
    stage = Stage(brief(load_problem(slug), load_atlas()), opened, actor)
    stage.play()
    return stage, actor


@pytest.fixture(scope="module")
def small_model() -> LanguageModel:
    return llama_cpp.load(str(ModelStore().main_file(SMALL_MODEL)), threads=(1,), context_tokens=1024)


def test_what_the_model_makes_up_is_what_the_candidate_says() -> None:
    made_up = ("You're right.\nNo.", "It stays, since one primary takes forty writes a second.")
    stage, actor = improvised("url-shortener", 1, ScriptedLanguageModel(made_up), 20.0)
    said = [u.text for u in stage.state.utterances if u.speaker is Speaker.CANDIDATE]
    assert actor.answers
    assert set(actor.answers) <= set(said)


def test_a_model_that_fails_ends_the_rehearsal_and_not_in_silence() -> None:
    failed = EngineError("interviewer.failed", "It failed.", "Try again.")
    with pytest.raises(EngineError):
        improvised("url-shortener", 1, ScriptedLanguageModel((failed,)), 20.0)


@pytest.mark.engines
@pytest.mark.parametrize("seed", range(len(MANNERS)))
def test_the_interviewer_keeps_its_promises_to_improvised_answers(small_model: LanguageModel, seed: int) -> None:
    stage, actor = improvised(SLUGS[seed], seed, small_model, 8.0)
    said = moments(stage)
    assert [found for moment in said for found in broken(moment)] == []
    assert said[-1].line.move is Move.CLOSE
    assert len(actor.answers) >= 3
