"""What is said in a folder of recordings: one row of JSON for each file in `manifest.jsonl`, read by the benches.

A row needs the file's path within the folder, its length, and the words in it, or null where nobody speaks. Where
turns and pauses are marked, their times are those of the first and the last loud sample. Other fields are let be.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from phantomcode.daemon.contract.errors import AudioError

FILE_NAME = "manifest.jsonl"
_REMEDY = "Correct that row; daemon/recordings/manifest.jsonl shows what one looks like."


class Pause(msgspec.Struct, frozen=True):
    """Silence inside a turn, in seconds from the start of the file."""

    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.ended - self.began


class Turn(msgspec.Struct, frozen=True):
    """What is said before the other side may speak, with the pauses in it; seconds from the start of the file."""

    text: str
    began: float
    ended: float
    pauses: tuple[Pause, ...] = ()


class Clip(msgspec.Struct, frozen=True):
    """One recording. `text` is None where nobody speaks; `jargon` are the terms in it that matter most."""

    path: str
    seconds: float
    text: str | None
    jargon: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()


def load_manifest(folder: Path) -> tuple[Clip, ...]:
    """Read a folder's manifest; raises AudioError that names the row and what is wrong with it."""
    file = folder / FILE_NAME
    try:
        rows = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AudioError(
            "manifest.unreadable",
            f"{file} cannot be read: {error}.",
            "Name a folder of recordings with a manifest.jsonl in it.",
        ) from error
    clips = tuple(_clip(row, file, number) for number, row in enumerate(rows, start=1) if row.strip())
    if not clips:
        raise AudioError("manifest.empty", f"{file} names no recording.", "Add a row for each file.")
    for clip in clips:
        if not (folder / clip.path).is_file():
            raise AudioError(
                "manifest.no-sound",
                f"{file} names {clip.path}, which is not there.",
                "Put the file there or take its row out.",
            )
    return clips


def _clip(row: str, file: Path, number: int) -> Clip:
    try:
        clip = msgspec.json.decode(row, type=Clip)
    except msgspec.DecodeError as error:
        raise AudioError("manifest.malformed", f"Row {number} of {file}: {error}.", _REMEDY) from error
    wrong = next(_faults(clip), None)
    if wrong:
        raise AudioError("manifest.malformed", f"Row {number} of {file}: {wrong}.", _REMEDY)
    return clip


def _faults(clip: Clip) -> Iterator[str]:
    if clip.seconds <= 0:
        yield f"{clip.seconds} is no length in seconds"
    reached = 0.0
    for number, turn in enumerate(clip.turns, start=1):
        moments = [reached, turn.began, *(at for pause in turn.pauses for at in (pause.began, pause.ended)), turn.ended]
        if moments != sorted(moments):
            yield f"the times of turn {number} are not in order"
        reached = turn.ended
    if reached > clip.seconds:
        yield "a turn ends behind the end of the recording"
