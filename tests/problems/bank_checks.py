"""What every problem of the bank must pass: a test module subclasses `BankChecks`, names its slug and adds its own.

class TestNewsFeed(BankChecks):
    slug = "news-feed"
    stated = ((r"is ([\\d,]+) posts a second", POSTS), ...)
    sheet = {"posts": POSTS, ...}
    asked = (("How many posts a day?", "posts"), ...)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from itertools import combinations
from typing import ClassVar

import pytest
from rapidfuzz import fuzz

from phantomcode.daemon.core.questions import Match, best_matches
from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.lexicon import Lexicon, build_lexicon
from phantomcode.daemon.core.understanding.names import find_components, find_options
from phantomcode.daemon.core.understanding.notebook import Notebook, note
from phantomcode.daemon.core.understanding.predicates import holds as holds_in_round
from phantomcode.problems.check import check_problem
from phantomcode.problems.load import load_atlas, load_problem
from phantomcode.problems.model import ChallengeType, Fact, Problem
from phantomcode.problems.predicate import DesignFacts, holds

ROUND_SECONDS = 45 * 60.0
NEAR_COPY = 80
"""Token-sort similarity (0-100) above which two lines would sound alike to somebody who heard both."""
TOLERANCE = 0.05
"""A stated figure may be rounded by this much."""
PROVED_HERE = frozenset({"arithmetic", "sheet"})
"""Sources that are no page: the claim is refuted by a sum, or by what the problem itself says."""
_HINTED_TEXT = """
functional non_functional scope_out read_rate write_rate peak storage bandwidth cache_size write_path read_path
deep_dive_mechanism failure_mode number_in_deep_dive tradeoff_cost alternative close
"""
HINTED = frozenset(_HINTED_TEXT.split())
"""Evidence keys for which every problem has a hint."""


def spoken_lines(problem: Problem) -> Iterator[tuple[str, str]]:
    """Every line the interviewer may say of his own accord, with the id it belongs to."""
    for challenge in problem.challenges:
        yield from ((challenge.id, wording) for rung in challenge.rungs for wording in rung)
    for probe in problem.scale_probes:
        yield from ((probe.id, wording) for wording in probe.wordings)
    for change in problem.requirement_changes:
        yield from ((change.id, wording) for wording in change.wordings)


def best_fact(question: str, facts: Sequence[Fact]) -> Match | None:
    """The fact that the interviewer answers a question with first, or None when the sheet is silent on it."""
    return next(iter(best_matches(question, facts)), None)


def mean_words(rungs: Iterable[tuple[str, ...]]) -> float:
    """Mean length of the wordings, in words."""
    lengths = [len(line.split()) for rung in rungs for line in rung]
    return sum(lengths) / len(lengths)


def firing(lexicon: Lexicon, *said: str) -> set[str]:
    """Ids of the challenges that may be made to a candidate who has said this."""
    notebook = Notebook()
    for index, line in enumerate(said):
        utterance = Utterance(index, Speaker.CANDIDATE, index * 8.0, index * 8.0 + 6, line)
        notebook = note(notebook, utterance, lexicon, ROUND_SECONDS)
    assert lexicon.problem is not None
    return {c.id for c in lexicon.problem.challenges if holds_in_round(c.when, notebook)}


def of_type(problem: Problem, ids: Iterable[str], kind: ChallengeType) -> set[str]:
    """Those of the challenges that are of one type."""
    held = set(ids)
    return {c.id for c in problem.challenges if c.id in held and c.type is kind}


class BankChecks:
    """Tests of one problem file; the subclass gives the class variables."""

    slug: ClassVar[str]
    stated: ClassVar[tuple[tuple[str, float], ...]]
    """A figure as the file states it (the one group of a pattern) and what the sheet's own figures give."""
    sheet: ClassVar[Mapping[str, float]]
    """Label of an estimate -> the sheet's own value in the estimate's unit."""
    asked: ClassVar[tuple[tuple[str, str], ...]]
    """Questions as candidates put them, none of them a phrasing of the file, and the fact each is after."""
    naive: ClassVar[tuple[str, ...]]
    """What a weak candidate says of the design, and `defects` the ids of challenges it must then meet."""
    defects: ClassVar[frozenset[str]]
    sound: ClassVar[tuple[str, ...]]
    """What a strong candidate says of the design, who may not meet any valid challenge."""

    @property
    def problem(self) -> Problem:
        return load_problem(self.slug)

    @property
    def lexicon(self) -> Lexicon:
        return build_lexicon(self.problem, load_atlas())

    def test_the_checker_finds_nothing(self) -> None:
        assert check_problem(self.problem, load_atlas()) == ()

    def test_stated_figures_follow_from_the_sheet(self) -> None:
        text = resources.files("phantomcode.problems").joinpath(f"bank/{self.slug}.toml").read_text(encoding="utf-8")
        wrong = []
        for pattern, expected in self.stated:
            found = [float(figure.replace(",", "")) for figure in re.findall(pattern, text)]
            if not found or any(abs(figure - expected) > TOLERANCE * expected for figure in found):
                wrong.append((pattern, found, expected))
        assert not wrong, wrong

    def test_reference_ranges_hold_the_sheet_s_own_figures(self) -> None:
        assert {estimate.label for estimate in self.problem.estimates} == set(self.sheet)
        for estimate in self.problem.estimates:
            assert estimate.low <= self.sheet[estimate.label] <= estimate.high, estimate.label

    def test_answers_are_short_and_spoken(self) -> None:
        for fact in self.problem.facts:
            assert len(fact.answer.split()) <= 30, fact.id
            assert not re.search(r"\d", fact.answer), f"{fact.id}: write figures as they are said"
            assert 4 <= len(fact.asks) <= 9, fact.id

    def test_every_way_of_asking_finds_its_own_answer(self) -> None:
        facts = self.problem.facts
        astray = []
        for fact in facts:
            for ask in fact.asks:
                match = best_fact(ask, facts)
                if match is None or match.fact.id != fact.id:
                    astray.append((ask, fact.id, match and match.fact.id))
        assert not astray, astray

    def test_questions_in_other_words_find_their_answer(self) -> None:
        facts = self.problem.facts
        phrasings = {ask.casefold() for fact in facts for ask in fact.asks}
        assert len(self.asked) >= 20
        astray = []
        for question, wanted in self.asked:
            assert question.rstrip("?").casefold() not in phrasings, question
            match = best_fact(question, facts)
            if match is None or match.fact.id != wanted:
                astray.append((question, wanted, match and match.fact.id))
        assert not astray, astray

    def test_every_name_and_mishearing_is_heard_as_what_it_names(self) -> None:
        problem, lexicon = self.problem, self.lexicon
        astray: list[object] = []
        for option in problem.options:
            for name in (*option.names, *option.mishearings):
                heard = [(o.topic, o.value) for o, _ in find_options(f"we use {name}", lexicon.options)]
                if heard != [(option.topic, option.value)]:
                    astray.append((name, option.value, heard))
        for component in problem.components:
            for name in (component.name, *component.aliases, *component.mishearings):
                boxes = [box.id for box, _ in find_components(f"it goes to the {name}", lexicon.components)]
                if boxes != [component.id]:
                    astray.append((name, component.id, boxes))
        assert not astray, astray

    def test_predicates_fire_and_stay_silent_on_their_designs(self) -> None:
        for challenge in self.problem.challenges:
            assert holds(challenge.when, DesignFacts(challenge.fires_on)), challenge.id
            assert not holds(challenge.when, DesignFacts(challenge.silent_on)), challenge.id

    def test_no_two_lines_sound_alike(self) -> None:
        lines = list(spoken_lines(self.problem))
        alike = [
            (first, second)
            for (_, first), (_, second) in combinations(lines, 2)
            if fuzz.token_sort_ratio(first, second, score_cutoff=NEAR_COPY)
        ]
        assert not alike, alike

    def test_rungs_escalate_from_asking_to_asserting_to_demanding(self) -> None:
        challenges = self.problem.challenges
        for challenge in challenges:
            probe, press, squeeze = challenge.rungs
            assert not any("?" in line for line in press), f"{challenge.id}: a press asserts"
            assert sum("?" in line for line in probe) >= len(probe) - 1, f"{challenge.id}: a probe asks"
            assert len(squeeze) >= 3, challenge.id
        probes, presses, squeezes = (mean_words(c.rungs[rung] for c in challenges) for rung in range(3))
        assert probes < presses < squeezes

    def test_form_does_not_give_a_false_claim_away(self) -> None:
        """True and false claims alike are squeezed both by a scenario that asks and by an authority that does not."""
        for challenge in self.problem.challenges:
            if challenge.type is not ChallengeType.PREFERENCE:
                assert {"?" in line for line in challenge.rungs[2]} == {True, False}, challenge.id

    def test_length_does_not_give_the_type_away(self) -> None:
        challenges = self.problem.challenges
        for rung in range(3):
            means = [mean_words(c.rungs[rung] for c in challenges if c.type is kind) for kind in ChallengeType]
            assert max(means) < 1.5 * min(means), means

    def test_there_are_enough_challenges_of_each_type(self) -> None:
        problem = self.problem
        ids = [c.id for c in problem.challenges]
        assert all(len(of_type(problem, ids, kind)) >= 9 for kind in ChallengeType)

    def test_invalid_claims_are_refuted_from_a_source_that_can_be_looked_up(self) -> None:
        problem = self.problem
        for challenge in problem.challenges:
            if challenge.type is ChallengeType.INVALID:
                assert challenge.refutation, challenge.id
                for key in (part.strip() for part in challenge.source.split(",")):
                    assert key in PROVED_HERE or "https://" in problem.sources[key], challenge.id

    def test_there_is_a_hint_for_everything_that_can_be_missing(self) -> None:
        problem = self.problem
        held = {(hint.missing, hint.phase) for hint in problem.hints}
        assert {missing for missing, _ in held} >= HINTED
        assert held >= {("phase_overrun", phase) for phase in problem.vocabulary}
        for hint in problem.hints:
            assert len(hint.steps[0].split()) <= 2, hint.id

    def test_a_naive_design_meets_its_defects(self) -> None:
        fired = firing(self.lexicon, *self.naive)
        assert self.defects <= fired, self.defects - fired

    def test_a_sound_design_is_spared_the_defects_it_has_dealt_with(self) -> None:
        fired = firing(self.lexicon, *self.sound)
        problem = self.problem
        assert not of_type(problem, fired, ChallengeType.VALID)
        assert len(of_type(problem, fired, ChallengeType.INVALID)) >= 4, fired
        assert len(of_type(problem, fired, ChallengeType.PREFERENCE)) >= 4, fired


