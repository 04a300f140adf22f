"""The quantities of one utterance: number, unit, where it comes from, what it measures, and whether it adds up.

`readings.py` finds the numbers and their units in the text alone. Here the ones without a unit get that of a figure
they restate or continue, and `origins.py` settles role and arithmetic against what was said before. Everything is
pure: the caller keeps the list and folds it with `supersede`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.measures import guess_metric, is_peak
from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.daemon.core.understanding.origins import RESULT_CUES, Place, same_amount, with_origin
from phantomcode.daemon.core.understanding.readings import Reading, readings
from phantomcode.daemon.core.understanding.terms import BARE_SPANS, agrees, base
from phantomcode.daemon.core.understanding.tokens import words
from phantomcode.daemon.core.understanding.units import DAY_SECONDS

_CORRECTION = re.compile(
    r"\b(no[,.]? (wait|hang on|hold on|sorry|actually)|sorry[,.]? no|wait[,.]? no|hang on|hold on|"
    r"scrub (that|what)|"
    r"i('ve| have) (slipped|dropped|lost)|my mistake|i mean|correction|that's (not right|wrong)|sorry|"
    r"not \w+[,.] )",
    re.IGNORECASE,
)

_CORRECTED_AT_ONCE = re.compile(r"(?=.{,25}$).*\b(no|sorry|wait|i mean)\b.*", re.IGNORECASE)
_ADDED = re.compile(r"(?=[^.?!;]{,40}$).*\bplus\b( the| a| another| about)*\s*", re.IGNORECASE)


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
    starts: list[int] = []
    ends: list[int] = []
    read = readings(utterance.text)
    for i, reading in enumerate(read):
        following = read[i + 1] if i + 1 < len(read) else None
        settled = _unit_of_next(reading, following, utterance.text) or _with_unit(
            reading, utterance.text, found, ends, earlier
        )
        if settled is None:
            continue
        starts.append(reading.start)
        joints = tuple(utterance.text[a:b] for a, b in zip(ends, starts[1:], strict=True))
        quantity = _settle(settled, utterance, found, joints, earlier, previous_text)
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
    return normalised(new)[0] == normalised(old)[0] and not same_amount(new.value, new.unit, old) and not old.superseded


def _mark_corrected(found: list[Quantity], quantity: Quantity, between: str) -> None:
    if found and len(between) < 60 and _CORRECTION.search(between) and _replaces(quantity, found[-1]):
        found[-1] = msgspec.structs.replace(found[-1], superseded=True)


def _unit_of_next(reading: Reading, following: Reading | None, text: str) -> Reading | None:
    """Give "forty, no, four hundred a second" and "twenty here plus ten seconds there" the unit that comes after."""
    if not reading.bare or following is None or following.bare:
        return None
    between = text[reading.end : following.start]
    if not _CORRECTED_AT_ONCE.fullmatch(between) and not _ADDED.fullmatch(between):
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
    if reading.value in BARE_SPANS and _DIVIDING.search(lead):
        return msgspec.structs.replace(reading, unit="s")
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


_DIVIDING = re.compile(r"(\b(over|divided by|divide by|by)|/)\W*((about|roughly|around|the)\W*)?$")

_FLOWING = words(
    "requests operations checks events queries updates samples points clicks posts payments orders messages misses "
    "hits people connections uploads calls them"
)


_RECENT = 32
"""How far back a count may be a rate said again."""


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
        if (
            value >= 20
            and (quantity.unit != "s" or value >= 1000)
            and (not sized or thousands)
            and agrees(quantity.value, value, 1.001)
        ):
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
        or RESULT_CUES.search(lead[-28:])
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
    joints: tuple[str, ...],
    earlier: Sequence[Quantity],
    previous_text: str,
) -> Quantity:
    """Make a quantity of a reading; `joints` are the texts between the figures read so far and this one."""
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
    place = Place(joints[-1] if joints else before, after, joints, text)
    return with_origin(quantity, place, found, earlier)
