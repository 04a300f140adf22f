"""Where the candidate loses the thread, and where he lays it out for the listener."""

from __future__ import annotations

import re

from phantomcode.daemon.core.understanding.text import normalise

_LOST = re.compile(
    r"\b(?:where (?:was|were) (?:i|we)(?! going to)|what was i (?:saying|doing|going)|what was i\b|"
    r"lost (?:my (?:train|thread|place|track|way)|track|the thread|where i|it\b(?=[.,]? (?:it was|anyway|"
    r"sorry)))|"
    r"i (?:completely |just |totally )?lost (?:myself|you there)|i(?:'ve| have)? lost it\b|"
    r"(?:i )?(?:forgot|forget|can't remember) what i (?:was|am|wanted|said)|my mind (?:just )?went blank|"
    r"what was the (?:other|third|second|next) (?:part|thing|one|point)|it's gone(?: now)?[.,]|"
    r"i(?:'m| am) (?:mixing|confusing) (?:up|myself|things|the)|i(?:'ve| have) confused myself|"
    r"i(?:'m| am) (?:getting |a bit |totally |completely )?(?:confused|tangled|lost|muddled)\b|"
    r"(?:what|which) (?:part|path|one|box) was i\b|slipped my mind|had (?:a point|something) (?:here|"
    r"there) and)"
)


def loses_thread(text: str) -> bool:
    """Whether a candidate's utterance says that the thread is lost."""
    return bool(_LOST.search(normalise(text)))


_SIGNPOST = re.compile(
    r"\b(?:(?:two|three|four|five) (?:things|paths|parts|pieces|options|questions|steps|flows)|(?:i'll|let me|"
    r"let's|i'd like to|"
    r"i want to|i'm going to|we'll) (?:now |first |just |quickly )?(?:start|begin|move|go (?:on|through|into|"
    r"deep\w*|back)|walk|talk about|"
    r"trace|dive|dig|zoom|turn|switch gears|close|wrap|summari[sz]e|recap|come back|look at)|(?:next|first|"
    r"second|third|finally|last one),|"
    r"(?:first|next) (?:the|up|i'll|let's)|moving on|(?:now )?(?:on to|onto) the|so,? (?:the )?(?:write|"
    r"read) (?:path|side)|"
    r"the (?:write|read) path (?:first|now|next)|to (?:sum up|recap|summari[sz]e)|(?:in|"
    r"that's the) (?:summary|high.level)|"
    r"that's (?:the|my) (?:write|read|first|second) \w+|so (?:volumes|capacity|numbers|requirements|the api)\b)"
)


def signposts(text: str) -> bool:
    """Whether a candidate's utterance tells the listener where the talk is going."""
    return bool(_SIGNPOST.search(normalise(text)))
