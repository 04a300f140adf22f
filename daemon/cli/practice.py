"""`phantomcode practice` and `phantomcode demo`: a whole round from one command."""

from __future__ import annotations

import datetime
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phantomcode.daemon.cli.interrupts import abrupt
from phantomcode.daemon.cli.options import Level, Minutes, Pressure
from phantomcode.daemon.contract.errors import AudioError, SessionError

if TYPE_CHECKING:  # loads ZeroMQ, which most commands do without
    from phantomcode.daemon.cli.launching import Ending


def practice(
    problem: Annotated[str, typer.Argument(help="Problem slug or file (see: phantomcode problems list).")] = (
        "url-shortener"
    ),
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
        bool, typer.Option("--resume", help="Take up the newest unfinished round, or --session.")
    ] = False,
    session: Annotated[str | None, typer.Option(help="Id of the session to resume.")] = None,
) -> None:
    """Practise one round: the interviewer poses the problem, you talk, and a report is written at the end."""
    with abrupt():
        from phantomcode.daemon.cli.launching import Launch, run_round
        from phantomcode.daemon.service import level_for, new_session_id
        from phantomcode.problems.load import load_problem

    if typed and wav is not None:
        raise SessionError("practice.two-inputs", "--typed and --wav exclude each other.", "Give one of them.")
    target: str | None = level
    if resume:
        session = session or _newest_unfinished()
    else:
        posed = load_problem(problem)
        target = level_for(posed, level)
        session = new_session_id(posed.slug, datetime.datetime.now().astimezone())
    if wav is not None:
        _require_sound(wav)
    elif not typed:
        _require_microphone()
    launch = Launch(
        session_id=session,
        problem=problem,
        level=target,
        minutes=minutes,
        pressure=pressure,
        input_mode="wav" if wav else "typed" if typed else "microphone",
        wav=str(wav.resolve()) if wav else None,
        device=device,
        overlay=overlay,
        voice=voice,
        resume=resume,
    )
    _finish(run_round(launch), open_report=open_report)


def demo(
    *,
    overlay: Annotated[bool, typer.Option("--overlay/--no-overlay", help="Show the overlay.")] = True,
    voice: Annotated[bool, typer.Option("--voice/--no-voice", help="Speak the interviewer's lines.")] = True,
    open_report: Annotated[bool, typer.Option("--open/--no-open", help="Open the report at the end.")] = True,
) -> None:
    """Watch a three-minute recorded round go through the real pipeline before you speak yourself."""
    with abrupt():
        from phantomcode.daemon import demo as recorded
        from phantomcode.daemon.cli.launching import Launch, run_round
        from phantomcode.daemon.service import new_session_id

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
            seed=recorded.SEED,
        )
        ended = run_round(launch)
    _finish(ended, open_report=open_report)


def _finish(ending: Ending, *, open_report: bool) -> None:
    if ending.report_path is None and not ending.began:
        raise typer.Exit(1)
    if ending.report_path is None:
        raise SessionError(
            "practice.no-report",
            "The round ended without a report.",
            "What was said is in the journal: phantomcode sessions list, then phantomcode review.",
        )
    print(f"Report: {ending.report_path}")
    if open_report and sys.stdout.isatty():
        webbrowser.open(Path(ending.report_path).as_uri())


def _newest_unfinished() -> str:
    from phantomcode.daemon.adapters.sessions import Sessions
    from phantomcode.daemon.service import latest_unfinished

    return latest_unfinished(Sessions())


def _require_sound(wav: Path) -> None:
    """Look at the file before anything is started; raises AudioError."""
    from phantomcode.daemon.adapters.sound_file import SoundFile

    sound = SoundFile(wav)
    try:
        sound.open()
    finally:
        sound.close()


def _require_microphone() -> None:
    from phantomcode.daemon.adapters.microphone import input_devices

    try:
        devices = input_devices()
    except AudioError:
        devices = ()
    if not devices:
        raise AudioError(
            "audio.no-microphone",
            "No microphone was found.",
            "Plug one in, or practise with --typed, or play a recording with --wav FILE.",
        )
