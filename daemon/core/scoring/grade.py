"""Grade a transcript: read it into a notebook, score each dimension, and put them side by side.

A pure function of its input: the same transcript, lexicon and labels give the same profile.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from phantomcode.daemon.contract.vocabulary import Phase
from phantomcode.daemon.core import phases
from phantomcode.daemon.core.scoring import (
    delivery,
    estimation,
    fixes,
    framework,
    level,
    narrative,
    pushback,
    time_allocation,
    tradeoffs,
)
from phantomcode.daemon.core.scoring.grid import counted
from phantomcode.daemon.core.scoring.profile import Dimension, LevelEstimate, Profile, Quote, Score
from phantomcode.daemon.core.transcript import Speaker, Transcript
from phantomcode.daemon.core.understanding.labels import NO_LABELS, Labels
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.names import find_options
from phantomcode.daemon.core.understanding.notebook import Notebook, note
from phantomcode.daemon.core.understanding.observations import PhaseSpan, Pushback, ResponseClass
from phantomcode.daemon.core.understanding.text import words
from phantomcode.daemon.core.understanding.topics import topics_in
from phantomcode.problems.model import ChallengeType

LEAST_UTTERANCES = 8
LEAST_WORDS = 60
LEAST_CONFIDENCE = 0.45
"""Mean word probability below which a recogniser's text is not a fair record of what was said."""
_GIVES_WAY = frozenset({ResponseClass.CONCEDE, ResponseClass.CAPITULATE})
_LEAST_RECOGNISED = 0.1
"""Share of candidate utterances with anything of a design in them; gibberish has almost none."""


def grade(transcript: Transcript, lexicon: Lexicon, labels: Labels = NO_LABELS) -> Profile:
    """Grade a round. Thin, garbled or meaningless evidence gives scores of None with the reason, never a 0.

    `labels` are a trained labeller's of this transcript; without them the rules grade alone.
    """
    notebook = read(transcript, lexicon, labels)
    reason = why_not_graded(transcript, notebook, lexicon)
    spans = phases.spans(notebook.phase_evidence, 0.0, transcript.ended_seconds)
    events = pushback.read_pushbacks(notebook, transcript, labels)
    framework_score, completeness = framework.score(spans, notebook, transcript)
    scores: dict[Dimension, Score] = {
        "framework": framework_score,
        "time": time_allocation.score(spans, transcript),
        "tradeoffs": tradeoffs.score(notebook, transcript),
        "pushback": pushback.score(events, transcript),
        "estimation": estimation.score(notebook, transcript, lexicon),
        "narrative": narrative.score(notebook, transcript, lexicon, _turns(events)),
    }
    if reason:
        scores = {name: msgspec.structs.replace(s, value=None, line=reason) for name, s in scores.items()}
    return Profile(
        phases=spans,
        completeness=completeness,
        skipped=time_allocation.skipped(spans, transcript),
        spent_seconds=time_allocation.spent(spans),
        tradeoffs=notebook.tradeoffs,
        pushbacks=events,
        quantities=notebook.quantities,
        lost=notebook.lost,
        scores=scores,
        level=level.not_graded(reason) if reason else _level(notebook, transcript, spans, events),
        delivery=delivery.measure(transcript),
        fixes=fixes.choose(scores),
    )


def read(transcript: Transcript, lexicon: Lexicon, labels: Labels = NO_LABELS) -> Notebook:
    """Fold the whole transcript into a notebook, as the round itself did, with labels where there are any."""
    notebook = Notebook()
    for utterance in transcript.utterances:
        own = labels.utterances.get(utterance.id)
        notebook = note(notebook, utterance, lexicon, transcript.planned_minutes * 60, own)
    return notebook


def why_not_graded(transcript: Transcript, notebook: Notebook, lexicon: Lexicon) -> str:
    """The reason that nothing can be graded, or "" where there is enough to go by."""
    candidate = transcript.of(Speaker.CANDIDATE)
    said = sum(len(words(u.text)) for u in candidate)
    if len(candidate) < LEAST_UTTERANCES or said < LEAST_WORDS:
        were = "was" if len(candidate) == 1 else "were"
        heard = f"{counted(len(candidate), 'candidate utterance')} with {counted(said, 'word')}"
        return f"Not graded: only {heard} {were} heard."
    known = [u.confidence for u in candidate if u.confidence is not None]
    if known and sum(known) / len(known) < LEAST_CONFIDENCE:
        return "Not graded: the recogniser was too unsure of the words to judge them fairly."
    recognised = {q.utterance for q in notebook.quantities} | {
        u.id for u in candidate if topics_in(u.text) or find_options(u.text, lexicon.options)
    }
    if len(recognised & {u.id for u in candidate}) < _LEAST_RECOGNISED * len(candidate):
        return "Not graded: nothing about a system's design was recognised in what was said."
    return ""


def _level(
    notebook: Notebook, transcript: Transcript, spans: tuple[PhaseSpan, ...], events: Sequence[Pushback]
) -> LevelEstimate:
    quotes = {u.id: Quote(u.id, u.started_seconds, u.text) for u in transcript.utterances}
    entered = {span.phase for span in spans}
    gave_way = sum(e.response_class is pushback.CAPITULATE for e in events)
    led = len(entered) >= len(Phase) - 1 and gave_way <= len(events) / 3
    return level.estimate(notebook, transcript, quotes, led=led, tells_apart=_tells_apart(events))


def _turns(events: Sequence[Pushback]) -> tuple[int, ...]:
    """The challenges after which the design changed, or was given up, without a reason."""
    return tuple(e.challenge for e in events if e.response_class is ResponseClass.CAPITULATE)


def _tells_apart(events: Sequence[Pushback]) -> bool:
    """Whether false objections moved the design less than true ones, or at least moved it seldom.

    Somebody who holds on to everything may still have shown depth; somebody whom every objection moves has not.
    """
    told_apart = pushback.discrimination(events)
    if told_apart is None or told_apart != 0:
        return told_apart is None or told_apart > 0
    others = [e.response_class for e in events if e.type in (ChallengeType.INVALID, ChallengeType.PREFERENCE)]
    return 2 * sum(found in _GIVES_WAY for found in others) < len(others)
