"""What stands still during a round: the problem, the atlas and the words of both."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from phantomcode.daemon.core.understanding.lexicon import Lexicon, build_lexicon
from phantomcode.daemon.core.understanding.text import content_stems
from phantomcode.problems.model import Atlas, Problem

_EVERYDAY = content_stems(
    "last next first second half time times new old end start start point green blue night day week month year today "
    "answer answers say tell work works place people strong hold whole long short big small match read list"
)
"""Words of the bank that talk about anything may be made of."""


class Briefing(msgspec.Struct, frozen=True):
    """The material of one round."""

    problem: Problem
    atlas: Atlas
    lexicon: Lexicon
    subject_stems: frozenset[str]
    """Stems of the words that talk about this problem is made of."""


def brief(problem: Problem, atlas: Atlas) -> Briefing:
    """Put a round's material together."""
    lexicon = build_lexicon(problem, atlas)
    return Briefing(problem, atlas, lexicon, content_stems(" ".join(_subject(problem, lexicon))) - _EVERYDAY)


def _subject(problem: Problem, lexicon: Lexicon) -> Iterator[str]:
    yield problem.title
    for requirement in (*problem.functional, *problem.non_functional, *problem.out_of_scope):
        yield from requirement.words
    yield from (" ".join((entity.name, *entity.fields)) for entity in problem.entities)
    yield from (" ".join(terms) for terms in problem.vocabulary.values())
    yield from (" ".join(option.names) for option in lexicon.options)
    yield from (" ".join((box.name, *box.aliases)) for box in lexicon.components)
