"""The round as lines in a terminal, and typed lines as commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO

from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.vocabulary import PHASE_TITLES, Activity, Phase

HELP = """\
Type what you would say and press Enter; several lines are one answer. Questions are answered while you clarify.
  /turn     hand the turn to the interviewer
  /hint     ask for a hint, or for the next step of the one you see
  /dismiss  put the hint away
  /pause    stop the clock; /resume or the next thing you type starts it again
  /end      end the round and write the report
  /help     this"""

_SLASH: dict[str, messages.Command] = {
    "/hint": messages.NextHint(),
    "/dismiss": messages.DismissHint(),
    "/turn": messages.YourTurn(),
    "/pause": messages.Pause(),
    "/resume": messages.Resume(),
    "/end": messages.EndRound(),
}


class Terminal:
    """Prints what happens, each thing once; a watcher that reconnects sends a snapshot of what was said before."""

    def __init__(self, *, typed: bool, out: TextIO | None = None, source: TextIO | None = None) -> None:
        self._typed = typed
        self._out = out or sys.stdout
        self._source = source or sys.stdin
        self._session_id = ""
        self._line_id = -1
        self._phase: Phase | None = None
        self._notices: set[messages.Notice] = set()
        self._activity: Activity | None = None
        self._helped = False
        self._was_terminal = self._source.isatty()

    def say(self, text: str) -> None:
        """Print a line of our own."""
        print(text, file=self._out, flush=True)

    def show(self, message: messages.Message) -> None:
        """Print a message of the bus, if it is one to read."""
        match message:
            case messages.Snapshot():
                self._show_snapshot(message)
            case messages.SessionOpened():
                self._show_opening(message)
            case messages.InterviewerLine(final=True) if message.line_id > self._line_id:
                self._line_id = message.line_id
                self._show_help()
                self.say(f"\n[{_clock(message.at_seconds)}] Interviewer: {message.text}")
            case messages.ClockTicked() if message.phase is not self._phase:
                self._phase = message.phase
                self.say(f"[{_clock(message.elapsed_seconds)}] -- {PHASE_TITLES[message.phase]} --")
            case messages.Caption(text, True) if not self._typed:
                self.say(f"You: {text}")
            case messages.Hint():
                self.say(f"Hint {message.step}/{message.steps}: {message.text}")
            case messages.Notice() if message not in self._notices:
                self._notices.add(message)
                self.say(f"({message.severity}) {message.message} {message.remedy}".rstrip())
            case messages.ActivityChanged() if message.activity is not self._activity:
                self._show_activity(message.activity)
            case messages.RoundEnded():
                self._show_review(message)
            case _:
                return

    def commands(self) -> Iterator[messages.Command]:
        """Yield a command for each line typed, until the input ends."""
        for line in self._lines():
            text = line.strip()
            if not text:
                continue
            if text.startswith("/"):
                command = _SLASH.get(text.split()[0].lower())
                if command is None:
                    self.say(HELP)
                else:
                    yield command
            else:
                if self._activity is Activity.PAUSED:
                    yield messages.Resume()
                yield messages.TypedUtterance(text)

    def hung_up(self) -> bool:
        """Whether what was typed into is gone: a window that was closed or crashed, as against Ctrl+D."""
        return self._was_terminal and not self._source.isatty()

    def _lines(self) -> Iterator[str]:
        with suppress(OSError):  # what reading from a terminal that is gone may come to
            yield from self._source

    def _show_snapshot(self, snapshot: messages.Snapshot) -> None:
        parts = (snapshot.session, snapshot.activity, snapshot.clock, snapshot.line, *snapshot.notices)
        for part in parts:
            if part is not None:
                self.show(part)

    def _show_opening(self, opened: messages.SessionOpened) -> None:
        if opened.session_id != self._session_id:
            self._session_id = opened.session_id
            self.say(
                f"{opened.problem_title}, {opened.level}, {opened.minutes:g} minutes. Session {opened.session_id}."
            )

    def _show_help(self) -> None:
        """Say how to answer just before the first line that can be answered, and not while the models load."""
        if self._typed and not self._helped:
            self._helped = True
            self.say(f"\n{HELP}")

    @property
    def _going_on(self) -> str:
        return "Type to go on." if self._typed else "Go on: phantomcode ctl resume, or the overlay."

    def _show_activity(self, activity: Activity) -> None:
        self._activity = activity
        words = {
            Activity.LOADING: "Loading the models ...",
            Activity.PAUSED: f"Paused. The clock stands still. {self._going_on}",
            Activity.NO_MICROPHONE: "The microphone is gone.",
        }
        if activity in words:
            self.say(words[activity])

    def _show_review(self, ended: messages.RoundEnded) -> None:
        self.say("\nThe round is over.")
        if len({score.line for score in ended.scores}) == 1:
            self.say(f"  {ended.scores[0].line}")
            return
        for score in ended.scores:
            graded = ended.level if score.dimension == "level" else _out_of_four(score.score)
            self.say(f"  {score.dimension:12} {graded or 'not graded':11} {score.line}")
        for number, fix in enumerate(ended.fixes, start=1):
            self.say(f"Fix {number}: {fix}")


def _out_of_four(score: float | None) -> str | None:
    return None if score is None else f"{score:.1f} / 4"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"
