"""What RESULTS.md found in cross-validation is what the grader uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.core.understanding.responses import SAY_OF_RULES

RESULTS = Path(__file__).parents[2] / "training" / "RESULTS.md"


@pytest.mark.parametrize("answer", ResponseClass)
def test_the_rules_say_of_a_class_is_what_was_found(answer: ResponseClass) -> None:
    found = re.search(rf"^\| {answer.value} \| ([+-][\d.]+) \|", RESULTS.read_text(), re.MULTILINE)
    assert found is not None
    assert SAY_OF_RULES[answer] == pytest.approx(float(found[1]), abs=0.05)
