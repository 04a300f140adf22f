"""Text as a speech recogniser delivers it: no case or punctuation, fillers, mis-heard jargon, wrong words."""

from __future__ import annotations

import random
import re
import tomllib
from pathlib import Path
from typing import Any

PROBLEMS = Path(__file__).parent.parent / "problems"
FILLERS = ("um", "uh", "so", "like", "you know", "i mean", "well")
FILLER_SHARE = 0.03
MISHEARD_SHARE = 0.4
WORD_ERRORS = (0.0, 0.15)
"""Least and greatest share of wrong words in one text."""
_WORD = re.compile(r"[a-z0-9'.]+")


class Mangler:
    """Mangles text; the same seed and calls give the same text."""

    def __init__(self, vocabulary: list[str], seed: int) -> None:
        self._random = random.Random(seed)
        self._mishearings = mishearings()
        self._names = re.compile(
            rf"\b(?:{'|'.join(sorted(map(re.escape, self._mishearings), key=len, reverse=True))})\b"
        )
        self._alike: dict[str, list[str]] = {}
        for word in sorted(set(vocabulary)):
            self._alike.setdefault(word[:2], []).append(word)

    def mangle(self, text: str) -> str:
        """Return the text as it might be heard."""
        plain = " ".join(w.strip(".'") for w in _WORD.findall(text.lower().replace("-", " ")))
        heard = self._names.sub(self._mishear, plain)
        share = self._random.uniform(*WORD_ERRORS)
        words = [out for word in heard.split() for out in self._word(word, share)]
        return " ".join(words) or plain

    def _mishear(self, found: re.Match[str]) -> str:
        name = found.group()
        return self._random.choice(self._mishearings[name]) if self._random.random() < MISHEARD_SHARE else name

    def _word(self, word: str, share: float) -> list[str]:
        filler = [self._random.choice(FILLERS)] if self._random.random() < FILLER_SHARE else []
        if self._random.random() >= share:
            return [*filler, word]
        alike = self._alike.get(word[:2], [word])
        kept = self._random.choice(([], [word, word], [self._random.choice(alike)], [self._random.choice(alike)]))
        return [*filler, *kept]


def mishearings() -> dict[str, list[str]]:
    """Each spoken name of the atlas and the bank with what a recogniser writes instead."""
    found: dict[str, list[str]] = {}
    for path in (PROBLEMS / "atlas.toml", *sorted((PROBLEMS / "bank").glob("*.toml"))):
        for entry in _entries(tomllib.loads(path.read_text(encoding="utf-8"))):
            for name in entry.get("names", []):
                found.setdefault(name.lower(), []).extend(entry["mishearings"])
    return found


def _entries(node: Any) -> list[dict[str, Any]]:
    """Every table with mis-hearings, however deep."""
    if isinstance(node, list):
        return [entry for part in node for entry in _entries(part)]
    if not isinstance(node, dict):
        return []
    own = [node] if node.get("mishearings") else []
    return own + [entry for part in node.values() for entry in _entries(part)]


def vocabulary(texts: list[str]) -> list[str]:
    """The words of the data: what a wrong word is drawn from."""
    return sorted({word for text in texts for word in _WORD.findall(text.lower())})
