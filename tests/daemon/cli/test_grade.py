from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from phantomcode.daemon.adapters.labeller import TrainedLabeller, shipped
from phantomcode.daemon.cli import labels
from phantomcode.daemon.cli.grade import Kind, grade, label
from phantomcode.daemon.contract.errors import EngineError, TranscriptError

app = typer.Typer()
app.command("grade")(grade)
app.command("label")(label)

LINES = [
    {"kind": "session", "problem": "a-shop", "target_level": "L5", "duration_min": 45},
    {"kind": "utterance", "id": 0, "speaker": "interviewer", "t0": 0.0, "t1": 2.0, "text": "Design a shop."},
    {"kind": "utterance", "id": 1, "speaker": "candidate", "t0": 3.0, "t1": 9.0, "text": "Is it one country?"},
]
ITEMS = {
    "pushback": {
        "challenge": "Why not Mongo?",
        "before": "Postgres",
        "response": "Sure, let's use Mongo then.",
        "type": "preference",
        "topic": "database",
    },
    "tradeoff": {
        "speaker": "candidate",
        "text": "I'd batch the writes rather than send each one; the price is a second of lag.",
    },
    "quantity": {"text": "Say forty million users a day."},
    "phase": {"context": ["Design a shop."], "text": "Can buyers return things?"},
}
GOLD = {
    "pushback": {"class": "DR", "after": "something else", "sound": True},
    "tradeoff": {"is_tradeoff": False, "quality": 0, "topic": "cdn"},
    "quantity": {"quantities": [{"value": 1, "unit": "s"}]},
    "phase": {"phase": "tradeoffs"},
}


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def _write(path: Path, *lines: object) -> str:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def test_grade_prints_one_object_with_all_fields(tmp_path: Path) -> None:
    printed = json.loads(_run("grade", "--json", _write(tmp_path / "t.jsonl", *LINES)))
    expected = "phases completeness skipped tradeoffs pushbacks quantities lost scores level not_graded"
    assert set(expected.split()) <= set(printed)
    assert set(printed["not_graded"]) == {*printed["scores"], "level"}


def test_grade_for_people_has_a_line_for_each_dimension(tmp_path: Path) -> None:
    printed = _run("grade", _write(tmp_path / "t.jsonl", *LINES))
    names = ("framework", "time", "tradeoffs", "pushback", "estimation", "narrative", "level")
    assert [line.split()[0] for line in printed.splitlines()] == list(names)


@pytest.mark.parametrize("kind", ITEMS)
def test_labels_do_not_depend_on_the_gold_fields(kind: str, tmp_path: Path) -> None:
    bare = _run("label", "--json", kind, _write(tmp_path / "bare.jsonl", ITEMS[kind]))
    with_gold = _run("label", "--json", kind, _write(tmp_path / "gold.jsonl", ITEMS[kind] | GOLD[kind]))
    assert bare == with_gold


def test_labels_say_what_was_asked(tmp_path: Path) -> None:
    found = {k: json.loads(_run("label", k, _write(tmp_path / f"{k}.jsonl", ITEMS[k]))) for k in ITEMS}
    assert found["pushback"]["class"] == "CN"
    assert found["tradeoff"]["is_tradeoff"] is True
    assert found["quantity"]["quantities"][0]["value"] == 40e6
    assert found["phase"]["phase"] == "clarify"


def test_an_interviewers_tradeoff_is_not_one(tmp_path: Path) -> None:
    item = ITEMS["tradeoff"] | {"speaker": "interviewer"}
    assert json.loads(_run("label", "tradeoff", _write(tmp_path / "t.jsonl", item)))["is_tradeoff"] is False


def test_broken_items_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"text": "one"}\n[]\n', encoding="utf-8")
    with pytest.raises(TranscriptError, match="Line 2"):
        _run("label", "quantity", str(path))


def _broken() -> TrainedLabeller:
    raise EngineError("labeller.broken", "The labeller's weights cannot be read: gone", "Install PhantomCode again.")


def test_what_labelled_a_round_is_told(tmp_path: Path) -> None:
    printed = json.loads(_run("grade", "--json", _write(tmp_path / "t.jsonl", *LINES)))
    assert printed["labelled_by"] == shipped().version


@pytest.mark.parametrize("kind", ITEMS)
def test_without_weights_the_rules_label_and_say_so(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(labels, "shipped", _broken)
    label(kind, Path(_write(tmp_path / "i.jsonl", ITEMS[kind])))
    printed = capsys.readouterr()
    assert json.loads(printed.out)
    assert "Grading by rules alone" in printed.err
    assert "Install PhantomCode again." in printed.err


def test_without_weights_a_round_is_graded_by_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(labels, "shipped", _broken)
    grade(Path(_write(tmp_path / "t.jsonl", *LINES)), json=True)
    assert json.loads(capsys.readouterr().out)["labelled_by"] == "rules"
