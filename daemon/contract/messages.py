"""The messages themselves: frozen structs in two tagged unions, `Message` (daemon -> watchers) and `Command`.

Times are seconds of the round as the candidate's clock shows it: loading and pauses left out. A watcher folds
`Snapshot`, then every later message, into what it shows.
"""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.vocabulary import Activity, Level, Move, Phase, Severity

WIRE_VERSION = 2
"""Raised when a message changes in a way an older peer would misread; peers refuse other versions."""


class Wire(msgspec.Struct, frozen=True, tag=True, tag_field="type", forbid_unknown_fields=True):
    """Base of everything on the wire; the tag is the class name."""


class PhasePlan(msgspec.Struct, frozen=True):
    """How long one phase should take: target, and the band inside which it costs nothing."""

    phase: Phase
    planned_seconds: float
    minimum_seconds: float
    maximum_seconds: float


class SessionOpened(Wire, frozen=True):
    """A round begins (or a daemon that was restarted takes it up again)."""

    session_id: str
    problem_slug: str
    problem_title: str
    level: Level
    minutes: float
    plan: tuple[PhasePlan, ...]
    input_mode: str
    """microphone, wav or typed."""


class ActivityChanged(Wire, frozen=True):
    """The state light changes; `detail` is a short reason where there is one."""

    activity: Activity
    detail: str = ""


class ClockTicked(Wire, frozen=True):
    """Once a second while the round runs, and at each change of phase."""

    elapsed_seconds: float
    """Since the round opened, pauses taken out."""
    remaining_seconds: float
    phase: Phase
    spent_seconds: tuple[float, float, float, float, float]
    """Per phase, in the order of PHASES."""


class InterviewerLine(Wire, frozen=True):
    """What the interviewer says; until it is `final` it may be taken back, and then the line before it comes again.

    It comes a second time when it is final, with the same `line_id`; the line before has a smaller one.
    """

    line_id: int
    text: str
    move: Move
    rung: int = 0
    """1-3 for challenge, press and squeeze; 0 otherwise."""
    final: bool = True
    at_seconds: float = 0.0


class Hint(Wire, frozen=True):
    """The one hint on show; `step` climbs the ladder nudge (1), prompt (2), example (3)."""

    hint_id: str
    step: int
    steps: int
    text: str


class HintCleared(Wire, frozen=True):
    """The hint was answered, dismissed or went stale."""

    hint_id: str


class Caption(Wire, frozen=True):
    """What the recogniser hears. Partials replace each other; the first `stable_chars` will not change."""

    text: str
    final: bool
    stable_chars: int = 0


class LevelMeter(Wire, frozen=True):
    """Microphone level, at most ten times a second."""

    level_dbfs: float
    clipping: bool = False


class LedgerChanged(Wire, frozen=True):
    """The chips at the foot of the overlay."""

    tradeoffs_volunteered: int = 0
    tradeoffs_asked: int = 0
    estimates: int = 0
    missing: tuple[str, ...] = ()
    """Short words for what the estimate still lacks ("peak", "storage")."""


class Notice(Wire, frozen=True):
    """Something the candidate should know: a lost device, a slow model, an engine that was restarted."""

    code: str
    severity: Severity
    message: str
    remedy: str = ""


class ScoreLine(msgspec.Struct, frozen=True):
    """One row of the review card; a score of None is "not graded", and `line` says why."""

    dimension: str
    score: float | None
    line: str


class RoundEnded(Wire, frozen=True):
    """The round is over and the report is written."""

    session_id: str
    reason: str
    """time, command, input (a recording ran out) or stopped."""
    scores: tuple[ScoreLine, ...]
    level: str | None
    fixes: tuple[str, ...]
    report_path: str
    spent_seconds: tuple[float, float, float, float, float] | None = None
    """Per phase, as the grader saw it looking back: it knows what followed, which the clock of the round did not."""


class OverlayActionRequested(Wire, frozen=True):
    """`phantomcode ctl show|hide|ghost|compact|full|quit`, relayed to whichever overlay listens."""

    action: str


class Heartbeat(Wire, frozen=True):
    """Sent every half second when nothing else was, so that silence means a dead daemon."""


class Snapshot(Wire, frozen=True):
    """Everything a watcher needs to show the round as it stands."""

    session: SessionOpened | None = None
    activity: ActivityChanged = ActivityChanged(Activity.LOADING)
    clock: ClockTicked | None = None
    line: InterviewerLine | None = None
    hint: Hint | None = None
    caption: Caption | None = None
    ledger: LedgerChanged = LedgerChanged()
    notices: tuple[Notice, ...] = ()
    ended: RoundEnded | None = None


Message = (
    SessionOpened
    | ActivityChanged
    | ClockTicked
    | InterviewerLine
    | Hint
    | HintCleared
    | Caption
    | LevelMeter
    | LedgerChanged
    | Notice
    | RoundEnded
    | OverlayActionRequested
    | Heartbeat
    | Snapshot
)


class GetSnapshot(Wire, frozen=True):
    """Ask for the state now; the answer is a Snapshot in `Accepted.snapshot`."""


class Pause(Wire, frozen=True):
    """Stop the clock and the microphone."""


class Resume(Wire, frozen=True):
    """Take a paused round up again."""


class NextHint(Wire, frozen=True):
    """Climb one rung of the hint ladder, or ask for a hint where none is shown."""


class DismissHint(Wire, frozen=True):
    """Put the hint away for good."""


class YourTurn(Wire, frozen=True):
    """The candidate is done talking: the interviewer may answer at once."""


class EndRound(Wire, frozen=True):
    """End the round now and write the report."""


class TypedUtterance(Wire, frozen=True):
    """A line typed instead of spoken."""

    text: str


class OverlayAction(Wire, frozen=True):
    """Ask the overlay for something only it can do; relayed as OverlayActionRequested."""

    action: str


class StopDaemon(Wire, frozen=True):
    """Leave the round unfinished if one runs, to be resumed, and let the daemon exit."""


Command = (
    GetSnapshot
    | Pause
    | Resume
    | NextHint
    | DismissHint
    | YourTurn
    | EndRound
    | TypedUtterance
    | OverlayAction
    | StopDaemon
)


class Accepted(Wire, frozen=True):
    """The command was taken; for GetSnapshot the state as of `sequence`."""

    snapshot: Snapshot | None = None
    sequence: int = 0


class Refused(Wire, frozen=True):
    """The command was not taken, and why."""

    code: str
    message: str
    remedy: str


Reply = Accepted | Refused

NOT_WRITTEN = Refused("journal.waiting", "The round cannot be written to disk right now.", "Free some disk space.")
"""The answer to a command whose event is not on disk."""


class MessageEnvelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A published message with its place in the stream; a gap in `sequence` means: ask for a snapshot."""

    version: int
    sequence: int
    sent_at: float
    """time.time() of the sender in seconds; used only to measure publish-to-paint."""
    body: Message


class CommandEnvelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command; `nonce` is chosen by the sender and comes back with the reply."""

    version: int
    nonce: int
    body: Command


class ReplyEnvelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answer to the command with the same nonce."""

    version: int
    nonce: int
    body: Reply
