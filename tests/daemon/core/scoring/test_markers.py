from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.scoring import markers
from phantomcode.daemon.core.scoring.markers import Passage, Passages, passages_of
from phantomcode.daemon.core.transcript import Speaker, Transcript, Utterance
from phantomcode.problems.model import ChallengeType

Finder = Callable[[Passages], tuple[Passage, ...]]

LATE = 1500.0


def round_of(*lines: str, begin: float = LATE) -> Passages:
    """Candidate's lines in a 45-minute round, a minute apart; "> …" is the interviewer's."""
    said = (
        Utterance(
            number,
            Speaker.INTERVIEWER if line.startswith("> ") else Speaker.CANDIDATE,
            begin + 60 * number,
            begin + 60 * number + 20,
            line.removeprefix("> "),
        )
        for number, line in enumerate(lines)
    )
    return passages_of(Transcript("url-shortener", Level.L5, 45.0, tuple(said), 2700.0))


@pytest.mark.parametrize(
    "said",
    [
        "I'd move the counts to their own store once they pass fifty thousand a second.",
        "If reads ever grew tenfold we'd shard by owner.",
        "Past two hundred gigabytes I would split the table.",
        "we would go back to one region when the share of asian users drops under five percent",
        "My answer changes when more than half of the queries need joins.",
        "I will switch to the other store if more than half of the reads become scans.",
    ],
)
def test_a_change_under_a_measurable_condition_is_a_reversal_trigger(said: str) -> None:
    assert markers.reversals(round_of(said))


@pytest.mark.parametrize(
    "said",
    [
        "If the primary dies we'd switch to the replica within ten seconds.",
        "When the user clicks we'd go to the cache, which holds two million entries.",
        "If you like, I'd change it to something else.",
        "I'd switch the store at some point, there are two of them.",
        "Reversal trigger, reversal point, thirty percent.",
        "I'd go back to single tokens if the count ever had to be exact.",
        "Okay, I'll swap that over, all two of them.",
    ],
)
def test_a_failover_a_step_or_a_wish_is_none(said: str) -> None:
    assert not markers.reversals(round_of(said))


def test_two_triggers_without_a_number_are_as_good_as_one_with() -> None:
    said = (
        "I'd go back to single tokens if the count ever had to be exact.",
        "If most of the work became short jobs, I would switch to pushing.",
    )
    assert len(markers.reversals(round_of(*said))) == 2


DIVES = (
    "If the leader dies, a follower takes over within ten seconds, because it has the log.",
    "When the cache node crashes, two percent of the keys go to the database.",
    "> And now?",
    "If the consumer fails, the backlog grows by a thousand a second until it is back.",
    "> Go on.",
    "Let me look at the write path again, it is short.",
    "A lost acknowledgement means the message is sent twice, so the consumer drops what it has seen.",
)


def test_failures_taken_through_at_two_places_are_depth() -> None:
    assert markers.failures(round_of(*DIVES))[0].utterances == (0,)


def test_one_place_or_one_failure_is_no_depth() -> None:
    assert not markers.failures(round_of(DIVES[0]))
    assert not markers.failures(round_of(*(["It can fail, crash, die and break down all over."] * 4)))


def test_what_a_challenge_asked_for_was_not_chosen() -> None:
    passages = round_of(*DIVES)
    under = tuple(msgspec.structs.replace(p, under_challenge=True) for p in passages.single)
    assert not markers.failures(Passages(under, ()))


def test_a_challenge_is_noticed(spoken: Callable[..., Transcript]) -> None:
    said = spoken("We use Postgres.", ("Is one enough?", ChallengeType.VALID, "database"), "Yes, forty writes fit it.")
    assert [p.under_challenge for p in passages_of(said).single] == [False, True]


def test_short_utterances_of_one_turn_are_read_together() -> None:
    passages = round_of("The evaluator dies.", "Its twin sends within five seconds.", "> And?", "Two of them.")
    together = markers.found(passages, markers.FAILURE, markers.NUMBER)
    assert [p.utterances for p in together] == [(0, 1)]


def test_reach_and_duration_of_a_failure_are_resilience() -> None:
    said = (
        "If a shard dies, only two percent of the users see errors.",
        "The replica takes over within thirty seconds when the primary is gone.",
        "When the ranker fails, we fall back to the plain order.",
    )
    assert len(markers.resilience(round_of(*said))) == 3
    assert not markers.resilience(round_of(*said[1:]))


@pytest.mark.parametrize(
    ("finder", "said"),
    [
        (markers.qualities, "I'd hold lookups under a hundred milliseconds."),
        (markers.qualities, "And I want three nines of availability."),
        (markers.qualities, "How fast must a new message appear?"),
        (markers.costs, "Three copies double the monthly bill to ten thousand dollars."),
        (markers.reframings, "I'd put it differently, the real problem is moving traffic safely."),
        (markers.clock_keeping, "I have ten minutes left and spend them on failover."),
        (markers.clock_keeping, "I'd give five minutes to each of them."),
        (markers.clock_keeping, "I see the clock, so let me close."),
        (markers.monitoring, "I'd watch the lag of the consumers."),
        (markers.alerts, "An alert goes off when the oldest job is older than ten minutes."),
    ],
)
def test_a_marker_is_found_in_its_own_words(finder: Finder, said: str) -> None:
    assert finder(round_of(said, begin=60.0))


@pytest.mark.parametrize(
    ("finder", "said"),
    [
        (markers.qualities, "Two million updates a second at the peak."),
        (markers.costs, "A billion rows, and the payment service pays the merchant."),
        (markers.clock_keeping, "We keep an entry for ten minutes in the cache."),
        (markers.clock_keeping, "Two minutes for nearly everyone, ten for the rest."),
        (markers.monitoring, "The merchant's dashboard lists his payments."),
        (markers.monitoring, "The evaluators run out of memory and alerting goes blind."),
        (markers.alerts, "Alerts, dashboards, SLOs and runbooks all over."),
    ],
)
def test_the_words_of_a_marker_alone_are_none(finder: Finder, said: str) -> None:
    assert not finder(round_of(said, begin=60.0))


def test_numbers_repeated_after_the_interviewer_are_not_the_candidates() -> None:
    asked = "> Ninety-nine point nine, and a hundred milliseconds."
    assert not markers.qualities(round_of(asked, "A hundred milliseconds, okay, fast enough.", begin=60.0))
    assert markers.qualities(round_of(asked, "Then fifty milliseconds for our own part, to be fast.", begin=60.0))


def test_operation_takes_more_than_its_names() -> None:
    named = round_of("SLO, error budget, canary, headroom, runbook, ownership, migration, rollout.")
    assert not any(markers.operation(named))
    shown = round_of(
        "The objective is that 99.9 percent of posts appear within five seconds.",
        "It goes out to one percent of the hosts first, in stages, then to all.",
        "Each region runs at most sixty percent full.",
        "The storage team owns it and rehearses a restore once a quarter.",
    )
    assert all(markers.operation(shown))


@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_text_has_passages_in_order(lines: list[str]) -> None:
    passages = round_of(*lines)
    for finder in (markers.failures, markers.resilience, markers.reversals, markers.qualities, markers.alerts):
        shown = [p.utterances for p in finder(passages)]
        assert shown == sorted(shown)
        assert len({number for numbers in shown for number in numbers}) == sum(map(len, shown))
