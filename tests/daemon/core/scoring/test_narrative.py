from __future__ import annotations

from collections.abc import Callable

from phantomcode.daemon.core.scoring import narrative
from phantomcode.daemon.core.transcript import Transcript
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.notebook import Notebook

Spoken = Callable[..., Transcript]
Noted = Callable[..., Notebook]

TOLD = (
    "Let me walk through the write path first.",
    "The client posts to the gateway and the gateway calls the order service.",
    "The order service writes to the order table and sends a message to the mail queue.",
    "The mail worker reads from the mail queue.",
    "Now the read path: the gateway calls the query service.",
    "The query service reads the page cache, and on a miss it reads the order table.",
)


def _value(lines: tuple[str, ...], spoken: Spoken, noted: Noted, lexicon: Lexicon) -> float:
    value = narrative.score(noted(*lines), spoken(*lines), lexicon).value
    assert value is not None
    return value


def test_both_paths_told_hop_by_hop(spoken: Spoken, noted: Noted, lexicon: Lexicon) -> None:
    assert _value(TOLD, spoken, noted, lexicon) >= 3.0


def test_a_list_of_boxes_is_no_story(spoken: Spoken, noted: Noted, lexicon: Lexicon) -> None:
    boxes = ("There's a gateway.", "And a mail worker.", "Also a page cache and an order table.")
    assert _value(boxes, spoken, noted, lexicon) < 2.0


def test_losing_the_thread_often_caps(spoken: Spoken, noted: Noted, lexicon: Lexicon) -> None:
    lost = (*TOLD, "Um, where was I?", "Sorry, I lost my thread.", "I forgot what I was saying.")
    assert _value(lost, spoken, noted, lexicon) <= 1.0


def test_the_fix_shows_where_the_thread_was_lost_and_else_nothing(
    spoken: Spoken, noted: Noted, lexicon: Lexicon
) -> None:
    lost = (*TOLD, "Wait, where was I?")
    scored = narrative.score(noted(*lost), spoken(*lost), lexicon)
    assert scored.fault is not None
    assert scored.fault.text == "Wait, where was I?"
    assert narrative.score(noted(*TOLD), spoken(*TOLD), lexicon).fault is None


def test_a_design_that_turns_without_a_reason_has_to_be_told_anew(
    spoken: Spoken, noted: Noted, lexicon: Lexicon
) -> None:
    once, often = (narrative.score(noted(*TOLD), spoken(*TOLD), lexicon, turns) for turns in ((3,), (3, 9, 12, 20, 25)))
    settled = narrative.score(noted(*TOLD), spoken(*TOLD), lexicon)
    assert settled.value is not None
    assert once.value is not None
    assert often.value is not None
    assert settled.value - 0.5 <= once.value <= settled.value
    assert often.value <= settled.value - 1.0
    assert "5 unreasoned changes" in often.working
    assert (once.title == settled.title) != (often.title == settled.title)
