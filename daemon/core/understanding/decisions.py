"""The decision registry: what the candidate has committed to, topic by topic, and when it changed.

Any declarative sentence about the design that names an option decides for it, unless stances.py finds a sign against.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from phantomcode.daemon.core.transcript import Utterance
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.names import find_options
from phantomcode.daemon.core.understanding.observations import Decision
from phantomcode.daemon.core.understanding.responses import WINDOW_SECONDS
from phantomcode.daemon.core.understanding.stances import Claim, Stance, claims_in
from phantomcode.daemon.core.understanding.text import is_question, normalise, sentences, words
from phantomcode.daemon.core.understanding.tokens import listed
from phantomcode.problems.model import Option, Topic
from phantomcode.problems.predicate import required_names

if TYPE_CHECKING:  # notebook.note calls this module
    from phantomcode.daemon.core.understanding.notebook import Notebook

_REASON = re.compile(r"\b(?:because|since|so that|as it|given|that way|which (?:gives|means|lets))\b")
_REASON_AFTERWARDS = re.compile(
    r"^(?:(?:and|so) )?(?:that|this|it|one) (?:\w+ )?(?:gives|means|lets|keeps|saves|avoids|fits|suffices)\b|"
    r"\b(?:fits?|is enough|are enough|suffices?|is plenty)\b"
)
_SIDE_BY_SIDE = frozenset({"other", "security", "api", "consistency"})
"""Topics under which several values live side by side, so that even under challenge a switch has to be said."""
_ONE_OF_A_KIND = frozenset({"database", "queue", "id-generation", "fanout", "rate-limit-algorithm", "load-balancing"})
"""Topics of which a design mostly has one value, so that a new one under challenge replaces the one that stands."""


_OF_A_CACHE = frozenset({"ttl"})
"""Values that say how a cache behaves: where there is none, the same words state what callers may do."""
_CACHE = re.compile(r"\b(?:cach\w*|edge|cdn|header)\b")
_MUSING = listed("okay ok hm hmm mhm right so well yeah um uh ah oh and the a an now")


class _Sentence(msgspec.Struct, frozen=True):
    claims: tuple[Claim, ...]
    reasoned: bool


def note_decisions(notebook: Notebook, utterance: Utterance, lexicon: Lexicon) -> tuple[Decision, ...]:
    """The registry after one candidate utterance."""
    registry = notebook.decisions
    said = tuple(_declared(_own_words(notebook, utterance.text, lexicon), lexicon))
    if not _caches(notebook, utterance.text, said):
        said = tuple(_without(sentence, _OF_A_CACHE) for sentence in said)
    for sentence in said:
        registry = _after_sentence(registry, sentence, utterance.id)
    claims = [claim for sentence in said for claim in sentence.claims]
    challenged = _challenged(notebook.challenge, utterance, lexicon)
    for topic in dict.fromkeys(claim.option.topic for claim in claims if claim.stance is Stance.CHOSEN):
        about_it = [claim for claim in claims if claim.option.topic == topic]
        registry = _after_switch(registry, about_it, utterance.id, challenged.get(topic))
    return registry


def _own_words(notebook: Notebook, text: str, lexicon: Lexicon) -> str:
    """The text without a first sentence that only says after the interviewer what he named: "Cassandra, hm. …"."""
    first, *rest = sentences(text) or ("",)
    if not rest or notebook.previous_text != notebook.interviewer_text:
        return text
    heard = {option.value for option, _ in find_options(notebook.interviewer_text, lexicon.options)}
    named = find_options(first, lexicon.options)
    spoken = words(first)
    others = [w for at, w in enumerate(spoken) if not any(m.start <= at < m.end for _, m in named)]
    repeats = bool(named) and {option.value for option, _ in named} == heard and _MUSING.issuperset(others)
    return " ".join(rest) if repeats else text


def _caches(notebook: Notebook, text: str, said: Sequence[_Sentence]) -> bool:
    """Whether there is a cache in the design, or in what is being said."""
    decided = [d.value for d in notebook.decisions if d.topic == "cache" and d.withdrawn_by is None]
    named = [c.option.value for sentence in said for c in sentence.claims if c.option.topic == "cache"]
    drawn = any("cache" in box.id or box.id in ("cdn", "redis") for box in notebook.components)
    return (
        drawn or bool(_CACHE.search(normalise(text))) or any(value not in _OF_A_CACHE for value in (*decided, *named))
    )


def _without(sentence: _Sentence, values: frozenset[str]) -> _Sentence:
    kept = tuple(c for c in sentence.claims if c.option.topic != "cache" or c.option.value not in values)
    return msgspec.structs.replace(sentence, claims=kept)


def _challenged(asked: Utterance | None, answer: Utterance, lexicon: Lexicon) -> dict[Topic, frozenset[str]]:
    """The topic of the challenge that an utterance answers, and the values that the challenge is about."""
    if asked is None or asked.challenge is None or answer.started_seconds - asked.ended_seconds > WINDOW_SECONDS:
        return {}
    named = {option.value for option, _ in find_options(asked.text, lexicon.options)}
    bank = lexicon.problem.challenges if lexicon.problem else ()
    for challenge in bank:
        if challenge.id == asked.challenge.challenge_id:
            named |= required_names(challenge.when)
    return {asked.challenge.topic: frozenset(named)}


def decision_value(notebook: Notebook, topic: Topic, before: int | None = None) -> str:
    """What stands for a topic ("" if nothing), at the end or just before utterance `before`.

    Several standing values are joined by " + " in the order they were decided.
    """
    standing = [d.value for d in notebook.decisions if d.topic == topic and _stands(d, before)]
    return " + ".join(dict.fromkeys(standing))


def challenged_values(notebook: Notebook, asked: Utterance, last: int) -> tuple[str, str]:
    """What stood on the topic of a challenge when `asked` put it, and what stands after utterance `last` of the answer.

    The same for the interviewer during the round and for the report; ("", "") for a line that challenges nothing, and
    for the topic "other", whose decisions have nothing to do with one another.
    """
    if asked.challenge is None or asked.challenge.topic == "other":
        return "", ""
    topic = asked.challenge.topic
    return decision_value(notebook, topic, before=asked.id), decision_value(notebook, topic, before=last + 1)


def _stands(decision: Decision, before: int | None) -> bool:
    if before is None:
        return decision.withdrawn_by is None
    made = decision.utterance < before
    return made and (decision.withdrawn_by is None or decision.withdrawn_by >= before)


def _declared(text: str, lexicon: Lexicon) -> Iterator[_Sentence]:
    """The sentences of a text that are no questions, with what each claims and whether it has a reason.

    A reason may follow in the next sentence, where that names no option of its own: "Forty writes fit one primary."
    """
    declarative = [sentence for sentence in sentences(text) if not is_question(sentence)]
    claims = [claims_in(sentence, lexicon.options) for sentence in declarative]
    for at, sentence in enumerate(declarative):
        follows = at + 1 < len(declarative) and not claims[at + 1] and _explains(declarative[at + 1])
        yield _Sentence(claims[at], bool(_REASON.search(normalise(sentence))) or follows)


def _explains(sentence: str) -> bool:
    return bool(_REASON_AFTERWARDS.search(normalise(sentence)))


def _after_sentence(registry: tuple[Decision, ...], sentence: _Sentence, utterance: int) -> tuple[Decision, ...]:
    chosen = [claim for claim in sentence.claims if claim.stance is Stance.CHOSEN]
    taken = {claim.option.value for claim in chosen}
    removed = _options(Stance.REMOVED, sentence.claims, taken)
    passed_over = [*removed, *_options(Stance.REJECTED, sentence.claims, taken)]
    registry = _withdraw(registry, removed, utterance)
    for claim in chosen:
        alternatives = [option for option in passed_over if option.topic == claim.option.topic]
        registry = _commit(registry, claim, utterance, alternatives, reasoned=sentence.reasoned)
    return registry


def _options(stance: Stance, claims: Sequence[Claim], taken: set[str]) -> list[Option]:
    return [claim.option for claim in claims if claim.stance is stance and claim.option.value not in taken]


def _withdraw(registry: tuple[Decision, ...], options: Sequence[Option], utterance: int) -> tuple[Decision, ...]:
    gone = {(option.topic, option.value) for option in options}
    return tuple(
        msgspec.structs.replace(d, withdrawn_by=utterance)
        if d.withdrawn_by is None and (d.topic, d.value) in gone
        else d
        for d in registry
    )


def _commit(
    registry: tuple[Decision, ...], claim: Claim, utterance: int, alternatives: Sequence[Option], *, reasoned: bool
) -> tuple[Decision, ...]:
    """Add a decision or renew the one that stands, and withdraw what it was preferred to."""
    topic, value = claim.option.topic, claim.option.value
    passed_over = tuple(option.value for option in alternatives)
    for position, standing in enumerate(registry):
        if standing.withdrawn_by is None and (standing.topic, standing.value) == (topic, value):
            renewed = msgspec.structs.replace(
                standing,
                reason=standing.reason or reasoned,
                alternatives=tuple(dict.fromkeys((*standing.alternatives, *passed_over))),
            )
            return (*registry[:position], renewed, *registry[position + 1 :])
    made = Decision(topic, value, claim.said, utterance, reasoned, passed_over)
    return (*_withdraw(registry, alternatives, utterance), made)


def _after_switch(
    registry: tuple[Decision, ...], claims: Sequence[Claim], utterance: int, challenged: frozenset[str] | None
) -> tuple[Decision, ...]:
    """Withdraw what stood for a topic where an utterance puts something else in its place.

    `claims` are what the utterance says on the topic, `challenged` the values the interviewer named in a challenge on
    it, None where there is no such challenge. A new value under challenge means a switch unless it is said to come on
    top of what stands; elsewhere it may serve another part of the design, so the switch has to be said.
    """
    topic = claims[0].option.topic
    chosen = [claim for claim in claims if claim.stance is Stance.CHOSEN]
    before = [d for d in registry if d.topic == topic and d.withdrawn_by is None and d.utterance < utterance]
    standing = {d.value for d in before} - {claim.option.value for claim in chosen}
    new = [claim for claim in chosen if claim.option.value not in {d.value for d in before}]
    switches = any(claim.switched for claim in new)
    if not new or (challenged is None and not switches) or (not switches and all(claim.added for claim in new)):
        return registry
    gone = standing & (challenged or frozenset())
    if not gone and len(standing) == 1 and (switches or topic in _ONE_OF_A_KIND):
        gone = standing
    if topic in _SIDE_BY_SIDE and not switches:
        return registry
    return tuple(
        msgspec.structs.replace(d, withdrawn_by=utterance) if d in before and d.value in gone else d for d in registry
    )
