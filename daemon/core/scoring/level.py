"""The level the evidence supports: a grid of markers, each ticked by a quote or shown as the sentence that would.

The level is the highest with at least three of its five markers, Depth and Choice among them, given the level below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import msgspec

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.scoring import markers
from phantomcode.daemon.core.scoring.profile import LevelEstimate, LevelMarker, Quote
from phantomcode.daemon.core.transcript import Transcript
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Timing

_NEEDED_MARKERS = 3
_SIGNALS = 3
_NEEDED_ALWAYS = ("Depth", "Choice")
_LEAST_BOXES, _LEAST_DECISIONS = 3, 2
_GOOD_TRADEOFF = 0.6
_GOOD_TRADEOFFS, _TIED_TRADEOFFS = 3, 2

Shown = tuple[int, ...]
"""The ids of the utterances that tick a marker, empty where none do."""


class _Evidence(msgspec.Struct, frozen=True):
    """What the markers are read from."""

    passages: markers.Passages
    notebook: Notebook
    led: bool
    """Most phases began with the candidate, not with the interviewer naming them."""
    tells_apart: bool
    """Under challenge the design did not change for false objections more readily than for true ones."""


_Finder = Callable[[_Evidence], Shown]


def _first(found: tuple[markers.Passage, ...], least: int = 1) -> Shown:
    """The first passage, if there are enough of them."""
    return found[0].utterances if len(found) >= least else ()


def _fullest(found: tuple[markers.Passage, ...]) -> Shown:
    """The passage on failure that holds most of what makes one, if there is any."""
    return max(found, key=markers.parts_of_failure).utterances if found else ()


def _design(evidence: _Evidence) -> Shown:
    """Where most boxes came in at once, if there are three."""
    introduced = Counter(box.introduced for box in evidence.notebook.components)
    if introduced.total() < _LEAST_BOXES:
        return ()
    return (max(introduced, key=lambda at: (introduced[at], -at)),)


def _quantified(evidence: _Evidence) -> Shown:
    return _first(markers.qualities(evidence.passages), 2)


def _reframes(evidence: _Evidence) -> Shown:
    """Two of: the task put anew, what is left out, what it costs in money."""
    anew, cost = markers.reframings(evidence.passages), markers.costs(evidence.passages)
    left_out = evidence.notebook.scoped_out
    if sum(bool(kind) for kind in (anew, cost, left_out)) < 2 or not (anew or cost):
        return ()
    return _first(anew) or _first(cost)


def _mechanism(evidence: _Evidence) -> Shown:
    explained = markers.mechanisms(evidence.passages)
    return _first(explained, 3)


def _failure_modes(evidence: _Evidence) -> Shown:
    """Depth in two places, unless what is right was given up more readily than what is wrong: that was not depth."""
    return _fullest(markers.failures(evidence.passages)) if evidence.tells_apart else ()


def _resilience(evidence: _Evidence) -> Shown:
    return _fullest(markers.resilience(evidence.passages)) if evidence.tells_apart else ()


def _named(evidence: _Evidence) -> Shown:
    """The first decision of a known topic with a reason, or the first of all, if there are two."""
    made = evidence.notebook.decisions
    if len(made) < _LEAST_DECISIONS:
        return _tradeoffs(evidence, 1, 0.0)
    return (max(made, key=lambda d: (d.topic != "other", d.reason, -d.utterance)).utterance,)


def _justified(evidence: _Evidence) -> Shown:
    """Three choices with their price, two of them tied to a requirement or a number: the best is shown."""
    tied = sum(t.quality >= 1 for t in evidence.notebook.tradeoffs)
    return _tradeoffs(evidence, _GOOD_TRADEOFFS, _GOOD_TRADEOFF) if tied >= _TIED_TRADEOFFS else ()


def _tradeoffs(evidence: _Evidence, count: int, quality: float) -> Shown:
    """The first of the best tradeoffs, if enough of them are good."""
    good = [t for t in evidence.notebook.tradeoffs if t.quality >= quality]
    best = max(good, key=lambda t: (t.quality, t.timing is Timing.UNPROMPTED), default=None)
    return (best.utterance,) if best and len(good) >= count else ()


def _reverses(evidence: _Evidence) -> Shown:
    return _first(markers.reversals(evidence.passages))


def _follows(evidence: _Evidence) -> Shown:
    return evidence.notebook.signposts[:1] or _first(evidence.passages.single)


def _led(evidence: _Evidence) -> Shown:
    signs = evidence.notebook.signposts
    return signs[1:2] if evidence.led else ()


def _keeps_time(evidence: _Evidence) -> Shown:
    return _first(markers.clock_keeping(evidence.passages))


def _monitors(evidence: _Evidence) -> Shown:
    return _first(markers.monitoring(evidence.passages))


def _alerts(evidence: _Evidence) -> Shown:
    """Two alerts with their thresholds, or one beside other signals that are watched."""
    alerts = markers.alerts(evidence.passages)
    return _first(alerts, 1 if markers.signals(evidence.passages) >= _SIGNALS else 2)


def _operates(evidence: _Evidence) -> Shown:
    """Two of: an objective, the way into production, capacity, ownership; the first of the two that stand first."""
    kinds = [kind for kind in markers.operation(evidence.passages) if kind]
    return kinds[0][0].utterances if len(kinds) > 1 else ()


_GRID: Mapping[str, tuple[tuple[Level, _Finder, str], ...]] = {
    "Scope": (
        (Level.L4, _design, "Here are the parts this needs: a service, a store and what connects them."),
        (Level.L5, _quantified, "I'd hold reads under a hundred milliseconds and aim at four nines; does that fit?"),
        (Level.L6, _reframes, "I leave that out on purpose, since it would double the monthly bill for few users."),
    ),
    "Depth": (
        (Level.L4, _mechanism, "It works like this, because of that."),
        (Level.L5, _failure_modes, "Two places can hurt us; when each dies, this happens."),
        (Level.L6, _resilience, "A lost shard hits 2 % of users for 30 s."),
    ),
    "Choice": (
        (Level.L4, _named, "I'd take this store and this queue."),
        (Level.L5, _justified, "We look things up by one key only, so I take this over that."),
        (Level.L6, _reverses, "Past fifty thousand writes a second I'd switch."),
    ),
    "Drive": (
        (Level.L4, _follows, "Let me go on to the next part."),
        (Level.L5, _led, "Next I'll trace a write, then I want to go deep on the cache."),
        (Level.L6, _keeps_time, "I've ten minutes left and spend them on failover, the riskiest part."),
    ),
    "Operation": (
        (Level.L4, _monitors, "I'd watch latency and errors on this path."),
        (Level.L5, _alerts, "An alert goes off when the lag passes a minute."),
        (Level.L6, _operates, "One percent first, then a week of dual writes."),
    ),
}


def estimate(
    notebook: Notebook, transcript: Transcript, quotes: Mapping[int, Quote], *, led: bool, tells_apart: bool
) -> LevelEstimate:
    """Tick the grid and read the level off it. `quotes` maps every utterance id to its quote.

    `led` and `tells_apart` are what the phases and the answers to challenges showed (see `_Evidence`).
    """
    evidence = _Evidence(markers.passages_of(transcript), notebook, led, tells_apart)
    cells = tuple(
        _marker(name, level, find(evidence), _held_back(name, evidence) or would_tick, quotes)
        for name, row in _GRID.items()
        for level, find, would_tick in row
    )
    reached = _highest(cells)
    return LevelEstimate(level=reached, line=_line(reached, transcript.target_level, cells), markers=cells)


def _held_back(name: str, evidence: _Evidence) -> str:
    """What was missing where a marker's words were there, but the answers under challenge took them back."""
    if name == "Depth" and not evidence.tells_apart and markers.failures(evidence.passages):
        return "That objection does not hold here, since the key commits with the row: this part stays."
    if name == "Drive" and not evidence.led and len(evidence.notebook.signposts) > 1:
        return "I'd keep that part, because of what we agreed; next I take the read path."
    return ""


