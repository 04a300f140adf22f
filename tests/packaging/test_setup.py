"""Set-up on machines that lack things: what it installs, what it tells, and that it can be cut short."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import setup
import system
from progress import Progress, StepError
from system import Kind, Manager, Need, When

ROOT = Path(__file__).parents[2]
XVFB = Need(When.TESTS, Kind.COMMAND, "Xvfb-of-nobody", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb")
PACTL = Need(When.TESTS, Kind.COMMAND, "pactl-of-nobody", "pulseaudio-utils", "pulseaudio-utils", "libpulse")
PAPLAY = Need(When.TESTS, Kind.COMMAND, "paplay-of-nobody", "pulseaudio-utils", "pulseaudio-utils", "libpulse")
APT, DNF, PACMAN, BREW = system.MANAGERS


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH: a test puts the programs of its machine there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "setup.log")


def program(folder: Path, name: str, script: str = "") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def as_user(monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)


@pytest.mark.parametrize(
    ("manager", "line"),
    [
        (
            APT,
            "sudo apt-get update -q && sudo apt-get install -y -q --no-install-recommends "
            "-o DPkg::Lock::Timeout=120 pulseaudio-utils xvfb",
        ),
        (DNF, "sudo dnf install -y pulseaudio-utils xorg-x11-server-Xvfb"),
        (PACMAN, "sudo pacman -S --needed --noconfirm libpulse xorg-server-xvfb"),
    ],
)
def test_without_the_right_to_install_the_line_to_run_is_told(
    manager: Manager, line: str, programs: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, manager.program)
    program(programs, "sudo", "exit 1")
    as_user(monkeypatch, 1000)
    with pytest.raises(StepError) as caught:
        system.install([XVFB, PACTL, PAPLAY], progress)
    assert line in str(caught.value)


@pytest.mark.parametrize(("uid", "prefix"), [(0, ""), (1000, "sudo ")])
def test_root_and_whoever_may_use_sudo_get_it_installed(
    uid: int, prefix: str, programs: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    chmod = shutil.which("chmod", path=os.defpath)
    made = programs / XVFB.name
    program(programs, "apt-get", f'if [ "$1" = install ]; then echo "#!/bin/sh" > {made}; {chmod} +x {made}; fi')
    program(programs, "sudo", '[ "$1" = -n ] && shift\nexec "$@"')
    program(programs, "true")
    as_user(monkeypatch, uid)
    system.install([XVFB], progress)
    assert f"{'sudo -n ' if prefix else ''}apt-get install" in progress.log.read_text()
    assert XVFB.present()


def test_a_package_that_brings_nothing_is_not_taken_for_success(
    programs: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, "dnf")
    as_user(monkeypatch, 0)
    with pytest.raises(StepError, match=r"Still missing .*Xvfb-of-nobody"):
        system.install([XVFB], progress)


def test_a_failed_command_shows_the_end_of_what_it_said_and_where_the_rest_is(
    programs: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, "dnf", 'echo "No match for argument"; exit 3')
    as_user(monkeypatch, 0)
    with pytest.raises(StepError, match="No match for argument") as caught:
        system.install([XVFB], progress)
    assert str(progress.log) in str(caught.value)


@pytest.mark.usefixtures("programs")
def test_on_a_machine_with_an_unknown_package_manager_the_needs_are_named(progress: Progress) -> None:
    with pytest.raises(StepError, match="Xvfb-of-nobody, pactl-of-nobody"):
        system.install([XVFB, PACTL], progress)


def test_every_need_names_its_package_for_every_manager_of_its_system() -> None:
    assert [need.name for need in system.LINUX_NEEDS if not (need.apt and need.dnf and need.pacman)] == []
    assert [need.name for need in system.MAC_NEEDS if not need.brew] == []


def test_without_a_recent_python_it_says_what_to_install(programs: Path, tmp_path: Path) -> None:
    program(programs, "python3", "exit 1")  # as a Python that is too old answers
    program(programs, "dirname", f'exec {shutil.which("dirname", path=os.defpath)} "$@"')
    scripts = tmp_path / "clone" / "scripts"
    shutil.copytree(ROOT / "scripts" / "lib", scripts / "lib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "scripts" / "practice", scripts / "practice")
    bash = shutil.which("bash", path=os.defpath)
    assert bash
    done = subprocess.run([bash, str(scripts / "practice")], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "needs Python 3.11 or later" in done.stderr
    assert "sudo apt-get install python3 python3-venv python3-dev" in done.stderr


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with a `.venv` that the set-up sees; nothing is installed in it."""
    root = tmp_path / "clone"
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    shutil.copy(ROOT / "pyproject.toml", root)
    monkeypatch.setattr(setup, "ROOT", root)
    monkeypatch.setattr(setup, "VENV", root / ".venv")
    monkeypatch.setattr(setup, "PYTHON", root / ".venv" / "bin" / "python")
    monkeypatch.setattr(setup, "CACHE", tmp_path / "cache")
    return root


def test_an_installation_holds_until_the_project_file_the_place_or_the_processor_changes(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not setup.is_installed("practice")
    setup.remember_installed("practice")
    assert setup.is_installed("practice")
    with monkeypatch.context() as other:
        other.setattr(setup, "machine_key", lambda: "x86_64-other")
        assert not setup.is_installed("practice")
    with (clone / "pyproject.toml").open("a") as project:
        project.write("# changed\n")
    assert not setup.is_installed("practice")


@pytest.mark.usefixtures("clone")
def test_what_the_tests_need_is_enough_for_a_round_and_not_the_other_way_round() -> None:
    setup.remember_installed("practice")
    assert not setup.is_installed("test")
    setup.remember_installed("test")
    assert setup.is_installed("check")
    assert setup.is_installed("practice")


def test_an_installation_that_was_cut_short_counts_for_nothing(clone: Path) -> None:
    setup.remember_installed("practice")
    (clone / ".venv" / ".installing").touch()
    assert not setup.is_installed("practice")
    setup.remember_installed("test")
    assert setup.is_installed("practice")


@pytest.mark.usefixtures("clone")
def test_two_set_ups_take_turns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    setup.CACHE.mkdir()
    order: list[str] = []

    def second() -> None:
        with setup.alone():
            order.append("second")

    with (tmp_path / "cache" / "setup.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        other = threading.Thread(target=second)
        other.start()
        while "waiting" not in capsys.readouterr().out:
            other.join(0.01)
        order.append("first")
    other.join()
    assert order == ["first", "second"]