class SpokenChecks(BankChecks):
    """Tests that try every challenge of a problem on speech."""

    defect_lines: ClassVar[dict[str, tuple[str, str]]]
    """For each valid challenge the line that earns it and the line that cures it."""
    other_lines: ClassVar[dict[str, str]]
    """For each other challenge a line that it fits."""
    incurable: ClassVar[frozenset[str]] = frozenset()
    """Defects that no one line cures."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "cure" in metafunc.fixturenames:
            metafunc.parametrize(("name", "said", "cure"), [(name, *two) for name, two in self.defect_lines.items()])
        elif "said" in metafunc.fixturenames:
            metafunc.parametrize(("name", "said"), self.other_lines.items())

    def test_every_challenge_is_tried_on_speech(self) -> None:
        ids = [challenge.id for challenge in self.problem.challenges]
        assert of_type(self.problem, ids, ChallengeType.VALID) == set(self.defect_lines)
        assert set(ids) == set(self.defect_lines) | set(self.other_lines)

    def test_a_defect_is_met_as_said_and_spared_once_cured(self, name: str, said: str, cure: str) -> None:
        assert name in firing(self.lexicon, said)
        assert name in self.incurable or name not in firing(self.lexicon, said, cure)

    def test_false_claims_and_preferences_fit_what_was_said(self, name: str, said: str) -> None:
        assert name in firing(self.lexicon, said)
        assert name not in firing(self.lexicon, "Let me think about that for a moment.")
