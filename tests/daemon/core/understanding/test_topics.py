from __future__ import annotations

from phantomcode.daemon.core.understanding.topics import main_topic, topics_in


def test_the_strongest_topic_comes_first() -> None:
    assert topics_in("The cache evicts by LRU; the queue stays.")[0] == "cache"


def test_context_helps_where_the_utterance_names_nothing() -> None:
    assert main_topic(["I'd take that.", "We shard by user."]) == "sharding"
    assert main_topic(["Hello."]) == "other"
