"""The level the evidence supports: a grid of markers, each ticked by a quote or shown as the sentence that would.

The level is the highest with at least three of its five markers, Depth and Choice among them, given the level below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.scoring.profile import LevelEstimate, LevelMarker, Quote
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.text import normalise
from phantomcode.daemon.core.understanding.topics import topics_in

_NEEDED_MARKERS = 3
_NEEDED_ALWAYS = ("Depth", "Choice")

_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|fifty|hundred|thousand|"
    r"million|half|double|twice)\b"
)
_MECHANISM = re.compile(
    r"\b(?:because|so that|since|then|once|when|hash\w*|replica\w*|partition\w*|evict\w*|retr\w+|quorum|lock\w*|"
    r"index\w*|queue\w*|ttl|commit\w*|acknowledg\w*)\b"
)
_FAILURE = re.compile(
    r"\b(?:fails?|failed|failure|dies|died|dead|crash\w*|goes? (?:down|away)|is down|falls? over|outage|lost|loses?|"
    r"unreachable|times? out|timeout|stampede|split.brain|restarts?|breaks?|is gone|stuck|unavailable|cut off|"
    r"hot key|overload\w*|backlog|bounces?)\b"
)
_RESILIENCE = re.compile(
    r"\b(?:blast radius|degrad\w*|recover\w*|fail(?:s|ing)? open|fail(?:s|ing)? closed|takes over|takeover|"
    r"back within|shed\w*|load.shedding|isolat\w*|only (?:one|a) \w+ (?:is|of)|the rest (?:keeps?|stays?|carr))\b"
)
_COST = re.compile(r"\b(?:dollars?|a month|budget|cheap\w*|expensive|cost\w*|pay\w*|bill\w*)\b")
_REVERSAL = re.compile(
    r"\b(?:(?:if|once|when) (?:we|that|it|they|the|this|traffic|writes|reads|you) .{0,60}(?:i'd|we'd|i would|"
    r"we would|then i) (?:\w+ )?(?:switch|move|think again|revisit|change|reconsider|split|shard|go (?:to|with)|add|"
    r"swap|flip)|(?:i'd|we'd) (?:switch|revisit|change|reconsider|flip|think again) .{0,40}\b(?:if|when|once)\b|"
    r"what would change my mind|reversal|the point where i'd)\b"
)
_CLOCK = re.compile(
    r"\b(?:minutes (?:left|in|for)|(?:watch|check)(?:ing)? the (?:clock|time)|on time|time check|running (?:low|"
    r"out)|couple of minutes|spend (?:the|about|\w+) (?:rest|minutes|most)|budget(?:ed)? \w+ minutes|i'll (?:size|"
    r"come back to) (?:this|that) (?:when|later|if))\b"
)
_MONITOR = re.compile(r"\b(?:monitor\w*|dashboards?|metrics?|alerts?|alarms?|page (?:me|us|some\w+|on)|graph)\b")
_ALERT = re.compile(r"\b(?:alert\w*|page (?:me|us|some\w+|on)|alarm\w*|watch (?:the|for)|first (?:graph|number))\b")
_OPERATION = re.compile(
    r"\b(?:slos?|error budget|roll.?out|roll.?back|canary|migrat\w*|backfill\w*|dual.writ\w*|shadow\w*|on.call|"
    r"capacity|runbook|game day|ownership|headroom|feature flag)\b"
)


class _Evidence(msgspec.Struct, frozen=True):
    """What the markers are read from."""

    candidate: tuple[Utterance, ...]
    notebook: Notebook
    led: bool
    """Most phases began with the candidate, not with the interviewer naming them."""
    tells_apart: bool
    """Under challenge the design did not change for false objections more readily than for true ones."""


_Finder = Callable[[_Evidence], int | None]
"""Gives the id of the utterance that ticks a marker, or None."""


def _first(evidence: _Evidence, *patterns: re.Pattern[str], times: int = 1) -> int | None:
    """The utterance in which all patterns meet for the `times`-th time."""
    found = [u.id for u in evidence.candidate if all(p.search(normalise(u.text)) for p in patterns)]
    return found[times - 1] if len(found) >= times else None


def _failure_topics(evidence: _Evidence, count: int) -> int | None:
    """The utterance in which failure has been talked through with a number for the `count`-th topic.

    A candidate who gives up what is right and holds on to what is wrong has shown that the depth was not understood.
    """
    if not evidence.tells_apart:
        return None
    seen: set[str] = set()
    for utterance in evidence.candidate:
        plain = normalise(utterance.text)
        if _FAILURE.search(plain) and _NUMBER.search(plain):
            seen.update(topics_in(plain)[:1])
            if len(seen) >= count:
                return utterance.id
    return None


def _resilience(evidence: _Evidence) -> int | None:
    return _first(evidence, _RESILIENCE, _NUMBER, times=3) if evidence.tells_apart else None


def _tradeoff(evidence: _Evidence, count: int, quality: float) -> int | None:
    good = [t.utterance for t in evidence.notebook.tradeoffs if t.quality >= quality]
    return good[count - 1] if len(good) >= count else None


def _design(evidence: _Evidence) -> int | None:
    boxes = evidence.notebook.components
    return boxes[2].introduced if len(boxes) > 2 else None


def _named(evidence: _Evidence) -> int | None:
    made = evidence.notebook.decisions
    return made[1].utterance if len(made) > 1 else _tradeoff(evidence, 1, 0.0)


def _quantified(evidence: _Evidence) -> int | None:
    return (
        _first(evidence, re.compile(r"\b(?:milli\w+|nines|percentile|seconds?|minute)\b"), _NUMBER, times=2)
        if (len(evidence.notebook.non_functional) > 1)
        else None
    )


def _reframes(evidence: _Evidence) -> int | None:
    return _first(evidence, _COST, _NUMBER) if evidence.notebook.scoped_out else None


def _led(evidence: _Evidence) -> int | None:
    signs = evidence.notebook.signposts
    return signs[1] if evidence.led and len(signs) > 1 else None


_GRID: Mapping[str, tuple[tuple[Level, _Finder, str], ...]] = {
    "Scope": (
        (Level.L4, _design, "Here are the parts this needs: a service, a store and what connects them."),
        (Level.L5, _quantified, "I'd hold reads under a hundred milliseconds and aim at four nines; does that fit?"),
        (Level.L6, _reframes, "I leave that out on purpose, since it would double the monthly bill for few users."),
    ),
    "Depth": (
        (
            Level.L4,
            lambda e: _first(e, _MECHANISM, times=3),
            "It works like this, because of that.",
        ),
        (
            Level.L5,
            lambda e: _failure_topics(e, 2),
            "Two places can hurt us; when each dies, this happens.",
        ),
        (
            Level.L6,
            _resilience,
            "A lost shard hits 2 % of users for 30 s.",
        ),
    ),
    "Choice": (
        (Level.L4, _named, "I'd take this store and this queue."),
        (Level.L5, lambda e: _tradeoff(e, 3, 0.6), "We look things up by one key only, so I take this over that."),
        (
            Level.L6,
            lambda e: _first(e, _REVERSAL, times=2),
            "Past fifty thousand writes a second I'd switch.",
        ),
    ),
    "Drive": (
        (Level.L4, lambda e: e.candidate[0].id if e.candidate else None, "Let me go on to the next part."),
        (Level.L5, _led, "Next I'll trace a write, then I want to go deep on the cache."),
        (Level.L6, lambda e: _first(e, _CLOCK), "I've ten minutes left and spend them on failover, the riskiest part."),
    ),
    "Operation": (
        (Level.L4, lambda e: _first(e, _MONITOR), "I'd watch latency and errors on this path."),
        (Level.L5, lambda e: _first(e, _ALERT, times=2), "An alert goes off when the lag passes a minute."),
        (
            Level.L6,
            lambda e: _first(e, _OPERATION, _NUMBER, times=2),
            "One percent first, then a week of dual writes.",
        ),
    ),
}


def estimate(
    notebook: Notebook, transcript: Transcript, quotes: Mapping[int, Quote], *, led: bool, tells_apart: bool
) -> LevelEstimate:
    """Tick the grid and read the level off it. `quotes` maps every utterance id to its quote.

    `led` and `tells_apart` are what the phases and the answers to challenges showed (see `_Evidence`).
    """
    evidence = _Evidence(transcript.of(Speaker.CANDIDATE), notebook, led, tells_apart)
    markers = tuple(
        _marker(name, level, find(evidence), would_tick, quotes)
        for name, cells in _GRID.items()
        for level, find, would_tick in cells
    )
    reached = _highest(markers)
    return LevelEstimate(level=reached, line=_line(reached, transcript.target_level, markers), markers=markers)


def _marker(name: str, level: Level, found: int | None, would_tick: str, quotes: Mapping[int, Quote]) -> LevelMarker:
    if found is None:
        return LevelMarker(marker=name, level=level, met=False, would_tick=would_tick)
    return LevelMarker(marker=name, level=level, met=True, quote=quotes[found])


def _highest(markers: tuple[LevelMarker, ...]) -> Level:
    """The highest level reached without a gap; a marker met at a higher level counts for the lower one."""
    reached = Level.L4
    for level in (Level.L5, Level.L6):
        met = {m.marker for m in markers if m.level >= level and m.met}
        if len(met) < _NEEDED_MARKERS or not met.issuperset(_NEEDED_ALWAYS):
            break
        reached = level
    return reached


def _line(reached: Level, target: Level, markers: tuple[LevelMarker, ...]) -> str:
    met = sum(m.met for m in markers if m.level is target)
    return f"The evidence supports {reached.value}; {met} of 5 markers of your target {target.value} were shown."


def not_graded(reason: str) -> LevelEstimate:
    """The estimate for a round that cannot be judged."""
    return LevelEstimate(level=None, line=reason)
