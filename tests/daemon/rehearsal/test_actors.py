"""The candidates: pace, answers, and what makes each kind different."""

from __future__ import annotations

import msgspec
import pytest

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.briefing import Briefing, brief
from phantomcode.daemon.core.events import RoundOpened
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.rehearsal.actors import KINDS
from phantomcode.daemon.rehearsal.script import Script, load_script, load_stock
from phantomcode.daemon.rehearsal.stage import Stage
from phantomcode.problems.load import load_atlas, load_problem, problem_slugs


def played(kind: str, briefing: Briefing, seed: int = 3, script: Script | None = None) -> Session:
    opened = RoundOpened(0.0, "test", 1.7e9, "url-shortener", "", Level.L5, 45.0, "typed", 2, seed)
    actor = KINDS[kind](script or load_script("url-shortener"), load_stock(), seed)
    return Stage(briefing, opened, actor, tick_seconds=2.0).play()


def said(state: Session) -> list[str]:
    return [u.text for u in state.utterances if u.speaker is Speaker.CANDIDATE]


def test_a_seed_is_a_candidate(briefing: Briefing) -> None:
    assert said(played("hostile", briefing, 5)) == said(played("hostile", briefing, 5))
    assert said(played("hostile", briefing, 5)) != said(played("hostile", briefing, 6))


def test_the_strong_one_says_the_whole_part_in_order_and_answers_from_it(briefing: Briefing) -> None:
    script = load_script("url-shortener")
    spoken = said(played("strong", briefing))
    part = [text for block in script.lines for text in block.says]
    told = [text for text in spoken if text in part]
    assert told == [text for text in part if text in told]
    assert len(told) >= 0.9 * len(part)
    answers = {answer for rungs in script.answers.values() for answer in rungs}
    assert sum(1 for text in spoken if text in answers) >= 8


@pytest.mark.parametrize(
    ("kind", "telling"),
    [("hostile", "hostile"), ("prompt-injector", "injections"), ("off-topic", "off_topic"), ("silent", "brief")],
)
def test_these_answer_challenges_with_stock_lines(kind: str, telling: str, briefing: Briefing) -> None:
    state = played(kind, briefing)
    stock = load_stock().lines[telling]
    assert state.agenda.challenges
    assert sum(1 for text in said(state) if text in stock) >= len(state.agenda.tally) - 1


def test_the_rambler_never_sounds_finished_and_the_others_do(briefing: Briefing) -> None:
    assert KINDS["rambler"].complete < 0.5 < KINDS["strong"].complete
    assert len(" ".join(said(played("rambler", briefing)))) > len(" ".join(said(played("strong", briefing))))


def test_the_one_who_jumps_says_the_same_in_another_order(briefing: Briefing) -> None:
    part = [text for block in load_script("url-shortener").lines for text in block.says]
    told = [text for text in said(played("jumper", briefing)) if text in part]
    assert told != [text for text in part if text in told]


def test_the_second_language_keeps_the_numbers_and_the_names() -> None:
    actor = KINDS["second-language"](load_script("url-shortener"), load_stock(), 1)
    assert "Postgres" in actor.worded("The service reads Postgres at four thousand a second.")
    assert " the " not in actor.worded("So the gateway calls the service.")


def test_who_has_no_answer_of_the_part_takes_the_banks_points(briefing: Briefing) -> None:
    bare = msgspec.structs.replace(load_script("url-shortener"), answers={})
    points = {point for challenge in briefing.problem.challenges for point in challenge.strong_points}
    assert any(any(point in text for point in points) for text in said(played("strong", briefing, script=bare)))


def test_giving_in_ends_a_challenge_at_its_first_rung(briefing: Briefing) -> None:
    tally = played("capitulator", briefing).agenda.tally
    assert len(tally) >= 8
    assert {rung for _, rung in tally} == {1}


@pytest.mark.parametrize("slug", problem_slugs())
def test_every_part_fits_its_problem(slug: str) -> None:
    """Ids that do not exist would silently never be said."""
    script, problem, atlas = load_script(slug), load_problem(slug), load_atlas()
    assert script.problem == slug
    assert set(script.answers) <= {challenge.id for challenge in problem.challenges}
    assert set(script.changes) == {change.id for change in problem.requirement_changes}
    follow_ups = {f"atlas:{entry.id}" for entry in atlas.entries}
    assert {probe.id for probe in problem.scale_probes} <= set(script.probes)
    assert set(script.probes) <= {probe.id for probe in problem.scale_probes} | follow_ups
    assert script.weakest
    assert brief(problem, atlas).subject_stems
