"""What catalogue.toml says, as types: artifacts, their files, and where the bytes can be had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Literal

import msgspec

from phantomcode.daemon.contract.errors import ModelError

# A name becomes part of a path and of a URL, so it may hold nothing that could lead out of its folder.
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, msgspec.Meta(ge=1)]


class Role(StrEnum):
    """What an artifact does in a round."""

    RECOGNISER = "recogniser"
    LANGUAGE_MODEL = "language-model"
    VOICE = "voice"
    TURN_DETECTOR = "turn-detector"
    ENCODER = "encoder"


class ModelFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: its name, its SHA-256 in hex, and its size where the publisher gives one."""

    name: Name
    sha256: Sha256
    size_bytes: Count | None = None


class Mirror(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where PyPI holds some files of an artifact; the patterns are explained at the top of catalogue.toml."""

    wheel: str
    member: str
    parts: Count = 1
    files: tuple[Name, ...] = ()
    """The files it holds; none named means all."""


class Piece(msgspec.Struct, frozen=True):
    """One member of one wheel; `requirement` is what pip is asked for ("name==version")."""

    requirement: str
    member: str


class Artifact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model as it is pulled, listed and loaded: the files of one folder."""

    id: Name
    role: Role
    engine: str
    licence: str
    note: str
    upstream: str
    files: Annotated[tuple[ModelFile, ...], msgspec.Meta(min_length=1)]
    revision: str = "main"
    folder: str = ""
    billion_parameters: float | None = None
    """The size of a language model."""
    mirror: tuple[Mirror, ...] = ()

    @property
    def size_bytes(self) -> int | None:
        """Sum over the files, or None when one of them has no known size."""
        sizes = [file.size_bytes for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    def url(self, file: ModelFile) -> str:
        """Where the publisher keeps a file."""
        parts = (self.upstream, "resolve", self.revision, self.folder, file.name)
        return "/".join(part for part in parts if part)

    def pieces(self, file: ModelFile) -> tuple[Piece, ...]:
        """The wheel members that give this file when joined in order; empty when no mirror has it."""
        for mirror in self.mirror:
            if not mirror.files or file.name in mirror.files:
                return tuple(_piece(mirror, file, part) for part in range(1, mirror.parts + 1))
        return ()


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole list; `format` is raised when an older program would misread it."""

    format: Literal[1]
    artifact: tuple[Artifact, ...]

    def find(self, artifact_id: str) -> Artifact:
        """Return the artifact with this id; raises ModelError models.unknown."""
        for artifact in self.artifact:
            if artifact.id == artifact_id:
                return artifact
        raise ModelError(
            "models.unknown",
            f"There is no model called {artifact_id!r}.",
            "`phantomcode models list` shows the ids.",
        )

    def matching(self, sha256: str) -> tuple[tuple[Artifact, ModelFile], ...]:
        """Every place a file with this hash belongs to; two artifacts may share a file."""
        return tuple((artifact, file) for artifact in self.artifact for file in artifact.files if file.sha256 == sha256)


def parse(text: str) -> Catalogue:
    """Parse the text of a catalogue; raises ModelError models.bad-catalogue naming the first thing wrong."""
    try:
        catalogue = msgspec.toml.decode(text, type=Catalogue)
    except msgspec.DecodeError as error:  # ValidationError is one of these
        raise _bad(str(error)) from error
    repeated = _repeated(artifact.id for artifact in catalogue.artifact)
    if repeated:
        raise _bad(f"the id {repeated[0]} is used twice")
    for artifact in catalogue.artifact:
        _check(artifact)
    return catalogue


@cache
def shipped() -> Catalogue:
    """The catalogue that came with the program."""
    return parse(resources.files("phantomcode.models").joinpath("catalogue.toml").read_text(encoding="utf-8"))


def _piece(mirror: Mirror, file: ModelFile, part: int) -> Piece:
    return Piece(mirror.wheel.format(name=file.name, part=part), mirror.member.format(name=file.name, part=part))


def _check(artifact: Artifact) -> None:
    names = [file.name for file in artifact.files]
    if _repeated(names):
        raise _bad(f"{artifact.id} lists {_repeated(names)[0]} twice")
    for mirror in artifact.mirror:
        if unknown := set(mirror.files) - set(names):
            raise _bad(f"a mirror of {artifact.id} names {min(unknown)}, which is none of its files")
        try:
            pieces = _piece(mirror, artifact.files[0], mirror.parts)
        except (KeyError, IndexError, ValueError) as error:
            raise _bad(f"a mirror of {artifact.id} has a pattern that cannot be filled: {error}") from error
        if "==" not in pieces.requirement:
            raise _bad(f"a mirror of {artifact.id} does not pin the version of {mirror.wheel}")


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _bad(what: str) -> ModelError:
    return ModelError(
        "models.bad-catalogue",
        f"The model catalogue cannot be read: {what}.",
        "Install PhantomCode again, or undo the change to models/catalogue.toml.",
    )
