"""Speech or not: WebRTC's detector as a gate that costs nothing, Silero's network as the judge behind it.

webrtcvad alone fires on key strokes and fans; Silero alone would run through hours of silence. While the gate
has been shut for HOLD_FRAMES, the network rests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import webrtcvad

from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.ports import SAMPLE_RATE_HZ, AudioFrame

GATE_MODE = 0
"""WebRTC's most permissive mode: the gate must not cost a quiet word."""
HOLD_FRAMES = 25
"""Half a second: longer than the pauses inside a phrase."""
WINDOW_SAMPLES = 512
CONTEXT_SAMPLES = 64
"""Silero v5 and later at 16 kHz reads 32 ms windows, each behind the last 4 ms of the one before."""
WARM_UP_SAMPLES = 4 * WINDOW_SAMPLES
"""What the network hears again when the gate opens, so that its memory is not empty."""
STATE_SHAPE = (1, 1, 128)

Floats = npt.NDArray[np.float32]


def silero_file() -> Path:
    """Find the network that faster-whisper brings, without importing it; raises EngineError."""
    spec = find_spec("faster_whisper")
    folders = spec.submodule_search_locations if spec else None
    found = sorted(Path(folders[0]).glob("assets/silero_vad_v*.onnx")) if folders else []
    if not found:
        raise EngineError(
            "speech.no-detector", "The speech detector's network is missing.", "Install faster-whisper again."
        )
    return found[-1]


def single_threaded(model_file: Path) -> onnxruntime.InferenceSession:
    """Open an ONNX model on one thread; raises EngineError."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(model_file), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise EngineError(
            "engine.bad-model",
            f"{model_file.name} cannot be loaded: {error}",
            "Run `phantomcode models verify`.",
        ) from error


class GatedSilero:
    """The SpeechDetector of live rounds."""

    def __init__(self, model_file: Path | None = None) -> None:
        self._network = single_threaded(model_file or silero_file())
        self._gate = webrtcvad.Vad(GATE_MODE)
        self._open_frames = 0
        self._memory = _Memory()

    def reset(self) -> None:
        """Forget what was heard."""
        self._gate = webrtcvad.Vad(GATE_MODE)
        self._open_frames = 0
        self._memory = _Memory()

    def probability(self, frame: AudioFrame) -> float:
        """Return the probability 0-1 of speech at the end of the frame; 0 while the gate is shut."""
        voiced = self._gate.is_speech(frame.pcm, SAMPLE_RATE_HZ)
        self._open_frames = HOLD_FRAMES if voiced else max(0, self._open_frames - 1)
        sound = np.frombuffer(frame.pcm, np.int16).astype(np.float32) / 32768.0
        waiting = np.concatenate([self._memory.waiting, sound])
        if self._open_frames == 0:
            self._memory = _Memory(waiting[-WARM_UP_SAMPLES:])
            return 0.0
        while len(waiting) >= WINDOW_SAMPLES:
            self._judge(waiting[:WINDOW_SAMPLES])
            waiting = waiting[WINDOW_SAMPLES:]
        self._memory.waiting = waiting
        return self._memory.probability

    def _judge(self, window: Floats) -> None:
        memory = self._memory
        heard = np.concatenate([memory.context, window])[np.newaxis]
        speech, memory.hidden, memory.cell = self._network.run(
            None, {"input": heard, "h": memory.hidden, "c": memory.cell}
        )
        memory.context = window[-CONTEXT_SAMPLES:]
        memory.probability = float(np.ravel(speech)[-1])


def _zeros(*shape: int) -> Floats:
    return np.zeros(shape, np.float32)


@dataclass(eq=False)
class _Memory:
    """Sound that waits for a full window, and the recurrent network's state."""

    waiting: Floats = field(default_factory=lambda: _zeros(0))
    context: Floats = field(default_factory=lambda: _zeros(CONTEXT_SAMPLES))
    hidden: Floats = field(default_factory=lambda: _zeros(*STATE_SHAPE))
    cell: Floats = field(default_factory=lambda: _zeros(*STATE_SHAPE))
    probability: float = 0.0
