"""Moves beyond challenges: follow-ups from the atlas, leading back, changed requirements, the end of help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec
import pytest

from phantomcode.daemon.contract.vocabulary import Level, Move, Phase
from phantomcode.daemon.core import events, phrases
from phantomcode.daemon.core.agenda import Agenda, Question
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.follow_ups import next_follow_up
from phantomcode.daemon.core.interviewer import choose
from phantomcode.daemon.core.scoring.pushback import read_pushbacks
from phantomcode.daemon.core.state import scene
from phantomcode.daemon.core.transcript import Transcript
from phantomcode.daemon.core.understanding.notebook import Notebook, PhaseEvidence
from phantomcode.daemon.core.understanding.observations import Decision, Pushback, ResponseClass
from phantomcode.problems.model import ChallengeType, Fact, RequirementChange
from tests.daemon.conftest import Round

Make = Callable[..., Round]

SMALL_TALK = (
    "Did you see the match last night, the second half was something else entirely.",
    "My neighbour has bought a dog, and it barks whenever I sit down here.",
    "I had the best noodles of my life on Thursday, around the corner from here.",
)


def test_a_candidate_who_drifts_off_is_led_back_once(make_round: Make) -> None:
    played = make_round()
    played.wait(10)
    for text in SMALL_TALK:
        played.say(text)
        played.wait(1)
    played.wait(4)
    assert [line.text in phrases.REFOCUS for line in played.lines if line.move is Move.HAND_BACK] == [True]
    played.say(SMALL_TALK[0])
    played.wait(4)
    assert sum(1 for line in played.lines if line.text in phrases.REFOCUS) == 1


def test_talk_about_the_problem_is_never_a_derailment(make_round: Make, design: Sequence[str]) -> None:
    played = make_round()
    for text in (*design, *design):
        played.say(text)
        played.wait(0.2)
        assert played.state.agenda.astray == 0


def test_a_technology_the_bank_does_not_cover_is_asked_about_and_marked(
    make_round: Make, design: Sequence[str]
) -> None:
    played = make_round()
    for text in design:
        played.say(text)
    played.say("Between the services we speak gRPC, and the pods sit behind a service mesh.")
    played.say("For search over the destinations I use Elasticsearch, fed from the same stream.")
    for _ in range(20):
        played.wait(60)
        played.say("Give me the next one, please, the design stays as I have described it so far.")
    asked = [line for line in played.lines if line.move is Move.FOLLOW_UP]
    assert 1 <= len(asked) <= 2
    killers = {question for entry in played.briefing.atlas.entries for question in entry.killer_questions}
    assert all(any(line.text.endswith(killer) for killer in killers) for line in asked)
    marked = [said for said in played.state.utterances if said.improvised]
    assert [said.text for said in marked] == [line.text for line in asked]
    assert all(said.challenge is None for said in marked)


def test_help_ends_for_a_candidate_who_hands_over_again_and_again(make_round: Make) -> None:
    played = make_round()
    for _ in range(6):
        played.wait(20)
        played.happen(events.TurnYielded(played.now))
    backs = [line.text for line in played.lines if line.move is Move.HAND_BACK]
    assert len(backs) == 3
    assert backs[-1] in phrases.NOTHING_MORE
    played.say("Users create a link and follow it.")
    played.happen(events.TurnYielded(played.now))
    played.wait(2)
    assert played.moves[-1] is Move.HAND_BACK
    assert played.lines[-1].text in phrases.HAND_BACK[Phase.CLARIFY]


def test_a_fact_that_a_change_has_replaced_is_not_told_any_more(make_round: Make, briefing: Briefing) -> None:
    fact = Fact("how-long", "Links live five years.", ("how long do links live",), ("long", "live"))
    change = RequirementChange("forever", ("Links live for ever now.",), "No expiry.", replaces=("how-long",))
    problem = msgspec.structs.replace(briefing.problem, facts=(fact,), requirement_changes=(change,))
    state = make_round().state
    assert state.opened is not None
    asking = Agenda(posed=True, question=Question(4, ("How long do links live?",)))
    for done, wordings in (((), ("Links live five years.",)), (("forever",), phrases.CHANGED)):
        told = choose(
            scene(state, state.opened),
            msgspec.structs.replace(asking, done=done),
            msgspec.structs.replace(briefing, problem=problem),
        )
        assert told is not None
        assert told.move is Move.ANSWER
        assert told.wording in wordings


def test_two_questions_in_one_breath_are_both_answered(make_round: Make) -> None:
    played = make_round()
    played.wait(10)
    played.say("How many new links are created a month? And how long do links live?")
    played.wait(3)
    (answer,) = [line.text for line in played.lines if line.move is Move.ANSWER]
    assert "hundred million" in answer
    assert "years" in answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Okay, so what's the read to write ratio?", "hundred clicks"),
        ("What happens to a link that expires?", "plain page"),
        ("So is a redirect within 200 milliseconds okay?", "hundred milliseconds"),
        ("Is it okay if a new link does not work immediately?", "must work"),
        ("So owners can choose their own alias, right?", "first come"),
    ],
)
def test_a_clarifying_question_is_answered_however_it_is_put(make_round: Make, question: str, answer: str) -> None:
    played = make_round()
    played.wait(10)
    played.say(question)
    played.wait(3)
    assert played.moves[-1] is Move.ANSWER
    assert answer in played.lines[-1].text


def test_a_nod_asked_for_after_the_answer_is_not_answered_again(make_round: Make) -> None:
    played = make_round()
    played.wait(10)
    played.say("Can users choose their own alias?")
    played.wait(5)
    played.say("Good, so users can choose their own alias, right?")
    played.wait(5)
    assert played.moves.count(Move.ANSWER) == 1


def test_a_question_answered_before_is_not_answered_with_the_next_best_fact(make_round: Make) -> None:
    played = make_round()
    played.wait(10)
    for _ in range(2):
        played.say("How long do links live?")
        played.wait(5)
    first, second = [line.text for line in played.lines if line.move is Move.ANSWER]
    assert "years" in first
    assert second in phrases.REPEATED_QUESTION


def test_what_is_asked_back_answers_no_challenge(make_round: Make, design: Sequence[str]) -> None:
    played = make_round()
    for text in design:
        played.say(text)
    while played.moves[-1] is not Move.CHALLENGE and played.now < 1500:
        played.say("And the redirect service runs on many machines behind the balancer, all of them alike.")
        played.wait(10)
    played.wait(60)
    played.say("How long do links live?")
    played.wait(60)
    assert played.moves[-2:] == [Move.CHALLENGE, Move.ANSWER]
    played.say("Then it stays as it is, because forty writes per second are little for one primary.")
    played.wait(5)
    assert played.moves[-1] in (Move.PRESS, Move.RELEASE)


def _challenged(played: Round, design: Sequence[str]) -> None:
    """Talk until a challenge is put."""
    for text in design:
        played.say(text)
    while played.moves[-1] is not Move.CHALLENGE and played.now < 1500:
        played.say("And the redirect service runs on many machines behind the balancer, all of them alike.")
        played.wait(10)


@pytest.mark.parametrize(
    "asked", ["Sorry, can you repeat the question?", "I did not understand.", "what do you mean", "Say that again?"]
)
def test_a_challenge_that_was_not_understood_is_put_in_other_words(
    make_round: Make, design: Sequence[str], asked: str
) -> None:
    played = make_round()
    _challenged(played, design)
    played.say(asked)
    played.wait(3)
    challenge, again = played.lines[-2:]
    assert (challenge.move, again.move) == (Move.CHALLENGE, Move.ANSWER)
    put = next(said.challenge for said in reversed(played.state.utterances) if said.challenge is not None)
    item = next(c for c in played.briefing.problem.challenges if c.id == put.challenge_id)
    assert again.text != challenge.text
    assert again.text in item.rungs[0] or "{" in "".join(item.rungs[0])
    played.wait(30)
    assert played.lines[-1] is again
    opened = played.state.agenda.open
    assert opened is not None
    assert (opened.replies, opened.reply) == ((), None)


def _first_answer(played: Round) -> Pushback:
    """How the answer to the first challenge is graded."""
    end = played.state.utterances[-1].ended_seconds
    round_ = Transcript(played.briefing.problem.slug, Level.L5, 45.0, played.state.utterances, end)
    return read_pushbacks(played.state.notebook, round_)[0]


STANDS = "No, it stays, because that happens once a year and a reader can wait for two seconds while it passes."


@pytest.mark.parametrize("asked", ["Come again?", "I did not understand.", "Sorry, could you repeat the question?"])
@pytest.mark.parametrize("seed", [3, 7, 8])
def test_whoever_asked_to_hear_a_challenge_again_is_graded_on_the_answer(
    make_round: Make, design: Sequence[str], asked: str, seed: int
) -> None:
    played = make_round(seed=seed)
    _challenged(played, design)
    played.say(asked)
    played.wait(10)
    played.say(STANDS)
    played.wait(15)
    graded = _first_answer(played)
    assert graded.response_class is ResponseClass.DEFEND
    assert len(graded.responses) == 2


@pytest.mark.parametrize("goes_on", ["Okay.", "Okay, good.", ""])
def test_a_defence_that_ends_in_a_question_is_kept_when_the_question_is_answered(
    make_round: Make, design: Sequence[str], goes_on: str
) -> None:
    played = make_round()
    _challenged(played, design)
    played.say(f"{STANDS} How long do links live?")
    played.wait(3)
    assert played.moves[-1] is Move.ANSWER
    opened = played.state.agenda.open
    assert opened is not None
    assert opened.reply is not None
    assert opened.reply.response_class is ResponseClass.DEFEND
    if goes_on:
        played.wait(3)
        played.say(goes_on)
    played.wait(15)
    assert played.moves[-1] in (Move.PRESS, Move.RELEASE)
    assert _first_answer(played).response_class is ResponseClass.DEFEND


def test_more_may_be_said_after_the_answer_to_a_question_than_is_waited_for_after_a_plain_reply(
    make_round: Make, design: Sequence[str]
) -> None:
    played = make_round()
    _challenged(played, design)
    played.say(f"{STANDS} How long do links live?")
    played.wait(3)
    read = played.state.floor.reading_until
    played.wait(read + 3.5 - played.now)
    assert played.moves[-1] is Move.ANSWER


def test_an_answer_that_was_not_understood_is_said_again(make_round: Make) -> None:
    played = make_round()
    played.wait(10)
    played.say("How long do links live?")
    played.wait(5)
    played.say("Sorry, I did not catch that.")
    played.wait(5)
    first, second = [line.text for line in played.lines if line.move is Move.ANSWER]
    assert first == second


def test_whoever_is_moving_on_is_not_told_to(make_round: Make) -> None:
    played = make_round()
    while played.now < 600:
        played.say("Do users need custom names for their links, and who may delete a link that is out of date?")
        played.wait(20)
        if played.state.active_seconds > 300:
            break
    nudges = played.moves.count(Move.NUDGE)
    while played.state.active_seconds < 500:
        played.say("Now let me move on to the numbers and do the estimate of the load.")
        played.wait(6)
    assert played.moves.count(Move.NUDGE) == nudges


def test_after_the_last_warning_nothing_new_is_begun(make_round: Make, briefing: Briefing) -> None:
    state = make_round().state
    assert state.opened is not None
    change = RequirementChange("forever", ("Links live for ever now.",), "No expiry.")
    problem = msgspec.structs.replace(briefing.problem, scale_probes=(), requirement_changes=(change,))
    late = msgspec.structs.replace(
        scene(state, state.opened),
        active_seconds=2640.0,
        due_seconds=2640.0,
        turn_seconds=2640.0,
        spent_seconds=(2640.0, 0.0, 0.0, 0.0, 0.0),
        heard_anything=True,
        notebook=Notebook(phase_evidence=(PhaseEvidence(0, 2400.0, (0.8, 0.05, 0.05, 0.05, 0.05)),)),
    )
    pressed = Agenda(posed=True, tally=((ChallengeType.VALID, 1), (ChallengeType.VALID, 2)), idle_hand_backs=3)
    for nudged, move in (((), Move.NUDGE), ((Phase.CLARIFY,), Move.REQUIREMENT_CHANGE)):
        for wrapped, now in ((False, 2500.0), (True, 2640.0)):
            agenda = msgspec.structs.replace(pressed, nudged=nudged, wrapped=wrapped)
            moved = choose(
                msgspec.structs.replace(late, active_seconds=now, due_seconds=now, turn_seconds=now),
                agenda,
                msgspec.structs.replace(briefing, problem=problem),
            )
            assert (moved.move if moved else None) == (None if wrapped else move)


def test_a_turn_handed_over_at_once_is_handed_back_and_not_probed(make_round: Make) -> None:
    played = make_round()
    played.say("The redirect service reads a Redis cache and then Postgres.")
    played.happen(events.TurnYielded(played.now))
    assert played.moves == [Move.POSE, Move.HAND_BACK]


def test_a_question_of_the_atlas_is_asked_only_of_options_it_fits(make_round: Make) -> None:
    state = make_round().state
    assert state.opened is not None
    seen = msgspec.structs.replace(scene(state, state.opened), phase=Phase.DEEP_DIVE)
    briefing = make_round().briefing
    for value, subject in (("raft", "atlas:raft-paxos"), ("strong-consistency", None)):
        decided = Notebook(decisions=(Decision("consistency", value, value, 3),))
        asked = next_follow_up(msgspec.structs.replace(seen, notebook=decided), Agenda(), briefing)
        assert (asked.subject if asked else None) == subject


def test_nothing_new_is_begun_on_top_of_an_unanswered_question(make_round: Make, design: Sequence[str]) -> None:
    played = make_round()
    while not any(line.move is Move.REQUIREMENT_CHANGE for line in played.lines) and played.now < 2400:
        for text in design:
            played.say(text)
            played.wait(4)
    asking = (Move.REQUIREMENT_CHANGE, Move.PROBE, Move.FOLLOW_UP)
    moves = {line.line_id: line.move for line in played.lines}
    for before, said in pairwise(played.state.utterances):
        if said.challenge is not None and said.challenge.rung == 1:
            assert moves.get(before.id) not in asking
    assert any(move in asking for move in moves.values())


@pytest.mark.parametrize("silence_seconds", [7, 9, 10, 11, 12, 13, 15])
def test_a_silence_is_broken_as_it_begins_or_when_it_has_grown_long(
    make_round: Make, design: Sequence[str], silence_seconds: int
) -> None:
    played = make_round()
    begins = (Move.CHALLENGE, Move.REQUIREMENT_CHANGE, Move.PROBE, Move.FOLLOW_UP, Move.NUDGE)
    waited: dict[Move, list[float]] = {move: [] for move in begins}
    while played.now < 2500:
        for text in design:
            played.say(text)
            ended, heard = played.state.floor.speech_ended_at, len(played.lines)
            played.wait(silence_seconds)
            for line in played.lines[heard:]:
                if line.move in waited:
                    waited[line.move].append(line.at_seconds - ended)
    assert sum(map(len, waited.values())) > 8
    assert all(seconds < 2.0 for each in waited.values() for seconds in each)


def test_somebody_who_never_sounds_finished_is_pressed_at_a_breath(make_round: Make, design: Sequence[str]) -> None:
    played = make_round()
    while played.now < 1500:
        for text in design:
            played.say(f"{text} and then, you know, there is also the question of", complete=0.1)
            played.wait(1.6)
    assert sum(1 for line in played.lines if line.move is Move.CHALLENGE) >= 2
