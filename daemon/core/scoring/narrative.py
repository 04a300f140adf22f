"""Narrative clarity: could a newcomer redraw the design from what was said?

4 * (0.35 T + 0.20 I + 0.15 (1 - O) + 0.15 max(0, 1 - L/3) + 0.15 min(1, G/2))
T: one write path and one read path told hop by hop, less a quarter for each time the design turned without a reason,
as what was told before then no longer stands. I: boxes introduced by saying what they connect to. O: share of boxes
no arrow touches. L: lost threads per 10 minutes. G: signposts per 5 minutes.
"""

from __future__ import annotations

import re

from phantomcode.daemon.core.scoring.grid import counted, on_grid, quote
from phantomcode.daemon.core.scoring.profile import Score
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.components import components_in, orphans
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.text import normalise

_WRITE = re.compile(
    r"\b(?:write (?:path|side)|writes?|creates?|posts?|inserts?|ingest\w*|uploads?|publish\w*|sends?|submit\w*|"
    r"charges?|"
    r"stor(?:e|es|ed)|saves?|emits?|append\w*|register\w*|puts?|updates?|deletes?|commits?|replicat\w*)\b"
)
_READ = re.compile(
    r"\b(?:read (?:path|side)|reads?|gets?|fetch\w*|redirects?|loads?|opens?|looks? up|lookup|quer(?:y|ies)|serves?|"
    r"return\w*|asks?|answers?|checks?|routes?|clicks?|taps?|resolv\w*|search\w*|views?|miss|hit)\b"
)
_HOPS_FOR_A_PATH = 4
"""Boxes named in utterances about a direction before the path counts as told in full."""
_OFF_FOR_A_TURN = 0.25
_MANY_TURNS = 2
_TOLD = 0.5
"""From here on the paths themselves were told."""
_SOMETIMES_LOST, _OFTEN_LOST = 1.0, 2.5
"""Lost threads per ten minutes."""
_BOTH_PATHS = 3.0
_LINES = (
    (4.0, "A newcomer could redraw this design from the words alone."),
    (_BOTH_PATHS, "Both the write and the read path were told hop by hop, with little lost on the way."),
    (2.0, "One path came across clearly; the rest has to be guessed."),
    (1.0, "The design came in fragments."),
    (0.0, "The design could not be followed."),
)
_BETTER = "One request, box by box: the client calls X, X writes to Y, Y answers; then the same for a read."
_TURNED = "The paths were told, but the design then changed without a reason more than once: what stands is unclear."
_BETTER_AFTER_A_TURN = "We drop X for Y, so the write path is now, box by box: the client calls A, and A writes to Y."
_LOST_HERE = "lost the thread"
_DRILL = "Tell one write and one read through your design in 60 s each, naming every box once and by one name."


def score(notebook: Notebook, transcript: Transcript, lexicon: Lexicon, turns: tuple[int, ...] = ()) -> Score:
    """Score how well the design was told. `turns` are the challenges after which it changed without a reason."""
    candidate = transcript.of(Speaker.CANDIDATE)
    minutes = max(1.0, transcript.ended_seconds / 60)
    told = 0.5 * _path_told(candidate, lexicon, _WRITE) + 0.5 * _path_told(candidate, lexicon, _READ)
    traced = told * max(0.0, 1 - _OFF_FOR_A_TURN * len(turns))
    boxes = [c for c in notebook.components if len(c.utterances) > 1 or c.connected_to]
    orphaned = set(orphans(notebook.components))
    orphan_share = len([c for c in boxes if c.id in orphaned]) / len(boxes) if boxes else 1.0
    introduced = min(1.0, sum(len(c.connected_to) for c in notebook.components) / max(4, len(boxes)))
    lost = len(notebook.lost) / minutes * 10
    signposted = len(notebook.signposts) / minutes * 5
    raw = 4 * (
        0.35 * traced
        + 0.20 * introduced
        + 0.15 * (1 - orphan_share)
        + 0.15 * max(0.0, 1 - lost / 3)
        + 0.15 * min(1.0, signposted / 2)
    )
    cap = _cap(lost)
    value = on_grid(min(raw, cap))
    unsettled = len(turns) >= _MANY_TURNS and told >= _TOLD and value < _BOTH_PATHS
    return Score(
        dimension="narrative",
        value=value,
        line=_TURNED if unsettled else next(line for least, line in _LINES if value >= least),
        working=(
            f"traced {traced:.2f}{_less(turns)}, introduced {introduced:.2f}, orphans {orphan_share:.2f}, "
            f"lost per 10 min {lost:.1f}, signposts per 5 min {signposted:.1f}: {raw:.2f}, cap {cap:.0f}"
        ),
        quotes=tuple(quote(transcript, at, _LOST_HERE) for at in notebook.lost),
        better=_BETTER_AFTER_A_TURN if unsettled else _BETTER,
        drill=_DRILL,
        title=_title(often_lost=cap < raw and bool(notebook.lost), unsettled=unsettled),
        fault=quote(transcript, notebook.lost[0], _LOST_HERE) if notebook.lost else None,
    )


def _title(*, often_lost: bool, unsettled: bool) -> str:
    if often_lost:
        return "Hold on to the thread"
    return "Say what stands after a change" if unsettled else "Tell one request from end to end"


def _less(turns: tuple[int, ...]) -> str:
    return f" (after {counted(len(turns), 'unreasoned change')} of the design)" if turns else ""


def _cap(lost: float) -> float:
    """What the anchors leave open: loss that is not rare excludes 3, a thread lost all the time leaves fragments."""
    if lost >= _OFTEN_LOST:
        return 1.0
    return 2.0 if lost >= _SOMETIMES_LOST else 4.0


def _path_told(candidate: tuple[Utterance, ...], lexicon: Lexicon, direction: re.Pattern[str]) -> float:
    """How much of a path in one direction was told, 0-1: the longest run of boxes in neighbouring utterances."""
    best, run = 0, 0
    for utterance in candidate:
        boxes = len({item.id for item in components_in(utterance.text, lexicon)})
        about = bool(direction.search(normalise(utterance.text)))
        run = run + boxes if boxes and about else max(0, run - 1)
        best = max(best, run)
    return min(1.0, best / _HOPS_FOR_A_PATH)
