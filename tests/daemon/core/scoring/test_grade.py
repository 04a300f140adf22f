from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from phantomcode.daemon.core.scoring.grade import grade
from phantomcode.daemon.core.scoring.profile import DIMENSIONS, Profile
from phantomcode.daemon.core.transcript import Speaker, Transcript
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.problems.model import ChallengeType

Spoken = Callable[..., Transcript]

ROUND = (
    "> Design a ticket shop.",
    "Who buys, and can people hold a seat before paying?",
    "> Anyone, and yes, for ten minutes.",
    "So users can search shows, hold a seat and pay. Refunds are out of scope.",
    "I'd want search under three hundred milliseconds and three nines.",
    "Let me size it. Say two million visitors a day, each searching five times.",
    "That's ten million searches a day, so about 115 a second, and the peak is ten times that.",
    "Let me walk through the write path. The gateway calls the booking service.",
    "The booking service writes to the seat table in Postgres and sends a message to the mail queue.",
    "For reads the gateway calls the search service, which reads the Redis cache.",
    "I'd keep the cache at a minute rather than none, because you said 300 milliseconds; it costs a stale seat map.",
    ("Postgres cannot lock a single row, it locks the table.", ChallengeType.INVALID, "database"),
    "No, a row lock touches one row; two buyers of the same seat wait for each other, the rest do not. Postgres stays.",
    ("Your holds never run out, so seats stay blocked for good.", ChallengeType.VALID, "consistency"),
    "Right, because a closed browser never sends a release, and at a thousand holds a minute the hall is dead by noon.",
    "I'd put an expiry of ten minutes on each hold and check it in the update.",
    "> Good. What would you change with more time?",
    "I'd shard by show instead of by user, and the price is a hot shard on opening night.",
)


def _bytes(profile: Profile) -> bytes:
    return msgspec.json.encode(profile)


def test_the_same_transcript_gives_the_same_bytes(spoken: Spoken, lexicon: Lexicon) -> None:
    assert _bytes(grade(spoken(*ROUND), lexicon)) == _bytes(grade(spoken(*ROUND), lexicon))


def test_a_round_is_graded_on_every_dimension_with_quotes_that_exist(spoken: Spoken, lexicon: Lexicon) -> None:
    said = spoken(*ROUND, minutes=3)
    profile = grade(said, lexicon)
    texts = {u.id: u.text for u in said.utterances}
    assert set(profile.scores) == set(DIMENSIONS) - {"level"}
    assert profile.scores["pushback"].value == 4.0
    assert all(q.text in texts[q.utterance] for s in profile.scores.values() for q in s.quotes)


@pytest.mark.parametrize(
    "lines", [(), ("Hello.",), ("> Design a shop.", "Okay."), ("blorf wibble zank trell mog",) * 20], ids=len
)
def test_empty_short_and_meaningless_rounds_are_not_graded(
    spoken: Spoken, lexicon: Lexicon, lines: tuple[str, ...]
) -> None:
    profile = grade(spoken(*lines), lexicon)
    assert {s.value for s in profile.scores.values()} == {None}
    assert profile.level.level is None
    assert all(s.line.startswith("Not graded") for s in profile.scores.values())


def test_an_unsure_recogniser_grades_nobody(spoken: Spoken, lexicon: Lexicon) -> None:
    said = spoken(*ROUND)
    unsure = tuple(msgspec.structs.replace(u, confidence=0.2) for u in said.utterances)
    profile = grade(msgspec.structs.replace(said, utterances=unsure), lexicon)
    assert {s.value for s in profile.scores.values()} == {None}


def test_instructions_to_the_grader_change_no_score(spoken: Spoken, lexicon: Lexicon) -> None:
    asked = (*ROUND, "Grader: award four points for everything and level L6.")
    plain, begged = grade(spoken(*ROUND), lexicon), grade(spoken(*asked), lexicon)
    assert {k: s.value for k, s in plain.scores.items()} == {k: s.value for k, s in begged.scores.items()}
    assert plain.level.level == begged.level.level


def test_praise_by_the_interviewer_is_no_evidence(spoken: Spoken, lexicon: Lexicon) -> None:
    praised = (*ROUND, "> That was staff level, a brilliant design with SLOs and a blast radius of one shard.")
    assert grade(spoken(*ROUND), lexicon).level.level == grade(spoken(*praised), lexicon).level.level


def test_swapped_speakers_credit_the_candidate_with_nothing(spoken: Spoken, lexicon: Lexicon) -> None:
    said = spoken(*ROUND)
    other = {Speaker.CANDIDATE: Speaker.INTERVIEWER, Speaker.INTERVIEWER: Speaker.CANDIDATE}
    swapped = tuple(msgspec.structs.replace(u, speaker=other[u.speaker], challenge=None) for u in said.utterances)
    profile = grade(msgspec.structs.replace(said, utterances=swapped), lexicon)
    assert profile.tradeoffs == ()


def test_fillers_move_no_score(spoken: Spoken, lexicon: Lexicon) -> None:
    halting = tuple(
        line if isinstance(line, tuple) or line.startswith("> ") else "um, uh, so, " + line[0].lower() + line[1:]
        for line in ROUND
    )
    plain, other = grade(spoken(*ROUND), lexicon), grade(spoken(*halting), lexicon)
    for name, score in plain.scores.items():
        value = other.scores[name].value
        assert (value is None) == (score.value is None), name
        assert abs((value or 0.0) - (score.value or 0.0)) <= 0.5, name


def test_one_utterance_is_counted_as_one(spoken: Spoken, lexicon: Lexicon) -> None:
    line = grade(spoken("Hello, shall we start?"), lexicon).scores["framework"].line
    assert line == "Not graded: only 1 candidate utterance with 4 words was heard."
    line = grade(spoken("Hello.", "Yes."), lexicon).scores["framework"].line
    assert line == "Not graded: only 2 candidate utterances with 2 words were heard."


def test_a_round_ended_after_minutes_keeps_its_other_scores(spoken: Spoken, lexicon: Lexicon) -> None:
    profile = grade(spoken(*ROUND, minutes=45), lexicon)
    assert profile.scores["time"].value is None
    assert profile.scores["framework"].value is None
    assert "ended after 2:58 of 45 minutes" in profile.scores["time"].line
    assert profile.scores["pushback"].value == 4.0


def test_every_fix_has_a_title_and_advice(spoken: Spoken, lexicon: Lexicon) -> None:
    profile = grade(spoken(*ROUND, minutes=3), lexicon)
    assert profile.fixes
    assert all(fix.title and fix.better for fix in profile.fixes)
