#!/usr/bin/env python3
"""Play the rehearsed rounds of the problem bank: print one, or write them all to docs/examples/.

No sound, no model, no waiting: what the interviewer says is the policy and the bank, and the report is the grader's.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from phantomcode.daemon.adapters.labeller import shipped
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.briefing import brief
from phantomcode.daemon.core.events import RoundOpened
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.rehearsal.actors import KINDS
from phantomcode.daemon.rehearsal.script import load_script, load_stock
from phantomcode.daemon.rehearsal.stage import Stage
from phantomcode.daemon.review.markdown import render_markdown
from phantomcode.daemon.review.report import build_report
from phantomcode.daemon.service import level_for
from phantomcode.problems.load import load_atlas, load_problem, problem_slugs

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "examples"
OPENED_AT = 1_790_000_000.0
KIND = "strong"
SEED = 7


def play(slug: str, kind: str, seed: int, level: Level, minutes: float = 45.0, pressure: int = 2) -> Stage:
    """Return one round, played."""
    opened = RoundOpened(0.0, f"example-{slug}", OPENED_AT, slug, "", level, minutes, "typed", pressure, seed)
    stage = Stage(
        brief(load_problem(slug), load_atlas()), opened, KINDS[kind](load_script(slug), load_stock(), seed), None
    )
    stage.play()
    return stage


def told(state: Session) -> str:
    """Return a round as text: every line, challenges with their id, type and rung, and the counts at the end."""
    rows = []
    for said in state.utterances:
        put = said.challenge
        mark = f" [{put.challenge_id} {put.type.value} {put.rung}]" if put else ""
        rows.append(f"{said.started_seconds:7.1f} {said.speaker.value[0]}{mark} {said.text}")
    counts = Counter(f"{kind.value} {rung}" for kind, rung in state.agenda.tally)
    rows.append(
        f"{state.agenda.challenges} challenges in {len(state.agenda.tally)} lines: {dict(sorted(counts.items()))}"
    )
    rows.append(f"decisions: {', '.join(f'{d.topic}={d.value}' for d in state.notebook.decisions)}")
    rows.append(f"boxes: {', '.join(box.id for box in state.notebook.components)}")
    return "\n".join(rows) + "\n"


def page(stage: Stage) -> str:
    """Return the report of a round, graded with the shipped labeller as every round is."""
    return render_markdown(build_report(stage.state, stage.briefing, shipped()))


def main() -> int:
    """Print or write rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slugs", nargs="*", help="problems; all of them by default")
    parser.add_argument("--kind", choices=KINDS, default=KIND)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--pressure", type=int, default=2)
    parser.add_argument("--level", choices=tuple(Level), help="L5, or L6 where the problem begins there")
    parser.add_argument("--write", action="store_true", help="write docs/examples/*.md")
    options = parser.parse_args()
    for slug in options.slugs or problem_slugs():
        level = level_for(load_problem(slug), options.level)
        stage = play(slug, options.kind, options.seed, level, pressure=options.pressure)
        if options.write:
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / f"{slug}.md").write_text(page(stage), encoding="utf-8")
        else:
            sys.stdout.write(told(stage.state))
    return 0


if __name__ == "__main__":
    sys.exit(main())
