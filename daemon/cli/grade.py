"""`phantomcode grade` and `phantomcode label`: the grader from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import typer

from phantomcode.daemon.cli.labels import labels_of, open_labeller
from phantomcode.daemon.contract.errors import TranscriptError
from phantomcode.daemon.contract.vocabulary import PHASES
from phantomcode.daemon.core.scoring.grade import grade as grade_transcript
from phantomcode.daemon.core.scoring.profile import Profile
from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.labels import answer_opinions, tradeoff_opinion, with_phase_label
from phantomcode.daemon.core.understanding.lexicon import Lexicon, build_lexicon
from phantomcode.daemon.core.understanding.phase_evidence import read_phase
from phantomcode.daemon.core.understanding.quantities import read_quantities
from phantomcode.daemon.core.understanding.responses import respond
from phantomcode.daemon.core.understanding.tradeoffs import read_tradeoff
from phantomcode.daemon.labelling import label_answer, label_utterance
from phantomcode.daemon.ports import Labeller
from phantomcode.daemon.transcripts import read_transcript
from phantomcode.problems.load import load_atlas, load_problem, problem_slugs

Kind = Literal["pushback", "tradeoff", "quantity", "phase"]


def grade(
    transcript: Annotated[Path, typer.Argument(help="A transcript, one JSON object a line (docs/grading.md).")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Grade a transcript: phases, tradeoffs, pushbacks, quantities, seven scores, each with its evidence."""
    read = read_transcript(transcript)
    labels = labels_of(read)
    profile = grade_transcript(read, _lexicon(read.problem_slug), labels)
    printed = {**as_output(profile), "labelled_by": labels.version}
    print(msgspec.json.encode(printed).decode() if json else _summary(profile))


def label(
    kind: Annotated[Kind, typer.Argument(help="What to label.")],
    file: Annotated[Path, typer.Argument(help="Items, one JSON object a line.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line (the only format).")] = False,  # noqa: ARG001
) -> None:
    """Label single items: answers to challenges, tradeoffs, quantities or phases."""
    labeller = open_labeller()
    for item in _items(file):
        print(msgspec.json.encode(_LABELLERS[kind](item, labeller)).decode())


def _lexicon(slug: str) -> Lexicon:
    problem = load_problem(slug) if slug in problem_slugs() else None
    return build_lexicon(problem, load_atlas())


def as_output(profile: Profile) -> dict[str, Any]:
    """The printed object: the fields of a labelled transcript, then what else the profile knows."""
    graded = {name: score.value for name, score in profile.scores.items()}
    reasons = {name: score.line for name, score in profile.scores.items() if score.value is None}
    if profile.level.level is None:
        reasons["level"] = profile.level.line
    known = msgspec.to_builtins(profile)
    return {
        "phases": known["phases"],
        "completeness": known["completeness"],
        "skipped": known["skipped"],
        "tradeoffs": known["tradeoffs"],
        "pushbacks": known["pushbacks"],
        "quantities": known["quantities"],
        "lost": known["lost"],
        "scores": graded,
        "level": known["level"]["level"],
        "not_graded": reasons,
        "spent_seconds": known["spent_seconds"],
        "evidence": known["scores"],
        "level_evidence": known["level"],
        "delivery": known["delivery"],
        "fixes": known["fixes"],
    }


def _summary(profile: Profile) -> str:
    lines = [_score_line(name, score.value, score.line) for name, score in profile.scores.items()]
    lines.append(f"{'level':<11} {profile.level.level.value if profile.level.level else '-':>3}  {profile.level.line}")
    lines += [f"work on: {fix.title}. {fix.drill}" for fix in profile.fixes]
    return "\n".join(lines)


def _score_line(name: str, value: float | None, line: str) -> str:
    return f"{name:<11} {'-' if value is None else f'{value:.1f}':>3}  {line}"


def _items(path: Path) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TranscriptError("transcript.unreadable", f"{path} cannot be read.", "Give a UTF-8 text file.") from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield msgspec.json.decode(line.encode(), type=dict[str, Any])
        except msgspec.DecodeError as error:
            message = f"Line {number} of {path} is not a JSON object."
            raise TranscriptError("transcript.format", message, "Put one JSON object on each line.") from error


def _text(item: dict[str, Any], key: str) -> str:
    """A text field of an item, or "" where it is absent; only fields that are input are ever asked for."""
    value = item.get(key, "")
    return value if isinstance(value, str) else ""


def _context(item: dict[str, Any]) -> list[str]:
    said = item.get("context", [])
    return [line for line in said if isinstance(line, str)] if isinstance(said, list) else []


def _label_pushback(item: dict[str, Any], labeller: Labeller | None) -> dict[str, Any]:
    challenge, response = _text(item, "challenge"), _text(item, "response")
    opinions = answer_opinions(label_answer(labeller, challenge, response) if labeller else None)
    found, sound = respond(challenge, [response], _text(item, "before"), opinions=opinions)
    return {"class": found.value, "sound": sound}


def _label_tradeoff(item: dict[str, Any], labeller: Labeller | None) -> dict[str, Any]:
    if item.get("speaker") == Speaker.INTERVIEWER.value:
        return {"is_tradeoff": False, "quality": 0.0}
    text = _text(item, "text")
    labels = label_utterance(labeller, text, "") if labeller else None
    reading = read_tradeoff(text, opinions=tradeoff_opinion(labels))
    return {"is_tradeoff": reading.is_tradeoff, "quality": reading.quality, "topic": reading.topic}


def _label_quantity(item: dict[str, Any], _labeller: Labeller | None) -> dict[str, Any]:
    said = Utterance(0, Speaker.CANDIDATE, 0.0, 0.0, _text(item, "text"))
    return {"quantities": msgspec.to_builtins(read_quantities(said, (), ""))}


def _label_phase(item: dict[str, Any], labeller: Labeller | None) -> dict[str, Any]:
    context, text = _context(item), _text(item, "text")
    labels = label_utterance(labeller, text, "".join(context[-1:])) if labeller else None
    rules = read_phase(text, "".join(context[-2:-1]), "".join(context[-1:]), position=None)
    weights = with_phase_label(rules, labels)
    return {"phase": PHASES[max(range(len(PHASES)), key=lambda i: weights[i])].value, "weights": list(weights)}


_LABELLERS = {
    "pushback": _label_pushback,
    "tradeoff": _label_tradeoff,
    "quantity": _label_quantity,
    "phase": _label_phase,
}
