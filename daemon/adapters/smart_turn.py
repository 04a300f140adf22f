"""Smart Turn v3: has the speaker finished the thought? One forward pass over the last eight seconds.

The input is Whisper's log-mel spectrogram of sound scaled to zero mean and unit variance, silence in front when
there is less than eight seconds (pipecat-ai's smart-turn-v3 model card and reference preprocessing).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from phantomcode.daemon.adapters.speech_detector import single_threaded
from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.ports import SAMPLE_RATE_HZ, Pcm

WINDOW_SAMPLES = 8 * SAMPLE_RATE_HZ
MEL_BANDS = 80
HOP_SAMPLES = 160
FFT_SAMPLES = 400
_VARIANCE_FLOOR = 1e-7

Floats = npt.NDArray[np.float32]


def load(model_file: str) -> SmartTurn:
    """Open the model; raises EngineError."""
    return SmartTurn(Path(model_file))


class SmartTurn:
    """The TurnDetector. One call takes some 60 ms on one core of a laptop."""

    def __init__(self, model_file: Path) -> None:
        self._network = single_threaded(model_file)

    def probability_complete(self, pcm: Pcm) -> float:
        """Return 0-1 that the turn is over; pcm of shape (samples,) ends in the pause. Raises EngineError."""
        features = log_mel(last_window(pcm))[np.newaxis]
        try:
            (verdict,) = self._network.run(None, {"input_features": features})
        except Exception as error:
            raise EngineError(
                "turns.failed", f"The turn detector failed: {error}", "Run `phantomcode models verify`."
            ) from error
        return float(np.ravel(verdict)[0])


def last_window(pcm: Pcm) -> Floats:
    """Return the last eight seconds, shape (128000,), zero mean and unit variance, silence put in front."""
    sound = np.zeros(WINDOW_SAMPLES, np.float32)
    heard = pcm[-WINDOW_SAMPLES:].astype(np.float32) / 32768.0
    sound[WINDOW_SAMPLES - len(heard) :] = heard
    scaled: Floats = (sound - sound.mean()) / np.sqrt(sound.var() + np.float32(_VARIANCE_FLOOR))
    return scaled


def log_mel(sound: Floats) -> Floats:
    """Return Whisper's log-mel spectrogram, shape (80, samples / 160), float32.

    Power of 25 ms Hann windows every 10 ms, Slaney mel bands, log10, at most 8 decades under the peak, scaled
    as in OpenAI's whisper/audio.py.
    """
    padded = np.pad(sound, FFT_SAMPLES // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, FFT_SAMPLES)[::HOP_SAMPLES][:-1]
    hann = np.hanning(FFT_SAMPLES + 1)[:-1].astype(np.float32)
    power = np.square(np.abs(np.fft.rfft(windows * hann, axis=-1))).astype(np.float32)
    log_power = np.log10(np.maximum(_mel_filters() @ power.T, 1e-10))
    bounded = np.maximum(log_power, log_power.max() - 8.0)
    scaled: Floats = ((bounded + 4.0) / 4.0).astype(np.float32)
    return scaled


@cache
def _mel_filters() -> Floats:
    """Triangles of equal area between points evenly spaced in Slaney mels, shape (80, 201)."""
    edges_mel = np.linspace(0.0, _mel(SAMPLE_RATE_HZ / 2), MEL_BANDS + 2)
    edges_hz = np.array([_hertz(mel) for mel in edges_mel])
    bins_hz = np.fft.rfftfreq(FFT_SAMPLES, 1 / SAMPLE_RATE_HZ)
    below, peak, above = (edges_hz[i : MEL_BANDS + i, np.newaxis] for i in range(3))
    triangles = np.minimum((bins_hz - below) / (peak - below), (above - bins_hz) / (above - peak))
    filters: Floats = (np.maximum(0.0, triangles) * 2.0 / (above - below)).astype(np.float32)
    return filters


_LINEAR_HZ_PER_MEL = 200.0 / 3.0
_LOG_FROM_HZ = 1000.0
_LOG_FROM_MEL = _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP = float(np.log(6.4)) / 27.0


def _mel(hertz: float) -> float:
    """Slaney's scale: linear to 1 kHz, logarithmic above."""
    if hertz < _LOG_FROM_HZ:
        return hertz / _LINEAR_HZ_PER_MEL
    return _LOG_FROM_MEL + float(np.log(hertz / _LOG_FROM_HZ)) / _LOG_STEP


def _hertz(mel: float) -> float:
    if mel < _LOG_FROM_MEL:
        return mel * _LINEAR_HZ_PER_MEL
    return _LOG_FROM_HZ * float(np.exp(_LOG_STEP * (mel - _LOG_FROM_MEL)))
