"""Which requirements the candidate has stated or asked about: functional, quantified non-functional, out of scope."""

from __future__ import annotations

import re

from phantomcode.daemon.core.transcript import Utterance
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.text import content_stems, normalise, stem
from phantomcode.problems.model import Requirement

_SOME = r"(?:[\w'-]+ )"
_WE = (
    r"(?:let's|let us|i'll|we'll|i'd|we'd|i will|we will|we can|i can|i'd like to|i want to|i would|can we|could we|"
    r"may i|should we|i'm going to|we should) (?:just |also |probably |deliberately |then )?"
)
_WORK = r"(?:do|build|cover|handle|support|include|design|touch|bother|worry|talk|get into)"
_SCOPE_OUT = re.compile(
    r"\b(?:out of (?:our |the )?scope|outside (?:of )?(?:our |the |my )?scope|not in (?:our |the )?scope|"
    rf"(?:isn't|aren't) in (?:our |the )?scope|scop(?:e|ing) {_SOME}{{0,3}}out|descop\w+|non.goals?|"
    r"(?:is|are|be) off the table|"
    rf"leav(?:e|es|ing) {_SOME}{{0,7}}(?:out|aside)|(?:is|are|be|were) out\b(?! (?:of|to|in|on|at|there))|"
    rf"{_WE}(?:not {_WORK}|ignore|skip|park|exclude|omit|defer|postpone|forget|"
    rf"(?:set|put) {_SOME}{{1,4}}(?:aside|to one side)|drop (?!the (?:connection|request|message|packet)))|"
    rf"(?:skip|park|ignore|forget) {_SOME}{{1,5}}(?:for now|today|here|at first|entirely|altogether)|"
    rf"not (?:going to|gonna) {_WORK}|(?:won't|will not) {_WORK}|(?:not|aren't) (?:doing|building|covering)|"
    rf"(?:don't|do not|needn't) (?:need|have) to {_WORK}|(?:don't|do not|needn't) (?:worry|bother|care) (?:about|with)|"
    rf"no need (?:for|to {_WORK})|(?:we|i) (?:don't|do not) need {_SOME}{{1,3}}(?:here|today|for now|in this|yet)|"
    r"ignoring|skipping|excluding|parking|(?:can|could) wait\b(?! for)|no \w+(?:,| and| or) no|"
    rf"(?:keep|save|park|defer) {_SOME}{{0,3}}(?:for|till|until|to) later|for (?:a )?later|"
    r"not (?:in|for) (?:this|the first) (?:version|round|cut|release)|not (?:my|our) (?:problem|concern)|"
    r"some(?:body|one) else's|handled (?:elsewhere|by another)|"
    rf"assum(?:e|ing) {_SOME}{{1,6}}(?:exists?|is handled|handled|already|is (?:done|given|there)))\b"
)
"""Ways of putting a thing out of scope, said while the requirements are agreed."""
_QUANTITY = re.compile(
    r"\b(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|fifty|sixty|"
    r"ninety|hundred|thousand|million|billion|half|quarter|zero|couple)\b"
)
_NON_FUNCTIONAL: dict[str, re.Pattern[str]] = {
    "latency": re.compile(
        r"\b(?:milliseconds?|millis|ms\b|latency|p\s?9\d|percentile|(?:in|under|within|"
        r"below) (?:\w+ ){1,3}seconds?)"
    ),
    "availability": re.compile(r"\b(?:nines|availab\w*|uptime|9\d\.9+|downtime)"),
    "durability": re.compile(
        r"\b(?:durab\w*|never (?:be )?los\w+|nothing (?:is|gets) lost|not lose|zero loss|no loss)"
    ),
    "consistency": re.compile(
        r"\b(?:stale\w*|consisten\w*|fresh\w*|visible (?:in|within)|lag|behind|up to date|show up)"
    ),
    "scale": re.compile(
        r"\b(?:hundred|thousand|million|billion|\d[\d,.]*[kmb]?) (?:\w+ ){0,3}"
        r"(?:users|requests|writes|reads|links|messages|payments|events|people|customers)\b"
    ),
    "retention": re.compile(r"\b(?:retention|keep (?:\w+ ){0,4}for|retain|years?|months?|expir\w*)"),
    "accuracy": re.compile(r"\b(?:percent|accura\w*|error rate|exact\w*)"),
}
_UNQUANTIFIED_COUNTS = frozenset({"durability"})
"""An absolute ("never lose one") is a number in words."""
_FUNCTIONAL = re.compile(
    r"\b(?:(?:users?|people|they|customers?|clients?|somebody|someone|marketers?|merchants?|sellers?|drivers?|"
    r"support|operators?|it|you) (?:can|could|should|will|must|need to|has to|have to|want to|get to|are able|"
    r"able to) \w+|be able to|functional|(?:create|redirect|post|follow|search|upload|delete|edit|pay|refund|"
    r"subscribe|alert|expire|share|charge|reserve|order|message|publish|evict|limit|throttle|route)s?\b(?! (?:per|"
    r"a second|rate)))\b"
)
_MIN_SHARED = 2


def functional_in(utterance: Utterance, lexicon: Lexicon, *, clarifying: bool) -> tuple[str, ...]:
    """Ids of functional requirements the utterance names.

    For a problem outside the bank every utterance of the clarifying part that says what users can do counts as one,
    named "said-<utterance>".
    """
    if lexicon.problem is not None:
        stems = content_stems(utterance.text)
        return tuple(r.id for r in lexicon.problem.functional if _names(r, stems, normalise(utterance.text)))
    plain = normalise(utterance.text)
    if clarifying and _FUNCTIONAL.search(plain) and not _QUANTITY.search(plain):
        return (f"said-{utterance.id}",)
    return ()


def non_functional_in(utterance: Utterance) -> tuple[str, ...]:
    """Kinds of quality the utterance gives a number for (or an absolute, for durability)."""
    plain = normalise(utterance.text)
    quantified = bool(_QUANTITY.search(plain))
    return tuple(
        kind
        for kind, pattern in _NON_FUNCTIONAL.items()
        if pattern.search(plain) and (quantified or kind in _UNQUANTIFIED_COUNTS)
    )


def scopes_out(text: str) -> bool:
    """Whether the candidate puts something out of scope."""
    return bool(_SCOPE_OUT.search(normalise(text)))


def deep_dives_in(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Ids of the problem's deep dives of which the text uses at least two words."""
    if lexicon.problem is None:
        return ()
    stems, plain = content_stems(text), normalise(text)
    return tuple(
        dive.id
        for dive in lexicon.problem.deep_dives
        if sum(_has(word, stems, plain) for word in dive.words) >= _MIN_SHARED
    )


def _names(requirement: Requirement, stems: frozenset[str], plain: str) -> bool:
    return any(_has(word, stems, plain) for word in requirement.words)


def _has(phrase: str, stems: frozenset[str], plain: str) -> bool:
    lowered = normalise(phrase)
    return lowered in plain if " " in lowered else stem(lowered) in stems
