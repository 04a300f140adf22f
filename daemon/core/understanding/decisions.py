"""The decision registry: what the candidate has committed to, topic by topic, and when it changed.

A decision needs a commitment ("let's use", "we store it in") and an option's name in a declarative sentence.
Questions, conditionals ("if we needed that, I'd …") and things said about other companies are not decisions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from phantomcode.daemon.core.transcript import Utterance
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.names import Mention, find_options
from phantomcode.daemon.core.understanding.observations import Decision
from phantomcode.daemon.core.understanding.text import is_question, normalise, sentences, words
from phantomcode.problems.model import Option, Topic

if TYPE_CHECKING:  # notebook.note calls this module
    from phantomcode.daemon.core.understanding.notebook import Notebook

_COMMIT = re.compile(
    r"\b(?:let's|let us|i'd|i'll|i would|i will|we'd|we'll|we will|i'm going|we're going|i am going|i want|we|i|"
    r"my (?:choice|pick|call)|the (?:choice|plan)|going with|it's|that's|there's|go(?:es)?|lives?|sits?|stays?|stored?|"
    r"stores|keep|keeps|put|use|uses|using|have|has|switch|move|run|runs|pick|choose|take|reads? (?:from|a|the)|"
    r"writes? (?:to|into)|publish(?:es)?|push(?:es)?|sends?|asks?|calls?|returns?|emits?|streams?|commits? to|"
    r"replicates?|routes?|pinned|forwards?|brings?|backed by|served (?:by|from)|decided by|behind)\b"
)
_CONDITIONAL = re.compile(
    r"\b(?:if (?:we|you|i|it|they|that|there|the)\b.*\b(?:ever|had to|needed|wanted|were to|was|were|did)\b|"
    r"(?:could|might|may) (?:also |always |just )?(?:use|go|have|be|do|put|pick|switch)|one option|in (?:a later|"
    r"the next) version|down the road|some day|would also work|in theory|(?<!\bi )(?<!\bwe )would (?:sit|fit|work|"
    r"handle|do|cope|be (?:fine|enough|able|exact)))\b"
)
_ELSEWHERE = re.compile(
    r"\b(?:at my (?:last|old|previous|current)|my (?:last|old|previous) (?:job|team|company)|(?:last|"
    r"previous) place|we used to|i used to|i've (?:used|seen|run)|they (?:used|use|had)|people use)\b"
)
_REJECT_BEFORE = re.compile(
    r"(?:\binstead of|\brather than|\bas opposed to|\bnot|\bno|\bover|\bversus|\bvs|\bdrop|\bskip|\bremove|\blose|"
    r"\baway from|\boff|\bditch|\bwithout|\bthan|"
    r"\b(?:not|never|don't|doesn't|won't|wouldn't|shouldn't|can't|couldn't)(?: \w+)?)"
    r"(?: (?:the|a|an|any|out|of|using|plain|our|that|to|in|it|them))*$"
)
_WOULD = frozenset({"would", "wouldn't", "could", "might", "won't"})
_TAKE = frozenset({"take", "leave", "taking", "leaving"})
_REMOVE = re.compile(r"\b(?:drop|remove|ditch|take|get rid of|scrap|lose|don't need|no longer need|delete)\b")
_REASON = re.compile(r"\b(?:because|since|so that|as it|given|that way|which (?:gives|means|lets))\b")
_ALTERNATIVE_TOPICS_STAND = frozenset({"other", "security", "api", "consistency"})
"""Topics under which several values live side by side."""


def note_decisions(notebook: Notebook, utterance: Utterance, lexicon: Lexicon) -> tuple[Decision, ...]:
    """The registry after one candidate utterance."""
    registry = notebook.decisions
    for sentence in sentences(utterance.text):
        if is_question(sentence):
            continue
        registry = _after_sentence(registry, sentence, utterance.id, lexicon)
    return registry


def decision_value(notebook: Notebook, topic: Topic, before: int | None = None) -> str:
    """What stands for a topic ("" if nothing), at the end or just before utterance `before`.

    Several standing values are joined by " + " in the order they were decided.
    """
    standing = [d.value for d in notebook.decisions if d.topic == topic and _stands(d, before)]
    return " + ".join(dict.fromkeys(standing))


def decisions_at(notebook: Notebook, before: int) -> dict[Topic, str]:
    """The whole registry as it stood just before an utterance."""
    topics = dict.fromkeys(d.topic for d in notebook.decisions if _stands(d, before))
    return {topic: decision_value(notebook, topic, before) for topic in topics}


def _stands(decision: Decision, before: int | None) -> bool:
    if before is None:
        return decision.withdrawn_by is None
    made = decision.utterance < before
    return made and (decision.withdrawn_by is None or decision.withdrawn_by >= before)


def _after_sentence(
    registry: tuple[Decision, ...], sentence: str, utterance: int, lexicon: Lexicon
) -> tuple[Decision, ...]:
    plain = normalise(sentence)
    found = find_options(sentence, lexicon.options)
    if not found or _CONDITIONAL.search(plain) or _ELSEWHERE.search(plain):
        return registry
    spoken = words(sentence)
    rejected = [option for option, mention in found if _is_rejected(spoken, mention)]
    chosen = [(option, mention) for option, mention in found if option not in rejected]
    if _REMOVE.search(plain):
        registry = _withdraw(registry, rejected, utterance)
    if not chosen or not (_COMMIT.search(plain) or len(spoken) <= 8):
        return registry
    for option, mention in chosen:
        registry = _commit(registry, option, mention.said, utterance, rejected, reasoned=bool(_REASON.search(plain)))
    return registry


def _is_rejected(spoken: tuple[str, ...], mention: Mention) -> bool:
    """Whether an option is named as what was not chosen: "rather than X", "X would cost us"."""
    after = " ".join(spoken[mention.end : mention.end + 1])
    before = " ".join(spoken[max(0, mention.start - 1) : mention.start])
    if after in _WOULD or (after == "out" and before in _TAKE):
        return True
    return bool(_REJECT_BEFORE.search(" ".join(spoken[max(0, mention.start - 5) : mention.start])))


def _withdraw(registry: tuple[Decision, ...], options: list[Option], utterance: int) -> tuple[Decision, ...]:
    gone = {(option.topic, option.value) for option in options}
    return tuple(
        msgspec.structs.replace(d, withdrawn_by=utterance)
        if d.withdrawn_by is None and (d.topic, d.value) in gone
        else d
        for d in registry
    )


def _commit(
    registry: tuple[Decision, ...],
    option: Option,
    said: str,
    utterance: int,
    rejected: list[Option],
    *,
    reasoned: bool,
) -> tuple[Decision, ...]:
    alternatives = tuple(o.value for o in rejected if o.topic == option.topic)
    for position, standing in enumerate(registry):
        if standing.withdrawn_by is None and (standing.topic, standing.value) == (option.topic, option.value):
            renewed = msgspec.structs.replace(
                standing,
                reason=standing.reason or reasoned,
                alternatives=tuple(dict.fromkeys((*standing.alternatives, *alternatives))),
            )
            return (*registry[:position], renewed, *registry[position + 1 :])
    replaced = _withdraw(registry, rejected, utterance)
    made = Decision(option.topic, option.value, said, utterance, reasoned, alternatives)
    return (*replaced, made)


def replaces(
    registry: tuple[Decision, ...], topic: Topic, utterance: int, challenged: frozenset[str]
) -> tuple[Decision, ...]:
    """Withdraw what stood for a topic before `utterance` when a decision of that utterance replaces it.

    Called for answers to a challenge, where naming a new value for the challenged topic means a switch; elsewhere
    a second value of one topic may simply serve another part of the design. `challenged` are the values the
    interviewer named: where some of them stand, only those are replaced.
    """
    if topic in _ALTERNATIVE_TOPICS_STAND or not any(d.topic == topic and d.utterance == utterance for d in registry):
        return registry
    standing = [d for d in registry if d.topic == topic and d.utterance < utterance and d.withdrawn_by is None]
    named = [d for d in standing if d.value in challenged]
    gone = {d.value for d in named or standing}
    return tuple(
        msgspec.structs.replace(d, withdrawn_by=utterance) if d in standing and d.value in gone else d for d in registry
    )
