"""The words of one problem: its options and components and the atlas's, indexed for recognition in speech."""

from __future__ import annotations

import msgspec

from phantomcode.problems.model import Atlas, Component, Option, Problem


class Lexicon(msgspec.Struct, frozen=True):
    """What may be named in a round. `problem` is None for a transcript of a problem the bank does not hold."""

    problem: Problem | None
    options: tuple[Option, ...]
    components: tuple[Component, ...]


def build_lexicon(problem: Problem | None, atlas: Atlas) -> Lexicon:
    """Put the problem's own options and components before the atlas's; the first of a value wins."""
    own_options = problem.options if problem else ()
    own_components = problem.components if problem else ()
    values = {(option.topic, option.value) for option in own_options}
    ids = {component.id for component in own_components}
    return Lexicon(
        problem=problem,
        options=own_options + tuple(o for o in atlas.options if (o.topic, o.value) not in values),
        components=own_components + tuple(c for c in atlas.components if c.id not in ids),
    )
