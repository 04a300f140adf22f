"""`phantomcode practice` and `phantomcode demo`: a whole round from one command."""

from __future__ import annotations

import datetime
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phantomcode.daemon.cli.interrupts import STOPPED, abrupt
from phantomcode.daemon.cli.options import Level, Minutes, Pressure
from phantomcode.daemon.contract.errors import SessionError

if TYPE_CHECKING:  # loads ZeroMQ, which most commands do without
    from phantomcode.daemon.cli.launching import Ending, Launch

USUAL_PROBLEM = "url-shortener"


def practice(
    problem: Annotated[
        str, typer.Argument(help="Problem slug or file (see: phantomcode problems list); with --resume, a session id.")
    ] = USUAL_PROBLEM,
    *,
    level: Level = None,
    minutes: Minutes = 45.0,
    pressure: Pressure = 2,
    typed: Annotated[bool, typer.Option("--typed", help="Type instead of talking.")] = False,
    wav: Annotated[Path | None, typer.Option(help="Play this recording instead of the microphone.")] = None,
    device: Annotated[str | None, typer.Option(help="Part of the microphone's name.")] = None,
    overlay: Annotated[bool, typer.Option("--overlay/--no-overlay", help="Show the overlay.")] = True,
    voice: Annotated[bool, typer.Option("--voice/--no-voice", help="Speak the interviewer's lines.")] = True,
    open_report: Annotated[bool, typer.Option("--open/--no-open", help="Open the report at the end.")] = True,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the round that runs, else with the newest unfinished one.")
    ] = False,
    session: Annotated[str | None, typer.Option(help="Id of the session to resume.")] = None,
) -> None:
    """Practise one round: the interviewer poses the problem, you talk, and a report is written at the end.

    Ctrl+C leaves the round unfinished, to be gone on with by --resume.
    """
    with abrupt():
        from phantomcode.daemon.cli import starting
        from phantomcode.daemon.cli.launching import Launch, run_round

    if typed and wav is not None:
        raise SessionError("practice.two-inputs", "--typed and --wav exclude each other.", "Give one of them.")
    launch = Launch(
        session_id="",
        problem=problem,
        level=level,
        minutes=minutes,
        pressure=pressure,
        input_mode="wav" if wav else "typed" if typed else "microphone",
        wav=str(wav.resolve()) if wav else None,
        device=device,
        overlay=overlay,
        voice=voice,
    )
    if resume or session is not None:
        launch = starting.resumed(launch, session or (problem if problem != USUAL_PROBLEM else None))
    else:
        launch = starting.begun(launch)
    if not launch.attach:
        starting.require_input(launch)
    _finish(run_round(launch), launch, open_report=open_report)


def demo(
    *,
    overlay: Annotated[bool, typer.Option("--overlay/--no-overlay", help="Show the overlay.")] = True,
    voice: Annotated[bool, typer.Option("--voice/--no-voice", help="Speak the interviewer's lines.")] = True,
    open_report: Annotated[bool, typer.Option("--open/--no-open", help="Open the report at the end.")] = True,
) -> None:
    """Watch a three-minute recorded round go through the real pipeline before you speak yourself."""
    with abrupt():
        from phantomcode.daemon import demo as recorded
        from phantomcode.daemon.cli import starting
        from phantomcode.daemon.cli.launching import Launch, run_round
        from phantomcode.daemon.service import new_session_id

    starting.require_none_runs()
    with recorded.recording() as wav:
        launch = Launch(
            session_id=new_session_id("demo", datetime.datetime.now().astimezone()),
            problem=recorded.PROBLEM,
            level=recorded.LEVEL,
            minutes=recorded.MINUTES,
            pressure=recorded.PRESSURE,
            input_mode="wav",
            wav=str(wav),
            overlay=overlay,
            voice=voice,
            passing=True,
            seed=recorded.SEED,
        )
        ended = run_round(launch)
    _finish(ended, launch, open_report=open_report)


def _finish(ending: Ending, launch: Launch, *, open_report: bool) -> None:
    """Say how the round ended, or how to go on with it."""
    from phantomcode.daemon.cli.starting import how_to_go_on

    if ending.report_path is not None:
        print(f"Report: {ending.report_path}")
        if open_report and not ending.interrupted and sys.stdout.isatty():
            webbrowser.open(Path(ending.report_path).as_uri())
    elif ending.left:
        print(how_to_go_on(launch))
    elif ending.began:
        raise SessionError(
            "practice.no-report",
            "The round ended without a report.",
            f"What was said is kept. {how_to_go_on(launch)}",
        )
    else:
        raise typer.Exit(1)
    if ending.interrupted:
        raise typer.Exit(STOPPED)
