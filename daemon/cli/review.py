"""`phantomcode review`: a round's report as a page, Markdown or JSON."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from phantomcode.daemon.contract.errors import SessionError


def review(
    session: Annotated[str | None, typer.Argument(help="Session id; without one, the newest round.")] = None,
    *,
    html: Annotated[Path | None, typer.Option(help="Write the page here.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the report as Markdown.")] = False,
    open_report: Annotated[bool, typer.Option("--open/--no-open", help="Open the page.")] = True,
) -> None:
    """Show the report of a round, graded anew from its journal."""
    from phantomcode.daemon.cli.labels import open_labeller
    from phantomcode.daemon.cli.rounds import load_round, newest_session
    from phantomcode.daemon.review.conclude import report_path
    from phantomcode.daemon.review.data import render_json
    from phantomcode.daemon.review.html import write_html
    from phantomcode.daemon.review.markdown import render_markdown
    from phantomcode.daemon.review.report import build_report

    if json and markdown:
        raise SessionError("review.two-formats", "--json and --markdown exclude each other.", "Give one of them.")
    session_id = session or newest_session()
    report = build_report(*load_round(session_id), open_labeller())
    if json:
        print(render_json(report))
        return
    if markdown:
        print(render_markdown(report))
        return
    path = write_html(report, html or report_path(session_id))
    print(f"Report: {path}")
    if open_report and html is None and sys.stdout.isatty():
        webbrowser.open(path.as_uri())
