"""Tradeoffs a candidate states: a choice with its cost, or a choice with an alternative and a criterion.

Not tradeoffs: questions, "it depends", the bare word, a menu without a choice, an estimate compared with another,
what happened at another company. The evidence is counted clause by clause; `opinions` lets a trained labeller weigh in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from phantomcode.daemon.core.transcript import Utterance
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.names import find_options
from phantomcode.daemon.core.understanding.observations import Timing, Tradeoff
from phantomcode.daemon.core.understanding.text import declaratives, normalise, words
from phantomcode.daemon.core.understanding.topics import main_topic, topics_in
from phantomcode.problems.model import Topic

if TYPE_CHECKING:  # notebook.note calls this module
    from phantomcode.daemon.core.understanding.notebook import Notebook

FULL_QUALITY = 1.0
PART_QUALITY = 0.6
_SAME_DECISION_UTTERANCES = 4
"""A second argument on the same topic this close belongs to the same decision."""

_FIRST_PERSON = re.compile(
    r"\b(?:i'd|i'll|i would|i will|i'm (?:going|choosing|picking|taking|putting|paying|keeping|buying|leaving|"
    r"copying)|"
    r"i (?:want|keep|use|chose|choose|picked|pick|take|prefer|only|run|went|put|store|can|run|still|don't|"
    r"make|let|am)|"
    r"let's|we'll|we'd|we're|we (?:keep|use|drop|store|accept|take|only|don't|can|give|lose|pay|hold|run|"
    r"write|let|"
    r"cache|send|skip|push|batch|read|replicate|shard|sample|return|refuse|allow|compute)|"
    r"my (?:pick|choice|call|preference)|going with|that(?:'s| is) (?:the|what) (?:price|trade|cost|we pay|"
    r"i pay)|"
    r"what (?:i|we) (?:pay|give up|lose|get)|is what i'm|it (?:costs|means|does mean)|that (?:costs|means|"
    r"does)|"
    r"costs us|staying|so (?:the|we|i)|stays?|goes|go to|goes to|gets?|happens?|instead of|rather than)\b"
)
_NEGATED_CHOICE = re.compile(r"(?:^|[.;] )no (?!one|way|idea|doubt|matter)\w+")
_PRESENT_DESIGN = re.compile(r"\b(?:the|each|every|a|an|writes|reads|replication|it's) \w*")
_COST = re.compile(
    r"\b(?:costs?\b(?! of living)|the price|pay(?:ing)? (?:for|with|one|a|an|the|in|that|by)|what (?:i|we|"
    r"you) pay|"
    r"giv(?:e|es|ing) up|(?:we|you|i|it|that|they)(?:'d|'ll| would| will| might| may| could)? los(?:e|es|ing)|"
    r"loses?|"
    r"lost|slow(?:er|s|ly)?|slows down|wors(?:e|ens)|suffers?|ugly|downside|down side|bad side|drawback|"
    r"catch is|"
    r"the catch|at the expense|extra|one more|another (?:thing|hop|hundred|service|system|component|round)|"
    r"(?:live|living) with|stale|ruins?|no longer|can't .* any ?more|harder|hard to|more (?:complex|"
    r"complicated|work|"
    r"expensive|storage|memory|latency|writes|code|machines|operational|machinery|disk|load|traffic|space|"
    r"network)|"
    r"complexity|expensive|double[sd]?|twice|triple|fatter|bigger|longer|waits?|behind|lag|delay|late|"
    r"even though|"
    r"go(?:es)? missing|missing|miss(?:es)? (?:the|some|a|out)|exposed|wast(?:e|es|ed|ing|eful)|eats?|burns?|"
    r"redo|blocks?|some people|won't (?:be|see|get|have|know)|can't|cannot|not exact|approximate|"
    r"less (?:accurate|"
    r"precise|fresh|control|safe|flexible)|over.?count\w*|under.?count\w*|in exchange|sacrific\w*|trad(?:e|"
    r"ing) (?!that)|"
    r"takes? (?:longer|minutes|a while|more)|hurts?|penalty|overhead|risk\w*|never be|fewer|some offload|"
    r"bit (?:slower|stale|late|off|more)|guessable|ceiling|looks? bad|noisier|stranded|duplicat\w* (?:data|"
    r"storage)|"
    r"at the cost|tax|burden|inconsisten\w*|drift|weaker|coarse\w*|we don't get|you don't get|touch all|"
    r"has to be run)\b"
)
_ALTERNATIVE = re.compile(
    r"\b(?:rather than|instead of|as opposed to|and not|not (?:in|on|a|an|the|by|through|off|as|with|for|at) |"
    r"over (?:a|an|the)?|"
    r"whereas|versus|vs|compared (?:to|with)|the other (?:way|option|choice)|the alternative|alternative(?:'s|"
    r"ly)?|"
    r"otherwise|in exchange|if (?:we|i|you) (?:did|do|went|had|used|pushed|kept|stored|wrote|made|put|let|"
    r"were)|"
    r"than (?:a|an|the|put|to|waiting|having|having|one|losing|run\w*|[a-z]+ing)|"
    r"with (?:a |an |the )?\w+(?: \w+)?,? (?:we|you|i|it)(?:'d| would| have)|"
    r"(?:a|an|the|one) \w+(?: \w+){0,3} would(?:n't)? (?:be|have|give|get|push|mean|make|need|cost|keep|let)|"
    r"i could(?:'ve| have)?|we could(?:'ve| have)?|between|sharding would|would(?:'ve| have)? (?:be|been|cost|"
    r"mean|give|need)|"
    r"(?:synchronous|asynchronous|strong|eventual|push|pull|[a-z]+ing) would|it'd be|first thought)\b"
)
_CRITERION = re.compile(
    r"\b(?:because|since|so that|as long as|given|which (?:the|is|they|we|you)|but|and with|when i need|"
    r"only has to|allowed to|worth|cheaper|simpler|easier|nobody|so i|so we|that's (?:fine|okay|ok|enough)|"
    r"acceptable|"
    r"tolerat\w*|don't (?:need|want|care)|enough|buys?)\b"
)
_REQUIREMENT = re.compile(
    r"\b(?:you (?:said|told|asked|gave|wanted|mentioned)|they (?:told|said|asked)|(?:we|i) (?:said|promised|"
    r"agreed|only "
    r"promised)|told us|requirements?|budget|promised?|nines|slo|sla|target|allowed|has to be|have to be|must|"
    r"is fine|"
    r"legal|finance|analysts|customers?|users?|product|support|goal|deadline|nobody|read.heavy|write.heavy|"
    r"competitor|per second|a second|milliseconds?|percent|people|reads|availability|durability)\b"
)
_NUMBER = re.compile(
    r"\b(?:\d[\d,.]*\w*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|"
    r"forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|half a|a tenth|a third|double|twice|"
    r"tera\w*|"
    r"petabytes?|gigs?)\b"
)
_NO_CHOICE = re.compile(
    r"\b(?:it (?:really |all )?(?:depends|comes down to)|tradeoffs? everywhere|no free lunch|"
    r"one way or the other|"
    r"plenty to choose|many ways to|pros and cons|there are (?:always )?tradeoffs?|balance them|both have)\b"
)
_HYPOTHETICAL = re.compile(
    r"^(?:(?:and|so|but|well)\s+)?(?:if (?:we|you|they|it) (?:ever|had)|at my (?:last|old|previous)|"
    r"in my (?:last|old)|"
    r"we used to|right,? you mentioned|you mentioned|as you said|so you're (?:telling|saying)|i want to leave|"
    r"the question is|i'm (?:torn|not sure)|reads have to|whether)\b"
)
_ESTIMATE = re.compile(r"\b(?:comes (?:out )?to|that's about|works out|is less than one|divided by|multiplied)\b")
_MENU = re.compile(r"\b(?:we|you|i) could (?:use|go|do|also|take|pick)\b.*\bor\b|\bone way is\b.*\bthe other\b")
_COMMITTED = re.compile(
    r"\b(?:i'd|i'll|i'm (?:going|choosing|keeping|taking)|let's|we'll|i want|my (?:pick|choice)|going with|"
    r"i (?:chose|"
    r"picked|prefer|keep)|so i|staying)\b"
)


class TradeoffReading(msgspec.Struct, frozen=True):
    """What a text states: whether it is a tradeoff, how complete, and with which other value."""

    is_tradeoff: bool
    quality: float
    topic: Topic
    alternative: str = ""


def read_tradeoff(
    text: str, context: Sequence[str] = (), opinions: Mapping[str, float] | None = None
) -> TradeoffReading:
    """Read one candidate utterance; `context` is what the candidate said just before, newest first.

    `opinions` may hold "tradeoff": added to the evidence, positive for and negative against (log-odds).
    """
    plain = declaratives(text)
    evidence = _evidence(plain) + (opinions or {}).get("tradeoff", 0.0)
    topic = main_topic([plain, *context])
    if evidence <= 0:
        return TradeoffReading(is_tradeoff=False, quality=0.0, topic=topic)
    alternative = _ALTERNATIVE.search(plain)
    tied = bool(_REQUIREMENT.search(plain) or _NUMBER.search(plain))
    full = bool(alternative) and tied and bool(_COST.search(plain) or _CRITERION.search(plain))
    quality = FULL_QUALITY if full else PART_QUALITY
    return TradeoffReading(True, quality, topic, alternative.group(0).strip() if alternative else "")


def _evidence(plain: str) -> float:
    """Positive when the text states a tradeoff: choice, cost, alternative and criterion against what rules one out."""
    if len(words(plain)) < 6 or _HYPOTHETICAL.match(plain):
        return -1.0
    if _NO_CHOICE.search(plain) or (_MENU.search(plain) and not _COMMITTED.search(plain)):
        return -1.0
    choice = bool(_FIRST_PERSON.search(plain) or _NEGATED_CHOICE.search(plain))
    cost = len(set(_COST.findall(plain)))
    alternative = bool(_ALTERNATIVE.search(plain))
    criterion = bool(_CRITERION.search(plain))
    if _ESTIMATE.search(plain) and not _COMMITTED.search(plain):
        return -1.0
    if not choice:
        return -1.0
    return 1.0 * min(cost, 2) + 0.75 * alternative + 0.5 * criterion - 1.2


def note_tradeoffs(notebook: Notebook, utterance: Utterance, lexicon: Lexicon) -> tuple[Tradeoff, ...]:
    """Tradeoffs after one candidate utterance: at most one per decision."""
    reading = read_tradeoff(utterance.text, notebook.recent_texts)
    if not reading.is_tradeoff:
        return notebook.tradeoffs
    choice, topic = _choice(utterance.text, lexicon, reading.topic)
    if any(_same_decision(known, topic, choice, utterance.id) for known in notebook.tradeoffs):
        return notebook.tradeoffs
    asked = topic in notebook.asked_topics or bool(set(topics_in(utterance.text)[:1]) & set(notebook.asked_topics))
    timing = Timing.PROMPTED if asked else Timing.UNPROMPTED
    made = Tradeoff(utterance.id, topic, timing, reading.quality, choice, reading.alternative)
    return (*notebook.tradeoffs, made)


def _choice(text: str, lexicon: Lexicon, topic: Topic) -> tuple[str, Topic]:
    """The option named first, with its topic, or nothing with the topic of the words."""
    for option, _ in find_options(normalise(text), lexicon.options):
        return option.value, option.topic
    return "", topic


def _same_decision(known: Tradeoff, topic: Topic, choice: str, utterance: int) -> bool:
    if known.topic != topic:
        return False
    near = utterance - known.utterance <= _SAME_DECISION_UTTERANCES
    return near or (bool(choice) and choice == known.choice)
