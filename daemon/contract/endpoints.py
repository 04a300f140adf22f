"""Where the two sockets are: one folder per user that nobody else may enter."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

import msgspec
import platformdirs

MAX_IPC_PATH_CHARS = 107
"""sun_path holds 108 bytes with the closing zero (Linux unix(7)); ZeroMQ fails on longer ones."""


class Endpoints(msgspec.Struct, frozen=True):
    """ZeroMQ addresses: `events` is the daemon's XPUB, `control` its ROUTER."""

    events: str
    control: str


def runtime_folder() -> Path:
    """The folder for sockets and locks: $PHANTOMCODE_RUNTIME, else the user's runtime folder."""
    chosen = os.environ.get("PHANTOMCODE_RUNTIME")
    if chosen:
        return Path(chosen)
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR platformdirs warns and takes a folder in /tmp; doctor checks that it is private.
        warnings.simplefilter("ignore", UserWarning)
        return platformdirs.user_runtime_path("phantomcode")


def endpoints() -> Endpoints:
    """Addresses for this user; ipc where the system has it, else loopback ports."""
    if sys.platform == "win32":
        return Endpoints(events="tcp://127.0.0.1:47615", control="tcp://127.0.0.1:47616")
    folder = runtime_folder()
    return Endpoints(events=f"ipc://{folder}/events", control=f"ipc://{folder}/control")
