"""Every finding about the atlas, each with its cure."""

from __future__ import annotations

from collections.abc import Iterator

from phantomcode.problems.findings import (
    Finding,
    blank_texts,
    few,
    known,
    known_sources,
    line,
    prefixed,
    repeated,
    spoken_clashes,
    unused_sources,
)
from phantomcode.problems.model import Atlas, AtlasEntry


def check_atlas(atlas: Atlas) -> tuple[Finding, ...]:
    """Every finding about the atlas."""
    found = (
        *blank_texts(atlas),
        *repeated("entries", (entry.id for entry in atlas.entries)),
        *repeated("components", (component.id for component in atlas.components)),
        *repeated("options", (option.value for option in atlas.options)),
        *(finding for entry in atlas.entries for finding in _atlas_entry(entry, atlas)),
        *_options_without_entry(atlas),
        *unused_sources(atlas),
        *spoken_clashes(atlas),
    )
    return prefixed("atlas", found)


def _atlas_entry(entry: AtlasEntry, atlas: Atlas) -> Iterator[Finding]:
    where = f"entries[{entry.id}]"
    values = frozenset(option.value for option in atlas.options)
    for value in entry.options:
        yield from known(f"{where}.options", value, values, "option of the atlas")
    for value in entry.asked_of:
        yield from known(f"{where}.asked_of", value, frozenset(entry.options), "option of this entry", "Correct it.")
    yield from few(f"{where}.killer_questions", len(entry.killer_questions), 2)
    for index, text in enumerate(entry.killer_questions):
        yield from line(f"{where}.killer_questions[{index}]", text)
    if entry.numbers and not entry.source:
        yield Finding(f"{where}.numbers", "has figures without a source", "Name where they can be looked up.")
    yield from known_sources(f"{where}.source", entry.source, atlas.sources)


def _options_without_entry(atlas: Atlas) -> Iterator[Finding]:
    covered = {value for entry in atlas.entries for value in entry.options}
    for option in atlas.options:
        if option.value not in covered:
            cure = "Name it in the entry that weighs it, or write one."
            yield Finding(f"options[{option.value}]", "is in no entry", cure)
