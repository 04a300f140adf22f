"""`phantomcode bench`: measurements, as medians and 95th percentiles with their number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

if TYPE_CHECKING:
    from phantomcode.daemon.bench_interviewer import Quality
    from phantomcode.daemon.bench_plain import Plain
    from phantomcode.daemon.bench_turns import TurnTimes
    from phantomcode.daemon.spread import Spread

WHOLE_WINDOW_SECONDS = 30.0
"""What Whisper was trained on."""

app = typer.Typer(no_args_is_help=True, help="Measure this machine: how fast a turn is, how well the model words.")


@app.command()
def turns(
    *,
    wav: Annotated[
        Path | None, typer.Option(help="A recording of a candidate; the bundled answers by default.")
    ] = None,
    minutes: Annotated[float, typer.Option(help="Length of the round; a shorter recording is played again.")] = 45.0,
    problem: Annotated[str, typer.Option(help="Problem slug.")] = "url-shortener",
    model: Annotated[str | None, typer.Option(help="Id of the language model; the usual one by default.")] = None,
    voice: Annotated[bool, typer.Option("--voice/--no-voice", help="Let the interviewer speak.")] = True,
    compare: Annotated[
        bool, typer.Option("--compare", help="Take the same recording through a plain pipeline too.")
    ] = False,
    trace: Annotated[Path | None, typer.Option(help="Write a trace for ui.perfetto.dev to this file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Play a recording in real time through the whole pipeline and time every turn from the true end of speech."""
    from phantomcode.daemon.assembly import Wishes
    from phantomcode.daemon.bench_turns import measure, recorded_answers

    with recorded_answers() if wav is None else nullcontext(wav) as file:
        wishes = Wishes("wav", sound_file=str(file.resolve()), voice=voice, language_model_id=model)
        times = measure(file, minutes, wishes=wishes, problem=problem, trace_to=trace, compare=compare)
    print(msgspec.json.encode(times).decode() if json else _told_turns(times))


def _told_turns(times: TurnTimes) -> str:
    milestones = {
        "transcript on show": times.transcript_s,
        "transcript final": times.committed_s,
        "coach has looked": times.hint_s,
        "first text": times.first_text_s,
        "  first half": times.early_text_s,
        "  second half": times.late_text_s,
        "first sound": times.first_sound_s,
        "published to painted": times.publish_to_paint_s,
    }
    rows = [f"{'seconds after speech':24}{'p50':>8}{'p95':>8}{'n':>5}"]
    rows += [f"{name:24}{_shown(row.p50):>8}{_shown(row.p95):>8}{row.n:>5}" for name, row in milestones.items()]
    missed, asked = times.prefix_misses
    hit, ended = times.speculation_hits
    rows += [
        "",
        f"turns                             {times.turns}",
        f"pause's transcript was the final  {hit} of {ended}, {_share(hit, ended)}",
        f"prompts with over 16 tokens left  {missed} of {asked}, {_share(missed, asked)}",
        f"pauses inside turns               {times.pauses.marked}",
        f"  a line appeared                 {times.pauses.text_shown}, "
        f"{_share(times.pauses.text_shown, times.pauses.marked)}",
        f"  the voice began                 {times.pauses.voice_heard}, "
        f"{_share(times.pauses.voice_heard, times.pauses.marked)}",
        f"processor s per minute            {times.cpu_seconds_per_minute}",
        "",
        f"{'process':20}{'peak MB':>10}{'growth MB':>12}{'cpu s':>9}",
    ]
    rows += [f"{name:20}{load.peak_mb:>10}{load.growth_mb:>12}{load.cpu_s:>9.1f}" for name, load in times.load.items()]
    if times.plain is not None:
        rows += ["", *_compared(times, times.plain)]
    return "\n".join(rows)


def _compared(times: TurnTimes, plain: Plain) -> Iterator[str]:
    yield f"{'plain pipeline':24}{'p50':>8}{'p95':>8}{'n':>5}{'ratio of p50':>14}"
    for name, theirs, ours in (
        ("transcript", plain.transcript_s, times.transcript_s),
        ("first text", plain.first_text_s, times.first_text_s),
    ):
        ratio = f"{theirs.p50 / ours.p50:.1f}" if theirs.p50 and ours.p50 else "-"
        yield f"{name:24}{_shown(theirs.p50):>8}{_shown(theirs.p95):>8}{theirs.n:>5}{ratio:>14}"


@app.command()
def words(
    *,
    folder: Annotated[list[Path] | None, typer.Option(help="More recordings, with a manifest.jsonl.")] = None,
    model: Annotated[str | None, typer.Option(help="Id of the recogniser; the usual one by default.")] = None,
    window: Annotated[str, typer.Option(help="Seconds the recogniser reads at least, or whole.")] = "10",
    compute_type: Annotated[str, typer.Option(help="int8, int8_float32 or float32.")] = "int8",
    threads: Annotated[int, typer.Option(min=1, help="Of the recogniser.")] = 2,
    beam: Annotated[int, typer.Option(min=1, help="Ways the recogniser follows at once.")] = 1,
    problem: Annotated[str, typer.Option(help="Whose terms the recogniser is given.")] = "url-shortener",
    vocabulary: Annotated[bool, typer.Option("--vocabulary/--no-vocabulary", help="Give it the terms.")] = True,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Count word errors, missed terms, false starts on noise, and speakers cut off in a pause, in recordings."""
    from phantomcode.daemon import bench_words
    from phantomcode.daemon.adapters import faster_whisper, smart_turn
    from phantomcode.daemon.cli.transcribe import merged_vocabulary
    from phantomcode.models.catalogue import Role
    from phantomcode.models.recommend import defaults, look
    from phantomcode.models.store import ModelStore
    from phantomcode.problems.load import load_problem

    store, usual = ModelStore(), defaults(look())
    decoding = faster_whisper.Decoding(compute_type, beam, _window_seconds(window))
    recogniser = faster_whisper.load(str(store.path(model or usual[Role.RECOGNISER])), threads, decoding)
    measured = bench_words.measure(
        (bench_words.BUNDLED, *(folder or ())),
        recogniser,
        smart_turn.load(str(store.main_file(usual[Role.TURN_DETECTOR]))),
        merged_vocabulary(load_problem(problem)) if vocabulary else (),
        lambda line: typer.echo(line, err=True),
    )
    print(msgspec.json.encode(measured).decode() if json else bench_words.told(measured))


def _window_seconds(window: str) -> float:
    try:
        seconds = WHOLE_WINDOW_SECONDS if window == "whole" else float(window)
    except ValueError:
        seconds = 0.0
    if not 1.0 <= seconds <= WHOLE_WINDOW_SECONDS:
        raise typer.BadParameter("a number of seconds from 1 to 30, or whole", param_hint="--window")
    return seconds


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
