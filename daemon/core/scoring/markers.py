"""What ticks a cell of the level grid: a passage with the parts a marker is made of, whatever words they come in.

A failure mode is something that goes wrong, at a size; a reversal trigger a change of the design under a condition that
could be measured; an alert a signal with its threshold. So a list of the right words has none of them. The parts may
stand in two neighbouring utterances of one turn, as people who speak in short sentences put them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from phantomcode.daemon.core.transcript import Speaker, Transcript
from phantomcode.daemon.core.understanding.text import is_question, normalise, sentences, words

_EARLY = 0.25
"""Of the round: where requirements are settled."""
_DRAWN = 0.4
"""From here on details are gone into, mostly."""
_SETTLED = 0.15
"""Before this what may fail is a requirement."""
_MOST_WORDS_OF_TWO = 60
"""Two utterances are one passage only where each is short; long ones each say their own thing."""
_LEAST_PLACES, _LEAST_PASSAGES = 2, 3
_LEAST_REVERSALS = 2
_APART = 0.06
"""Share of the round between two things gone into."""
_LEAST_CONTENT = 6
"""Words a passage needs to say anything about its terms."""

NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|third|quarter|fifth|tenth|"
    r"percent|nines|"
    r"\w+fold|double|twice|once an?|one (?:percent|second|minute|hour|day|week|month|year|in))\b"
)
_NO_RATE = r"(?<!\ba )(?<!\ban )(?<!\bper )(?<!\beach )(?<!\bevery )(?<!\bin )"
_MEASURE = re.compile(
    rf"(?:{NUMBER.pattern}).{{0,20}}?{_NO_RATE}\b(?:millis\w*|ms|seconds?|minutes?|hours?|days?|years?|nines|"
    rf"percentile)\b|"
    r"\bnines\b"
)
_SPAN = re.compile(rf"(?:{NUMBER.pattern}).{{0,20}}?{_NO_RATE}\b(?:millis\w*|seconds?|minutes?|hours?)\b")
_QUALITY = re.compile(
    r"\b(?:latenc\w+|fast\w*|slow\w*|quick\w*|millis\w*|within|respon\w+|availab\w+|nines|uptime|down(?:time)?|"
    r"los[et]|"
    r"losing|loss|durab\w*|stale\w*|fresh\w*|consisten\w*|percentile|delay\w*|wait\w*|recover\w*|exact\w*|accura\w*|"
    r"visible|appears?|late|old)\b"
)
_ASKS_HOW = re.compile(
    r"\b(?:how (?:fast|quick\w*|slow\w*|soon|long|late|old|fresh|stale|much|many|exact|accurate|available)|"
    r"what (?:latency|"
    r"availability|delay|uptime|number))\b"
)
MECHANISM = re.compile(
    r"\b(?:because|so that|since|then|once|hash\w*|replica\w*|partition\w*|evict\w*|retr\w+|quorum|lock\w*|index\w*|"
    r"queue\w*|ttl|commit\w*|acknowledg\w*|append\w*|lease\w*|version\w*|invalidat\w*)\b"
)
FAILURE = re.compile(
    r"\b(?:fails?|failed|failure|dies|died|dead|crash\w*|goes? (?:down|away|dark)|is (?:down|gone|silent|slow|"
    r"stuck|full|"
    r"away|cold|lost)|falls? (?:over|behind)|outage|lost|loses?|lose an?|losing|unreachable|times? out|timeout|"
    r"stampede|"
    r"split.brain|restarts?|breaks?|broken|stuck|unavailable|cut off|hot (?:key|shard|partition|row)|overload\w*|"
    r"backlog|bounces?|brownout|corrupt\w*|blast radius|cold cache|bad (?:release|deploy|map|config\w*|push)|"
    r"poison\w*|race[sd]?)\b"
)
_FOLLOWS = re.compile(
    r"\b(?:los[et]|loses|retr\w+|take[sn]? over|promot\w*|fall\w* back|restart\w*|stale|wait\w*|drop\w*|reject\w*|"
    r"replay\w*|catch\w* up|stays?|keeps?|stops?|refus\w*|empty|behind|until|pending|unknown)\b"
)
"""What becomes of the rest when something fails."""
_AFFECTED = (
    r"(?:users?|customers?|people|keys?|tenants?|merchants?|requests?|traffic|accounts?|reads|writes|calls|links|"
    r"rows|series|"
    r"sessions?|shards?|partitions?|regions?|clicks|payments|messages|posts|timelines|capacity)"
)
_CONTAINED = re.compile(
    rf"\bblast radius\b|\b(?:only|just|at most|no more than|never more than|percent of|one in|(?:a|one) (?:third|"
    rf"quarter|"
    rf"half|fifth|tenth|hundredth) of|half of) (?:[\w'-]+ ){{0,4}}{_AFFECTED}\b|\b{_AFFECTED} (?:of|in|on) (?:that|"
    rf"one|a "
    r"single) \w+\b|\bthe (?:rest|others?)(?: \w+)? (?:keeps?|stays?|carr\w+|go(?:es)? on|still|never|do(?:es)?n't|"
    r"is|are)\b"
)
_RECOVERED = re.compile(
    r"\b(?:detect\w*|notic\w*|take[sn]? over|taking over|promot\w*|fail(?:s|ing)? over|fail.?over|recover\w*|"
    r"restor\w*|elect\w*|"
    r"rebuil\w*|replay\w*|catch\w* up|comes? back|is back|back (?:up|in|within)|evacuat\w*|warm\w* up|drains?)\b"
)
_DEGRADED = re.compile(
    r"\b(?:degrad\w*|stale|fail(?:s|ing)? (?:open|closed)|shed\w*|slowly|keeps? (?:the |its |on )?(?:last|working|"
    r"serving)|last "
    r"(?:good|known|signed|copy|map)|fall\w* back|fallback|read.only|reject\w*|throttl\w*|isolat\w*|admits?|"
    r"honest error|"
    r"without it|lets? (?:\w+ )?through|carr(?:y|ies) on|postpone\w*|queues? up)\b"
)
_MONEY = re.compile(
    r"\b(?:dollars?|euros?|cents|bills?|billed|finance|invoice|licen[cs]es?|"
    r"cost(?:s|ing)? (?:a|per|each) (?:month|year|gig\w*|million|request)|(?:monthly|yearly) (?:cost|bill|spend))\b"
)
_REFRAMES = re.compile(
    r"\b(?:refram\w*|(?:real|actual|underlying) (?:question|problem|goal|product|job|wish|need)|"
    r"two (?:\w+ )?(?:problems|systems|"
    r"products|questions) (?:that|on|and|in|here|people)|two (?:different|separate) (?:problems|systems|products|"
    r"questions)|"
    r"what is really|really (?:two|about|the wish)|before i accept|(?:isn't|not) (?:really |"
    r"so much )?about \w+.* (?:but|it's) |"
    r"i'd (?:rather )?(?:treat|phrase|state) (?:it|this|that|the (?:question|problem|task))|(?:the|your) (?:goal|"
    r"product|job|"
    r"problem|point) (?:here )?is (?:really |actually )?(?:not |to )?\w+)\b"
)
_CHANGE = (
    r"\b(?:i|we|one)(?:'d| would| will)(?: \w+){0,2}? (?:switch|move (?:to|away|it|them|the|those|that|"
    r"\w+ (?:to|off|out))|"
    r"change (?:to|it|my|that|the)|replace|reverse|revisit|reconsider|rethink|go (?:to|back|over)|split|swap|flip|"
    r"migrate|"
    r"bring|give up|drop|think again|shard|need to (?:move|switch|shard|split|change))\b|"
    r"\bmy (?:mind|answer|opinion|choice) (?:changes|flips|would change)\b|"
    r"\b(?:change[sd]?|changing) my (?:mind|opinion)\b|\breversal (?:trigger|point)\b"
)
_CONDITION = r"\b(?:if|when|once|past|above|beyond|over|until|as soon as|the (?:day|moment|point))\b"
_REVERSAL = re.compile(rf"(?:{_CONDITION}.*(?:{_CHANGE})|(?:{_CHANGE}).*{_CONDITION})")
_COMPARED = re.compile(
    r"\b(?:past|above|beyond|over|under|below|more than|less than|fewer|grow\w*|grew|pass(?:es|ed)?|passing|"
    r"reach\w*|exceed\w*|drops?|"
    r"fell|falls|larger|bigger|quicker|faster|cheaper|stricter|often|every|half|most|double[sd]?|times|tenfold|"
    r"outgr\w+|ever|became|becomes|had to|need(?:s|ed)?)\b"
)
_MANAGES_CLOCK = re.compile(
    r"\b(?:i|i'd|i'll|i've|i'm|let me|let's|we've|we have)(?: \w+){0,3}? (?:give|giving|spend|spending|use|take|"
    r"reserve|"
    r"save|got|leave|keep|keeping|have)(?: \w+){0,3}? (?:minutes? (?:left|to go|on|each|to each|per|for (?:the|my|"
    r"what|that|"
    r"it|this|questions))|of (?:the|my|our) (?:time|minutes)|(?:last|remaining|final) (?:\w+ )?minutes?|"
    r"most of (?:the|my) "
    r"time)\b|\bmost of the time on\b|\b(?:watch|see|check|mind)(?:ing)? the (?:clock|time)\b|"
    r"\b(?:two|three|four|five|six|seven|eight|ten|fifteen|couple of|few) minutes (?:left|to go)\b|\btime check\b"
)
_WATCHES = re.compile(
    r"\b(?:(?:alert|alarm)(?:s|ed)? (?:me|us|on|when|if|at|for|goes|go|past|over|above|once|fires?)|page (?:me|us|"
    r"some\w*|whoever)|monitor(?:ed|ing|s)?|gauge|"
    r"(?:i|we)(?:'d|'ll| would| will)? (?:\w+ ){0,2}(?:watch|track|measure|graph|page)|graph (?:of|the|on)|"
    r"dashboard (?:of|with|for|by|that shows)|(?:metric|counter) (?:on|of|for|per))\b"
)
_SIGNAL = re.compile(
    r"\b(?:lag\w*|latenc\w+|errors?|rates?|ratio|depth|age|older|p ?\d\d|percentile|full|fill\w*|hits?|misses|"
    r"evict\w*|backlog|fail\w*|"
    r"utili[sz]\w*|cpu|memory|behind|stuck|missing|differ\w*|diverge\w*|connections|retries|timeouts?|refus\w*|"
    r"denied|rejected|"
    r"unknown|mismatch\w*|delay\w*|slow\w*|queue|burn\w*|drift|disagree\w*|stale\w*|lost|dropped|silence|quiet)\b"
)
_OBJECTIVE = re.compile(
    r"\b(?:slos?|service level\w*|objectives?|error budget|(?:budget|promise|target) (?:is|to|of|we|"
    r"i)(?: \w+){0,3} (?:measure\w*|used|spent|burn\w*|"
    r"half))\b"
)
_ROLLOUT = re.compile(
    r"\b(?:roll\w* ?(?:it |this |them )?out|roll(?:s|ing|ed)? (?:back|in)|canar\w+|migrat\w*|backfill\w*|"
    r"dual.writ\w*|double.writ\w*|"
    r"shadow\w*|cut.?over|feature flag|deploy(?:s|ing)? (?:goes|go|it|one|to|by|first|region)|in (?:stages|rings|"
    r"waves)|staged|stag(?:e|ing)|"
    r"(?:old|new) (?:one|store|system|path|version) (?:in parallel|beside|side by side))\b"
)
_CAPACITY = re.compile(
    r"\b(?:headroom|spare|reserve capacity|capacity (?:of|for|plan\w*|against)|utili[sz]\w*|room for|provision\w*|"
    r"(?:percent|two.thirds|half) full|(?:sized|size) for)\b"
)
_OWNERSHIP = re.compile(
    r"\b(?:(?:a|the|in its) runbook|game ?days?|on.call (?:gets|sees|has|needs|engineer)|(?:carr\w+|has|"
    r"gets) the pager|drills?|"
    r"drilled|rehears\w+|exercis\w+|owner(?:ship)?\b.{0,20}\bteam|"
    r"team (?:owns|carries|runs)|owned by)\b"
)


class Passage(msgspec.Struct, frozen=True):
    """One candidate utterance, or two of one turn. `text` is normalised."""

    utterances: tuple[int, ...]
    text: str
    position: float
    """Share of the round that had passed."""
    under_challenge: bool
    """It answers a challenge, so what it goes into was not the candidate's choice."""
    asked: str
    """What the interviewer said last."""


