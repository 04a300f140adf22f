"""The trained labeller: two linear readers of each text, whose log-probabilities are averaged.

One reads words: one, two and three in a row, the opening and the end marked, and the words said before, weighted as
TF-IDF (Salton and Buckley 1988: sublinear counts, inverse document frequency, length 1). The other reads meaning: the
mean states of MiniLM's fourth layer (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0, 8-bit weights) over what was
said before and what was said. training/train_labeller.py makes the weights; training/RESULTS.md says what was tried.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import as_file, files
from io import BytesIO

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from phantomcode.daemon.adapters.speech_detector import single_threaded
from phantomcode.daemon.contract.errors import EngineError

PACKAGE = "phantomcode.daemon.labels"
WEIGHTS = "labeller.npz"
ENCODER = "encoder.onnx"
TOKENIZER = "tokenizer.json"
MOST_TOKENS = 128
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
        return TrainedLabeller(files(PACKAGE).joinpath(WEIGHTS).read_bytes(), shipped_encoder())
    except (OSError, ModuleNotFoundError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise EngineError("labeller.broken", f"The labeller's weights cannot be read: {error}", _REMEDY) from error


def shipped_encoder() -> Encoder:
    """Open MiniLM's lower layers and its tokenizer; raises EngineError or OSError."""
    with as_file(files(PACKAGE).joinpath(ENCODER)) as path:
        network = single_threaded(path)
    return Encoder(network, files(PACKAGE).joinpath(TOKENIZER).read_text(encoding="utf-8"))


class Encoder:
    """What a text means, as two mean states side by side: of what was said before it, and of the text."""

    def __init__(self, network: onnxruntime.InferenceSession, tokenizer: str) -> None:
        self._network = network
        try:
            self._tokenizer = Tokenizer.from_str(tokenizer)
        except Exception as error:  # tokenizers raises nothing narrower
            raise ValueError(f"{TOKENIZER}: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self.read = lru_cache(maxsize=16)(self._read)

    def _read(self, text: str, lead: str) -> Floats:
        """States of shape (768,)."""
        encoded = self._tokenizer.encode(lead, text)
        given = {"ids": np.array([encoded.ids]), "segments": np.array([encoded.type_ids])}
        states: Floats = self._network.run(None, given)[0][0]
        return states


class TrainedLabeller:
    """The Labeller. One text takes some 5 ms on one core; the same text always gives the same numbers."""

    def __init__(self, weights: bytes, encoder: Encoder) -> None:
        self._encoder = encoder
        with np.load(BytesIO(weights), allow_pickle=False) as arrays:
            self.version = str(arrays["version"])
            self._heads = {
                name: _Head(**{part: arrays[f"{name}.{part}"] for part in _Head.PARTS})
                for name in map(str, arrays["heads"])
            }

    def labels(self, head: str, text: str, lead: str) -> dict[str, float]:
        """Probability of each label of a head ("phase", "tradeoff", "act" or "answer"); they sum to 1."""
        return self._heads[head].read(terms(text, lead), self._encoder.read(text, lead))


class _Head:
    PARTS = ("labels", "terms", "idf", "scores", "bias", "meaning", "meaning_bias")

    def __init__(
        self,
        labels: npt.NDArray[np.str_],
        terms: npt.NDArray[np.str_],
        idf: Floats,
        scores: Floats,
        bias: Floats,
        meaning: Floats,
        meaning_bias: Floats,
    ) -> None:
        if not len(terms) == len(idf) == len(scores) or scores.shape[1:] != bias.shape or len(bias) != len(labels):
            raise ValueError("arrays of different lengths")
        self._rows = {str(term): row for row, term in enumerate(terms)}
        self._idf, self._scores, self._bias = idf.astype(np.float64), scores.astype(np.float64), bias
        self._meaning, self._meaning_bias = meaning.astype(np.float64), meaning_bias
        self._labels = [str(label) for label in labels]

    def read(self, counted: Mapping[str, int], states: Floats) -> dict[str, float]:
        known = sorted((self._rows[term], count) for term, count in counted.items() if term in self._rows)
        rows = [row for row, _ in known]
        weights = (1.0 + np.log([count for _, count in known])) * self._idf[rows]
        weights /= max(float(np.linalg.norm(weights)), 1e-9)
        by_words = self._bias + weights @ self._scores[rows]
        by_meaning = self._meaning_bias + states.astype(np.float64) @ self._meaning
        points = 0.5 * (by_words + by_meaning)
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
