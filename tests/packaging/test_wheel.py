"""The wheel as a user gets it: built, installed where nothing else of PhantomCode is, and run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("daemon", "overlay", "models", "problems")
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE")

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, for setuptools leaves folders beside its sources."""
    copy = tmp_path_factory.mktemp("source")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, copy / name)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(copy / "dist"), str(copy), cwd=copy)
    (built,) = (copy / "dist").iterdir()
    return built


@pytest.fixture(scope="module")
def venv(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it. The libraries, which are not under test, are borrowed from this one."""
    folder = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", str(folder), cwd=folder)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    run(*pip, "install", "--no-deps", "--no-index", str(wheel), cwd=folder)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    # A .pth file named by another .pth is not read: the editable install of this environment stays out of it.
    (site_packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def run(*command: str, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_tree(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    tree = {
        f"phantomcode/{path.relative_to(ROOT).as_posix()}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == tree


def test_the_installed_product_is_the_wheels_own_and_answers(venv: Path) -> None:
    where = run(str(venv / "bin" / "python"), "-c", "import phantomcode.daemon as d; print(d.__file__)", cwd=venv)
    assert Path(where.strip()).is_relative_to(venv)
    assert "practice" in run(str(venv / "bin" / "phantomcode"), "--help", cwd=venv)
    assert "url-shortener" in run(str(venv / "bin" / "phantomcode"), "problems", "list", cwd=venv)


def test_doctor_finds_nothing_failed(venv: Path) -> None:
    findings = run(str(venv / "bin" / "phantomcode"), "doctor", "--quick", cwd=venv)
    assert "llama-cpp-python" in findings
    assert "failed" not in findings
