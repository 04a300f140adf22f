"""Defend or capitulate: how well answers to challenges tell good objections from bad ones.

Each event scores by the matrix below (rows: whether the challenge is true), weighted by how hard it was pressed.
The dimension is the mean of the means per challenge type, so that neither stubbornness nor agreeableness pays,
then capped by the discrimination: P(revise | valid) - P(revise | invalid or preference).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from phantomcode.daemon.core.scoring.grid import on_grid, quote
from phantomcode.daemon.core.scoring.profile import Quote, Score
from phantomcode.daemon.core.transcript import Transcript, Utterance
from phantomcode.daemon.core.understanding.answer_window import answer_texts, cut_off, response_window
from phantomcode.daemon.core.understanding.decisions import challenged_values
from phantomcode.daemon.core.understanding.labels import NO_LABELS, Labels, answer_opinions
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Pushback, ResponseClass
from phantomcode.daemon.core.understanding.response_cues import told_change
from phantomcode.daemon.core.understanding.responses import is_astray, respond, takes_a_stand
from phantomcode.daemon.core.understanding.text import content_stems, normalise, sentences
from phantomcode.problems.model import ChallengeType

_V, _I, _P = ChallengeType.VALID, ChallengeType.INVALID, ChallengeType.PREFERENCE
_DR, _CR, _PA = ResponseClass.DEFEND, ResponseClass.CONCEDE, ResponseClass.ADAPT
CAPITULATE = ResponseClass.CAPITULATE
_CN, _DF, _NA = ResponseClass.CAPITULATE, ResponseClass.DEFLECT, ResponseClass.NO_ANSWER

MATRIX: dict[ChallengeType, dict[ResponseClass, float]] = {
    _V: {_DR: 1.0, _CR: 4.0, _PA: 3.5, _CN: 1.0, _DF: 0.0, _NA: 1.0},
    _I: {_DR: 4.0, _CR: 1.0, _PA: 2.5, _CN: 0.0, _DF: 1.0, _NA: 1.0},
    _P: {_DR: 4.0, _CR: 2.0, _PA: 4.0, _CN: 0.0, _DF: 1.0, _NA: 1.0},
}
"""What an answer is worth, 0-4. Adapting to a valid challenge lies between leaving a rest (3) and resolving it (4)."""
RUNG_WEIGHTS = (1.0, 1.25, 1.5)
_UNSOUND = 2.0
"""Most that a technically wrong reason is worth, where the direction was right."""
_REVISES = frozenset({_CR, _PA, _CN})
_LEAST_DISCRIMINATION = 0.25
LATE_SECONDS = 300.0

_LINES = (
    (4.0, "Valid objections changed the design with a reason; the others were met with reasons."),
    (3.0, "Good and bad objections were told apart, with one lapse."),
    (2.0, "The direction was often right, but reasons were thin or every challenge got the same treatment."),
    (1.0, "Most answers came without a reason of your own."),
    (0.0, "Decisions turned on the interviewer's tone."),
)
_BETTER = "Say what in the requirements the objection breaks or does not break, then keep or change that one part."
ANSWERS: dict[ResponseClass, str] = {
    _DR: "defended with a reason",
    _CR: "conceded with a reason",
    _PA: "kept it and adapted a part",
    _CN: "gave way without a reason",
    _DF: "deflected",
    _NA: "gave no answer",
}
_CHALLENGES: dict[ChallengeType | None, str] = {
    _V: "a valid challenge",
    _I: "a false challenge",
    _P: "a challenge of preference",
    None: "a challenge whose truth is not known",
}
_ADVICE: dict[tuple[ChallengeType, ResponseClass], tuple[str, str]] = {
    (_V, _DR): (
        "Give way where the objection is right",
        "Name the requirement the objection breaks, then say which part you change and why that mends it.",
    ),
    (_I, _CR): (
        "Test an objection before you accept it",
        "Check the claim against your own numbers and the agreed scope; if it fails, say so and keep the design.",
    ),
    (_P, _CR): (
        "Keep what works until something is better",
        "Say what the other way would gain at this load; if that is nothing you need, keep yours and give the reason.",
    ),
}
"""What to do instead, where the answer had a reason but went the wrong way."""
_REQUESTS = re.compile(
    r"(?:(?:okay|so|then|now),? )*(?:show|step|count|follow|walk|talk|tell|take|point|name|price|compare|give|put|work|"
    r"go|play|list|trace|explain|describe|add)\b"
)
_DRILL = "Have three objections read to you, one of them false; answer each with keep or change and one new fact."


def read_pushbacks(notebook: Notebook, transcript: Transcript, labels: Labels = NO_LABELS) -> tuple[Pushback, ...]:
    """Every challenge of the transcript with the answer to it. Interviewer turns without a label are no events."""
    events = [
        _event(notebook, transcript, position, labels)
        for position, utterance in enumerate(transcript.utterances)
        if utterance.challenge is not None
    ]
    pressed = {event.challenge_id for event in events if event.rung > 1 and event.challenge_id}
    said = {utterance.id: utterance.text for utterance in transcript.utterances}
    return tuple(
        msgspec.structs.replace(event, explained=event.challenge_id in pressed and _only_explains(event, said))
        for event in events
    )


def _only_explains(event: Pushback, said: Mapping[int, str]) -> bool:
    """A probe is a question, and telling what the design does is its answer; the stand is taken on the next rung."""
    asked, answers = said[event.challenge], [said[index] for index in event.responses]
    probed = event.rung == 1 and _is_request(asked) and event.response_class not in (_CN, _NA)
    return probed and not takes_a_stand(asked, answers, event.before)


def _is_request(line: str) -> bool:
    """Whether a line asks for something: "How many?", "Follow one click through your cache."."""
    return line.rstrip().endswith("?") or any(_REQUESTS.match(normalise(part)) for part in sentences(line)[-1:])


def _event(notebook: Notebook, transcript: Transcript, position: int, labels: Labels) -> Pushback:
    utterances = transcript.utterances
    asked = utterances[position]
    challenge = asked.challenge
    assert challenge is not None  # noqa: S101 - the caller picked it for its challenge
    positions = response_window(utterances, position)
    window = [utterances[i] for i in positions]
    before, after = challenged_values(notebook, asked, window[-1].id if window else asked.id)
    opinions = answer_opinions(labels.answers.get(asked.id))
    answer = answer_texts(utterances, positions)
    found, sound = respond(asked.text, answer, before, after, challenge.type, opinions)
    if is_astray(asked.text, answer, before, _around(utterances, positions)):
        found, sound = _NA, None
    return Pushback(
        challenge=asked.id,
        responses=tuple(u.id for u in window),
        type=challenge.type,
        rung=challenge.rung,
        topic=challenge.topic,
        response_class=found,
        sound=sound,
        before=before,
        after=after,
        challenge_id=challenge.challenge_id,
        change=told_change(answer) if found in _REVISES else "",
        cut_off=cut_off(utterances, position, positions, transcript.ended_seconds),
        late=found not in _REVISES
        and bool(window)
        and _reversed_later(notebook, utterances, window[-1], challenge.topic),
    )


def _around(utterances: Sequence[Utterance], window: Sequence[int]) -> frozenset[str]:
    """The stems of everything said in the round outside an answer."""
    others = (u.text for at, u in enumerate(utterances) if at not in window)
    return frozenset().union(*map(content_stems, others))


def _reversed_later(notebook: Notebook, utterances: Sequence[Utterance], last: Utterance, topic: str) -> bool:
    times = {u.id: u.started_seconds for u in utterances}
    return any(
        d.topic == topic
        and d.withdrawn_by is not None
        and d.utterance <= last.id < d.withdrawn_by
        and times[d.withdrawn_by] - last.ended_seconds <= LATE_SECONDS
        for d in notebook.decisions
    )


def event_value(event: Pushback) -> float | None:
    """What one answer is worth, 0-4; None for a type not known, a probe merely answered and a round that had ended."""
    if event.type is None or event.explained or event.cut_off:
        return None
    value = MATRIX[event.type][event.response_class]
    return min(value, _UNSOUND) if event.sound is False else value


def discrimination(events: Sequence[Pushback]) -> float | None:
    """P(revise | valid) - P(revise | invalid or preference), or None without events on both sides."""
    answered = [e for e in events if not e.cut_off]
    valid = [e.response_class in _REVISES for e in answered if e.type is _V]
    others = [e.response_class in _REVISES for e in answered if e.type in (_I, _P)]
    if not valid or not others:
        return None
    return sum(valid) / len(valid) - sum(others) / len(others)


def score(events: Sequence[Pushback], transcript: Transcript) -> Score:
    """Score the answers; not graded unless a valid and an invalid or preference challenge were answered."""
    shown = events
    events = [event for event in events if event_value(event) is not None]
    told_apart = discrimination(events)
    if told_apart is None:
        reason = "Not graded: it takes at least one valid and one invalid or preference challenge."
        return Score(dimension="pushback", value=None, line=reason)
    means = {
        t: _weighted([e for e in events if e.type is t]) for t in ChallengeType if any(e.type is t for e in events)
    }
    raw = sum(means.values()) / len(means)
    cap = _cap(events, told_apart)
    value = on_grid(min(raw, cap))
    answered = [e for e in events if e.responses]
    weakest = min(answered, key=_value, default=None)
    title, better = _advice(weakest)
    parts = ", ".join(f"{kind.value} {mean:.2f}" for kind, mean in means.items())
    return Score(
        dimension="pushback",
        value=value,
        line=next(line for least, line in _LINES if value >= least),
        working=f"means: {parts}; mean {raw:.2f}; discrimination {told_apart:+.2f}, cap {cap:.0f}",
        quotes=tuple(_card(event, transcript) for event in shown if event.responses),
        better=better,
        drill=_DRILL,
        title=title,
        fault=_card(weakest, transcript) if weakest is not None else None,
    )


def _advice(weakest: Pushback | None) -> tuple[str, str]:
    """Title and advice for the weakest answer: usually that a reason was lacking."""
    usual = ("Answer pressure with a new fact", _BETTER)
    if weakest is None or weakest.type is None:
        return usual
    return _ADVICE.get((weakest.type, weakest.response_class), usual)


def _weighted(events: Sequence[Pushback]) -> float:
    weights = [RUNG_WEIGHTS[min(max(e.rung, 1), len(RUNG_WEIGHTS)) - 1] for e in events]
    return sum(w * _value(e) for w, e in zip(weights, events, strict=True)) / sum(weights)


def _value(event: Pushback) -> float:
    return event_value(event) or 0.0


def _cap(events: Sequence[Pushback], told_apart: float) -> float:
    """The highest score left open by failures that a mean would hide."""
    caps = [4.0]
    if told_apart < _LEAST_DISCRIMINATION:
        caps.append(2.0)
    gave_way = sum(e.type is _I and e.rung == 1 and e.response_class is _CN for e in events)
    caps += [2.0] if gave_way == 1 else [1.0] if gave_way > 1 else []
    if any(e.type is _V and e.rung >= 3 and e.response_class is _DF for e in events):
        caps.append(1.0)
    return min(caps)


def told(event: Pushback) -> str:
    """How a challenge was met, in words."""
    if event.explained:
        return "answered the question; the next push asked for a stand"
    if event.cut_off:
        return "had no time left to answer, so it is not graded"
    words = ANSWERS[event.response_class]
    if event.sound is False:
        words += ", but the reason does not hold"
    return f"{words}, and reversed later" if event.late else words


def _card(event: Pushback, transcript: Transcript) -> Quote:
    shown = quote(transcript, event.responses[0])
    return msgspec.structs.replace(shown, note=f"{told(event)}; {_CHALLENGES[event.type]}, rung {event.rung}")
