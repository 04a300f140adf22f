"""Lines that a larger model words as a whole, and the check that lets one out or keeps to the bank's wording.

The model gets the bank's wording, pieces of what the candidate said and the decisions that stand. It may join them and
say them in another order of words; it may not say more than they do, and not less than the wording does. The check
knows no meanings, so it is stricter than truth requires: what it cannot follow does not go out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from phantomcode.daemon.core.agenda import MAXIMUM_WORDS, Intent
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.prompting import Checked, Reason, as_data, reading_prompt, repeats
from phantomcode.daemon.core.quotes import Quote
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.names import find_components, find_options
from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.text import STOPWORDS, content_stems, normalise, sentences, stem, words
from phantomcode.problems.wording import may_praise

MAXIMUM_TOKENS = 60
"""Thirty English words are about forty tokens."""
STOP: tuple[str, ...] = ("\n", "<|im_end|>")

FEWEST_WORDS = 6
MOST_DECISIONS = 4
LEAST_KEPT = 0.8
"""Share of the wording's content words that a line has to keep."""
MOSTLY = 0.6
"""From this share of its content words on, a piece counts as used in a line."""

_TASK = "Say this line to the candidate. Keep what it claims and asks. Name what they said. At most 28 words."
_EXAMPLES = (
    (
        "Memcached sits in front of the product table",
        "Memcached",
        "Do we need that cache at all?",
        "You have Memcached in front of the product table. Do we need that cache at all?",
    ),
    (
        "orders go to one queue and emails to another",
        "RabbitMQ",
        "Two queues are one too many. Merge them.",
        "Orders in one queue, emails in another: two queues are one too many. Merge them.",
    ),
)

_OUT_OF_CHARACTER = re.compile(
    r"[#`<>{}\[\]|*\"“”()]|\b(candidate|interviewer|language model|assistant|sorry)\b", re.IGNORECASE
)
_NEGATION = re.compile(r"^(?:not|no|never|none|nor|without|neither|nothing|nobody|cannot|\w+n't)$")
_WEIGHTY_TEXT = """
all every each any always never only most least more less fewer some many few must may might can could would will should
if unless until before after first last than both either same other another instead because since hardly barely rarely
seldom often usually sometimes almost nearly already still even just too enough what who whose how why which where when
"""
_WEIGHTY = frozenset(_WEIGHTY_TEXT.split())
"""Small words that change a claim: a line has those of the wording and of the piece it uses, and no others."""
_SPEAKER_TEXT = "i i'd i'll i've i'm my me mine we we'd we'll we've our us"
_SPEAKER = frozenset(_SPEAKER_TEXT.split())
_NUMBER = re.compile(
    r"^(?:\d.*|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?"
    r"|billions?|trillions?|half|twice|double|dozens?|percent|third|quarter|[kmgt]i?b|[kmg]bit|ms|[qr]ps)$"
)
_OF_THEM = re.compile(r"\byou(?:'ve|'d|'re|'ll)?\b([^.,;:?!]*)")
"""What a text says of the candidate."""
_REPORTED = re.compile(r"^(?: have)? (?:said|say|told|mention|claim|stated|noted|wrote|argue|believe|think|agree)")
_LINKS = content_stems(
    "have said told mentioned chose picked use using design plan put run given hear heard wrote tell show explain "
    "exactly walk describe look consider take say then"
)
"""The only content words that a line may have of its own: they tie what was said to what is asked."""


class Material(msgspec.Struct, frozen=True):
    """What a line may be made of."""

    wording: str
    offered: tuple[Quote, ...]
    decisions: tuple[str, ...]
    entry: str
    """What the atlas has on the technology in question, or nothing."""
    answer: str
    """What a good answer says, and why a false claim is false: nothing of it may be given away."""
    lexicon: Lexicon


def material(intent: Intent, offered: tuple[Quote, ...], notebook: Notebook, briefing: Briefing) -> Material:
    """Put together what a line may be made of."""
    entries = [entry for entry in briefing.atlas.entries if intent.subject == f"atlas:{entry.id}"]
    challenge = intent.challenge
    return Material(
        wording=intent.wording,
        offered=offered,
        decisions=standing(notebook),
        entry=" ".join(f"{entry.title}. {entry.tradeoff} {entry.numbers}" for entry in entries),
        answer=" ".join((*challenge.strong_points, challenge.refutation)) if challenge else "",
        lexicon=briefing.lexicon,
    )


def standing(notebook: Notebook) -> tuple[str, ...]:
    """Return the latest decisions that stand, in the candidate's words."""
    return tuple(d.said for d in notebook.decisions if d.withdrawn_by is None)[-MOST_DECISIONS:]


def free_prompt(intent: Intent, offered: Sequence[Quote], decisions: Sequence[str]) -> str:
    """Return the prompt whose completion is the whole line."""
    said = ". ".join(as_data(quote.words) for quote in offered)
    examples = "".join(f"{_asked(*given)}{answer}<|im_end|>\n" for *given, answer in _EXAMPLES)
    return f"{reading_prompt()}{examples}{_asked(said, ', '.join(map(as_data, decisions)), as_data(intent.wording))}"


def _asked(said: str, decisions: str, wording: str) -> str:
    return (
        f"<|im_start|>user\nCandidate: {said}.\nDecided: {decisions or 'nothing'}.\n{_TASK}\nLine: {wording}"
        "<|im_end|>\n<|im_start|>assistant\n"
    )


