"""The import contracts of pyproject.toml are alive: one wrong arrow against each of them is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDERS = ("daemon", "overlay", "models", "problems")
WRONG_ARROWS = {
    "arrows point inward": ("daemon/ports.py", "import phantomcode.daemon.adapters.zmq_bus"),
    "the overlay knows the contract and nothing else": ("overlay/theme.py", "import phantomcode.daemon.core.session"),
    "only the command line starts the overlay": ("daemon/review/report.py", "import phantomcode.overlay.theme"),
    "the core is pure": ("daemon/core/phases.py", "import time"),
    "only models.fetch reaches the network": ("problems/load.py", "import urllib.request"),
}


def test_each_contract_refuses_a_wrong_arrow(tmp_path: Path) -> None:
    package = tmp_path / "phantomcode"
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, package / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, line in WRONG_ARROWS.values():
        with (package / name).open("a") as source:
            source.write(f"\n{line}\n")
    linter = str(Path(sys.executable).with_name("lint-imports"))
    done = subprocess.run(
        [linter, "--no-logo", "--no-cache", "--config", str(ROOT / "pyproject.toml")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert {name for name in WRONG_ARROWS if f"{name} BROKEN" in done.stdout} == set(WRONG_ARROWS), done.stdout
    assert done.returncode == 1


def test_every_contract_has_its_wrong_arrow() -> None:
    assert {contract["name"] for contract in contracts()} == set(WRONG_ARROWS)


def test_every_module_has_its_place_in_the_layers() -> None:
    """import-linter checks what is listed: a module left out could import anything."""
    (layers,) = (contract["layers"] for contract in contracts() if contract["type"] == "layers")
    placed = {name for layer in layers for name in layer.split(" | ")}
    rooms = {
        path.stem for path in (ROOT / "daemon").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert {f"phantomcode.daemon.{room}" for room in rooms - {"__init__"}} <= placed
    assert {"phantomcode.models", "phantomcode.problems"} <= placed


def contracts() -> list[dict[str, Any]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(project["tool"]["importlinter"]["contracts"])
