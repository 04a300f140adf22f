"""Reports to render: the rehearsed round of the pictures, and rounds that hardly were."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.briefing import Briefing, brief
from phantomcode.daemon.core.events import EnginesReady, Event, RoundOpened
from phantomcode.daemon.core.session import replay
from phantomcode.daemon.review.report import Report, build_report
from phantomcode.problems.load import load_atlas, load_problem

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "sample_round.py"


def _sample_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_round", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sample_round"] = module  # msgspec looks its annotations up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def briefing() -> Briefing:
    return brief(load_problem("url-shortener"), load_atlas())


@pytest.fixture(scope="session")
def sample() -> Any:
    return _sample_module().play()


@pytest.fixture(scope="session")
def report(sample: Any) -> Report:
    return build_report(sample.state, sample.briefing)


@pytest.fixture(scope="session")
def of_events(briefing: Briefing) -> Callable[..., Report]:
    """Build the report of a round that was opened and then saw these events."""

    def build(*events: Event) -> Report:
        opened = RoundOpened(0.0, "short", 1_700_000_000.0, "url-shortener", "", Level.L5, 45.0, "wav", 2, 1)
        return build_report(
            replay([opened, EnginesReady(0.5, has_model=False, has_voice=False), *events], briefing), briefing
        )

    return build


@pytest.fixture(scope="session")
def empty(of_events: Callable[..., Report]) -> Report:
    return of_events()


def defaced(value: Any, text: str) -> Any:
    """Return a copy of a report (or a part of it) with every free text replaced."""
    if isinstance(value, msgspec.Struct):
        kept = {"session_id", "problem_slug", "dimension", "id", "speaker", "topic", "metric", "unit", "key", "marker"}
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        return msgspec.structs.replace(
            value, **{name: old if name in kept else defaced(old, text) for name, old in fields.items()}
        )
    if isinstance(value, tuple):
        return tuple(defaced(item, text) for item in value)
    if isinstance(value, dict):
        return {key: defaced(item, text) for key, item in value.items()}
    return text if type(value) is str else value


@pytest.fixture(scope="session")
def hostile(report: Report) -> Callable[[str], Report]:
    """Give the sample report with a text of one's own in every place where a person or a model had words."""
    return lambda text: defaced(report, text)
