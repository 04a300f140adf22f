"""The report as one HTML file that needs nothing else: no network, no fonts, no framework."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from phantomcode.daemon.contract.errors import SessionError
from phantomcode.daemon.review.report import Report

_TEMPLATES = Path(__file__).parent / "templates"


def render_html(report: Report) -> str:
    """Return the page; the same report gives the same text."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html").render(report=report)


def write_html(report: Report, path: Path) -> Path:
    """Write the page to `path`, whole or not at all, and return it. Raises SessionError where it cannot be written."""
    page = render_html(report)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, page)
    except OSError as error:
        raise SessionError(
            "review.unwritable",
            f"The report cannot be written to {path}: {error.strerror or error}.",
            "Choose another place: phantomcode review --html FILE.",
        ) from error
    return path


def _replace(path: Path, text: str) -> None:
    """Write beside the target and rename over it, so that a reader never sees half a page."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
