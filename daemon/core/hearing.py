"""What the session does with something that was said: write it down, understand it, and see what it answers."""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.vocabulary import PHASES, Phase
from phantomcode.daemon.core import turns
from phantomcode.daemon.core.agenda import Agenda, OpenChallenge, Question, Reply
from phantomcode.daemon.core.asides import aside_in
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.challenges import open_challenge
from phantomcode.daemon.core.effects import Reaction, Vote
from phantomcode.daemon.core.events import PhaseVoted, UtteranceHeard
from phantomcode.daemon.core.phases import add_vote, advance, likeliest
from phantomcode.daemon.core.prompting import VOTE_CHOICES, vote_prompt
from phantomcode.daemon.core.questions import questions_in
from phantomcode.daemon.core.state import Ballot, Session
from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.transcription import is_echo
from phantomcode.daemon.core.understanding.answer_window import answer_texts, turn_before
from phantomcode.daemon.core.understanding.asking import asks_again, stand_beside
from phantomcode.daemon.core.understanding.decisions import challenged_values
from phantomcode.daemon.core.understanding.labels import AnswerLabels, UtteranceLabels, answer_opinions
from phantomcode.daemon.core.understanding.notebook import Notebook, note
from phantomcode.daemon.core.understanding.phase_evidence import Weights
from phantomcode.daemon.core.understanding.responses import respond, takes_a_stand
from phantomcode.daemon.core.understanding.text import content_stems

VOTE_WEIGHT = 0.22
"""How much the language model's opinion on a phase counts beside the rules and the labeller: what it knows beyond
chance. The 1.5B model names the right one of five phases in 38 % of 120 utterances (docs/performance.md), and
(0.38 - 0.2) / (1 - 0.2) = 0.22."""

ECHO_UTTERANCES = 3

SURE = 0.7
"""Where the rules give a phase at least this weight, nobody else is asked."""

REACTION_SECONDS = 1.0
"""Nobody answers a line sooner than this after it appeared: simple spoken replies take 0.2 s after hearing a question
to its end, and a written line has to be read first."""

ANSWER_WORDS = 6
"""Fewer words than this ("No." "I disagree.") are mostly the beginning of an answer."""

SUBJECT_WORDS = 2
"""Talk about the problem shares at least so many content words with all that the bank says of it."""


def take_in(state: Session, event: UtteranceHeard, briefing: Briefing) -> tuple[Session, tuple[Reaction, ...]]:
    """Return the round with one more utterance understood, and what the language model should read."""
    text = event.text.strip()
    if not text or _is_our_own_voice(state, text):
        return msgspec.structs.replace(state, floor=turns.speech_closed(state.floor, event.ended_seconds)), ()
    started = _after_last(state, state.active_at(event.started_seconds))
    utterance = Utterance(
        id=len(state.utterances),
        speaker=event.speaker,
        started_seconds=started,
        ended_seconds=max(started, state.active_at(event.ended_seconds)),
        text=text,
        confidence=event.confidence,
    )
    before = state
    state = add(state, utterance, briefing, event.labels)
    if event.speaker is not Speaker.CANDIDATE:
        return state, ()
    state = msgspec.structs.replace(
        state,
        floor=turns.utterance_ended(state.floor, event.ended_seconds, text),
        agenda=_heard(before, state, event, briefing),
    )
    return state, _vote(state)


def _is_our_own_voice(state: Session, text: str) -> bool:
    """The microphone is shut while the interviewer speaks, but a loud room may ring on longer than the gate."""
    lately = (u.text for u in state.utterances[-ECHO_UTTERANCES:] if u.speaker is Speaker.INTERVIEWER)
    return state.has_voice and is_echo(text, tuple(lately))


def add(state: Session, utterance: Utterance, briefing: Briefing, labels: UtteranceLabels | None = None) -> Session:
    """Return the round with the utterance written down, the notebook and the phase brought up to date."""
    notebook = note(state.notebook, utterance, briefing.lexicon, state.planned_seconds, labels)
    tracker = state.tracker
    if len(notebook.phase_evidence) > len(state.notebook.phase_evidence):
        seen = notebook.phase_evidence[-1]
        tracker = advance(tracker, state.active_seconds, seen.weights, seen.handover, seen.expected)
    return msgspec.structs.replace(state, utterances=(*state.utterances, utterance), notebook=notebook, tracker=tracker)


def take_vote(state: Session, event: PhaseVoted) -> Session:
    """Return the round with the language model's opinion on its phase added, softened to its worth.

    An opinion on anything but the candidate's latest words is stale and adds nothing.
    """
    latest = next((u.id for u in reversed(state.utterances) if u.speaker is Speaker.CANDIDATE), None)
    if event.utterance != latest:
        return state
    tracker = add_vote(state.tracker, state.active_seconds, _softened(event.weights, VOTE_WEIGHT))
    ballot = Ballot(event.utterance, _by_rules(state, event.utterance), likeliest(event.weights))
    return msgspec.structs.replace(state, tracker=tracker, ballots=(*state.ballots, ballot))


