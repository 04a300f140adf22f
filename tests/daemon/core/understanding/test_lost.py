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


@pytest.mark.parametrize(
    "said",
    [
        "Let me walk through the write path first.",
        "Two paths; write first.",
        "Memory. Ten million keys of a hundred bytes each.",
        "The door first. Every site announces the same address.",
        "Pipe two, logs, goes through its own writers.",
        "Read path. Status by id goes to the primary.",
        "Okay, so now the boxes, left to right.",
        "The second worry is the purge.",
        "Back to the dead region, then.",
    ],
)
def test_signposts_name_what_comes(said: str) -> None:
    assert signposts(said)


@pytest.mark.parametrize(
    "said",
    [
        "The worker stores the row.",
        "Yes. The worker stores the row.",
        "Hmm. Then the row is gone.",
        "It melts. One shard does a hundred thousand.",
        "That's a hundred thousand a second, two million at peak.",
        "Thank you. I see what you mean.",
    ],
)
def test_answers_and_facts_are_no_signposts(said: str) -> None:
    assert not signposts(said)
