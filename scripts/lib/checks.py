"""Every check that is not a test: types, lint, format, import arrows, docs; two at a time, each to its end."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")
CHECKS = {
    "types": (PYTHON, "scripts/typecheck.py", "--no-error-summary"),
    "lint": (str(BIN / "ruff"), "check", "--quiet"),
    "format": (str(BIN / "ruff"), "format", "--check", "--quiet"),
    "import arrows": (PYTHON, "scripts/arrows.py"),
    "docs": (PYTHON, "scripts/docs_check.py"),
}


@dataclass(frozen=True)
class Outcome:
    """How a check ended."""

    name: str
    seconds: float
    output: str
    failed: bool


def main() -> int:
    """Run every check; returns 1 when one failed."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(_run, CHECKS))
    return max(_show(outcome) for outcome in outcomes)


def _run(name: str) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(CHECKS[name], cwd=ROOT, capture_output=True, text=True, check=False)
    return Outcome(name, time.monotonic() - started, done.stdout + done.stderr, done.returncode != 0)


def _show(outcome: Outcome) -> int:
    verdict = "failed" if outcome.failed else "ok"
    print(f"{outcome.seconds:5.1f} s  {outcome.name}: {verdict}", flush=True)
    if outcome.failed:
        print(outcome.output, flush=True)
    return int(outcome.failed)


if __name__ == "__main__":
    sys.exit(main())
