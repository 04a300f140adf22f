from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner, Result

from phantomcode.daemon.adapters.zmq_bus import Bus
from phantomcode.daemon.cli.control import Action
from phantomcode.daemon.cli.main import app
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.endpoints import endpoints
from phantomcode.daemon.contract.errors import PhantomError
from phantomcode.overlay.actions import ACTIONS

SNAPSHOT = messages.Snapshot(line=messages.InterviewerLine(3, "Why Postgres?", "challenge", 1))  # type: ignore[arg-type]
OWN = {"pause", "resume", "hint", "dismiss", "turn", "end", "stop", "status"}


class Daemon:
    """A bus that notes its commands and answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[messages.Command] = []
        self.reply: messages.Reply = messages.Accepted()
        self.bus = Bus(endpoints(), lambda: SNAPSHOT, self._take)

    def _take(self, command: messages.Command) -> messages.Reply:
        self.taken.append(command)
        return self.reply


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    made = Daemon()
    made.bus.start()
    yield made
    made.bus.close()


def ctl(action: str) -> Result:
    return CliRunner().invoke(app, ["ctl", action])


@pytest.mark.parametrize(
    ("action", "command"),
    [
        ("pause", messages.Pause()),
        ("resume", messages.Resume()),
        ("hint", messages.NextHint()),
        ("dismiss", messages.DismissHint()),
        ("turn", messages.YourTurn()),
        ("end", messages.EndRound()),
        ("stop", messages.StopDaemon()),
    ],
)
def test_each_action_sends_its_command(daemon: Daemon, action: str, command: messages.Command) -> None:
    assert ctl(action).output == f"{action}: done.\n"
    assert daemon.taken == [command]


@pytest.mark.parametrize("action", sorted({action.value for action in Action} - OWN))
def test_what_only_the_overlay_can_do_is_passed_on_and_known_to_it(daemon: Daemon, action: str) -> None:
    assert ctl(action).output == f"{action}: done.\n"
    assert daemon.taken == [messages.OverlayAction(action)]
    assert action in ACTIONS


def test_status_prints_the_snapshot(daemon: Daemon) -> None:
    daemon.reply = messages.Accepted(SNAPSHOT)
    status = json.loads(ctl("status").output)
    assert status["line"]["text"] == "Why Postgres?"
    assert daemon.taken == [messages.GetSnapshot()]


def test_a_refusal_is_an_error_with_its_remedy(daemon: Daemon) -> None:
    daemon.reply = messages.Refused("session.over", "The round is over.", "Start a new one.")
    result = ctl("pause")
    assert isinstance(result.exception, PhantomError)
    assert (result.exception.code, result.exception.remedy) == ("session.over", "Start a new one.")


@pytest.mark.parametrize("action", ["pause", "status", "stop", "toggle"])
def test_without_a_daemon_it_says_how_to_start_one(action: str) -> None:
    result = ctl(action)
    assert isinstance(result.exception, PhantomError)
    assert result.exception.code == "daemon.absent"
    assert "phantomcode practice" in result.exception.remedy


def test_an_unknown_action_lists_the_known_ones() -> None:
    result = ctl("dance")
    assert result.exit_code == 2
    assert "pause" in result.output


@pytest.fixture
def tail(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Run `phantomcode tail` on a stream that ends."""

    def run(*options: str) -> list[str]:
        bodies = (SNAPSHOT, messages.LevelMeter(-20.0), messages.Heartbeat(), messages.Caption("Forty.", final=True))
        stream = [messages.MessageEnvelope(1, number, 1.7e9 + number, body) for number, body in enumerate(bodies, 7)]
        monkeypatch.setattr("phantomcode.daemon.adapters.zmq_bus.watch", lambda _where, _stop: iter(stream))
        result = CliRunner().invoke(app, ["tail", *options])
        assert result.exit_code == 0
        return result.output.splitlines()

    return run


def test_tail_shows_what_happens_and_leaves_out_levels_and_heartbeats(tail: Callable[..., list[str]]) -> None:
    lines = tail()
    assert len(lines) == 2
    assert lines[1].endswith("10 Caption text=Forty., final=True, stable_chars=0")


def test_tail_shows_all_when_asked(tail: Callable[..., list[str]]) -> None:
    assert len(tail("--levels")) == 4


def test_tail_as_json_can_be_read_back(tail: Callable[..., list[str]]) -> None:
    rows = [json.loads(line) for line in tail("--json")]
    assert [row["sequence"] for row in rows] == [7, 10]
    assert rows[1]["body"] == {"type": "Caption", "text": "Forty.", "final": True, "stable_chars": 0}
