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
from phantomcode.daemon.core.understanding.alternatives import alternative_in
from phantomcode.daemon.core.understanding.labels import UtteranceLabels, tradeoff_opinion
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
_LEAST_WORDS = 6
_SAME_DECISION_UTTERANCES = 2
"""A second argument on the same topic this close belongs to the same decision."""

_CHOICE = re.compile(
    r"\b(?:i'm (?:pushing|having|making|sending|letting|running|staying|doing|hashing|storing)|i've (?:gone|chosen|"
    r"picked|put)|i (?:choose|reckon|go|say|hash|cache|send|change)|use \w+, not|we (?:choose|split|count|retry|"
    r"expire|replace)|i'd|i'll|i would|i will|i'm (?:going|choosing|picking|taking|putting|paying|keeping|buying|"
    r"leaving|copying|using)|i (?:want|keep|use|chose|choose|picked|pick|take|prefer|only|run|went|put|store|don't)|"
    r"let's|we'll|we'd|we (?:keep|use|drop|store|accept|take|only|give|hold|run|write|let|cache|send|skip|push|"
    r"batch|read|replicate|shard|sample|return|refuse|allow|compute|don't|go)|my (?:pick|choice|call|preference)|"
    r"going with|staying|(?:writes|reads|everything|orders?|it) (?:goes?|stays?|lives?)|every \w+ gets|"
    r"so (?:\w+ )?(?:a|an) (?:shorter|longer|smaller|bigger|single|separate))\b|(?:^|[.;] )no (?!one|way|idea|doubt|"
    r"matter)\w+|^(?:the|each|every) \w+"
)
_PRICE = re.compile(
    r"\b(?:the (?:snag|rub|flip side|trouble|hitch|pain|bill|sting)|surrender\w*|forgo\w*|swallow|put up with|"
    r"toleraten?|i lose|we lose|it loses|taking on|in return|at the price|comes at a|where it hurts|it hurts|"
    r"gives away|i (?:can )?afford|we (?:can )?afford|compromise|costs? (?:us|me|is|of|here)|it costs|that costs|"
    r"the (?:cost|price|penalty|trade|downside|catch|drawback)|i pay|we pay|you pay|paying|pay for|i'll pay|"
    r"what (?:i|we|you) (?:pay|lose|get)|giv(?:e|es|ing) up|liv(?:e|ing) with|bad side|down ?side|at the (?:cost|"
    r"expense)|sacrific\w+|i'd rather|i'll take (?:that|it|the)|i'd take|not worth|worth (?:it|the|paying)|i(?:'m|"
    r" am) (?:okay|fine|ok) with|i (?:can )?accept|we (?:can )?accept|in exchange|trad(?:e|ing) (?!that)|suffers?|"
    r"take the hit|even though|waste\w*|it does mean|that does|does leave|is cheaper|burns?|eats?|ruins?|ugly|"
    r"tax on|buys (?:us|me|nothing)|the sacrifice)\b"
)
_COST = re.compile(
    r"\b(?:dearer|pricier|costlier|fuzzier|uneven\w*|laggy|wrong|hides?|rougher|clumsier|lots of|work to|hard to|"
    r"harder to|hot spots?|muddies|fragile|brittle|burden|until the next|till the next|more (?:moving parts|to run|"
    r"bytes|hops|calls|cost|money)|slower|slow(?:s|ly)?|waste\w*|huge|dies|give up|less|worse\w*|harder|longer|"
    r"fatter|bigger|hotter|later|weaker|noisier|coarser|more (?:expensive|complex|complicated|work|storage|memory|"
    r"writes|code|machines|operational|load|traffic|disk|latency|space|network)|complexity|expensive|one more|"
    r"another (?:hop|trip|service|system|thing|round|hundred|box)|extra|double[sd]?|twice|triples?|stale|can't|"
    r"cannot|won't|no longer|los(?:e|es|ing|t)|waits?|takes? (?:longer|minutes|a while|thirty|up to)|miss(?:es|"
    r"ing)?|behind|lag|delay\w*|exposed|redo|blocks?|approximate|less \w+|over.?count\w*|hurts?|overhead|risk\w*|"
    r"stranded|guessable|ceiling|bad|duplicat\w*|all those|heavy|inexact|off by)\b"
)
_ALTERNATIVE = re.compile(
    r"\b(?:\w+ over \w+|beats|against \w+ing|preferred to|without it|otherwise|if (?:you|we) \w+,? (?:then )?you|"
    r"(?:and |, )not \w+|than \w+ would|as against|than (?:we|it|i)'d|the opposite|rather than|instead of|"
    r"as opposed to|and not (?:in|on|a|an|the|by|off|as|with|from|two|three)|whereas|versus|vs|compared (?:to|with)|"
    r"the other (?:way|option|choice)|the alternative|alternative(?:'s|ly)?|over (?:a|an|waiting|\w+ing)|than (?:a|"
    r"an|the|put|to|waiting|having|losing|run\w*|\w+ing|\w+ fat)|with (?:a |an |the )?\w+(?: \w+){0,3},? (?:we|you|"
    r"i|it)(?:'d| would)|(?:a|an|the|one) \w+(?: \w+){0,3} would(?:n't)? (?:be|have|give|get|push|mean|make|need|"
    r"cost|keep|let|save)|i could(?:'ve| have)?|we could(?:'ve| have)?|between|\w+ing (?:\w+ ){0,5}would|"
    r"\w+ous would|first thought|than we'd|if (?:we|i) (?:did|went|had|used|pushed|kept|stored|wrote|made|put|let|"
    r"waited)|no \w+ cluster|there's no|not the)\b"
)
_CRITERION = re.compile(
    r"\b(?:'cause|cause|due to|which matters|fits|fine for|good enough|in exchange for|so i|so we|saves?|so that|"
    r"because|since|so that|as long as|given|but|only has to|allowed to|cheaper|simpler|easier|nobody|"
    r"that's (?:fine|okay|ok|enough)|acceptable|tolerat\w*|enough|faster|quicker)\b"
)
_REQUIREMENT = re.compile(
    r"\b(?:you (?:said|told|asked|gave|wanted|mentioned)|they (?:told|said|asked)|(?:we|i) (?:said|promised|agreed|"
    r"only promised)|told us|requirements?|budget|promised?|nines|slo|sla|target|allowed|has to be|have to be|must|"
    r"is fine|legal|finance|analysts|customers?|users?|product|support|goal|deadline|nobody|read.heavy|write.heavy|"
    r"competitor|per second|a second|milliseconds?|percent|people|reads|availability|durability)\b"
)
_NUMBER = re.compile(
    r"\b(?:\d[\d,.]*\w*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|"
    r"fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|half a|a tenth|a third|double|"
    r"twice|tera\w*|petabytes?|gigs?)\b"
)
_NO_CHOICE = re.compile(
    r"\b(?:it (?:really |all )?(?:comes down to)|^it depends|tradeoffs? everywhere|no free lunch|"
    r"one way or the other|plenty to choose|many ways to|pros and cons|there are (?:always )?tradeoffs?|"
    r"balance them|every requirement)\b"
)
_NOT_A_CHOICE = re.compile(
    r"^(?:(?:and|so|but|well|okay|right)[, ]+)*(?:if (?:we|you|they|it|product|traffic) (?:\w+ )?(?:ever|had)|"
    r"if i had|(?:at|in) my (?:last|old|previous)|we used to|right,? you|you (?:mentioned|said)|as you said|"
    r"so you're (?:telling|saying)|i want to leave|the question is|i'm (?:torn|not sure)|\w+ have to be|whether|"
    r"let me (?:redo|sum up|draw|write)|i'd (?:watch|measure|alert|page)|nothing much)\b"
)
_STORY = re.compile(
    r"^(?:(?:and|so|then|okay)[, ]+)*(?:(?:if|when|once|after) (?:it|a|an|the|one|two|both|something|somebody|"
    r"someone)\b|then (?:the|it)\b|the (?:service|worker|client|message|group|post)s? \w+s\b)"
)
_ON_THE_BOARD = re.compile(r"\b(?:draw\w*|whiteboard|board|arrow|diagram)\b")
_ESTIMATE = re.compile(
    r"\b(?:comes (?:out )?to|that's about|works out|is less than one|divided by|multiplied|comes out)\b"
)
_MENU = re.compile(r"\b(?:we|you|i) could (?:use|go|do|also|take|pick)\b.*\bor\b|\bone way is\b.*\bthe other\b")
_COMMITTED = re.compile(
    r"\b(?:i'd|i'll|i'm (?:going|choosing|keeping|taking|buying)|let's|we'll|i want|my (?:pick|choice)|going with|"
    r"i (?:chose|picked|prefer|keep)|so i|staying)\b"
)
_PRICE_SAYS = 1.0
_COST_SAYS = 0.5
_ALTERNATIVE_SAYS = 0.8
_CRITERION_SAYS = 0.4
_CHOICE_SAYS = 0.4
_STORY_TAKES = 0.7
"""Points of evidence, on the scale of log-odds so that a labeller's opinion can be added. Guesses in the order in which
the parts give a tradeoff away: to speak of a price does, a cost may be any drawback, and reasons and choices are
everywhere; telling what happens when something fails speaks against one."""
_THRESHOLD = 1.0
"""More points than this make a tradeoff: mostly a price or an alternative, with one other part. A guess."""
_MOST_COUNTED = 2
"""Prices and costs beyond this many in one utterance say nothing more. A guess."""
_RULED_OUT = -1.0
"""The evidence of what cannot be a tradeoff; a labeller that is surer than this (log-odds) overrules it. A guess."""
_IN_CONVERSATION = -0.8
"""Prior (log-odds): in a round about one utterance in fifteen states a tradeoff, so it takes more evidence there."""
_IN_CONVERSATION_LABELLED = -0.4
"""The same where a labeller had its say, which has seen whole rounds (training/RESULTS.md)."""


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
    before = declaratives(context[0]) if context else ""
    quality = FULL_QUALITY if _is_full(plain, before) else PART_QUALITY
    return TradeoffReading(True, quality, topic, alternative_in(plain))


