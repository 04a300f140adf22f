from __future__ import annotations

from collections.abc import Callable

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.scoring import level
from phantomcode.daemon.core.scoring.profile import LevelEstimate, Quote
from phantomcode.daemon.core.transcript import Transcript
from phantomcode.daemon.core.understanding.notebook import Notebook

Spoken = Callable[..., Transcript]
Noted = Callable[..., Notebook]

SENIOR = (
    "I'd hold lookups under a hundred milliseconds.",
    "And I want three nines, so about nine hours a year.",
    "Let me walk through the write path.",
    "If the leader dies, a follower takes over within ten seconds, because it has the log.",
    "When the cache node crashes, two percent of the keys go to the database.",
    "If the queue's consumer fails, the backlog grows by a thousand a second until it is back.",
    "I'd keep it in memory rather than on disk; the price is that a crash loses a second of clicks.",
    "I'd shard by user instead of by day, and it costs us one more hop for 5 percent of queries.",
    "We push on write even though it's slower for the two percent with many followers, reads are cheaper.",
    "Let me move on to the read path.",
)


def _estimate(
    lines: tuple[str, ...],
    spoken: Callable[..., Transcript],
    noted: Callable[..., Notebook],
    *,
    tells_apart: bool = True,
) -> LevelEstimate:
    said = spoken(*lines)
    quotes = {u.id: Quote(u.id, u.started_seconds, u.text) for u in said.utterances}
    return level.estimate(noted(*lines), said, quotes, led=True, tells_apart=tells_apart)


def test_self_chosen_depth_and_priced_choices_are_senior(spoken: Spoken, noted: Noted) -> None:
    assert _estimate(SENIOR, spoken, noted).level is Level.L5


def test_stuffing_words_without_objects_earns_nothing(spoken: Spoken, noted: Noted) -> None:
    stuffed = ("SLO, RFC, error budget, canary, blast radius, ownership, migration.",) * 9
    assert _estimate(stuffed, spoken, noted).level is Level.L4


def test_every_cell_has_a_quote_or_the_sentence_that_would_tick_it(spoken: Spoken, noted: Noted) -> None:
    markers = _estimate(SENIOR, spoken, noted).markers
    assert len(markers) == 15
    assert all((m.quote is not None) == m.met and bool(m.would_tick) != m.met for m in markers)


def test_giving_up_what_is_right_shows_no_depth(spoken: Spoken, noted: Noted) -> None:
    assert _estimate(SENIOR, spoken, noted, tells_apart=False).level is Level.L4


STAFF = (
    *SENIOR,
    "If a shard dies, two percent of the users see errors for thirty seconds, then the replica is promoted.",
    "When the ranker fails we fall back to the newest posts and keep serving.",
    "A lost region takes half of the sessions with it until they log in again, and the rest keeps working.",
    "I'd move the counters to their own store once they pass fifty thousand a second.",
    "The objective is 99.9 percent of posts visible within five seconds.",
    "It goes to one percent of the hosts first, in stages, with the old version beside it for a week.",
)


def test_reach_of_failure_and_reversal_triggers_are_staff(spoken: Spoken, noted: Noted) -> None:
    found = _estimate(STAFF, spoken, noted)
    assert found.level is Level.L6
    shown = {m.marker: m.quote.text for m in found.markers if m.quote and m.level is Level.L6}
    assert "fifty thousand" in shown["Choice"]
    assert "99.9" in shown["Operation"]


def test_a_quote_of_two_short_utterances_holds_both(spoken: Spoken, noted: Noted) -> None:
    terse = ("Alert on lag.", "Past one minute.", "Alert on errors too.", "Over two percent.", *SENIOR)
    (shown,) = [m.quote for m in _estimate(terse, spoken, noted).markers if (m.marker, m.level) == ("Operation", "L5")]
    assert shown is not None
    assert (shown.utterance, shown.text) == (0, "Alert on lag. Past one minute.")


def test_the_line_says_what_the_target_lacks(spoken: Spoken, noted: Noted) -> None:
    short = _estimate(SENIOR[:6], spoken, noted).line
    assert short.startswith("The evidence supports L4; ")
    assert short.endswith("and it takes 3, Choice among them.")
    assert _estimate(SENIOR, spoken, noted).line == "The evidence supports L5; 4 of 5 markers of L5 were shown."
    assert "L6, above your target L5" in _estimate(STAFF, spoken, noted).line


def test_depth_taken_back_under_challenge_is_said_to_be_that(spoken: Spoken, noted: Noted) -> None:
    cells = _estimate(SENIOR, spoken, noted, tells_apart=False).markers
    (depth,) = [m for m in cells if (m.marker, m.level) == ("Depth", Level.L5)]
    assert "objection" in depth.would_tick
