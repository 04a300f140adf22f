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
from phantomcode.daemon.core.understanding.numbers import find_numbers
from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.daemon.core.understanding.origins import RESULT_CUES, Place, comes_out, same_amount, with_origin
from phantomcode.daemon.core.understanding.readings import Reading, readings
from phantomcode.daemon.core.understanding.terms import BARE_SPANS, agrees, base
from phantomcode.daemon.core.understanding.tokens import listed, tokenise
from phantomcode.daemon.core.understanding.units import DAY_SECONDS

_CORRECTION = re.compile(
    r"\b(no[,.]? (wait|hang on|hold on|sorry|actually)|sorry[,.]? no|wait[,.]? no|hang on|hold on|"
    r"scrub (that|what)|"
    r"i('ve| have)? (slipped|dropped|lost) |wrong (zero|number|unit|figure|factor)|off by a|too (low|high) by|"
    r"my mistake|i mean|i meant|correction|that's (not right|wrong)|sorry|"
    r"not \w+[,.] )",
    re.IGNORECASE,
)

_CORRECTED_AT_ONCE = re.compile(r"(?=.{,25}$).*\b(no|sorry|wait|i mean)\b.*", re.IGNORECASE)
_COMPARED = re.compile(
    r"[^.?!;]{,25}\b(against|versus|vs|instead of|rather than|out of|compared (to|with))\b[^.?!;]{,12}", re.IGNORECASE
)
"""What stands between two figures of one kind."""
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
    back with `superseded` set; for corrections of earlier utterances fold the result with `supersede`. What is said
    only to multiply or divide by serves the arithmetic and does not come back.
    """
    scene = _Scene(utterance, tuple(earlier), previous_text)
    read = readings(utterance.text)
    for i, reading in enumerate(read):
        following = read[i + 1] if i + 1 < len(read) else None
        settled = _unit_of_next(reading, following, scene) or _with_unit(reading, scene)
        if settled is not None:
            scene = scene.with_next(settled, following.start if following else len(utterance.text))
    return tuple(part.quantity for part in scene.parts if not part.operand)


class _Part(msgspec.Struct, frozen=True):
    """A figure of the utterance with its place in the text."""

    quantity: Quantity
    start: int
    end: int
    operand: bool


class _Scene(msgspec.Struct, frozen=True):
    """One utterance as far as it has been read, and what was said before it."""

    utterance: Utterance
    earlier: tuple[Quantity, ...]
    previous_text: str
    parts: tuple[_Part, ...] = ()

    @property
    def found(self) -> tuple[Quantity, ...]:
        """The figures so far that are figures of the estimate."""
        return tuple(part.quantity for part in self.parts if not part.operand)

    @property
    def read_to(self) -> int:
        """Where the last figure of the estimate ends."""
        return max((part.end for part in self.parts if not part.operand), default=0)

    def place(self, start: int, end: int) -> Place:
        """Where in the utterance the text start..end stands."""
        text = self.utterance.text
        starts = [*(part.start for part in self.parts), start]
        joints = tuple(text[part.end : after] for part, after in zip(self.parts, starts[1:], strict=True))
        return Place(
            lead=text[self.read_to : start],
            after=text[end:],
            joints=joints,
            heard=text,
            said=tuple(part.quantity for part in self.parts),
            opening=text[: starts[0]],
            before=text[:start],
            previous=self.previous_text,
        )

    def with_next(self, reading: Reading, until: int) -> _Scene:
        """Return the scene with one more figure, the one it corrects marked; the next number stands at `until`."""
        quantity = _settle(reading, self, until)
        between = self.utterance.text[self.read_to : reading.start]
        parts = self.parts if reading.operand else _corrected(self.parts, quantity, between)
        return msgspec.structs.replace(
            self, parts=(*parts, _Part(quantity, reading.start, reading.end, reading.operand))
        )


def supersede(earlier: Sequence[Quantity], new: Sequence[Quantity], text: str) -> tuple[Quantity, ...]:
    """Return `earlier` followed by `new`, the last comparable figure marked superseded if `text` takes it back.

    `text` is that of the utterance `new` was read from. A correction needs a cue ("no wait", "I've dropped a zero"),
    and replaces a candidate's figure of the same kind of unit among the last few.
    """
    kept = list(earlier)
    own = [q for q in new if not q.superseded]
    if own and _CORRECTION.search(text[:60]):
        said_again = [q for q in kept if any(same_amount(n.value, n.unit, q) for n in own)]
        for i in range(len(kept) - 1, max(-1, len(kept) - _CORRECTED_REACH), -1):
            if kept[i] not in said_again and kept[i].role is not Role.GIVEN and any(_replaces(n, kept[i]) for n in own):
                kept[i] = msgspec.structs.replace(kept[i], superseded=True)
                break
    return (*kept, *new)


_CORRECTED_REACH = 5
"""How many figures back a correction may reach."""


def _replaces(new: Quantity, old: Quantity) -> bool:
    return normalised(new)[0] == normalised(old)[0] and not same_amount(new.value, new.unit, old) and not old.superseded


def _corrected(parts: tuple[_Part, ...], quantity: Quantity, between: str) -> tuple[_Part, ...]:
    """Mark the last figure superseded where the text between says so."""
    last = max((i for i, part in enumerate(parts) if not part.operand), default=None)
    if last is None or len(between) >= 60 or not _CORRECTION.search(between):
        return parts
    taken_back = parts[last].quantity
    if not _replaces(quantity, taken_back):
        return parts
    marked = msgspec.structs.replace(parts[last], quantity=msgspec.structs.replace(taken_back, superseded=True))
    return (*parts[:last], marked, *parts[last + 1 :])


def _unit_of_next(reading: Reading, following: Reading | None, scene: _Scene) -> Reading | None:
    """Give "forty, no, four hundred a second" and "twenty here plus ten seconds there" the unit that comes after."""
    if not reading.bare or following is None:
        return None
    between = scene.utterance.text[reading.end : following.start]
    if following.bare:
        compared = _COMPARED.fullmatch(between) and reading.value >= 10
        other = _repeated(following, scene) if compared else None
        return msgspec.structs.replace(reading, unit=other.unit) if other and other.value == following.value else None
    if not _CORRECTED_AT_ONCE.fullmatch(between) and not _ADDED.fullmatch(between):
        return None
    scale = _unit_scale(following.value, following.unit)
    return msgspec.structs.replace(reading, value=reading.value * scale, unit=following.unit, operand=False)


def _with_unit(reading: Reading, scene: _Scene) -> Reading | None:
    """Give a bare number the unit of what it restates, results from or continues; None where it is no estimate."""
    if not reading.bare:
        return _recount(reading, scene.found, scene.earlier)
    return _repeated(reading, scene) or _derived(reading, scene) or _large(reading, scene)


def _repeated(reading: Reading, scene: _Scene) -> Reading | None:
    """Read a number as the figure it says again, or as the seconds of a day."""
    text = scene.utterance.text
    lead = text[: reading.start].lower()[-25:]
    if reading.value in BARE_SPANS and _DIVIDING.search(lead):
        return msgspec.structs.replace(reading, unit="s", operand=False)
    said_k = text[: reading.end].lower().endswith("k")
    restated = _restated_bare(reading.value, lead, said_k, [*scene.earlier, *scene.found])
    if restated is not None:
        return msgspec.structs.replace(reading, value=restated.value, unit=restated.unit, operand=False)
    return None


def _derived(reading: Reading, scene: _Scene) -> Reading | None:
    """Read a number as an operand, as what the figures before it come to, or as one more of their kind."""
    text = scene.utterance.text
    if reading.operand:
        return _named_operand(reading, scene) or msgspec.structs.replace(reading, unit="ratio")
    model = next((q for q in reversed(scene.found) if q.unit != "ratio"), None)
    worked = (
        None if model is not None and _is_shared_out(reading, text, scene.read_to) else _unit_by_sum(reading, scene)
    )
    if worked is not None:
        return worked
    denied = _DENIED.search(text[: reading.start]) is not None
    if model is None or denied or reading.value < 1 or not _continues(reading, text, scene.read_to):
        return None
    return _continued(reading, model, thousands=text[: reading.end].lower().endswith("k"))


def _is_shared_out(reading: Reading, text: str, previous_end: int) -> bool:
    """Whether a number tells again, by the head, what was told in all ("200,000 a second, 50,000 each")."""
    listed = text[previous_end : reading.start].rstrip().endswith(",")
    return reading.value >= _LEAST_SHARE and listed and re.match(r"\s*each\b", text[reading.end :]) is not None


def _named_operand(reading: Reading, scene: _Scene) -> Reading | None:
    """Read the "five hundred" of "times five hundred" as the 500 bytes, or the 500 gigabytes, spoken of before."""
    recent = [q for q in scene.earlier if q.utterance >= scene.utterance.id - _OPERAND_REACH]
    for quantity in (*reversed(scene.found), *reversed(recent)):
        for scale in (1.0, _spoken_scale(quantity)):
            if quantity.unit != "ratio" and agrees(quantity.value, reading.value * scale, 1.001):
                return msgspec.structs.replace(reading, value=quantity.value, unit=quantity.unit)
    return None


def _large(reading: Reading, scene: _Scene) -> Reading | None:
    """Read a number too large to be anything else as a count, or as the rate that was spoken of."""
    if reading.value == DAY_SECONDS:
        return msgspec.structs.replace(reading, unit="s")
    if reading.value >= 10_000:
        rate = next((q.unit for q in reversed(scene.found) if q.unit not in ("ratio", "s")), "count")
        return msgspec.structs.replace(reading, unit=rate if rate.startswith("1/") else "count")
    if reading.value >= 10 and re.match(r" at (once|a time)\b", scene.utterance.text[reading.end :]):
        return msgspec.structs.replace(reading, unit="count")
    return None


def _unit_by_sum(reading: Reading, scene: _Scene) -> Reading | None:
    """Give a bare result the unit in which the figures said before it come to just this number."""
    text = scene.utterance.text
    opens = reading.value >= _LEAST_OPENING and re.search(r"[.?!]\s*$", text[: reading.start]) is not None
    introduced = opens or reading.value >= 1000 or _continues(reading, text, scene.read_to)
    if _DENIED.search(text[: reading.start]) or not scene.parts or reading.value < 2:
        return None
    place = scene.place(reading.start, reading.end)
    recent = [q for q in scene.earlier if q.utterance >= scene.utterance.id - 2]
    models = [q for q in (*reversed(scene.found), *reversed(recent)) if q.unit != "ratio"]
    told = dict.fromkeys((q.unit, _spoken_scale(q) if reading.value < 1000 else 1.0) for q in models)
    for unit, scale in sorted(told, key=lambda kind: "/" not in kind[0]):  # "650 each" may be a rate, "a second" unsaid
        worked = comes_out(reading.value * scale, unit, scene.utterance.id, place, scene.earlier)
        if worked is not None and (introduced or worked.aloud):
            return msgspec.structs.replace(reading, value=reading.value * scale, unit=unit)
    return None


def _spoken_scale(quantity: Quantity) -> float:
    """Return what one of the numbers said for a figure is worth: 1e9 for "600 gigs", 1e-3 for "200 milliseconds"."""
    said = next((n.value for n in find_numbers(tokenise(quantity.text))), None)
    return quantity.value / said if said else _unit_scale(quantity.value, quantity.unit)


_DIVIDING = re.compile(r"(\b(over|divided by|divide by|by)|/)\W*((about|roughly|around|the)\W*)?$")

_FLOWING = listed(
    "requests operations checks events queries updates samples points clicks posts payments orders messages misses "
    "hits people connections uploads calls them"
)


_LEAST_OPENING = 10.0
"""From here on a number that opens a sentence may be the result of the one before; smaller ones count things."""

_LEAST_SHARE = 1000.0
"""Smaller shares are mostly of another size than the whole ("two terabytes, 40 gigs each")."""

_OPERAND_REACH = 3
"""How many utterances back an operand may have been named with its unit."""

_DENIED = re.compile(r"\bnot\W*$", re.IGNORECASE)
"""What makes a number one that is not meant ("three terabytes, not three hundred")."""

_RECENT = 32
"""How far back a count may be a rate said again."""


def _recount(reading: Reading, found: Sequence[Quantity], earlier: Sequence[Quantity]) -> Reading:
    """Read "800 thousand reads" as the rate it restates, and "of them" as of the rate spoken of in the same breath."""
    if reading.unit != "count" or reading.value < 100 or reading.noun not in _FLOWING:
        return reading
    spoken_of = next((q for q in reversed(found) if q.unit != "ratio"), None)
    flows = spoken_of is not None and spoken_of.unit == "1/s" and _FLOWING & set(spoken_of.text.lower().split())
    if reading.noun == "them" and flows:
        return msgspec.structs.replace(reading, unit="1/s")
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
    if (
        reading.value >= 100
        and re.search(r"\band( about| around| roughly)?\W*$", lead)
        and re.match(r" (at|on) ", tail)
    ):
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


def _settle(reading: Reading, scene: _Scene, until: int) -> Quantity:
    """Make a quantity of a reading."""
    utterance, text = scene.utterance, scene.utterance.text
    before, after = text[: reading.start], text[reading.end : until]
    said = text[reading.start : reading.end]
    near_before = f"{scene.previous_text[-30:]} {before}" if len(before) < 20 else before
    quantity = Quantity(
        utterance=utterance.id,
        text=said,
        value=reading.value,
        unit=reading.unit,
        role=Role.GIVEN,
        metric=guess_metric(reading.unit, reading.value, said, near_before, after),
        peak=reading.unit.startswith("1/") and is_peak(near_before, after),
    )
    if utterance.speaker is Speaker.INTERVIEWER or reading.operand:
        return quantity
    return with_origin(quantity, scene.place(reading.start, reading.end), scene.found, scene.earlier)
