#!/usr/bin/env python3
"""Train the labeller: `train_labeller.py [HEAD ...]` cross-validates by author, writes RESULTS.md and the weights.

With heads named, only they are trained, and the others stay as they are shipped.

Every author is held out once, so that a figure says how the labeller does on a writer it has never read. The way the
rules and the labeller are pooled (phantomcode.daemon.core.understanding.labels) is measured on the same predictions.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np
import numpy.typing as npt
from corpus import ACTS, CLASSES, PHASES, Item, authors, load
from mangling import Mangler, vocabulary
from results import RESULTS, record, renewed
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from phantomcode.daemon.adapters.labeller import WEIGHTS, shipped_encoder, terms

SEED = 7
SHIPPED = Path(__file__).parent.parent / "daemon" / "labels" / WEIGHTS
MARKER = "<!-- written by train_labeller.py -->"
"""What follows it in RESULTS.md is written anew."""
MEANING_PENALTY = 0.01
LEAST_TEXTS = 2
"""A term must occur in this many texts."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Head:
    """One label: which items have it, its values, and how strongly the weights are held down (1 / penalty)."""

    name: str
    kinds: tuple[str, ...]
    values: tuple[str, ...]
    strength: float

    def of(self, item: Item) -> int:
        """The number of an item's label."""
        if self.name == "tradeoff":
            return int(item.fields["tradeoff"] > 0)
        return self.values.index(item.fields["class" if self.name == "answer" else self.name])


HEADS = (
    Head("phase", ("utterance",), PHASES, 5.0),
    Head("act", ("utterance",), ACTS, 5.0),
    Head("tradeoff", ("utterance", "statement"), ("no", "yes"), 5.0),
    Head("answer", ("answer",), CLASSES, 10.0),
)


@dataclass(frozen=True)
class Read:
    """An item with the terms of its text, and of its text as a recogniser mangles it."""

    item: Item
    clean: Counter[str]
    mangled: Counter[str]
    meant: Floats
    """The encoder's states of the text, and of the mangled text."""
    meant_mangled: Floats


@dataclass(frozen=True)
class Model:
    """Weights of one head: rows are terms, columns are values."""

    names: list[str]
    idf: Floats
    scores: Floats
    bias: Floats
    meaning: Floats
    meaning_bias: Floats

    def log_probabilities(self, texts: Sequence[Counter[str]], states: Sequence[Floats]) -> Floats:
        """One row a text: the mean of what its words and its meaning say."""
        by_words = matrix(texts, self.names, self.idf) @ self.scores + self.bias
        points = 0.5 * (by_words + np.stack(states) @ self.meaning + self.meaning_bias)
        points -= points.max(1, keepdims=True)
        return np.asarray(points - np.log(np.exp(points).sum(1, keepdims=True)))


def read_all(items: Sequence[Item], heads: Sequence[Head] = HEADS) -> list[Read]:
    """Count the terms of every item that a head needs, clean and mangled; what is mangled how depends on no head."""
    kinds = {kind for head in heads for kind in head.kinds}
    mangler, encoder = Mangler(vocabulary([item.text for item in items]), SEED), shipped_encoder()
    read = []
    for item in items:
        lead = " ".join(item.lead[-1:])
        heard = mangler.mangle(lead) if lead else ""
        mangled = mangler.mangle(item.text)
        if item.kind not in kinds:
            continue
        states = encoder.read(item.text, lead), encoder.read(mangled, heard)
        read.append(Read(item, terms(item.text, lead), terms(mangled, heard), *states))
    return read


def matrix(texts: Sequence[Counter[str]], names: Sequence[str], idf: Floats) -> csr_matrix:
    """TF-IDF of texts, one row each, of length 1."""
    columns = {name: column for column, name in enumerate(names)}
    rows, places, weights = [], [], []
    for row, counted in enumerate(texts):
        found = sorted((columns[t], count) for t, count in counted.items() if t in columns)
        points = np.array([(1.0 + math.log(count)) * idf[column] for column, count in found])
        rows += [row] * len(found)
        places += [column for column, _ in found]
        weights += (points / max(float(np.linalg.norm(points)), 1e-9)).tolist()
    return csr_matrix((weights, (rows, places)), shape=(len(texts), len(names)))


