"""A lock file that one process at a time can hold. The system lets go of it when the holder dies, however it dies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def _take(handle: BinaryIO) -> None:
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: BinaryIO) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """Held from construction to `release`. Raises BlockingIOError when someone else holds it."""

    def __init__(self, path: Path) -> None:
        self._handle = path.open("a+b")
        try:
            _take(self._handle)
        except OSError as error:
            self._handle.close()
            raise BlockingIOError(f"{path} is held by another process") from error

    def release(self) -> None:
        """Let go; safe to call twice. The file stays: removing it would let two holders meet."""
        self._handle.close()