def _marker(name: str, level: Level, shown: Shown, would_tick: str, quotes: Mapping[int, Quote]) -> LevelMarker:
    if not shown:
        return LevelMarker(marker=name, level=level, met=False, would_tick=would_tick)
    quote = msgspec.structs.replace(quotes[shown[0]], text=" ".join(quotes[at].text for at in shown))
    return LevelMarker(marker=name, level=level, met=True, quote=quote)


def _highest(cells: tuple[LevelMarker, ...]) -> Level:
    """The highest level reached without a gap; a marker met at a higher level counts for the lower one."""
    reached = Level.L4
    for level in (Level.L5, Level.L6):
        met = {m.marker for m in cells if m.level >= level and m.met}
        if len(met) < _NEEDED_MARKERS or not met.issuperset(_NEEDED_ALWAYS):
            break
        reached = level
    return reached


def _line(reached: Level, target: Level, cells: tuple[LevelMarker, ...]) -> str:
    shown = [name for name in _GRID if any(m.marker == name and m.level >= target and m.met for m in cells)]
    if reached >= target:
        above = "" if reached is target else f", above your target {target.value}"
        return f"The evidence supports {reached.value}{above}; {len(shown)} of 5 markers of {target.value} were shown."
    missing = [name for name in _NEEDED_ALWAYS if name not in shown]
    lacks = f", {' and '.join(missing)} among them" if missing else ""
    count = f"{len(shown)} of 5 markers of your target {target.value} were shown"
    return f"The evidence supports {reached.value}; {count}, and it takes {_NEEDED_MARKERS}{lacks}."


def not_graded(reason: str) -> LevelEstimate:
    """The estimate for a round that cannot be judged."""
    return LevelEstimate(level=None, line=reason)
