"""`phantomcode bench`: measurements, as medians and 95th percentiles with their number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

if TYPE_CHECKING:
    from phantomcode.daemon.bench_interviewer import Quality
    from phantomcode.daemon.spread import Spread

app = typer.Typer(no_args_is_help=True, help="Measure this machine: how fast a turn is, how well the model words.")


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


@app.command()
def interviewer(
    *,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds to play.")] = 60,
    model: Annotated[str | None, typer.Option(help="Id of the language model; the usual one by default.")] = None,
    seed: Annotated[int, typer.Option(help="Names the candidates; the same seed gives the same rounds.")] = 1,
    lines: Annotated[int, typer.Option(min=0, help="Accepted lines to print for reading.")] = 40,
    free_lines: Annotated[
        bool | None,
        typer.Option("--free-lines/--bank-lines", help="Let the model word whole lines, or only choose a quote."),
    ] = None,
    problem: Annotated[list[str] | None, typer.Option(help="Problem slug, may be repeated; all by default.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Play rehearsed rounds with the real language model and tell what became of the lines it worded."""
    from phantomcode.daemon.bench_interviewer import measure
    from phantomcode.problems.load import problem_slugs

    def told(done: int) -> None:
        typer.echo(f"round {done} of {rounds}", err=True)

    quality = measure(model, rounds, seed, lines, problem or problem_slugs(), free_lines, told)
    print(msgspec.json.encode(quality).decode() if json else _told(quality))


def _told(quality: Quality) -> str:
    late = f"{quality.late}, {_share(quality.late, quality.asked)}"
    rows = [
        f"{quality.model}: {quality.rounds} rounds in {quality.took_seconds:.0f} s",
        f"challenge lines said      {quality.challenge_lines}",
        f"  with the model's part   {quality.worded}, {_share(quality.worded, quality.challenge_lines)}",
        f"lines asked of the model  {quality.asked}",
        f"  accepted                {quality.accepted}, {_share(quality.accepted, quality.asked)}",
        *(f"  {reason:32}{count}" for reason, count in quality.rejected.items()),
        f"  late                    {late}",
        f"  taken back              {quality.taken_back}",
        f"a line, p50 / p95         {_spread(quality.write_s)}",
        f"a vote, p50 / p95         {_spread(quality.vote_s)}",
        f"votes                     {quality.votes.n}, the rules agree with "
        f"{_share(quality.votes.agreed, quality.votes.n)}",
    ]
    for row in quality.lines:
        rows += [
            "",
            f"{row.part.problem}, {row.part.kind}, {row.about}",
            f"  said: {row.source}",
            f"  line: {row.line}",
        ]
    return "\n".join(rows)


def _spread(row: Spread) -> str:
    return f"{_shown(row.p50)} / {_shown(row.p95)} s, n = {row.n}"


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.0f} %" if total else "-"


def _shown(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.3f}"
