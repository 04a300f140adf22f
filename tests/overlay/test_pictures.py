"""Every state, both themes, three display scales, and the largest text: drawn, and checked for cut text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget

from phantomcode.overlay.audit import findings
from phantomcode.overlay.panels.parts import Text
from phantomcode.overlay.theme import DARK, Size, Theme

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "screenshots.py"


@pytest.mark.parametrize(("scale", "font_percent"), [("1", 100), ("1.5", 100), ("2", 100), ("1", 80), ("1", 160)])
def test_no_text_is_cut_in_any_state(tmp_path: Path, scale: str, font_percent: int) -> None:
    done = subprocess.run(
        [
            *(sys.executable, str(SCRIPT), "--all", "--check", "--into", str(tmp_path)),
            *("--scale", scale, "--font-percent", str(font_percent)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    pictures = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(pictures) == len(list(tmp_path.iterdir())) >= 30
    assert {picture["width"] for picture in pictures} == {round(420 * float(scale) * font_percent / 100)}
    assert [picture for picture in pictures if picture["findings"]] == []


def test_states_look_different(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(SCRIPT), "--all", "--into", str(tmp_path), "--scale", "1"],
        capture_output=True,
        check=True,
    )
    seen = {path.name: QImage(str(path)) for path in tmp_path.iterdir()}
    names = sorted(seen)
    same = [(a, b) for a in names for b in names if a < b and seen[a] == seen[b]]
    assert same == []


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("geometries", "said"),
    [
        (((0, 0, 20, 40), (0, 60, 300, 40)), "needs"),
        (((0, 0, 300, 4), (0, 60, 300, 40)), "high"),
        (((0, 0, 300, 40), (10, 10, 300, 40)), "overlap"),
        (((250, 0, 300, 40), (0, 60, 300, 40)), "leaves"),
    ],
)
def test_the_check_finds_what_is_wrong(geometries: tuple[tuple[int, int, int, int], ...], said: str) -> None:
    root = QWidget()
    root.resize(400, 200)
    for name, geometry in zip(("first text", "second text"), geometries, strict=True):
        text = Text(root, Theme(DARK), Size.BODY, "#ffffff")
        text.setText(name)
        text.setGeometry(*geometry)
    root.show()
    assert any(said in sentence for sentence in findings(root))
    root.close()


@pytest.mark.usefixtures("app")
def test_the_check_is_content_with_text_that_fits() -> None:
    root = QWidget()
    root.resize(400, 200)
    text = Text(root, Theme(DARK), Size.BODY, "#ffffff", wrap=True)
    text.setText("Some text that wraps over a few lines when it has to, as it does in here, and is not cut.")
    text.setGeometry(0, 0, 200, text.height_for(200))
    root.show()
    assert findings(root) == []
    root.close()
