"""Where model files live on this machine, and what is known about each.

    <data>/models/<artifact-id>/<file>             complete files, under their own names, and nothing else
    <data>/models/<artifact-id>/.verified.json     size, time and hash of each file when it was last read in full
    <data>/models/.partial/<artifact-id>/          what is being fetched; never loaded

<data> is $PHANTOMCODE_HOME, else the user's data folder.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

import msgspec
import platformdirs
from filelock import FileLock, Timeout

from phantomcode.daemon.contract.errors import ModelError
from phantomcode.models.catalogue import Artifact, Catalogue, ModelFile, shipped
from phantomcode.models.verify import CHUNK_BYTES, check_file, check_hash, check_size, nobody, sha256_of

STAMP_NAME = ".verified.json"
PARTIAL_NAME = ".partial"


class State(StrEnum):
    """What a look at a file's size and time says, from best to worst."""

    VERIFIED = "verified"
    UNCHECKED = "not verified"
    DAMAGED = "damaged"
    MISSING = "missing"


class Stamp(msgspec.Struct, frozen=True):
    """A file as it was when its hash was last computed."""

    size_bytes: int
    mtime_ns: int
    sha256: str


Stamps = dict[str, Stamp]


def data_folder() -> Path:
    """The folder for everything PhantomCode keeps: $PHANTOMCODE_HOME, else the user's data folder."""
    chosen = os.environ.get("PHANTOMCODE_HOME")
    return Path(chosen) if chosen else platformdirs.user_data_path("phantomcode", appauthor=False)


class ModelStore:
    """The model files of one data folder, seen through one catalogue."""

    def __init__(self, data: Path | None = None, catalogue: Catalogue | None = None) -> None:
        self.root = (data or data_folder()) / "models"
        self.catalogue = catalogue or shipped()

    def path(self, artifact_id: str) -> Path:
        """Return the folder of a complete artifact whose bytes are known to be right.

        A file whose size and time are as when it was last hashed is taken at its word; any other is hashed once
        (about a second per gigabyte). Raises ModelError models.unknown, models.missing, models.wrong-size or
        models.wrong-hash.
        """
        artifact = self.catalogue.find(artifact_id)
        for file in artifact.files:
            if self.state(artifact, file) is State.MISSING:
                raise _missing(artifact, file)
            self.ensure_verified(artifact, file)
        return self.folder(artifact)

    def main_file(self, artifact_id: str) -> Path:
        """Like `path`, for engines that want a file: the first one the catalogue lists."""
        return self.path(artifact_id) / self.catalogue.find(artifact_id).files[0].name

    def folder(self, artifact: Artifact) -> Path:
        """Where an artifact's files belong, whether or not they are there."""
        return self.root / artifact.id

    def has_folder(self, artifact: Artifact) -> bool:
        """Whether anything of an artifact may be here; raises ModelError models.unreadable."""
        return _status(self.folder(artifact), self.root) is not None

    def state(self, artifact: Artifact, file: ModelFile) -> State:
        """Look at size and time only; raises ModelError models.unreadable where that cannot be done."""
        status = _status(self.folder(artifact) / file.name, self.root)
        if status is None:
            return State.MISSING
        if file.size_bytes not in (None, status.st_size):
            return State.DAMAGED
        stamp = self._stamps(artifact).get(file.name)
        if stamp is None or (stamp.size_bytes, stamp.mtime_ns) != (status.st_size, status.st_mtime_ns):
            return State.UNCHECKED
        return State.VERIFIED if stamp.sha256 == file.sha256 else State.DAMAGED

    def artifact_state(self, artifact: Artifact) -> State:
        """The worst state among the files."""
        order = list(State)
        return max((self.state(artifact, file) for file in artifact.files), key=order.index)

    def ensure_verified(self, artifact: Artifact, file: ModelFile, on_bytes: Callable[[int], None] = nobody) -> None:
        """Hash the file unless it is unchanged since it last was; raises ModelError when it is wrong."""
        if self.state(artifact, file) is not State.VERIFIED:
            self.verify(artifact, file, on_bytes)

    def verify(self, artifact: Artifact, file: ModelFile, on_bytes: Callable[[int], None] = nobody) -> None:
        """Hash the file whatever is known of it, and remember the answer; raises ModelError when it is wrong."""
        path = self.folder(artifact) / file.name
        before = _status(path, self.root)
        if before is None:
            raise _missing(artifact, file)
        check_size(path, file)
        found = sha256_of(path, on_bytes)
        self._remember(artifact, file, Stamp(before.st_size, before.st_mtime_ns, found))
        check_hash(path, file, found)

    def place(self, artifact: Artifact, file: ModelFile, checked: Path) -> None:
        """Move a file that has passed `check_file` under its final name: flushed to disk first, then renamed."""
        folder = self.folder(artifact)
        folder.mkdir(parents=True, exist_ok=True)
        _flush(checked)
        final = folder / file.name
        self._forget(artifact, file)
        checked.replace(final)
        _flush_folder(folder)
        status = final.stat()
        self._remember(artifact, file, Stamp(status.st_size, status.st_mtime_ns, file.sha256))

    def import_file(
        self, source: Path, on_bytes: Callable[[int], None] = nobody
    ) -> tuple[tuple[Artifact, ModelFile], ...]:
        """Copy a file a user brought to wherever its SHA-256 says it belongs, and say where that is."""
        if not source.is_file():
            raise ModelError(
                "models.no-file", f"There is no file {source}.", "Give the path of a downloaded model file."
            )
        try:
            sha256 = sha256_of(source, on_bytes)
        except OSError as error:
            raise ModelError(
                "models.no-file", f"{source} cannot be read: {error.strerror}.", "Make it readable."
            ) from error
        places = self.catalogue.matching(sha256)
        if not places:
            raise ModelError(
                "models.unknown-file",
                f"{source.name} is none of the files in the catalogue (SHA-256 {sha256}).",
                "`phantomcode models list` shows what is; the download may have been cut short.",
            )
        for artifact, file in places:
            with self.working(artifact) as work:
                copy = work / f"{file.name}.imported"
                try:
                    _copy(source, copy)
                    check_file(copy, file)
                    self.place(artifact, file, copy)
                finally:
                    copy.unlink(missing_ok=True)  # half a copy is of no use to a later try, and may fill the disk
        return places

    @contextlib.contextmanager
    def working(self, artifact: Artifact) -> Iterator[Path]:
        """A folder on the store's own volume for unfinished files, held by one process at a time.

        It stays when the block raises, so that the next try can go on from there, and goes when it ends well.
        Raises ModelError models.busy, models.no-space or models.read-only, also for an OSError inside the block.
        """
        partial = self.root / PARTIAL_NAME
        work = partial / artifact.id
        lock: FileLock | None = None
        try:
            work.mkdir(parents=True, exist_ok=True)
            lock = _lock(partial / f"{artifact.id}.lock", artifact)
            yield work
            shutil.rmtree(work)
        except OSError as error:  # the network's own are ModelErrors by now: this is the disk
            raise _disk_failed(error, self.root) from error
        finally:
            if lock is not None:
                lock.release()

    def _stamps(self, artifact: Artifact) -> Stamps:
        try:
            text = (self.folder(artifact) / STAMP_NAME).read_bytes()
            return msgspec.json.decode(text, type=Stamps)
        except (OSError, msgspec.DecodeError):
            return {}  # an unreadable stamp only means hashing again

    def _remember(self, artifact: Artifact, file: ModelFile, stamp: Stamp) -> None:
        self._write_stamps(artifact, {**self._stamps(artifact), file.name: stamp})

    def _forget(self, artifact: Artifact, file: ModelFile) -> None:
        stamps = self._stamps(artifact)
        if stamps.pop(file.name, None):
            self._write_stamps(artifact, stamps)

    def _write_stamps(self, artifact: Artifact, stamps: Stamps) -> None:
        target = self.folder(artifact) / STAMP_NAME
        fresh = target.with_name(f"{STAMP_NAME}.{os.getpid()}")
        # Where this user cannot write, or on a full disk, each start hashes again: slower, but right.
        with contextlib.suppress(OSError):
            try:
                fresh.write_bytes(msgspec.json.format(msgspec.json.encode(stamps)))
                fresh.replace(target)
            finally:
                fresh.unlink(missing_ok=True)