class Passages(msgspec.Struct, frozen=True):
    """A round as passages, in order."""

    single: tuple[Passage, ...]
    double: tuple[Passage, ...]


def passages_of(transcript: Transcript) -> Passages:
    """Cut what the candidate said into passages. Pure; the work grows with the length of the transcript."""
    single, double = [], []
    length = max(1.0, min(60 * transcript.planned_minutes, transcript.ended_seconds))
    asked, under_challenge, previous = "", False, None
    for said in transcript.utterances:
        if said.speaker is Speaker.INTERVIEWER:
            asked, under_challenge, previous = normalise(said.text), said.challenge is not None, None
            continue
        passage = Passage((said.id,), normalise(said.text), said.started_seconds / length, under_challenge, asked)
        single.append(passage)
        if previous is not None and len(words(previous.text)) + len(words(passage.text)) <= _MOST_WORDS_OF_TWO:
            double.append(_joined(previous, passage))
        previous = passage
    return Passages(tuple(single), tuple(double))


def _joined(first: Passage, second: Passage) -> Passage:
    return msgspec.structs.replace(
        first, utterances=first.utterances + second.utterances, text=f"{first.text} {second.text}"
    )


def found(passages: Passages, *patterns: re.Pattern[str]) -> tuple[Passage, ...]:
    """The passages in which all patterns meet, in order; no utterance counts twice, and one is better than two."""
    alone = [p for p in passages.single if _all_in(p, patterns)]
    taken = {number for passage in alone for number in passage.utterances}
    together: list[Passage] = []
    for passage in passages.double:
        if taken.isdisjoint(passage.utterances) and _all_in(passage, patterns):
            together.append(passage)
            taken.update(passage.utterances)
    return tuple(sorted((*alone, *together), key=lambda passage: passage.utterances))


