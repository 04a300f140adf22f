#!/usr/bin/env python3
"""Compare ways to recognise the same speech, as a Markdown table: word errors, terms, and time as a ratio.

    .venv/bin/python scripts/hearing_table.py [FOLDER ...]

Every piece of speech is decoded by each variant in turn, and times are compared piece by piece with the first
variant's, so that a machine that is busy with other things slows all of them alike. Folders need a manifest.jsonl; the
bundled answers are always read. Where turns are marked a piece is a turn, else what lies between two long silences.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import soundfile

from phantomcode.daemon.adapters import faster_whisper
from phantomcode.daemon.adapters.faster_whisper import Decoding, FasterWhisper
from phantomcode.daemon.adapters.speech_detector import GatedSilero
from phantomcode.daemon.bench_words import BUNDLED
from phantomcode.daemon.cli.transcribe import merged_vocabulary
from phantomcode.daemon.manifest import Clip, load_manifest
from phantomcode.daemon.ports import FRAME_SAMPLES, SAMPLE_RATE_HZ, AudioFrame, Pcm
from phantomcode.daemon.segmenter import Ended, Segmenter
from phantomcode.daemon.word_errors import terms_heard, word_errors
from phantomcode.models.store import ModelStore
from phantomcode.problems.load import load_problem

PROBLEM = "url-shortener"
WHOLE = 30.0
BEFORE_SECONDS, AFTER_SECONDS = 0.3, 0.2
"""What a segment of a round has around the voice."""
LONGEST_SECONDS = 28.0


class Variant(msgspec.Struct, frozen=True):
    """One way to recognise."""

    model: str
    decoding: Decoding = Decoding()
    threads: int = 2
    vocabulary: bool = True

    @property
    def name(self) -> str:
        """What differs from the usual."""
        window = "30 s" if self.decoding.shortest_window_seconds == WHOLE else "short"
        terms = "" if self.vocabulary else ", no terms"
        beam = f", beam {self.decoding.beam}" if self.decoding.beam > 1 else ""
        threads = ", 1 thread" if self.threads == 1 else ""
        return f"{self.model}, {window}, {self.decoding.compute_type}{beam}{threads}{terms}"


@dataclass
class Result:
    """What a variant made of the pieces, in their order."""

    texts: dict[Path, list[str]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)


def variants(models: list[str]) -> list[Variant]:
    """Return what is compared: one thing changed at a time, for each model."""
    changed = [
        Decoding(),
        Decoding(shortest_window_seconds=WHOLE),
        Decoding(compute_type="int8_float32"),
        Decoding(compute_type="float32"),
        Decoding(beam=3),
        Decoding(beam=5),
    ]
    return [
        variant
        for model in models
        for variant in (
            *(Variant(model, decoding) for decoding in changed),
            Variant(model, threads=1),
            Variant(model, vocabulary=False),
        )
    ]


def pieces(folder: Path, clip: Clip) -> Iterator[Pcm]:
    """Yield a clip's speech, each piece short enough for the recogniser."""
    sound, rate = soundfile.read(folder / clip.path, dtype="int16")
    if rate != SAMPLE_RATE_HZ or sound.ndim > 1:
        raise ValueError(f"{clip.path}: 16 kHz mono is needed")
    spans = [(turn.began - BEFORE_SECONDS, turn.ended + AFTER_SECONDS) for turn in clip.turns]
    for began, ended in spans or [(0.0, clip.seconds)]:
        piece = np.asarray(sound[max(0, round(began * rate)) : round(ended * rate)])
        whole = bool(spans) and len(piece) <= LONGEST_SECONDS * rate
        yield from [piece] if whole else _divided(piece)


def _divided(sound: Pcm) -> Iterator[Pcm]:
    segmenter = Segmenter(GatedSilero())
    for at in range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        frame = AudioFrame(sound[at : at + FRAME_SAMPLES].tobytes(), (at + FRAME_SAMPLES) / SAMPLE_RATE_HZ)
        yield from [piece.speech.pcm for piece in segmenter.feed(frame) if isinstance(piece, Ended)]
    yield from [piece.speech.pcm for piece in segmenter.flush() if isinstance(piece, Ended)]


def compare(compared: list[Variant], clips: dict[Path, Clip]) -> list[Result]:
    """Decode every piece with every variant, beginning with another one each time."""
    store, terms = ModelStore(), merged_vocabulary(load_problem(PROBLEM))
    engines: dict[tuple[str, Decoding, int], FasterWhisper] = {}
    for each in compared:
        key = (each.model, each.decoding, each.threads)
        engines[key] = engines.get(key) or faster_whisper.load(str(store.path(each.model)), each.threads, each.decoding)
    results = [Result({path: [] for path in clips}, []) for _ in compared]
    work = [(path, pcm) for path, clip in clips.items() for pcm in pieces(path.parent, clip)]
    for number, (path, pcm) in enumerate(work):
        print(f"piece {number + 1} of {len(work)}", file=sys.stderr)
        order = [(number + step) % len(compared) for step in range(len(compared))]
        heard = {}
        for at in order:
            engine = engines[compared[at].model, compared[at].decoding, compared[at].threads]
            heard[at] = engine.transcribe(pcm, terms if compared[at].vocabulary else ())
        for at, result in enumerate(results):
            result.texts[path].append(heard[at].text)
            result.seconds.append(heard[at].decode_seconds)
    return results


def table(compared: list[Variant], clips: dict[Path, Clip], results: list[Result]) -> Iterator[str]:
    """Yield the rows."""
    folders = list(dict.fromkeys(path.parent for path in clips))
    yield f"| recogniser | {' | '.join(f'errors, {folder.name}' for folder in folders)} | terms | put in | time |"
    yield "|---|" + "---|" * (len(folders) + 3)
    terms = merged_vocabulary(load_problem(PROBLEM))
    for variant, result in zip(compared, results, strict=True):
        texts = {path: " ".join(said) for path, said in result.texts.items()}
        errors = []
        for folder in folders:
            counted = [word_errors(clip.text or "", texts[p]) for p, clip in clips.items() if p.parent == folder]
            errors.append(f"{100 * sum(e.edits for e in counted) / sum(e.words for e in counted):.1f} %")
        jargon = [terms_heard(clip.jargon, clip.text or "", texts[p]) for p, clip in clips.items()]
        put_in = sum(
            terms_heard(terms, texts[p], texts[p]).said - terms_heard(terms, texts[p], clip.text or "").heard
            for p, clip in clips.items()
        )
        ratio = statistics.median(own / first for own, first in zip(result.seconds, results[0].seconds, strict=True))
        heard = f"{sum(j.heard for j in jargon)} of {sum(j.said for j in jargon)}"
        yield f"| {variant.name} | {' | '.join(errors)} | {heard} | {put_in} | {ratio:.2f} |"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="*", help="Recordings with a manifest.jsonl.")
    parser.add_argument("--model", action="append", help="Id of a recogniser, may be repeated.")
    parser.add_argument("--raw", type=Path, help="File for every text and time, as JSON.")
    options = parser.parse_args()
    folders = [BUNDLED, *options.folder]
    clips = {folder / clip.path: clip for folder in folders for clip in load_manifest(folder) if clip.text is not None}
    compared = variants(options.model or ["whisper-tiny.en", "whisper-base"])
    results = compare(compared, clips)
    print("\n".join(table(compared, clips, results)))
    if options.raw:
        rows = [
            {"variant": variant.name, "seconds": result.seconds, "texts": {str(p): t for p, t in result.texts.items()}}
            for variant, result in zip(compared, results, strict=True)
        ]
        options.raw.write_bytes(msgspec.json.encode(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
