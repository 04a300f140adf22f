"""Where the candidate loses the thread: says so, or finds a design of his own mixed up."""

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
