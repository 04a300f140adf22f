"""The trained labeller: linear models over word n-grams, as plain weights in the package.

What is read: the words of the utterance (one, two and three in a row, its opening and its end marked), and the
words said before it, each weighted as TF-IDF (Salton and Buckley 1988: sublinear counts, inverse document frequency,
length 1). training/train_labeller.py makes the weights; training/RESULTS.md says what else was tried.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from importlib.resources import files
from io import BytesIO

import numpy as np
import numpy.typing as npt

from phantomcode.daemon.contract.errors import EngineError

WEIGHTS = "labeller.npz"
LONGEST_GRAM = 3
OPENING_WORDS = 5
ENDING_WORDS = 6
MOST_WORDS = 400
"""An answer is a hundred words; beyond this nothing is read, so that no text takes long."""
_WORD = re.compile(r"[a-z0-9']+")
_REMEDY = "Install PhantomCode again; until then the rules grade alone."

Floats = npt.NDArray[np.float32]


def shipped() -> TrainedLabeller:
    """Open the weights of the package; raises EngineError "labeller.broken"."""
    try:
        return TrainedLabeller(files("phantomcode.daemon.labels").joinpath(WEIGHTS).read_bytes())
    except (OSError, ModuleNotFoundError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise EngineError("labeller.broken", f"The labeller's weights cannot be read: {error}", _REMEDY) from error


class TrainedLabeller:
    """The Labeller. One text takes under a millisecond; the same text always gives the same numbers."""

    def __init__(self, weights: bytes) -> None:
        with np.load(BytesIO(weights), allow_pickle=False) as arrays:
            self.version = str(arrays["version"])
            self._heads = {
                name: _Head(arrays[f"{name}.terms"], arrays[f"{name}.idf"], arrays[f"{name}.scores"],
                            arrays[f"{name}.bias"], tuple(map(str, arrays[f"{name}.labels"])))
                for name in map(str, arrays["heads"])
            }  # fmt: skip

    def labels(self, head: str, text: str, lead: str) -> dict[str, float]:
        """Probability of each label of a head ("phase", "tradeoff", "act" or "answer"); they sum to 1."""
        return self._heads[head].read(terms(text, lead))


class _Head:
    def __init__(
        self, names: npt.NDArray[np.str_], idf: Floats, scores: Floats, bias: Floats, labels: tuple[str, ...]
    ) -> None:
        if not len(names) == len(idf) == len(scores) or scores.shape[1:] != bias.shape or len(bias) != len(labels):
            raise ValueError("arrays of different lengths")
        self._rows = {str(name): row for row, name in enumerate(names)}
        self._idf, self._scores, self._bias = idf.astype(np.float64), scores.astype(np.float64), bias
        self._labels = labels

    def read(self, counted: Mapping[str, int]) -> dict[str, float]:
        known = sorted((self._rows[term], count) for term, count in counted.items() if term in self._rows)
        rows = [row for row, _ in known]
        weights = (1.0 + np.log([count for _, count in known])) * self._idf[rows]
        weights /= max(float(np.linalg.norm(weights)), 1e-9)
        points = self._bias + weights @ self._scores[rows]
        chances = np.exp(points - points.max())
        return dict(zip(self._labels, (chances / chances.sum()).tolist(), strict=True))


def terms(text: str, lead: str) -> Counter[str]:
    """Count the terms of a text and of what was said before it."""
    said, before = _WORD.findall(text.lower())[:MOST_WORDS], _WORD.findall(lead.lower())[-MOST_WORDS:]
    counted = Counter(_grams(said, LONGEST_GRAM))
    counted.update(f"^{gram}" for gram in _grams(said[:OPENING_WORDS], 2))
    counted.update(f"${gram}" for gram in _grams(said[-ENDING_WORDS:], 2))
    counted.update(f"<{gram}" for gram in _grams(before, 2))
    return counted


def _grams(said: list[str], longest: int) -> list[str]:
    return [" ".join(said[i : i + n]) for n in range(1, longest + 1) for i in range(len(said) - n + 1)]
