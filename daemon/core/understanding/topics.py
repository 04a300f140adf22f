"""Which topic of the decision registry a text is about, from general vocabulary.

The lexicon's options name technologies; this table holds the words people use around them, so that a topic is
found for problems the bank does not hold as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from phantomcode.daemon.core.understanding.text import normalise
from phantomcode.problems.model import Topic

_PHRASES: dict[Topic, str] = {
    "database": r"databases?|postgres\w*|mysql|sql|nosql|relational|cassandra|dynamo\w*|mongo\w*|joins?|schema|"
    r"key.value|column store|document store|tables?|spanner|rows?|ledger",
    "cache": r"cach\w*|redis|memcache\w*|lru|evict\w*|ttl|hit rate|invalidat\w*|time to live|least recently|"
    r"warm\w* up",
    "id-generation": r"ids|uuids?|snowflake|counter|base (?:62|sixty.two)|hash the (?:url|link)|"
    r"random codes?|auto.?increment|collisions?|short codes?|guessable|key generation",
    "sharding": r"shard\w*|partition\w*|hash ring|consistent hash\w*|modulo|hot key|hot partition|rebalanc\w*|"
    r"resiz\w+",
    "replication": r"replica\w*|replicat\w*|leader|follower|standby|synchronous\w*|asynchronous\w*|"
    r"multi.leader|primary",
    "consistency": r"consisten\w*|quorum|stale\w*|linearizab\w*|serializ\w*|isolation|last writer? wins|"
    r"conflicts?|crdts?|vector clocks?|eventual\w*|read.your.(?:own.)?writes|freshness|race|lock\w*",
    "queue": r"queues?|kafka|rabbit\w*|sqs|kinesis|pub.?sub|broker|consumers?|topic|backlog|backpressure|"
    r"buffer\w*|batch\w*",
    "fanout": r"fan.?out|push(?:ing)? (?:to|on write|every)|pull(?:ing)? on read|timelines?|celebrit\w*|feeds?|"
    r"on write|on read|precomput\w*",
    "api": r"api|rest|grpc|graphql|endpoints?|polling|web ?sockets?|pagination|cursor|30[12]|three oh (?:one|"
    r"two)|"
    r"redirects?|server.sent|status code",
    "load-balancing": r"load.?balanc\w*|round.?robin|least connections?|sticky|balancer|layer (?:4|7|four|"
    r"seven)",
    "cdn": r"cdn|at the edge|edge cache\w*|points? of presence|pops?|purg\w*",
    "rate-limit-algorithm": r"token bucket|leaky bucket|sliding window|fixed window|rate limit\w*|tokens?|"
    r"buckets?|throttl\w*",
    "storage-tier": r"object (?:store|storage)|s3|blob\w*|cold storage|glacier|ssd|disks?|tier\w*|retention|"
    r"archiv\w*|snapshots?|persistence|downsampl\w*|compress\w*|compact\w*",
    "failover": r"fail.?over|fail(?:s|ing)? (?:open|closed)|active.active|active.passive|circuit breaker|"
    r"promot\w*|"
    r"health checks?|heartbeats?|evacuat\w*|drain\w*|lets? (?:the call|it|them) through|degrad\w*",
    "security": r"encrypt\w*|auth\w*|signed|hmac|tls|secrets?|card numbers?|pci|tokeni[sz]\w*|abuse|spam|"
    r"passwords?|mtls|hsm",
    "delivery-semantics": r"exactly.once|at.least.once|at.most.once|idempoten\w*|dedup\w*|outbox|retr(?:y|ies|"
    r"ied)|"
    r"duplicates?|two.phase|sagas?|webhooks?|acknowledg\w*|ordering|double.charge\w*",
    "sampling": r"sampl\w*|head.based|tail.based|traces?|one in a (?:hundred|thousand)|keep \w+ percent",
    "routing": r"rout(?:e|es|ed|ing)|anycast|dns|geo\w*|nearest|proxy|bgp|resolver|gossip|coordinator",
}
_PATTERNS: dict[Topic, re.Pattern[str]] = {
    topic: re.compile(rf"\b(?:{phrase})\b") for topic, phrase in _PHRASES.items()
}


def topic_weights(text: str) -> dict[Topic, int]:
    """How many different words of each topic the text has; topics without any are left out."""
    plain = normalise(text)
    counts = {topic: len(set(pattern.findall(plain))) for topic, pattern in _PATTERNS.items()}
    return {topic: count for topic, count in counts.items() if count}


def topics_in(text: str) -> tuple[Topic, ...]:
    """Topics the text touches, the strongest first; ties in the order of the table."""
    weights = topic_weights(text)
    return tuple(sorted(weights, key=lambda topic: -weights[topic]))


def main_topic(texts: Sequence[str]) -> Topic:
    """The topic of the first text that has one, else "other": put the utterance first, its context after."""
    for text in texts:
        found = topics_in(text)
        if found:
            return found[0]
    return "other"
