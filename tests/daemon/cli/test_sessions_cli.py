from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.cli.main import app
from phantomcode.daemon.contract.errors import PhantomError
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core import events
from phantomcode.daemon.core.transcript import Speaker


def sessions(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["sessions", *arguments], input=typed)


def code_of(result: Result) -> str:
    assert isinstance(result.exception, PhantomError)
    return result.exception.code


@pytest.fixture
def left() -> str:
    """A round that was left unfinished: 8 s of loading, 60 s of talk, a pause of 600 s in the middle."""
    journal = Sessions().create("one")
    heard = events.UtteranceHeard(40.0, Speaker.CANDIDATE, 30.0, 40.0, "Users can create a short link and follow it.")
    for event in (
        events.RoundOpened(0.0, "one", 1.7e9, "url-shortener", "digest", Level.L5, 30.0, "typed", 2, 9),
        events.EnginesReady(8.0, has_model=False, has_voice=False),
        events.TimePassed(9.0),
        heard,
        events.Paused(50.0),
        events.Resumed(650.0),
        events.TimePassed(668.0),
    ):
        journal.append(event)
    journal.close()
    return "one"


def test_deleting_what_is_not_there_does_not_ask_first() -> None:
    result = sessions("delete", "nope", typed="y\n")
    assert code_of(result) == "session.unknown"
    assert "for good?" not in result.output


def test_deleting_asks_and_takes_no_for_an_answer(left: str) -> None:
    assert "for good?" in sessions("delete", left, typed="n\n").output
    assert Sessions().summaries()
    sessions("delete", left, typed="y\n")
    assert not Sessions().summaries()


def test_a_round_that_was_left_can_be_finished_and_graded_once(left: str) -> None:
    result = sessions("finish", left)
    assert result.exit_code == 0, result.output
    assert "The round is over." in result.output
    report = Path(next(line for line in result.output.splitlines() if line.startswith("Report: "))[8:])
    assert report.is_file()
    assert list(Sessions().events(left))[-1] == events.RoundClosed(668.0, "command")
    assert code_of(sessions("finish", left)) == "session.over"
    assert code_of(sessions("finish", "nope")) == "session.unknown"


@pytest.mark.usefixtures("left")
def test_the_list_counts_by_the_clock_of_the_report() -> None:
    """Loading and pauses left out."""
    assert " 1:00 of 30 min  unfinished" in sessions("list").output


def test_a_data_folder_that_is_a_file_is_an_error_and_not_an_empty_list(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PHANTOMCODE_HOME", str(tmp_path / "file"))
    assert code_of(sessions("list")) == "journal.unwritable"
    models = CliRunner().invoke(app, ["models", "list"])
    assert code_of(models) == "models.unreadable"
