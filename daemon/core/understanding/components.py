"""The component ledger: which boxes the candidate has drawn in words, and which arrows.

Boxes are the lexicon's, and any "<word> service/worker/queue …" for designs it does not know. Two boxes in one
sentence with a flow verb between them are connected; a flow verb towards one box connects it with the box
mentioned just before. A box that is denied ("no cache"), only possible or somebody else's is not drawn.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from phantomcode.daemon.core.transcript import Utterance
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.moods import clauses_of, placeholders
from phantomcode.daemon.core.understanding.names import Mention, find_components
from phantomcode.daemon.core.understanding.observations import ComponentUse
from phantomcode.daemon.core.understanding.stances import denied
from phantomcode.daemon.core.understanding.text import STOPWORDS, is_question, sentences, words

if TYPE_CHECKING:  # notebook.note calls this module
    from phantomcode.daemon.core.understanding.notebook import Notebook

_HEADS_TEXT = """
client clients api app browser outbox processor adapter stream library edge service services server servers
worker workers gateway gateways cache queue database store table cluster index broker balancer proxy bucket
counter aggregator consumer consumers producer scheduler router coordinator ledger collector agent agents loader
limiter dispatcher resolver registry sidecar
"""
_HEADS = frozenset(_HEADS_TEXT.split())
_NOT_A_KIND_TEXT = """
first second third last next new old big small same different single separate dedicated whole simple plain own
more two three four five ten each another per app every regular typical
"""
_NOT_A_KIND = frozenset(_NOT_A_KIND_TEXT.split())
_STEM_FLOW = re.compile(
    r"^(?:call|write|wrote|read|send|sent|talk|ask|hit|go|goes|went|flow|push|pull|publish|consume|drop|forward|"
    r"route|fetch|return|store|save|insert|append|land|look|check|load|stream|emit|feed|query|quer|pass|fall|reach|"
    r"pick|put|copi|copy|replicat|subscrib|ship|answer|queri|get|grab|post|drain|empt|hand|deliver|enqueu|dequeu|dispatch|"
    r"notif|poll|connect|fan|serv|end|fill|refill|trigger|flush|upload|download|proxi|relay|mirror|tail|ingest|produc|"
    r"buffer|report|arriv|front|back)(?:s|es|ing|ed|ies|y|e)?$"
)
_STRONG_WORDS = frozenset({"->", "through", "into", "from", "onto"})
_POINTS_BACK = frozenset({"it", "that", "them", "this", "those"})


class _Seen(msgspec.Struct, frozen=True):
    id: str
    said: str
    start: int
    end: int


def note_components(notebook: Notebook, utterance: Utterance, lexicon: Lexicon) -> tuple[ComponentUse, ...]:
    """The ledger after one candidate utterance."""
    ledger = {use.id: use for use in notebook.components}
    previous = notebook.last_component
    for sentence in sentences(utterance.text):
        seen = _drawn(sentence, components_in(sentence, lexicon))
        for item in seen:
            ledger[item.id] = _mentioned(ledger.get(item.id), item, utterance.id)
        if is_question(sentence):
            continue
        for left, right in _arrows(words(sentence), seen, previous):
            _connect(ledger, left, right)
        previous = seen[-1].id if seen else previous
    return tuple(ledger.values())


def _drawn(sentence: str, seen: tuple[_Seen, ...]) -> tuple[_Seen, ...]:
    """The boxes that the sentence has in the design, of those it names."""
    if not seen:
        return seen
    boxes = [Mention(index, item.said, item.start, item.end) for index, item in enumerate(seen)]
    drawn = {
        index
        for clause in clauses_of(sentence, boxes)
        for index in placeholders(clause.text)
        if clause.real and not denied(clause.text.partition(f"<{index}>")[0])
    }
    return tuple(item for index, item in enumerate(seen) if index in drawn)


def last_component(utterance: Utterance, lexicon: Lexicon, otherwise: str) -> str:
    """The box named last in the utterance, or `otherwise`: what "it" may mean in the next one."""
    seen = components_in(utterance.text, lexicon)
    return seen[-1].id if seen else otherwise


def components_in(text: str, lexicon: Lexicon) -> tuple[_Seen, ...]:
    """Boxes named in a text, in spoken order, without overlaps."""
    spoken = words(text)
    known = [_Seen(c.id, m.said, m.start, m.end) for c, m in find_components(text, lexicon.components)]
    taken = {at for item in known for at in range(item.start, item.end)}
    unknown = [item for item in _generic(spoken) if not taken & set(range(item.start, item.end))]
    return tuple(sorted((*known, *unknown), key=lambda item: item.start))


def _generic(spoken: tuple[str, ...]) -> list[_Seen]:
    found = []
    for at, word in enumerate(spoken):
        if word not in _HEADS:
            continue
        kind = spoken[at - 1] if at else ""
        named = bool(kind) and kind not in STOPWORDS and kind not in _NOT_A_KIND and not kind[0].isdigit()
        start = at - 1 if named else at
        said = " ".join(spoken[start : at + 1])
        found.append(_Seen(said.rstrip("s").replace(" ", "-"), said, start, at + 1))
    return found


def _mentioned(use: ComponentUse | None, item: _Seen, utterance: int) -> ComponentUse:
    if use is None:
        return ComponentUse(id=item.id, said=item.said, introduced=utterance, utterances=(utterance,))
    if use.utterances and use.utterances[-1] == utterance:
        return use
    return msgspec.structs.replace(use, utterances=(*use.utterances, utterance))


def _arrows(spoken: tuple[str, ...], seen: tuple[_Seen, ...], previous: str) -> list[tuple[str, str]]:
    arrows = [
        arrow
        for left, right in pairwise(seen)
        if left.id != right.id and (arrow := _arrow(left.id, right.id, spoken[left.end : right.start]))
    ]
    if seen and previous and seen[0].id != previous:
        arrow = _arrow(previous, seen[0].id, spoken[: seen[0].start])
        arrows += [arrow] if arrow else []
    return arrows


def _arrow(left: str, right: str, between: tuple[str, ...]) -> tuple[str, str] | None:
    """Which way it flows between two boxes, None where nothing does. What stands behind a box is reached by it."""
    if "behind" in between:
        at = between.index("behind")
        points_back = at + 1 < len(between) and between[at + 1] in _POINTS_BACK
        return (left, right) if points_back else (right, left)
    in_front = "front" in between and between[-1:] != ("and",)
    flows = in_front or any(_STEM_FLOW.match(word) or word in _STRONG_WORDS for word in between)
    return (left, right) if flows else None


def _connect(ledger: dict[str, ComponentUse], left: str, right: str) -> None:
    use = ledger.get(left)
    if use is not None and right not in use.connected_to:
        ledger[left] = msgspec.structs.replace(use, connected_to=(*use.connected_to, right))


def orphans(components: tuple[ComponentUse, ...]) -> tuple[str, ...]:
    """Boxes mentioned that no arrow leaves or reaches."""
    reached = {target for use in components for target in use.connected_to}
    return tuple(use.id for use in components if not use.connected_to and use.id not in reached)
