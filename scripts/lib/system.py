"""The system packages a round, its installation and the tests need: found by looking, installed where that is allowed.

A new need is one line in `NEEDS`. Nothing is asked of the package manager while everything is there.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from progress import Progress, StepError

INCLUDE_FOLDERS = ("/usr/include", "/usr/local/include", "/opt/homebrew/include", "/opt/local/include")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
ALSA_TO_PULSE = "libasound_module_pcm_pulse.so"
ALSA_PLUGIN_FOLDERS = ("*/alsa-lib", "alsa-lib", "../lib64/alsa-lib")


class When(Enum):
    """What the need is for."""

    BUILD = auto()
    ROUND = auto()
    TESTS = auto()


class Kind(Enum):
    """How to look for it."""

    LIBRARY = auto()
    HEADER = auto()
    COMMAND = auto()
    MODULE = auto()
    FONT = auto()
    ALSA_PLUGIN = auto()


@dataclass(frozen=True)
class Need:
    """Something on the system, and the package that brings it; an empty name where that manager needs none."""

    when: When
    kind: Kind
    name: str
    apt: str
    dnf: str = ""
    pacman: str = ""
    brew: str = ""

    def present(self) -> bool:
        """Look for it."""
        match self.kind:
            case Kind.LIBRARY:
                return _loads(self.name)
            case Kind.HEADER:
                folders = (*INCLUDE_FOLDERS, sysconfig.get_path("include"))
                return any(Path(folder, self.name).exists() for folder in folders)
            case Kind.COMMAND:
                return shutil.which(self.name) is not None
            case Kind.MODULE:
                return importlib.util.find_spec(self.name) is not None
            case Kind.FONT:
                return any(_holds(folder, f"**/{self.name}") for folder in FONT_FOLDERS)
            case Kind.ALSA_PLUGIN:
                return any(_holds("/usr/lib", f"{folder}/{self.name}") for folder in ALSA_PLUGIN_FOLDERS)

    def package(self, manager: str) -> str:
        """Return the package's name for apt, dnf, pacman or brew."""
        return str(getattr(self, manager))


@dataclass(frozen=True)
class Manager:
    """A package manager: the program to look for and the commands that install."""

    name: str
    program: str
    install: tuple[str, ...]
    prepare: tuple[str, ...] = ()
    wants_root: bool = True


MANAGERS = (
    Manager(
        "apt",
        "apt-get",
        ("apt-get", "install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"),
        ("apt-get", "update", "-q"),
    ),
    Manager("dnf", "dnf", ("dnf", "install", "-y")),
    Manager("pacman", "pacman", ("pacman", "-S", "--needed", "--noconfirm")),
    Manager("brew", "brew", ("brew", "install"), wants_root=False),
)

_PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
_B, _R, _T = When.BUILD, When.ROUND, When.TESTS
_LIB, _CMD = Kind.LIBRARY, Kind.COMMAND
LINUX_NEEDS = (
    Need(_B, Kind.MODULE, "ensurepip", f"{_PYTHON}-venv", "python3-pip", "python"),
    Need(_B, Kind.HEADER, "Python.h", f"{_PYTHON}-dev", "python3-devel", "python"),
    Need(_B, Kind.HEADER, "portaudio.h", "portaudio19-dev", "portaudio-devel", "portaudio"),
    Need(_B, _CMD, "c++", "g++", "gcc-c++", "gcc"),
    Need(_B, _CMD, "make", "make", "make", "make"),
    Need(_R, _LIB, "libportaudio.so.2", "libportaudio2", "portaudio", "portaudio"),
    Need(_R, _LIB, "libgomp.so.1", "libgomp1", "libgomp", "gcc-libs"),
    Need(_R, _LIB, "libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Need(_R, _LIB, "libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Need(_R, _LIB, "libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Need(_R, _LIB, "libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Need(_R, _LIB, "libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Need(_R, _LIB, "libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    Need(_R, _LIB, "libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    Need(_R, _LIB, "libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Need(_R, _LIB, "libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Need(_R, _LIB, "libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    Need(_R, _LIB, "libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Need(_R, _LIB, "libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    Need(_R, _LIB, "libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    Need(_R, _LIB, "libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Need(_R, _LIB, "libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    Need(_R, _LIB, "libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
    Need(_R, _LIB, "libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
    Need(_R, Kind.FONT, "*.[to]tf", "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu"),
    Need(_T, _CMD, "Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    Need(_T, _CMD, "xdotool", "xdotool", "xdotool", "xdotool"),
    Need(_T, _CMD, "pulseaudio", "pulseaudio", "pulseaudio", "pulseaudio"),
    Need(_T, _CMD, "pactl", "pulseaudio-utils", "pulseaudio-utils", "libpulse"),
    Need(_T, Kind.ALSA_PLUGIN, ALSA_TO_PULSE, "libasound2-plugins", "alsa-plugins-pulseaudio", "alsa-plugins"),
)
MAC_NEEDS = (
    Need(_B, Kind.HEADER, "portaudio.h", "", brew="portaudio"),
    # c++ is there as a stub before the tools are; brew itself installs them.
    Need(_B, _CMD, "cmake", "", brew="cmake"),
)
NEEDS = MAC_NEEDS if sys.platform == "darwin" else LINUX_NEEDS


def missing(when: Iterable[When]) -> list[Need]:
    """Return what is not on this machine."""
    wanted = set(when)
    return [need for need in NEEDS if need.when in wanted and not need.present()]


def install(needs: Sequence[Need], progress: Progress) -> None:
    """Install what is missing, or raise StepError with the line to run."""
    manager = find_manager()
    if manager is None:
        names = ", ".join(need.name for need in needs)
        raise StepError(
            f"Missing on this machine: {names}.\nInstall them with its package manager, then run this again."
        )
    packages = packages_for(needs, manager)
    prefix = become_root(manager)
    if prefix is None:
        line = line_for(packages, manager)
        raise StepError(f"System packages are missing. Run this line, then run this again:\n\n  {line}\n")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with progress.step(f"system packages: {' '.join(packages)}"):
        if manager.prepare:
            progress.run([*prefix, *manager.prepare], quiet)
        progress.run([*prefix, *manager.install, *packages], quiet)
    left = [need.name for need in needs if not need.present()]
    if left:
        raise StepError(f"Still missing after {' '.join(manager.install)} {' '.join(packages)}: {', '.join(left)}.")


def packages_for(needs: Sequence[Need], manager: Manager) -> list[str]:
    """Return the packages to install, each once."""
    return sorted({package for need in needs if (package := need.package(manager.name))})


def line_for(packages: Sequence[str], manager: Manager) -> str:
    """Return the command a user can paste."""
    sudo = "sudo " if manager.wants_root else ""
    prepare = f"{sudo}{' '.join(manager.prepare)} && " if manager.prepare else ""
    return f"{prepare}{sudo}{' '.join(manager.install)} {' '.join(packages)}"


def find_manager() -> Manager | None:
    """Return the package manager of this machine, if it is one we know."""
    return next((manager for manager in MANAGERS if shutil.which(manager.program)), None)


def become_root(manager: Manager) -> list[str] | None:
    """Return what goes in front of the manager's command, or None when we may not install."""
    if not manager.wants_root or os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if allowed else None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _holds(folder: str, pattern: str) -> bool:
    return next(Path(folder).expanduser().glob(pattern), None) is not None
