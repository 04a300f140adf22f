from __future__ import annotations

import pytest

from phantomcode.daemon.core.understanding.asking import asks_again, asks_back, stand_beside

ONE_NODE = "That counter sits on a single node. If it goes, nobody can sign up."


@pytest.mark.parametrize(
    ("turn", "asks"),
    [
        (["Is that likely? No, because it restarts in four seconds and nobody waits longer than that."], False),
        (["It restarts in four seconds.", "Is that enough?"], True),
        (["First the copies, then the counter."], False),
        ([], False),
    ],
)
def test_a_question_answered_by_the_candidate_himself_is_not_asked_back(turn: list[str], *, asks: bool) -> None:
    assert asks_back(turn) is asks


@pytest.mark.parametrize(
    "text",
    [
        "Come again?",
        "Sorry?",
        "What?",
        "Huh?",
        "Once more, please.",
        "I did not understand.",
        "Sorry, I didn't quite catch that.",
        "I'm not sure I follow.",
        "Sorry, could you repeat the question?",
        "can you please rephrase that",
        "Could you put that another way?",
        "Please say that again.",
        "Repeat that, please.",
        "Sorry, what was the question again?",
        "What do you mean?",
        "Could you explain what you mean?",
        "Can you repeat the last part, please?",
        "Would you explain that again?",
    ],
)
def test_asking_to_hear_it_again(text: str) -> None:
    assert asks_again(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'd say it stays on Postgres.",
        "The client can repeat it safely.",
        "We write it once more to the log.",
        "Readers don't follow the leader there.",
        "What? No, it stays.",
        "Sorry. It is four hundred.",
        "They could repeat that call, since the key makes it harmless.",
        "How long do links live?",
        "Can you clarify how many regions we have?",
        "Could you repeat how many sign-ups we get?",
        "Could you say that the data is private?",
        "What happens to the second copy when you say that the first one is gone for good?",
        "",
    ],
)
def test_talk_of_repeating_is_no_such_thing(text: str) -> None:
    assert not asks_again(text)


@pytest.mark.parametrize(
    ("turn", "beside"),
    [
        (["No, it stays. How many regions?"], ["No, it stays."]),
        (["How many regions? I'd leave it on one node."], ["I'd leave it on one node."]),
        (["It stays, four seconds is nothing, right?"], ["It stays, four seconds is nothing."]),
        (["I'd keep it on one node, but is that what you asked?"], ["I'd keep it on one node."]),
        (
            ["It stays, since the restart depends on a short log. How long may a sign-up wait?"],
            ["It stays, since the restart depends on a short log."],
        ),
        (["It stays.", "How many regions?", "One is enough."], ["It stays.", "One is enough."]),
        (
            ["A restart takes four seconds because the log is short. How long may a sign-up wait?"],
            ["A restart takes four seconds because the log is short."],
        ),
    ],
)
def test_a_stand_beside_a_question_is_what_was_said(turn: list[str], beside: list[str]) -> None:
    assert stand_beside(ONE_NODE, turn) == beside


@pytest.mark.parametrize(
    "text",
    [
        "Good question. Do you mean per region?",
        "I'd need to know the load first. How many sign-ups do we get?",
        "Is it per region? If it is, I'd take three counters.",
        "No, sorry, which node?",
        "I don't think I follow. Which node?",
        "That depends. Are the regions apart?",
        "If the node dies in the night, does anybody sign up then?",
        "I did not understand.",
        "Come again?",
        "",
    ],
)
def test_a_turn_that_only_asks_takes_no_stand(text: str) -> None:
    assert stand_beside(ONE_NODE, [text]) == []
