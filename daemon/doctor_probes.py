"""The probes that may hang or crash, run by `doctor.ask` as `python -m phantomcode.daemon.doctor_probes NAME ...`.

Each probe writes JSON lines to what was standard output when the process began. Both of the process's own streams
then lead to standard error, which the parent keeps: C libraries (ALSA, JACK, llama.cpp) print there what they please.
"""

from __future__ import annotations

import importlib
import itertools
import os
import sys
import time
from collections.abc import Callable
from importlib import metadata
from typing import Any, BinaryIO

import msgspec

from phantomcode.daemon.contract.errors import PhantomError

LISTEN_SECONDS = 0.5
SOUND_SECONDS = 3.0
PREFILL_TOKENS = 128
DECODE_TOKENS = 24


class Trouble(msgspec.Struct, frozen=True, tag=True):
    """A PhantomError on its way to the parent."""

    message: str
    remedy: str


class Importing(msgspec.Struct, frozen=True, tag=True):
    """Said before a library is imported, so that the parent knows which one a crash belongs to."""

    distribution: str


class Imported(msgspec.Struct, frozen=True, tag=True):
    """A library's version, or why it cannot be imported."""

    distribution: str
    version: str = ""
    error: str = ""


class Heard(msgspec.Struct, frozen=True, tag=True):
    """Half a second from the default microphone; `level_dbfs` is the root mean square, -120 at least."""

    device: str
    level_dbfs: float
    only_zeros: bool


class Output(msgspec.Struct, frozen=True, tag=True):
    """The default output device, opened and closed without a sound; no name means there is none."""

    device: str
    rate_hz: int = 0


class Screen(msgspec.Struct, frozen=True, tag=True):
    """What Qt found: its platform plug-in and the size of the first screen in pixels."""

    platform: str
    width: int
    height: int


class Recognised(msgspec.Struct, frozen=True, tag=True):
    """How long a warm recogniser took for SOUND_SECONDS of sound."""

    decode_seconds: float


class Wrote(msgspec.Struct, frozen=True, tag=True):
    """Rates of the language model."""

    prefill_per_second: float
    decode_per_second: float


Answer = Trouble | Importing | Imported | Heard | Output | Screen | Recognised | Wrote
Say = Callable[[Answer], None]


def libraries(say: Say, *pairs: str) -> None:
    """Import each "distribution=module" in turn."""
    for pair in pairs:
        distribution, module = pair.split("=")
        say(Importing(distribution))
        try:
            importlib.import_module(module)
            say(Imported(distribution, version=metadata.version(distribution)))
        except (ImportError, OSError) as error:  # OSError: a shared library the module needs is not there
            say(Imported(distribution, error=str(error)))


def microphone(say: Say) -> None:
    """Listen through the same adapter as a round."""
    import numpy as np

    from phantomcode.daemon.adapters.microphone import PyAudioMicrophone
    from phantomcode.daemon.ports import FRAME_SECONDS

    source = PyAudioMicrophone()
    name = source.open()
    frames = list(itertools.islice(source.frames(), round(LISTEN_SECONDS / FRAME_SECONDS)))
    source.close()
    samples = np.frombuffer(b"".join(frame.pcm for frame in frames), np.int16) / 32768.0
    level_dbfs = 20 * np.log10(max(float(np.sqrt(np.mean(samples**2))), 1e-6))
    say(Heard(name, round(float(level_dbfs), 1), all(frame.digital_silence for frame in frames)))


def output(say: Say) -> None:
    """Open the default output device at its own rate."""
    import pyaudio

    library = pyaudio.PyAudio()
    try:
        device = library.get_default_output_device_info()
    except OSError:
        say(Output(""))
        return
    rate_hz = int(device["defaultSampleRate"])
    try:
        library.open(format=pyaudio.paInt16, channels=1, rate=rate_hz, output=True, start=False).close()
    except OSError as error:
        say(Trouble(f"{device['name']} cannot be opened: {error}.", "Close the program that holds it."))
        return
    say(Output(str(device["name"]), rate_hz))


def display(say: Say) -> None:
    """Let Qt connect to the display. Qt aborts the process when it cannot."""
    from PyQt6.QtGui import QGuiApplication

    application = QGuiApplication([])
    screen = application.primaryScreen()
    size = screen.size() if screen else None
    say(Screen(application.platformName(), size.width() if size else 0, size.height() if size else 0))


def recogniser(say: Say, folder: str, threads: str) -> None:
    """Decode a humming sound twice and time the second, which is how every decode but the first one goes.

    Words take about 0.1 s more than a hum, of which there is little to write down.
    """
    import numpy as np

    from phantomcode.daemon.adapters.faster_whisper import load
    from phantomcode.daemon.ports import SAMPLE_RATE_HZ

    at_seconds = np.arange(int(SOUND_SECONDS * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    voiced = sum(np.sin(2 * np.pi * 120 * partial * at_seconds) / partial for partial in range(1, 12))
    syllables = 0.5 + 0.5 * np.sin(2 * np.pi * 4 * at_seconds)
    pcm = (6000 * voiced * syllables).clip(-32768, 32767).astype(np.int16)
    engine = load(folder, int(threads))
    engine.transcribe(pcm, ())
    started = time.perf_counter()
    engine.transcribe(pcm, ())
    say(Recognised(time.perf_counter() - started))


def language_model(say: Say, file: str, threads: str) -> None:
    """Read a prompt of PREFILL_TOKENS and write DECODE_TOKENS."""
    import llama_cpp

    model: Any = llama_cpp.Llama(
        file, n_ctx=512, n_threads=int(threads), n_threads_batch=int(threads), flash_attn=True, verbose=False
    )
    text = b"The candidate puts a cache in front of the database and explains when it is stale. " * 20
    tokens = model.tokenize(text)[:PREFILL_TOKENS]
    model.eval(tokens[:1])  # the first pass also brings the weights into memory
    model.reset()
    started = time.perf_counter()
    model.eval(tokens)
    read = time.perf_counter()
    for _ in range(DECODE_TOKENS):
        model.eval([model.sample(temp=0.0)])
    wrote = time.perf_counter()
    say(Wrote(PREFILL_TOKENS / (read - started), DECODE_TOKENS / (wrote - read)))


PROBES: dict[str, Callable[..., None]] = {
    probe.__name__: probe for probe in (libraries, microphone, output, display, recogniser, language_model)
}


def main(arguments: list[str]) -> None:
    """Run one probe; anything unforeseen ends as a traceback on standard error and a status the parent sees."""
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        try:
            PROBES[arguments[0]](_sayer(answers), *arguments[1:])
        except PhantomError as error:
            _sayer(answers)(Trouble(error.message, error.remedy))


def _sayer(answers: BinaryIO) -> Say:
    def say(answer: Answer) -> None:
        answers.write(msgspec.json.encode(answer) + b"\n")
        answers.flush()  # the next line of the probe may be the one that crashes

    return say


if __name__ == "__main__":
    main(sys.argv[1:])
