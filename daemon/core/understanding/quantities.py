"""The quantities of one utterance: number, unit, where it comes from, what it measures, and whether it adds up.

`readings.py` finds the numbers and their units in the text alone. Here the ones without a unit get that of a figure
they restate or continue, and role and arithmetic are settled against what was said before. Everything is pure: the
caller keeps the list and folds it with `supersede`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.arithmetic import Check, agrees, base, check
from phantomcode.daemon.core.understanding.measures import guess_metric, is_peak
from phantomcode.daemon.core.understanding.numbers import words
from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.daemon.core.understanding.readings import Reading, readings
from phantomcode.daemon.core.understanding.units import DAY_SECONDS

_RECENT = 32
"""How many earlier quantities may be operands: about five minutes of estimating."""

_CORRECTION = re.compile(
    r"\b(no[,.]? (wait|hang on|hold on|sorry|actually)|sorry[,.]? no|wait[,.]? no|hang on|hold on|"
    r"scrub (that|what)|"
    r"i('ve| have) (slipped|dropped|lost)|my mistake|i mean|correction|that's (not right|wrong)|sorry|"
    r"not \w+[,.] )",
    re.IGNORECASE,
)
_RECALLED = re.compile(
    r"\b(from memory|rule of thumb|i('ve| have)? (read|seen|heard|remember|recall)|if i remember|benchmark\w*|"
    r"published|known|usually|typically|seconds in a day|as i recall|roughly the distance|"
    r"(across|crosses?|crossing) the (atlantic|pacific|ocean)|round trip to|disk seek|"
    r"(?<!if )(one|a|single) (\w+ )?(redis|postgres|mysql|box|node|machine|server|kafka|broker|instance|"
    r"shard|core|"
    r"primary|"
    r"disk)"
    r"[\w' ]{0,20} (does|do|can|will|handles?|manages?|takes?|gives?|holds?|makes?))\b",
    re.IGNORECASE,
)
_CONSTANT = re.compile(
    r"\bseconds?\b.{0,20}\b(in )?(a|one|per|each) (day|month|year)|\b(a|the|one) (day|month)\b.{0,30}\bseconds",
    re.IGNORECASE,
)
_COMPUTED = re.compile(
    r"\b(so|that's|that is|thats|which is|makes?|gives?|gets? (us|me|you)|comes? (out )?to|works? out|"
    r"turns into|"
    r"is|it's|equals?|leaves?|means|becomes?|i get|we get|got to|adds? up|total|therefore|brings?|be)\b|=",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(so|that's|which is|makes?|gives?|comes? (out )?to|works? out|turns into|gets us|brings?|therefore|"
    r"got to)\b",
    re.IGNORECASE,
)
_ASSUMED = re.compile(
    r"\b(say|assum\w+|guess\w*|let's|let us|call it|suppose|if|i'd (plan|take|go|want|like|keep|hold|put|"
    r"say|expect|"
    r"hope|promise|buy)|maybe|imagine|pick|target|i take|i'll (say|take|keep|use)|i want|estimate|keep|"
    r"probably|plan for|"
    r"set|expire|hold|lasts?|assume)\b",
    re.IGNORECASE,
)
_GIVEN = re.compile(
    r"\b(you('d| had|'ve| have)? (said|told|gave|given|asked|mentioned|want\w*)|as you said|we agreed|your)\b", re.I
)


def normalised(quantity: Quantity) -> tuple[str, float]:
    """Return the base unit ("1/s", "B/s", "B", "s", "count", "ratio") and the value in it."""
    value, (size, seconds) = base(quantity.value, quantity.unit)
    if seconds < 0:
        return ("B/s" if size else "1/s"), value
    return quantity.unit.partition("/")[0], value


def read_quantities(utterance: Utterance, earlier: Sequence[Quantity], previous_text: str) -> tuple[Quantity, ...]:
    """Read the quantities one speaker states in one utterance, in order.

    `earlier` are those of all earlier utterances, of both speakers, oldest first (the interviewer's have the role
    given); `previous_text` is the utterance before, whoever spoke it. Figures that this same utterance corrects come
    back with `superseded` set; for corrections of earlier utterances fold the result with `supersede`.
    """
    found: list[Quantity] = []
    ends: list[int] = []
    read = readings(utterance.text)
    for i, reading in enumerate(read):
        following = read[i + 1] if i + 1 < len(read) else None
        settled = _corrected_at_once(reading, following, utterance.text) or _with_unit(
            reading, utterance.text, found, ends, earlier
        )
        if settled is None:
            continue
        quantity = _settle(settled, utterance, found, ends, earlier, previous_text)
        _mark_corrected(found, quantity, utterance.text[ends[-1] : reading.start] if ends else "")
        found.append(quantity)
        ends.append(reading.end)
    return tuple(found)


def supersede(earlier: Sequence[Quantity], new: Sequence[Quantity], text: str) -> tuple[Quantity, ...]:
    """Return `earlier` followed by `new`, the last comparable figure marked superseded if `text` takes it back.

    `text` is that of the utterance `new` was read from. A correction needs a cue ("no wait", "I've dropped a zero"),
    and replaces a candidate's figure of the same kind of unit among the last few.
    """
    kept = list(earlier)
    own = [q for q in new if not q.superseded]
    if own and _CORRECTION.search(text[:60]):
        replacement = own[-1] if len(own) == 1 else own[0]
        for i in range(len(kept) - 1, max(-1, len(kept) - 5), -1):
            if kept[i].role is not Role.GIVEN and _replaces(replacement, kept[i]):
                kept[i] = msgspec.structs.replace(kept[i], superseded=True)
                break
    return (*kept, *new)


def _replaces(new: Quantity, old: Quantity) -> bool:
    return normalised(new)[0] == normalised(old)[0] and not _same(new.value, new.unit, old) and not old.superseded


def _mark_corrected(found: list[Quantity], quantity: Quantity, between: str) -> None:
    if found and len(between) < 60 and _CORRECTION.search(between) and _replaces(quantity, found[-1]):
        found[-1] = msgspec.structs.replace(found[-1], superseded=True)


def _same(value: float, unit: str, other: Quantity) -> bool:
    """Whether a value is another quantity said again (within 3 %)."""
    mine, dimension = base(value, unit)
    theirs, other_dimension = base(other.value, other.unit)
    kinds = {unit.partition("/")[0], other.unit.partition("/")[0]}
    return dimension == other_dimension and len(kinds) == 1 and agrees(mine, theirs, 1.03)


def _corrected_at_once(reading: Reading, following: Reading | None, text: str) -> Reading | None:
    """Give "forty, no, four hundred a second" the unit of its correction."""
    if not reading.bare or following is None or following.bare:
        return None
    between = text[reading.end : following.start]
    if len(between) > 25 or not re.search(r"\b(no|sorry|wait|i mean)\b", between, re.IGNORECASE):
        return None
    scale = _unit_scale(following.value, following.unit)
    return msgspec.structs.replace(reading, value=reading.value * scale, unit=following.unit)


def _with_unit(
    reading: Reading, text: str, found: Sequence[Quantity], ends: Sequence[int], earlier: Sequence[Quantity]
) -> Reading | None:
    """Give a bare number the unit of the figure it restates or continues; None where it is no estimate."""
    if not reading.bare:
        return _recount(reading, earlier)
    lead = text[: reading.start].lower()[-25:]
    said_k = text[: reading.end].lower().endswith("k")
    restated = _restated_bare(reading.value, lead, said_k, [*earlier, *found])
    if restated is not None:
        return msgspec.structs.replace(reading, value=restated.value, unit=restated.unit)
    if found and reading.value >= 1 and _continues(reading, text, ends[-1]):
        model = next((q for q in reversed(found) if q.unit != "ratio"), None)
        if model is not None:
            return _continued(reading, model, thousands=said_k)
    if reading.value == DAY_SECONDS:
        return msgspec.structs.replace(reading, unit="s")
    if reading.value >= 10_000:
        rate = next((q.unit for q in reversed(found) if q.unit not in ("ratio", "s")), "count")
        return msgspec.structs.replace(reading, unit=rate if rate.startswith("1/") else "count")
    if reading.value >= 10 and re.match(r" at (once|a time)\b", text[reading.end :]):
        return msgspec.structs.replace(reading, unit="count")
    return None


_FLOWING = words(
    "requests operations checks events queries updates samples points clicks posts payments orders messages misses "
    "hits people connections uploads calls them"
)


def _recount(reading: Reading, earlier: Sequence[Quantity]) -> Reading:
    """Read "800 thousand reads" as the rate it restates, where just such a rate was named before."""
    if reading.unit != "count" or reading.value < 100 or reading.noun not in _FLOWING:
        return reading
    for quantity in reversed(earlier[-_RECENT:]):
        if quantity.unit.startswith("1/") and agrees(quantity.value, reading.value, 1.001):
            return msgspec.structs.replace(reading, unit=quantity.unit)
    return reading


def _restated_bare(value: float, lead: str, thousands: bool, pool: Sequence[Quantity]) -> Quantity | None:
    """Find the figure a bare number repeats.

    The plain value counts from 20 up; "our two hundred" may stand for 200 ms or 200 GB once such a figure was named.
    """
    definite_figure = _abbreviated(value, lead, pool)
    if definite_figure is not None:
        return definite_figure
    for quantity in reversed(pool):
        sized = quantity.unit.startswith("B")
        if value >= 20 and quantity.unit != "s" and (not sized or thousands) and agrees(quantity.value, value, 1.001):
            return quantity
    return None


def _abbreviated(value: float, lead: str, pool: Sequence[Quantity]) -> Quantity | None:
    """Find the 200 ms that "our two hundred" stands for."""
    named = re.search(r"\b(our|said|agreed on)\W*$", lead)
    definite = named or (value >= 10 and re.search(r"\b(those|that|same|of our)\W*$", lead))
    for quantity in reversed(pool):
        scale = _unit_scale(quantity.value, quantity.unit)
        if definite and scale != 1.0 and agrees(quantity.value, value * scale, 1.001):
            return quantity
    return None


def _continues(reading: Reading, text: str, previous_end: int) -> bool:
    """Whether a bare number stands as a figure of its own: introduced like a result and ending its clause."""
    lead = text[previous_end : reading.start].lower()
    tail = text[reading.end : reading.end + 12].lower()
    if re.match(r" of (it|them)\b", tail):
        return True
    if reading.value < 10 and not re.search(r"\b(so|is|that's|makes|gives|to|call it|no|sorry|not)\W*$", lead):
        return False
    listed = lead.rstrip().endswith(",") and re.match(r"\s*($|[.?!]|each\b)", tail)
    introduced = (
        listed
        or _COMPUTED.search(lead[-28:])
        or _CORRECTION.search(lead)
        or re.search(
            r"\b(call it|say|about|maybe|around|roughly|to|or|buy|take|not|holds?|does|than)\W*(a |an )?$", lead
        )
    )
    closes = re.match(
        r"\s*($|[.,;?!]|at |on |in |by |all |each|it's|that|per|so|and|then|total|now|when|if|which)", tail
    )
    return introduced is not None and closes is not None


_PREFIXED = (1e15, 1e12, 1e9, 1e6, 1e3, 1.0)


def _unit_scale(value: float, unit: str) -> float:
    """Return what one spoken unit is worth in a figure of this size: 1e9 for 600e9 B, 1e-3 for 0.2 s."""
    if unit.startswith("B"):
        return next(p for p in _PREFIXED if value >= p or p == 1.0)
    if unit == "ratio" and value < 1:
        return 0.01
    return 1e-3 if unit == "s" and value < 1 else 1.0


def _continued(reading: Reading, model: Quantity, *, thousands: bool) -> Reading:
    """Scale "a hundred and twenty" after "six hundred gigs" to gigabytes."""
    scale = 1.0 if thousands and model.unit.startswith("B") else _unit_scale(model.value, model.unit)
    return msgspec.structs.replace(reading, value=reading.value * scale, unit=model.unit)


def _settle(
    reading: Reading,
    utterance: Utterance,
    found: Sequence[Quantity],
    ends: Sequence[int],
    earlier: Sequence[Quantity],
    previous_text: str,
) -> Quantity:
    text = utterance.text
    before, after = text[: reading.start], text[reading.end :]
    said = text[reading.start : reading.end]
    near_before = f"{previous_text[-30:]} {before}" if len(before) < 20 else before
    quantity = Quantity(
        utterance=utterance.id,
        text=said,
        value=reading.value,
        unit=reading.unit,
        role=Role.GIVEN,
        metric=guess_metric(reading.unit, reading.value, said, near_before, after),
        peak=reading.unit.startswith("1/") and is_peak(near_before, after),
    )
    if utterance.speaker is Speaker.INTERVIEWER:
        return quantity
    lead = text[ends[-1] if ends else 0 : reading.start]
    return _with_origin(quantity, lead, after, text, found, earlier)


def _with_origin(
    quantity: Quantity,
    lead: str,
    after: str,
    text: str,
    found: Sequence[Quantity],
    earlier: Sequence[Quantity],
) -> Quantity:
    """Settle the role: said before, given, recalled, computed or assumed; and check what is computed."""
    replace = msgspec.structs.replace
    source = _earlier_mention(quantity, [*earlier, *found])
    if source is not None:
        drawn = _COMPUTED if source.unit != quantity.unit else _STRONG
        converted = source.unit != quantity.unit or source in found
        return _conversion(quantity, source) if converted and drawn.search(lead) else _repeat(quantity, source)
    asked = _GIVEN.search(lead[-60:]) or re.search(r"\byou (said|asked|gave|told|want)", after[:35].lower())
    if asked and _last_cue(lead) != "assumed" and not _STRONG.search(lead[-20:]):
        return quantity
    if _is_recalled(quantity, lead, after, found) or _is_constant(quantity, text):
        return replace(quantity, role=Role.RECALLED)
    near = [*(q for q in earlier if q.utterance >= quantity.utterance - 1), *found]
    checked = check(quantity.value, quantity.unit, near, _operands(earlier))
    if not _looks_computed(quantity, lead, checked, near, found):
        return replace(quantity, role=Role.ASSUMED)
    if checked is None:
        return replace(quantity, role=Role.COMPUTED)
    return replace(
        quantity,
        role=Role.COMPUTED,
        correct=checked.correct,
        expected=checked.expected,
        working=checked.working,
    )


def _operands(earlier: Sequence[Quantity]) -> list[Quantity]:
    return [q for q in earlier[-_RECENT:] if not q.superseded]


def _earlier_mention(quantity: Quantity, pool: Sequence[Quantity]) -> Quantity | None:
    small = quantity.unit in ("count", "ratio") and quantity.value < 10
    reach = pool[-8:] if small else pool
    return next((q for q in reversed(reach) if not q.superseded and _same(quantity.value, quantity.unit, q)), None)


def _conversion(quantity: Quantity, source: Quantity) -> Quantity:
    """The same amount in another unit is a computed figure, and right."""
    return msgspec.structs.replace(
        quantity,
        role=Role.COMPUTED,
        correct=True,
        expected=quantity.value,
        working=f"{source.text} = {quantity.value:g} {quantity.unit}",
    )


def _repeat(quantity: Quantity, source: Quantity) -> Quantity:
    return msgspec.structs.replace(
        quantity,
        role=source.role,
        metric=source.metric if quantity.metric == "other" else quantity.metric,
        correct=source.correct,
        expected=source.expected,
        working=source.working,
        peak=quantity.peak or source.peak,
    )


def _is_constant(quantity: Quantity, text: str) -> bool:
    close_to_day = quantity.unit == "s" and agrees(quantity.value, DAY_SECONDS, 1.2)
    close_to_month = quantity.unit == "s" and agrees(quantity.value, 2.6e6, 1.1)
    return (close_to_day or close_to_month) and _CONSTANT.search(text) is not None


def _last_cue(lead: str) -> str:
    """Name the kind of the cue nearest to the number: "computed", "assumed" or nothing."""
    window = lead[-60:]
    computed = max((m.end() for m in _COMPUTED.finditer(window)), default=-1)
    assumed = max((m.end() for m in _ASSUMED.finditer(window)), default=-1)
    if computed == assumed == -1:
        return ""
    return "computed" if computed > assumed else "assumed"


_DRAWN = re.compile(
    r"^\W*(so|then)?\W*(that's|that makes|that gives|i've got to|it comes to|this gives|that is)\b", re.IGNORECASE
)


def _is_recalled(quantity: Quantity, lead: str, after: str, found: Sequence[Quantity]) -> bool:
    """Known by heart: the clause says so, or it continues a list that does."""
    if _STRONG.search(lead[-40:]):
        return False
    if found and found[-1].role is Role.RECALLED and re.match(r"\W*and\b", lead):
        return True
    return _RECALLED.search(f"{lead[-70:]}{quantity.text}{after[:40]}") is not None


def _looks_computed(
    quantity: Quantity, lead: str, checked: Check | None, near: Sequence[Quantity], found: Sequence[Quantity]
) -> bool:
    """A result needs inputs and either a word that draws it ("so", "comes to") or arithmetic that leads to it."""
    cue = _last_cue(lead)
    if cue == "assumed":
        return False
    explained = checked is not None and checked.correct
    strong = _STRONG.search(lead[-60:]) is not None
    if quantity.unit == "s" or (quantity.unit == "B" and quantity.value < 1e6 and not found):
        return bool(near) and explained and strong
    if strong:
        return bool(found) or explained or _DRAWN.search(lead) is not None
    if cue == "computed":
        return explained or (bool(found) and quantity.unit != "ratio")
    return explained and len(near) >= 2 and quantity.unit not in ("count", "ratio")