def no_space(folder: Path, needed_bytes: int = 0) -> ModelError:
    """The error for a full disk, with what is needed where that is known."""
    free_mib = shutil.disk_usage(folder).free >> 20
    wanted = f", {needed_bytes >> 20} MiB are needed" if needed_bytes else ""
    return ModelError(
        "models.no-space",
        f"The disk that holds {folder} has {free_mib} MiB free{wanted}.",
        "Free some space, or set PHANTOMCODE_HOME to a folder on another disk; what was fetched is kept.",
    )


def _status(path: Path, root: Path) -> os.stat_result | None:
    """Return size and time, or None where nothing is there; raises ModelError models.unreadable."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelError(
            "models.unreadable",
            f"The model folder {root} cannot be read: {path}: {error.strerror}.",
            "Make it a folder that you may read, or set PHANTOMCODE_HOME to another one.",
        ) from error


def _disk_failed(error: OSError, root: Path) -> ModelError:
    if error.errno == errno.ENOSPC:
        return no_space(root)
    return ModelError(
        "models.read-only",
        f"The model folder {root} cannot be written: {error.strerror}.",
        "Make it writable, or set PHANTOMCODE_HOME to a folder that is.",
    )


def _lock(path: Path, artifact: Artifact) -> FileLock:
    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise ModelError(
            "models.busy",
            f"Another process is fetching {artifact.id} right now.",
            "Wait until it is done, then run this again.",
        ) from error
    return lock


def _missing(artifact: Artifact, file: ModelFile) -> ModelError:
    return ModelError(
        "models.missing",
        f"The model {artifact.id} is not on this machine ({file.name} is missing).",
        f"Run `phantomcode models pull {artifact.id}`.",
    )


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as reader, target.open("wb") as writer:
        shutil.copyfileobj(reader, writer, CHUNK_BYTES)


def _flush(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened, and the rename is durable by itself
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
