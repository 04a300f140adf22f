"""The documents agree with the code, and the checks that say so can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import docs_check
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("check", docs_check.CHECKS, ids=lambda check: check.__name__)
def test_the_documents_pass(check: Callable[[Path], Iterable[str]]) -> None:
    assert list(check(ROOT)) == []


@pytest.fixture
def page(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        (tmp_path / "page.md").write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize(
    "text", ["[a](absent.md)", "![a](absent.png)", '<img src="absent.png">', "# One\n[a](#two)", "[a](page.md#two)"]
)
def test_a_link_that_leads_nowhere_is_found(page: Callable[[str], Path], text: str) -> None:
    assert len(list(docs_check.check_links(page(text)))) == 1


@pytest.mark.parametrize(
    "text", ["[a](page.md)", "# Two, or `three`?\n[a](#two-or-three)", "[a](https://example.org/x)", "```\n[a](b)\n```"]
)
def test_a_link_that_leads_somewhere_is_not(page: Callable[[str], Path], text: str) -> None:
    assert list(docs_check.check_links(page(text))) == []


@pytest.mark.parametrize(
    "text", ["`phantomcode rehearse`", "`phantomcode practice --quiet`", "`phantomcode models burn`", "phantomcode fly"]
)
def test_a_command_that_does_not_exist_is_found(page: Callable[[str], Path], text: str) -> None:
    assert len(list(docs_check.check_commands(page(text)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "`phantomcode practice --typed --no-overlay`",
        "    phantomcode models pull",
        "`phantomcode sessions` lists",
        "`phantomcode review --help`",
    ],
)
def test_a_command_that_exists_is_not(page: Callable[[str], Path], text: str) -> None:
    assert list(docs_check.check_commands(page(text))) == []


def test_an_unexplained_and_a_needless_dependency_are_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["numpy>=1"]\n[project.optional-dependencies]\ndev = ["ruff"]\n'
    )
    (tmp_path / "docs/dependencies.md").write_text("| `ruff` | Lint. |\n| `left-pad` | Pads. |\n")
    findings = list(docs_check.check_dependencies(tmp_path))
    assert [("numpy" in finding, "left-pad" in finding) for finding in findings] == [(True, False), (False, True)]


def test_a_generated_page_that_was_edited_is_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    wire = (ROOT / "docs/wire.md").read_text()
    (tmp_path / "docs/cli.md").write_text("# Commands\n")
    (tmp_path / "docs/wire.md").write_text(wire.replace("| Heartbeat |", "| Pulse |"))
    assert len(list(docs_check.check_generated(tmp_path))) == 2
