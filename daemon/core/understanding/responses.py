"""Answers to challenges: the window of an answer, its class, and what happened to the design.

Rules from domain knowledge: the class follows the decision before and after and whether a reason was given that
was not in the challenge; praise and "fair point" count for nothing. A trained labeller adds its evidence through
`opinions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.core.understanding.response_cues import Cues, read_cues
from phantomcode.daemon.core.understanding.text import is_question
from phantomcode.problems.model import ChallengeType

WINDOW_SECONDS = 90.0
WINDOW_UTTERANCES = 6
_MOST_BACKCHANNEL_WORDS = 6
"""An interviewer's "okay, go on" does not end the answer."""
_REASON_ENOUGH = 0.6
_CHANGE_ENOUGH = 0.3


def response_window(utterances: Sequence[Utterance], challenge: int) -> tuple[int, ...]:
    """Positions of the candidate's utterances that answer the challenge at a position, in order.

    The window ends at the interviewer's next turn that is more than a backchannel, after 90 s or six utterances.
    """
    opened = utterances[challenge].ended_seconds
    found: list[int] = []
    for position in range(challenge + 1, len(utterances)):
        utterance = utterances[position]
        if utterance.speaker is Speaker.INTERVIEWER:
            if _ends_window(utterance, answered=bool(found)):
                break
            continue
        if found and utterance.started_seconds - opened > WINDOW_SECONDS:
            break
        found.append(position)
        if len(found) == WINDOW_UTTERANCES:
            break
    return tuple(found)


def _ends_window(utterance: Utterance, *, answered: bool) -> bool:
    short = len(utterance.text.split()) <= _MOST_BACKCHANNEL_WORDS
    return answered and (not short or is_question(utterance.text) or utterance.challenge is not None)


def respond(
    challenge_text: str,
    response_texts: Sequence[str],
    before: str,
    after: str | None = None,
    challenge_type: ChallengeType | None = None,
    opinions: Mapping[str, float] | None = None,
) -> tuple[ResponseClass, bool | None]:
    """Class an answer, and say whether its reason is sound (None where no reason is asked of the class).

    `before` and `after` are the registry's values for the challenged topic; `after=None` where it is not known.
    `opinions` holds log-odds of a trained labeller under "changed", "held", "reason", "no_answer"; they are added
    to the rules' evidence. Soundness follows the challenge: a reason against a true objection or for a false one
    cannot be right. It never changes the class.
    """
    said = " ".join(response_texts)
    if not said.strip():
        return ResponseClass.NO_ANSWER, None
    cues = read_cues(challenge_text, said, before)
    found = _classify(cues, _registry_changed(before, after), opinions or {})
    return found, _sound(found, challenge_type)


def _registry_changed(before: str, after: str | None) -> float:
    """Evidence from the registry alone: +1 when the value differs, 0 where it is silent."""
    return 1.0 if before and after and before != after else 0.0


def _classify(cues: Cues, registry: float, opinions: Mapping[str, float]) -> ResponseClass:
    reasoned = cues.reason - _REASON_ENOUGH + opinions.get("reason", 0.0) > 0
    changed = _changed(cues, registry) + opinions.get("changed", 0.0)
    held = _held(cues) + opinions.get("held", 0.0)
    if _no_answer(cues, changed, held) + opinions.get("no_answer", 0.0) > 0:
        return ResponseClass.NO_ANSWER
    if changed > 0 and (held > 0 or (cues.bound and reasoned and held > -0.5)) and not cues.yielding:
        return ResponseClass.ADAPT if reasoned else ResponseClass.CAPITULATE
    if changed > max(held, _CHANGE_ENOUGH):
        return ResponseClass.CONCEDE if reasoned and not cues.yielding else ResponseClass.CAPITULATE
    if held > 0 or (reasoned and not cues.yielding):
        return ResponseClass.DEFEND if reasoned and not _evades(cues) else ResponseClass.DEFLECT
    if _evades(cues):
        return ResponseClass.DEFLECT
    return ResponseClass.CAPITULATE if cues.accept or cues.yielding else ResponseClass.DEFLECT


def _changed(cues: Cues, registry: float) -> float:
    return (
        0.6 * min(cues.change, 2)
        + 0.8 * min(cues.yielding, 1)
        + 0.4 * cues.echo
        + 0.6 * registry
        - 0.3 * (cues.refuse > 0 and not cues.yielding)
    )


def _held(cues: Cues) -> float:
    return 0.7 * min(cues.keep, 2) + 0.6 * min(cues.refuse, 2) - 0.5 * min(cues.yielding, 1) - 0.1


def _no_answer(cues: Cues, changed: float, held: float) -> float:
    if not cues.ignorant:
        return -1.0
    return 0.6 + 0.5 * cues.ignorant_last - 0.5 * max(0.0, changed) - 0.4 * max(0.0, held) - 0.25 * cues.reason


def _evades(cues: Cues) -> bool:
    return cues.authority + cues.dodge > 0 and cues.reason < 1.5


def _sound(found: ResponseClass, challenge_type: ChallengeType | None) -> bool | None:
    if found in (ResponseClass.CAPITULATE, ResponseClass.DEFLECT, ResponseClass.NO_ANSWER):
        return None
    if found is ResponseClass.DEFEND:
        return challenge_type is not ChallengeType.VALID
    return found is ResponseClass.ADAPT or challenge_type is not ChallengeType.INVALID
