"""`practice` and `demo` up to the point where processes start; tests/e2e starts them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile
from typer.testing import CliRunner, Result

from phantomcode.daemon import company, service
from phantomcode.daemon.adapters import microphone
from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.adapters.zmq_bus import Bus
from phantomcode.daemon.cli import launching
from phantomcode.daemon.cli import running as running_module
from phantomcode.daemon.cli.control import CRASHED
from phantomcode.daemon.cli.launching import Ending, Launch, has_screen
from phantomcode.daemon.cli.main import app
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.endpoints import endpoints
from phantomcode.daemon.contract.errors import AudioError, PhantomError
from phantomcode.daemon.contract.messages import RoundEnded
from phantomcode.daemon.contract.vocabulary import Activity, Level
from phantomcode.daemon.core import events

HEADSET = microphone.InputDevice(1, "USB Headset", 1, 48_000, is_default=True)


@pytest.fixture
def launches(monkeypatch: pytest.MonkeyPatch) -> list[Launch]:
    """Rounds that would be run; each ends at once with a report."""
    asked: list[Launch] = []

    def run(launch: Launch) -> Ending:
        asked.append(launch)
        return Ending("/reports/round.html", began=True)

    monkeypatch.setattr(launching, "run_round", run)
    monkeypatch.setattr(microphone, "input_devices", lambda: (HEADSET,))
    return asked


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "talk.wav", [0.0] * 1600, 16_000)
    return tmp_path / "talk.wav"


def practise(*options: str) -> Result:
    return CliRunner().invoke(app, ["practice", *options])


def error_of(result: Result) -> PhantomError:
    """The error that main.py would print."""
    assert isinstance(result.exception, PhantomError)
    return result.exception


def journal(session: str, *, closed: bool, opened_at: float = 1.7e9) -> None:
    with_lock = Sessions().create(session)
    with_lock.append(
        events.RoundOpened(0.0, session, opened_at, "url-shortener", "digest", Level.L6, 30.0, "typed", 3, 1)
    )
    if closed:
        with_lock.append(events.RoundClosed(5.0, "command"))
    with_lock.close()


def test_without_options_it_listens_to_the_microphone_for_45_minutes(launches: list[Launch]) -> None:
    result = practise()
    assert result.output == "Report: /reports/round.html\n"
    (launch,) = launches
    assert (launch.problem, launch.level, launch.minutes, launch.pressure) == ("url-shortener", "L5", 45.0, 2)
    assert (launch.input_mode, launch.overlay, launch.voice, launch.resume) == ("microphone", True, True, False)
    assert launch.session_id.split("-", 2)[2].startswith("url-shortener-")


def test_options_reach_the_round(launches: list[Launch], recording: Path) -> None:
    practise("--wav", str(recording), "--level", "L6", "--minutes", "30", "--pressure", "3", "--no-voice")
    practise("--typed", "--no-overlay")
    practise("--device", "headset")
    played, typed, spoken = launches
    assert (played.input_mode, played.wav) == ("wav", str(recording))
    assert (played.level, played.minutes, played.pressure, played.voice) == ("L6", 30.0, 3, False)
    assert (typed.input_mode, typed.overlay) == ("typed", False)
    assert spoken.device == "headset"


def test_no_round_starts_without_a_microphone_and_both_ways_round_it_are_named(
    launches: list[Launch], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> tuple[microphone.InputDevice, ...]:
        raise AudioError("audio.no-portaudio", "PortAudio is not installed.", "Install it.")

    for devices in (lambda: (), broken):
        monkeypatch.setattr(microphone, "input_devices", devices)
        error = error_of(practise())
        assert error.code == "audio.no-microphone"
        assert "--typed" in error.remedy
        assert "--wav" in error.remedy
    assert practise("--typed").exit_code == 0
    assert [launch.input_mode for launch in launches] == ["typed"]


def test_a_bad_wish_is_refused_before_anything_starts(launches: list[Launch], recording: Path, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    assert error_of(practise("--typed", "--wav", str(recording))).code == "practice.two-inputs"
    assert error_of(practise("--wav", str(tmp_path / "text.wav"))).code == "audio.not-a-sound-file"
    assert error_of(practise("--wav", str(tmp_path / "none.wav"))).code == "audio.unreadable"
    assert error_of(practise("no-such-problem", "--typed")).code.startswith("problem")
    assert practise("--level", "L9").exit_code == 2
    assert practise("--minutes", "0").exit_code == 2
    assert launches == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("practice", "--level", "L9"), "'L9' is not one of 'L4', 'L5', 'L6'."),
        (("practice", "--minutes", "0"), "give a number from 1 to 180."),
        (("practice", "--pressure", "x"), "give a number from 1 to 3."),
        (("daemon", "--input", "telepathy"), "'telepathy' is not one of 'microphone', 'wav', 'typed'."),
    ],
)
def test_a_wrong_option_says_what_may_be_given(arguments: tuple[str, ...], says: str) -> None:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"})
    assert result.exit_code == 2
    printed = " ".join(result.output.replace("│", " ").split())
    assert says in printed
    assert "Value error" not in printed
    assert "Input should" not in printed


def test_resuming_takes_the_newest_unfinished_round(launches: list[Launch]) -> None:
    journal("20260321-1000-older-aaaa", closed=False, opened_at=1.70e9)
    journal("20260321-1100-newer-bbbb", closed=False, opened_at=1.71e9)
    journal("20260321-1200-over-cccc", closed=True, opened_at=1.72e9)
    older, newer = "20260321-1000-older-aaaa", "20260321-1100-newer-bbbb"
    practise("--typed", "--resume")
    practise("--typed", "--resume", "--session", older)
    practise("--typed", "--session", older)
    practise("--resume", older)
    assert [launch.session_id for launch in launches] == [newer, older, older, older]
    assert all(launch.resume and not launch.attach for launch in launches)


def test_a_typed_round_is_resumed_typing_unless_something_else_is_asked_for(
    launches: list[Launch], recording: Path
) -> None:
    journal("20260321-1100-newer-bbbb", closed=False)
    practise("--resume")
    practise("--resume", "--wav", str(recording))
    practise("--resume", "--device", "headset")
    assert [launch.input_mode for launch in launches] == ["typed", "wav", "microphone"]


def test_a_session_that_cannot_be_resumed_is_named_before_a_microphone_is_looked_for(
    launches: list[Launch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphone, "input_devices", lambda: ())
    journal("20260321-1200-over-cccc", closed=True)
    assert error_of(practise("--session", "nope", "--resume")).code == "session.unknown"
    assert error_of(practise("--resume", "20260321-1200-over-cccc")).code == "session.over"
    assert launches == []


@pytest.fixture
def running() -> Iterator[messages.SessionOpened]:
    """A daemon that runs a round, typed."""
    opened = messages.SessionOpened("20260321-1300-live-dddd", "x", "Live round", Level.L5, 45.0, (), "typed")
    shown = messages.Snapshot(opened, messages.ActivityChanged(Activity.LISTENING))
    bus = Bus(endpoints(), lambda: shown, lambda _: messages.Accepted(shown))
    bus.start()
    yield opened
    bus.close()


def test_a_round_that_runs_is_gone_on_with(launches: list[Launch], running: messages.SessionOpened) -> None:
    practise("--resume")
    practise("--resume", running.session_id)
    assert [(launch.session_id, launch.attach, launch.input_mode) for launch in launches] == [
        (running.session_id, True, "typed")
    ] * 2


def test_beside_a_round_that_runs_no_other_begins_or_is_resumed(
    launches: list[Launch], running: messages.SessionOpened
) -> None:
    journal("20260321-1100-newer-bbbb", closed=False)
    for options in (("news-feed",), ("--typed",), ("--resume", "20260321-1100-newer-bbbb")):
        result = practise(*options)
        refused = error_of(result)
        assert refused.code == "daemon.running"
        assert running.session_id in refused.message
        assert "phantomcode practice --resume" in refused.remedy
        assert result.output == ""
    assert launches == []


def test_a_daemon_that_lingers_after_its_round_is_sent_away(launches: list[Launch]) -> None:
    ended = messages.Snapshot(ended=RoundEnded("s", "time", (), None, (), "report.html"))
    asked: list[messages.Command] = []
    closing = threading.Event()

    def take(command: messages.Command) -> messages.Reply:
        asked.append(command)
        if isinstance(command, messages.StopDaemon):
            closing.set()
        return messages.Accepted(ended)

    bus = Bus(endpoints(), lambda: ended, take)
    bus.start()
    closer = threading.Thread(target=lambda: (closing.wait(10.0), bus.close()))
    closer.start()
    assert practise("--typed").exit_code == 0
    closer.join()
    assert messages.StopDaemon() in asked
    assert len(launches) == 1


def test_a_daemon_that_shows_no_round_is_not_waited_for_for_ever(
    launches: list[Launch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_module, "PATIENCE_SECONDS", 0.0)
    refusal = messages.Refused("daemon.starting", "Still starting.", "Wait.")
    bus = Bus(endpoints(), messages.Snapshot, lambda _: refusal)
    bus.start()
    refused = error_of(practise("--typed"))
    bus.close()
    assert refused.code == "daemon.silent"
    assert launches == []


def test_a_round_that_is_left_says_how_to_go_on_and_how_to_finish(
    launches: list[Launch], recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(launch: Launch) -> Ending:
        journal(launch.session_id, closed=False)
        launches.append(launch)
        return Ending(None, began=True, left=True, interrupted=True)

    monkeypatch.setattr(launching, "run_round", leave)
    result = practise("--wav", str(recording))
    (launch,) = launches
    assert result.exit_code == 130
    assert len(result.output.splitlines()) == 1
    assert f"phantomcode practice --resume {launch.session_id} --wav {recording}" in result.output
    assert f"phantomcode sessions finish {launch.session_id}" in result.output


def test_a_round_that_is_stopped_elsewhere_is_no_error(launches: list[Launch], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "run_round", lambda _: Ending(None, began=True, left=True))
    assert practise("--typed").exit_code == 0
    assert launches == []


def test_ctrl_c_before_anything_was_written_leaves_nothing_to_resume(
    launches: list[Launch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "run_round", lambda _: Ending(None, began=False, left=True, interrupted=True))
    result = practise("--typed")
    assert (result.exit_code, result.output) == (130, "Stopped before the round began.\n")
    assert launches == []


def test_there_may_be_nothing_to_resume(launches: list[Launch]) -> None:
    journal("20260321-1200-over-cccc", closed=True)
    assert error_of(practise("--typed", "--resume")).code == "session.none"
    assert launches == []


def test_a_round_that_began_and_has_no_report_points_to_its_journal(
    launches: list[Launch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "run_round", lambda _: Ending(None, began=True))
    error = error_of(practise("--typed"))
    assert error.code == "practice.no-report"
    assert "What was said is kept." in error.remedy
    assert launches == []


def test_a_round_that_never_began_adds_nothing_to_what_the_daemon_said(
    launches: list[Launch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "run_round", lambda _: Ending(None, began=False))
    result = practise("--typed")
    assert (result.exit_code, result.output) == (1, "")
    assert launches == []


def test_the_demo_plays_its_own_recording(launches: list[Launch]) -> None:
    result = CliRunner().invoke(app, ["demo", "--no-overlay"])
    assert result.exit_code == 0, result.output
    (launch,) = launches
    assert launch.input_mode == "wav"
    assert launch.wav is not None
    assert not launch.overlay


class Noted:
    """Stands in for RoundService and notes its order."""

    orders: list[service.Order]
    left = False

    def __init__(self, order: service.Order, **_others: Any) -> None:
        self.orders.append(order)

    def run(self) -> RoundEnded:
        return RoundEnded("s", "command", (), None, (), "/reports/round.html")


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[service.Order]:
    noted: list[service.Order] = []
    monkeypatch.setattr(Noted, "orders", noted, raising=False)
    monkeypatch.setattr(service, "RoundService", Noted)
    monkeypatch.setattr(service, "stop_on_signals", lambda _service: [])
    monkeypatch.setattr(company, "keep_company", lambda _service, _descriptor: None)
    return noted


def daemon_of(launch: Launch, *, resume: bool = False) -> Result:
    """Run the daemon command with the arguments that a launch gives it."""
    arguments = launch.daemon_arguments(resume=resume)
    return CliRunner().invoke(app, arguments[arguments.index("daemon") :])


def test_the_daemon_understands_what_practice_tells_it(orders: list[service.Order]) -> None:
    launch = Launch(
        "20260321-1415-x-3f9a", "url-shortener", "L6", 12.5, 3, "wav", "/a talk.wav", "head set", voice=False, seed=4
    )
    assert daemon_of(launch).output == "/reports/round.html\n"
    (order,) = orders
    assert (order.session_id, order.problem, order.level) == ("20260321-1415-x-3f9a", "url-shortener", Level.L6)
    assert (order.minutes, order.pressure, order.seed, order.resume) == (12.5, 3, 4, False)
    wishes = order.wishes
    assert (wishes.input_mode, wishes.sound_file, wishes.device, wishes.voice) == (
        "wav",
        "/a talk.wav",
        "head set",
        False,
    )


def test_a_daemon_that_resumes_goes_by_the_journal_and_not_by_the_options(orders: list[service.Order]) -> None:
    journal("20260321-1000-older-aaaa", closed=False)
    launch = Launch("20260321-1000-older-aaaa", "url-shortener", "L4", 5.0, 1, "typed")
    assert daemon_of(launch, resume=True).exit_code == 0
    (order,) = orders
    assert (order.level, order.minutes, order.pressure, order.resume) == (Level.L6, 30.0, 3, True)
    assert order.wishes.input_mode == "typed"


def test_a_daemon_resumes_no_round_that_is_over_or_unknown(orders: list[service.Order]) -> None:
    journal("20260321-1200-over-cccc", closed=True)
    over = daemon_of(Launch("20260321-1200-over-cccc", "url-shortener", "L5", 45.0, 2, "typed"), resume=True)
    unknown = daemon_of(Launch("20260321-1300-none-dddd", "url-shortener", "L5", 45.0, 2, "typed"), resume=True)
    assert (error_of(over).code, error_of(unknown).code) == ("session.over", "session.unknown")
    assert orders == []


def test_a_daemon_with_a_bug_ends_otherwise_than_one_that_explains_itself(
    orders: list[service.Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_self: Noted) -> RoundEnded:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(Noted, "run", run)
    crashed = daemon_of(Launch("one", "url-shortener", "L5", 45.0, 2, "typed"))
    assert orders
    assert crashed.exit_code == CRASHED
    assert "ZeroDivisionError: a bug" in crashed.stderr


@pytest.mark.parametrize(("display", "wayland", "there"), [("", "", False), (":1", "", True), ("", "wayland-0", True)])
def test_a_screen_is_where_a_display_is_named(
    monkeypatch: pytest.MonkeyPatch, display: str, wayland: str, there: bool
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    assert has_screen() is there


def test_a_problem_is_played_at_a_level_it_has(launches: list[Launch]) -> None:
    practise("multi-region", "--typed")
    practise("url-shortener", "--typed")
    practise("url-shortener", "--typed", "--level", "L4")
    assert [launch.level for launch in launches] == ["L6", "L5", "L4"]
    refused = error_of(practise("multi-region", "--typed", "--level", "L5"))
    assert refused.code == "practice.level"
    assert "L6" in refused.message
