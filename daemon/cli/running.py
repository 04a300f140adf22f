"""The round that a daemon runs now: at most one for each user."""

from __future__ import annotations

import time

from phantomcode.daemon.adapters.runtime_folder import is_claimed
from phantomcode.daemon.adapters.zmq_bus import send_command
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.endpoints import Endpoints
from phantomcode.daemon.contract.errors import SessionError

PATIENCE_SECONDS = 10.0
"""For a daemon that is starting, or that writes the report of a round that is over."""
POLL_SECONDS = 0.2
REPLY_SECONDS = 2.0


def running_round(where: Endpoints) -> messages.SessionOpened | None:
    """Return the round that runs, or None; raises SessionError daemon.silent.

    A daemon that only lingers after its round, for overlays that start late, is sent away.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_claimed(where):
        shown = _snapshot(where)
        if shown is not None and shown.ended is not None:
            _ask(where, messages.StopDaemon())
        elif shown is not None and shown.session is not None and shown.activity.activity != "ended":
            return shown.session
        if time.monotonic() >= deadline:
            raise SessionError(
                "daemon.silent",
                "A PhantomCode daemon is already running for this user and shows no round.",
                "Try again in a minute, or end it with `phantomcode ctl stop`.",
            )
        time.sleep(POLL_SECONDS)
    return None


def refuse_beside(running: messages.SessionOpened) -> SessionError:
    """Return the error for a round that cannot begin because another one runs."""
    return SessionError(
        "daemon.running",
        f"The round {running.session_id} ({running.problem_title}) is already running.",
        "Go on with it: phantomcode practice --resume. Finish and grade it: phantomcode ctl end. "
        "Leave it for later: phantomcode ctl stop.",
    )


def _snapshot(where: Endpoints) -> messages.Snapshot | None:
    reply = _ask(where, messages.GetSnapshot())
    return reply.snapshot if isinstance(reply, messages.Accepted) else None


def _ask(where: Endpoints, command: messages.Command) -> messages.Reply | None:
    """Return the daemon's reply, or None where it is not listening yet or any more."""
    try:
        return send_command(where, command, REPLY_SECONDS)
    except SessionError:
        return None
