"""Framework discipline: were all five phases done, in order, and by the candidate's own drive (rubric D1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec

from phantomcode.daemon.contract.vocabulary import PHASE_TITLES, PHASES, Phase
from phantomcode.daemon.core.scoring.grid import on_grid
from phantomcode.daemon.core.scoring.profile import Quote, Score
from phantomcode.daemon.core.scoring.time_allocation import (
    cut_short,
    ending_without,
    opening_quote,
    skipped,
    why_cut_short,
)
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import PhaseSpan, Quantity, Role
from phantomcode.daemon.core.understanding.text import is_question, sentences

_LEAST_UTTERANCES = 6
"""With fewer candidate utterances there is no course of a round to judge."""

_ASKS_UNMARKED = re.compile(
    r"\b(how (many|much|long|big|fast)|(do|does|should|can|are|is) (we|i|it|they|users|people|there))\b[^.!?]*$",
    re.IGNORECASE,
)
"""What asks in the middle of talk that a recogniser wrote down without question marks."""
_LEAST_FUNCTIONAL = 2
"""Functional requirements of a complete Clarify (D1)."""
_FLOWS = re.compile(
    r"\b(calls?|hits?|goes|sends?|writes?|reads?|publish\w*|lands?|asks?|returns?|redirects?|forwards?|"
    r"pushes|picks|"
    r"looks|talks to|checks?|drops?)\b",
    re.IGNORECASE,
)
_MECHANISM = re.compile(
    r"\b(lock\w*|lease|quorum|hash\w*|ring|index|transaction|atomic\w*|script|version\w*|token\w*|window|"
    r"bucket|log|"
    r"partition\w*|replica\w*|batch\w*|queue\w*|ttl|expir\w+|key|counter|commit\w*|evict\w*|shard\w*|"
    r"because|by )\b",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"\b(dies|died|dead|crash\w*|fail\w*|goes down|down|lost|lose|stale|race|twice|duplicate\w*|retry|"
    r"retries|times? out|"
    r"timeout|collision|conflict\w*|stuck|lag|wrong|breaks?|overload\w*|split|late|hot)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\b(bottleneck\w*|trade-?offs?|price|costs?|pay|instead of|rather than|downside|improve\w*|revisit|"
    r"breaks? first|"
    r"differently|next|alternative|weak\w*|monitor\w*|worth)\b",
    re.IGNORECASE,
)
_RECHECKS = re.compile(
    r"\b(requirements?|against the list|on the list|checking|we (said|agreed|promised)|our (two|ten|target)|"
    r"inside (our|the)|"
    r"each of (those|them)|covers?|met)\b",
    re.IGNORECASE,
)


class _Round(msgspec.Struct, frozen=True):
    """What the completeness rules look at."""

    spans: tuple[PhaseSpan, ...]
    notebook: Notebook
    transcript: Transcript

    def said_in(self, phase: Phase) -> tuple[Utterance, ...]:
        """Candidate utterances that begin inside the phase."""
        return tuple(
            u
            for u in self.transcript.of(Speaker.CANDIDATE)
            if any(s.phase is phase and s.t0 <= u.started_seconds < s.t1 for s in self.spans)
        )

    def quantities_of(self, utterances: Sequence[Utterance]) -> tuple[Quantity, ...]:
        """Figures of those utterances that stand."""
        ids = {u.id for u in utterances}
        return tuple(q for q in self.notebook.quantities if q.utterance in ids and not q.superseded)


def score(spans: Sequence[PhaseSpan], notebook: Notebook, transcript: Transcript) -> tuple[Score, dict[Phase, float]]:
    """Score `4 (0.65 mean completeness + 0.20 order + 0.15 signposted)`, less 1 for a skipped phase, then the caps.

    Caps (D1, GUIDE anchors): 2 with a phase skipped or without a deep dive, 3 where two or more phases began only on
    request, 3.5 where the requirements were not gone over again at the end. Order is 1 - inversions/10 over first
    onsets. A round that was cut short is not graded. Returns the completeness of every phase (1, 0.5, 0) beside
    the score.
    """
    played = _Round(tuple(spans), notebook, transcript)
    completeness = {phase: _COMPLETE[phase](played) for phase in PHASES}
    if not spans or len(transcript.of(Speaker.CANDIDATE)) < _LEAST_UTTERANCES:
        return Score("framework", None, "Not graded: too little was said to see a course."), completeness
    if cut_short(transcript):
        return Score("framework", None, why_cut_short(spans, transcript)), completeness
    missing = skipped(spans, transcript)
    mean = sum(completeness.values()) / len(PHASES)
    order, signs = 1 - _inversions(spans) / 10, _signposted(played)
    raw = 4 * (0.65 * mean + 0.20 * order + 0.15 * signs) - (1.0 if missing else 0.0)
    cap, why = _cap(played, completeness, missing)
    value = max(0.0, min(raw, cap))
    working = f"4 * (0.65 * {mean:.2f} + 0.20 * {order:.2f} + 0.15 * {signs:.2f})"
    working += (" - 1" if missing else "") + f" = {raw:.2f}" + (f", capped at {cap:g}: {why}" if raw > cap else "")
    weakest = min(PHASES, key=lambda p: (p not in missing, completeness[p]))
    lacking = completeness[weakest] < 1 or weakest in missing
    title, better = (_TITLES[weakest], _BETTER[weakest]) if lacking else _last_step(why)
    return Score(
        dimension="framework",
        value=on_grid(value),
        line=_line(missing, completeness),
        working=working,
        quotes=_quotes(played),
        better=better,
        drill=f"Rehearse only {PHASE_TITLES[weakest].lower()} for three minutes, aloud, on another problem."
        if lacking
        else "",
        title=title,
        fault=_fault(played, weakest) if lacking else None,
    ), completeness


def _clarify(played: _Round) -> float:
    """Two functional requirements, two quantified non-functional ones, one thing scoped out.

    What users can do is put in too many ways to know each; two questions asked stand for two requirements.
    """
    said = played.said_in(Phase.CLARIFY)
    if not said:
        return 0.0
    asked = sum(_asks(sentence) for u in said for sentence in sentences(u.text))
    functional = max(len(played.notebook.functional), asked) >= _LEAST_FUNCTIONAL
    ids = {u.id for u in said}
    quantified = {(q.value, q.unit) for q in played.notebook.quantities if q.utterance in _neighbours(ids)}
    scoped = any(u in ids for u in played.notebook.scoped_out)
    return _graded(functional, len(quantified) >= 2, scoped)


def _asks(sentence: str) -> bool:
    return is_question(sentence) or _ASKS_UNMARKED.search(sentence) is not None


def _neighbours(ids: set[int]) -> set[int]:
    """The utterances and the interviewer's answers right around them."""
    return ids | {i + 1 for i in ids} | {i - 1 for i in ids}


