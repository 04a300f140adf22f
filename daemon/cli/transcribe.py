"""`phantomcode transcribe`: a sound file to utterances, through the same ears as a round, as fast as it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from phantomcode.daemon.adapters import faster_whisper, smart_turn
from phantomcode.daemon.adapters.sound_file import SoundFile
from phantomcode.daemon.adapters.speech_detector import GatedSilero
from phantomcode.daemon.ports import Microphone, Recogniser
from phantomcode.daemon.segmenter import Ended, Piece, Segmenter
from phantomcode.models import recommend
from phantomcode.models.catalogue import Role
from phantomcode.models.store import ModelStore
from phantomcode.problems.load import load_problem
from phantomcode.problems.model import Problem

THREADS = 2


class FileUtterance(msgspec.Struct, frozen=True):
    """Seconds from the start of the file, and what was said."""

    t0: float
    t1: float
    text: str


class FileTranscript(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    utterances: list[FileUtterance]


def transcribe(
    file: Annotated[Path, typer.Argument(help="A WAV, FLAC or Ogg file of any rate and channel count.")],
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    problem: Annotated[str | None, typer.Option(help="Listen for the words of this problem.")] = None,
) -> None:
    """Write down what is said in a sound file, with times."""
    vocabulary = merged_vocabulary(load_problem(problem)) if problem else ()
    microphone = SoundFile(file)
    microphone.open()
    recogniser, segmenter = _engines()
    heard = transcribe_all(microphone, segmenter, recogniser, vocabulary)
    if json:
        print(msgspec.json.encode(FileTranscript(list(heard))).decode())
        return
    for utterance in heard:
        print(f"{_minutes(utterance.t0)}-{_minutes(utterance.t1)}  {utterance.text}", flush=True)


def transcribe_all(
    microphone: Microphone, segmenter: Segmenter, recogniser: Recogniser, vocabulary: Sequence[str]
) -> Iterator[FileUtterance]:
    """Yield the utterances of an open source to its end, then close it; raises AudioError and EngineError."""
    try:
        for piece in _pieces(microphone, segmenter):
            if isinstance(piece, Ended):
                text = recogniser.transcribe(piece.speech.pcm, vocabulary).text
                if text:
                    yield FileUtterance(round(piece.speech.started_at, 2), round(piece.speech.ended_at, 2), text)
    finally:
        microphone.close()


def merged_vocabulary(problem: Problem) -> tuple[str, ...]:
    """Return 15 distinct terms: the first of every phase, then the second of every phase, and so on."""
    in_turn = chain.from_iterable(zip_longest(*problem.vocabulary.values()))
    distinct = dict.fromkeys(term for term in in_turn if term is not None)
    return tuple(distinct)[: faster_whisper.VOCABULARY_TERMS]


def _pieces(microphone: Microphone, segmenter: Segmenter) -> Iterator[Piece]:
    for frame in microphone.frames():
        yield from segmenter.feed(frame)
    yield from segmenter.flush()


def _engines() -> tuple[Recogniser, Segmenter]:
    """Load this machine's default recogniser, with the turn detector a round would use."""
    store = ModelStore()
    defaults = recommend.defaults(recommend.look())
    recogniser = faster_whisper.load(str(store.path(defaults[Role.RECOGNISER])), THREADS)
    turns = smart_turn.load(str(store.main_file(defaults[Role.TURN_DETECTOR])))
    return recogniser, Segmenter(GatedSilero(), turns)


def _minutes(seconds: float) -> str:
    return f"{int(seconds // 60):02d}:{seconds % 60:04.1f}"
