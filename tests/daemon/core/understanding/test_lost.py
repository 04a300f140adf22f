from __future__ import annotations

import pytest

from phantomcode.daemon.core.understanding.lost import loses_thread, signposts


@pytest.mark.parametrize(
    "said",
    [
        "Wait, where was I?",
        "Sorry, I lost my thread.",
        "Wait, I have lost a bit the thread here.",
        "I forgot what I was saying.",
        "I'm getting confused here.",
        "And it asks the cache. Oh wait, we took that out.",
        "Hm, I just dropped Redis.",
        "The worker does it. No, there's no worker now.",
        "So it goes round in circles, doesn't it.",
        "That contradicts what I said about the queue.",
    ],
)
def test_losing_the_thread(said: str) -> None:
    assert loses_thread(said)


@pytest.mark.parametrize(
    "said",
    [
        "Where is the data stored?",
        "A message can get lost.",
        "We lose a second of clicks.",
        "The lost update took the thread with it.",
        "I dropped Redis because forty reads a second need no cache.",
        "We changed the key to the author.",
        "There's no lock anywhere.",
    ],
)
def test_talk_about_loss_is_not_losing_the_thread(said: str) -> None:
    assert not loses_thread(said)


def test_signposts() -> None:
    assert signposts("Let me walk through the write path first.")
    assert signposts("Two paths; write first.")
    assert not signposts("The worker stores the row.")