def _is_full(plain: str, before: str) -> bool:
    """Whether choice, alternative and cost are tied to a requirement or number, here or in the breath before."""
    said = f"{before} {plain}"
    tied = bool(_REQUIREMENT.search(said) or _NUMBER.search(said))
    priced = any(pattern.search(plain) for pattern in (_COST, _CRITERION, _PRICE))
    return priced and tied and bool(_ALTERNATIVE.search(said))


def _evidence(plain: str) -> float:
    """Positive when the text states a tradeoff: the price, alternative and criterion of a choice, counted."""
    if len(words(plain)) < _LEAST_WORDS or _ruled_out(plain):
        return _RULED_OUT
    price = len(set(_PRICE.findall(plain)))
    cost = len(set(_COST.findall(plain)))
    alternative = bool(_ALTERNATIVE.search(plain))
    criterion = bool(_CRITERION.search(plain))
    choice = bool(_CHOICE.search(plain))
    story = bool(_STORY.match(plain)) and not price
    found = _PRICE_SAYS * min(price, _MOST_COUNTED) + _COST_SAYS * min(cost, _MOST_COUNTED)
    found += _ALTERNATIVE_SAYS * alternative + _CRITERION_SAYS * criterion + _CHOICE_SAYS * choice
    return found - _STORY_TAKES * story - _THRESHOLD


