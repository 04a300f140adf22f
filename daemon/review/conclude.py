"""The end of a round: grade it, write its page, and say what the watchers are told."""

from __future__ import annotations

from pathlib import Path

from phantomcode.daemon.contract.messages import RoundEnded, ScoreLine
from phantomcode.daemon.contract.vocabulary import PHASES
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.scoring.profile import Profile
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.ports import Labeller
from phantomcode.daemon.review.html import write_html
from phantomcode.daemon.review.report import Report, build_report
from phantomcode.models.store import data_folder


def report_path(session_id: str, folder: Path | None = None) -> Path:
    """Return where the page of a session is kept: in `folder`, by default the user's own."""
    return (folder or data_folder() / "reports") / f"{session_id}.html"


def conclude(
    state: Session, briefing: Briefing, folder: Path | None = None, labeller: Labeller | None = None
) -> RoundEnded:
    """Write the report's page into `folder` and return the review card; raises SessionError."""
    report = build_report(state, briefing, labeller)
    path = write_html(report, report_path(report.session_id, folder))
    return card(report, path)


def card(report: Report, path: Path) -> RoundEnded:
    """Return what the overlay and the terminal show of a report."""
    profile = report.profile
    return RoundEnded(
        session_id=report.session_id,
        reason=report.ended_because,
        scores=_scores(profile),
        level=profile.level.level,
        fixes=tuple(f"{fix.title}: {fix.better}" for fix in profile.fixes),
        report_path=str(path),
        spent_seconds=_spent(profile),
    )


def _spent(profile: Profile) -> tuple[float, float, float, float, float]:
    one, two, three, four, five = (profile.spent_seconds[phase] for phase in PHASES)
    return one, two, three, four, five


def _scores(profile: Profile) -> tuple[ScoreLine, ...]:
    """Return the seven rows; the level has a name and no number."""
    scores = (ScoreLine(name, score.value, score.line) for name, score in profile.scores.items())
    return (*scores, ScoreLine("level", None, profile.level.line))
