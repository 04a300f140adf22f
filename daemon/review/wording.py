"""What the codes of the core are called on the page."""

from __future__ import annotations

from phantomcode.daemon.core.scoring.profile import Dimension
from phantomcode.daemon.core.understanding.observations import Role
from phantomcode.problems.model import ChallengeType

DIMENSION_TITLES: dict[Dimension, str] = {
    "framework": "Framework discipline",
    "time": "Time allocation",
    "tradeoffs": "Tradeoffs up front",
    "pushback": "Defend or capitulate",
    "estimation": "Estimation",
    "narrative": "Narrative clarity",
    "level": "Level",
}

CHALLENGES: dict[ChallengeType, str] = {
    ChallengeType.VALID: "valid",
    ChallengeType.INVALID: "invalid on purpose",
    ChallengeType.PREFERENCE: "a preference",
}

ROLES: dict[Role, str] = {
    Role.GIVEN: "given",
    Role.ASSUMED: "assumed",
    Role.RECALLED: "recalled",
    Role.COMPUTED: "worked out",
}

ENDINGS: dict[str, str] = {
    "time": "time was up",
    "command": "ended by you",
    "stopped": "stopped before the end",
    "input": "the recording ended",
    "unfinished": "not finished",
}

INPUTS: dict[str, str] = {"microphone": "spoken", "wav": "from a recording", "typed": "typed"}

_SPELLED = """
ID API CDN DAU TTL LRU LFU DNS CRDT SQL NoSQL MySQL PostgreSQL RabbitMQ DynamoDB MongoDB ScyllaDB CockroachDB RocksDB
SQLite HBase ClickHouse GraphQL gRPC OAuth JWT TLS mTLS S3 SQS UUID ULID SSE REST HTTP LWT CDC DLQ WAF HDFS SSD OTLP LSM
KMS RBAC GeoDNS WebSocket PubSub
"""
_CAPITALS = {word.lower(): word for word in _SPELLED.split()}


def spelled(code: str) -> str:
    """A code of the bank as words: "id-generation" is "ID generation"."""
    words = [_CAPITALS.get(word, word) for word in code.replace("_", "-").split("-") if word]
    text = " ".join(words)
    return text if text[:1].isupper() or (words and words[0] != words[0].lower()) else text[:1].upper() + text[1:]
