"""The folder that holds the daemon's sockets: private to the user, and taken by one daemon at a time."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from phantomcode.daemon.contract.endpoints import MAX_IPC_PATH_CHARS, Endpoints, runtime_folder
from phantomcode.daemon.contract.errors import SessionError

LOCK_NAME = "daemon.lock"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def claim(where: Endpoints) -> FileLock:
    """Make the folders, take the daemon's lock and clear away sockets of a daemon that died.

    A second bind would steal an ipc path without an error, so the lock is what tells a running daemon from a
    stale socket. Raises SessionError: daemon.running, .path-too-long, .folder.
    """
    sockets = ipc_paths(where)
    for path in sockets:
        _check_length(path)
    folders = {path.parent for path in sockets} or {runtime_folder()}
    try:
        for folder in folders:
            make_private(folder)
        # Taken by the thread that starts the daemon, let go of by the one that ends it.
        lock = FileLock(min(folders) / LOCK_NAME, thread_local=False)
        lock.acquire(blocking=False)
    except Timeout as error:
        raise SessionError(
            "daemon.running",
            "A PhantomCode daemon is already running for this user.",
            "Go on with its round: `phantomcode practice --resume`. Leave it for later: `phantomcode ctl stop`.",
        ) from error
    except OSError as error:
        raise _unusable(min(folders), error.strerror or str(error)) from error
    for path in sockets:
        path.unlink(missing_ok=True)
    return lock


def is_claimed(where: Endpoints) -> bool:
    """Whether a daemon holds the folder now; sockets that one left when it died do not count."""
    folder = min({path.parent for path in ipc_paths(where)} or {runtime_folder()})
    if not (folder / LOCK_NAME).exists():
        return False
    try:
        with FileLock(folder / LOCK_NAME, blocking=False):
            return False
    except Timeout:
        return True
    except OSError:
        return False  # whoever claims the folder will be told what is wrong with it


def ipc_paths(where: Endpoints) -> list[Path]:
    """Return the socket files among the endpoints; none where they are TCP ports."""
    prefix = "ipc://"
    addresses = (where.events, where.control)
    return [Path(address.removeprefix(prefix)) for address in addresses if address.startswith(prefix)]


def make_private(folder: Path) -> None:
    """Make a folder that only this user may enter, or narrow it to that; raises SessionError daemon.folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform == "win32":
        return  # the user's own folders are private there by default
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise _unusable(folder, "it is a link and could lead anywhere")
    if status.st_uid != os.geteuid():
        raise _unusable(folder, "it belongs to another user")
    if status.st_mode & stat.S_ISVTX:
        raise _unusable(folder, "it is shared by all users")
    if status.st_mode & _OTHERS:
        folder.chmod(0o700)
        if folder.lstat().st_mode & _OTHERS:
            raise _unusable(folder, "other users may enter it and its permissions cannot be narrowed")


def _check_length(path: Path) -> None:
    length = len(os.fsencode(path))
    if length > MAX_IPC_PATH_CHARS:
        raise SessionError(
            "daemon.path-too-long",
            f"The socket path has {length} characters and the system takes {MAX_IPC_PATH_CHARS}: {path}.",
            "Set PHANTOMCODE_RUNTIME to a folder with a shorter path.",
        )


def _unusable(folder: Path, why: str) -> SessionError:
    return SessionError(
        "daemon.folder",
        f"The folder {folder} cannot hold the daemon's sockets: {why}.",
        "Set PHANTOMCODE_RUNTIME to a folder of your own.",
    )
