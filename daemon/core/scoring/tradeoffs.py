"""Tradeoffs named up front: how many, how complete, and who raised them.

U and P are the summed qualities of unprompted and prompted tradeoffs, one count per decision.
4: U >= 4, U/(U+P) >= .6 and one with a number. 3: U >= 2.5, ratio >= .5. 2: U >= 1. 1: some. 0: none.
The halves between lie where one of the two conditions of the next step holds.
"""

from __future__ import annotations

import re
from collections.abc import Set

from phantomcode.daemon.core.scoring.grid import quote
from phantomcode.daemon.core.scoring.profile import Quote, Score
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Decision, Timing, Tradeoff
from phantomcode.daemon.core.understanding.text import normalise
from phantomcode.daemon.core.understanding.topics import topics_in
from phantomcode.daemon.core.understanding.tradeoffs import weighs
from phantomcode.problems.model import Topic

_LINES = (
    (4.0, "At least four decisions were priced, most before anyone asked, one with a number."),
    (3.0, "Several decisions came with an alternative and its cost, at least half of them unasked."),
    (2.0, "One or two tradeoffs were named unasked; most decisions came without a price."),
    (0.5, "Tradeoffs were named only when the interviewer asked, or hardly at all."),
    (0.0, "No decision was stated together with what it costs."),
)
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|fifty|hundred|thousand|million)\b"
)
_BETTER = "We take X rather than Y because of the requirement; it costs Z, and at this load we can pay that."
_DESIGNING_FROM = 0.15
"""Share of the planned time before which a technology named is a requirement and no choice yet."""
_LITTLE_TO_PRICE: frozenset[Topic] = frozenset({"other", "api", "security"})
_AROUND_UTTERANCES = 2
"""A price is often told in the breath before or after the choice."""
_DRILL = "Take three boxes of your design; for each say choice, alternative, cost and the number that decides, in 20 s."


def score(notebook: Notebook, transcript: Transcript) -> Score:
    """Score the tradeoffs noted; never "not graded", since naming none is what 0 means."""
    unprompted = _sum(notebook.tradeoffs, Timing.UNPROMPTED)
    prompted = _sum(notebook.tradeoffs, Timing.PROMPTED)
    texts = {u.id: u.text for u in transcript.utterances}
    numeric = any(_NUMBER.search(texts[t.utterance].lower()) for t in notebook.tradeoffs)
    value = _value(unprompted, prompted, numeric=numeric)
    return Score(
        dimension="tradeoffs",
        value=value,
        line=next(line for least, line in _LINES if value >= least),
        working=f"unprompted {unprompted:.1f}, prompted {prompted:.1f}, with a number: {'yes' if numeric else 'no'}",
        quotes=tuple(
            quote(transcript, t.utterance, "you raised it" if t.timing is Timing.UNPROMPTED else "they had to ask")
            for t in notebook.tradeoffs
        ),
        better=_BETTER,
        drill=_DRILL,
        title="Price each decision before they ask" if prompted or not unprompted else "Price more of your decisions",
        fault=_fault(notebook, transcript),
    )


def _fault(notebook: Notebook, transcript: Transcript) -> Quote | None:
    """Quote a decision that came without its price, else the thinnest tradeoff that they had to ask for."""
    since = _DESIGNING_FROM * 60 * transcript.planned_minutes
    designing = {u.id for u in transcript.utterances if u.started_seconds >= since}
    late = (d for d in notebook.decisions if d.utterance in designing)
    bare = next((d for d in late if _is_bare(d, notebook, transcript)), None)
    if bare is not None:
        return quote(transcript, bare.utterance, "decided here without saying what it costs")
    asked = [t for t in notebook.tradeoffs if t.timing is Timing.PROMPTED]
    if not asked:
        return None
    return quote(transcript, min(asked, key=lambda t: t.quality).utterance, "priced only when they asked")


def _is_bare(decision: Decision, notebook: Notebook, transcript: Transcript) -> bool:
    """Whether a decision that has a price to name came without one, there and in everything else said about it."""
    priced = decision.topic in {t.topic for t in notebook.tradeoffs}
    if priced or decision.reason or decision.alternatives or decision.topic in _LITTLE_TO_PRICE:
        return False
    elsewhere = {d.utterance for d in notebook.decisions if d.topic != decision.topic} - {decision.utterance}
    said = (u for u in transcript.of(Speaker.CANDIDATE) if _is_about(u, decision, elsewhere))
    return not any(weighs(u.text) for u in said)


def _is_about(utterance: Utterance, decision: Decision, elsewhere: Set[int]) -> bool:
    """Whether an utterance names what was chosen or its topic, or stands by it and decides nothing else."""
    near = abs(utterance.id - decision.utterance) <= _AROUND_UTTERANCES and utterance.id not in elsewhere
    named = bool(decision.said) and normalise(decision.said) in normalise(utterance.text)
    return near or named or decision.topic in topics_in(utterance.text)


def _sum(tradeoffs: tuple[Tradeoff, ...], timing: Timing) -> float:
    return sum(t.quality for t in tradeoffs if t.timing is timing)


def _value(unprompted: float, prompted: float, *, numeric: bool) -> float:
    total = unprompted + prompted
    if total == 0:
        return 0.0
    ratio = unprompted / total
    if unprompted >= 4 and ratio >= 0.6:
        return 4.0 if numeric else 3.5
    if unprompted >= 2.5:
        return 3.0 + 0.5 * (unprompted >= 3.5 and ratio >= 0.6) if ratio >= 0.5 else 2.5
    if unprompted >= 1:
        return 2.0 + 0.5 * (unprompted >= 2)
    return 1.0 if total >= 1 else 0.5
