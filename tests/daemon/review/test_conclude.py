from __future__ import annotations

from pathlib import Path

from phantomcode.daemon.adapters.labeller import shipped
from phantomcode.daemon.contract.vocabulary import PHASES
from phantomcode.daemon.core.scoring.profile import DIMENSIONS
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.review.conclude import conclude
from phantomcode.daemon.review.html import render_html
from phantomcode.daemon.review.report import build_report


def test_the_end_of_a_round_leaves_a_page_and_a_card(sample, report, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PHANTOMCODE_HOME", str(tmp_path))
    card = conclude(sample.state, sample.briefing)
    assert card.report_path == str(tmp_path / "reports" / f"{report.session_id}.html")
    assert Path(card.report_path).read_text(encoding="utf-8") == render_html(report)
    assert tuple(line.dimension for line in card.scores) == DIMENSIONS
    assert [line.score for line in card.scores[:-1]] == [score.value for score in report.profile.scores.values()]
    assert (card.session_id, card.reason, card.level) == (report.session_id, "time", report.profile.level.level)
    assert len(card.fixes) == 2


class _Undecided:
    version = "undecided-1"

    def labels(self, head: str, text: str, lead: str) -> dict[str, float]:
        names = {"phase": PHASES, "tradeoff": ("yes", "no"), "act": ("other",)}.get(head, tuple(ResponseClass))
        return {str(name): 1 / len(names) for name in names}


def test_the_report_says_what_labelled_it(sample) -> None:
    assert build_report(sample.state, sample.briefing).labelled_by == "rules"
    assert build_report(sample.state, sample.briefing, _Undecided()).labelled_by == "undecided-1"


def test_the_page_of_a_round_is_made_with_the_labeller_it_is_given(sample, tmp_path: Path) -> None:
    path = Path(conclude(sample.state, sample.briefing, tmp_path, shipped()).report_path)
    report = build_report(sample.state, sample.briefing, shipped())
    assert path.read_text(encoding="utf-8") == render_html(report)
    assert report.labelled_by == shipped().version
