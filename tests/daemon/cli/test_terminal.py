from __future__ import annotations

import io
import os
import sys

import pytest

from phantomcode.daemon.cli.terminal import HELP, Terminal
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.vocabulary import Activity, Level, Move, Phase, Severity

OPENED = messages.SessionOpened("20260321-1415-x", "url-shortener", "URL shortener", Level.L5, 45.0, (), "typed")
POSED = messages.InterviewerLine(0, "Design a URL shortener.", Move.POSE, at_seconds=0.0)
PRESSED = messages.InterviewerLine(4, "What happens when it is full?", Move.PRESS, 2, at_seconds=754.0)
ESTIMATING = messages.ClockTicked(301.0, 2399.0, Phase.ESTIMATE, (301.0, 0.0, 0.0, 0.0, 0.0))
NOTICE = messages.Notice("audio.lost", Severity.WARNING, "The microphone went away.", "Plug it in again.")
ENDED = messages.RoundEnded(
    "20260321-1415-x",
    "time",
    (messages.ScoreLine("pushback", 3.5, "Held with numbers."), messages.ScoreLine("time", None, "Too short.")),
    "L5",
    ("Give peak next to every average.",),
    "report.html",
)


def shown(*bodies: messages.Message, typed: bool = True) -> str:
    out = io.StringIO()
    terminal = Terminal(typed=typed, out=out)
    for body in bodies:
        terminal.show(body)
    return out.getvalue()


def commands(text: str) -> tuple[list[messages.Command], str]:
    out = io.StringIO()
    terminal = Terminal(typed=True, out=out, source=io.StringIO(text))
    return list(terminal.commands()), out.getvalue()


def test_the_opening_tells_what_is_asked_and_how_to_answer() -> None:
    assert shown(OPENED, POSED) == (
        "URL shortener, L5, 45 minutes. Session 20260321-1415-x.\n"
        f"\n{HELP}\n\n[00:00] Interviewer: Design a URL shortener.\n"
    )
    assert shown(OPENED, POSED, PRESSED).count(HELP) == 1
    assert HELP not in shown(OPENED, POSED, typed=False)


def test_it_does_not_look_ready_while_the_models_load() -> None:
    assert shown(OPENED, messages.ActivityChanged(Activity.LOADING)).endswith("x.\nLoading the models ...\n")


def test_a_line_comes_with_its_time_and_only_once() -> None:
    text = shown(POSED, POSED, PRESSED, POSED)
    assert text.count("[00:00] Interviewer: Design a URL shortener.") == 1
    assert text.count("[12:34] Interviewer: What happens when it is full?") == 1


def test_a_change_of_phase_is_announced_and_a_tick_is_not() -> None:
    assert shown(ESTIMATING, ESTIMATING) == "[05:01] -- Estimate --\n"


def test_captions_show_what_was_understood_and_never_repeat_what_was_typed() -> None:
    final, partial = messages.Caption("Forty writes.", final=True), messages.Caption("Forty wri", final=False)
    assert shown(partial, final, typed=False) == "You: Forty writes.\n"
    assert shown(partial, final, typed=True) == ""


def test_a_snapshot_after_a_lost_connection_repeats_nothing() -> None:
    snapshot = messages.Snapshot(
        OPENED, messages.ActivityChanged(Activity.LISTENING), ESTIMATING, POSED, notices=(NOTICE,)
    )
    once = shown(OPENED, ESTIMATING, POSED, NOTICE)
    assert shown(OPENED, ESTIMATING, POSED, NOTICE, snapshot, snapshot) == once


def test_a_watcher_who_comes_late_reads_everything_in_the_snapshot() -> None:
    text = shown(messages.Snapshot(OPENED, clock=ESTIMATING, line=POSED, notices=(NOTICE,)))
    for piece in ("URL shortener, L5", "Estimate", "Design a URL shortener.", "The microphone went away."):
        assert piece in text


