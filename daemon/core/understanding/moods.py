"""The clauses of a sentence, and which of them speak of the design as it is.

Not real in this sense: what is only possible ("we could move to …"), what would be if something else were ("if it ever
got too small …"), what is done elsewhere ("at my last job …", "Twitter runs …"), what the interviewer said ("you
mention …"), and what is still being weighed. Names of options or boxes stand in a clause as "<0>", "<1>", so that no
word of a name is taken for a sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from phantomcode.daemon.core.understanding.names import Mention
from phantomcode.daemon.core.understanding.text import pauses, words
from phantomcode.daemon.core.understanding.tokens import listed

_OPENERS = listed(
    "but because since so whereas although though which if unless when whenever while until then except and plus "
    "besides whose however otherwise"
)
"""Words a clause begins with."""
_SUBJECTS = listed(
    "i i'd i'll i'm i've we we'd we'll we're we've you you'd you'll you're you've they they'd they'll let's it's "
    "it'd it'll that's that'd there's there'd"
)
_SUBJECT_BEFORE_VERB = listed("it there let that this")
_PLAIN_VERBS = listed(
    "is isn't are was wasn't has had gets goes will would can could might does doesn't should gives means us"
)
_NO_CUT_AFTER = _OPENERS | listed(
    "that think believe say said says know see mean guess feel suppose assume hope sure want where how why what as "
    "than before after once reason way thing need rather not never like who whom even only or nor do does did don't "
    "should could would can is are was if imagine pretend say were had"
)
"""A subject after one of these belongs to the clause already begun ("I don't think we need …")."""

_TO_YOU = listed("gives give gave lets let costs cost buys tells tell shows makes helps allows gets hands to for with")

_LEADS_TO_NAME = listed(
    "a an the our my your this any some plain one each every and or both in on with to from by for of at over through "
    "into onto via like off behind between yet"
)
_CONDITION = re.compile(
    r"^(?:(?:and|but|so|or|well|okay|then|plus|only|now) )*(?P<opener>if|unless|when|whenever|once)\b"
)
_LEADS_ON = r"^(?:(?:and|but|so|or|well|okay|then|now|maybe|only|probably|just|let's) )*"
_SUPPOSED = re.compile(
    rf"{_LEADS_ON}(?:(?:suppose|imagine|pretend|what if|(?:were|had) (?:it|this|that|we|i|they|you|the \w+|<\d+>))\b|"
    r"say (?:we|i|it|you|they|this) (?:\w+ )?(?:were|had|did|went|took|chose|put|ran|kept|\w{2,}ed)\b)"
)
"""What follows is a world the speaker makes up."""
_PAST_A_THRESHOLD = re.compile(
    rf"{_LEADS_ON}(?:only then$|(?:past|beyond|above|over|more than) (?:\w+ ){{1,7}}?(?:a|per|times|percent|\w+s)\b|"
    r"at (?:\w+ ){0,2}(?:times|fold|twice|double|that point|that scale)\b|at \d+x)(?!.* (?:today|now)\b)"
)
"""Followed by a conditional, a size that has not been reached; so what is done there is not done now."""
_ONLY_THEN = re.compile(r"^(?:(?:and|but|so) )*(?:only then|not before|not until)\b")
_TURNS = re.compile(
    r"^(?:and )?(?:but|however|so (?:i|we|let's|it's|i'd|we'd|i'll|we'll|for|here|now|<)|for now|today|here|now|still|"
    r"actually|anyway|i'll|we'll|let's|i (?:use|keep|pick|take|choose|go|stay|want)|"
    r"i'd (?:use|keep|pick|take|choose|go|stay))\b"
)
_LIKELY_GROWTH = (
    r"(?:it|we|that|this|they|traffic|writes|reads|data|load|volumes?|usage|business|numbers?|one|<\d+>|the \w+)"
)
_STRONG = re.compile(
    rf"\b(?:ever|outgr\w+|one day (?:we|i|it|they|you|this)|some ?day|later|hypothetically)\b|"
    rf"\b{_LIKELY_GROWTH} (?:\w+ )?(?:grows?|grew|becomes?|became|(?:goes|went|gets|got|is|was|are|were|isn't|aren't) "
    rf"(?:\w+ )?(?:too|not(?! (?:there|here|in|found|cached|present|"
    r"known|available|set|ready))|up|much|bigger|larger|stricter|worse|busier|enough)|doesn't (?:scale|suffice)|"
    rf"can't (?:take|keep)|explodes?|doubles?|triples?)\b"
)
_HAD_IT_BEEN = re.compile(r"\b(?:had|was|were|did|needed|wanted|went|came|turned|became|got|\w{3,}ed)\b")
_CHOOSES = re.compile(
    r"\b(?:we|i|you|one|they|somebody) (?:\w+ )?(?:used?|go|went|picks?|chose|choose|switch\w*|move|take|took|adopt|"
    r"introduce|put|add|run|had|have)\b.*<\d+>|\byou (?:\w+ )?(?:want|need|like|prefer|look)"
)
_WOULD = re.compile(r"\b(?:would|could|might|wouldn't|\w+'d)\b")

_POSSIBLE = re.compile(
    r"\b(?:(?<!who )(?<!what )(?:could|might|may)|couldn't|whether|wonder\w*|torn|unsure|not (?:yet )?sure|depends|"
    r"theoretically|in theory|hypothetically|naive(?:ly)?|tempt\w*|think(?:ing)? about|consider(?:ing)? <|compar\w+ <|"
    r"(?:i'd|let's|let us|let me|i'll|i would) (?:\w+ )?(?:consider|look|think|talk|compare)|looking at|look into|"
    r"talk(?:ing)? about|discuss\w*|"
    r"(?:one|another|an|the other|other|second|first) (?:option|way|alternative|possibility|approach)|alternatives?|"
    r"alternatively|options (?:are|would)|the question|question is|some ?day|down the road|in the future|"
    r"one day (?:we|i|it|they|you|this)|(?:a|the|some) (?:later|next|future) (?:version|iteration|step|phase)|"
    r"later on|(?:maybe|perhaps) later|(?:'d|would) (?:have|need) to|otherwise .*(?:'d|would))\b"
)
_WOULD_BE = re.compile(
    r"(?<!\bi )(?<!\bwe )(?:\bwould|\b(?:it|that|this|they|you|there)'d) "
    r"(?:also |still |probably |just |then |only |not )*(?:need|mean|cost|require|be|have|make|help|force|"
    r"add|fit|work|handle|do|cope|give|allow|let|save|solve|cause|lead|double|hurt|break|buy|get|bring|sit fine)\b"
)
_NAMES_IT = re.compile(
    r"(?:\bwould|'d) (?:\w+ )?be (?:(?:a|an|the|our|my|plain|just|simply) )*<|"
    r"<\d+> would (?:\w+ )?be (?:my|our|the|what|where)\b"
)
_COMPANIES = (
    r"(?:netflix|uber|twitter|facebook|meta|instagram|discord|linkedin|slack|airbnb|stripe|shopify|pinterest|whatsapp|"
    r"google|amazon|microsoft|apple|bitly|tinyurl|dropbox|github|youtube|spotify|reddit|tiktok|paypal|adyen|"
    r"cloudflare|fastly|alibaba|zalando|monzo)"
)
_ELSEWHERE = re.compile(
    r"\b(?:at my (?:last|old|previous|current|former)|my (?:last|old|previous|former) (?:job|team|company|employer|"
    r"project)|(?:last|previous|former|old) (?:place|job|company|team|employer)|where i work\w*|we used to|i used to|"
    r"i've (?:\w+ )?(?:used|seen|run|read|heard)|they (?:\w+ )?(?:used?|had|ran|calls?)|"
    r"(?:i|we) (?:ran|used|had|tried|built|saw|worked)|"
    r"(?:people|companies|everybody|everyone|others|many|folks|(?:most|other|some) (?:people|teams|companies)) "
    r"(?:\w+ )?(?:used?|run|say|do|go|prefer|like|pick|choose)|"
    rf"{_COMPANIES}(?:'s)? (?:itself |also |famously |actually |still )?(?:uses?|used|runs?|ran|does|did|has|had|"
    r"keeps?|kept|stores?|built|moved|went|chose|solve[sd]?|approach\w*|solution|way|paper|blog|talk|wrote|published|"
    r"invented|design)|"
    rf"{_COMPANIES}'s|(?:at|like|as) {_COMPANIES})\b"
)
_CITED = re.compile(
    r"\byou (?:just |also |already |only |have |had )*(?:mention\w*|said|say|suggest\w*|propos\w+|ask\w*|brought|bring|"
    r"raised?|named?|talk\w*|told|tell|think|would|could|might|claim\w*|prefer\w*|want)\b|"
    r"\b(?:you're|you are|you've|you have) (?:\w+ )?(?:ask\w*|say\w*|said|suggest\w*|propos\w*|think\w*|worr\w*|"
    r"talk\w*|push\w*|hint\w*|mention\w*|after|on about)\b|"
    r"\byou'd (?:\w+ )?(?:rather|like|prefer|want|say|use|pick|choose|have)\b|"
    r"\byour (?:point|question|suggestion|idea|argument|claim|worry|concern|remark|proposal|<)|"
    r"\b(?:as for|regarding|speaking of|about) (?:the |a )?<"
)
_DEPENDS = re.compile(r"\b(?:it|that|this) (?:\w+ )?depends\b")
_FILLING = listed(
    "and or nor a an the maybe perhaps also even something like else plain our own then just either both to for in of "
    "on as well even too with so"
)
_BARE_VERBS = listed(
    "put use have add run keep store go move switch let make take do send write read push shard cache call get pick "
    "replace drop"
)
_NO_LIST = _SUBJECTS | _SUBJECT_BEFORE_VERB | _PLAIN_VERBS | _BARE_VERBS
_FRAGMENT_WORDS = 1
_PLACEHOLDER = re.compile(r"<(\d+)>")


class Clause(msgspec.Struct, frozen=True):
    """A stretch of a sentence with names as "<n>", and whether it speaks of the design as it is."""

    text: str
    after_pause: bool
    real: bool = True


def clauses_of(sentence: str, mentions: Sequence[Mention]) -> tuple[Clause, ...]:
    """Cut one sentence at its pauses, connectives and new subjects; `mentions` are the names in it."""
    found = _cut(*_marked(sentence, mentions))
    return tuple(
        msgspec.structs.replace(clause, real=real) for clause, real in zip(found, _realities(found), strict=True)
    )


def placeholders(text: str) -> list[int]:
    """The numbers of the names in a clause, in spoken order."""
    return [int(number) for number in _PLACEHOLDER.findall(text)]


def is_fragment(text: str) -> bool:
    """Whether a clause only goes on with a list: hardly a word beside the options and no subject or verb."""
    rest = [word for word in text.split() if word not in _FILLING and not word.startswith("<")]
    return len(rest) <= _FRAGMENT_WORDS and _NO_LIST.isdisjoint(rest)


def _marked(sentence: str, mentions: Sequence[Mention]) -> tuple[list[str], frozenset[int]]:
    """The words of a sentence with each name as one, and the places before which the speaker pauses."""
    spoken, stops = words(sentence), pauses(sentence)
    starts = {mention.start: (number, mention.end) for number, mention in enumerate(mentions)}
    tokens: list[str] = []
    paused: set[int] = set()
    at = 0
    while at < len(spoken):
        number, end = starts.get(at, (-1, at + 1))
        if at in stops:
            paused.add(len(tokens))
        tokens.append(spoken[at] if number < 0 else f"<{number}>")
        at = end
    return tokens, frozenset(paused)


def _cut(tokens: list[str], paused: frozenset[int]) -> list[Clause]:
    found: list[Clause] = []
    begin, after_pause = 0, False
    for at in range(1, len(tokens)):
        if at not in paused and not _begins(tokens, begin, at):
            continue
        found.append(Clause(" ".join(tokens[begin:at]), after_pause))
        begin, after_pause = at, at in paused
    return [*found, Clause(" ".join(tokens[begin:]), after_pause)] if tokens else []


def _begins(tokens: list[str], begin: int, at: int) -> bool:
    """Whether a clause begins at a word although nobody pauses."""
    word, before = tokens[at], tokens[at - 1]
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if word in ("only", "even") and following == "if":
        return True
    if word == "yet" and following.startswith("<"):
        return True
    if word == "now" and (following in _SUBJECTS or following == "it"):
        return before not in _NO_CUT_AFTER and before not in ("and", "by", "right")
    if word in _OPENERS:
        return not all(earlier in _OPENERS for earlier in tokens[begin:at]) and before not in ("even", "only", "or")
    if before in _NO_CUT_AFTER:
        return False
    if word.startswith("<"):
        return following in _PLAIN_VERBS and before not in _LEADS_TO_NAME
    if word == "you" and before in _TO_YOU:
        return False
    return word in _SUBJECTS or (word in _SUBJECT_BEFORE_VERB and following in _PLAIN_VERBS)


def _realities(found: list[Clause]) -> list[bool]:
    real: list[bool] = []
    pending, carried, depends = "", "", False
    for at, clause in enumerate(found):
        text = clause.text
        depends = (depends or bool(_DEPENDS.search(text))) and not _TURNS.match(text)
        condition = "unlikely" if depends and _CONDITION.match(text) else _condition(text)
        if condition:
            if _only_looks_back(found, at):
                _take_back(found, real, at, condition)
            else:
                pending = condition
            real.append(condition == "met")
            carried = ""
        elif pending and text.startswith(("and ", "or ")):
            real.append(pending == "met")
        elif pending:
            unmet = pending == "unlikely" or (pending == "past" and bool(_WOULD.search(text)))
            pending, carried = "", "consequence" if unmet else ""
            real.append(not unmet and not _unreal(text))
        else:
            carried = _carried(clause, carried)
            real.append(not carried)
    return real


def _condition(text: str) -> str:
    """What a clause makes of what follows: "" no condition, "met" in the running system, "past", "unlikely"."""
    if _SUPPOSED.match(text):
        return "unlikely"
    if _PAST_A_THRESHOLD.match(text):
        return "past"
    found = _CONDITION.match(text)
    if found is None or "even if" in text:
        return ""
    said = text[found.end() :]
    if _STRONG.search(said) or (found["opener"] == "if" and _CHOOSES.search(said)):
        return "unlikely"
    if found["opener"] in ("if", "unless") and _HAD_IT_BEEN.search(said):
        return "past"
    return "met"


def _only_looks_back(found: list[Clause], at: int) -> bool:
    """Whether a condition belongs to the clause before it: "I'd move to … if we ever outgrew it"."""
    if at == 0 or found[at].text.startswith(("and ", "but ", "so ")):
        return False
    following = found[at + 1].text if at + 1 < len(found) else "and"
    return following.split(" ", 1)[0] in ("and", "but", "because", "since", "so", "which", "or", "until")


def _take_back(found: list[Clause], real: list[bool], at: int, condition: str) -> None:
    main = found[at - 1].text
    if "unless" in found[at].text:
        return
    hoped = condition == "past" and _WOULD.search(main)
    if condition == "unlikely" or hoped or main.endswith(" only") or found[at].text.startswith("only "):
        real[at - 1] = False


def _carried(clause: Clause, carried: str) -> str:
    """Why a clause is not real, "" if it is: a sign of its own, or one that the clause before it carries on."""
    text = clause.text
    own = _unreal(text)
    if own or not carried:
        return own
    if _TURNS.match(text):
        return ""
    goes_on = is_fragment(text) or _goes_on(text)
    follows = carried in ("consequence", "possible") and text.startswith(
        ("and ", "because ", "since ", "which ", "then ", "so ")
    )
    return carried if goes_on or follows or carried == "elsewhere" else ""


def _goes_on(text: str) -> bool:
    """Whether a clause has no subject of its own: "and put a worker behind it"."""
    first, _, rest = text.partition(" ")
    return first in ("and", "or", "then") and rest.split(" ", 1)[0] in _BARE_VERBS


def _unreal(text: str) -> str:
    if _ELSEWHERE.search(text):
        return "elsewhere"
    if _CITED.search(text):
        return "cited"
    if _ONLY_THEN.match(text):
        return "possible"
    if _POSSIBLE.search(text) or (_WOULD_BE.search(text) and not _NAMES_IT.search(text)):
        return "possible"
    return ""