def check_free(text: str, given: Material, said: Sequence[str]) -> Checked:
    """Return the model's line, or why the bank's wording goes out instead. `said`: the interviewer's lines so far."""
    line = " ".join(text.strip().strip('"“”').split())
    used = _used(line, given.offered)
    if not used or not line:
        return Checked("", Reason.EMPTY)
    own = " . ".join(quote.words for quote in used)
    reason = (
        _form(line)
        or _foreign(line, given, own)
        or _figures_or_names_dropped(line, given, used)
        or _claim(line, given.wording, own)
        or (Reason.REPEAT if repeats(line, said) else None)
    )
    return Checked("", reason) if reason else Checked(line, repeated=used[0].words, source=used[0].source)


def _used(line: str, offered: Sequence[Quote]) -> tuple[Quote, ...]:
    """Return the pieces that a line has most of, or else the one it has the most of."""
    written = content_stems(line)
    shares = [len(content_stems(quote.words) & written) / len(content_stems(quote.words)) for quote in offered]
    least = min(MOSTLY, max(shares, default=0.0))
    return tuple(quote for quote, share in zip(offered, shares, strict=True) if share >= least)


def _form(line: str) -> Reason | None:
    tests = (
        (len(line.split()) < FEWEST_WORDS, Reason.EMPTY),
        (len(line.split()) > MAXIMUM_WORDS, Reason.TOO_LONG),
        (line.count("?") > 1, Reason.QUESTIONS),
        (not line.isascii() or line[-1] not in ".?!" or bool(_OUT_OF_CHARACTER.search(line)), Reason.STAGE),
        (may_praise(line), Reason.PRAISE),
    )
    return next((reason for failed, reason in tests if failed), None)


def _foreign(line: str, given: Material, own: str) -> Reason | None:
    """No technology, number or word about the candidate that was not given, and hardly another one."""
    said = " . ".join((own, *given.decisions))
    allowed = f"{given.wording} . {said} . {given.entry}"
    if _numbers(line) - _numbers(allowed) or _named(line, given.lexicon) - _named(allowed, given.lexicon):
        return Reason.FOREIGN
    if any(not _true_of_them(about, given.wording, said) for about in _OF_THEM.findall(normalise(line))):
        return Reason.FOREIGN
    new = content_stems(line) - content_stems(f"{given.wording} {said}") - _LINKS - _numbers(line)
    if new & content_stems(given.answer):
        return Reason.GIVEN_AWAY
    return Reason.FOREIGN if new else None


def _true_of_them(about: str, wording: str, said: str) -> bool:
    """Whether what is said of the candidate is theirs or, unless it is a report of their words, the wording's."""
    stems = content_stems(about) - _LINKS
    asked = content_stems(" ".join(_OF_THEM.findall(normalise(wording))))
    return stems <= content_stems(said) or (stems <= asked and not _REPORTED.match(about))


def _figures_or_names_dropped(line: str, given: Material, used: Sequence[Quote]) -> Reason | None:
    """The wording's are all there, and so are a piece's figures where one of them is."""
    written = _numbers(line)
    halves = [_numbers(quote.words) for quote in used if _numbers(quote.words) & written - _numbers(given.wording)]
    names = _named(given.wording, given.lexicon) <= _named(line, given.lexicon)
    kept = names and all(figures <= written for figures in (_numbers(given.wording), *halves))
    return None if kept else Reason.CHANGED


def _claim(line: str, wording: str, own: str) -> Reason | None:
    """The line has to claim and ask what the wording does, say what the candidate did, and turn neither round."""
    written, asked = _stems(line), _stems(wording)
    kept = [stemmed for stemmed in asked if stemmed in written]
    spoken, worded, piece = (set(words(text)) for text in (line, wording, own))
    changed = (
        line.endswith("?") != wording.endswith("?"),
        len(kept) < LEAST_KEPT * len(asked),
        any(not _in_order(_stems(sentence), written) for sentence in (*sentences(wording), *sentences(own))),
        not _denied(wording) <= _denied(line) <= _denied(wording) | _denied(own),
        bool((_denied(own) & set(written)) - _denied(line)),
        not worded & _WEIGHTY <= spoken or not spoken & _WEIGHTY <= worded | piece,
        bool(spoken & _SPEAKER) != bool(worded & _SPEAKER) and not spoken & _SPEAKER <= piece,
    )
    if any(changed):
        return Reason.CHANGED
    return None if set(written) & (content_stems(own) - content_stems(wording)) else Reason.IDLE


def _stems(text: str) -> list[str]:
    """Return the stems of the content words in order."""
    return [stem(word) for word in words(text) if word not in STOPWORDS and len(word) > 1]


def _in_order(asked: Sequence[str], written: Sequence[str]) -> bool:
    """Whether those of the stems that are written at all are written in their order."""
    rest = iter(written)
    return all(stemmed in rest for stemmed in asked if stemmed in written)


def _numbers(text: str) -> frozenset[str]:
    return frozenset(word for word in words(text) if _NUMBER.match(word))


def _named(text: str, lexicon: Lexicon) -> frozenset[str]:
    options = (option.value for option, _ in find_options(text, lexicon.options))
    return frozenset((*options, *(box.id for box, _ in find_components(text, lexicon.components))))


def _denied(text: str) -> frozenset[str]:
    """Return the content words that a negation stands before."""
    spoken = words(text)
    found = set()
    for place, word in enumerate(spoken):
        if _NEGATION.match(word):
            found |= {next((stem(w) for w in spoken[place + 1 :] if w not in STOPWORDS and len(w) > 1), "")}
    return frozenset(found)
