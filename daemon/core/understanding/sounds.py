"""How a name sounds, so that what a recogniser wrote for it can be known again: "cough car" for Kafka.

Two texts sound alike when they have the same consonants, voiced and unvoiced taken as one, as many syllables, and the
same first vowel, taken as bright, dark or long; the others are seldom spoken in full. Spelling decides all of it, so
this only holds for names and words of ordinary English spelling.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec


class Sound(msgspec.Struct, frozen=True):
    """Consonant classes of a text as letters, after "'" where it begins with a vowel; and what else tells it apart.

    `vowel` is the first one: "e" bright, "o" dark, "y" as in "write".
    """

    consonants: str
    vowel: str
    syllables: int


_LETTER_NAMES = {
    "b": "bee",
    "c": "see",
    "d": "dee",
    "g": "jee",
    "j": "jay",
    "k": "kay",
    "l": "el",
    "m": "em",
    "n": "en",
    "p": "pee",
    "q": "kyu",
    "s": "es",
    "t": "tee",
    "v": "vee",
    "x": "eks",
}
_SPELLED = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"db$", "deebee"),
        (r"sql$", "sekwel"),
        (r"mq$", "emkyu"),
        (r"^kn", "n"),
        (r"^wr", "r"),
        (r"^wh", "w"),
        (r"(?<=[aeo]u)gh$", "f"),
        (r"gh", ""),
        (r"(?<=a)l(?=[fkm])", ""),
        (r"ph", "f"),
        (r"sch", "sk"),
        (r"t?ch|sh", "s"),
        (r"c(?=[eiy])", "s"),
        (r"qu", "kw"),
        (r"x", "ks"),
        (r"h(?![aeiou])|(?<=[tprg])h", ""),
        (r"(?<![aeiouy])y(?=[aeiou])|(?<=[aeiou])y(?=[aeiou])", ""),
        (r"([ai])([bcdfgklmnprstvz])es?$", r"Y\2"),
        (r"(?<=[^aeiou])e$", ""),
    )
)
_CLASSES = str.maketrans("cqkgzjfvbptd", "kkkkssffpptt")
_VOWELS = re.compile(r"[aeiouyY]+")
_R_UNHEARD = re.compile(r"(?<=[aeiouyY])r(?![aeiouyY])")
_SILENT_W = re.compile(r"w(?![aeiouyY])")
_REPEATED = re.compile(r"(.)\1+")
_DARK = frozenset("aou")


@lru_cache(maxsize=8192)
def sound_of(words: tuple[str, ...], *, keeps_r: bool = True) -> Sound:
    """The sound of some words run together. Many speakers leave out an r that no vowel follows: `keeps_r` False."""
    spoken = "".join(_respelled(word) for word in words)
    if not keeps_r:
        spoken = _R_UNHEARD.sub("", spoken)
    spoken = _SILENT_W.sub("", spoken)
    vowels = _VOWELS.findall(spoken)
    begins = "'" if _VOWELS.match(spoken) else ""
    consonants = _VOWELS.sub("", _REPEATED.sub(r"\1", spoken.translate(_CLASSES)))
    return Sound(begins + consonants, _vowel(vowels[0]) if vowels else "", len(vowels))


def sounds_of(words: Sequence[str]) -> tuple[Sound, ...]:
    """The sound of some words to somebody who speaks each r, and to somebody who does not."""
    said = tuple(words)
    return tuple(dict.fromkeys((sound_of(said), sound_of(said, keeps_r=False))))


def _respelled(word: str) -> str:
    text = _LETTER_NAMES.get(word, word).replace("'", "")
    for pattern, sound in _SPELLED:
        text = pattern.sub(sound, text)
    return text


def _vowel(letters: str) -> str:
    if letters == "Y":
        return "y"
    return "o" if letters[0] in _DARK else "e"
