from __future__ import annotations

from collections.abc import Callable

from phantomcode.daemon.core.scoring import delivery
from phantomcode.daemon.core.transcript import Transcript


def test_pace_fillers_and_share(spoken: Callable[..., Transcript]) -> None:
    shown = delivery.measure(spoken("> Go ahead.", *["um so we put this in a queue here"] * 3))
    assert shown.words_per_minute == 67.5
    assert shown.fillers_per_minute == 7.5
    assert shown.longest_pause_seconds == 2.0
    assert shown.talk_share == 0.75


def test_a_few_words_say_nothing_about_pace(spoken: Callable[..., Transcript]) -> None:
    assert delivery.measure(spoken("Hello there.")).words_per_minute is None
