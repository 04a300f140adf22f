"""How much one utterance looks like each phase, judged by what it does and not by what it announces.

Each rule is one opinion: it adds points to phases where its cue occurs. The points go through a softmax, with a
weak prior from how much of the planned time has passed. A further opinion (a trained labeller, a language model's
vote) joins as log weights in `combine`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from phantomcode.daemon.contract.vocabulary import PHASES, Phase
from phantomcode.daemon.core.understanding.readings import readings

Weights = tuple[float, float, float, float, float]

EVEN: Weights = (0.2, 0.2, 0.2, 0.2, 0.2)

C, E, H, D, T = PHASES

_Cue = tuple[re.Pattern[str], Phase, float]


def _cue(phase: Phase, points: float, pattern: str) -> _Cue:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), phase, points


_SPOKEN: tuple[_Cue, ...] = (
    _cue(
        C,
        1.6,
        r"out of scope|leav(e|ing) (out|aside)|not (designing|building|going to (do|cover))|"
        r"in scope|off the table",
    ),
    _cue(
        C,
        1.4,
        r"do we (need|want|have|care|support)|are we|should (we|users|it|i)|can i (assume|check|"
        r"ask)|is it (ok|okay|fair)",
    ),
    _cue(
        C,
        1.3,
        r"how (many|fast|often|long|big|much|stale|fresh|strict|available)|who('s| is| are)?|"
        r"which of|what about",
    ),
    _cue(
        C,
        1.3,
        r"requirements?|functional|(users?|people|customers?|clients|someone|anyone) (can|should|"
        r"need|must|want|will)",
    ),
    _cue(
        C,
        1.2,
        r"in other words|just to (read|confirm|check|be)|read (that|it|this) back|what i heard|"
        r"to recap|day one|v1",
    ),
    _cue(
        C,
        0.9,
        r"before i (start|draw|size)|did you want|do (people|you|they|users)|does (a|the|it|that|"
        r"anyone)|is (there|this|that)",
    ),
    _cue(
        C,
        0.7,
        r"got it|okay so|promise|has to|have to|nines|must(n't| not)?|hard rule|can't lose|never|"
        r"i'll assume|assuming|focus on",
    ),
    _cue(
        E,
        1.5,
        r"divided? by|multipl\w+|times (a|that|\w+ (bytes|million|thousand))|seconds in a|"
        r"round (it|that|up|down)",
    ),
    _cue(
        E,
        1.2,
        r"work(s|ed)? out|comes? (out )?to|roughly|on average|ballpark|call it|that makes|"
        r"adds up to|near enough",
    ),
    _cue(
        E,
        1.0,
        r"peak|busiest|bytes|kilobytes?|megabytes?|gigabytes?|terabytes?|petabytes?|gigs?|"
        r"bandwidth|storage|terabits?",
    ),
    _cue(E, 0.8, r"zero(es|s)?|nought"),
    _cue(E, 0.5, r"sums|estimat\w+|size (it|this|that)|figures|numbers"),
    _cue(
        H,
        1.5,
        r"(calls?|hits?|goes (to|through|into|on|out)|sends?|writes? (to|it|the|that)|reads? (from|it)|"
        r"publish\w*|lands?|"
        r"comes? (in|back)|ships?|pushes|forwards?|drops?|hands?|asks?|passes|looks? (it )?up|"
        r"picks? (it )?up|talks to|"
        r"sits?|runs on|serves|feeds?|returns?|redirects)",
    ),
    _cue(
        H,
        1.2,
        r"load balancer|balancer|gateway|client|browser|app servers?|web servers?|service|worker|consumer|"
        r"cache|"
        r"queue|kafka|database|postgres|edge|router|collector|stream|api",
    ),
    _cue(
        H,
        1.4,
        r"box(es)?|draw(ing)?|picture|diagram|left|right|on top|in front of|behind|below|entit(y|"
        r"ies)|nouns",
    ),
    _cue(H, 1.3, r"post (to )?slash|get slash|slash|endpoints?|path|trace|hop|next to"),
    _cue(
        D,
        1.5,
        r"dies|died|dead|crash\w*|fails?|failed|failure|goes down|lost|lose|loses|stale|race|races|twice|"
        r"duplicate\w*|retr(y|ies|ied)|time(s|d)? out|timeout|collision|collid\w+|conflict\w*|split.?brain|"
        r"stuck|overload\w*",
    ),
    _cue(
        D,
        1.6,
        r"lock\w*|lease|epoch|fenc\w+|quorum|version\w*|vector|hash\w*|ring|virtual nodes?|v nodes?|"
        r"evict\w*|lru|lfu|"
        r"compaction|commit\w*|transaction|isolation|atomic\w*|script|token\w*|bucket|window|counter|"
        r"idempoten\w+|"
        r"primary key|index|partition\w*|shards?|replicas?|replication|leader|follower|standby|repair|"
        r"tombstones?|merkle|"
        r"backoff|jitter|breaker|sweep\w*|outbox|offset|watermark|backpressure|lag|promot\w+|heartbeat|"
        r"gossip",
    ),
    _cue(
        D,
        1.1,
        r"what if|if (it|that|the|one|two|a|either|both|somebody|they|we)|when (it|the|that|two|a|one|both)|"
        r"until|"
        r"at the same time|concurrent\w*|meanwhile|under the|in between|already|within|for \w+ seconds|"
        r"before the",
    ),
    _cue(
        T,
        1.9,
        r"bottlenecks?|looking back|differently|improve\w*|more time|revisit|next (week|month|quarter)|"
        r"first thing to|"
        r"breaks? first|go(es)? first|what hurts|where it hurts|least (happy|proud|sure|certain)|summ(ary|"
        r"ing|arise|"
        r"arize)|wrap|bite us|"
        r"weakest|regret|with hindsight|in closing|to close|if i had|given (another|more)|in the end|overall",
    ),
    _cue(
        T,
        1.6,
        r"sum(ming)? up|let me (close|finish|summ\w+)|to (close|finish|wrap)|clos(e|ing) (with|on)|"
        r"last (few|couple of) minutes|"
        r"(over|down|through|against) (my|the|our) (list|requirements)|think again|i'd go back to|"
        r"haven't (got|done|covered)|"
        r"if (product|the business|we) ever|would make me (switch|change)|i pay|we pay",
    ),
    _cue(
        T,
        1.2,
        r"trade-?offs?|price|cost(s|ing)?|pay(ing)?|gave up|give up|downside|in return|worth it|i'd (switch|"
        r"change|add|"
        r"swap|look at|move|have gone)|cheap(er)?|expensive|dear(est|er)?|over the top|bill|money|"
        r"alternative|instead of",
    ),
    _cue(
        T,
        1.2,
        r"ten times|10 ?x|migrat\w+|monitor\w*|alarms?|alert\w*|on.?call|rollout|roll out|missing|"
        r"against the list|"
        r"requirements? (again|then)|each (thing|one) on the list|not (done|covered)|went with|i (chose|"
        r"picked)|happy with",
    ),
    _cue(
        C,
        1.3,
        r"(is|are) out( of it)?( then)?|ignore|going to assume|i'll assume|matters most|above (all|speed|"
        r"everything)|"
        r"nobody (ever )?(should )?sees?|is (fine|alright|okay|all right)|all right with you|shout if",
    ),
    _cue(
        E,
        1.2,
        r"(a|one|each) (box|machine|node|server|core)( \w+)? (does|holds|takes|handles|gets through)|"
        r"percent of (that|it|one)|"
        r"fits? (on|in) (one|a)|let me (use|take|size|multiply)|so (three|four|five|six|ten|twenty) of them",
    ),
    _cue(
        H,
        0.9,
        r"tables?|which of those|over here|in the middle|between the|traced|"
        r"a (get|put|read|write|delete|create|redirect) (goes|is|comes|hits|lands)",
    ),
    _cue(
        D,
        1.4,
        r"falls? over|keep up|in the background|inside (it|the|each)|flush\w*|merg\w+|sorted|cells?|"
        r"removed from|"
        r"in one go|oldest first|siblings?|drain\w*|corrupt\w*|order(ed|ing)|split (that|the|it)",
    ),
    _cue(
        T,
        1.5,
        r"gave up|i skipped|bolt|i'd (swap|bolt|skip|drop)|cheap version|had i|one more moving part|"
        r"started over|"
        r"biggest thing|not much more|in hindsight|what i('m| am) least|i'd spend",
    ),
)

_PROMPTED: tuple[_Cue, ...] = (
    _cue(
        C,
        1.0,
        r"design (a|an|us|me|for|our)|like you to|requirements?|out of scope|leave out|"
        r"anything you'd rather",
    ),
    _cue(C, 0.7, r"yes|yeah|no|about|we have|we've got|let's say|assume|agreed"),
    _cue(
        E,
        1.3,
        r"how (many|much|big)|numbers|size (on|it|this)|estimat\w+|figures?|sums|average|peak|per second|"
        r"storage",
    ),
    _cue(
        H,
        1.3,
        r"pieces|draw\w*|boxes|picture|walk me|talk me|take me|interface|api|hop by hop|where does|"
        r"how does .{0,30} (get|end up|"
        r"reach|know)|on the board|nouns|entities|high.?level|architecture|components?|overall",
    ),
    _cue(
        D,
        1.1,
        r"what happens (if|when)|how do you (stop|know|keep|handle|make|decide)|dies|goes down|fails?|"
        r"crash\w*|two \w+ at|same (time|"
        r"instant)|lost|lose|goes|hot|stale|dig|deep\w*|what if|what does .{0,20} see|expires?|race|"
        r"old primary|exactly|closer",
    ),
    _cue(
        T,
        2.6,
        r"differently|start(ed)? (over|again)|improve|another (week|month)|more time|wrap|summ\w+|"
        r"minutes? (left|to go)[,.?!]|"
        r"bottlenecks?|"
        r"change your mind|"
        r"(breaks?|gives? out|fails?|goes) first|ten ?(times|fold)|10 ?x|what would you fix|left (us|to)|"
        r"happy with|last (couple|few)|time check|"
        r"stop drawing|"
        r"next year|cost|money going|closing|weak\w*",
    ),
)

_QUESTION = re.compile(
    r"\?|^(so |um |and |okay |right |sorry |actually )*(do|does|did|is|are|can|could|should|would|will|who|"
    r"what|how|"
    r"which|where|when) (we|you|i|it|the|a|an|they|people|users|many|much|about|anyone|there|this|that|fast|"
    r"big|long)\b",
    re.IGNORECASE,
)

_PRIOR: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0.0, 0.0), (0.12, 0.0), (0.3, -2.0), (1.0, -3.0)),
    ((0.0, -1.5), (0.08, 0.0), (0.22, 0.0), (0.45, -1.2), (1.0, -2.5)),
    ((0.0, -1.5), (0.2, 0.0), (0.45, 0.0), (0.7, -1.2), (1.0, -2.2)),
    ((0.0, -2.5), (0.2, -1.5), (0.45, 0.0), (0.85, 0.0), (1.0, -1.2)),
    ((0.0, -3.0), (0.6, -2.2), (0.85, -0.8), (1.0, 0.0)),
)
"""Points of each phase by the share of the planned time passed, interpolated. Flat where rounds differ:
a late round may still be deep in a component, so at the end closing leads by little and what is said tells."""

_TEMPERATURE = 1.25
"""Divides the points before they become weights, since cues of one utterance repeat each other and undivided would be
surer than they are right. Above 1 for that reason; how far above is a guess."""
_PROMPT_SHARE = 0.7
"""The interviewer's question says less about what the candidate does than his own words."""


