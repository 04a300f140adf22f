from __future__ import annotations

from collections.abc import Callable

import pytest

from phantomcode.daemon.core.understanding.components import orphans
from phantomcode.daemon.core.understanding.notebook import Notebook

Noted = Callable[..., Notebook]


def _uses(notebook: Notebook) -> dict[str, tuple[str, ...]]:
    return {use.id: use.connected_to for use in notebook.components}


def test_a_flow_verb_between_two_boxes_is_an_arrow(noted: Noted) -> None:
    assert _uses(noted("The gateway calls the link service."))["gateway"] == ("link-service",)


def test_it_means_the_box_named_last(noted: Noted) -> None:
    uses = _uses(noted("There's a booking service.", "It writes to the links table."))
    assert uses["booking-service"] == ("link-store",)


def test_boxes_side_by_side_are_not_connected(noted: Noted) -> None:
    notebook = noted("There's a gateway and a mail worker.")
    assert _uses(notebook) == {"gateway": (), "mail-worker": ()}
    assert orphans(notebook.components) == ("gateway", "mail-worker")


def test_what_the_interviewer_draws_is_not_the_candidates(noted: Noted) -> None:
    assert noted("> The gateway calls the link service.").components == ()


def test_a_question_connects_nothing(noted: Noted) -> None:
    assert _uses(noted("Does the gateway call the link service?"))["gateway"] == ()


@pytest.mark.parametrize(
    "said",
    [
        "The gateway sits in front of the booking service.",
        "The booking service is behind the gateway.",
        "The booking service sits behind an API gateway.",
        "There's a gateway, and behind it a booking service.",
        "the gateway forwards to the booking service",
        "the booking service stands behind the gateway",
        "The gateway hands each call to the booking service.",
    ],
)
def test_an_arrow_points_at_what_stands_behind(said: str, noted: Noted) -> None:
    assert _uses(noted(said)) == {"gateway": ("booking-service",), "booking-service": ()}


@pytest.mark.parametrize(
    "said",
    ["The jobs queue is drained by a mail worker.", "a mail worker polls, no, the jobs queue feeds a mail worker"],
)
def test_the_passive_has_arrows_too(said: str, noted: Noted) -> None:
    assert "mail-worker" in _uses(noted(said))["jobs-queue"]


@pytest.mark.parametrize(
    "said",
    [
        "We don't need a gateway.",
        "This works without a gateway.",
        "The client calls it rather than the gateway.",
        "We could put a gateway there.",
        "If we ever had partners I'd add a gateway.",
        "At my last job we had a gateway.",
        "You mention a gateway.",
        "we have no gateway in this",
    ],
)
def test_what_is_denied_possible_or_elsewhere_is_not_drawn(said: str, noted: Noted) -> None:
    assert "gateway" not in _uses(noted(said))


def test_a_box_that_decides_what_may_be_done_is_drawn(noted: Noted) -> None:
    assert "gateway" in _uses(noted("The gateway knows who may call and what might be asked."))
