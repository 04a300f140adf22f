"""Estimation: were inputs stated, the arithmetic right, the peak apart, and did a number decide anything (D5, (c))."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from phantomcode.daemon.core.scoring.grid import on_grid
from phantomcode.daemon.core.scoring.profile import Quote, Score
from phantomcode.daemon.core.scoring.reference import distance, reference_for
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.coverage import PEAK, lacking
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.daemon.core.understanding.quantities import normalised
from phantomcode.problems.model import Metric, ReferenceRange

_ESTIMATE_METRICS: frozenset[Metric] = frozenset(
    {"dau", "users", "write_rate", "read_rate", "peak_rate", "object_size", "storage", "bandwidth", "cache_size"}
)
_PART = 0.2
"""What each of read rate, write rate, storage, bandwidth or cache, and peak is worth."""
_NEUTRAL_PLAUSIBILITY = 0.5
"""Where no range is known for any assumption: nothing was found implausible."""

_DECIDES = re.compile(
    r"\b(so (we|i|it|one|that|the|there)|that('s| is) (why|fine|nothing|one|enough|a lot|too|well|"
    r"comfortable)|which is (fine|"
    r"comfortable|nothing|too)|because|fits?|doesn't fit|won't fit|enough|too (much|big|many|small)|"
    r"changes?|decides?|"
    r"drives?|means|rules? out|afford|need|can't|don't (need|want))\b",
    re.IGNORECASE,
)


def score(notebook: Notebook, transcript: Transcript, lexicon: Lexicon) -> Score:
    """Sum transparency 0-1, coverage 0-1, arithmetic 0-1, plausibility 0-0.5 and use 0-0.5, then apply the caps.

    A candidate who states no figure at all scores 0; with too few words to tell it is not graded.
    """
    stated = _stated(notebook, transcript)
    own, missing = _once(stated), lacking(stated)
    said = sum(len(u.text.split()) for u in transcript.of(Speaker.CANDIDATE))
    if not own:
        return _without_figures(said)
    parts = {
        "stated inputs": _transparency(own),
        "coverage": 1.0 - _PART * len(missing),
        "arithmetic": _arithmetic(own),
        "plausible": _plausibility(own, transcript, lexicon),
        "used": _used(notebook, transcript),
    }
    raw = sum(parts.values())
    cap, why = _cap(own, missing)
    title, better = _advice(own, missing, parts["used"])
    return Score(
        dimension="estimation",
        value=on_grid(min(cap, raw)),
        line=_line(own, missing),
        working=" + ".join(f"{name} {value:.2f}" for name, value in parts.items())
        + f" = {raw:.2f}"
        + (f", capped at {cap:g}: {why}" if raw > cap else ""),
        quotes=_quotes(own, transcript),
        better=better,
        drill="Take one problem and derive rate, peak, storage and bandwidth from users in three minutes, aloud."
        if min(cap, raw) < 3
        else "",
        title=title,
        fault=_fault(own, missing, transcript),
    )


def _cap(own: Sequence[Quantity], missing: Sequence[str]) -> tuple[float, str]:
    """The anchors of D5: bare figures reach 1, a chain without a peak 2, one with a wrong link 3."""
    if not _computed(own):
        started = any(q.metric in _ESTIMATE_METRICS and q.role is Role.ASSUMED for q in own)
        return (1.0, "nothing worked out") if started else (0.0, "neither rate nor volume")
    if PEAK in missing:
        return 2.0, "no peak beside the average"
    return (3.0, "a result is off") if _wrong(own) else (4.0, "")


_LEAST_WORDS = 60


def _without_figures(said_words: int) -> Score:
    if said_words < _LEAST_WORDS:
        return Score("estimation", None, "Not graded: too little was said.")
    return Score(
        "estimation",
        0.0,
        "No figure with a unit was stated.",
        working="no quantities",
        better="Say how many users, how often each writes and reads, and how big one record is; then multiply.",
        drill="Derive one write rate and one year of storage from a user count, aloud.",
        title="Put numbers on the problem",
    )


def _stated(notebook: Notebook, transcript: Transcript) -> list[Quantity]:
    """The candidate's figures that stand."""
    ids = {u.id for u in transcript.of(Speaker.CANDIDATE)}
    return [q for q in notebook.quantities if q.utterance in ids and not q.superseded]


