#!/usr/bin/env python3
"""Make a candidate's recording from an authored text: Piper speaks the lines, the pauses between them are as written.

    python scripts/candidate_audio.py tests/audio/candidate.toml tests/audio/candidate.ogg

Out comes 16 kHz mono; the ending of the file's name chooses the format (.ogg is Opus, .flac and .wav are lossless).
What is said and when goes into one row of the `manifest.jsonl` beside it, where the benches find it.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from piper import PiperVoice, SynthesisConfig

from phantomcode.daemon.manifest import FILE_NAME, Clip, Pause, Turn
from phantomcode.daemon.ports import SAMPLE_RATE_HZ
from phantomcode.models.store import ModelStore

VOICE = "piper-en_US-joe-medium"
PEAK = 0.7
"""Of full scale: as loud as a headset microphone that is set well."""
ROOM_NOISE = 0.0003
"""RMS of full scale (-70 dBFS): a quiet room. Perfect silence between the words would be unlike any microphone."""
NOISE_SEED = 1
LOUD = 10 ** (-45 / 20)
"""Of full scale: a sample above -45 dBFS is voice. The voice pads what it says with silence."""
SHORTEST_PAUSE_SECONDS = 0.2
"""What is quiet for less is a stop consonant or a comma, not a pause."""
BREATHLESS_SECONDS = 0.15

Samples = npt.NDArray[np.float32]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words, and the seconds of silence after them.

    `goes_on`: the silence lies inside the turn, since the candidate only thinks or breathes.
    `breathless`: no pause inside the line, not even between sentences.
    """

    say: str
    pause: float
    goes_on: bool = False
    breathless: bool = False


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An authored recording. `speaking_rate` is 1 for the voice's own, more for faster; `lead_in` is in seconds."""

    lines: tuple[Line, ...]
    pronunciation: dict[str, str] = {}
    """Words the voice gets wrong, and how to spell them so that it does not."""
    jargon: tuple[str, ...] = ()
    """Terms a recogniser has to get right."""
    speaking_rate: float = 1.0
    lead_in: float = 0.5


class Row(Clip, frozen=True):
    """A clip in the manifest, with the SHA-256 of the text that it was made from."""

    made_from: str = ""


@dataclass(frozen=True, eq=False)
class Recording:
    """Sound at 16 kHz, shape (samples,), and in which samples each line is spoken, silence around it included."""

    sound: Samples
    spans: tuple[tuple[int, int], ...]


def load_text(path: Path) -> Text:
    """Read a text; raises msgspec.ValidationError or tomllib.TOMLDecodeError."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Text)


def speak(text: Text, voice_file: Path) -> Recording:
    """Let the voice say the lines with their pauses."""
    voice = PiperVoice.load(voice_file)
    return assemble(text, [_spoken(voice, spelled(line.say, text), text.speaking_rate) for line in text.lines])


def assemble(text: Text, spoken: Sequence[Samples]) -> Recording:
    """Put spoken lines one behind the other, as loud as a microphone is and in a quiet room."""
    loudest = max(float(np.max(np.abs(sound))) for sound in spoken)
    parts, spans = [_silence(text.lead_in)], []
    at = len(parts[0])
    for line, heard in zip(text.lines, spoken, strict=True):
        scaled = heard * np.float32(PEAK / loudest)
        voice = without_pauses(scaled) if line.breathless else scaled
        spans.append((at, at + len(voice)))
        parts += [voice, _silence(line.pause)]
        at += len(voice) + len(parts[-1])
    sound = np.concatenate(parts)
    noise = np.random.default_rng(NOISE_SEED).normal(0.0, ROOM_NOISE, len(sound))
    return Recording((sound + noise).astype(np.float32), tuple(spans))


def spelled(words: str, text: Text) -> str:
    """Return the words as the voice must be given them."""
    for word, sound in text.pronunciation.items():
        words = words.replace(word, sound)
    return words


def described(text: Text, recording: Recording, path: str, made_from: str = "") -> Row:
    """Return the manifest's row: what is said, and when, to the millisecond of the sound itself."""
    return Row(
        path=path,
        made_from=made_from,
        seconds=round(len(recording.sound) / SAMPLE_RATE_HZ, 3),
        text=" ".join(line.say for line in text.lines),
        jargon=text.jargon,
        turns=tuple(_turns(text.lines, recording)),
    )


