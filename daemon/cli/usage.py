"""Wrong usage in words that say what may be given."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

_OF_A_LIBRARY = "Value error, "
"""What Typer puts before its own sentence, where pydantic raised it."""


class PlainGroup(TyperGroup):
    """The commands, with errors about their options and arguments put plainly."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for; raises typer.BadParameter."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = plain(error)
            raise


def plain(error: typer.BadParameter) -> str:
    """Return what is wrong with an option, and what may be given instead."""
    lowest, highest = (getattr(error.param, name, None) for name in ("min", "max"))
    if lowest is not None and highest is not None:
        return f"give a number from {lowest:g} to {highest:g}."
    return error.message.removeprefix(_OF_A_LIBRARY)
