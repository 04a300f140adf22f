"""`phantomcode overlay`: the window alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def overlay(
    mode: Annotated[str, typer.Option(help="full, compact or ghost, this time.", show_default=False)] = "",
    theme: Annotated[str, typer.Option(help="system, dark or light, this time.", show_default=False)] = "",
    paint_log: Annotated[
        Path | None, typer.Option(help="Append a JSON line per message that changed pixels.", metavar="FILE")
    ] = None,
) -> None:
    """Show the overlay; it waits for a round and finds its daemon again by itself."""
    from phantomcode.overlay.app import run  # Qt loads here, so that other commands start without it

    argv: list[str] = []
    for name, value in (("--mode", mode), ("--theme", theme), ("--paint-log", paint_log)):
        if value:
            argv += [name, str(value)]
    raise typer.Exit(run(argv))