def _all_in(passage: Passage, patterns: Iterable[re.Pattern[str]]) -> bool:
    """Whether all patterns meet within two neighbouring sentences of a passage that says something of them."""
    said = sentences(passage.text)
    pairs = [f"{first} {second}" for first, second in pairwise(said)] or said
    return len(words(passage.text)) >= _LEAST_CONTENT and any(all(p.search(pair) for p in patterns) for pair in pairs)


def qualities(passages: Passages) -> tuple[Passage, ...]:
    """Qualities with a number that the candidate brought up, or asked for, while settling the requirements."""
    said = [p for p in passages.single if p.position < _EARLY and _states_a_quality(p.text) and not _repeats(p)]
    asked = [p for p in passages.single if p.position < _EARLY and _asks_for_a_number(p.text)]
    return tuple(sorted({p.utterances: p for p in (*said, *asked)}.values(), key=lambda p: p.utterances))


def _states_a_quality(text: str) -> bool:
    return any(_QUALITY.search(s) and _MEASURE.search(s) for s in sentences(text))


def _asks_for_a_number(text: str) -> bool:
    return any(is_question(s) and _ASKS_HOW.search(s) and _QUALITY.search(s) for s in sentences(text))


def _repeats(passage: Passage) -> bool:
    """Whether its numbers are the interviewer's."""
    figures = {word for word in words(passage.text) if NUMBER.search(word)}
    return bool(figures) and figures <= set(words(passage.asked))