def read_phase(text: str, previous_text: str, interviewer_text: str, position: float | None) -> Weights:
    """Return the weight of each phase, in the order of PHASES, summing to 1.

    `previous_text` is the candidate's utterance before, `interviewer_text` the interviewer's latest one, `position`
    the share of the planned time that has passed, None where that is not known.
    """
    points = [0.0] * len(PHASES)
    _add_cues(points, _SPOKEN, text, 1.0)
    _add_cues(points, _SPOKEN, previous_text, 0.15)
    _add_cues(points, _PROMPTED, interviewer_text, _PROMPT_SHARE)
    _add_numbers(points, text, interviewer_text)
    if _QUESTION.search(text):
        points[0] += 1.5
    if position is not None:
        for i, curve in enumerate(_PRIOR):
            points[i] += _interpolate(curve, position)
    return _softmax([p / _TEMPERATURE for p in points])


def by_the_clock(position: float) -> Weights:
    """Return what `read_phase` takes for likely at a share of the planned time before anything is said."""
    return _softmax([_interpolate(curve, position) / _TEMPERATURE for curve in _PRIOR])


def combine(opinions: Sequence[tuple[float, Weights]]) -> Weights:
    """Pool opinions, each with its say, as a weighted product (a log-linear pool), normalised."""
    logs = [sum(say * math.log(max(w[i], 1e-6)) for say, w in opinions) for i in range(len(PHASES))]
    return _softmax(logs)


