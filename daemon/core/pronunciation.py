"""How to say what engineers write: the text that goes to the voice, never the one on the screen."""

from __future__ import annotations

import re

LONG_CLAUSE_CHARS = 24
"""A comma ends a clause only from this length on: shorter pieces sound clipped."""

_WORDS = {
    "99.9%": "three nines",
    "99.99%": "four nines",
    "99.999%": "five nines",
    "API": "A P I",
    "APIs": "A P Is",
    "CDN": "C D N",
    "DAU": "D A U",
    "DNS": "D N S",
    "etcd": "et C D",
    "gRPC": "G R P C",
    "IOPS": "eye ops",
    "JSON": "jason",
    "k8s": "kubernetes",
    "LRU": "L R U",
    "MAU": "M A U",
    "MySQL": "my sequel",
    "nginx": "engine X",
    "NoSQL": "no sequel",
    "PostgreSQL": "Postgres",
    "QPS": "Q P S",
    "Redis": "reddiss",
    "RPS": "R P S",
    "S3": "S three",
    "SLA": "S L A",
    "SLO": "S L O",
    "SQL": "sequel",
    "SQS": "S Q S",
    "SSD": "S S D",
    "TTL": "T T L",
    "URL": "U R L",
    "URLs": "U R Ls",
    "UUID": "U U I D",
}
_SCALES = {"K": "thousand", "k": "thousand", "M": "million", "B": "billion", "T": "trillion"}
_UNITS = {
    "KB": "kilobytes",
    "MB": "megabytes",
    "GB": "gigabytes",
    "TB": "terabytes",
    "PB": "petabytes",
    "ms": "milliseconds",
    "µs": "microseconds",
    "Gbps": "gigabits per second",
    "Mbps": "megabits per second",
}


def _alternatives(table: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(table, key=len, reverse=True))


_AMOUNT = r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)"
_WORD = re.compile(rf"(?<![\w.])(?:{_alternatives(_WORDS)})(?!\w)")
_UNIT = re.compile(rf"{_AMOUNT} ?({_alternatives(_UNITS)})(?!\w)")
_SCALE = re.compile(rf"{_AMOUNT}([KkMBT])(?!\w)")
_TIMES = re.compile(rf"{_AMOUNT}x(?!\w)")
_PERCENTILE = re.compile(r"\b[pP](\d{2,3})\b")
_PER_SECOND = re.compile(r"/(?:s|sec)\b")
_APPROXIMATELY = re.compile(r"~\s*(?=\d)")
_CLAUSE_END = re.compile(r"(?<=[.?!;:,—])\s+|(?<=—)")


def pronounce(text: str) -> str:
    """Return the text as it should be said: abbreviations, magnitudes, units and percentiles spelled out."""
    text = _WORD.sub(lambda match: _WORDS[match[0]], text)
    text = _UNIT.sub(lambda match: f"{match[1]} {_UNITS[match[2]]}", text)
    text = _SCALE.sub(lambda match: f"{match[1]} {_SCALES[match[2]]}", text)
    text = _TIMES.sub(r"\1 times", text)
    text = _PERCENTILE.sub(r"P \1", text)
    text = _PER_SECOND.sub(" per second", text)
    return _APPROXIMATELY.sub("about ", text)


def clauses(text: str) -> tuple[str, ...]:
    """Cut a line where a speaker breathes, so that the first sound does not wait for the last word."""
    pieces: list[str] = []
    for part in _CLAUSE_END.split(text.strip()):
        if pieces and pieces[-1].endswith((",", "—")) and len(pieces[-1]) < LONG_CLAUSE_CHARS:
            pieces[-1] += f" {part}"
        elif part:
            pieces.append(part)
    return tuple(pieces)
