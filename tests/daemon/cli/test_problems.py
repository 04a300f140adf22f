from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from phantomcode.daemon.cli.problems import app
from phantomcode.daemon.contract.errors import ProblemError
from phantomcode.problems.load import load_problem, problem_slugs


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_list_names_every_problem() -> None:
    lines = run("list").splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(problem_slugs())


def test_show_keeps_to_itself_what_the_interviewer_holds_back() -> None:
    problem = load_problem("url-shortener")
    plain, spoilt = run("show", problem.slug), run("show", problem.slug, "--spoilers")
    assert problem.pose[0] in plain
    for requirement in (*problem.functional, *problem.non_functional):
        assert requirement.text not in plain
        assert requirement.text in spoilt
    probe = problem.challenges[0].rungs[0][0]
    assert probe not in plain
    assert probe in spoilt


def test_show_of_an_unknown_problem_is_an_error() -> None:
    with pytest.raises(ProblemError):
        run("show", "nothing-like-it")


def test_check_prints_findings_with_cures_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("format_version = 1\n")
    result = CliRunner().invoke(app, ["check", str(file)])
    assert result.exit_code == 1
    assert "missing required field" in result.output
    assert "Add the key" in result.output
    assert "1 checked: 1 errors, 0 warnings" in result.output


def test_check_without_files_takes_the_bank_and_the_atlas() -> None:
    result = CliRunner().invoke(app, ["check"])
    assert f"{len(problem_slugs()) + 1} checked" in result.output
