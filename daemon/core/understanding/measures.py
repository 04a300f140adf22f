"""What a quantity measures, guessed from its unit and the words around it."""

from __future__ import annotations

import re
from typing import Literal

from phantomcode.problems.model import Metric

_PEAK = re.compile(r"\b(peaks?|busiest|burst\w*|spikes?|sale|rush|evenings?|black friday|at worst|incidents?|surge)\b")
_WRITE = re.compile(
    r"\b(writ\w+|rights|insert\w*|posts?|posting|creat\w+|new|ingest\w*|payments?|charges?|orders?|sign-?ups?|uploads?|"
    r"samples?|points?|spans?|events?|log lines|messages?|updates?|transactions?|tweets?|sets|puts|deletes)\b"
)
_READ = re.compile(
    r"\b(read\w*|reeds?|redirects?|clicks?|lookups?|gets?|quer\w+|views?|opens?|loads?|fetch\w*|hits?|visits?|checks?|"
    r"timeline|polls?|requests?|resolv\w+)\b"
)
_CACHE = re.compile(r"\b(cache\w*|redis|memory|ram|memcached|hot set|working set)\b")
_LATENCY = re.compile(
    r"\b(latency|p ?9\d|p99|percentile|round trips?|respon\w+|within|under|takes?|hop|wait\w*|milliseconds?|fast|slow"
    r"|delay|lag)\b"
)
_RETENTION = re.compile(
    r"\b(keep|kept|retain\w*|retention|hold|stored?|expir\w+|ttl|years? of|for|archive\w*|hot|old|lives?|after)\b"
)
_OBJECT = re.compile(
    r"\b(each|per|row|rows|record|item|apiece|object|payload|post|link|message|average|size|a piece)\b"
)
_REPLICAS = re.compile(r"\b(replicas?|copies|copy|followers? per|standbys?|replication)\b")
_DAILY = re.compile(r"\b(daily|dau|d a u|a day active|each day|active)\b")
_USERS = re.compile(r"\b(users?|people|customers?|accounts?|monthly|members|subscribers|dau|mau|d a u|m a u)\b")


def is_peak(before: str, after: str) -> bool:
    """Whether the words next to a rate call it a peak."""
    return _PEAK.search(before[-45:].lower()) is not None or _PEAK.search(after[:35].lower()) is not None


def flow_of(text: str) -> Metric | Literal[""]:
    """Return whether a text speaks of reads or of writes, by what it names first; "" where it names neither."""
    read, write = _READ.search(text.lower()), _WRITE.search(text.lower())
    if read is None and write is None:
        return ""
    return "read_rate" if write is None or (read is not None and read.start() < write.start()) else "write_rate"


def speaks_of_peak(text: str) -> bool:
    """Whether a text names a peak anywhere."""
    return _PEAK.search(text.lower()) is not None


def guess_metric(unit: str, value: float, said: str, before: str, after: str) -> Metric:
    """Guess from the unit first, then from the words said with it, then from those near it."""
    near = f"{before[-50:]} {said} {after[:40]}".lower()
    if unit == "ratio":
        return "ratio"
    if unit.startswith("1/"):
        return _rate(said.lower(), before, after, near)
    if unit == "B/s":
        return "bandwidth"
    if unit.startswith("B"):
        return _size(value, unit, near)
    if unit == "s":
        return _span(value, near)
    return _count(said.lower(), near)


def _rate(said: str, before: str, after: str, near: str) -> Metric:
    if is_peak(before, after):
        return "peak_rate"
    for words in (said, near):
        read, write = _READ.search(words), _WRITE.search(words)
        if read and not write:
            return "read_rate"
        if write and not read:
            return "write_rate"
    return "other"


def _size(value: float, unit: str, near: str) -> Metric:
    if _CACHE.search(near) and value >= 1e8:
        return "cache_size"
    small = value < 1e8 and unit == "B"
    return "object_size" if small and (_OBJECT.search(near) or value < 1e6) else "storage"


def _span(value: float, near: str) -> Metric:
    if value >= 3600:
        return "retention" if _RETENTION.search(near) else "other"
    return "latency" if value <= 60 and _LATENCY.search(near) else "other"


def _count(said: str, near: str) -> Metric:
    if _REPLICAS.search(said):
        return "replicas"
    if _USERS.search(near) or "active" in near:
        return "dau" if _DAILY.search(near) else "users"
    return "other"
