"""What every check of a problem file or the atlas is made of: a finding, and the findings both can have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from phantomcode.problems.model import Atlas, Option, Problem
from phantomcode.problems.spoken import component_clashes, nearest, option_clashes
from phantomcode.problems.wording import MAX_WORDS, line_faults

_MAY_BE_BLANK = frozenset({"refutation", "source", "note", "label", "numbers"})


class Finding(msgspec.Struct, frozen=True):
    """One thing to put right: where it is (file and key), what is wrong, and what to do.

    An error makes the file unfit for a round; a warning does not.
    """

    where: str
    problem: str
    cure: str
    severity: Literal["error", "warning"] = "error"


def prefixed(file: str, found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Name the file in each finding."""
    return tuple(msgspec.structs.replace(finding, where=f"{file}: {finding.where}") for finding in found)


def blank_texts(root: Problem | Atlas) -> Iterator[Finding]:
    """Find texts that are there and say nothing."""
    for where, text in _texts("", msgspec.to_builtins(root)):
        key = where.rpartition(".")[2]
        if not text.strip() and key not in _MAY_BE_BLANK:
            yield Finding(where, "is blank", "Write it, or take the key out.")


def _texts(where: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from _texts(f"{where}.{key}" if where else str(key), child)
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield from _texts(f"{where}[{index}]", child)


def repeated(where: str, ids: Iterable[str]) -> Iterator[Finding]:
    """Find ids that occur more than once."""
    for name, count in Counter(ids).items():
        if count > 1:
            yield Finding(where, f'"{name}" occurs {count} times', "Give each its own id.")


def few(where: str, count: int, least: int) -> Iterator[Finding]:
    """Find lists that are too short."""
    if count < least:
        yield Finding(where, f"{count} where at least {least} are needed", f"Add {least - count}.")


def line(where: str, text: str, max_words: int = MAX_WORDS, slots: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Find what is wrong with a line of the interviewer."""
    for fault in line_faults(text, max_words, slots):
        yield Finding(where, fault.problem, fault.cure)


def known(
    where: str,
    name: str,
    known: frozenset[str],
    kind: str,
    cure: str = "Correct it, or add it to options or components.",
) -> Iterator[Finding]:
    """Find a name that is not among those it can be."""
    if name not in known:
        yield Finding(where, f'"{name}" is no known {kind}', f"{nearest(name, known)}{cure}")


def _source_keys(source: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in source.split(",") if key.strip())


def known_sources(where: str, source: str, sources: dict[str, str]) -> Iterator[Finding]:
    """Find source keys that [sources] does not explain."""
    for key in _source_keys(source):
        if key not in sources:
            cure = f"{nearest(key, sources)}Add it to [sources] or correct it."
            yield Finding(where, f'"{key}" is not in [sources]', cure)


def unused_sources(root: Problem | Atlas) -> Iterator[Finding]:
    """A key counts as used where it occurs in any text, so that a figure in prose can name its source."""
    texts = " ".join(text for where, text in _texts("", msgspec.to_builtins(root)) if not where.startswith("sources."))
    for key in sorted(root.sources):
        if key not in texts:
            yield Finding(f"sources.{key}", "is not referred to", "Refer to it or take it out.", "warning")


def spoken_clashes(own: Problem | Atlas, shared: tuple[Option, ...] = ()) -> Iterator[Finding]:
    """Find words that would mean two things."""
    for key, clashes in (
        ("options", option_clashes(own.options, shared)),
        ("components", component_clashes(own.components)),
    ):
        for clash in clashes:
            what = f'"{clash.spoken}" means {clash.first} and {clash.second}'
            yield Finding(key, what, "Take it from one of them: only the first would be recognised.")
