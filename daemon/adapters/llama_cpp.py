"""Any GGUF model on llama.cpp, on the CPU, with the prompt resident in its cache.

Checked against llama-cpp-python 0.3.36: `Llama.eval` trims the key-value cache to `Llama.n_tokens` and appends, so
lowering `n_tokens` is all it takes to go back to a common prefix. Its own `generate` cannot be interrupted while it
reads a prompt, hence the loop here. Not thread-safe: one owner thread (daemon/hosting.py).

llama.cpp asks an abort callback at every node of its graph. One in Python would take the interpreter lock thousands
of times a second, so it is given the C library's `strlen` over one byte of ours: zero goes on, anything else stops.
A batch that was stopped leaves nothing behind; 128 tokens stopped half-way ended within 9 ms of the byte (n = 32).
"""

from __future__ import annotations

import codecs
import ctypes
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import llama_cpp
import numpy as np
import numpy.typing as npt

from phantomcode.daemon.adapters.stop_strings import StopStrings
from phantomcode.daemon.contract.errors import EngineError, ModelError
from phantomcode.daemon.ports import Pace, never

BATCH_TOKENS = 32
"""Tokens read at once. A batch that is stopped is read again, so large ones cost more there; the 1.5B model on two
cores reads 70 tokens a second by 16, 83 by 32 and 95 by 64."""
LOOK_SECONDS = 0.01
"""How often it is looked whether reading is still wanted."""
PIECE_BYTES = 256
"""The longest token of the catalogue's models is 128 bytes (a run of spaces)."""


PROBE = "The client calls the gateway, the gateway calls the service, and the service reads a cache and a table. " * 2
"""About forty tokens, as long as what is left to read of a prompt."""
PROBE_WRITES = 6
WORTH = 1.1
"""Another number of threads than the first is taken when it is a tenth faster: less is noise."""


def load(model_file: str, threads: Sequence[int], context_tokens: int) -> LlamaCpp:
    """Open a model for a LanguageModel; raises ModelError when the file is missing or not a model.

    threads: numbers to try, the likeliest first; the fastest is used.
    """
    if not Path(model_file).is_file():
        raise ModelError("models.missing", f"There is no model at {model_file}.", "Run `phantomcode models pull`.")
    try:
        llama = llama_cpp.Llama(
            model_path=model_file,
            n_ctx=context_tokens,
            n_batch=BATCH_TOKENS,
            n_ubatch=BATCH_TOKENS,
            n_threads=threads[0],
            n_threads_batch=threads[0],
            flash_attn=True,
            use_mmap=False,  # the weights are repacked; a mapped file would stay beside them: 1.9, not 1.3 GB
            verbose=False,
        )
    except ValueError as error:  # what llama-cpp-python raises for a bad file and for lack of memory alike
        raise ModelError(
            "models.unloadable",
            f"The model {Path(model_file).name} could not be loaded: {error}.",
            "Close other programs to free memory, or check the file with `phantomcode models verify`.",
        ) from error
    # It warns on stderr of every batch that is stopped.
    logging.getLogger("llama-cpp-python").setLevel(logging.CRITICAL)
    model = LlamaCpp(llama)
    model.prefill("Hello.")  # brings the weights in from the disk, so that the first line is not the slow one
    model.tune(threads)
    return model


