"""The report as one HTML file that needs nothing else: no network, no fonts, no framework."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from phantomcode.daemon.contract.errors import SessionError
from phantomcode.daemon.review.exchanges import RUNGS
from phantomcode.daemon.review.page import build_page
from phantomcode.daemon.review.report import Report

_TEMPLATES = Path(__file__).parent / "templates"


SECTIONS = (
    ("fixes", "Fix first"),
    ("profile", "Profile"),
    ("level", "Level"),
    ("time", "Time"),
    ("pushback", "Pushback"),
    ("tradeoffs", "Tradeoffs"),
    ("estimates", "Estimates"),
    ("delivery", "Delivery"),
    ("record", "Interviewer"),
    ("transcript", "Transcript"),
)
"""Anchors of the page and what its list of contents calls them."""


def render_html(report: Report) -> str:
    """Return the page; the same report gives the same text."""
    css, js = _part("report.css"), _part("report.js")
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html").render(
        page=build_page(report),
        sections=SECTIONS,
        rungs=RUNGS,
        policy=_policy(css, js),
        css=css,
        js=js,
    )
    return page.lstrip()


def _part(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _policy(css: str, js: str) -> str:
    """Nothing may be loaded, and only this style and this script may run, whatever a transcript holds."""
    return (
        f"default-src 'none'; style-src '{_digest(css)}'; script-src '{_digest(js)}'; base-uri 'none'; "
        "form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def write_html(report: Report, path: Path) -> Path:
    """Write the page to `path`, whole or not at all, and return it; only the user may read it.

    Raises SessionError where it cannot be written.
    """
    page = render_html(report)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
