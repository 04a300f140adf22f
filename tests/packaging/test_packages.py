"""What pyproject.toml lists is what the tree holds; an editable install would hide any gap."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDERS = ("daemon", "overlay", "models", "problems")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETUPTOOLS = PROJECT["tool"]["setuptools"]


def package_name(folder: Path) -> str:
    return ".".join(["phantomcode", *folder.relative_to(ROOT).parts])


def sources() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def test_every_package_of_the_tree_is_listed_and_every_listed_one_is_there() -> None:
    assert sorted(SETUPTOOLS["packages"]) == sorted({package_name(path.parent) for path in sources()})


def test_every_folder_with_modules_is_a_package() -> None:
    assert [path for path in sources() if not (path.parent / "__init__.py").exists()] == []


def test_every_file_that_is_not_a_module_is_package_data() -> None:
    packages = {package_name(path.parent): path.parent for path in sources()}
    listed = {
        found
        for name, patterns in SETUPTOOLS["package-data"].items()
        for pattern in patterns
        for found in packages[name].glob(pattern)
        if found.is_file()
    }
    files = {path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert listed == {path for path in files if path.suffix not in {".py", ".pyc"}}


def test_every_pattern_of_package_data_finds_something() -> None:
    packages = {package_name(path.parent): path.parent for path in sources()}
    empty = [
        f"{name}: {pattern}"
        for name, patterns in SETUPTOOLS["package-data"].items()
        for pattern in patterns
        if not any(packages[name].glob(pattern))
    ]
    assert empty == []


def test_what_the_product_imports_is_declared_and_what_is_declared_is_imported() -> None:
    """A package that arrives only because another one needs it can vanish with that one's next version."""
    brought_by = importlib.metadata.packages_distributions()
    imported = {name for path in sources() for name in imported_names(path)}
    foreign = {name for name in imported if name not in sys.stdlib_module_names and name != "phantomcode"}
    sources_of = {name: {canonical(distribution) for distribution in brought_by[name]} for name in foreign}
    declared = {canonical(re.split(r"[<>=!~;\[ ]", line)[0]) for line in PROJECT["project"]["dependencies"]}
    assert [name for name, distributions in sources_of.items() if not distributions & declared] == []
    assert declared - set().union(*sources_of.values()) == set()


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
