"""Everything between a fresh machine and a first round, or green tests: `setup.py practice | check | test`.

Standard library only, for it runs before anything is installed. Each part looks first and acts only where something
is missing, so that it can be stopped anywhere and run again. A set-up that finds all done prints nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import system
from progress import Progress, StepError
from system import When

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "phantomcode"
PIP = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input")
TEST_MODELS = ("qwen2.5-coder-0.5b-instruct-q4_k_m",)
"""Beside the defaults: the small interviewer, which machines with little memory get."""
CPU_FEATURES = re.compile(r"^(avx|fma|f16c|bmi|sse|ssse|amx|neon|asimd|sve|i8mm|dotprod)")
GOALS = {
    "practice": (When.ROUND,),
    "check": (When.ROUND,),
    "test": (When.ROUND, When.TESTS),
}


def main(goal: str) -> int:
    """Set up for a goal; returns the exit status."""
    try:
        _set_up(goal)
    except StepError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\nSet-up cannot go on: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run it again: it goes on where it stopped.", file=sys.stderr)
        return 130
    return 0


def _set_up(goal: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    if _has_system(goal) and is_installed(goal):
        _pull_models(goal)
        return
    with alone() as lock_fd:
        progress = Progress(CACHE / "setup.log", lock_fd)
        _ensure_system(goal, progress)
        if not is_installed(goal):
            _install(goal, progress)
        _pull_models(goal)


def _has_system(goal: str) -> bool:
    return not system.missing(GOALS[goal])


def _ensure_system(goal: str, progress: Progress) -> None:
    when = GOALS[goal] if is_installed(goal) else (*GOALS[goal], When.BUILD)
    needs = system.missing(when)
    if needs:
        system.install(needs, progress)


@contextmanager
def alone() -> Iterator[int]:
    """Hold the lock of this user's set-ups, given as its file descriptor; it goes with the last who has that open."""
    with (CACHE / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is running; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def _install(goal: str, progress: Progress) -> None:
    _ensure_venv(progress)
    wheels = CACHE / "wheels" / machine_key()
    _ensure_llama_wheel(wheels, progress)
    what = "." if goal == "practice" else ".[dev]"
    _unfinished().touch()
    with progress.step("installing PhantomCode and what it runs on"):
        progress.run([*PIP, "install", "--prefer-binary", "--find-links", str(wheels), "--editable", str(ROOT / what)])
    remember_installed(goal)


def _ensure_venv(progress: Progress) -> None:
    works = PYTHON.exists() and subprocess.run([*PIP, "--version"], capture_output=True, check=False).returncode == 0
    # pip cannot mend what it left half installed; pip's own cache makes the second time quick.
    # On another processor llama.cpp would use instructions that are not there; elsewhere its scripts lead nowhere.
    made_for, here = VENV / ".made-for", f"{machine_key()} {ROOT}"
    moved = made_for.exists() and made_for.read_text() != here
    if not works or moved or _unfinished().exists():
        base = getattr(sys, "_base_executable", sys.executable)
        with progress.step(f"a virtual environment in .venv, Python {platform.python_version()}"):
            progress.run([base, "-m", "venv", "--clear", str(VENV)])
    made_for.write_text(here)


def _ensure_llama_wheel(wheels: Path, progress: Progress) -> None:
    """Build the one package that has no wheel and takes minutes, once for this user and processor."""
    wheels.mkdir(parents=True, exist_ok=True)
    requirement = _requirement("llama-cpp-python")
    from_cache = ("--no-index", "--no-deps", "--only-binary=:all:", "--find-links", str(wheels))
    look = [*PIP, "install", "--dry-run", *from_cache, requirement]
    if subprocess.run(look, capture_output=True, check=False).returncode == 0:
        return
    with (
        progress.step("building llama-cpp-python, once for this machine; takes 3 to 10 minutes"),
        TemporaryDirectory(dir=wheels) as scratch,
    ):
        progress.run([*PIP, "wheel", "--no-deps", "--wheel-dir", scratch, requirement])
        for wheel in Path(scratch).glob("*.whl"):
            wheel.replace(wheels / wheel.name)


def _pull_models(goal: str) -> None:
    """Let the product's own command fetch and verify the models; its bars go to the terminal."""
    for ids in ((), TEST_MODELS) if goal == "test" else ((),) if goal == "practice" else ():
        command = [str(VENV / "bin" / "phantomcode"), "models", "pull", *ids]
        pulled = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
        fetched = [line for line in pulled.stdout.splitlines() if "already here" not in line]
        print("".join(f"        {line}\n" for line in fetched), end="", flush=True)
        if pulled.returncode:
            raise StepError("The models are not complete.")


def is_installed(goal: str) -> bool:
    """Was everything for this goal installed here, from this pyproject.toml and for this processor?"""
    stamps = (_stamp(goal), _stamp("test"))
    return (
        PYTHON.exists()
        and not _unfinished().exists()
        and any(stamp.exists() and stamp.read_text() == _installed_hash() for stamp in stamps)
    )


def remember_installed(goal: str) -> None:
    """Note that everything for this goal is installed; the last thing an installation does."""
    _stamp(goal).write_text(_installed_hash())
    _unfinished().unlink(missing_ok=True)


def _unfinished() -> Path:
    """Is there while pip installs, and after an installation that did not get to its end."""
    return VENV / ".installing"


def _stamp(goal: str) -> Path:
    return VENV / f".installed-{'run' if goal == 'practice' else 'dev'}"


def _installed_hash() -> str:
    """What an installation depends on: a change in any of these makes the next run install again."""
    facts = (ROOT / "pyproject.toml").read_text() + str(ROOT) + machine_key()
    return hashlib.sha256(facts.encode()).hexdigest()


def machine_key() -> str:
    """Architecture and processor features: llama.cpp is compiled for exactly those."""
    features = sorted(word for word in set(_cpu_facts().split()) if CPU_FEATURES.match(word))
    return f"{platform.machine()}-{hashlib.sha256(' '.join(features).encode()).hexdigest()[:8]}"


def _cpu_facts() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        first, _, _ = facts.read_text().partition("\n\n")
        return first
    if shutil.which("sysctl"):
        return subprocess.run(
            ["sysctl", "-n", "machdep.cpu.features"], capture_output=True, text=True, check=False
        ).stdout.lower()
    return ""


def _requirement(name: str) -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return next(str(line) for line in project["dependencies"] if line.startswith(name))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
