#!/usr/bin/env python3
"""Write the golden journal: the sample round's events, and what the interviewer and the clock made of them.

Run it after a change that is meant to change a round (a wording of the bank, a rule of the interviewer), and read the
difference before committing it: tests/daemon/test_golden_journals.py holds every other change to the old round.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
from example_round import told as said_and_understood
from sample_round import play

from phantomcode.daemon.contract.vocabulary import PHASES
from phantomcode.daemon.core.state import Session

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "golden" / "journals"


def told(state: Session) -> str:
    """Return a round as text: what was said and understood, the phases, the hints, the audits."""
    spent = ", ".join(f"{p.value} {s:.0f}" for p, s in zip(PHASES, state.tracker.spent_seconds, strict=True))
    rows = [
        f"spent: {spent}",
        f"hints over: {', '.join(state.coach.finished)}",
        f"ended: {state.closing} after {state.active_seconds:.0f} s",
        *(f"model: {audit.key}: {audit.rejected or 'used'}" for audit in state.audits),
    ]
    return said_and_understood(state) + "\n".join(rows) + "\n"


def main() -> int:
    """Write the journal and its telling."""
    played = play()
    lines = (msgspec.json.encode(event).decode() for event in played.events)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "url-shortener.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    (FOLDER / "url-shortener.txt").write_text(told(played.state), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