def _turns(lines: Sequence[Line], recording: Recording) -> Iterator[Turn]:
    first = 0
    for number, line in enumerate(lines):
        if line.goes_on and number + 1 < len(lines):
            continue
        words = " ".join(each.say for each in lines[first : number + 1])
        yield _turn(words, recording.sound, recording.spans[first][0], recording.spans[number][1])
        first = number + 1


def _turn(words: str, sound: Samples, start: int, end: int) -> Turn:
    loud = start + np.flatnonzero(np.abs(sound[start:end]) > LOUD)
    pauses = tuple(
        Pause(_seconds(before + 1), _seconds(after)) for before, after in _gaps(loud, SHORTEST_PAUSE_SECONDS)
    )
    return Turn(words, _seconds(int(loud[0])), _seconds(int(loud[-1]) + 1), pauses)


def _gaps(loud: npt.NDArray[np.intp], least_seconds: float) -> list[tuple[int, int]]:
    """Return the loud samples on both sides of every stretch of quiet that is at least so long."""
    wide = np.flatnonzero(np.diff(loud) > least_seconds * SAMPLE_RATE_HZ)
    return [(int(loud[at]), int(loud[at + 1])) for at in wide]


def _seconds(sample: int) -> float:
    return round(sample / SAMPLE_RATE_HZ, 3)


def without_pauses(sound: Samples) -> Samples:
    """Cut the middle out of every quiet stretch that is longer than BREATHLESS_SECONDS."""
    kept, at = [], 0
    half = round(BREATHLESS_SECONDS * SAMPLE_RATE_HZ / 2)
    for before, after in _gaps(np.flatnonzero(np.abs(sound) > LOUD), BREATHLESS_SECONDS):
        kept.append(sound[at : before + half])
        at = after - half
    return np.concatenate([*kept, sound[at:]])


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


def note(row: Row, manifest: Path) -> None:
    """Write a row into a manifest, in place of the one for the same file."""
    rows = _rows(manifest)
    rows[row.path] = msgspec.json.encode(row).decode()
    manifest.write_text("".join(f"{rows[path]}\n" for path in sorted(rows)), encoding="utf-8")


def is_made_from(text_hash: str, sound: Path) -> bool:
    """Whether the sound is there and its row says that it was made from this text."""
    row = _rows(sound.parent / FILE_NAME).get(sound.name)
    return row is not None and sound.exists() and msgspec.json.decode(row, type=Row).made_from == text_hash


def _rows(manifest: Path) -> dict[str, str]:
    lines = manifest.read_text(encoding="utf-8").splitlines() if manifest.exists() else []
    return {msgspec.json.decode(line)["path"]: line for line in lines if line.strip()}


def main() -> int:
    """Make one recording."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path, help="TOML file with the lines.")
    parser.add_argument("out", type=Path, help="Sound file to write.")
    parser.add_argument("--if-changed", action="store_true", help="Only where the text is another than before.")
    options = parser.parse_args()
    text_hash = hashlib.sha256(options.text.read_bytes()).hexdigest()
    if options.if_changed and is_made_from(text_hash, options.out):
        return 0
    text = load_text(options.text)
    recording = speak(text, ModelStore().main_file(VOICE))
    write(recording.sound, options.out)
    row = described(text, recording, options.out.name, text_hash)
    note(row, options.out.parent / FILE_NAME)
    print(f"{options.out}: {row.seconds:.1f} s, {len(row.turns)} turns, {options.out.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
