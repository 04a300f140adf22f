"""The names a problem and the atlas give to things: which are known, and which are given twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec
from rapidfuzz import process

from phantomcode.problems.model import Atlas, Component, Option, Problem, Topic

_SEPARATORS = re.compile(r"[^a-z0-9+#]+")


class Names(msgspec.Struct, frozen=True):
    """What a predicate may name: values of decisions by topic, ids of components."""

    values: frozenset[tuple[Topic, str]]
    components: frozenset[str]

    @classmethod
    def of(cls, problem: Problem, atlas: Atlas) -> Names:
        """Collect the names of a problem and of the atlas."""
        options = (*problem.options, *atlas.options)
        components = (*problem.components, *atlas.components)
        values = frozenset((option.topic, option.value) for option in options)
        return cls(values, frozenset(component.id for component in components))

    def of_topic(self, topic: Topic) -> frozenset[str]:
        """Values known for one topic."""
        return frozenset(value for owner, value in self.values if owner == topic)

    def mentionable(self) -> frozenset[str]:
        """Everything `mentioned(...)` may name."""
        return self.components | {value for _, value in self.values}


class Clash(msgspec.Struct, frozen=True):
    """One spoken form that stands for two things, so that only the first is ever recognised."""

    spoken: str
    first: str
    second: str


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the start of a cure: the nearest known name, or nothing where none is near."""
    near = process.extractOne(name, sorted(known), score_cutoff=60)
    return f'Perhaps "{near[0]}"? ' if near else ""


def option_clashes(own: tuple[Option, ...], shared: tuple[Option, ...]) -> Iterator[Clash]:
    """Spoken forms shared by two options; an own option replaces the shared one of its topic and value.

    A form that an own option takes from another shared one is a clash too: the predicates that name the shared
    value would no longer hold for it.
    """
    replaced = {(option.topic, option.value) for option in own}
    options = (*own, *(o for o in shared if (o.topic, o.value) not in replaced))
    return _clashes((f"{o.topic}/{o.value}", (o.value, *o.names, *o.mishearings)) for o in options)


def component_clashes(components: tuple[Component, ...]) -> Iterator[Clash]:
    """Spoken forms shared by two components of one file.

    A problem may take a name from the atlas ("cache" for its link cache): its own meaning is the nearer one.
    """
    return _clashes((c.id, (c.name, *c.aliases, *c.mishearings)) for c in components)


def _clashes(entries: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Clash]:
    owner: dict[str, str] = {}
    for name, forms in entries:
        for form in sorted({_normalised(form) for form in forms}):
            if owner.setdefault(form, name) != name:
                yield Clash(form, owner[form], name)


def _normalised(form: str) -> str:
    return _SEPARATORS.sub(" ", form.casefold()).strip()
