"""Engines behind ports for the tests of the typed proxies; child processes import this file by name."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from phantomcode.daemon.ports import FRAME_SAMPLES, FRAME_SECONDS, AudioFrame, Pcm, Recognition


class Recogniser:
    def transcribe(self, pcm: Pcm, vocabulary: Sequence[str], *, words: bool = False) -> Recognition:
        return Recognition(f"{len(pcm)} samples of {pcm[0]}, {' '.join(vocabulary)}, {words=}", 1.0)


class TurnDetector:
    def probability_complete(self, pcm: Pcm) -> float:
        return float(pcm.mean())


class Voice:
    sample_rate_hz = 22_050

    def synthesise(self, text: str) -> Iterator[Pcm]:
        for word in text.split():
            yield np.zeros(len(word), dtype=np.int16)


class Microphone:
    def open(self, heard_seconds: float) -> str:
        return "endless microphone"

    def frames(self) -> Iterator[AudioFrame]:
        while True:
            time.sleep(0.001)
            yield AudioFrame(bytes(FRAME_SAMPLES * 2), time.monotonic())

    def close(self) -> None:
        pass


class Recording:
    """Plays its places, 0, 1, 2 ..., and dies after five of them."""

    def open(self, heard_seconds: float) -> str:
        self.place = round(heard_seconds / FRAME_SECONDS)
        return "recording"

    def frames(self) -> Iterator[AudioFrame]:
        for place in range(self.place, self.place + 5):
            yield AudioFrame(bytes(FRAME_SAMPLES * 2), float(place))
        os._exit(1)

    def close(self) -> None:
        pass


class Sleeper:
    """A turn detector that is stuck."""

    def probability_complete(self, pcm: Pcm) -> float:
        time.sleep(3600.0)
        return float(pcm.mean())


class LanguageModel:
    def prefill(self, prompt: str, *, cancelled: Callable[[], bool]) -> None:
        while prompt == "endless" and not cancelled():
            time.sleep(0.005)

    def stream(
        self, prompt: str, *, max_tokens: int, stop: Sequence[str], cancelled: Callable[[], bool]
    ) -> Iterator[str]:
        assert not cancelled()
        yield from (prompt, str(max_tokens), str(stop))

    def vote(self, prompt: str, choices: Sequence[str], *, cancelled: Callable[[], bool]) -> tuple[float, ...]:
        while prompt == "endless" and not cancelled():
            time.sleep(0.005)
        return () if cancelled() else tuple(1 / len(choices) for _ in choices)

    def unread_tokens(self, prompt: str) -> int:
        return len(prompt.split())


recogniser = Recogniser
turn_detector = TurnDetector
voice = Voice
microphone = Microphone
recording = Recording
sleeper = Sleeper
language_model = LanguageModel
