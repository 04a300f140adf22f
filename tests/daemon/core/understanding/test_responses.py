from __future__ import annotations

import math

import pytest

from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.core.understanding.response_cues import read_cues, told_change
from phantomcode.daemon.core.understanding.responses import is_astray, respond
from phantomcode.daemon.core.understanding.text import content_stems
from phantomcode.problems.model import ChallengeType

WHY_NOT_MONGO = "Why not Mongo? It would be quicker to build."
ONE_NODE = "That counter sits on a single node. If it goes, nobody can sign up."


def _class(challenge: str, response: str, before: str) -> ResponseClass:
    return respond(challenge, [response], before)[0]


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (
            "Good point, but a booking and its payment have to commit together, and that takes transactions over two "
            "tables, so I'm staying with Postgres.",
            ResponseClass.DEFEND,
        ),
        ("Sure, good call. Let's use Mongo then.", ResponseClass.CAPITULATE),
        ("Happy to switch if you prefer that.", ResponseClass.CAPITULATE),
        ("Postgres is the industry standard, everybody uses it.", ResponseClass.DEFLECT),
        ("Hm, I honestly don't know how Mongo behaves here.", ResponseClass.NO_ANSWER),
        (
            "For the product descriptions I'd use it, those change shape every week. The orders I'd keep in Postgres, "
            "because they need joins over four tables.",
            ResponseClass.ADAPT,
        ),
    ],
)
def test_answers_to_a_preference(response: str, expected: ResponseClass) -> None:
    assert _class(WHY_NOT_MONGO, response, "postgres") == expected


def test_conceding_with_a_reason_of_ones_own() -> None:
    said = (
        "Yes, and a restart takes two minutes because it replays its log, so at fifty sign-ups a second six thousand "
        "people see an error. I'd put it on three nodes with a quorum."
    )
    assert _class(ONE_NODE, said, "single counter") is ResponseClass.CONCEDE


def test_repeating_the_challenge_is_no_reason() -> None:
    said = "Right, it sits on a single node and if it goes nobody can sign up. So let's change that node."
    assert _class(ONE_NODE, said, "single counter") is ResponseClass.CAPITULATE


def test_saying_disagree_and_switching_is_not_a_defence() -> None:
    said = "I'd push back on that. Anyway, let's use Mongo then, fine."
    assert _class(WHY_NOT_MONGO, said, "postgres") is ResponseClass.CAPITULATE


@pytest.mark.parametrize(
    "response",
    [
        "Even nine thousand a second is little for one machine, so I leave the sign-up path as it is.",
        "If bookings never spanned two tables I would move; until then Postgres stays.",
        "Once we pass thirty thousand sign-ups a second I'd shard it. Below that one primary is simpler, so it stays.",
        "I'd move to Mongo only if the shape of a booking changed every week. It has not, so I keep Postgres.",
    ],
)
def test_a_change_for_another_day_is_a_defence(response: str) -> None:
    assert _class(WHY_NOT_MONGO, response, "postgres") is ResponseClass.DEFEND


def test_saying_why_where_asked_why_not_is_a_defence() -> None:
    said = (
        "Because a booking and its payment have to commit as one, and over two stores that takes a saga with retries."
    )
    assert _class(WHY_NOT_MONGO, said, "postgres") is ResponseClass.DEFEND
    assert read_cues(WHY_NOT_MONGO, said, "").keep
    assert not read_cues(ONE_NODE, said, "").keep


def test_granting_that_both_work_bounds_nothing() -> None:
    said = "Both would work here. I stay with Postgres because a booking joins four tables and that query is ours."
    assert _class(WHY_NOT_MONGO, said, "postgres") is ResponseClass.DEFEND


def test_taking_the_offer_for_one_part_is_an_adaptation() -> None:
    said = "For the photo captions I'd take Mongo. The bookings stay in Postgres because they commit with the payment."
    assert _class(WHY_NOT_MONGO, said, "postgres") is ResponseClass.ADAPT


def test_a_failure_told_with_if_is_no_condition() -> None:
    said = "If it goes nobody can sign up for two minutes while it replays, so I'd put three of them behind a quorum."
    assert _class(ONE_NODE, said, "single counter") is ResponseClass.CONCEDE


def test_silence_is_no_answer() -> None:
    assert respond(ONE_NODE, [], "single counter") == (ResponseClass.NO_ANSWER, None)


def test_soundness_follows_the_challenge_and_never_the_class() -> None:
    said = ["No, I'm staying with Postgres because a booking spans two tables and needs one commit."]
    for kind, sound in ((ChallengeType.VALID, False), (ChallengeType.INVALID, True)):
        assert respond(WHY_NOT_MONGO, said, "postgres", None, kind) == (ResponseClass.DEFEND, sound)


def _sure_of(found: ResponseClass, *, nats: float) -> dict[ResponseClass, float]:
    return {c: 0.0 if c is found else -nats for c in ResponseClass}


