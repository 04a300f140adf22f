"""The name of what was not chosen: "a queue" in "I'd write it directly rather than through a queue, because …".

Either a name comes out that can be said back to the candidate, or nothing does.
"""

from __future__ import annotations

import re

from phantomcode.daemon.core.understanding.text import STOPWORDS
from phantomcode.daemon.core.understanding.tokens import listed

_MARKERS = re.compile(
    r"\b(?:rather than|instead of|as opposed to|whereas|versus|and not|the alternative (?:is|was|would be)|"
    r"the other (?:way|option) is|(?:choos\w+|chose|pick\w*|prefer\w*|favou?r\w*|tak(?:e|ing)|rather have|want) "
    r"(?!(?:[\w'-]+ ){0,2}(?:events?|clicks?|messages?|updates?|calls?|requests?|traffic|writes|reads|data|logs|"
    r"metrics|spans|it|them) over )(?:[\w'-]+ ){1,4}over) "
)
_SUBJECT = re.compile(r"\b(?:an?|with an?) ((?:[\w'-]+ ){1,4})would\b")
_WORD = re.compile(r"[\w'-]+")
_MOST_WORDS = 6
_ENDS = listed(
    "because since so but and or nor which that who would wouldn't could can if when where while until means mean is "
    "are was were has have had costs gives needs will then though although rather instead than versus as we i you it "
    "they he she there i'd i'll i'm i've we'd we'll we're we've you'd you'll it's it'd that's let's they'd"
)
_PLACES = listed("for at on in with to by from across like off through into of over under per without between during")
_LEADS = listed("a an the in on as off its own by with from at through only just simply our my their your some plain")
_NO_NAMES = listed(
    "that this it them those these one ones ourselves me us him both either neither everything anything nothing "
    "milliseconds seconds minutes hours days weeks months years bytes kilobytes megabytes gigabytes terabytes gigs "
    "percent hundred thousand million billion two three four five six seven eight nine ten twenty thirty fifty day "
    "time way thing things else also now here first again maybe perhaps requirements"
)


def alternative_in(plain: str) -> str:
    """Return the words that name what was passed over in normalised text, or "" where none are a name."""
    for marker in _MARKERS.finditer(plain):
        found = _name(plain[marker.end() :])
        if found:
            return found
    subject = _SUBJECT.search(plain)
    if subject is None or any(word in _ENDS or word in _PLACES for word in subject.group(1).split()):
        return ""
    return _name(subject.group(1))


def _name(after: str) -> str:
    """The name at the start of a text: up to six words, cut where the clause goes on."""
    said = _WORD.findall(re.split(r"[.,;:?!]", after, maxsplit=1)[0])
    if said and said[0] in ("for", "because", "to"):
        return ""
    while said and said[0] in _LEADS:
        said = said[1:]
    kept: list[str] = []
    doing = bool(said) and said[0].endswith("ing")
    for word in said[:_MOST_WORDS]:
        if word in _ENDS or (word in _PLACES and not doing):
            break
        kept.append(word)
    while kept and (kept[-1] in STOPWORDS or kept[-1] in _PLACES or kept[-1].isdigit()):
        kept.pop()
    return " ".join(kept) if any(_carries_meaning(word) for word in kept) else ""


def _carries_meaning(word: str) -> bool:
    return word not in STOPWORDS and word not in _NO_NAMES and not word[0].isdigit() and len(word) > 1
