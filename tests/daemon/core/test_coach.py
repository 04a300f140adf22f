from __future__ import annotations

import msgspec
import pytest

from phantomcode.daemon.contract.vocabulary import PHASES, Phase
from phantomcode.daemon.core import coach
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.coach import Coach, Situation
from phantomcode.daemon.core.phases import plan
from phantomcode.daemon.core.understanding.notebook import Notebook, PhaseEvidence
from phantomcode.daemon.core.understanding.observations import Quantity, Role

RATE = Quantity(0, "forty a second", 40.0, "1/s", Role.COMPUTED, "write_rate")
SAID = PhaseEvidence(0, 200.0, (0.0, 1.0, 0.0, 0.0, 0.0))
NUMBERS = ["write_rate", "read_rate", "peak", "storage", "bandwidth"]


def situation(phase: Phase, spent: float, notebook: Notebook | None = None, speaking: float = 0.0) -> Situation:
    times = [0.0] * 5
    times[PHASES.index(phase)] = spent
    one, two, three, four, five = times
    return Situation(600.0, phase, (one, two, three, four, five), plan(45), notebook or Notebook(), speaking)


@pytest.fixture
def ladders(briefing: Briefing) -> tuple[object, ...]:
    return briefing.problem.hints


def test_a_phase_gets_time_before_anything_is_missing() -> None:
    assert list(coach.missing(situation(Phase.ESTIMATE, 60))) == []
    assert list(coach.missing(situation(Phase.ESTIMATE, 200))) == NUMBERS


def test_evidence_takes_a_hint_away(ladders: tuple[object, ...]) -> None:
    shown = coach.advance(Coach(), situation(Phase.ESTIMATE, 200), ladders)
    assert shown.shown == "write_rate"
    answered = coach.advance(
        shown, situation(Phase.ESTIMATE, 210, Notebook(quantities=(RATE,), phase_evidence=(SAID,))), ladders
    )
    assert answered.shown == ""
    assert answered.finished == ("write_rate",)


def test_one_hint_at_a_time_and_quiet_after_it(ladders: tuple[object, ...]) -> None:
    shown = coach.advance(Coach(), situation(Phase.ESTIMATE, 200), ladders)
    assert coach.advance(shown, situation(Phase.ESTIMATE, 240), ladders) == shown
    dismissed = coach.dismiss(shown, situation(Phase.ESTIMATE, 250))
    assert coach.advance(dismissed, situation(Phase.ESTIMATE, 255), ladders).shown == ""
    later = msgspec.structs.replace(situation(Phase.ESTIMATE, 290), active_seconds=700.0)
    assert coach.advance(dismissed, later, ladders).shown == "read_rate"


def test_no_hint_in_full_flow(ladders: tuple[object, ...]) -> None:
    assert coach.advance(Coach(), situation(Phase.ESTIMATE, 200, speaking=6.5), ladders).shown == ""


def test_a_hint_climbs_only_on_request_and_stops_at_three(ladders: tuple[object, ...]) -> None:
    state = coach.advance(Coach(), situation(Phase.ESTIMATE, 200), ladders)
    steps = []
    for _ in range(4):
        steps.append(state.step)
        state = coach.climb(state, situation(Phase.ESTIMATE, 200), ladders)
    assert steps == [1, 2, 3, 3]


def test_asking_for_a_hint_gives_one_before_its_time(ladders: tuple[object, ...]) -> None:
    assert coach.climb(Coach(), situation(Phase.CLARIFY, 5), ladders).shown == "functional"


def test_a_finished_hint_never_returns(ladders: tuple[object, ...]) -> None:
    finished = Coach(finished=("functional", "non_functional", "scope_out"))
    assert coach.climb(finished, situation(Phase.CLARIFY, 250), ladders).shown == ""


def test_an_overrun_is_said_once_for_each_phase(ladders: tuple[object, ...]) -> None:
    high = coach.advance(Coach(), situation(Phase.HIGH_LEVEL, 900), ladders)
    assert high.shown == "phase_overrun"
    gone = coach.dismiss(high, situation(Phase.HIGH_LEVEL, 900))
    later = msgspec.structs.replace(situation(Phase.DEEP_DIVE, 2000), active_seconds=2000.0)
    assert coach.advance(gone, later, ladders).shown == "phase_overrun"


def test_chips_say_what_the_estimate_lacks_once_there_is_one() -> None:
    assert coach.ledger(Notebook()).missing == ()
    assert coach.ledger(Notebook(quantities=(RATE,), phase_evidence=(SAID,))).missing == (
        "reads",
        "peak",
        "storage",
        "bandwidth",
    )


def test_every_key_the_coach_can_miss_has_a_ladder_in_the_bank(briefing: Briefing) -> None:
    keys = {key for phase in PHASES for key in coach.missing(situation(phase, 99_999.0))}
    assert keys
    assert {key for key in keys if coach.ladder_for(key, Phase.CLARIFY, briefing.problem.hints) is None} == set()


def test_what_the_interviewer_gave_is_no_estimate() -> None:
    given = Notebook(quantities=(msgspec.structs.replace(RATE, utterance=7),), phase_evidence=(SAID,))
    assert coach.ledger(given).missing == ()
    assert list(coach.missing(situation(Phase.ESTIMATE, 200, given))) == NUMBERS
