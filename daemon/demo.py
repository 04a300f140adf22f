"""The recorded round of `phantomcode demo`, made by scripts/candidate_audio.py from recordings/demo.toml."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

PROBLEM = "url-shortener"
LEVEL = "L5"
MINUTES = 4.0
PRESSURE = 1
SEED = 71
"""With this seed the interviewer's challenges are those that the recording answers."""


@contextmanager
def recording() -> Iterator[Path]:
    """Give the sound file's path; inside a zipped installation it exists only until the end of the block."""
    with as_file(files("phantomcode.daemon") / "recordings" / "demo.ogg") as path:
        yield path
