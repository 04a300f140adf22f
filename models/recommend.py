"""Which models suit this machine, from its cores, its memory and a three-second probe.

Two figures predict an engine's speed. Reading the prompt and encoding sound are limited by arithmetic, so they follow
the rate of a float32 matrix product; writing a reply reads all weights once per token, so it follows memory bandwidth.
The constants below were fitted on a 2-core AVX2 machine whose probe gives about 150 GFLOP/s and 30 GB/s, and which
decodes 18 tokens/s with the 1.5B model, 33 with the 0.5B, and encodes 30 s of sound in 0.85 s with whisper-base.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import msgspec
import numpy as np
import psutil

from phantomcode.models.catalogue import Role

GIB = 2**30

DECODE_EFFICIENCY = 0.6
"""Share of the probed bandwidth that llama.cpp reaches while decoding: 0.54 for 0.5B, 0.67 for 1.5B."""
ENCODE_EFFICIENCY = 0.47
"""Share of the probed arithmetic that the Whisper encoder reaches in int8."""
SMALL_EN_ENCODE_GFLOP = 264.0
"""Work of whisper-small's encoder on its 30 s window: 88 M weights x 1500 positions x 2."""

MIN_DECODE_PER_SECOND = 12.0
"""An interviewer's line of 15 tokens or so must be there within 1.5 s, with the prompt's tail still to read."""
MAX_ENCODE_SECONDS = 0.6
"""What encoding may take of the second between the last word and the answer."""

SMALL_MEMORY_BYTES = 6 * GIB
"""Below this the 1.5B model (2.2 GB with the daemon around it) crowds out the browser and the editor."""


class Machine(msgspec.Struct, frozen=True):
    """What the system says about itself; `cores` are physical ones."""

    cores: int
    memory_total_bytes: int
    memory_available_bytes: int


class Speed(msgspec.Struct, frozen=True):
    """What the probe measured: float32 matrix product, and reading memory."""

    gflop_per_second: float
    gigabytes_per_second: float


class Choice(msgspec.Struct, frozen=True):
    """One recommended artifact, and why in one sentence."""

    artifact_id: str
    reason: str


class _Interviewer(msgspec.Struct, frozen=True):
    artifact_id: str
    weights_gigabytes: float
    min_cores: int
    min_total_bytes: int
    min_available_bytes: int


_INTERVIEWERS = (  # best first; the last one is taken when nothing else fits
    _Interviewer("qwen3-4b-instruct-2507-q4_k_m", 2.497, 6, 12 * GIB, 8 * GIB),
    _Interviewer("qwen2.5-coder-1.5b-instruct-q4_k_m", 1.117, 1, SMALL_MEMORY_BYTES, 0),
    _Interviewer("qwen2.5-coder-0.5b-instruct-q4_k_m", 0.491, 1, 0, 0),
)


def look() -> Machine:
    """Ask the system."""
    memory = psutil.virtual_memory()
    return Machine(psutil.cpu_count(logical=False) or psutil.cpu_count() or 1, memory.total, memory.available)


def probe(seconds: float = 3.0, clock: Callable[[], float] = time.perf_counter) -> Speed:
    """Measure for about `seconds`, half on arithmetic and half on memory. Uses 256 MiB while it runs."""
    side = 512
    square = np.ones((side, side), np.float32)
    product = np.empty_like(square)
    products = _rate(lambda: np.matmul(square, square, out=product), seconds / 2, clock)
    weights = np.ones((8192, 8192), np.float32)  # far larger than any cache, read as a decoder reads its weights
    vector = np.ones(8192, np.float32)
    reads = _rate(lambda: weights @ vector, seconds / 2, clock)
    return Speed(products * 2 * side**3 / 1e9, reads * weights.nbytes / 1e9)


def defaults(machine: Machine) -> dict[Role, str]:
    """What `pull` fetches when no ids are given and what a round uses: decided by memory alone, without a probe."""
    small = machine.memory_total_bytes < SMALL_MEMORY_BYTES
    return {
        Role.RECOGNISER: "whisper-tiny.en",
        Role.LANGUAGE_MODEL: f"qwen2.5-coder-{'0.5b' if small else '1.5b'}-instruct-q4_k_m",
        Role.VOICE: "piper-en_US-joe-medium",
        Role.TURN_DETECTOR: "smart-turn-v3.2-cpu",
    }


def smaller_interviewer(artifact_id: str) -> str | None:
    """Return the next smaller language model than this one, or None where there is none."""
    ids = [one.artifact_id for one in _INTERVIEWERS]
    following = ids[ids.index(artifact_id) + 1 :] if artifact_id in ids else ids[-1:]
    return next(iter(following), None)


def recommend(machine: Machine, speed: Speed) -> Mapping[Role, Choice]:
    """One artifact per role that a round needs, with the reason."""
    chosen = {role: Choice(artifact_id, "the only one in use") for role, artifact_id in defaults(machine).items()}
    return {
        **chosen,
        Role.RECOGNISER: _recogniser(machine, speed),
        Role.LANGUAGE_MODEL: _interviewer(machine, speed),
    }


def _recogniser(machine: Machine, speed: Speed) -> Choice:
    encode_seconds = SMALL_EN_ENCODE_GFLOP / (ENCODE_EFFICIENCY * speed.gflop_per_second)
    if machine.cores >= 4 and encode_seconds <= MAX_ENCODE_SECONDS:
        return Choice("whisper-small.en", f"would hear 30 s of sound in {encode_seconds:.1f} s")
    return Choice(
        "whisper-tiny.en", f"whisper-small.en would take {encode_seconds:.1f} s a turn on {machine.cores} cores"
    )


def _interviewer(machine: Machine, speed: Speed) -> Choice:
    for candidate in _INTERVIEWERS:
        rate = DECODE_EFFICIENCY * speed.gigabytes_per_second / candidate.weights_gigabytes
        if _fits(candidate, machine) and rate >= MIN_DECODE_PER_SECOND:
            return Choice(candidate.artifact_id, f"fits in memory and should write {rate:.0f} tokens/s")
    return Choice(
        _INTERVIEWERS[-1].artifact_id,
        f"the smallest, about {rate:.0f} tokens/s; the problem bank's own lines fill in when it is late",
    )


def _fits(candidate: _Interviewer, machine: Machine) -> bool:
    return (
        machine.cores >= candidate.min_cores
        and machine.memory_total_bytes >= candidate.min_total_bytes
        and machine.memory_available_bytes >= candidate.min_available_bytes
    )


def _rate(work: Callable[[], object], seconds: float, clock: Callable[[], float]) -> float:
    """Runs per second of `work`, after one run that warms up threads and pages."""
    work()
    started = clock()
    runs = 0
    while clock() - started < seconds:
        work()
        runs += 1
    return runs / (clock() - started)
