"""Sound of any rate and channel count to 20 ms frames of 16 kHz mono, continuously."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import soxr

from phantomcode.daemon.ports import FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame, Pcm

Samples = npt.NDArray[np.float32]
"""Shape (samples, channels), full scale ±1."""

CLIPPED_LEVEL = 32_700
"""A little under full scale, because resampling rounds the corners of clipped peaks."""
CLIPPED_SAMPLES = 2


class Framer:
    """Resamples a stream and cuts it into frames; keeps what is left over for the next block."""

    def __init__(self, rate_hz: int, *, reports_silence: bool) -> None:
        self._rate_hz = rate_hz
        self._reports_silence = reports_silence
        self._resampler = (
            None if rate_hz == SAMPLE_RATE_HZ else soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, 1, "float32")
        )
        self._taken = 0
        self._given = 0
        self._left: Pcm = np.zeros(0, np.int16)

    def feed(self, samples: Samples, ended_at: float) -> Iterator[AudioFrame]:
        """Yield the frames a block completes. `ended_at` is the time of the block's last sample."""
        self._taken += len(samples)
        mono = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0).mean(axis=1, dtype=np.float32)
        yield from self._frames(self._resample(mono, last=False), ended_at)

    def finish(self, ended_at: float) -> Iterator[AudioFrame]:
        """Yield what the resampler still holds, the last frame filled up with silence."""
        rest = self._resample(np.zeros(0, np.float32), last=True)
        missing = -(len(self._left) + len(rest)) % FRAME_SAMPLES
        yield from self._frames(np.concatenate([rest, np.zeros(missing, np.float32)]), ended_at)

    def _resample(self, mono: Samples, *, last: bool) -> Samples:
        if self._resampler is None:
            return mono
        resampled: Samples = self._resampler.resample_chunk(mono, last=last)
        return resampled

    def _frames(self, mono: Samples, ended_at: float) -> Iterator[AudioFrame]:
        pcm = np.clip(np.rint(mono * 32768.0), -32768, 32767).astype(np.int16)
        sound = np.concatenate([self._left, pcm])
        whole = len(sound) - len(sound) % FRAME_SAMPLES
        self._left = sound[whole:]
        for first in range(0, whole, FRAME_SAMPLES):
            self._given += FRAME_SAMPLES
            behind_seconds = self._taken / self._rate_hz - self._given / SAMPLE_RATE_HZ
            yield self._frame(sound[first : first + FRAME_SAMPLES], ended_at - max(0.0, behind_seconds))

    def _frame(self, pcm: Pcm, captured_at: float) -> AudioFrame:
        loud = np.count_nonzero((pcm >= CLIPPED_LEVEL) | (pcm <= -CLIPPED_LEVEL))
        return AudioFrame(
            pcm.tobytes(),
            captured_at,
            clipping=bool(loud >= CLIPPED_SAMPLES),
            digital_silence=self._reports_silence and not pcm.any(),
        )
