"""Where the problem of a round came from, and whether it is still the same."""

from __future__ import annotations

from pathlib import Path

from phantomcode.daemon.core.events import RoundOpened
from phantomcode.problems.load import problem_digest, problem_slugs

CHANGED = "The problem file has changed since this round; its challenges may read differently."


def source_to_journal(slug_or_path: str) -> str:
    """Return what finds the problem again from any folder: the file's whole path, or "" for one of the bank."""
    return "" if slug_or_path in problem_slugs() else str(Path(slug_or_path).absolute())


def source_of(opened: RoundOpened) -> str:
    """Return the slug or the path to load a journal's problem by."""
    return opened.problem_source or opened.problem_slug


def changed_since(opened: RoundOpened) -> bool:
    """Whether the problem is no longer the one that was practised; raises ProblemError when it cannot be read."""
    return opened.problem_digest != problem_digest(source_of(opened))