def test_a_notice_comes_with_its_remedy() -> None:
    assert shown(NOTICE, NOTICE) == "(warning) The microphone went away. Plug it in again.\n"
    bare = messages.Notice("engine.recogniser", Severity.INFO, "The recogniser is back.")
    assert shown(bare) == "(info) The recogniser is back.\n"


@pytest.mark.parametrize(
    ("activity", "words"),
    [
        (Activity.LOADING, "Loading the models ...\n"),
        (Activity.PAUSED, "Paused. The clock stands still. Type to go on.\n"),
        (Activity.NO_MICROPHONE, "The microphone is gone.\n"),
        (Activity.LISTENING, ""),
    ],
)
def test_states_worth_a_word_get_one(activity: Activity, words: str) -> None:
    assert shown(messages.ActivityChanged(activity), messages.ActivityChanged(activity)) == words


def test_hints_show_their_step() -> None:
    assert shown(messages.Hint("peak", 2, 3, "What is peak?")) == "Hint 2/3: What is peak?\n"


def test_the_review_gives_scores_level_and_fixes() -> None:
    text = shown(ENDED)
    assert "3.5 / 4" in text
    assert "not graded" in text
    assert "Held with numbers." in text
    assert "Fix 1: Give peak next to every average." in text


def test_levels_and_heartbeats_are_not_for_reading() -> None:
    assert shown(messages.LevelMeter(-20.0), messages.Heartbeat(), messages.LedgerChanged()) == ""


def test_lines_become_utterances_and_words_with_a_slash_commands() -> None:
    said, out = commands("  Forty writes a second.  \n\n/hint\n/PAUSE\n/resume\n/turn\n/dismiss\n/end now\n")
    assert said == [
        messages.TypedUtterance("Forty writes a second."),
        messages.NextHint(),
        messages.Pause(),
        messages.Resume(),
        messages.YourTurn(),
        messages.DismissHint(),
        messages.EndRound(),
    ]
    assert out == ""


def test_typing_in_a_pause_ends_it() -> None:
    terminal = Terminal(typed=True, out=io.StringIO(), source=io.StringIO("Forty writes.\n"))
    terminal.show(messages.ActivityChanged(Activity.PAUSED))
    assert list(terminal.commands()) == [messages.Resume(), messages.TypedUtterance("Forty writes.")]


@pytest.mark.parametrize("line", ["/help", "/quit", "/ what"])
def test_an_unknown_command_gets_the_help_and_is_not_said_to_the_interviewer(line: str) -> None:
    assert commands(f"{line}\n") == ([], f"{HELP}\n")


def test_one_reason_for_all_dimensions_is_said_once() -> None:
    out = io.StringIO()
    lines = tuple(messages.ScoreLine(name, None, "Not graded: nothing was heard.") for name in ("framework", "time"))
    Terminal(typed=True, out=out).show(messages.RoundEnded("s", "command", lines, None, (), "report.html"))
    assert out.getvalue().count("Not graded: nothing was heard.") == 1


def test_the_header_comes_whatever_is_heard_first() -> None:
    out = io.StringIO()
    terminal = Terminal(typed=True, out=out)
    terminal.show(messages.ActivityChanged(Activity.LOADING))
    opened = messages.SessionOpened("s-1", "url-shortener", "URL shortener", Level.L5, 45.0, (), "typed")
    terminal.show(opened)
    terminal.show(opened)
    assert out.getvalue().count("URL shortener, L5, 45 minutes. Session s-1.") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo-terminals")
def test_a_terminal_that_goes_away_is_no_end_of_the_input() -> None:
    import pty

    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as source:
        terminal = Terminal(typed=True, out=io.StringIO(), source=source)
        os.write(ours, b"Forty writes.\n\x04")
        assert list(terminal.commands()) == [messages.TypedUtterance("Forty writes.")]
        assert not terminal.hung_up()
        os.close(ours)
        assert list(terminal.commands()) == []
        assert terminal.hung_up()