def test_a_labeller_that_is_sure_overrules_the_rules_and_one_that_wavers_does_not() -> None:
    said = ["Well, that is how it is drawn."]
    by_rules = respond(ONE_NODE, said, "counter")[0]
    other = ResponseClass.CONCEDE
    assert by_rules is ResponseClass.DEFLECT
    assert respond(ONE_NODE, said, "counter", opinions=_sure_of(other, nats=5.0))[0] is other
    assert respond(ONE_NODE, said, "counter", opinions=_sure_of(other, nats=0.3))[0] is by_rules


def test_silence_is_no_answer_whatever_a_labeller_says() -> None:
    opinions = _sure_of(ResponseClass.DEFEND, nats=9.0)
    assert respond(ONE_NODE, [" "], "counter", opinions=opinions)[0] is ResponseClass.NO_ANSWER


@pytest.mark.parametrize(
    "response",
    [
        "Agreed, two workers could both take one ticket and then it is sold twice. Now every worker checks the key.",
        "True, a restart loses what it counted, up to nine hundred tickets. I replace it with a row that is locked.",
    ],
)
def test_a_change_told_in_the_present_tense_after_granting_the_point_is_a_concession(response: str) -> None:
    assert _class(ONE_NODE, response, "counter in memory") is ResponseClass.CONCEDE


@pytest.mark.parametrize(
    "response",
    [
        "Sure, let's use Mongo. No, wait, a booking spans two tables and has to commit as one, so Postgres stays.",
        "I'd switch to Mongo then. On second thought I keep Postgres, because a refund locks the booking's row.",
    ],
)
def test_a_change_that_is_taken_back_is_none(response: str) -> None:
    assert _class(WHY_NOT_MONGO, response, "postgres") is ResponseClass.DEFEND


def test_a_defence_that_is_taken_back_is_none() -> None:
    said = (
        "I'd keep the counter there. Scratch that: a restart takes two minutes because it replays its log, so six "
        "thousand people see an error. I'd put it on three nodes with a quorum."
    )
    assert _class(ONE_NODE, said, "single counter") is ResponseClass.CONCEDE


def test_a_decision_that_stays_while_a_part_of_it_is_changed_is_adapted() -> None:
    said = (
        "The counter stays on one node, three thousand a second is nothing to it. I change how it keeps its place: it "
        "writes every thousandth number to disk, so a restart skips at most a thousand."
    )
    assert _class(ONE_NODE, said, "single counter") is ResponseClass.ADAPT


@pytest.mark.parametrize(
    ("said", "cue"),
    [
        ("I give up the quick search, and get cheap writes for it.", "ignorant"),
        ("One row a booking, so I needn't lock two.", "change"),
        ("The books are kept in a ledger of two columns.", "authority"),
        ("The default timeout of thirty seconds covers a restart.", "authority"),
        ("The first one to commit gets the seat.", "bound"),
    ],
)
def test_everyday_words_are_no_stance(said: str, cue: str) -> None:
    assert not getattr(read_cues(WHY_NOT_MONGO, said, "postgres"), cue)


@pytest.mark.parametrize(
    ("said", "cue"),
    [
        ("Honestly, I give up.", "ignorant"),
        ("It's in every book.", "authority"),
        ("The books say it should be like that.", "authority"),
        ("It's the default, really.", "authority"),
    ],
)
def test_the_same_words_as_a_stance_are_heard(said: str, cue: str) -> None:
    assert getattr(read_cues(WHY_NOT_MONGO, said, "postgres"), cue)


@pytest.mark.parametrize("said", ["Okay. Your turn.", "Over to you.", "Sure. Next question, please."])
def test_handing_back_the_turn_is_no_answer(said: str) -> None:
    sure = _sure_of(ResponseClass.DEFEND, nats=9.0)
    assert respond(ONE_NODE, [said], "counter", opinions=sure) == (ResponseClass.NO_ANSWER, None)


@pytest.mark.parametrize("said", ["Come again?", "Sorry, I did not catch that.", "What was the question again?"])
def test_asking_to_hear_it_again_is_no_answer(said: str) -> None:
    assert respond(ONE_NODE, [said], "counter", opinions=_sure_of(ResponseClass.DEFEND, nats=9.0))[0] is (
        ResponseClass.NO_ANSWER
    )


def test_talk_of_nothing_in_the_round_is_astray_and_any_stand_or_design_word_is_not() -> None:
    around = content_stems("A counter on a single node gives out numbers, people sign up, their photos go to a bucket.")
    assert is_astray(ONE_NODE, ["Lovely weather today, I cycled along the river."], "counter", around)
    for said in (
        "I'd rather leave it.",
        "No idea, sorry.",
        "Everybody does it like that.",
        "People wait for a minute.",
        "A replica takes over.",
        "",
    ):
        assert not is_astray(ONE_NODE, [said], "counter", around)


def test_the_sentence_that_tells_a_change_is_found_as_it_was_spelled() -> None:
    said = ["Right, it would stop. How long, you ask?", "Two minutes. I'd put it on three nodes. They vote."]
    assert told_change(said) == "I'd put it on three nodes."
    assert told_change(["It stays where it is.", "Is that fine?"]) == ""


