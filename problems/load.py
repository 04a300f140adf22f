"""Problem files and the atlas, parsed strictly from TOML into the structs of `model.py`.

A parse error names the file, the key and a cure. What parses may still be poor: `check.py` finds that.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import msgspec

from phantomcode.daemon.contract.errors import ProblemError
from phantomcode.problems.model import FORMAT_VERSION, Atlas, Problem
from phantomcode.problems.spoken import nearest

MAX_FILE_BYTES = 512 * 1024
"""Five times a full problem file; a larger one is something else."""
MAX_NESTING = 12
"""Tables in tables; the format itself needs five."""

_SUFFIX = ".toml"
_KEY_PATH = re.compile(r" - at `(?:key in )?\$(?P<path>[^`]*)`")

T = TypeVar("T", Problem, Atlas)


def load_problem(slug_or_path: str | Path) -> Problem:
    """Read a problem of the bank by its slug, or any problem file by its path.

    A name that ends in .toml or has a folder in it is a path. Raises ProblemError: "problems.unknown",
    "problems.unreadable", "problems.too-large", "problems.syntax", "problems.format" or "problems.version".
    """
    source = _source(slug_or_path)
    return _decode(_read(source), Problem, source.name)


def problem_slugs() -> tuple[str, ...]:
    """Slugs of the bank, in alphabetical order."""
    names = (entry.name for entry in _bank().iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def problem_digest(slug_or_path: str | Path) -> str:
    """SHA-256 of a problem file in hex, so that a journal can say which version of a problem it practised."""
    return hashlib.sha256(_read(_source(slug_or_path))).hexdigest()


@lru_cache(maxsize=1)
def load_atlas() -> Atlas:
    """Read the atlas that ships with the product; parsed once, since it never changes while we run."""
    source = resources.files("phantomcode.problems").joinpath("atlas.toml")
    return _decode(_read(source), Atlas, source.name)


def _bank() -> Traversable:
    return resources.files("phantomcode.problems").joinpath("bank")


def _source(slug_or_path: str | Path) -> Traversable:
    name = str(slug_or_path)
    if isinstance(slug_or_path, Path) or name.endswith(_SUFFIX) or "/" in name or "\\" in name:
        return Path(slug_or_path)
    if name not in problem_slugs():
        raise _unknown(name)
    return _bank().joinpath(name + _SUFFIX)


def _unknown(name: str) -> ProblemError:
    known = problem_slugs()
    remedy = f"{nearest(name, known)}Known problems: {', '.join(known) or 'none'}; or give the path of a .toml file."
    return ProblemError("problems.unknown", f'There is no problem "{name}".', remedy)


def _read(source: Traversable) -> bytes:
    try:
        with source.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        message = f"{source.name} cannot be read: {error.strerror}."
        raise ProblemError("problems.unreadable", message, "Check the path and its permissions.") from error
    if len(data) > MAX_FILE_BYTES:
        message = f"{source.name} is larger than {MAX_FILE_BYTES // 1024} KiB."
        raise ProblemError("problems.too-large", message, "Split it: one problem a file.")
    return data


def _decode(data: bytes, kind: type[T], name: str) -> T:
    table = _parse_toml(data, name)
    _require_version(table, name)
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise _format_error(str(error), name) from error


def _parse_toml(data: bytes, name: str) -> dict[str, object]:
    too_deep = ProblemError(
        "problems.syntax", f"{name} is nested deeper than {MAX_NESTING} levels.", "Flatten its tables and lists."
    )
    try:
        table: dict[str, object] = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"{name} is not UTF-8 text (byte {error.start})."
        raise ProblemError("problems.syntax", message, "Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        message = f"{name} is not valid TOML: {error}."
        raise ProblemError("problems.syntax", message, "Correct it at that line.") from error
    except RecursionError as error:
        raise too_deep from error
    if _deeper_than(table, MAX_NESTING):
        raise too_deep
    return table


def _deeper_than(table: object, limit: int) -> bool:
    """Say whether containers nest beyond `limit`; level by level, so that depth costs no stack."""
    level = [table]
    for _ in range(limit):
        level = [child for container in level for child in _children(container)]
        if not level:
            return False
    return True


def _children(container: object) -> list[object]:
    values = container.values() if isinstance(container, dict) else container if isinstance(container, list) else ()
    return [value for value in values if isinstance(value, dict | list)]


def _require_version(table: dict[str, object], name: str) -> None:
    version = table.get("format_version")
    if version != FORMAT_VERSION:
        message = f"{name} has format_version {version!r}; this PhantomCode reads {FORMAT_VERSION}."
        remedy = f'Put "format_version = {FORMAT_VERSION}" at its top, or update PhantomCode if the file is newer.'
        raise ProblemError("problems.version", message, remedy)


def _format_error(text: str, name: str) -> ProblemError:
    found = _KEY_PATH.search(text)
    key = found["path"].lstrip(".") if found else ""
    what = _KEY_PATH.sub("", text)
    place = f"{name}, {key}" if key else name
    return ProblemError("problems.format", f"{place}: {what}.", _cure(what))


def _cure(what: str) -> str:
    if "unknown field" in what:
        return "Remove the key or correct its spelling; docs/problems.md lists the keys."
    if "missing required field" in what:
        return "Add the key; docs/problems.md says what it holds."
    if "Invalid enum value" in what:
        return "Use one of the names that docs/problems.md lists for this key."
    return "Give the value the type that docs/problems.md names for this key."
