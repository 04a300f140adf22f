#!/usr/bin/env python3
"""Check the import arrows of pyproject.toml.

import-linter does not follow the editable import hook any more than mypy does, so it reads the same links.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from typecheck import ROOT, make_links


def main() -> int:
    """Return import-linter's exit status."""
    links = make_links().parent
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", *sys.argv[1:]]
    environment = {**os.environ, "PYTHONPATH": str(links)}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
