"""Names of options and components found in speech, as written, as mis-heard, and nearly.

A near match has to be long, to begin alike and to be close by spelling, or to sound the same; otherwise ordinary
words turn into technologies.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec
from rapidfuzz.distance import Levenshtein

from phantomcode.daemon.core.understanding.text import spelling, words
from phantomcode.problems.model import Component, Option

_SHORTEST_NEAR = 6
"""Letters; shorter names are matched exactly or by a listed mishearing only."""
_NEAR_ENOUGH = 0.88
_NEAR_IF_SAME_SOUND = 0.6
_SHORTEST_SOUND = 3
"""Consonants; fewer sound like too many words."""
_VOWELS = frozenset("aeiouyhw")
_SOUNDS = str.maketrans({"c": "k", "q": "k", "z": "s", "v": "f", "b": "p", "d": "t", "g": "k", "j": "k", "x": "s"})
_NOT_NAMES_TEXT = """
according actually alternate balance balanced breaker breakers broke broken cashing catch caught cause charge
closer cluster consist console consumes council counsel counted counting created creates current default direct
directly during faster filter follow general happens indexed leaders locked locking message messages model
modelled models module modules partial passing perfect posting posture process product promise protect readers
reading reads records regions reject relation release replace reports request requests respect results returns
routes routing running sample scanner scheduled schedules second server servers service services shared sharing
simple single source spinner started storage stored streams strings strip student system systems tables taking
targets testing thanks through together tokens traffic whether worked writers writing
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())


_FIXED_PHRASES = frozenset({("blast", "radius")})
"""Pairs of words in which the second means what it says and is no mishearing."""


class Mention(msgspec.Struct, frozen=True):
    """A name found in a text, in words `start` up to `end` (exclusive), for the `index`-th entry.

    `said` is what may be quoted: the text's own spelling of a name, and the name itself where it was mis-heard.
    """

    index: int
    said: str
    start: int
    end: int


class _Index(msgspec.Struct, frozen=True):
    exact: dict[tuple[str, ...], int]
    lengths: dict[str, tuple[int, ...]]
    """First word of an exact name -> the numbers of words such names have, longest first."""
    near: dict[str, list[tuple[str, int]]]
    """First letter -> joined names long enough for a near match."""


def find_options(text: str, options: tuple[Option, ...]) -> tuple[tuple[Option, Mention], ...]:
    """Options named in the text, in spoken order."""
    found = ((options[m.index], m) for m in _mentions(words(text), _option_index(options)))
    return tuple((option, _quotable(mention, option, text)) for option, mention in found)


def find_components(text: str, components: tuple[Component, ...]) -> tuple[tuple[Component, Mention], ...]:
    """Components named in the text, in spoken order."""
    return tuple((components[m.index], m) for m in _mentions(words(text), _component_index(components)))


def _quotable(mention: Mention, option: Option, text: str) -> Mention:
    forms = {words(name) for name in (option.value.replace("-", " "), *option.names)}
    spoken = words(mention.said)
    as_written = spoken in forms or (*spoken[:-1], spoken[-1].removesuffix("s")) in forms
    said = spelling(text, mention.start, mention.end) if as_written else option.names[0]
    return msgspec.structs.replace(mention, said=said)


@lru_cache(maxsize=8)
def _option_index(options: tuple[Option, ...]) -> _Index:
    return _index([(o.value.replace("-", " "), *o.names, *o.mishearings) for o in options])


@lru_cache(maxsize=8)
def _component_index(components: tuple[Component, ...]) -> _Index:
    return _index([(c.name, *c.aliases, *c.mishearings) for c in components])


def _index(entries: list[tuple[str, ...]]) -> _Index:
    exact: dict[tuple[str, ...], int] = {}
    near: dict[str, list[tuple[str, int]]] = {}
    for index, names in enumerate(entries):
        for name in names:
            key = words(name)
            if not key:
                continue
            exact.setdefault(key, index)
            exact.setdefault((*key[:-1], key[-1] + "s"), index)
            joined = "".join(key)
            if len(key) == 1 and len(joined) >= _SHORTEST_NEAR:
                near.setdefault(joined[0], []).append((joined, index))
    return _Index(exact, _lengths(exact), near)


def _lengths(exact: dict[tuple[str, ...], int]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for key in exact:
        found.setdefault(key[0], set()).add(len(key))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def _mentions(spoken: tuple[str, ...], index: _Index) -> Iterator[Mention]:
    at = 0
    while at < len(spoken):
        found = _longest_exact(spoken, at, index) or _near(spoken, at, index)
        if found is None or spoken[max(0, at - 1) : at + 1] in _FIXED_PHRASES:
            at += 1
            continue
        yield found
        at = found.end


def _longest_exact(spoken: tuple[str, ...], at: int, index: _Index) -> Mention | None:
    for length in index.lengths.get(spoken[at], ()):
        part = spoken[at : at + length]
        entry = index.exact.get(part)
        if entry is not None:
            return Mention(entry, " ".join(part), at, at + len(part))
    return None


def _near(spoken: tuple[str, ...], at: int, index: _Index) -> Mention | None:
    """One word nearly a name, or two words that run together into one ("zoo keeper")."""
    for end in (at + 1, at + 2):
        part = spoken[at:end]
        joined = "".join(part)
        if len(part) != end - at or len(joined) < _SHORTEST_NEAR - 1 or joined in _NOT_NAMES:
            continue
        for name, entry in index.near.get(joined[0], ()):
            if _alike(joined, name, strict=len(part) > 1):
                return Mention(entry, " ".join(part), at, end)
    return None


def _alike(heard: str, name: str, *, strict: bool) -> bool:
    if heard == name:
        return True
    if strict or abs(len(heard) - len(name)) > 2 or heard.rstrip("s") == name.rstrip("s"):
        return heard.rstrip("s") == name.rstrip("s")
    similar = Levenshtein.normalized_similarity(heard, name)
    same_sound = len(_sound(name)) >= _SHORTEST_SOUND and _sound(heard) == _sound(name)
    return similar >= _NEAR_ENOUGH or (same_sound and similar >= _NEAR_IF_SAME_SOUND)


def _sound(word: str) -> str:
    """Consonants with their voiced, doubled and soft forms made equal: a crude phonetic key."""
    kept = [letter for letter in word.translate(_SOUNDS) if letter not in _VOWELS]
    return "".join(letter for i, letter in enumerate(kept) if i == 0 or kept[i - 1] != letter)
