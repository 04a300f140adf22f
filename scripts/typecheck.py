#!/usr/bin/env python3
"""Run strict mypy over the source as the package it becomes, and over the scripts.

mypy does not follow the editable import hook, so this makes git-ignored links `.links/phantomcode/<folder>` and
checks those.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("daemon", "overlay", "models", "problems")


def make_links() -> Path:
    """Make the links (or leave them as they are) and return the package folder that holds them."""
    package = ROOT / ".links" / "phantomcode"
    package.mkdir(parents=True, exist_ok=True)
    for folder in FOLDERS:
        link = package / folder
        if not link.is_symlink():
            link.symlink_to(ROOT / folder, target_is_directory=True)
    return package


def main() -> int:
    """Return mypy's exit status."""
    package = make_links()
    targets = [str((package / folder).relative_to(ROOT)) for folder in FOLDERS]
    targets += [str(script.relative_to(ROOT)) for script in sorted((ROOT / "scripts").rglob("*.py"))]
    return subprocess.run([sys.executable, "-m", "mypy", *sys.argv[1:], *targets], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
