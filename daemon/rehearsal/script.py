"""A candidate's part: what somebody well prepared says about one problem, and answers to the challenges of its bank."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from phantomcode.problems.model import PhaseName


class Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines of one phase, in order, spread over its planned time; each is one breath, one to three sentences."""

    phase: PhaseName
    says: tuple[str, ...]


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole part. `answers` has one answer for each rung of a challenge, by its id."""

    problem: str
    lines: tuple[Block, ...]
    answers: dict[str, tuple[str, str, str]] = {}
    changes: dict[str, str] = {}
    """What is said to a requirement change, by its id."""
    probes: dict[str, str] = {}
    """What is said to a scale probe, by its id, or to a question about a technology, by "atlas:" and the entry's id."""
    weakest: tuple[str, ...] = ()
    """What is said when time runs out: the weakest part, the first thing to fix."""


class Stock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines that fit any problem, by what they are for: "concedes", "hostile", "injections" …"""

    lines: dict[str, tuple[str, ...]]


def load_script(source: Path | str) -> Script:
    """Return the script of a file, or the shipped one of a problem; raises OSError and msgspec.ValidationError."""
    if isinstance(source, Path):
        return msgspec.convert(tomllib.loads(source.read_text(encoding="utf-8")), Script)
    return msgspec.convert(_shipped(source), Script)


def load_stock() -> Stock:
    """Return the shipped stock lines."""
    return msgspec.convert(_shipped("stock"), Stock)


@lru_cache(maxsize=16)
def _shipped(name: str) -> dict[str, Any]:
    file = resources.files("phantomcode.daemon.rehearsal") / "scripts" / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