def _once(stated: Sequence[Quantity]) -> list[Quantity]:
    """Each figure as it was said first."""
    unique: dict[tuple[str, float], Quantity] = {}
    for quantity in stated:
        unique.setdefault(normalised(quantity), quantity)
    return list(unique.values())


def _computed(own: Sequence[Quantity]) -> list[Quantity]:
    return [q for q in own if q.role is Role.COMPUTED]


def _leaves(own: Sequence[Quantity]) -> list[Quantity]:
    return [q for q in own if q.role is not Role.COMPUTED and q.unit != "s"]


_TRACED_ENOUGH = 0.8
"""Share of results from which on all count as traced: some inputs are said in words that are not read as figures."""


def _transparency(own: Sequence[Quantity]) -> float:
    """Share of results whose inputs were spoken: those the arithmetic could be redone for, given some leaves."""
    computed = _computed(own)
    if not computed:
        return 0.25 if _leaves(own) else 0.0
    traced = min(1.0, sum(q.correct is not None for q in computed) / len(computed) / _TRACED_ENOUGH)
    return traced * min(1.0, len(_leaves(own)) / 3)


def _arithmetic(own: Sequence[Quantity]) -> float:
    """Mean credit of the results that could be redone: 1 within 1.25x, 0.75 within 2x, 0.25 within 10x (rule (c)2)."""
    checked = [q for q in _computed(own) if q.correct is not None and q.expected]
    if not checked:
        return 0.0 if not _computed(own) else 0.5
    return min(1.0, len(checked) / 3) * sum(_credit(q) for q in checked) / len(checked)


def _credit(quantity: Quantity) -> float:
    if quantity.correct or not quantity.expected or quantity.value <= 0:
        return 1.0 if quantity.correct else 0.0
    miss = abs(math.log10(quantity.value / quantity.expected))
    return 0.75 if miss <= 0.3 else 0.25 if miss <= 1.01 else 0.0


_LEAVES: frozenset[Metric] = frozenset(
    {"dau", "users", "write_rate", "read_rate", "peak_rate", "object_size", "retention", "replicas"}
)
"""What an estimate starts from. Shares, times and machines mean too many things to be compared."""
_ROUGHLY = 10.0


def _plausibility(own: Sequence[Quantity], transcript: Transcript, lexicon: Lexicon) -> float:
    """Assumed leaves against the problem's ranges: in range 1, within ten times 0.5, beyond 0 (rule (c)3); halved."""
    ranges = lexicon.problem.estimates if lexicon.problem else ()
    said = {u.id: u.text for u in transcript.utterances}
    leaves = [q for q in own if q.role is Role.ASSUMED and q.metric in _LEAVES]
    marks = [m for q in leaves for m in _marks(q, said[q.utterance], ranges)]
    return 0.5 * sum(marks) / len(marks) if marks else _NEUTRAL_PLAUSIBILITY


def _marks(quantity: Quantity, said: str, ranges: Sequence[ReferenceRange]) -> list[float]:
    """At most one mark: against the range that is about the same thing, if there is one."""
    reference = reference_for(quantity, said, ranges)
    if reference is None:
        return []
    away = distance(quantity, reference)
    return [1.0 if away == 1.0 else 0.5 if away <= _ROUGHLY else 0.0]


_USED_FULLY = 0.5


