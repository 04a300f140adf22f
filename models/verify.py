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
    check_size(path, file)
    check_hash(path, file, sha256_of(path, on_bytes))


def check_size(path: Path, file: ModelFile) -> None:
    """Raise ModelError models.wrong-size unless the size is right or unknown to the catalogue."""
    size_bytes = path.stat().st_size
    if file.size_bytes is not None and size_bytes != file.size_bytes:
        raise ModelError(
            "models.wrong-size",
            f"{path.name} has {size_bytes} bytes and should have {file.size_bytes}.",
            _remedy(path),
        )


def check_hash(path: Path, file: ModelFile, found: str) -> None:
    """Raise ModelError models.wrong-hash, which shows both hashes, unless `found` is the right one."""
    if found != file.sha256:
        raise ModelError(
            "models.wrong-hash",
            f"{path.name} is not the file the catalogue describes.\n"
            f"  expected SHA-256 {file.sha256}\n  found    SHA-256 {found}",
            _remedy(path),
        )


def _remedy(path: Path) -> str:
    return f"Run `phantomcode models pull {path.parent.name}` to fetch it again."
