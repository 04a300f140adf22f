"""`phantomcode bench`: measurements, as medians and 95th percentiles with their number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

app = typer.Typer(no_args_is_help=True, help="Measure this machine: how fast a turn is.")


@app.callback()
def _group() -> None:
    """Keep `turns` a sub-command while it is the only one."""


@app.command()
def turns(
    *,
    wav: Annotated[Path, typer.Option(help="A recording of a candidate.")],
    minutes: Annotated[float, typer.Option(help="Length of the round.")] = 45.0,
    voice: Annotated[bool, typer.Option("--voice/--no-voice", help="Let the interviewer speak.")] = True,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Play a recording in real time through the whole pipeline and time every turn from the true end of speech."""
    from phantomcode.daemon.bench_turns import measure

    times = measure(wav, minutes, voice=voice)
    if json:
        print(msgspec.json.encode(times).decode())
        return
    print(f"{'milestone':22}{'p50':>8}{'p95':>8}{'n':>5}")
    for name, row in msgspec.structs.asdict(times).items():
        if name.endswith("_s"):
            print(f"{name:22}{_shown(row.p50):>8}{_shown(row.p95):>8}{row.n:>5}")
    print("\npeak memory in MB: " + ", ".join(f"{name} {used}" for name, used in times.peak_memory_mb.items()))


def _shown(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.3f}"
