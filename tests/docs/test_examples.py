"""docs/examples holds what the product does now: scripts/example_round.py --write makes its pages anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from phantomcode.daemon.service import level_for
from phantomcode.problems.load import load_problem, problem_slugs

ROOT = Path(__file__).resolve().parents[2]


def test_there_is_an_example_of_each_problem() -> None:
    assert {page.stem for page in (ROOT / "docs" / "examples").glob("*.md")} == set(problem_slugs())


@pytest.mark.rounds
@pytest.mark.parametrize("slug", problem_slugs())
def test_an_example_is_current(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import example_round

    stage = example_round.play(slug, example_round.KIND, example_round.SEED, level_for(load_problem(slug), None))
    assert example_round.page(stage) == (example_round.FOLDER / f"{slug}.md").read_text("utf-8")
