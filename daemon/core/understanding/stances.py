"""What a sentence says of each option it names: chosen, turned down, taken out, or nothing of the kind.

A declarative sentence about the design chooses what it names ("clicks end up in ClickHouse") unless it carries a sign
against it; so the signs are listed here and not the many verbs of choosing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

import msgspec

from phantomcode.daemon.core.understanding.moods import Clause, clauses_of, is_fragment, placeholders
from phantomcode.daemon.core.understanding.names import find_options
from phantomcode.daemon.core.understanding.weighing import (
    ARTICLES,
    LEADS_ON,
    for_another_day,
    goes_on_listing,
    is_granted,
    preferred_after_all,
    turned_down_behind,
    weighed_once,
)
from phantomcode.problems.model import Option, Topic


class Stance(StrEnum):
    """What is said of an option."""

    CHOSEN = "chosen"
    REJECTED = "rejected"
    """Named as what was not taken."""
    REMOVED = "removed"
    """Taken out of the design."""
    UNDECIDED = "undecided"


class Claim(msgspec.Struct, frozen=True):
    """One option in one sentence."""

    option: Option
    said: str
    stance: Stance
    added: bool = False
    """Comes on top of what stands ("plus a local cache in front")."""
    switched: bool = False
    """Comes in place of what stands ("change it to …")."""


_FILLERS = (
    r"(?:(?:the|a|an|any|out|of|using|plain|our|that|to|in|it|them|use|used|have|having|run|running|put|putting|"
    r"take|taking|go|going|with|through|straight|directly|necessarily|want|need|every|each|another|one|more|something|"
    r"like|some) )*"
)
_AFTER_REJECTION = re.compile(
    r"\b(?:instead of|rather than|as opposed to|without|versus|vs|unlike|against|compared (?:to|with)|"
    r"rather (?!than).* than|don't bother with|away with|no (?:need|reason|point|use|room|case) (?:for|to|in|of)|"
    r"(?:nobody|nothing|no one|none of us) (?:here )?(?:wants?|needs?|likes?|asked|requires))\b(?!.*\bjust\b)|"
    rf"\bno (?:\w+ ){{1,2}}(?:at|in|on|by|to|through|from) {ARTICLES}$|"
    rf"\b(?:than|no|not|nor|neither|except|minus|avoid|avoided|avoiding|forget|rul(?:e|ed|ing) out|"
    r"(?:stay|stayed|staying|keep|kept|keeping|steer|steered|steering|shy|shied) (?:well )?(?:away|clear) (?:from|of)|"
    rf"(?:i|we|i'd|we'd|i'll|we'll|would) (?:pass(?:ed)? on|reject(?:ed)?|dismiss(?:ed)?|discard(?:ed)?)) {_FILLERS}$"
)
_VERB_DENIED = re.compile(
    rf"\b(?:(?:don't|doesn't|won't|wouldn't|shouldn't|can't|couldn't|not|never)(?: \w+)?|skip\w*|bypass\w*) {_FILLERS}$"
)
_BUT_NOT_REJECTED = re.compile(
    r"\b(?:not (?:only|just)|no (?:doubt|problem|matter|longer only)|nothing but|why not|"
    r"(?:weigh\w*|pit\w*|held) <\d+>(?: up)? against)\b"
)
_NOTHING_MORE = re.compile(
    r"\b(?:no|not|nothing|never|without|cannot|\w+n't)\b.*"
    r"\b(?:more|other|else|\w{3,}er) than (?:(?:a|an|the|our|plain) )*$"
)
"""Denies what goes beyond the option that is named."""
_NEGATED = re.compile(
    r"\b(?:not(?! (?:there|here|cached|found|known))|never|cannot|hardly|neither|don't|doesn't|didn't|won't|"
    r"wouldn't|shouldn't|can't|couldn't|"
    r"(?:isn't|aren't|wasn't)(?! (?:there|here|in|cached|found|known))|needn't|no longer)\b(?P<scope>.*)$"
)
_ENDS_NEGATION = re.compile(
    r"\b(?:(?<!go )(?<!going )(?<!gone )(?<!bother )(?<!start )(?<!deal )(?<!stick )(?<!stay )(?<!happy )(?<!work )"
    r"with|thanks to|via|just|only|by)\b"
)
_REMOVES = re.compile(
    rf"\b(?:drop|dropping|remove|removing|ditch\w*|scrap\w*|(?:i'd|let's|i would|we'd) lose|get(?:ting)? rid of|"
    rf"leave out|leaving out|throw out|do(?:ing)? away with|replac(?:e|es|ing)|swap\w*(?: out)?|"
    rf"no longer (?:need|use|have|want)|(?:mov\w+|get|getting|migrat\w+) (?:away from|off)|"
    rf"(?:switch\w*|migrat\w+) (?:away )?from) {ARTICLES}$"
)
_NEEDLESS = re.compile(rf"\b(?:don't|doesn't|do not|does not) (?:\w+ )?need {ARTICLES}$")
_AT_ALL = re.compile(r"^(?:$|any ?more|at all|here$|then|after all|now|any longer|in that case)")
_PART_OF_IT = re.compile(
    r"^(?:nodes?|machines?|instances?|servers?|replicas?|shards?|primar(?:y|ies)|keys?|entr(?:y|ies)|rows?|records?|"
    r"connections?|partitions?|topics?|cop(?:y|ies)|box(?:es)?|only|after|when)\b"
)
_CHANGES_FROM = re.compile(rf"\b(?:mov(?:e|ing)|chang(?:e|ing)|go(?:ing)?) from {ARTICLES}$")
_TAKES_OUT = re.compile(rf"\b(?:take|taking|leave|leaving|throw|cut|pull|rub) {ARTICLES}$")
_GONE = re.compile(r"^(?:(?:is|are|'s) (?:gone|out\b(?! of)|dropped|removed)|goes away|falls away|go away|fall away)")
_UNFIT = re.compile(
    r"^(?:(?:itself|here|also|really) )?(?:(?:is|are|seems|feels|looks|sounds) (?:\w+ )?(?:overkill|out\b|too\b|"
    r"unnecessary|wrong|not\b|no\b|never|needless|pointless|excessive|useless)|isn't|aren't|doesn't|don't|won't|can't|"
    r"cannot|never|lacks?|struggles?|kills?|hurts?|breaks?|burns?|wastes?|overwhelms?|out$)"
)
_WOULD_DO = re.compile(
    r"^(?:\w+ )?would (?:also |then |just |simply |probably )*(?:sit|hold|store|keep|take the|go|live|receive|"
    r"serve|own|carry|buffer|feed|read|write|answer|absorb|stand|run|act|become|contain|get the|cache|stay|come)\b"
)
_IS_MINE = re.compile(r"^would (?:\w+ )?be (?:my|our|the|what|where)\b")
_WOULD = re.compile(r"^(?:\w+ )?(?:would|could|might|wouldn't|couldn't)\b")
_PREFERS = re.compile(
    r"\b(?:prefer\w*|choos\w+|chose|pick\w*|favou?r\w*|(?:go|going|went) (?:with|for)|better|"
    r"win\w*|won|advantage|benefit\w*|gain\w*|improvement|upgrade|beats)\b"
)
_OVER = re.compile(rf"\bover {_FILLERS}$")
_SUBJECT = re.compile(
    r"^(?:(?:and|but|so|because|since|whereas|although|though|while|even|as|well|okay|ok|yes|yeah|sure|true|right|now|"
    r"then|also|of|course|i|we|know|think|believe|agree|guess|admit|see|that|the|a|an|our|my|plain|pure|both|fine|fair|"
    r"honestly|actually|yep|no|one|single|each|in|with|on|<\d+>) )*$"
)
_ASIDES = (
    r"(?:(?:itself|also|already|alone|really|certainly|usually|typically|always|often|here|too|now|only|just|still) )*"
)
_MACHINE = (
    r"(?:(?:node|nodes|cluster|server|instance|machine|box|engine|primary|store|database|cache|queue|broker)s? )?"
)
_IS = re.compile(rf"^{_MACHINE}{_ASIDES}(?:is|are|was|were|remains|becomes) {_ASIDES}(?P<what>.*)$")
_IS_PART_OF_IT = re.compile(
    r"^(?:$|(?:built|made) (?:from|by|out of) |what (?:we|i|holds|keeps|stores|takes|makes)\b|"
    r"(?:the|our|my|where|how|in|behind|between|on|next|there|here|for|used|fine|enough|sufficient|okay|ok|plenty|"
    r"good enough|right|below|above|under|inside|per|at)\b|"
    r"(?!built|made|designed|known|meant|based|optimi[sz]ed|supposed|tuned|aimed|limited|called|named|needed|"
    r"\w+-?based)\w+(?:ed|pt|nt|de) )"
)
_HAS = re.compile(
    rf"^{_MACHINE}{_ASIDES}(?:has|have|had|gives?|offers?|supports?|provides?|guarantees?|scales?|handles?|costs?|needs?|"
    r"tends?|lets|let|allows?|makes?|means|performs?|excels?|shines?|requires?|works?|can|will|promises|assumes|moves|"
    r"doubles|hides|fixes|solves|saves|adds(?! up)|helps|sounds|seems|looks|feels|loses?|suffers?|wins|beats|comes|"
    r"ships|does|do) (?P<what>.*)$"
)
_OURS = re.compile(
    r"^(?:(?:hold|keep|take|store|serve|carry|have|be|do|all|of|both|here|well|fine) )*(?:the|our|every|each|"
    r"all|us|this|these|those|most|my|here|for)\b"
)
_CAPACITY = re.compile(
    rf"^{_MACHINE}{_ASIDES}\w+s? "
    r"(?:about |around |roughly |up to |over |some |maybe |at most |at least |easily |only |a few )*"
    r"(?:a |one |two |three |five |ten |twenty |fifty |tens of |hundreds of |several )?"
    r"(?:\d[\d,.]*k?|hundreds?|thousands?|millions?|billions?|ten|twenty|fifty)\b"
)
_ASKED = re.compile(
    rf"{LEADS_ON}(?:(?:would|could|should|does|do|did|can|will|is|are) (?:(?:a|an|the|our|plain) )*<\d+>|"
    r"(?:why|what about|how about)\b)"
)
"""A question, whatever the recogniser put at its end."""
_ASKED_ABOUT_IT = re.compile(
    rf"{LEADS_ON}(?:(?:why|what|how|does|do|is|would|could)\b|you (?:say|said|mean|think|suggest)\b)"
)
_TALKED_ABOUT = re.compile(
    r"\b(?:trouble|problem|issue|catch|downside|upside|drawback|danger|beauty|appeal|weakness|strength|point|thing|"
    r"argument|case) (?:with|of|about|for|against|in) (?:(?:a|an|the|plain) )*$"
)
_CHANGING = re.compile(rf"{LEADS_ON}(?:moving|switching|changing|migrating|swapping|adding|bringing|introducing)\b")
_SAYS_OF_IT = re.compile(
    r"^(?:\w+ )?(?:is|are|was|gains?|buys?|costs?|gives?|means?|adds?|brings?|takes?|makes?|doesn't|isn't|won't|would|"
    r"could|only|helps?|solves?|fixes|changes|saves?|needs?)\b"
)
"""After "switching to <0>": the switch is weighed, not made."""
_GENERALLY = re.compile(r"^\w+ you\b|^you\b")
_WITH_IT = re.compile(rf"^(?:(?:and|but|so|because) )*(?:with|in|on|using|under|for) {ARTICLES}<\d+>(?: \w+)?$")
_WERE_IT = re.compile(
    rf"^(?:(?:and|but|so|because|now) )*(?:with|under) {ARTICLES}<\d+>"
    r"(?:$| (?:the|a|an|every|each|any|all|most|our|their|no|only|one|two|three)\b)"
)
_IT_WOULD = re.compile(
    r"^(?:we|i|you|it|that|there|they)(?:'d| would| could| might) (?:\w+ )?(?:lose|need|have|get|be|pay|give|wait|run|"
    r"risk|only|also|still|not|never|do|model|miss)\b|^you\b"
)
_IT_IS = re.compile(r"^(?:that's|it's|that is|it is|they|this is)\b")
_TAKEN_BACK = re.compile(
    r"(?:^| )(?:no|no no|no wait|wait no|no sorry|sorry|sorry no|scratch that|never mind|forget that|not that)$|"
    r"^(?:(?:and|but|so|then|well|actually) )*(?:i|we|i'd|we'd|i'll|we'll|let's|i would|we would) "
    r"(?:\w+ )?(?:skip|drop|avoid|leave|rule|don't want|don't like|wouldn't do|reject) "
    r"(?:that|it|this)(?: out)?(?:$| it\b| so\b)|"
    r"^(?:(?:and|but|so|then|well) )*(?:that's|it's|this is|that is|it is) (?:out|overkill|no good|no option|ruled out|"
    r"not an option|a no)$"
)
_LIKENED = re.compile(
    r"\b(?:what|similar to|the way|same as|as in|inspired by|(?:difference|decide|choose|choice) between)"
    r"(?: (?:a|an|the))?$"
)
_LISTED = r"(?: (?:either|even|maybe|perhaps|a|an|the|plain|just|actually|with|in|on|some))*"
_ADDS = re.compile(
    r"\b(?:add(?:s|ed|ing)?|plus|also|besides|as well|on top|in addition|additional(?:ly)?|alongside|next to|beside|"
    r"together with|along with|extra|another|in front of|behind|ahead of|on the side|complement\w*|"
    r"second)\b|\btoo$"
)
_ADDS_ALL = re.compile(r"^(?:(?:and|so|okay|well|then) )*(?:besides|plus|in addition|additionally|on top|also)\b")
_KEEPS = re.compile(
    r"\b(?:keep(?:s|ing)?(?! it (?:simple|short))|stays?|staying|stick\w*|remains?|leave (?:it|that|the rest))\b"
)
_SWITCHES = re.compile(
    r"(?:^|\b(?:i|we|i'd|we'd|i'll|we'll|i'm|we're|let's|us|would|will|to|and|then|so|actually) )"
    r"(?:switch(?:ing)?|chang(?:e|ing)|mov(?:e|ing)|swap)(?: (?:it|that|this|them|over))* (?:to|for) |"
    r"\bmake (?:it|that|this) |\binstead(?! of)\b|\breplac(?:e|ing) (?:it|that|this) (?:with|by) "
)


def claims_in(sentence: str, options: tuple[Option, ...]) -> tuple[Claim, ...]:
    """What one declarative sentence says of the options named in it, in spoken order."""
    found = find_options(sentence, options)
    if not found:
        return ()
    clauses = clauses_of(sentence, [mention for _, mention in found])
    topics = [option.topic for option, _ in found]
    stances = _stances(clauses, topics)
    text = " ".join(clause.text for clause in clauses)
    home = {number: clause.text for clause in clauses for number in placeholders(clause.text)}
    switched = {number for number in home if _SWITCHES.search(home[number])}
    added = {number for number in home if _ADDS.search(home[number]) or _ADDS_ALL.match(text)}
    if _KEEPS.search(text):
        added |= set(home) - switched
    return tuple(
        Claim(option, mention.said, stances[number], added=number in added, switched=number in switched - added)
        for number, (option, mention) in enumerate(found)
    )


def denied(before: str) -> bool:
    """Whether the words of a clause before a name turn down what is named: "we don't need a …", "rather than …"."""
    turned_down = _AFTER_REJECTION.search(before) or _VERB_DENIED.search(before)
    return bool(turned_down) and not _BUT_NOT_REJECTED.search(before) and not _NOTHING_MORE.search(before)


def _stances(clauses: Sequence[Clause], topics: Sequence[Topic]) -> dict[int, Stance]:
    stances: dict[int, Stance] = {}
    weighed = False
    for at, clause in enumerate(clauses):
        leading = clauses[at - 1].text if at > 0 else ""
        following = clauses[at + 1].text if at + 1 < len(clauses) else ""
        of_another = _in_another_world(leading, clause.text)
        for number in placeholders(clause.text):
            stance = _stance(clause, number, following, topics)
            before, after = _around(clause.text, number)
            weighed = weighed_once(before, after, leading) or (weighed and goes_on_listing(before))
            open_ = of_another or weighed or for_another_day(before, after, leading, following)
            stances[number] = Stance.UNDECIDED if open_ and stance is Stance.CHOSEN else stance
        _inherit(clause, stances)
        _prefer(clause, stances, clauses[:at], topics)
    for number in _menu(clauses, topics):
        if stances[number] is Stance.CHOSEN:
            stances[number] = Stance.UNDECIDED
    return stances


def _prefer(clause: Clause, stances: dict[int, Stance], earlier: Sequence[Clause], topics: Sequence[Topic]) -> None:
    """Let "… would work, but <name> is simpler" choose what it names, unless one of its topic is chosen before."""
    number = preferred_after_all(clause.text)
    if number is None or stances[number] in (Stance.REJECTED, Stance.REMOVED):
        return
    rivals = [(n, c.text) for c in earlier for n in placeholders(c.text) if topics[n] == topics[number]]
    for rival, text in rivals:
        if stances[rival] is Stance.CHOSEN and is_granted(text, rival):
            stances[rival] = Stance.UNDECIDED
    if rivals and all(stances[rival] is not Stance.CHOSEN for rival, _ in rivals):
        stances[number] = Stance.CHOSEN


def _in_another_world(frame: str, text: str) -> bool:
    """Whether a clause says what would be with an option nobody took: "with Cassandra you give up the constraint"."""
    return bool(_WITH_IT.match(frame) and (_IT_WOULD.match(text) or _IT_IS.match(text)))


def _inherit(clause: Clause, stances: dict[int, Stance]) -> None:
    """Let "or MySQL" and "and no etcd" share the rejection of what the list began with."""
    numbers = placeholders(clause.text)
    if not numbers or not is_fragment(clause.text) or numbers[0] == 0:
        return
    goes_on = not clause.after_pause or re.search(r"\b(?:or|nor)\b", clause.text)
    before = stances[numbers[0] - 1]
    if goes_on and before in (Stance.REJECTED, Stance.REMOVED):
        for number in numbers:
            stances[number] = before


def _stance(clause: Clause, number: int, following: str, topics: Sequence[Topic]) -> Stance:
    before, after = _around(clause.text, number)
    if _taken_out(before, after, number, topics):
        return Stance.REMOVED
    if _turned_down(before, after, following, clause.text) or _taken_back(after, following):
        return Stance.REJECTED
    weighed = bool(following or after) and not clause.after_pause and _WERE_IT.match(clause.text)
    if not clause.real or weighed or _described(before, after) or _LIKENED.search(before.strip()):
        return Stance.UNDECIDED
    if _looked_at(clause.text, before, after, following):
        return Stance.UNDECIDED
    if _passed_over(before, number, topics):
        return Stance.REJECTED
    return Stance.UNDECIDED if _negated(before) else Stance.CHOSEN


def _around(text: str, number: int) -> tuple[str, str]:
    """The words of a clause before and after a name."""
    before, _, after = text.partition(f"<{number}>")
    return before, after.strip()


def _looked_at(text: str, before: str, after: str, following: str) -> bool:
    """Whether an option is asked after or talked about, without a word on whether it is taken."""
    if _ASKED.match(text) or _TALKED_ABOUT.search(before) or (_WITH_IT.match(text) and _IT_IS.match(following)):
        return True
    if _CHANGING.match(before) and _SAYS_OF_IT.match(after):
        return True
    return is_fragment(text) and not after and bool(_ASKED_ABOUT_IT.match(following))


def _turned_down(before: str, after: str, following: str, text: str) -> bool:
    if denied(before):
        return True
    if turned_down_behind(before, after, following):
        return True
    if _IS_MINE.match(after):
        return False
    if (_WOULD.match(after) and not _WOULD_DO.match(after)) or (_UNFIT.match(after) and _SUBJECT.match(before)):
        return True
    return bool(_WITH_IT.match(text) and _IT_WOULD.match(following))


def _taken_back(after: str, following: str) -> bool:
    """Whether the speaker corrects himself at once: "… Cassandra, no, Postgres", "… but I'd skip that"."""
    return "<" not in after and bool(_TAKEN_BACK.search(after) or _TAKEN_BACK.search(following))


def _taken_out(before: str, after: str, number: int, topics: Sequence[Topic]) -> bool:
    if _REMOVES.search(before) and not _PART_OF_IT.match(after):
        return True
    if _GONE.match(after) or (_NEEDLESS.search(before) and _AT_ALL.match(after)):
        return True
    if _TAKES_OUT.search(before):
        return after.split(" ", 1)[0] in ("out", "away")
    return bool(_CHANGES_FROM.search(before)) and topics[number] in topics[number + 1 :]


def _passed_over(before: str, number: int, topics: Sequence[Topic]) -> bool:
    """Whether "over" compares ("Postgres over MySQL") rather than carries ("events go over Kafka")."""
    if not _OVER.search(before):
        return False
    compared = number > 0 and f"<{number - 1}>" in before and topics[number - 1] == topics[number]
    return compared or bool(_PREFERS.search(before))


def _negated(before: str) -> bool:
    found = _NEGATED.search(before)
    if found is None or _NOTHING_MORE.search(before):
        return False
    return not _ENDS_NEGATION.search(found["scope"]) and not _BUT_NOT_REJECTED.search(before)


def _described(before: str, after: str) -> bool:
    """Whether a technology is described in general ("… is good at writes") rather than put to use."""
    if not _SUBJECT.match(before):
        return False
    if _GENERALLY.match(after) or _CAPACITY.match(after):
        return True
    being = _IS.match(after)
    if being is not None:
        return not _IS_PART_OF_IT.match(being["what"] + " ")
    having = _HAS.match(after)
    return having is not None and not _OURS.match(having["what"])


def _menu(clauses: Sequence[Clause], topics: Sequence[Topic]) -> set[int]:
    """Options of one topic that are only listed: "Postgres, MySQL or Cassandra"."""
    text = " ".join(clause.text for clause in clauses)
    menu: set[int] = set()
    for first, second in pairwise(range(len(topics))):
        listed = re.search(rf"<{first}>{_LISTED} (?:or|nor){_LISTED} <{second}>", text)
        listed = listed or re.search(rf"\bboth <{first}> and <{second}> (?:are|work|would|could|do|can|have)\b", text)
        if listed and topics[first] == topics[second]:
            menu |= {first, second} | _listed_before(first, text, topics)
    return menu


def _listed_before(number: int, text: str, topics: Sequence[Topic]) -> set[int]:
    found = set()
    while number > 0 and topics[number - 1] == topics[number] and f"<{number - 1}> <{number}>" in text:
        number -= 1
        found.add(number)
    return found