def _used(notebook: Notebook, transcript: Transcript) -> float:
    """Whether a worked figure is said in the same breath as what it settles."""
    worked = {q.utterance for q in notebook.quantities if q.role is Role.COMPUTED and not q.superseded}
    deciding = [u for u in transcript.of(Speaker.CANDIDATE) if u.id in worked and _decides(u, notebook)]
    return _USED_FULLY if len(deciding) >= 2 else 0.25 if deciding else 0.0


def _decides(utterance: Utterance, notebook: Notebook) -> bool:
    decided = any(d.utterance == utterance.id for d in notebook.decisions)
    traded = any(t.utterance == utterance.id for t in notebook.tradeoffs)
    return traded or (decided and _DECIDES.search(utterance.text) is not None) or _draws_conclusion(utterance.text)


_CONCLUSION = re.compile(
    r"\b(one (good |big )?(machine|box|node|database)|changes (what|how)|that('s| is) the (line|one) that|"
    r"fits? (on|in)|doesn't "
    r"fit|decides? |don't need|no need|not (a )?(problem|big|much)|isn't going to fit|so (i'll|i'd|we'd|i) "
    r"(keep|shard|split|partition|cache|need|take|want|put)|enough for|is why)\b",
    re.IGNORECASE,
)


def _draws_conclusion(text: str) -> bool:
    return _CONCLUSION.search(text) is not None


def _wrong(own: Sequence[Quantity]) -> list[Quantity]:
    return [q for q in own if q.correct is False]


def _line(own: Sequence[Quantity], missing: Sequence[str]) -> str:
    computed, wrong = _computed(own), _wrong(own)
    if not computed:
        return f"{len(own)} figures, none worked out from others."
    line = f"{len(computed)} results worked out"
    line += f", {len(wrong)} of them off" if wrong else ", none found wrong"
    return f"{line}; missing: {', '.join(missing)}." if missing else f"{line}; rates, volumes and peak all there."


def _advice(own: Sequence[Quantity], missing: Sequence[str], used: float) -> tuple[str, str]:
    """Title and advice for what costs most: a wrong result, a missing peak or figure, numbers that decide nothing."""
    wrong = _wrong(own)
    if wrong:
        return "Check each sum before you build on it", f"Redo “{wrong[0].text}”: {wrong[0].working}."
    if not _computed(own):
        return "Work figures out of your inputs", "Multiply users by what each does in a day, then divide by 86,400 s."
    if PEAK in missing:
        return "Set the peak apart", "Say the peak apart from the average, with the factor between them."
    if missing:
        return f"Size the {missing[0]} too", f"Work out the {missing[0]} too, from figures you have already stated."
    if used < _USED_FULLY:
        decide = "Say what a number decides: what fits, what must be split, what you can leave out."
        return "Make the numbers decide something", decide
    return (
        "State what you multiply",
        "Say each input aloud with its unit before the result, so that the sum can be followed.",
    )


def _fault(own: Sequence[Quantity], missing: Sequence[str], transcript: Transcript) -> Quote | None:
    """Quote the first wrong result, else an average that no peak was set beside."""
    wrong = next(iter(_wrong(own)), None)
    if wrong is not None:
        return _quoted(wrong, transcript, f"redone: {wrong.working}")
    average = next((q for q in _computed(own) if q.unit.startswith("1/")), None)
    if average is None or PEAK not in missing:
        return None
    return _quoted(average, transcript, "an average, with no peak beside it")


def _quoted(quantity: Quantity, transcript: Transcript, note: str) -> Quote:
    said = next(u for u in transcript.utterances if u.id == quantity.utterance)
    return Quote(quantity.utterance, said.started_seconds, quantity.text, note)


def _quotes(own: Sequence[Quantity], transcript: Transcript) -> tuple[Quote, ...]:
    said = {u.id: u for u in transcript.utterances}
    shown = [q for q in own if q.metric in _ESTIMATE_METRICS or q.correct is False][:12]
    return tuple(
        Quote(q.utterance, said[q.utterance].started_seconds, q.text, q.working or q.role.value) for q in shown
    )
