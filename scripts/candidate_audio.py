#!/usr/bin/env python3
"""Make a candidate's recording from an authored text: Piper speaks the lines, the pauses between them are as written.

    python scripts/candidate_audio.py tests/audio/candidate.toml tests/audio/candidate.ogg

Out comes 16 kHz mono; the ending of the file's name chooses the format (.ogg is Opus, .flac and .wav are lossless).
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from piper import PiperVoice, SynthesisConfig

from phantomcode.daemon.ports import SAMPLE_RATE_HZ
from phantomcode.models.store import ModelStore

VOICE = "piper-en_US-joe-medium"
PEAK = 0.7
"""Of full scale: as loud as a headset microphone that is set well."""
ROOM_NOISE = 0.0003
"""RMS of full scale (-70 dBFS): a quiet room. Perfect silence between the words would be unlike any microphone."""
NOISE_SEED = 1

Samples = npt.NDArray[np.float32]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words, and the seconds of silence after them."""

    say: str
    pause: float


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An authored recording. `speaking_rate` is 1 for the voice's own, more for faster; `lead_in` is in seconds."""

    lines: tuple[Line, ...]
    pronunciation: dict[str, str] = {}
    """Words the voice gets wrong, and how to spell them so that it does not."""
    speaking_rate: float = 1.0
    lead_in: float = 0.5


def load_text(path: Path) -> Text:
    """Read a text; raises msgspec.ValidationError or tomllib.TOMLDecodeError."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Text)


def speak(text: Text, voice_file: Path) -> Samples:
    """Return the recording at 16 kHz, shape (samples,)."""
    voice = PiperVoice.load(voice_file)
    parts = [_silence(text.lead_in)]
    for line in text.lines:
        parts += [_spoken(voice, spelled(line.say, text), text.speaking_rate), _silence(line.pause)]
    sound = np.concatenate(parts)
    sound *= PEAK / float(np.max(np.abs(sound)))
    noise = np.random.default_rng(NOISE_SEED).normal(0.0, ROOM_NOISE, len(sound))
    return (sound + noise).astype(np.float32)


def spelled(words: str, text: Text) -> str:
    """Return the words as the voice must be given them."""
    for word, sound in text.pronunciation.items():
        words = words.replace(word, sound)
    return words


def _spoken(voice: PiperVoice, words: str, rate: float) -> Samples:
    pieces = [piece.audio_float_array for piece in voice.synthesize(words, SynthesisConfig(length_scale=1 / rate))]
    heard: Samples = soxr.resample(np.concatenate(pieces), voice.config.sample_rate, SAMPLE_RATE_HZ, "VHQ")
    return heard


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.float32)


def write(sound: Samples, file: Path) -> None:
    """Write the sound in the format that the file's ending names."""
    subtype = "OPUS" if file.suffix == ".ogg" else "PCM_16"
    soundfile.write(file, sound, SAMPLE_RATE_HZ, subtype=subtype)


def main() -> int:
    """Make one recording."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path, help="TOML file with the lines.")
    parser.add_argument("out", type=Path, help="Sound file to write.")
    options = parser.parse_args()
    sound = speak(load_text(options.text), ModelStore().main_file(VOICE))
    write(sound, options.out)
    print(f"{options.out}: {len(sound) / SAMPLE_RATE_HZ:.1f} s, {options.out.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