def _ruled_out(plain: str) -> bool:
    committed = bool(_COMMITTED.search(plain))
    return bool(
        _NOT_A_CHOICE.match(plain)
        or _NO_CHOICE.search(plain)
        or _ON_THE_BOARD.search(plain)
        or (not committed and (_MENU.search(plain) or _ESTIMATE.search(plain)))
    )


def weighs(text: str) -> bool:
    """Whether a text names a price, a cost or an alternative at all, however loosely."""
    plain = declaratives(text)
    return any(pattern.search(plain) for pattern in (_PRICE, _COST, _ALTERNATIVE))


def note_tradeoffs(
    notebook: Notebook, utterance: Utterance, lexicon: Lexicon, labels: UtteranceLabels | None = None
) -> tuple[Tradeoff, ...]:
    """Tradeoffs after one candidate utterance: at most one per decision.

    What is said to a challenge is about what was challenged, whatever words it takes, and is therefore prompted; unless
    it weighs named options of another topic, for then the candidate has gone on to that.
    """
    prior = _IN_CONVERSATION_LABELLED if labels else _IN_CONVERSATION
    opinion = tradeoff_opinion(labels).get("tradeoff", 0.0)
    reading = read_tradeoff(utterance.text, notebook.recent_texts, {"tradeoff": opinion + prior})
    if not reading.is_tradeoff:
        return notebook.tradeoffs
    choice, alternative, topic = _options(utterance.text, lexicon, reading)
    challenged = notebook.challenge.challenge if notebook.challenge is not None else None
    if challenged is not None and _went_on(utterance.text, choice, topic, challenged.topic, lexicon):
        challenged = None
    topic = challenged.topic if challenged is not None else topic
    if any(_same_decision(known, topic, (choice, alternative), utterance.id) for known in notebook.tradeoffs):
        return notebook.tradeoffs
    asked = challenged is not None or topic in notebook.asked_topics
    timing = Timing.PROMPTED if asked else Timing.UNPROMPTED
    made = Tradeoff(utterance.id, topic, timing, reading.quality, choice, alternative)
    return (*notebook.tradeoffs, made)


def _went_on(text: str, choice: str, topic: Topic, challenged: Topic, lexicon: Lexicon) -> bool:
    """Whether two named options of one topic are weighed, and the challenged topic is not spoken of."""
    known = {option.value: option.topic for option in lexicon.options}
    weighed = {option.value for option, _ in find_options(normalise(text), lexicon.options) if option.topic == topic}
    named = known.get(choice) == topic and len(weighed) > 1
    return named and topic != challenged and challenged not in topics_in(text)


def _options(text: str, lexicon: Lexicon, reading: TradeoffReading) -> tuple[str, str, Topic]:
    """The choice, the alternative and their topic: values of the lexicon where the names are known, else words."""
    named = [option for option, _ in find_options(normalise(text), lexicon.options)]
    passed_over = [option for option, _ in find_options(reading.alternative, lexicon.options)]
    alternative = passed_over[0].value if passed_over else reading.alternative
    chosen = next((option for option in named if option not in passed_over), None)
    if chosen is None:
        return "", alternative, passed_over[0].topic if passed_over else reading.topic
    return chosen.value, alternative, chosen.topic


def _same_decision(known: Tradeoff, topic: Topic, choice: tuple[str, str], utterance: int) -> bool:
    """Whether a tradeoff argues a decision that is counted already: close by, or with no value that is new to it."""
    if known.topic != topic:
        return False
    near = utterance - known.utterance <= _SAME_DECISION_UTTERANCES
    names = {name for name in choice if name}
    return near or bool(names and names <= {known.choice, known.alternative})
