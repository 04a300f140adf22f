from __future__ import annotations

from pathlib import Path

from phantomcode.daemon.core.scoring.profile import DIMENSIONS
from phantomcode.daemon.review.conclude import conclude
from phantomcode.daemon.review.html import render_html


def test_the_end_of_a_round_leaves_a_page_and_a_card(sample, report, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PHANTOMCODE_HOME", str(tmp_path))
    card = conclude(sample.state, sample.briefing)
    assert card.report_path == str(tmp_path / "reports" / f"{report.session_id}.html")
    assert Path(card.report_path).read_text(encoding="utf-8") == render_html(report)
    assert tuple(line.dimension for line in card.scores) == DIMENSIONS
    assert [line.score for line in card.scores[:-1]] == [score.value for score in report.profile.scores.values()]
    assert (card.session_id, card.reason, card.level) == (report.session_id, "time", report.profile.level.level)
    assert len(card.fixes) == 2
