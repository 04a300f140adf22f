"""Names of options and components found in speech, as written, as mis-heard, and nearly.

A near match has to be long, to begin alike and to be close by spelling, or to sound the same and to stand where a name
can stand; otherwise ordinary words turn into technologies. What is written for a name may be ordinary words too ("read
us", "park it"), so a mishearing that can be read as what it says is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec
from rapidfuzz.distance import Levenshtein

from phantomcode.daemon.core.understanding.sounds import Sound, sound_of, sounds_of
from phantomcode.daemon.core.understanding.text import STOPWORDS, spelling, stem, words
from phantomcode.problems.model import Component, Option

_SHORTEST_NEAR = 6
"""Letters; shorter names are matched exactly or by a listed mishearing only."""
_NEAR_ENOUGH = 0.88
_NEAR_IF_SAME_SOUND = 0.6
_SHORTEST_SOUND = 3
"""Consonants; fewer sound like too many words."""
_SHORTEST_SOUNDED = 5
"""Letters of a name that is looked for by its sound alone."""
_MOST_WORDS_HEARD = 3
_PRODUCTS = frozenset({"database", "cache", "queue"})
"""Topics whose options are products, named by words that nothing else is called."""
_NOT_NAMES_TEXT = """
according actually alternate balance balanced barker breaker breakers broke broken cashing catch caught cause
charge cities clint closer cluster coffin consist console consumes council counsel counted counting created
creates current default direct directly dumping during exemplary faster filter fluent follow gather general
genesis guitar happens increase increases indexed leaders locked locking looking lucien manga memoir message
messages model modelled models module modules paler partial passing perfect polar posting posture process
product promise promoters promotes proper protect ranger reacting readers reading reads reckon records regain
regan regions reject relation release replace reports republic republics request requests respect results
returns routes routing running sample scanner scheduled schedules scribe second server servers service services
shared sharing simple single source spinner stable stables staple staples started storage stored streams strings
strip student system systems tables taking targets telegraph testing thanks through together tokens traffic
turtle videos whether worked writers writing
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())


_BEFORE_NAMES_TEXT = """
in into from through onto on with by via behind like use uses using take takes be is are have has add put a an the our
plain one two three call calls ask asks hit hits read reads want choose pick keep keeps
"""
_BEFORE_NAMES = frozenset(_BEFORE_NAMES_TEXT.split())
"""Words after which a name is likely; what sounds like one counts only there or in a list of names."""
_BEFORE_VERBS_TEXT = "i we you they he she who will would can could should must might may let let's"
_BEFORE_VERBS = frozenset(_BEFORE_VERBS_TEXT.split())
_OBJECTS = frozenset({"it", "us", "her", "them", "him", "me"})
_LITTLE_WORDS = STOPWORDS - _OBJECTS
"""Words of the sentence around a name that are not written for a part of it."""
_DETERMINERS = frozenset({"the", "a", "an", "our", "my", "your", "their", "his", "her", "all", "every", "each"})
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


class _Entry(msgspec.Struct, frozen=True):
    names: tuple[str, ...]
    misheard: tuple[str, ...]
    invented: bool = False
    """A product's name: no word of the language, so that what sounds like it is likely to be it."""


class _Index(msgspec.Struct, frozen=True):
    exact: dict[tuple[str, ...], int]
    misheard: frozenset[tuple[str, ...]]
    """The keys of `exact` that are no name's own spelling."""
    lengths: dict[str, tuple[int, ...]]
    """First word of an exact name -> the numbers of words such names have, longest first."""
    near: dict[str, list[tuple[str, int]]]
    """First letter -> joined names long enough for a near match."""
    sounds: dict[Sound, tuple[str, int]]


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
    return _index([_Entry((o.value.replace("-", " "), *o.names), o.mishearings, o.topic in _PRODUCTS) for o in options])


@lru_cache(maxsize=8)
def _component_index(components: tuple[Component, ...]) -> _Index:
    return _index([_Entry((c.name, *c.aliases), c.mishearings) for c in components])