def mechanisms(passages: Passages) -> tuple[Passage, ...]:
    """How something works, said after the requirements, asked or not; what the deep dive holds comes first."""
    explained = [p for p in found(passages, MECHANISM) if p.position >= _SETTLED and not is_question(p.text)]
    return tuple(sorted(explained, key=lambda p: p.position < _DRAWN))


def failures(passages: Passages) -> tuple[Passage, ...]:
    """Passages that take a failure through, its size, mechanism or what follows, of the candidate's own accord.

    Empty where they are fewer than three, or all at one place of the round: one stretch is not two depths.
    """
    through = found(passages, FAILURE, re.compile(f"{NUMBER.pattern}|{MECHANISM.pattern}|{_FOLLOWS.pattern}"))
    chosen = [p for p in through if p.position >= _SETTLED and not p.under_challenge]
    places = sum(later.position - earlier.position > _APART for earlier, later in pairwise(chosen)) + 1
    return tuple(chosen) if places >= _LEAST_PLACES and len(chosen) >= _LEAST_PASSAGES else ()


def resilience(passages: Passages) -> tuple[Passage, ...]:
    """Passages on how far a failure reaches, and on how long it lasts or what is left meanwhile.

    Empty where fewer than three say so, or none how far.
    """
    contained = found(passages, FAILURE, _CONTAINED, NUMBER)
    others = (*found(passages, FAILURE, _RECOVERED, _SPAN), *found(passages, FAILURE, _DEGRADED))
    every = {passage.utterances: passage for passage in (*contained, *others)}
    enough = contained and others and len(every) >= _LEAST_PASSAGES
    return tuple(every[at] for at in sorted(every)) if enough else ()


