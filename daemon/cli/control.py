"""`phantomcode daemon | ctl | tail`: the parts alone."""

from __future__ import annotations

import datetime
import signal
import sys
import threading
import traceback
from enum import StrEnum
from typing import Annotated

import msgspec
import typer

from phantomcode.daemon.cli.interrupts import STOPPED
from phantomcode.daemon.cli.options import Level, Minutes, PracticeInput, Pressure
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.endpoints import endpoints
from phantomcode.daemon.contract.errors import PhantomError, SessionError

REPLY_SECONDS = 5.0
STANDARD_INPUT = 0
CRASHED = 70
"""Exit status of a daemon with a bug (EX_SOFTWARE of sysexits.h): 1 is for what was explained."""


class Action(StrEnum):
    """What `phantomcode ctl` can ask for."""

    PAUSE = "pause"
    RESUME = "resume"
    HINT = "hint"
    DISMISS = "dismiss"
    TURN = "turn"
    END = "end"
    STOP = "stop"
    STATUS = "status"
    SHOW = "show"
    HIDE = "hide"
    TOGGLE = "toggle"
    FULL = "full"
    COMPACT = "compact"
    GHOST = "ghost"
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    CLOCK = "clock"
    QUIT = "quit"


_COMMANDS: dict[Action, messages.Command] = {
    Action.PAUSE: messages.Pause(),
    Action.RESUME: messages.Resume(),
    Action.HINT: messages.NextHint(),
    Action.DISMISS: messages.DismissHint(),
    Action.TURN: messages.YourTurn(),
    Action.END: messages.EndRound(),
    Action.STOP: messages.StopDaemon(),
    Action.STATUS: messages.GetSnapshot(),
}


def ctl(action: Annotated[Action, typer.Argument(help="What to do.")]) -> None:
    """Steer the running round or its overlay; every hotkey exists here too."""
    from phantomcode.daemon.adapters.zmq_bus import send_command

    command = _COMMANDS.get(action, messages.OverlayAction(action.value))
    reply = send_command(endpoints(), command, REPLY_SECONDS)
    if isinstance(reply, messages.Refused):
        raise SessionError(reply.code, reply.message, reply.remedy)
    if action is Action.STATUS and reply.snapshot is not None:
        print(msgspec.json.format(msgspec.json.encode(reply.snapshot), indent=2).decode())
    else:
        print(f"{action.value}: done.")


def tail(
    *,
    raw: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    levels: Annotated[bool, typer.Option(help="Show microphone levels and heartbeats too.")] = False,
) -> None:
    """Follow the live bus, readable, until Ctrl+C."""
    from phantomcode.daemon.adapters.zmq_bus import watch

    for envelope in watch(endpoints(), threading.Event()):
        body = envelope.body
        if isinstance(body, messages.LevelMeter | messages.Heartbeat) and not levels:
            continue
        if raw:
            print(msgspec.json.encode(envelope).decode(), flush=True)
        else:
            at = datetime.datetime.fromtimestamp(envelope.sent_at).astimezone()
            print(f"{at:%H:%M:%S.%f} {envelope.sequence:6} {_readable(body)}", flush=True)


def _readable(body: messages.Message) -> str:
    fields = msgspec.structs.asdict(body)
    shown = ", ".join(f"{name}={value}" for name, value in fields.items() if value not in ("", (), None))
    return f"{type(body).__name__} {shown}"


def daemon(
    problem: Annotated[str, typer.Argument(help="Problem slug or file.")] = "url-shortener",
    *,
    level: Level = None,
    minutes: Minutes = 45.0,
    pressure: Pressure = 2,
    source: PracticeInput = "microphone",
    wav: Annotated[str | None, typer.Option(help="Play this file instead of the microphone.")] = None,
    device: Annotated[str | None, typer.Option(help="Part of the microphone's name.")] = None,
    voice: Annotated[bool, typer.Option("--voice/--no-voice", help="Speak the interviewer's lines.")] = True,
    session: Annotated[str | None, typer.Option(help="Id for the new session, or the one to resume.")] = None,
    seed: Annotated[int | None, typer.Option(help="Makes the interviewer pick the same wordings again.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Take an unfinished round up again.")] = False,
    attended: Annotated[
        bool, typer.Option("--attended", help="Leave the round when standard input and the last follower are gone.")
    ] = False,
) -> None:
    """Run the background daemon for one round, without overlay or terminal."""
    from phantomcode.daemon import company, service
    from phantomcode.daemon.adapters.sessions import Sessions
    from phantomcode.daemon.assembly import Wishes
    from phantomcode.models.store import ModelStore
    from phantomcode.problems.load import load_problem

    sessions = Sessions()
    wishes = Wishes("wav" if wav else source, sound_file=wav, device=device, voice=voice)
    if resume:
        order = service.order_to_resume(session or service.latest_unfinished(sessions), wishes, sessions)
    else:
        name = session or service.new_session_id(problem, datetime.datetime.now().astimezone())
        order = service.Order(
            name, problem, service.level_for(load_problem(problem), level), minutes, wishes, pressure, seed=seed
        )
    running = service.RoundService(order, store=ModelStore(), sessions=sessions)
    received = service.stop_on_signals(running)
    if attended:
        company.keep_company(running, STANDARD_INPUT)
    try:
        ended = running.run()
    except PhantomError:
        raise
    except Exception:  # noqa: BLE001  whoever started the daemon starts it again on the same journal
        traceback.print_exc()
        sys.exit(CRASHED)
    if ended is not None:
        print(ended.report_path)
    elif not running.left:
        sys.exit(1)
    elif not attended:  # else the terminal says so, if it is still there
        print(f"The round is unfinished. Go on: phantomcode practice --resume {order.session_id}", file=sys.stderr)
        sys.exit(STOPPED if signal.SIGINT in received else 0)