SAYS_CONCEDED = {
    c: math.log(0.6 if c is ResponseClass.CONCEDE else 0.2 if c is ResponseClass.DEFEND else 0.05)
    for c in ResponseClass
}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("No, the lag never matters there, because a session reads its own shard's primary.", ResponseClass.DEFEND),
        ("Ehm, no, lag never matter there, because session reads primary of its own shard.", ResponseClass.DEFEND),
        ("No, you're right, that is a hole. I read from the primary instead, since lag shows.", ResponseClass.CONCEDE),
    ],
)
def test_a_plain_no_with_a_reason_is_a_defence_whatever_it_resembles(answer: str, expected: ResponseClass) -> None:
    found, _ = respond("Your followers lag, so people miss their own posts.", [answer], "", opinions=SAYS_CONCEDED)
    assert found is expected


def test_who_stays_with_the_decision_has_not_given_in_whatever_it_resembles() -> None:
    gives_in = {c: math.log(0.7 if c is ResponseClass.CAPITULATE else 0.06) for c in ResponseClass}
    answer = "That would be fresher. But reads outnumber writes by twelve, so I stay with writing it out once."
    found, _ = respond("Writing for people who are asleep is odd.", [answer], "", opinions=gives_in)
    assert found is ResponseClass.DEFEND


@pytest.mark.parametrize(
    "answer",
    [
        "Fine, but one primary takes four hundred inserts at a tenth of its disk, so it stays.",
        "That works too, but Postgres refuses the second booking in one round trip, so Postgres.",
        "Happy to switch if you insist, but a booking spans two tables and needs one commit.",
        "I don't mind Mongo, but then two documents have to commit as one and that takes a saga.",
        "It's your call. But I would lose the foreign keys and with them the check on every refund.",
        "Sure, that works too, although the join over four tables costs us nothing in Postgres.",
    ],
)
def test_a_polite_word_before_a_but_and_a_reason_yields_nothing(answer: str) -> None:
    gives_in = {c: math.log(0.7 if c is ResponseClass.CAPITULATE else 0.06) for c in ResponseClass}
    for opinions in (None, gives_in):
        assert respond(WHY_NOT_MONGO, [answer], "postgres", opinions=opinions)[0] is ResponseClass.DEFEND


@pytest.mark.parametrize(
    "answer",
    [
        "Fine, I take it.",
        "Happy to switch, but let's do it properly.",
        "That works too, but I'd then move the bookings to Mongo as you say.",
        "If you prefer, but it's okay.",
    ],
)
def test_a_but_without_a_reason_takes_nothing_back(answer: str) -> None:
    assert _class(WHY_NOT_MONGO, answer, "postgres") is ResponseClass.CAPITULATE


NO_ROOM = "The keys alone fill that node. How many bytes is one of them?"


@pytest.mark.parametrize(
    ("kind", "answer", "conceded"),
    [
        (ChallengeType.VALID, "No, I stay with one store, because every page is read by its own key.", False),
        (
            ChallengeType.INVALID,
            "Counters live in Redis, one per key, read and written by one script, since two gateways race otherwise.",
            False,
        ),
        (
            ChallengeType.VALID,
            "Counters live in Redis, one per key, read and written by one script, since two gateways race otherwise.",
            True,
        ),
        (ChallengeType.INVALID, "You're right, it doesn't fit, so I'd split the keys over six nodes by hash.", True),
    ],
)
def test_no_false_claim_is_conceded_by_telling_the_design(kind: ChallengeType, answer: str, conceded: bool) -> None:
    found, _ = respond(NO_ROOM, [answer], "", challenge_type=kind, opinions=_sure_of(ResponseClass.CONCEDE, nats=9.0))
    assert (found is ResponseClass.CONCEDE) is conceded


def test_announcing_what_is_looked_at_next_changes_nothing() -> None:
    cues = read_cues(NO_ROOM, "Let me go deep on failure. Let me walk through a write.", "")
    assert cues.change == 0


def test_a_sentence_that_keeps_the_design_tells_no_change() -> None:
    said = ["If you measured more I would look at it, but I keep this. I'd add a second node for the hot keys."]
    assert told_change(said) == "I'd add a second node for the hot keys."


@pytest.mark.parametrize(
    ("answer", "answers"),
    [
        ("High level: the client calls the gateway, which asks Redis first and then a replica of Postgres.", False),
        ("Deep dive on the code. A counter leased in blocks, because one counter for all would be a queue.", False),
        ("Tradeoffs: a key is sixteen bytes, a million of them fit, so I keep the one node.", True),
        ("Let me do the numbers. A million times sixteen is sixteen megabytes, nothing.", True),
        ("Let me zoom in. A million times sixteen is sixteen megabytes, nothing.", True),
        ("The client calls the gateway, so no, one node has room enough, and I keep it.", True),
    ],
)
def test_who_opens_another_phase_has_gone_on_without_an_answer(answer: str, answers: bool) -> None:
    found, _ = respond(NO_ROOM, [answer], "", opinions=_sure_of(ResponseClass.CONCEDE, nats=3.0))
    assert (found is not ResponseClass.NO_ANSWER) is answers
