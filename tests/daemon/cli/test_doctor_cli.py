from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from phantomcode.daemon.cli import doctor as command
from phantomcode.daemon.doctor import Finding, Status

OK = Finding("Python", Status.OK, "3.11.7, 2 cores")
WARNING = Finding("microphone", Status.WARNING, "there is none", "Plug one in.")
FAILED = Finding("model tiny", Status.FAILED, "missing", "Run `phantomcode models pull tiny`.")


@pytest.fixture
def run(monkeypatch):
    app = typer.Typer()
    app.command()(command.doctor)

    def run(findings: list[Finding], *arguments: str):
        monkeypatch.setattr(command, "examine", lambda *, quick: iter(findings if quick else [*findings, OK]))
        return CliRunner().invoke(app, ["--quick", *arguments])

    return run


def test_warnings_alone_are_no_failure_and_each_says_what_to_do(run) -> None:
    result = run([OK, WARNING])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines == [
        "ok       Python: 3.11.7, 2 cores",
        "warning  microphone: there is none",
        "         Plug one in.",
    ]


def test_a_failed_line_gives_status_one(run) -> None:
    result = run([OK, FAILED])
    assert result.exit_code == 1
    assert "failed   model tiny: missing" in result.output


def test_json_holds_the_same(run) -> None:
    result = run([WARNING, FAILED], "--json")
    assert result.exit_code == 1
    assert json.loads(result.output) == [
        {"subject": "microphone", "status": "warning", "detail": "there is none", "remedy": "Plug one in."},
        {
            "subject": "model tiny",
            "status": "failed",
            "detail": "missing",
            "remedy": "Run `phantomcode models pull tiny`.",
        },
    ]
