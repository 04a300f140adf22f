"""The training data: reading it, checking it, and the folds by author."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
PHASES = ("clarify", "estimate", "high_level", "deep_dive", "tradeoffs")
ACTS = (
    *("question", "assumption", "computed", "decision", "tradeoff", "reason", "mechanism"),
    *("failure", "signpost", "summary", "repair", "hedge", "backchannel", "other"),
)
CLASSES = ("DR", "CR", "PA", "CN", "DF", "NA")
QUALITIES = (0, 0.6, 1.0)
MANNERS = ("clean", "asr", "nonnative", "terse", "rambling")
FIELDS = {
    "utterance": {"kind", "scenario", "manner", "previous", "text", "phase", "act", "tradeoff"},
    "answer": {
        *("kind", "scenario", "manner", "type", "topic", "rung", "challenge", "before", "response"),
        *("class", "changed", "held", "reason", "sound"),
    },
    "statement": {"kind", "scenario", "manner", "previous", "text", "tradeoff", "topic"},
}


@dataclass(frozen=True)
class Item:
    """One line of the data. `fields` is the line itself."""

    author: str
    kind: str
    fields: dict[str, Any]

    @property
    def text(self) -> str:
        """What the candidate said."""
        return str(self.fields["response" if self.kind == "answer" else "text"])

    @property
    def lead(self) -> tuple[str, ...]:
        """What was said before it, oldest first: the challenge of an answer, else up to two utterances."""
        return (self.fields["challenge"],) if self.kind == "answer" else tuple(self.fields["previous"])


def load(folder: Path = DATA) -> list[Item]:
    """Read every file, in the order of their names. A file is named <author>-<problem>.jsonl."""
    items = []
    for path in sorted(folder.glob("*.jsonl")):
        author = path.name.partition("-")[0]
        for line in path.read_text(encoding="utf-8").splitlines():
            fields = json.loads(line)
            items.append(Item(author, fields["kind"], fields))
    return items


def faults(item: Item) -> list[str]:
    """What is wrong with an item, in words."""
    fields = item.fields
    if item.kind not in FIELDS:
        return [f"unknown kind {item.kind}"]
    found = [] if FIELDS[item.kind] == set(fields) else [f"fields {sorted(FIELDS[item.kind] ^ set(fields))}"]
    allowed = {"manner": MANNERS, "phase": PHASES, "act": ACTS, "class": CLASSES, "tradeoff": QUALITIES}
    found += [
        f"{key} {fields[key]!r}" for key, values in allowed.items() if key in fields and fields[key] not in values
    ]
    if not item.text.strip():
        found.append("no text")
    return found


def duplicates(items: list[Item]) -> list[str]:
    """Texts (of answers: challenge and response) that occur twice."""
    counts = Counter((item.kind == "answer", *item.lead[: item.kind == "answer"], item.text) for item in items)
    return [key[-1] for key, count in counts.items() if count > 1]


def authors(items: list[Item]) -> list[str]:
    """The authors, each of whom is held out once."""
    return sorted({item.author for item in items})
