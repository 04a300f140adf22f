"""A lock between processes that the system lets go of by itself when the holder dies."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from phantomcode.daemon.contract.errors import ModelError

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def held(path: Path, artifact_id: str) -> Iterator[None]:
    """Hold the lock file at `path`; raises ModelError models.busy when another process does."""
    with path.open("a+b") as handle:
        try:
            _lock(handle.fileno())
        except OSError as error:
            raise ModelError(
                "models.busy",
                f"Another process is fetching {artifact_id} right now.",
                "Wait until it is done, then run this again.",
            ) from error
        yield
