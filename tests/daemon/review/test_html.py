from __future__ import annotations

import base64
import hashlib
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from phantomcode.daemon.contract.errors import SessionError
from phantomcode.daemon.core.events import TimePassed, UtteranceHeard
from phantomcode.daemon.core.scoring.pushback import told
from phantomcode.daemon.core.session import replay
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.review.html import SECTIONS, render_html, write_html
from phantomcode.daemon.review.report import build_report
from phantomcode.daemon.review.units import human_working

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}
ATTACK = "</style></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'><b>&amp;"


class Tree(HTMLParser):
    """Reads a page and keeps what the tests ask about; `faults` are tags closed out of order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.source: dict[str, str] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.links.append(str(found.get("href")))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.source[self.open[-1]] = data
        else:
            self.text.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def page(report) -> str:
    return render_html(report)


@pytest.fixture(scope="module")
def tree(page) -> Tree:
    return Tree(page)


def test_every_section_is_there_and_in_the_contents(tree: Tree) -> None:
    order = [name for name in tree.ids if name in dict(SECTIONS)]
    assert order == [name for name, _ in SECTIONS]
    assert {f"#{name}" for name, _ in SECTIONS} <= set(tree.links)


def test_the_page_is_tidy(page: str, tree: Tree) -> None:
    assert page.startswith("<!doctype html>")
    assert tree.faults == []
    assert tree.open == []
    assert len(tree.ids) == len(set(tree.ids))


def test_every_anchor_resolves(tree: Tree) -> None:
    assert all(link.startswith("#") for link in tree.links)
    assert {link[1:] for link in tree.links} <= set(tree.ids)


def test_the_policy_allows_only_what_is_in_the_page(tree: Tree) -> None:
    policies = [m for m in tree.named("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    policy = str(policies[0]["content"])
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for name in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(tree.source[name].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy


def test_nothing_is_fetched(page: str, tree: Tree) -> None:
    loading = {"src", "srcset", "data", "action", "formaction", "poster", "background", "xlink:href", "style"}
    assert not [(tag, attributes) for tag, attributes in tree.tags if loading & attributes.keys()]
    assert not tree.named("link")
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|import\(", tree.source["style"] + tree.source["script"])
    assert not re.search(r"(?:href|src)\s*=\s*[\"']?https?:", page)


@pytest.mark.parametrize("attack", [ATTACK, "javascript:alert(1)", "{{ 7 * 7 }}{% raw %}", "a\u202eb\x00c"])
def test_words_cannot_become_markup(hostile, page: str, attack: str) -> None:
    harmed = render_html(hostile(attack))
    tree, clean = Tree(harmed), Tree(page)
    assert len(tree.named("script")) == len(tree.named("style")) == 1
    assert tree.faults == []
    assert {tag for tag, _ in tree.tags} <= {tag for tag, _ in clean.tags}
    assert not [attributes for _, attributes in tree.tags if any(name.startswith("on") for name in attributes)]
    assert tree.source == clean.source
    assert " ".join(attack.replace("\x00", "\ufffd").split()) in tree.words.replace("\x00", "\ufffd")


def test_the_round_can_be_read_from_the_page(report, tree: Tree) -> None:
    for said in report.utterances:
        assert said.text in tree.words
    for card in report.pushbacks:
        assert card.verdict in tree.words
        assert told(card.pushback).capitalize() in tree.words
        assert all(point in tree.words for point in card.strong_points)
    for row in report.reference:
        assert row.basis in tree.words


def test_the_arithmetic_is_shown_redone(report, tree: Tree) -> None:
    redone = [q for q in report.profile.quantities if q.working and q.metric in ("read_rate", "bandwidth")]
    assert len(redone) >= 2
    assert all(human_working(q.working) in tree.words for q in redone)


def test_a_score_is_drawn_as_long_as_it_is(report, tree: Tree) -> None:
    drawn = [float(str(r["width"])) / 22 for r in tree.named("rect") if r.get("class") == "fill"]
    assert drawn == [score.value for score in report.profile.scores.values() if score.value is not None]


def test_the_strip_lays_phases_end_to_end(report, tree: Tree) -> None:
    rects = [r for r in tree.named("rect") if str(r.get("width")).endswith("%")]
    planned, actual = rects[: len(report.plan)], rects[len(report.plan) :]
    assert len(actual) == len(report.profile.phases)
    for row in (planned, actual):
        assert sum(float(str(r["width"])[:-1]) for r in row) == pytest.approx(100, abs=0.1)


def test_a_round_without_candidate_words(empty) -> None:
    tree = Tree(render_html(empty))
    assert tree.faults == []
    assert {link[1:] for link in tree.links} <= set(tree.ids)
    assert tree.words.count("Not graded") >= 6
    for line in ("Too little was said", "The interviewer challenged nothing", "No figure of yours was heard"):
        assert line in tree.words


def test_a_round_that_was_not_finished_says_so(of_events) -> None:
    said = UtteranceHeard(9.0, Speaker.CANDIDATE, 4.0, 8.0, "Users can create a short link.", 0.9)
    tree = Tree(render_html(of_events(TimePassed(2.0), said, TimePassed(40.0))))
    assert "This round was not finished" in tree.words
    assert "not finished" in tree.words
    assert "Users can create a short link." in tree.words


def test_the_same_journal_gives_the_same_bytes(sample, page: str) -> None:
    assert render_html(build_report(replay(sample.events, sample.briefing), sample.briefing)) == page


def test_the_page_is_written_whole_and_small(report, tmp_path: Path) -> None:
    path = write_html(report, tmp_path / "new" / "report.html")
    assert path.read_text(encoding="utf-8") == render_html(report)
    assert path.stat().st_size < 2_000_000
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]


def test_a_newer_page_replaces_the_old_one(report, empty, tmp_path: Path) -> None:
    write_html(report, tmp_path / "report.html")
    write_html(empty, tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == render_html(empty)


def test_a_place_that_cannot_be_written_is_an_error_with_a_cure(report, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SessionError) as caught:
        write_html(report, tmp_path / "file" / "report.html")
    assert caught.value.code == "review.unwritable"
    assert "--html" in caught.value.remedy


def test_a_failed_write_leaves_nothing_behind(report, tmp_path: Path) -> None:
    (tmp_path / "report.html" / "kept").mkdir(parents=True)  # a rename cannot replace a folder
    with pytest.raises(SessionError):
        write_html(report, tmp_path / "report.html")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["kept", "report.html"]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_nobody_else_may_read_the_page(report, tmp_path: Path) -> None:
    path = write_html(report, tmp_path / "reports" / "report.html")
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
