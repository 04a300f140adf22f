"""`phantomcode sessions`: list, show, finish, export, delete."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from phantomcode.daemon.adapters.sessions import Sessions, SessionSummary
from phantomcode.daemon.contract.errors import PhantomError, SessionError
from phantomcode.daemon.core.events import RoundClosed
from phantomcode.daemon.review.conclude import report_path

app = typer.Typer(no_args_is_help=True, help="Rounds on this machine: list, show, finish, export, delete.")

Session = Annotated[str, typer.Argument(help="Session id (see: phantomcode sessions list).")]


@app.command("list")
def list_sessions() -> None:
    """List all rounds, newest first."""
    from phantomcode.daemon.cli.clocks import active_seconds
    from phantomcode.daemon.core.scoring.grid import clock

    sessions = Sessions()
    summaries = sessions.summaries()
    if not summaries:
        print("No rounds yet. Start one: phantomcode practice.")
    for summary in summaries:
        try:
            lasted_seconds = active_seconds(sessions.events(summary.session_id))
        except PhantomError:
            lasted_seconds = summary.lasted_seconds  # of one that cannot be read, the line says so
        print(_line(summary, clock(lasted_seconds)))


@app.command()
def show(session: Session) -> None:
    """Print what was said in a round, with times."""
    from phantomcode.daemon.cli.rounds import load_round

    state, _ = load_round(session)
    for utterance in state.utterances:
        at = int(utterance.started_seconds)
        print(f"[{at // 60:02}:{at % 60:02}] {utterance.speaker.value:11} {utterance.text}")


@app.command()
def finish(session: Session) -> None:
    """Finish a round that was left unfinished: close it where it stands, grade it and write its report."""
    from phantomcode.daemon.cli.labels import open_labeller
    from phantomcode.daemon.cli.rounds import load_round
    from phantomcode.daemon.cli.terminal import Terminal
    from phantomcode.daemon.review.conclude import conclude
    from phantomcode.daemon.service import unfinished_round

    sessions = Sessions()
    unfinished_round(session, sessions)
    journal = sessions.resume(session)
    try:
        state, _ = load_round(session)
        journal.append(RoundClosed(state.now_seconds, state.closing or "command"))
    finally:
        journal.close()
    ended = conclude(*load_round(session), labeller=open_labeller())
    Terminal(typed=False).show(ended)
    print(f"Report: {ended.report_path}")


@app.command()
def export(
    session: Session,
    to: Annotated[Path | None, typer.Option(help="File to write; standard output without it.")] = None,
) -> None:
    """Write a round's journal as JSON lines (docs/journal.md)."""
    lines = Sessions().export(session)
    if to is None:
        for line in lines:
            print(line)
        return
    try:
        to.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise SessionError(
            "session.export", f"{to} could not be written: {error.strerror}.", "Choose another place."
        ) from error
    print(f"Written to {to}.")


@app.command()
def delete(
    session: Session,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a round for good: its journal, what SQLite keeps beside it, and its report."""
    sessions = Sessions()
    sessions.require(session)
    if not yes:
        typer.confirm(f"Delete {session} for good?", abort=True)
    sessions.delete(session)
    report_path(session).unlink(missing_ok=True)
    print(f"{session} is deleted.")


def _line(summary: SessionSummary, lasted: str) -> str:
    if summary.trouble is not None:
        return f"{summary.session_id:44} cannot be read: {summary.trouble.message}"
    if summary.opened is None:
        return f"{summary.session_id:44} empty"
    opened = summary.opened
    when = datetime.datetime.fromtimestamp(opened.opened_at).astimezone()
    how = summary.closed_reason or "unfinished"
    return (
        f"{summary.session_id:44} {when:%Y-%m-%d %H:%M}  {opened.problem_slug:16} {opened.level.value}  "
        f"{lasted:>6} of {opened.minutes:g} min  {how}"
    )