def parts_of_failure(passage: Passage) -> int:
    """How many of the parts of a failure taken through a passage holds: the better it serves as an example."""
    parts = (FAILURE, NUMBER, _SPAN, MECHANISM, _FOLLOWS, _CONTAINED, _RECOVERED, _DEGRADED)
    return sum(bool(part.search(passage.text)) for part in parts)


def costs(passages: Passages) -> tuple[Passage, ...]:
    """Money with a figure or a comparison."""
    return found(passages, _MONEY, NUMBER)


def reframings(passages: Passages) -> tuple[Passage, ...]:
    """Where the candidate says what the task really is, before designing."""
    return tuple(p for p in found(passages, _REFRAMES) if p.position < _EARLY)


def reversals(passages: Passages) -> tuple[Passage, ...]:
    """Changes of the design under a condition that could be observed; what a failure triggers is no reversal.

    One with a number is enough; without any it takes two.
    """
    named = tuple(p for p in passages.single if any(_is_reversal(s) for s in sentences(p.text)))
    measured = tuple(p for p in named if any(_is_reversal(s) and NUMBER.search(s) for s in sentences(p.text)))
    return measured or (named if len(named) >= _LEAST_REVERSALS else ())


def _is_reversal(sentence: str) -> bool:
    return bool(_REVERSAL.search(sentence) and _COMPARED.search(sentence)) and not FAILURE.search(sentence)


def clock_keeping(passages: Passages) -> tuple[Passage, ...]:
    """Where the candidate shares out the time of the round."""
    return found(passages, _MANAGES_CLOCK)


def monitoring(passages: Passages) -> tuple[Passage, ...]:
    """Something watched, and the signal that is watched."""
    return found(passages, _WATCHES, _SIGNAL)


def signals(passages: Passages) -> int:
    """How many different signals are watched."""
    return len({signal for passage in monitoring(passages) for signal in _SIGNAL.findall(passage.text)})


def alerts(passages: Passages) -> tuple[Passage, ...]:
    """Signals watched with the value at which somebody has to act."""
    return found(passages, _WATCHES, _SIGNAL, NUMBER)


def operation(passages: Passages) -> Sequence[tuple[Passage, ...]]:
    """Objectives, the way into production, capacity and ownership, each with a number where one belongs."""
    return (
        found(passages, _OBJECTIVE, _MEASURE),
        found(passages, _ROLLOUT, NUMBER),
        found(passages, _CAPACITY, NUMBER),
        found(passages, _OWNERSHIP),
    )
