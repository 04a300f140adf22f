"""What stands still during a round: the problem, the atlas and the words of both."""

from __future__ import annotations

import msgspec

from phantomcode.daemon.core.understanding.lexicon import Lexicon, build_lexicon
from phantomcode.problems.model import Atlas, Problem


class Briefing(msgspec.Struct, frozen=True):
    """The material of one round."""

    problem: Problem
    atlas: Atlas
    lexicon: Lexicon


def brief(problem: Problem, atlas: Atlas) -> Briefing:
    """Put a round's material together."""
    return Briefing(problem, atlas, build_lexicon(problem, atlas))
