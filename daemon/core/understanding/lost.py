"""Where the candidate loses the thread, and where he lays it out for the listener."""

from __future__ import annotations

import re

from phantomcode.daemon.core.understanding.text import normalise

_LOST = re.compile(
    r"\b(?:where (?:was|were) (?:i|we)(?! going to)|what was i (?:saying|doing|going)|what was i\b|"
    r"lost (?:(?:a|little|bit|now|totally|completely) ){0,3}?(?:(?:my|the) (?:train|thread|place|way)|track|where i|"
    r"it\b(?=[.,]? (?:it was|anyway|sorry)))|"
    r"i (?:completely |just |totally )?lost (?:myself|you there)|i(?:'ve| have)? lost it\b|(?:i )?(?:forgot|forget|"
    r"can't remember) what i (?:was|am|wanted|said)|my mind (?:just )?went blank|what was the (?:other|third|second|"
    r"next) (?:part|thing|one|point)|it's gone(?: now)?[.,]|i(?:'m| am) (?:mixing|confusing) (?:up|myself|things|"
    r"the)|i(?:'ve| have) confused myself|i(?:'m| am) (?:getting |a bit |totally |completely )?(?:confused|tangled|"
    r"lost|muddled)\b|(?:what|which) (?:part|path|one|box) was i\b|slipped my mind|had (?:a point|"
    r"something) (?:here|there) and)"
)


_CATCHES_HIMSELF = re.compile(
    r"\b(?:wait|no|oh|hm+|sorry|hang on)\b[^?]{0,40}\b(?:i|we)(?:'ve)? (?:just |already |had )?(?:took|taken|dropped|"
    r"removed|threw|thrown|replaced|got rid|changed) (?:\w+ ){0,2}(?:out|away|it|that|this|them|of|\w+)\b|"
    r"\bthere(?:'s| is| are) no \w+ (?:now|any ?more)\b|\b(?:a circle|in circles)\b|"
    r"\bcontradict(?:s|ing|ed)? (?:myself|what i|my own)\b"
)
"""The design as just told is not the one that was decided, and the speaker notices."""


def loses_thread(text: str) -> bool:
    """Whether a candidate's utterance says that the thread is lost, or catches a contradiction of the own design."""
    plain = normalise(text)
    return bool(_LOST.search(plain) or _CATCHES_HIMSELF.search(plain))


_SIGNPOST = re.compile(
    r"\b(?:(?:two|three|four|five) (?:things|paths|parts|pieces|options|questions|steps|flows)|(?:i'll|let me|let's|"
    r"i'd like to|i want to|i'm going to|we'll) (?:now |first |just |quickly )?(?:start|begin|move|go (?:on|through|"
    r"into|deep\w*|back)|walk|talk about|trace|dive|dig|zoom|turn|switch gears|close|wrap|summari[sz]e|recap|"
    r"come back|look at)|(?:next|first|(?<!a )(?<!per )(?<!each )second|third|finally|last one),|"
    r"(?:first|next) (?:the|up|i'll|let's)|"
    r"moving on|(?:now )?(?:on to|onto) the|so,? (?:the )?(?:write|read) (?:path|side)|the (?:write|"
    r"read) path (?:first|now|next)|to (?:sum up|recap|summari[sz]e)|(?:in|that's the) (?:summary|high.level)|"
    r"that's (?:the|my) (?:write|read|first|second) \w+|so (?:volumes|capacity|numbers|requirements|the api)\b)"
)


_OPENS_A_PART = re.compile(
    r"^(?:(?:okay|ok|so|good|great|right|now|and|then|well|um|uh|but|alright)[, ]+)*(?:"
    r"(?:now|next|back to|on to|as for) (?:the|my|our|what) |"
    r"(?:the )?[\w-]+(?: [\w-]+)? (?:first|next|second|third|last)[.,:]|"
    r"(?:path|pipe|part|step|point|dive|decision|number) (?:one|two|three|1|2|3)\b|"
    r"the (?:first|second|third|next|last|biggest|other) (?:[\w-]+ )?(?:is|one|part|thing|worry|decision|dive|"
    r"piece)\b|"
    r"(?!(?:yes|no|not|yep|nope|sure|hm+|true|false|thank|thanks|sorry|exactly|happy|understood|with|also|agreed|"
    r"fine|fair|noted|"
    r"maybe|it|i|we|you|that|this|they|there|please|correct|zero|five|ten|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundred|thousand|nice|cool|perfect|interesting|of|anyway|hello|hi)\b)"
    r"(?:the |a |read |write )?[a-z][\w-]{3,}(?: (?:then|now|path|side|again))?[.] )"
)
"""An utterance whose first words name what it will be about: "The door first.", "Pipe two, logs.", "Memory. …"."""


def signposts(text: str) -> bool:
    """Whether a candidate's utterance tells the listener where the talk is going."""
    plain = normalise(text)
    return bool(_SIGNPOST.search(plain) or _OPENS_A_PART.match(plain))
