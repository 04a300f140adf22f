"""`phantomcode problems`: list, show, check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from phantomcode.problems.check import check_file
from phantomcode.problems.check_atlas import check_atlas
from phantomcode.problems.findings import Finding
from phantomcode.problems.load import load_atlas, load_problem, problem_slugs
from phantomcode.problems.model import Problem, ReferenceRange

app = typer.Typer(no_args_is_help=True, help="The problem bank: what there is, what a problem holds, checking files.")


@app.command("list")
def list_problems() -> None:
    """Show every problem of the bank."""
    print(f"{'problem':29}{'levels':12}{'challenges':12}summary")
    for slug in problem_slugs():
        problem = load_problem(slug)
        print(f"{slug:29}{' '.join(problem.levels):12}{len(problem.challenges):<12}{problem.summary}")


@app.command()
def show(
    problem: Annotated[str, typer.Argument(help="A slug of the bank or the path of a problem file.")],
    spoilers: Annotated[
        bool, typer.Option("--spoilers", help="Requirements, facts, estimates and challenges too.")
    ] = False,
) -> None:
    """Show how a problem is posed. With --spoilers, also what the interviewer holds back."""
    loaded = load_problem(problem)
    print("\n".join(_outline(loaded)))
    if spoilers:
        print("\n".join(_spoilers(loaded)))
    else:
        print("\nWhat it must do, and how well, is yours to ask. --spoilers tells it all.")


@app.command()
def check(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]...", show_default=False, help="Problem files or slugs; all and the atlas."),
    ] = None,
) -> None:
    """Check problem files, or without any the whole bank and the atlas; every finding comes with its cure."""
    atlas = load_atlas()
    checked = files or list(problem_slugs())
    findings = [finding for name in checked for finding in check_file(name, atlas)]
    if not files:
        findings += check_atlas(atlas)
        checked.append("atlas")
    for finding in findings:
        print(f"{finding.severity}: {finding.where} {finding.problem}. {finding.cure}")
    counts = Counter(finding.severity for finding in findings)
    print(f"{len(checked)} checked: {counts['error']} errors, {counts['warning']} warnings")
    if _unfit(findings):
        raise typer.Exit(1)


def _unfit(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _outline(problem: Problem) -> Iterator[str]:
    """What a candidate is told before a round: the rest is what the first minutes are for."""
    yield f"{problem.title} ({problem.slug}, {' '.join(problem.levels)})"
    yield problem.summary
    yield f'\nThe interviewer says: "{problem.pose[0]}"'


def _spoilers(problem: Problem) -> Iterator[str]:
    yield from _section("Functional", (r.text for r in problem.functional))
    yield from _section("Non-functional", (r.text for r in problem.non_functional))
    yield from _section("Out of scope", (r.text for r in problem.out_of_scope))
    yield from _section("Deep dives", (d.title for d in problem.deep_dives))
    yield from _section("Facts", (f.answer for f in problem.facts))
    yield from _section("Estimates", map(_range, problem.estimates))
    challenges = (f"{c.type} on {c.topic}, when {c.when}: {c.rungs[0][0]}" for c in problem.challenges)
    yield from _section("Challenges", challenges)
    for sketch in problem.level_sketches:
        yield from _section(f"An {sketch.level} answer", sketch.shows)


def _range(estimate: ReferenceRange) -> str:
    name = f"{estimate.metric} {estimate.label}".strip()
    return f"{name}: {estimate.low:g} to {estimate.high:g} {estimate.unit} ({estimate.basis})"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"\n{title}"
    for line in lines:
        yield f"  - {line}"
