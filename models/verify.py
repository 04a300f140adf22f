"""Is this file what the catalogue says it is? SHA-256 decides; the size is only a quicker way to say no."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from phantomcode.daemon.contract.errors import ModelError
from phantomcode.models.catalogue import ModelFile

CHUNK_BYTES = 1 << 20


def nobody(_done_bytes: int) -> None:
    """A progress callback for when no one watches."""


def sha256_of(path: Path, on_bytes: Callable[[int], None] = nobody) -> str:
    """Return the SHA-256 of a file in hex; `on_bytes` gets the number of bytes read so far."""
    digest = hashlib.sha256()
    done_bytes = 0
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK_BYTES):
            digest.update(chunk)
            done_bytes += len(chunk)
            on_bytes(done_bytes)
    return digest.hexdigest()


def check_file(path: Path, file: ModelFile, on_bytes: Callable[[int], None] = nobody) -> None:
    """Read the whole file; raises ModelError models.wrong-size or models.wrong-hash when it is not `file`.

    `path` lies in a folder named after its artifact, as everything in the store does; the remedy names it.
    """
    size_bytes = path.stat().st_size
    if file.size_bytes is not None and size_bytes != file.size_bytes:
        raise _wrong_size(path, file, size_bytes)
    found = sha256_of(path, on_bytes)
    if found != file.sha256:
        raise _wrong_hash(path, file, found)


def _wrong_size(path: Path, file: ModelFile, size_bytes: int) -> ModelError:
    """The error for a file that is too short or too long."""
    return ModelError(
        "models.wrong-size",
        f"{path.name} has {size_bytes} bytes and should have {file.size_bytes}.",
        _remedy(path),
    )


def _wrong_hash(path: Path, file: ModelFile, found: str) -> ModelError:
    """The error for a file with other bytes than it should have; shows both hashes."""
    return ModelError(
        "models.wrong-hash",
        f"{path.name} is not the file the catalogue describes.\n  expected SHA-256 {file.sha256}\n"
        f"  found    SHA-256 {found}",
        _remedy(path),
    )


def _remedy(path: Path) -> str:
    return f"Run `phantomcode models pull {path.parent.name}` to fetch it again."