def fit(head: Head, read: Sequence[Read]) -> Model:
    """Fit one head on every text twice, as it was written and as a recogniser mangles it."""
    texts = [r.clean for r in read] + [r.mangled for r in read]
    labels = np.array([head.of(r.item) for r in read] * 2)
    spread = Counter(term for counted in texts for term in counted)
    names = sorted(term for term, count in spread.items() if count > LEAST_TEXTS)
    idf = np.array([math.log((1 + len(texts)) / (1 + spread[name])) + 1 for name in names])
    features = matrix(texts, names, idf)
    columns, biases = [], []
    for value in range(len(head.values)):
        one = LogisticRegression(C=head.strength, solver="liblinear", class_weight="balanced", random_state=SEED)
        one.fit(features, labels == value)
        columns.append(one.coef_[0])
        biases.append(one.intercept_[0])
    meaning, meaning_bias = fit_meaning(np.stack([r.meant for r in read] + [r.meant_mangled for r in read]), labels)
    return Model(names, idf, np.stack(columns, 1), np.array(biases), meaning, meaning_bias)


def fit_meaning(states: Floats, labels: Ints) -> tuple[Floats, Floats]:
    """Fit a softmax regression on states scaled to variance 1; the scaling is folded into the weights returned."""
    centre, spread = states.mean(0), states.std(0) + 1e-3
    rarity = (1.0 / np.sqrt(np.bincount(labels)))[labels]
    strength = 1.0 / (2 * MEANING_PENALTY * len(labels))
    softmax = LogisticRegression(C=strength, max_iter=60, random_state=SEED)
    softmax.fit((states - centre) / spread, labels, sample_weight=rarity / rarity.mean())
    weights, bias = softmax.coef_, softmax.intercept_
    if len(weights) == 1:
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.array([-bias[0] / 2, bias[0] / 2])
    weights = weights / spread
    return weights.T, bias - weights @ centre


def held_out(head: Head, read: Sequence[Read]) -> tuple[list[Read], Floats, Floats]:
    """The items of a head with log-probabilities by models that never saw their author: clean, and mangled."""
    own = [r for r in read if r.item.kind in head.kinds]
    clean = np.zeros((len(own), len(head.values)))
    mangled = clean.copy()
    for author in authors([r.item for r in own]):
        out = np.array([r.item.author == author for r in own])
        model = fit(head, [r for r, hold in zip(own, out, strict=True) if not hold])
        aside = [r for r, hold in zip(own, out, strict=True) if hold]
        clean[out] = model.log_probabilities([r.clean for r in aside], [r.meant for r in aside])
        mangled[out] = model.log_probabilities([r.mangled for r in aside], [r.meant_mangled for r in aside])
    return own, clean, mangled


def ship(models: dict[Head, Model], path: Path = SHIPPED) -> str:
    """Write the weights, the same bytes for the same models, and return their version.

    Heads without a model keep the weights that are there.
    """
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    if len(models) < len(HEADS):
        with np.load(path, allow_pickle=False) as shipped:
            arrays = {name: shipped[name] for name in shipped.files if name != "version"}
    arrays["heads"] = np.array([head.name for head in HEADS])
    for head, model in models.items():
        arrays |= {
            f"{head.name}.labels": np.array(head.values),
            f"{head.name}.terms": np.array(model.names),
            f"{head.name}.idf": model.idf.astype(np.float32),
            f"{head.name}.scores": model.scores.astype(np.float16),
            f"{head.name}.bias": model.bias,
            f"{head.name}.meaning": model.meaning.astype(np.float32),
            f"{head.name}.meaning_bias": model.meaning_bias,
        }
    digest = sha256(b"".join(name.encode() + array.tobytes() for name, array in sorted(arrays.items())))
    arrays["version"] = np.array(f"words-minilm-{digest.hexdigest()[:8]}")
    with ZipFile(path, "w") as archive:
        for name, array in sorted(arrays.items()):
            buffer = BytesIO()
            np.save(buffer, array, allow_pickle=False)
            entry = ZipInfo(f"{name}.npy")
            entry.compress_type = 8
            archive.writestr(entry, buffer.getvalue())
    return str(arrays["version"])


def main(names: Sequence[str]) -> None:
    """Cross-validate the heads named (without names, all), write what was seen, and write the weights."""
    heads = [head for head in HEADS if not names or head.name in names]
    items = load()
    read = read_all(items, heads)
    counts = Counter(item.kind for item in items)
    print(f"{len(items)} items by {len(authors(items))} authors: {dict(counts)}")
    tables = record([(head, *held_out(head, read)) for head in heads])
    version = ship({head: fit(head, [r for r in read if r.item.kind in head.kinds]) for head in heads})
    before, marker, seen_before = RESULTS.read_text(encoding="utf-8").partition(MARKER)
    seen = ", ".join(f"{count} {kind}s" for kind, count in sorted(counts.items()))
    weights = f"Weights {version}, {SHIPPED.stat().st_size / 1e6:.1f} MB; {seen}."
    text = renewed(seen_before, f"{weights}\n\n{tables}") if names else f"\n\n{weights}\n\n{tables}\n"
    RESULTS.write_text(f"{before}{marker}{text}", encoding="utf-8")
    print(tables)


if __name__ == "__main__":
    main(sys.argv[1:])