class LlamaCpp:
    """The LanguageModel. Greedy; the longest prefix that a prompt shares with the last one is not read again."""

    def __init__(self, llama: llama_cpp.Llama) -> None:
        self._llama = llama
        self._vocabulary = llama_cpp.llama_model_get_vocab(llama.model)
        self._cached: list[int] = []
        """The tokens in the cache, in order."""
        self._logits_current = False
        """The model's last output is the opinion on what comes after `_cached`."""
        self._brake = _Brake(llama)
        self._pace = Pace(0.0, 0.0, llama.n_threads)

    def prefill(self, prompt: str, *, cancelled: Callable[[], bool] = never) -> None:
        """Read the prompt into the cache; raises EngineError."""
        self._read(self._tokens(prompt), cancelled)

    def stream(
        self, prompt: str, *, max_tokens: int, stop: Sequence[str], cancelled: Callable[[], bool]
    ) -> Iterator[str]:
        """Yield pieces of the greedy completion, never part of a stop string; raises EngineError."""
        wanted = self._tokens(prompt)
        self._read(wanted, cancelled)
        if len(self._cached) < len(wanted):
            return
        stops = StopStrings(stop)
        utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")
        for token in self._generate(max_tokens, cancelled):
            if text := stops.feed(utf8.decode(self._piece(token))):
                yield text
            if stops.stopped:
                return
        if text := stops.feed(utf8.decode(b"", final=True)) + stops.rest():
            yield text

    def vote(self, prompt: str, choices: Sequence[str], *, cancelled: Callable[[], bool] = never) -> tuple[float, ...]:
        """Return the probability of each choice as the next token, normalised over the choices; empty if cancelled.

        Raises EngineError, also when a choice is not a single token.
        """
        tokens = [self._single_token(choice) for choice in choices]
        wanted = self._tokens(prompt)
        self._read(wanted, cancelled)
        if len(self._cached) < len(wanted):
            return ()
        logits = self._logits()[tokens].astype(np.float64)
        weights = np.exp(logits - logits.max())
        return tuple(float(weight) for weight in weights / weights.sum())

    @property
    def pace(self) -> Pace:
        """What `tune` measured."""
        return self._pace

    def tune(self, threads: Sequence[int]) -> None:
        """Measure the model with each number of threads and go on with the fastest; raises EngineError."""
        first, *others = map(self._measured, threads)
        best = min(others, key=_seconds, default=first)
        self._pace = best if _seconds(best) * WORTH < _seconds(first) else first
        llama_cpp.llama_set_n_threads(self._llama.ctx, self._pace.threads, self._pace.threads)

    def _measured(self, threads: int) -> Pace:
        llama_cpp.llama_set_n_threads(self._llama.ctx, threads, threads)
        tokens = self._tokens(PROBE)
        self._keep(0)
        began = time.perf_counter()
        self._read(tokens, never)
        read = time.perf_counter()
        written = sum(1 for _ in self._generate(PROBE_WRITES, never))
        wrote = time.perf_counter()
        return Pace(len(tokens) / (read - began), max(1, written - 1) / (wrote - read), threads)

    def unread_tokens(self, prompt: str) -> int:
        """Return how many tokens of the prompt would have to be read now."""
        tokens = self._tokens(prompt)
        return len(tokens) - common_prefix(self._cached, tokens)

    def _generate(self, max_tokens: int, cancelled: Callable[[], bool]) -> Iterator[int]:
        room = self._llama.n_ctx() - len(self._cached)
        token: int | None = None
        for _ in range(min(max_tokens, room)):
            if token is not None:
                self._evaluate([token])
            if cancelled():
                return
            token = int(self._logits().argmax())
            if llama_cpp.llama_vocab_is_eog(self._vocabulary, token):
                return
            yield token

    def _read(self, tokens: Sequence[int], cancelled: Callable[[], bool]) -> None:
        if len(tokens) > self._llama.n_ctx():
            raise EngineError(
                "interviewer.prompt-too-long",
                f"The prompt has {len(tokens)} tokens and the model's memory holds {self._llama.n_ctx()}.",
                "The bank's own wording is used; a shorter round needs less.",
            )
        self._keep(common_prefix(self._cached, tokens))
        if len(self._cached) == len(tokens) and not self._logits_current:
            self._keep(len(tokens) - 1)
        with self._brake.pulled_by(cancelled):
            while (done := len(self._cached)) < len(tokens) and not cancelled():
                self._evaluate(tokens[done : done + BATCH_TOKENS])

    def _keep(self, count: int) -> None:
        """Forget all but the first `count` tokens."""
        if count < len(self._cached):
            del self._cached[count:]
            self._llama.n_tokens = count
            self._logits_current = False

    def _evaluate(self, tokens: Sequence[int]) -> None:
        self._logits_current = False
        try:
            self._llama.eval(tokens)
        except RuntimeError as error:  # nothing was appended, so the cache stays what _cached says
            if self._brake.pulled:
                return
            raise EngineError(
                "interviewer.failed", f"The language model failed: {error}.", "The bank's own wording is used."
            ) from error
        self._cached += tokens
        self._logits_current = True

    def _logits(self) -> npt.NDArray[np.float32]:
        pointer = llama_cpp.llama_get_logits_ith(self._llama.ctx, -1)
        return np.ctypeslib.as_array(pointer, shape=(self._llama.n_vocab(),))

    def _tokens(self, text: str) -> list[int]:
        tokens: list[int] = self._llama.tokenize(text.encode(), add_bos=True, special=True)
        return tokens

    def _single_token(self, choice: str) -> int:
        tokens = self._llama.tokenize(choice.encode(), add_bos=False, special=False)
        if len(tokens) != 1:
            raise EngineError(
                "interviewer.bad-choice", f"{choice!r} is {len(tokens)} tokens, not one.", "Choose single letters."
            )
        return int(tokens[0])

    def _piece(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(PIECE_BYTES)
        length = llama_cpp.llama_token_to_piece(self._vocabulary, token, buffer, PIECE_BYTES, 0, False)
        return buffer.raw[: max(length, 0)]


class _Brake:
    """Stops llama.cpp in the middle of a batch."""

    def __init__(self, llama: llama_cpp.Llama) -> None:
        self._byte = ctypes.create_string_buffer(2)  # a byte and the nought that ends every string
        library = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        callback = ctypes.cast(library.strlen, llama_cpp.ggml_abort_callback)
        llama_cpp.llama_set_abort_callback(llama.ctx, callback, ctypes.cast(self._byte, ctypes.c_void_p))

    @property
    def pulled(self) -> bool:
        """What is being read is not wanted any more."""
        return self._byte[0] != b"\0"

    @contextmanager
    def pulled_by(self, cancelled: Callable[[], bool]) -> Iterator[None]:
        """Watch `cancelled` from a thread of its own while the block runs, and stop the model when it turns true."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(LOOK_SECONDS):
                if cancelled():
                    self._byte[0] = b"\1"
                    return

        watcher = threading.Thread(target=watch, name="brake", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
            self._byte[0] = b"\0"


def _seconds(pace: Pace) -> float:
    """How long as much as the probe takes, to be read and written."""
    return 1.0 / pace.reading + 1.0 / (4.0 * pace.writing)


def common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    """Return how many items two sequences share at their start."""
    length = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        length += 1
    return length
