from __future__ import annotations

from collections.abc import Callable

import pytest

from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Role
from phantomcode.problems.model import ChallengeType

Noted = Callable[..., Notebook]


def test_an_interviewers_number_is_given(noted: Noted) -> None:
    notebook = noted("> Say 20 million new links a day.")
    assert [(q.value, q.role) for q in notebook.quantities] == [(20e6, Role.GIVEN)]
    assert notebook.phase_evidence == ()


def test_questions_and_challenges_mark_topics_as_asked(noted: Noted) -> None:
    notebook = noted("> How do you shard this?", ("That cache never expires.", ChallengeType.VALID, "cache"))
    assert notebook.asked_topics == ("sharding", "cache")


def test_every_candidate_utterance_leaves_phase_evidence(noted: Noted) -> None:
    notebook = noted("Is it global?", "> Yes.", "So the gateway calls the link service.")
    assert [e.utterance for e in notebook.phase_evidence] == [0, 2]
    assert all(abs(sum(e.weights) - 1) < 1e-6 for e in notebook.phase_evidence)


def test_requirements_signposts_and_lost_threads_are_noted(noted: Noted) -> None:
    notebook = noted(
        "Users can reserve a table.",
        "Comments are out of scope.",
        "I'd want reads under a hundred milliseconds.",
        "Let me walk through the write path.",
        "Um, where was I?",
    )
    assert notebook.functional == ("said-0",)
    assert notebook.scoped_out == (1,)
    assert notebook.non_functional == ("latency",)
    assert notebook.signposts == (3,)
    assert notebook.lost == (4,)


ONE_NODE = ("That counter sits on a single node.", ChallengeType.VALID, "id-generation")


@pytest.mark.parametrize(
    ("lines", "still_open"),
    [
        (("Is that one node for all regions?", "> For all regions, yes."), True),
        (("Is that one node for all regions?", "> How do people find each other by phone number?"), False),
        (("I'd keep it on one node, a restart takes four seconds.", "> For all regions, yes."), False),
        (("I'd keep it on one node.", "Now comes the search, it reads an index."), False),
        (("I'd keep it on one node.", "A restart takes four seconds."), True),
    ],
)
def test_a_question_asked_back_leaves_a_challenge_open_and_going_on_to_something_else_does_not(
    noted: Noted, lines: tuple[str, ...], *, still_open: bool
) -> None:
    assert (noted(ONE_NODE, *lines).challenge is not None) is still_open