def _estimate(played: _Round) -> float:
    """A rate, a volume and a peak, worked out while estimating."""
    said = played.said_in(Phase.ESTIMATE)
    figures = played.quantities_of(said)
    worked = [q for q in figures if q.role in (Role.COMPUTED, Role.ASSUMED)]
    if not worked:
        return 0.0
    rate = any(q.unit.startswith("1/") for q in figures)
    volume = any(q.unit.startswith("B") and q.metric != "object_size" for q in figures)
    peak = any(q.peak or q.metric == "peak_rate" for q in figures)
    return 1.0 if rate and volume and peak else 0.5 if rate or volume else 0.0


def _high_level(played: _Round) -> float:
    """Boxes named and requests traced through them."""
    said = played.said_in(Phase.HIGH_LEVEL)
    traced = sum(len(_FLOWS.findall(u.text)) >= 1 for u in said)
    boxes = len(played.notebook.components)
    if traced >= 4 and boxes != 1:
        return 1.0
    return 0.5 if traced or boxes else 0.0


def _deep_dive(played: _Round) -> float:
    """One component with its mechanism, a failure mode and a number."""
    said = played.said_in(Phase.DEEP_DIVE)
    text = " ".join(u.text for u in said)
    met = (bool(_MECHANISM.search(text)), bool(_FAILURE.search(text)), bool(played.quantities_of(said)))
    return _graded(*met) if len(said) >= 3 else 0.0


def _tradeoffs(played: _Round) -> float:
    """Two decisions with their alternative and cost in the closing phase; half for closing on anything of it."""
    said = played.said_in(Phase.TRADEOFFS)
    ids = {u.id for u in said}
    named = sum(t.utterance in ids and t.quality > 0.5 for t in played.notebook.tradeoffs)
    closing = any(_CLOSING.search(u.text) and len(u.text.split()) >= 8 for u in said)
    return 1.0 if named >= 2 else 0.5 if named or closing else 0.0


def _graded(*met: bool) -> float:
    return 1.0 if all(met) else 0.5 if any(met) else 0.0


_COMPLETE: dict[Phase, Callable[[_Round], float]] = {
    Phase.CLARIFY: _clarify,
    Phase.ESTIMATE: _estimate,
    Phase.HIGH_LEVEL: _high_level,
    Phase.DEEP_DIVE: _deep_dive,
    Phase.TRADEOFFS: _tradeoffs,
}

