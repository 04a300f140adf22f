from __future__ import annotations

from collections.abc import Callable

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
