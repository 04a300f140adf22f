from __future__ import annotations

import msgspec
import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from phantomcode.daemon.contract.vocabulary import Move
from phantomcode.daemon.core.agenda import MAXIMUM_WORDS, Intent
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.free_lines import Material, check_free, free_prompt, material, standing
from phantomcode.daemon.core.prompting import Checked, Reason, reading_prompt
from phantomcode.daemon.core.quotes import Quote
from phantomcode.daemon.core.turns import Urgency
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Decision

WORDING = "Kafka drops an event on delivery, so your replay can't work. What happens to a crashed batch?"
SOURCE = "Every click is published to Kafka, and a consumer writes the counts to the store."
PIECE = Quote("every click is published to Kafka", SOURCE, 3)
KEPT = "Every click is published to Kafka, and Kafka drops an event on delivery, so your replay can't work."
FREE = f"{KEPT} What happens to a crashed batch?"


@pytest.fixture
def given(briefing: Briefing) -> Material:
    return Material(
        wording=WORDING,
        offered=(PIECE,),
        decisions=("kafka",),
        entry="",
        answer="The log keeps events for seven days and the consumer moves its offset back.",
        lexicon=briefing.lexicon,
    )


@pytest.mark.parametrize(
    "line",
    [
        FREE,
        "You said every click is published to Kafka. Kafka drops an event on delivery, your replay can't work: "
        "what happens to a crashed batch?",
        "Clicks go to Kafka. Kafka drops an event on delivery, so your replay can't work. "
        "What happens to a crashed batch?",
    ],
)
def test_the_banks_claim_in_other_words_tied_to_the_candidates_goes_out(given: Material, line: str) -> None:
    assert check_free(line, given, ()) == Checked(line, repeated=PIECE.words, source=SOURCE)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", Reason.EMPTY),
        ("Kafka drops it?", Reason.EMPTY),
        (f"{FREE} Tell me more about that now, please, and then about the rest of your whole design.", Reason.TOO_LONG),
        (
            "Every click is published to Kafka? Your replay can't work. What happens to a crashed batch?",
            Reason.QUESTIONS,
        ),
        (f"Candidate: {FREE}", Reason.STAGE),
        (FREE.removesuffix("?"), Reason.STAGE),
        (f"Great. {FREE}", Reason.PRAISE),
        (FREE.replace("an event", "forty events"), Reason.FOREIGN),
        (FREE.replace("Every click is", "Every click in Cassandra is"), Reason.FOREIGN),
        (FREE.replace("drops", "silently overwrites a"), Reason.FOREIGN),
        (
            "You said Kafka drops an event on delivery. Every click: your replay can't work. "
            "What happens to a crashed batch?",
            Reason.FOREIGN,
        ),
        (
            "You publish every click to Kafka and drop an event on delivery, so your replay can't work. "
            "What happens to a crashed batch?",
            Reason.FOREIGN,
        ),
        (FREE.replace("can't", "can"), Reason.CHANGED),
        (FREE.replace("drops", "never drops"), Reason.CHANGED),
        (FREE.replace("drops", "loses"), Reason.FOREIGN),
        (FREE.replace("What happens to", "Who publishes"), Reason.CHANGED),
        (FREE.replace(", and Kafka drops", ", and the store drops").replace("to Kafka", "there"), Reason.FOREIGN),
        (FREE.replace("Every click is published to Kafka", "Kafka published to every click"), Reason.CHANGED),
        (FREE.replace("an event", "all events"), Reason.CHANGED),
        ("Every click is published to Kafka. What happens to a crashed batch?", Reason.CHANGED),
        (KEPT, Reason.CHANGED),
        (FREE.replace("so your", "so my"), Reason.CHANGED),
        (
            "A crashed batch is published to Kafka. Your replay can't work on a click event, "
            "delivery drops Kafka. What happens?",
            Reason.CHANGED,
        ),
        (f"{KEPT} What happens to a crashed batch and its offset?", Reason.GIVEN_AWAY),
        (WORDING, Reason.IDLE),
    ],
)
def test_what_says_more_or_less_or_something_else_does_not(given: Material, line: str, reason: Reason) -> None:
    assert check_free(line, given, ()) == Checked("", reason)


def test_the_candidates_figures_stay_together_and_names_stay(given: Material) -> None:
    piece = Quote("two thousand rules at half a kilobyte is a megabyte", "Two thousand rules … a megabyte.", 0)
    wording = "Why Redis and not Memcached?"
    about = msgspec.structs.replace(given, wording=wording, offered=(piece,), decisions=())
    line = "Two thousand rules at half a kilobyte is a megabyte. Why Redis and not Memcached?"
    assert check_free(line, about, ()).text == line
    assert check_free(line.replace("rules at half a", "a"), about, ()).rejected is Reason.CHANGED
    assert check_free(line.replace("Redis and", "that and"), about, ()).rejected is Reason.CHANGED


