from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.cli import review as command
from phantomcode.daemon.contract.errors import SessionError
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.events import EnginesReady, RoundOpened, TimePassed, UtteranceHeard
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.problems.load import problem_digest


def _journal(session_id: str, opened_at: float, text: str, *, source: str = "") -> None:
    journal = Sessions().create(session_id)
    digest = problem_digest(source or "url-shortener")
    journal.append(
        RoundOpened(0.0, session_id, opened_at, "url-shortener", digest, Level.L5, 45.0, "typed", problem_source=source)
    )
    journal.append(EnginesReady(0.5, has_model=False, has_voice=False))
    journal.append(TimePassed(2.0))
    journal.append(UtteranceHeard(12.0, Speaker.CANDIDATE, 8.0, 11.0, text))
    journal.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("PHANTOMCODE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def rounds(home: Path) -> Path:
    _journal("older", 1_700_000_000.0, "Users can create a link.")
    _journal("newer", 1_700_009_000.0, "Users can follow a link.")
    return home


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(command.review)
    return CliRunner().invoke(app, list(arguments))


def test_without_a_session_the_newest_round_is_shown(rounds: Path) -> None:
    result = run()
    page = rounds / "reports" / "newer.html"
    assert result.exit_code == 0
    assert result.output == f"Report: {page}\n"
    assert "Users can follow a link." in page.read_text(encoding="utf-8")


def test_a_round_is_named_and_put_where_asked(rounds: Path) -> None:
    page = rounds / "elsewhere" / "mine.html"
    assert run("older", "--html", str(page)).exit_code == 0
    assert "Users can create a link." in page.read_text(encoding="utf-8")
    assert not (rounds / "reports").exists()


def test_a_round_on_a_file_is_read_by_that_file_and_a_change_of_it_is_said(home: Path) -> None:
    mine = home / "mine.toml"
    text = resources.files("phantomcode.problems").joinpath("bank/url-shortener.toml").read_text(encoding="utf-8")
    mine.write_text(text.replace('title = "URL shortener"', 'title = "My own shortener"'), encoding="utf-8")
    _journal("mine", 1_700_000_000.0, "Users can create a link.", source=str(mine))
    assert run("mine", "--markdown").output.startswith("# My own shortener\n")
    mine.write_text(text, encoding="utf-8")
    told = run("mine", "--markdown")
    assert told.stdout.startswith("# URL shortener\n")
    assert told.stderr == "The problem file has changed since this round; its challenges may read differently.\n"


def test_json_and_markdown_go_to_the_terminal_and_nowhere_else(rounds: Path) -> None:
    told = run("older", "--json")
    assert json.loads(told.output)["session_id"] == "older"
    assert run("older", "--markdown").output.startswith("# URL shortener\n")
    assert not (rounds / "reports").exists()


@pytest.mark.usefixtures("rounds")
def test_two_formats_at_once_are_refused() -> None:
    assert _failure(run("older", "--json", "--markdown")).code == "review.two-formats"


@pytest.mark.usefixtures("home")
def test_no_round_and_an_unknown_round_say_what_to_do() -> None:
    assert "phantomcode practice" in _failure(run()).remedy
    assert _failure(run("nowhere")).message


def test_a_place_that_cannot_be_written_is_no_traceback(rounds: Path) -> None:
    (rounds / "file").write_text("in the way")
    assert _failure(run("older", "--html", str(rounds / "file" / "page.html"))).code == "review.unwritable"


def _failure(result: Result) -> SessionError:
    assert isinstance(result.exception, SessionError)
    return result.exception
