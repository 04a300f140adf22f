"""What `phantomcode practice` looks at before it starts anything: which round, and what it is to listen to."""

from __future__ import annotations

import datetime
import shlex
from pathlib import Path

import msgspec

from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.cli.launching import Launch
from phantomcode.daemon.cli.running import refuse_beside, running_round
from phantomcode.daemon.contract.endpoints import endpoints
from phantomcode.daemon.contract.errors import AudioError
from phantomcode.daemon.service import latest_unfinished, level_for, new_session_id, unfinished_round
from phantomcode.problems.load import load_problem


def begun(launch: Launch) -> Launch:
    """Return the launch of a new round; raises ProblemError or SessionError."""
    posed = load_problem(launch.problem)
    level = level_for(posed, launch.level)
    require_none_runs()
    session_id = new_session_id(posed.slug, datetime.datetime.now().astimezone())
    return msgspec.structs.replace(launch, session_id=session_id, level=level)


def resumed(launch: Launch, asked: str | None) -> Launch:
    """Return the launch that goes on with a round, in a new daemon or the one that runs it; raises SessionError."""
    running = running_round(endpoints())
    if running is not None and asked in (None, running.session_id):
        return _like(running.input_mode, msgspec.structs.replace(launch, session_id=running.session_id, attach=True))
    sessions = Sessions()
    session_id = asked or latest_unfinished(sessions)
    opened = unfinished_round(session_id, sessions)
    if running is not None:
        raise refuse_beside(running)
    return _like(opened.input_mode, msgspec.structs.replace(launch, session_id=session_id, resume=True))


def _like(input_mode: str, launch: Launch) -> Launch:
    """Go on typing where the round was typed, unless something else was asked for."""
    if input_mode == "typed" and launch.input_mode == "microphone" and launch.device is None:
        return msgspec.structs.replace(launch, input_mode="typed")
    return launch


def require_none_runs() -> None:
    """Raise SessionError where a round runs already."""
    running = running_round(endpoints())
    if running is not None:
        raise refuse_beside(running)


def how_to_go_on(launch: Launch) -> str:
    """Return how a round that was left is taken up again, or finished."""
    if not Sessions().path(launch.session_id).exists():
        return "Stopped before the round began."
    again = f"--resume {launch.session_id}{f' --wav {shlex.quote(launch.wav)}' if launch.wav else ''}"
    return (
        f"The round is unfinished. Go on: phantomcode practice {again} "
        f"(or finish and grade it: phantomcode sessions finish {launch.session_id})"
    )


def require_input(launch: Launch) -> None:
    """Look at what the round is to listen to before anything is started; raises AudioError."""
    if launch.wav is not None:
        _require_sound(Path(launch.wav))
    elif launch.input_mode == "microphone":
        _require_microphone()


def _require_sound(wav: Path) -> None:
    """Look at the file before anything is started; raises AudioError."""
    from phantomcode.daemon.adapters.sound_file import SoundFile

    sound = SoundFile(wav)
    try:
        sound.open()
    finally:
        sound.close()


def _require_microphone() -> None:
    from phantomcode.daemon.adapters.microphone import input_devices

    try:
        devices = input_devices()
    except AudioError:
        devices = ()
    if not devices:
        raise AudioError(
            "audio.no-microphone",
            "No microphone was found.",
            "Plug one in, or practise with --typed, or play a recording with --wav FILE.",
        )
