"""Where a candidate's figure comes from: said before, given, recalled, computed or assumed; and does it add up?

The word nearest to the figure decides ("so", "say", "you said"); where no word does, the arithmetic may.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from phantomcode.daemon.core.understanding.arithmetic import Check, check, check_aloud
from phantomcode.daemon.core.understanding.measures import flow_of, speaks_of_peak
from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.daemon.core.understanding.products import Figure
from phantomcode.daemon.core.understanding.terms import agrees, base, named_periods
from phantomcode.daemon.core.understanding.units import DAY_SECONDS
from phantomcode.problems.model import Metric

_RECENT = 120
"""How many earlier quantities may be operands; the search itself looks at few of them."""

RESULT_CUES = re.compile(
    r"\b(so|that's|that is|thats|which is|makes?|gives?|gets? (us|me|you)|(comes?|coming|works?|lands?|ends?|adds?) "
    r"(it |that )?(out |up )?(to|at|as|on|with)|works? out|turns into|altogether|together|in all|all told|in total|"
    r"needs?|is|it's|equals?|leaves?|means|becomes?|i get|we get|got to|adds? up|total|therefore|brings?|be|then|sees|"
    r"(you|we|it|they)('d|'ll| would) be at|(you|we|it)'d (get|be|need)|(we|you)'re at|ends? up|"
    r"ha(s|ve) to (deliver|handle|take)|add (it|that|them) (all )?up)\b|=",
    re.IGNORECASE,
)
"""Words that present a figure as the outcome of something, "is" included."""

_DRAWS = re.compile(
    r"\b(so|that's|which is|makes?|gives?|(comes?|coming|works?|lands?|ends?|adds?) (it |that )?(out |up )?"
    r"(to|at|as|on|with)|works? out|turns into|gets us|brings?|therefore|altogether|together|in all|all told|in total|"
    r"needs?|got to|becomes?|i need|then|that is|(you|we)'d get|add (it|that|them) (all )?up)\b",
    re.IGNORECASE,
)
"""The ones among them that draw a conclusion."""

_OPENS_WITH_RESULT = re.compile(
    r"^\W*(so|then)?\W*(that's|that makes|that gives|that works out|i've got to|it comes to|this gives|"
    r"that is)\b",
    re.IGNORECASE,
)
_ASSUMES = re.compile(
    r"\b(say|assum\w+|guess\w*|let's|let us|call it|suppose|if|maybe|imagine|pick|target|i take|i want|"
    r"estimate|keep|probably|plan for|set|expire|hold|lasts?|pretend|"
    r"(?:i'd|i would) (plan|take|go|want|like|keep|hold|put|say|expect|hope|promise|buy|fill)|"
    r"i'll (say|take|keep|use)|(at|with|by|times)(?= *(about|around|roughly|say|"
    r"maybe)? *$))(?!\w)",
    re.IGNORECASE,
)
_ONLY_PLACED = re.compile(r"(^|[,.;] *)(at|with|by)( about| around| roughly)? *$", re.IGNORECASE)
"""An "at" that merely places a figure ("At sixty a second, …"): it may still be the outcome of the sums before."""

_OPERAND = re.compile(
    r"\b(times|by|over|per|at|with|of|on|in|each|plus|minus|than|under|to|for|keep\w*|"
    r"against|our|your|its|allow\w*|within)"
    r"( (about|around|roughly|say|the|a))*\W*$",
    re.IGNORECASE,
)
"""What leads to an operand or a bound rather than to a result."""

_KNOWN_AS = re.compile(r"\b(our|your|the|that|those|you|agreed|allowed|promised?|budget)\W+(\w+\W+)?$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.?!;]\s+(?=\S)")

_KEPT: frozenset[Metric] = frozenset({"peak_rate", "cache_size"})
"""What a figure stays when it is said again without the word."""
_LEAST_PEAK = 1.2

_LARGE_COUNT = 1e4
"""From here on a count that one figure of the utterance and one of the estimate give exactly is no accident."""

_GIVES = re.compile(
    r"\b(you('d| had|'ve| have)? (said|told|gave|given|asked|mentioned|quoted|allowed|wanted|want)|did you say|"
    r"^\W*(\w+\W+)?you('ve| have) got|as you said|we agreed)\b",
    re.IGNORECASE,
)
_GIVEN_AFTER = re.compile(r"^[^,.]{0,22}\byou (said|asked|gave|told|want|mentioned|quoted|allowed)", re.IGNORECASE)
_WORKED_OUT = re.compile(r"^[^.]{0,30}\b(i|we)( just| already)? (worked out|computed|calculated|got to)", re.IGNORECASE)
_KNOWN = re.compile(
    r"\b(from memory|rule of thumb|i('ve| have)? (read|seen|heard|remember|recall)|if i remember|"
    r"benchmark\w*|published|"
    r"known|usually|typically|as i recall)\b",
    re.IGNORECASE,
)
_CAPACITY = re.compile(
    r"\b(one|a|single|each) (\w+ )?(redis|postgres|mysql|box|node|machine|server|kafka|broker|instance|"
    r"shard|core|primary|"
    r"disk)( \w+)?[\w', ]{0,20} (does|do|doing|can|will|handl(?:es?|ing)|manag(?:es?|ing)|tak(?:es?|ing)|gives?|"
    r"giving|makes?|making|serving|is good for|tops out)\b",
    re.IGNORECASE,
)
_CAPACITY_AFTER = re.compile(
    r"\W*(per|on (a|one|each)|out of (a|one)) (\w+ )?"
    r"(redis|postgres|mysql|box|node|machine|server|kafka|broker|instance|core|primary|disk)\b",
    re.IGNORECASE,
)
_EQUIPMENT_AFTER = re.compile(r"\W*(network )?(card|link|nic|port|uplink|line|pipe|disk|drive|ssd)s?\b", re.IGNORECASE)
"""What is sold in sizes: its size is known and not worked out."""
_LEFT_OVER = re.compile(r"\W*(of |to )?(spare|slack|headroom|left|to go)\b", re.IGNORECASE)
"""What makes of a figure the remainder of two others, even if the same amount was said before."""
_ONE_OF_THEM = re.compile(r"\b(an?|one|each|every|single|per|the|our)\W*$", re.IGNORECASE)
_LATENCY_LORE = re.compile(
    r"\b(coast to coast|round trip|(disk|a) seek|spinning disk|(inside|within|across) the (same )?(zone|"
    r"atlantic|pacific|"
    r"ocean)|cross(es|ing)? the (atlantic|pacific|ocean))\b",
    re.IGNORECASE,
)

_NAMED_INPUTS = 2
"""So many inputs in the breath of a time and a third before it, and the time is what they come to."""

_MENDED_REACH = 2
"""How many figures back a wrong result may be that is put right."""

_EXACTLY = 1.03
"""Rounding apart: people say 33 for a third of a hundred."""

Cue = Literal["computed", "assumed", "given", ""]


class Place(msgspec.Struct, frozen=True):
    """Where in its utterance a figure stands.

    `lead` is the text between the figure before it (in the same utterance) and this one, `after` what follows it;
    `said` are all figures before it, those among them that only serve as operands, `joints` the texts behind each of
    them, `opening` the text before the first; `heard` is the utterance, `before` what it says up to the figure, and
    `previous` the utterance before it.
    """

    lead: str
    after: str = ""
    joints: tuple[str, ...] = ()
    heard: str = ""
    said: tuple[Quantity, ...] = ()
    opening: str = ""
    before: str = ""
    previous: str = ""


def same_amount(value: float, unit: str, other: Quantity) -> bool:
    """Whether a value is another quantity said again (within 3 %), in whatever interval."""
    mine, dimension = base(value, unit)
    theirs, other_dimension = base(other.value, other.unit)
    alike = unit.partition("/")[0] == other.unit.partition("/")[0]
    return dimension == other_dimension and alike and agrees(mine, theirs, 1.03)


def with_origin(quantity: Quantity, place: Place, found: Sequence[Quantity], earlier: Sequence[Quantity]) -> Quantity:
    """Settle role and arithmetic of a candidate's figure.

    `found` are the figures already read from this utterance, `earlier` those of the utterances before.
    """
    lead, after = place.lead, place.after
    figure = _figure(quantity.value, quantity.unit, quantity.utterance, place, earlier)
    aloud = check_aloud(figure)
    if aloud is not None:
        return _checked(quantity, aloud, place)
    if _is_constant(quantity):
        return msgspec.structs.replace(quantity, role=Role.RECALLED)
    mended = _mended(quantity, [*earlier, *found])
    if mended is not None:
        return _checked(quantity, mended, place)
    source = _earlier_mention(quantity, lead, [*earlier, *found])
    if source is not None and not _comes_anew(figure, source, place):
        return _said_again(quantity, source, place, source in found)
    rounded = _rounded_from(quantity, lead, [*earlier[-2:], *found])
    if rounded is not None:
        again = Check(True, rounded.value, f"{rounded.text} rounded", inputs=(rounded,))
        return _checked(quantity, again, place)
    cue = "computed" if _WORKED_OUT.search(after) else _nearest_cue(lead)
    if cue == "given" or (_GIVEN_AFTER.search(after) and cue == ""):
        return quantity
    if _is_recalled(quantity, lead, after, cue, found):
        return msgspec.structs.replace(quantity, role=Role.RECALLED)
    checked = check(figure)
    near = [*(q for q in earlier if q.utterance >= quantity.utterance - 1), *found]
    if not _is_computed(quantity, lead, cue, checked, near, found):
        return msgspec.structs.replace(quantity, role=Role.ASSUMED)
    return _checked(quantity, checked, place)


def _mended(quantity: Quantity, told: Sequence[Quantity]) -> Check | None:
    """Find the wrong result, just told, of which the figure is the right one ("No, wrong zero, seventeen billion")."""
    value, dimension = base(quantity.value, quantity.unit)
    for wrong in told[-_MENDED_REACH:]:
        if wrong.correct is not False or wrong.expected is None or quantity.unit == "ratio":
            continue
        right, its_dimension = base(wrong.expected, wrong.unit)
        alike = wrong.unit.partition("/")[0] == quantity.unit.partition("/")[0]
        if alike and dimension == its_dimension and agrees(value, right, _EXACTLY):
            return Check(True, right * quantity.value / value, wrong.working, inputs=(wrong,))
    return None


def _comes_anew(figure: Figure, source: Quantity, place: Place) -> bool:
    """Whether an amount said before is worked out afresh: what is left over, or a time drawn from its own breath."""
    if _LEFT_OVER.match(place.after):
        return True
    chance = figure.unit == "s" and source.role is not Role.COMPUTED
    drawn = chance and bool(figure.own) and _nearest_cue(place.lead) == "computed"
    checked = check(figure) if drawn and source.utterance < figure.utterance else None
    return checked is not None and checked.own and checked.correct and agrees(figure.value, checked.expected, _EXACTLY)


def comes_out(value: float, unit: str, utterance: int, place: Place, earlier: Sequence[Quantity]) -> Check | None:
    """Return how the figures just named come to this value, not merely near it; None where they do not."""
    near = [q for q in earlier if q.utterance >= utterance - 1]
    figure = _figure(value, unit, utterance, place, near)
    checked = check_aloud(figure) or check(figure)
    exact = checked is not None and checked.correct and agrees(value, checked.expected, _EXACTLY)
    return checked if exact else None


def _figure(value: float, unit: str, utterance: int, place: Place, earlier: Sequence[Quantity]) -> Figure:
    return Figure(
        value=value,
        unit=unit,
        utterance=utterance,
        own=place.said,
        joints=place.joints,
        earlier=tuple(earlier[-_RECENT:]),
        heard=place.heard,
        opening=place.opening,
    )


def _checked(quantity: Quantity, checked: Check | None, place: Place) -> Quantity:
    if checked is None:
        return msgspec.structs.replace(quantity, role=Role.COMPUTED)
    peak = quantity.peak or (quantity.unit.startswith("1/") and _made_of_peak(quantity, checked.inputs, place))
    return msgspec.structs.replace(
        quantity,
        role=Role.COMPUTED,
        metric="peak_rate" if peak else _handed_on(quantity, checked.inputs),
        peak=peak,
        correct=checked.correct,
        expected=checked.expected,
        working=checked.working,
    )


def _made_of_peak(quantity: Quantity, inputs: Sequence[Quantity], place: Place) -> bool:
    """Whether a rate comes of a peak, or of an average times the factor that was said to lie between the two."""
    said = {quantity.utterance: place.before, quantity.utterance - 1: place.previous}
    factors = (i for i in inputs if i.unit == "ratio" and i.value >= _LEAST_PEAK)
    return any(i.peak for i in inputs) or any(speaks_of_peak(said.get(i.utterance, "")) for i in factors)


def _handed_on(quantity: Quantity, inputs: Sequence[Quantity]) -> Metric:
    """What a result measures where its own words do not say: what the rate or the store it was made of measures."""
    if quantity.metric not in ("other", "storage"):
        return quantity.metric
    kinds: tuple[Metric, ...] = ("cache_size",) if quantity.metric == "storage" else ("read_rate", "write_rate")
    rate = quantity.unit.startswith("1/")
    flows = [flow_of(i.text) for i in inputs if rate and i.unit == "ratio"]
    handed = [i.metric for i in inputs if (rate or quantity.metric == "storage") and i.metric in kinds]
    return next((metric for metric in (*flows, *handed) if metric), quantity.metric)


def _earlier_mention(quantity: Quantity, lead: str, pool: Sequence[Quantity]) -> Quantity | None:
    """Find the figure said again: the candidate's own before one that was only repeated to him, the same unit first.

    Round times and small numbers meet by chance, so they have to be recent, or be spoken of as known; what was
    worked out is kept longer than what was only said.
    """
    small = quantity.unit in ("count", "ratio") and quantity.value < 10
    share = quantity.unit == "ratio" and quantity.value < 1
    brief = quantity.unit == "s" and not _KNOWN_AS.search(lead)
    reach = 16 if share or brief else 8 if small else len(pool)
    worked = [q for q in pool[:-reach] if (brief or share) and q.role is Role.COMPUTED]
    told = [q for q in reversed([*worked, *pool[-reach:]]) if not q.superseded and not _is_constant(q)]
    told = [q for q in told if same_amount(quantity.value, quantity.unit, q)]
    alike = [q for q in told if q.unit == quantity.unit] or told
    return next((q for q in alike if q.role is not Role.GIVEN), alike[0] if alike else None)


def _said_again(quantity: Quantity, source: Quantity, place: Place, same_breath: bool) -> Quantity:
    """Repeat what is known of the earlier mention; the same amount drawn in another unit is computed, and right."""
    lead = place.lead
    other_unit = source.unit != quantity.unit or (same_breath and _per_minute(source) != _per_minute(quantity))
    converted = other_unit and (RESULT_CUES.search(lead) or re.search(r"\b(not|or)\b", lead, re.IGNORECASE))
    if converted or (same_breath and _DRAWS.search(lead)):
        working = f"{source.text} = {quantity.value:g} {quantity.unit}"
        return _checked(quantity, Check(True, quantity.value, working, inputs=(source,)), place)
    return msgspec.structs.replace(
        quantity,
        role=source.role,
        metric=source.metric if quantity.metric == "other" or source.metric in _KEPT else quantity.metric,
        correct=source.correct,
        expected=None if source.expected is None else source.expected * _worth(source.unit) / _worth(quantity.unit),
        working=_working_again(quantity, source),
        peak=quantity.peak or source.peak,
    )


def _worth(unit: str) -> float:
    """Return what one of a unit is in base units: 1 / 86400 for "B/day"."""
    value, _ = base(1.0, unit)
    return value


def _working_again(quantity: Quantity, source: Quantity) -> str:
    """Return the working of the earlier mention, with what it comes to in the unit of the later one."""
    if source.expected is None or not source.working or source.unit == quantity.unit:
        return source.working
    return f"{source.working} = {source.expected * _worth(source.unit) / _worth(quantity.unit):.4g} {quantity.unit}"


def _per_minute(quantity: Quantity) -> bool:
    """Whether a rate was said per minute, hour or week: such rates are kept per second."""
    return re.search(r"\b(minute|hour|week)\b", quantity.text) is not None


def _rounded_from(quantity: Quantity, lead: str, pool: Sequence[Quantity]) -> Quantity | None:
    """Find the result that "call it 120" rounds."""
    last = pool[-1] if pool else None
    if last is None or last.role is not Role.COMPUTED or last.unit != quantity.unit:
        return None
    rounds = re.search(r"\b(call (it|that)|round\w* (it|that|up|down)( to)?)\W*$", lead, re.IGNORECASE)
    return last if rounds and agrees(quantity.value, last.value) else None


def _nearest_cue(lead: str) -> Cue:
    """Name the kind of the cue that stands nearest before the figure."""
    window = lead[-60:]
    kinds: tuple[tuple[Cue, re.Pattern[str]], ...] = (
        ("computed", RESULT_CUES),
        ("assumed", _ASSUMES),
        ("given", _GIVES),
    )
    ends = [(max((m.end() for m in pattern.finditer(window)), default=-1), kind) for kind, pattern in kinds]
    nearest, kind = max(ends, key=lambda pair: pair[0])
    return kind if nearest >= 0 else ""


def _is_recalled(quantity: Quantity, lead: str, after: str, cue: Cue, found: Sequence[Quantity]) -> bool:
    """Known by heart: a constant, a capacity or latency people carry round, or the clause says so."""
    around = f"{lead[-70:]}{quantity.text}{after[:40]}"
    if quantity.unit == "s" and quantity.value < 1 and _LATENCY_LORE.search(around):
        return True
    posited = re.search(r"\b(say|suppose|assum\w+|if|plan)\b", lead[-70:], re.IGNORECASE) is not None
    capacity = _CAPACITY.search(lead[-70:]) or _CAPACITY_AFTER.match(after)
    if quantity.unit.startswith("1/") and capacity and not posited:
        return True
    if _EQUIPMENT_AFTER.match(after) and _ONE_OF_THEM.search(lead):
        return True
    if _DRAWS.search(lead[-40:]) or posited:
        return False
    continues_list = bool(found) and found[-1].role is Role.RECALLED and re.match(r"\W*and\b", lead) is not None
    return continues_list or (_KNOWN.search(around) is not None and cue != "assumed")


def _is_constant(quantity: Quantity) -> bool:
    """The seconds of a day or a month, exact or rounded as people round them."""
    spoken = quantity.text.lower()
    if quantity.unit != "s" or ("second" not in spoken and re.search(r"\b(hour|day|minute|week)s?\b", spoken)):
        return False
    return agrees(quantity.value, DAY_SECONDS, 1.01) or quantity.value == 1e5 or agrees(quantity.value, 2.6e6, 1.06)


def _is_computed(
    quantity: Quantity,
    lead: str,
    cue: Cue,
    checked: Check | None,
    near: Sequence[Quantity],
    found: Sequence[Quantity],
) -> bool:
    """A result needs inputs and either a word that draws it ("so", "comes to") or arithmetic that leads to it."""
    explained = checked is not None and checked.correct
    exact = explained and checked is not None and agrees(quantity.value, checked.expected, 1.02)
    own = exact and checked is not None and checked.own and not _OPERAND.search(lead)
    if exact and found and checked is not None and checked.working.startswith("(1 - "):
        return True
    draws = _DRAWS.search(_SENTENCE_END.split(lead)[-1][-60:]) is not None
    if cue == "assumed" and not (exact and near and _ONLY_PLACED.search(lead)):
        rounds = explained and bool(found) and re.search(r"\bcall (it|that)\W*$", lead, re.IGNORECASE) is not None
        return rounds or (own and draws)
    if quantity.unit == "s" or (quantity.unit == "B" and quantity.value < 1e6 and not found):
        named = sum(i.utterance == quantity.utterance for i in checked.inputs) if checked is not None and exact else 0
        said = checked is not None and (checked.own or named >= _NAMED_INPUTS) and cue == "computed"
        return explained and (own or said or (draws and bool(near)))
    if draws and quantity.unit == "ratio":
        return explained
    if draws:
        return bool(found) or explained or _OPENS_WITH_RESULT.search(lead) is not None
    if cue == "computed":
        return explained or (bool(found) and quantity.unit != "ratio")
    if own:
        return True
    if quantity.unit == "count":
        large = quantity.value >= _LARGE_COUNT
        return exact and (len(found) >= 2 or (large and (bool(found) or bool(named_periods(lead, quantity.unit)))))
    return explained and (len(near) >= 2 or (exact and bool(near))) and quantity.unit != "ratio"
