from __future__ import annotations

from phantomcode.problems.model import Component, Option
from phantomcode.problems.spoken import Clash, component_clashes, nearest, option_clashes

REDIS = Option("redis", "cache", ("redis", "Valkey"), ("reddish",))


def test_no_clash_where_every_form_is_its_own() -> None:
    assert list(option_clashes((REDIS,), (Option("kafka", "queue", ("kafka",)),))) == []


def test_an_own_option_replaces_the_shared_one_of_its_topic_and_value() -> None:
    assert list(option_clashes((REDIS,), (Option("redis", "cache", ("reddish",)),))) == []


def test_the_same_value_under_another_topic_clashes() -> None:
    clashes = list(option_clashes((REDIS,), (Option("redis", "database", ("elasticache",)),)))
    assert clashes == [Clash("redis", "cache/redis", "database/redis")]


def test_case_hyphens_and_mishearings_count() -> None:
    other = Option("rust", "other", ("REDDISH",))
    dashed = Option("b-tree", "other", ("bee-tree",))
    spaced = Option("beech", "other", ("Bee Tree",))
    assert [clash.spoken for clash in option_clashes((REDIS, other, dashed, spaced), ())] == ["reddish", "bee tree"]


def test_components_clash_by_name_and_alias() -> None:
    gate = Component("gate", "Gate", ("barrier",))
    fence = Component("fence", "fence", ("gate",))
    assert list(component_clashes((gate, fence))) == [Clash("gate", "gate", "fence")]


def test_the_nearest_name_is_suggested_only_when_near() -> None:
    assert nearest("cassandre", ("postgres", "cassandra")) == 'Perhaps "cassandra"? '
    assert nearest("xyz", ("postgres", "cassandra")) == ""
    assert nearest("xyz", ()) == ""