def _index(entries: list[_Entry]) -> _Index:
    exact: dict[tuple[str, ...], int] = {}
    near: dict[str, list[tuple[str, int]]] = {}
    sounds: dict[Sound, tuple[str, int]] = {}
    own: set[tuple[str, ...]] = set()
    for index, entry in enumerate(entries):
        for key in (words(name) for name in (*entry.names, *entry.misheard)):
            if key:
                exact.setdefault(key, index)
                exact.setdefault(_plural(key), index)
        for key in (words(name) for name in entry.names):
            own |= {key, _plural(key), tuple("".join(key))}
            if len(key) == 1 and len(key[0]) >= _SHORTEST_NEAR:
                near.setdefault(key[0][0], []).append((key[0], index))
            if entry.invented and len(key) == 1 and len(key[0]) >= _SHORTEST_SOUNDED and key[0].isalpha():
                for sound in sounds_of(key):
                    if len(sound.consonants) >= _SHORTEST_SOUND:
                        sounds.setdefault(sound, (key[0], index))
    return _Index(exact, frozenset(exact) - own, _lengths(exact), near, sounds)


def _plural(key: tuple[str, ...]) -> tuple[str, ...]:
    return (*key[:-1], key[-1] + "s") if key else key


def _lengths(exact: dict[tuple[str, ...], int]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for key in exact:
        found.setdefault(key[0], set()).add(len(key))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def _mentions(spoken: tuple[str, ...], index: _Index) -> Iterator[Mention]:
    at, last = 0, 0
    while at < len(spoken):
        found = _longest_exact(spoken, at, index) or _near(spoken, at, index) or _sounded(spoken, at, last, index)
        if found is None or spoken[max(0, at - 1) : at + 1] in _FIXED_PHRASES:
            at += 1
            continue
        yield found
        at = last = found.end


def _longest_exact(spoken: tuple[str, ...], at: int, index: _Index) -> Mention | None:
    for length in index.lengths.get(spoken[at], ()):
        part = spoken[at : at + length]
        entry = index.exact.get(part)
        if entry is not None and not (part in index.misheard and _means_itself(spoken, at, at + len(part))):
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
    if stem(heard) == stem(name):
        return False  # "controlled" is no controller that was mis-heard
    similar = Levenshtein.normalized_similarity(heard, name)
    return similar >= _NEAR_ENOUGH or (similar >= _NEAR_IF_SAME_SOUND and _same_sound(heard, name))


def _same_sound(heard: str, name: str) -> bool:
    sound = sound_of((name,))
    return len(sound.consonants) >= _SHORTEST_SOUND and sound_of((heard,)) == sound


def _sounded(spoken: tuple[str, ...], at: int, last: int, index: _Index) -> Mention | None:
    """Up to three words that sound like a name and stand where one can; `last` is where the name before them ends."""
    listed = 0 < last >= at - 1 and spoken[at - 1] in ("and", "then", "or", spoken[last - 1])
    if spoken[at] in STOPWORDS or spoken[at] in _NOT_NAMES or not (listed or _leads(spoken, at)):
        return None
    for end in range(min(len(spoken), at + _MOST_WORDS_HEARD), at, -1):
        part = spoken[at:end]
        if not all(word.replace("'", "").isalpha() and word not in _LITTLE_WORDS for word in part):
            continue
        name, entry = next((index.sounds[sound] for sound in sounds_of(part) if sound in index.sounds), ("", 0))
        similar = len(part) > 1 or Levenshtein.normalized_similarity(part[0], name) >= _NEAR_IF_SAME_SOUND
        if name and similar and not _goes_on(spoken, end):
            return Mention(entry, " ".join(part), at, end)
    return None


def _means_itself(spoken: tuple[str, ...], start: int, end: int) -> bool:
    """Whether what a recogniser may have written for a name stands where it is read as the words it is made of."""
    before = spoken[start - 1] if start else ""
    if before in _BEFORE_VERBS or spoken[end : end + 1] == ("of",):
        return True
    return spoken[end - 1] in _OBJECTS and (_goes_on(spoken, end) or (start > 0 and not _leads(spoken, start)))


def _leads(spoken: tuple[str, ...], at: int) -> bool:
    return at > 0 and spoken[at - 1] in _BEFORE_NAMES


def _goes_on(spoken: tuple[str, ...], end: int) -> bool:
    """Whether the last of the words before `end` is a verb's object that what it does follows ("read us the list")."""
    return spoken[end - 1] in _OBJECTS and spoken[end : end + 1] != () and spoken[end] in _DETERMINERS