def test_the_wordings_claim_is_not_said_to_be_the_candidates(given: Material) -> None:
    wording = "All you've shown me dies together. Add a second home."
    about = msgspec.structs.replace(given, wording=wording, answer="")
    line = "Every click is published to Kafka. All you've shown me dies together. Add a second home."
    assert check_free(line, about, ()).text == line
    assert check_free(line.replace("All you've", "You said all you've"), about, ()).rejected is Reason.FOREIGN


def test_what_the_candidate_denied_stays_denied(given: Material) -> None:
    piece = Quote("after creation there's nothing in the cache", "After creation there's nothing in the cache.", 0)
    wording = "The first click should not miss. Who fills it?"
    about = msgspec.structs.replace(given, wording=wording, offered=(piece,))
    line = "After creation there's nothing in the cache. The first click should not miss. Who fills it?"
    assert check_free(line, about, ()).text == line
    assert check_free(line.replace("nothing", "something"), about, ()).rejected is Reason.CHANGED


def test_two_pieces_may_be_joined(given: Material) -> None:
    second = Quote("a consumer writes the counts to the store", SOURCE, 3)
    both = msgspec.structs.replace(given, offered=(PIECE, second))
    line = (
        "Every click goes to Kafka and a consumer writes counts to the store. Kafka drops an event on delivery, "
        "so your replay can't work. What happens to a crashed batch?"
    )
    assert check_free(line, given, ()).rejected is Reason.FOREIGN
    assert check_free(line, both, ()).text == line


def test_a_near_copy_of_an_earlier_line_does_not(given: Material) -> None:
    assert check_free(FREE, given, (FREE.replace("Every", "Each"),)).rejected is Reason.REPEAT


def test_nothing_goes_out_that_was_not_tied_to_what_the_candidate_said(given: Material) -> None:
    assert check_free(FREE, msgspec.structs.replace(given, offered=()), ()).rejected is Reason.EMPTY


def test_what_the_atlas_says_of_a_technology_may_be_named(given: Material) -> None:
    wording = "How long may a message wait?"
    piece = Quote("you use Kafka for clicks", "I use Kafka for clicks.", 0)
    about = msgspec.structs.replace(given, wording=wording, offered=(piece,), answer="", decisions=())
    line = "You use Kafka for clicks. At 10 MB/s, how long may a message wait?"
    assert check_free(line, about, ()).rejected is Reason.FOREIGN
    assert check_free(line, msgspec.structs.replace(about, entry="One partition takes 10 MB/s."), ()).text == line


@over(
    text=st.text(max_size=300) | st.lists(st.sampled_from([*FREE.split(), "not", "Redis", "seven", "?"])).map(" ".join)
)
def test_whatever_goes_out_keeps_the_form(briefing: Briefing, text: str) -> None:
    about = Material(WORDING, (PIECE,), ("kafka",), "", "", briefing.lexicon)
    checked = check_free(text, about, ())
    if checked.rejected is None:
        assert len(checked.text.split()) <= MAXIMUM_WORDS
        assert checked.text.count("?") == 1
        assert {"Kafka", "replay"} <= set(checked.text.replace(",", " ").replace(".", " ").split())
        assert not {"Redis", "seven", "not"} & set(checked.text.split())


def test_the_model_gets_the_wording_the_candidates_words_and_the_registry() -> None:
    intent = Intent(Move.CHALLENGE, WORDING, Urgency.OPEN)
    notebook = Notebook(
        decisions=(
            Decision("queue", "kafka", "kafka", 1),
            Decision("cache", "redis", "redis", 2, withdrawn_by=3),
            Decision("id-generation", "snowflake", "snowflake", 4),
        )
    )
    prompt = free_prompt(intent, (PIECE,), standing(notebook))
    assert prompt.startswith(reading_prompt())
    tail = prompt.rpartition("<|im_start|>user")[2]
    assert f"Candidate: {PIECE.words}.\nDecided: kafka, snowflake.\n" in tail
    assert f"Line: {WORDING}<|im_end|>" in tail


def test_a_follow_up_may_draw_on_its_atlas_entry_and_a_challenge_gives_nothing_of_its_answer(
    briefing: Briefing,
) -> None:
    challenge = briefing.problem.challenges[0]
    put = Intent(Move.PRESS, "Why?", Urgency.FOLLOW, subject=challenge.id, challenge=challenge)
    assert challenge.strong_points[0] in material(put, (PIECE,), Notebook(), briefing).answer
    entry = briefing.atlas.entries[0]
    asked = Intent(Move.FOLLOW_UP, "Why?", Urgency.OPEN, subject=f"atlas:{entry.id}")
    assert entry.tradeoff in material(asked, (PIECE,), Notebook(), briefing).entry
