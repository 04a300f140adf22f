"""What was seen in cross-validation: rules alone, labeller alone and both, written to RESULTS.md."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from corpus import CLASSES, Item
from sklearn.metrics import f1_score

from phantomcode.daemon.core.understanding.labels import UtteranceLabels, tradeoff_opinion, with_phase_label
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.core.understanding.phase_evidence import Weights, read_phase
from phantomcode.daemon.core.understanding.responses import respond
from phantomcode.daemon.core.understanding.tradeoffs import read_tradeoff

if TYPE_CHECKING:
    from train_labeller import Head, Read

RESULTS = Path(__file__).parent / "RESULTS.md"

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_NO_PHASE: Weights = (0.2, 0.2, 0.2, 0.2, 0.2)


def record(seen: Sequence[tuple[Head, list[Read], Floats, Floats]]) -> str:
    """Return RESULTS.md's tables for every head's held-out log-probabilities, clean and mangled."""
    lines = [
        "| label | items | rules alone | labeller alone | both | labeller, mangled text |",
        "|---|---|---|---|---|---|",
    ]
    for head, own, clean, mangled in seen:
        truth = np.array([head.of(r.item) for r in own])
        items = [r.item for r in own]
        rules, both = _POOLED.get(head.name, _no_rules)(items, clean)
        for kind in head.kinds:
            rows = np.array([item.kind == kind for item in items])
            columns = (rules, clean.argmax(1), both, mangled.argmax(1))
            figures = " | ".join("-" if c is None else f"{_f1(truth[rows], c[rows]):.3f}" for c in columns)
            lines.append(f"| {head.name} ({kind}) | {int(rows.sum())} | {figures} |")
    answers = [s for s in seen if s[0].name == "answer"]
    if not answers:
        return "\n".join(lines)
    lines += ["", "| class | says rules | recall: rules | recall: both | precision: both |", "|---|---|---|---|---|"]
    return "\n".join(lines + _by_class(*answers[0]))


def renewed(before: str, now: str) -> str:
    """The lines of `before`, each in the wording of `now` where that has one of the same row or beginning."""
    lines = {_row(line): line for line in now.splitlines() if line}
    return "\n".join(lines.get(_row(line), line) for line in before.split("\n"))


def _row(line: str) -> str:
    """What tells a line of the tables from the others: the first cell, or how it begins."""
    if line.startswith("|---"):
        return line
    return line.split("|")[1] if line.startswith("|") else line[:7]


def _f1(truth: Ints, found: Ints) -> float:
    average = "macro" if len(set(truth.tolist())) > 2 else "binary"
    return float(f1_score(truth, found, average=average))


def _no_rules(_items: Sequence[Item], _chances: Floats) -> tuple[None, None]:
    return None, None


def _answers(items: Sequence[Item], chances: Floats) -> tuple[Ints, Ints]:
    def read(item: Item, row: Floats | None) -> int:
        fields = item.fields
        opinions = None if row is None else dict(zip(map(ResponseClass, CLASSES), row.tolist(), strict=True))
        found, _ = respond(fields["challenge"], [item.text], fields["before"], opinions=opinions)
        return CLASSES.index(found.value)

    rules = np.array([read(item, None) for item in items])
    return rules, np.array([read(item, row) for item, row in zip(items, chances, strict=True)])


def _tradeoffs(items: Sequence[Item], chances: Floats) -> tuple[Ints, Ints]:
    rules = [read_tradeoff(item.text).is_tradeoff for item in items]
    both = [
        read_tradeoff(item.text, opinions=tradeoff_opinion(UtteranceLabels(_NO_PHASE, math.exp(yes)))).is_tradeoff
        for item, (_, yes) in zip(items, chances, strict=True)
    ]
    return np.array(rules, int), np.array(both, int)


def _phases(items: Sequence[Item], chances: Floats) -> tuple[Ints, Ints]:
    rules, both = [], []
    for item, row in zip(items, np.exp(chances), strict=True):
        weights = read_phase(item.text, "".join(item.lead[-2:-1]), "".join(item.lead[-1:]), None)
        clarify, estimate, high_level, deep_dive, closing = row.tolist()
        labels = UtteranceLabels((clarify, estimate, high_level, deep_dive, closing), 0.0)
        rules.append(int(np.argmax(weights)))
        both.append(int(np.argmax(with_phase_label(weights, labels))))
    return np.array(rules), np.array(both)


_POOLED = {"answer": _answers, "tradeoff": _tradeoffs, "phase": _phases}


def _by_class(head: Head, own: Sequence[Read], clean: Floats, _mangled: Floats) -> list[str]:
    truth = np.array([head.of(r.item) for r in own])
    rules, both = _answers([r.item for r in own], clean)
    lines = []
    for number, name in enumerate(CLASSES):
        here, elsewhere = (rules == number)[truth == number].mean(), (rules == number)[truth != number].mean()
        ratio = math.log(max(here, 1e-3) / max(elsewhere, 1e-3))
        recall, precision = (both == number)[truth == number].mean(), (truth == number)[both == number].mean()
        lines.append(f"| {name} | {ratio / 2:+.2f} | {here:.2f} | {recall:.2f} | {precision:.2f} |")
    sound = np.isin(truth, [CLASSES.index("DR"), CLASSES.index("CR")])
    called = [float((found == CLASSES.index("CN"))[sound].mean()) for found in (rules, both)]
    return [*lines, "", f"Sound answers called capitulation: rules {called[0]:.1%}, both {called[1]:.1%}."]