_BETTER: dict[Phase, str] = {
    Phase.CLARIFY: "State two things users can do, put numbers on two qualities, and name one thing you leave out.",
    Phase.ESTIMATE: "Work out a rate, a yearly volume and a peak set apart from the average before drawing.",
    Phase.HIGH_LEVEL: "Trace one write and one read, hop by hop, before going into any box.",
    Phase.DEEP_DIVE: "Pick one box: say how it works, how it fails, and the number at which it fails.",
    Phase.TRADEOFFS: "Close with two decisions, each with the alternative you passed over and what yours costs.",
}


_TITLES: dict[Phase, str] = {
    Phase.CLARIFY: "Agree the requirements, with numbers",
    Phase.ESTIMATE: "Do the sums before the picture",
    Phase.HIGH_LEVEL: "Trace each request through the boxes",
    Phase.DEEP_DIVE: "Take one box all the way down",
    Phase.TRADEOFFS: "Close with what your choices cost",
}


def _fault(played: _Round, weakest: Phase) -> Quote | None:
    """Quote where the weakest phase began, where the round went past it, or where it ended without it."""
    title = PHASE_TITLES[weakest]
    later = PHASES[PHASES.index(weakest) + 1 :]
    own = next((s for s in played.spans if s.phase is weakest), None)
    past = next((s for s in played.spans if s.phase in later), None)
    if own is not None:
        found, note = opening_quote(own, played.transcript), f"{title} begins; it stays incomplete"
    elif past is not None:
        found, note = opening_quote(past, played.transcript), f"{title} is passed over here"
    else:
        return ending_without(weakest, played.transcript)
    return msgspec.structs.replace(found, note=note) if found is not None else None


def _onsets(spans: Sequence[PhaseSpan]) -> list[PhaseSpan]:
    """The first span of each phase, in time order."""
    return [s for i, s in enumerate(spans) if s.phase not in {earlier.phase for earlier in spans[:i]}]


def _inversions(spans: Sequence[PhaseSpan]) -> int:
    order = [PHASES.index(s.phase) for s in _onsets(spans)]
    return sum(a > b for i, a in enumerate(order) for b in order[i + 1 :])


def _signposted(played: _Round) -> float:
    """Share of the transitions that the candidate announced."""
    openings = [_opening(span, played.transcript) for span in _onsets(played.spans)[1:]]
    return sum(_is_announced(first, played.notebook) for first in openings) / len(openings) if openings else 0.0


def _is_announced(first: Utterance | None, notebook: Notebook) -> bool:
    """Whether a phase is named or signposted by the utterance that opens it or by the candidate just before it."""
    named = {e.utterance for e in notebook.phase_evidence if e.handover.announced is not None}
    return first is not None and any(
        at in named or at in notebook.signposts for at in range(first.id - 2, first.id + 1)
    )


def _opening(span: PhaseSpan, transcript: Transcript) -> Utterance | None:
    return next((u for u in transcript.of(Speaker.CANDIDATE) if span.t0 <= u.started_seconds < span.t1), None)


def _on_request(played: _Round) -> int:
    """How many phases the candidate began because the interviewer asked for them, without a word of his own on it."""
    asked = {e.utterance: e.handover.requested for e in played.notebook.phase_evidence}
    openings = ((span.phase, _opening(span, played.transcript)) for span in _onsets(played.spans)[1:])
    return sum(
        first is not None and asked.get(first.id) is phase and not _is_announced(first, played.notebook)
        for phase, first in openings
    )


_ASKED_FOR = "phases began only when asked for"


def _last_step(why: str) -> tuple[str, str]:
    """Title and advice for a round with all five phases complete."""
    if why == _ASKED_FOR:
        return "Lead from phase to phase", "Say yourself when a phase is done and which one comes next."
    return "Come back to the requirements", "Before time is up, go down the requirements and say how each one is met."


def _cap(played: _Round, completeness: dict[Phase, float], missing: Sequence[Phase]) -> tuple[float, str]:
    if completeness[Phase.DEEP_DIVE] == 0:
        return 2.0, "no deep dive"
    if missing:
        return 2.0, f"{', '.join(PHASE_TITLES[p] for p in missing)} skipped"
    if _on_request(played) >= 2:
        return 3.0, _ASKED_FOR
    last = played.said_in(Phase.TRADEOFFS)
    if not any(_RECHECKS.search(u.text) for u in last):
        return 3.5, "requirements not gone over again at the end"
    return 4.0, ""


def _line(missing: Sequence[Phase], completeness: dict[Phase, float]) -> str:
    if missing:
        return f"Skipped: {', '.join(PHASE_TITLES[p] for p in missing)}."
    partial = [PHASE_TITLES[p] for p in PHASES if completeness[p] < 1]
    return f"All five phases; incomplete: {', '.join(partial)}." if partial else "All five phases, each complete."


def _quotes(played: _Round) -> tuple[Quote, ...]:
    return tuple(q for span in played.spans if (q := opening_quote(span, played.transcript)) is not None)
