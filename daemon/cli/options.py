"""Options that several commands share, each defined once."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Level = Annotated[
    Literal["L4", "L5", "L6"] | None,
    typer.Option(help="Target level: mid, senior or staff; L5 by default, or what the problem begins with."),
]
Minutes = Annotated[float, typer.Option(min=1.0, max=180.0, help="Length of the round in minutes.")]
Pressure = Annotated[int, typer.Option(min=1, max=3, help="How hard the interviewer presses.")]
PracticeInput = Annotated[
    Literal["microphone", "wav", "typed"], typer.Option("--input", help="Where the candidate's words come from.")
]