def _add_cues(points: list[float], cues: Sequence[_Cue], text: str, share: float) -> None:
    """Add each cue's points, less for every further hit of the same cue (1, 1/2, 1/4 …)."""
    for pattern, phase, worth in cues:
        hits = len({m.group().lower() for m in pattern.finditer(text)})
        if hits:
            points[PHASES.index(phase)] += share * worth * (2 - 2.0 ** (1 - hits))


def _add_numbers(points: list[float], text: str, interviewer_text: str) -> None:
    """Estimating is figures: rates, sizes and big counts, several in a breath, and not only the interviewer's own."""
    heard = {(r.value, r.unit) for r in readings(interviewer_text)}
    figures = [r for r in readings(text) if r.unit.startswith(("1/", "B")) or (r.unit == "count" and r.value >= 1000)]
    fresh = sum((r.value, r.unit) not in heard for r in figures)
    points[1] += 0.9 * min(3, fresh) + (0.8 if fresh else 0.0) + 0.2 * min(2, len(figures) - fresh)


def _interpolate(curve: Sequence[tuple[float, float]], at: float) -> float:
    """Read a piecewise linear curve; flat beyond its ends."""
    if at <= curve[0][0]:
        return curve[0][1]
    for (x0, y0), (x1, y1) in pairwise(curve):
        if at <= x1:
            return y0 + (y1 - y0) * (at - x0) / (x1 - x0)
    return curve[-1][1]


def _softmax(values: Sequence[float]) -> Weights:
    top = max(values)
    raw = [math.exp(v - top) for v in values]
    total = sum(raw)
    c, e, h, d, t = (v / total for v in raw)
    return c, e, h, d, t