def _by_rules(state: Session, utterance: int) -> Phase:
    found = (seen for seen in reversed(state.notebook.phase_evidence) if seen.utterance == utterance)
    own = next(found, None)
    return likeliest(own.weights) if own else state.tracker.current


def _softened(weights: Weights, worth: float) -> Weights:
    """Mix evidence with none at all, so that it counts for its worth (0-1)."""
    even = 1 / len(PHASES)
    one, two, three, four, five = (worth * weight + (1 - worth) * even for weight in weights)
    return (one, two, three, four, five)


def _after_last(state: Session, started_seconds: float) -> float:
    """Utterances do not start before the previous one did, whatever the two clocks say."""
    return max(started_seconds, state.utterances[-1].started_seconds) if state.utterances else started_seconds


def _is_astray(before: Notebook, after: Notebook, text: str, briefing: Briefing) -> bool:
    """Whether an utterance has nothing to do with the problem: nothing was learnt, and its words are not ours."""
    if _observed(before) != _observed(after) or len(text.split()) < ANSWER_WORDS:
        return False
    return len(content_stems(text) & briefing.subject_stems) < SUBJECT_WORDS


def _observed(notebook: Notebook) -> tuple[object, ...]:
    return (
        notebook.decisions,
        notebook.components,
        notebook.quantities,
        notebook.functional,
        notebook.non_functional,
        notebook.scoped_out,
        notebook.deep_dives,
        notebook.signposts,
    )


def _heard(before: Session, state: Session, event: UtteranceHeard, briefing: Briefing) -> Agenda:
    """Return the agenda after the candidate spoke: a question to answer, a reply to the open challenge."""
    utterance = state.utterances[-1]
    astray = _is_astray(before.notebook, state.notebook, utterance.text, briefing)
    return msgspec.structs.replace(
        state.agenda,
        idle_hand_backs=0,
        astray=state.agenda.astray + 1 if astray else 0,
        question=_question(state, utterance, briefing),
        open=_replied(state, state.agenda.open, utterance, event.answer, briefing) if state.agenda.open else None,
    )


def _question(state: Session, utterance: Utterance, briefing: Briefing) -> Question | None:
    """Return what the utterance asks the interviewer, and whether its turn answers the open challenge as well.

    A question that nobody has had the time to answer is still asked.
    """
    clarifying = state.tracker.current is Phase.CLARIFY
    untold = [fact for fact in briefing.problem.facts if clarifying and fact.id not in state.agenda.answered]
    earlier = state.agenda.question
    first = utterance.id if earlier is None else earlier.utterance
    asked = questions_in(" ".join(said.text for said in state.utterances[first:]), untold)
    again = asks_again(utterance.text) or (earlier is not None and earlier.again)
    aside = aside_in(utterance.text) or (earlier.aside if earlier is not None else None)
    opened = state.agenda.open
    if not asked and not again and aside is None:
        return None
    turn = turn_before(state.utterances, utterance.id + 1)
    answers = opened is not None and bool(stand_beside(state.utterances[opened.asked_utterance].text, turn))
    return Question(first, asked, again, aside, beside_answer=answers)


def _replied(
    state: Session, opened: OpenChallenge, utterance: Utterance, labels: AnswerLabels | None, briefing: Briefing
) -> OpenChallenge:
    """Return the challenge with the utterance as part of its answer, and the answer judged as far as it goes.

    What began before the line could be taken in goes on with something else and answers nothing, nor does asking for
    time. Whoever answers a probe and takes no stand has conceded nothing yet, however much the answer sounds like it.
    """
    challenge = open_challenge(state.agenda, briefing)
    asked = state.utterances[opened.asked_utterance]
    early = utterance.started_seconds < asked.started_seconds + REACTION_SECONDS
    if challenge is None or early or turns.only_asks_for_time(utterance.text):
        return opened
    replies = (*opened.replies, utterance.id)
    said = answer_texts(state.utterances, replies)
    brief = sum(len(text.split()) for text in said) < ANSWER_WORDS
    before, after = challenged_values(state.notebook, asked, utterance.id)
    stands = takes_a_stand(asked.text, said, before)
    response_class, sound = respond(
        asked.text,
        said,
        before=before,
        after=after,
        challenge_type=challenge.type,
        opinions=answer_opinions(labels) if stands else None,
    )
    return msgspec.structs.replace(opened, replies=replies, reply=Reply(response_class, sound, brief))


def _vote(state: Session) -> tuple[Reaction, ...]:
    """Ask for the language model's vote where the rules are not sure of an utterance that says something."""
    if not state.has_model or len(state.utterances[-1].text.split()) < ANSWER_WORDS:
        return ()
    evidence = state.notebook.phase_evidence
    if evidence and max(evidence[-1].weights) >= SURE:
        return ()
    return (Vote(state.utterances[-1].id, vote_prompt(state.utterances), VOTE_CHOICES),)
