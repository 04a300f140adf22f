"""Qt without a screen, and one application for all tests of the overlay."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PyQt6.QtWidgets import QApplication


@pytest.fixture(scope="session")
def app() -> Iterator[QApplication]:
    """The one QApplication."""
    instance = QApplication.instance() or QApplication(["tests"])
    assert isinstance(instance, QApplication)
    yield instance
    instance.processEvents()
