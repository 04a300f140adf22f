"""Answers to challenges: the class of an answer, and what happened to the design.

Rules from domain knowledge: the class follows the decision before and after and whether a reason was given that
was not in the challenge; praise and "fair point" count for nothing. A trained labeller joins through `opinions`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from phantomcode.daemon.core.understanding.asking import asks_again
from phantomcode.daemon.core.understanding.handovers import turns_the_page
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.daemon.core.understanding.response_cues import Cues, read_cues
from phantomcode.daemon.core.understanding.text import content_stems, normalise, sentences
from phantomcode.daemon.core.understanding.topics import topics_in
from phantomcode.problems.model import ChallengeType

WINDOW_SECONDS = 90.0
"""How long a challenge waits for its answer."""
_HANDS_BACK = re.compile(
    r"\b(?:your turn|(?:over|back) to you|go ahead|what(?:'s| is) next|(?:the )?next (?:question|one),? please)\b"
)
_STRAY_SHARE = 0.2
"""An answer of which more comes up elsewhere in the round has to do with it."""
_REASON_ENOUGH = 0.6
_CHANGE_ENOUGH = 0.3
_SHORT_ANSWER_WORDS = 60
"""In a longer answer "only for …" and "the rest" often speak of something else."""
_REASON_TO_OUTWEIGH_YIELDING = 1.8
_REASON_TO_OUTWEIGH_DODGE = 0.7
SAY_OF_RULES: dict[ResponseClass, float] = {
    ResponseClass.DEFEND: 0.4,
    ResponseClass.CONCEDE: 0.65,
    ResponseClass.ADAPT: 1.03,
    ResponseClass.CAPITULATE: 1.24,
    ResponseClass.DEFLECT: 0.85,
    ResponseClass.NO_ANSWER: 2.48,
}
"""What the rules' class adds to a labeller's log-probability of that class: half the log-likelihood ratio of the
rules saying it where it is so and where it is not, on the training data (training/RESULTS.md). Half, since both read
the same words."""
_SAY_OF_DENIAL = 1.6
"""The same for a defence that opens with a plain "no": 12 of 13 such answers of the training data are defences. They
are rare there, so the labeller has hardly met them."""


def respond(
    challenge_text: str,
    response_texts: Sequence[str],
    before: str,
    after: str | None = None,
    challenge_type: ChallengeType | None = None,
    opinions: Mapping[ResponseClass, float] | None = None,
) -> tuple[ResponseClass, bool | None]:
    """Class an answer, and say whether its reason is sound (None where no reason is asked of the class).

    `before` and `after` are the registry's values for the challenged topic; `after=None` where it is not known.
    `opinions` holds a trained labeller's log-probability of every class; with them the class is the one best backed
    by both, without them the rules decide. Who opens another phase and takes no stand on anything the challenge names
    has gone on without an answer. Soundness follows the challenge: a reason against a true objection or for
    a false one cannot be right.
    """
    said = " ".join(response_texts)
    if not said.strip() or _only_hands_back(said) or asks_again(said):
        return ResponseClass.NO_ANSWER, None
    cues = read_cues(challenge_text, said, before)
    if turns_the_page(said) and not (_stances(cues) and _takes_up(said, challenge_text)):
        return ResponseClass.NO_ANSWER, None
    found = _classify(cues, _registry_changed(before, after))
    if opinions:
        firm = _holds_on(cues, challenge_type) and not _registry_changed(before, after)
        found = _pool(found, opinions, cues, firm=firm)
    return found, _sound(found, challenge_type)


def _only_hands_back(said: str) -> bool:
    """Whether an answer is no more than "okay, your turn"."""
    parts = sentences(said)
    rest = [part for part in parts if not _HANDS_BACK.search(normalise(part))]
    return len(rest) < len(parts) and not content_stems(" ".join(rest))


def _takes_up(said: str, challenge_text: str) -> bool:
    stems = content_stems(said)
    return len(stems & content_stems(challenge_text)) > _STRAY_SHARE * len(stems)


def is_astray(challenge_text: str, response_texts: Sequence[str], before: str, around: frozenset[str]) -> bool:
    """Whether an answer has nothing to do with the round, `around` being the stems of all else that was said in it.

    It takes no stand, names nothing of a design or of the challenge, and hardly a word of it comes up anywhere else.
    """
    said = " ".join(response_texts)
    stems, asked = content_stems(said), content_stems(f"{challenge_text} {before}")
    if not stems or stems & asked or topics_in(said) or _stances(read_cues(challenge_text, said, before)):
        return False
    return len(stems & around) <= _STRAY_SHARE * len(stems)


def _stances(cues: Cues) -> int:
    """How often an answer does something with the decision or the objection; being polite does nothing."""
    kept_or_changed = cues.keep + cues.change + cues.yielding + cues.refuse + cues.self_blame
    return kept_or_changed + cues.ignorant + cues.authority + cues.dodge


def _pool(by_rules: ResponseClass, opinions: Mapping[ResponseClass, float], cues: Cues, *, firm: bool) -> ResponseClass:
    """The class with the best sum of the labeller's log-probability and the rules' say; the firm concede nothing."""
    denies = by_rules is ResponseClass.DEFEND and cues.denies
    say = _SAY_OF_DENIAL if denies else SAY_OF_RULES[by_rules]
    possible = set(ResponseClass)
    if _stays(cues):
        possible.discard(ResponseClass.CAPITULATE)
    if firm:
        possible.discard(ResponseClass.CONCEDE)
    return max(sorted(possible), key=lambda c: opinions[c] + (say if c is by_rules else 0.0))


def _stays(cues: Cues) -> bool:
    """Whether an answer keeps the decision at its end or after a polite word, and changes and grants nothing."""
    granted = cues.change or cues.yielding or cues.accept or cues.self_blame
    return bool(cues.keeps_last or cues.polite) and not granted


def _holds_on(cues: Cues, challenge_type: ChallengeType | None) -> bool:
    """Whether an answer opens with a plain "no", or grants a false claim nothing and says of nothing that it changes.

    Of 228 answers of the second kind in the training data 4 are concessions; of 202 to true objections 54 are, for who
    is shown a defect often just says what the design does about it.
    """
    return cues.denies or (challenge_type is ChallengeType.INVALID and _leaves_alone(cues))


def _leaves_alone(cues: Cues) -> bool:
    grants = cues.yielding or cues.polite or cues.accept or cues.self_blame or cues.concedes_first or cues.echo
    return not (grants or cues.change or cues.present_change or cues.conditional)


def takes_a_stand(challenge_text: str, response_texts: Sequence[str], before: str) -> bool:
    """Whether an answer keeps, changes, yields, refuses or dodges, and does not merely answer the question."""
    cues = read_cues(challenge_text, " ".join(response_texts), before)
    return bool(_stances(cues) or cues.accept or cues.concedes_first)


def _registry_changed(before: str, after: str | None) -> float:
    """Evidence from the registry alone: +1 when the value differs, 0 where it is silent."""
    return 1.0 if before and after and before != after else 0.0


def _classify(cues: Cues, registry: float) -> ResponseClass:
    reasoned = cues.reason > _REASON_ENOUGH
    changed = _changed(cues, registry)
    held = _held(cues)
    if _no_answer(cues, changed, held) > 0:
        return ResponseClass.NO_ANSWER
    if cues.yielding and changed > 0 and not cues.keeps_last:
        return ResponseClass.CONCEDE if cues.reason > _REASON_TO_OUTWEIGH_YIELDING else ResponseClass.CAPITULATE
    if changed > _CHANGE_ENOUGH and _bounds(cues, held):
        return ResponseClass.ADAPT
    if _evades(cues) and not reasoned and not cues.echo and cues.change <= 1:
        return ResponseClass.DEFLECT
    if changed > max(held, _CHANGE_ENOUGH):
        return ResponseClass.CONCEDE if reasoned else ResponseClass.CAPITULATE
    if cues.keep and cues.bound and reasoned and not cues.refuse and cues.words <= _SHORT_ANSWER_WORDS:
        return ResponseClass.ADAPT
    if held > 0 or (reasoned and not cues.yielding):
        return ResponseClass.DEFEND if reasoned and not _evades(cues) else ResponseClass.DEFLECT
    if _evades(cues):
        return ResponseClass.DEFLECT
    return ResponseClass.CAPITULATE if cues.accept or cues.yielding else ResponseClass.DEFLECT


def _bounds(cues: Cues, held: float) -> bool:
    """Whether a change leaves the decision standing: kept in part, and not merely defended to the end."""
    kept_in_part = cues.keep > 0 and (cues.bound > 0 or not cues.keeps_last or cues.change > 1)
    return held > 0 and (kept_in_part or cues.bound > 1)


def _changed(cues: Cues, registry: float) -> float:
    granted = cues.self_blame > 0 or cues.concedes_first
    changes = cues.change + (cues.present_change if granted and not cues.keep else 0)
    evidence = (
        0.6 * min(changes, 2)
        + 0.3 * min(cues.self_blame, 1)
        + 0.8 * min(cues.yielding, 1)
        + 0.4 * cues.echo
        + 0.6 * registry
    )
    refused = cues.refuse > 0 and not cues.yielding and not granted
    return evidence + 0.3 * cues.concedes_first - 0.5 * refused


def _held(cues: Cues) -> float:
    refused = 0.0 if cues.concedes_first or cues.self_blame else 0.6 * min(cues.refuse, 2)
    return 0.7 * min(cues.keep, 2) + refused - 0.5 * min(cues.yielding, 1) - 0.1


def _no_answer(cues: Cues, changed: float, held: float) -> float:
    if not cues.ignorant:
        return -1.0
    return 0.6 + 0.5 * cues.ignorant_last - 0.5 * max(0.0, changed) - 0.4 * max(0.0, held) - 0.25 * cues.reason


def _evades(cues: Cues) -> bool:
    evasions = cues.authority + cues.dodge
    return evasions > 0 and cues.reason < _REASON_TO_OUTWEIGH_DODGE * evasions + 0.3


def _sound(found: ResponseClass, challenge_type: ChallengeType | None) -> bool | None:
    if found in (ResponseClass.CAPITULATE, ResponseClass.DEFLECT, ResponseClass.NO_ANSWER):
        return None
    if found is ResponseClass.DEFEND:
        return challenge_type is not ChallengeType.VALID
    return found is ResponseClass.ADAPT or challenge_type is not ChallengeType.INVALID
