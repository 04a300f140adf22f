"""`phantomcode doctor`: one line for each thing a round needs, and what to do where it is not fine."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from phantomcode.daemon.doctor import Finding, Status, examine

COLOURS = {Status.OK: "green", Status.WARNING: "yellow", Status.FAILED: "bold red"}
INDENT = 9


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out the speed measurements.")] = False,
) -> None:
    """Look at Python, libraries, sound, display, sockets, models, memory, disk and speed, and say what to do.

    Ends with status 1 when a line says failed, else with 0.
    """
    console = Console()
    findings: list[Finding] = []
    for finding in examine(quick=quick):
        findings.append(finding)
        if not as_json:
            _show(console, finding)
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(findings)).decode() + "\n")
    if any(finding.status is Status.FAILED for finding in findings):
        raise typer.Exit(1)


def _show(console: Console, finding: Finding) -> None:
    line = Text(f"{finding.status:{INDENT}}", style=COLOURS[finding.status])
    line.append(f"{finding.subject}: {finding.detail}", style="default")
    console.print(line, soft_wrap=True)
    if finding.remedy:
        console.print(Text(" " * INDENT + finding.remedy, style="dim"), soft_wrap=True)
