"""The report of a round as data: what every rendering (HTML, Markdown, JSON) shows, and nothing they compute."""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.errors import SessionError
from phantomcode.daemon.contract.messages import PhasePlan
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.scoring.grade import grade
from phantomcode.daemon.core.scoring.profile import Profile
from phantomcode.daemon.core.scoring.pushback import event_value
from phantomcode.daemon.core.state import Audit, Ballot, Session, phase_plan, transcript
from phantomcode.daemon.core.transcript import Utterance
from phantomcode.daemon.core.understanding.labels import NO_LABELS
from phantomcode.daemon.core.understanding.observations import Pushback
from phantomcode.daemon.labelling import label_transcript
from phantomcode.daemon.ports import Labeller
from phantomcode.problems.model import Challenge, ReferenceRange

REPORT_VERSION = 1


class PushbackCard(msgspec.Struct, frozen=True):
    """One challenge with what the bank knows of it; after the round its validity is always disclosed."""

    pushback: Pushback
    claim: str
    at_seconds: float
    replies: tuple[Utterance, ...]
    verdict: str
    """Whether the challenge was right, and why."""
    strong_points: tuple[str, ...] = ()
    source: str = ""
    worth: float | None = None
    """What the answer is worth, 0-4; None where that is not known, or a probe was merely answered."""


class Report(msgspec.Struct, frozen=True):
    """Everything on the page. Times are active seconds from the start of the round."""

    version: int
    session_id: str
    opened_at: float
    """Seconds since 1970."""
    problem_slug: str
    problem_title: str
    level: Level
    planned_minutes: float
    lasted_seconds: float
    ended_because: str
    input_mode: str
    plan: tuple[PhasePlan, ...]
    profile: Profile
    pushbacks: tuple[PushbackCard, ...]
    reference: tuple[ReferenceRange, ...]
    utterances: tuple[Utterance, ...]
    audits: tuple[Audit, ...]
    labelled_by: str
    """The version of the labeller whose labels were graded with, or "rules"."""
    ballots: tuple[Ballot, ...]


def build_report(state: Session, briefing: Briefing, labeller: Labeller | None = None) -> Report:
    """Return the report of a round, finished or not; the same journal and labeller give the same report.

    Without a labeller the rules grade alone.

    Raises SessionError for a journal that holds no round.
    """
    opened = state.opened
    if opened is None:
        raise SessionError("session.empty", "This journal holds no round.", "Delete it: phantomcode sessions delete.")
    said = transcript(state)
    labels = label_transcript(said, labeller) if labeller else NO_LABELS
    profile = grade(said, briefing.lexicon, labels)
    return Report(
        version=REPORT_VERSION,
        session_id=opened.session_id,
        opened_at=opened.opened_at,
        problem_slug=opened.problem_slug,
        problem_title=briefing.problem.title,
        level=opened.level,
        planned_minutes=opened.minutes,
        lasted_seconds=said.ended_seconds,
        ended_because=state.closing or "unfinished",
        input_mode=opened.input_mode,
        plan=phase_plan(state),
        profile=profile,
        pushbacks=tuple(_card(pushback, said.utterances, briefing) for pushback in profile.pushbacks),
        reference=briefing.problem.estimates,
        utterances=said.utterances,
        audits=state.audits,
        labelled_by=labels.version,
        ballots=state.ballots,
    )


def _card(pushback: Pushback, utterances: tuple[Utterance, ...], briefing: Briefing) -> PushbackCard:
    bank = next((c for c in briefing.problem.challenges if c.id == pushback.challenge_id), None)
    claim = utterances[pushback.challenge]
    return PushbackCard(
        pushback=pushback,
        claim=claim.text,
        at_seconds=claim.started_seconds,
        replies=tuple(utterances[index] for index in pushback.responses),
        verdict=_verdict(pushback, bank),
        strong_points=bank.strong_points if bank else (),
        source=briefing.problem.sources.get(bank.source, bank.source) if bank else "",
        worth=event_value(pushback),
    )


def _verdict(pushback: Pushback, bank: Challenge | None) -> str:
    match pushback.type:
        case "valid":
            return "The challenge was right: it named a real defect of the design as it stood."
        case "invalid":
            reason = bank.refutation if bank else ""
            return f"The challenge was wrong on purpose. {reason}".strip()
        case "preference":
            return "The challenge was a matter of preference: both ways work here."
        case _:
            return "Whether the challenge was right is not known, so it is not graded."
