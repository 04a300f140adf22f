"""What the sentences of an answer to a challenge do: keep, change, bound, yield, refuse, dodge, or give a reason.

Politeness is listed so that it can be left out: the class of an answer follows what happens to the design.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import compress, pairwise

import msgspec

from phantomcode.daemon.core.understanding.text import clauses, content_stems, is_question, normalise, sentences, words

_MIN_NEW_STEMS = 3
"""Content words a reason must have that are neither in the challenge nor in the decision itself."""

_IGNORANT = re.compile(
    r"\b(?:dunno|not a clue|can't think|wouldn't know|i'd (?:only )?be guessing|no experience|not my area|"
    r"you've lost me|search me|i(?:'ve| have) not (?:come across|looked|used|done|thought)|haven't (?:a clue|"
    r"got an answer|thought|worked|used|come across)|that's a gap|i pass|over my head|doesn't ring a bell|"
    r"can't place it|i'd rather not guess|i (?:honestly |really |just |actually )?(?:don't|do not) (?:know|remember|"
    r"have (?:a good |an |a |any )*(?:answer|idea))|i(?:'m| am) (?:honestly |really )?not (?:familiar|"
    r"(?:\w+ )?sure (?:how|what|why|which|whether|i can|on|about|off))|not (?:something|an area) i(?:'ve| know|"
    r" have)?|no idea|no clue|i couldn't (?:tell|say)|can't (?:answer|say|tell you|compare|remember|recall|"
    r"think of)|couldn't say|drawing a blank|went blank|i(?:'m| am) (?:stuck|stumped|blanking)|i(?:'d|"
    r" would)? (?:have|need) to (?:look|read|think|check|go away)\b[^.]{0,24}\b(?:up|about|first|on it)|i(?:'ve|"
    r" have) never (?:had to|done|looked|worked|dealt|used|run into|touched|heard)|don't have (?:a|an|"
    r"any) (?:good )?(?:answer|idea|opinion)|hadn't (?:thought|considered)|beyond me|out of my depth|i(?:'d|"
    r" would) have to (?:measure|test|look|check|think)|i give up(?=[.,!?]|$)|you(?:'ve| have) got me|"
    r"not familiar enough)\b"
)
_AUTHORITY = re.compile(
    r"\b(?:textbook|common practice|(?:widely|commonly) (?:used|done|accepted)|how (?:everyone|everybody|people|"
    r"it's) (?:does|do|done)|what the (?:big|large)\w* \w+ do|(?:every|most|any) (?:serious )?(?:shop|company|team|"
    r"place)s?|(?:smart|clever) people|tried and tested|never (?:had|seen|been) (?:a|an|any)? ?(?:problem|issue|"
    r"trouble)|the (?:whole )?industry|years of experience|industry standard|standard practice|best practices?|"
    r"everybody (?:does|uses|builds|runs|knows)|everyone (?:does|uses|builds|runs|knows)|nobody (?:does|runs|"
    r"worries)|what (?:everybody|everyone|people|most (?:people|companies|teams)) (?:do|does|use|uses)|"
    r"most (?:companies|teams|people|places) (?:do|use|run)|(?:netflix|google|amazon|facebook|meta|twitter|uber|"
    r"stripe|airbnb|linkedin)(?: and \w+)?(?:'ve| have| has| both| all)? (?:\w+ ){0,2}(?:do|does|did|done|use|uses|"
    r"used|runs?|built)|battle.tested|proven|well.known|(?:it's|it is|that's|which is|kind of|"
    r"sort of) (?:\w+ )?(?:the|an?) (?:standard|default|classic)\b(?! (?!way|choice|answer|thing|approach|solution)\w)|"
    r"i(?:'ve| have) (?:run|used|built|done|shipped|seen)\b[^.]{0,60}\b(?:never|fine|works?|worked|problem|years)|"
    r"at my (?:last|old|previous|current)|trust me|in my experience|i've always|"
    r"(?:in|from|by|per) (?:the|some|every|any) (?:books?|docs|blog posts?|papers?|textbooks?)\b(?! of\b)|"
    r"(?:the|some|all the) (?:books?|docs|blog posts?|papers?|textbooks?) (?:says?|do|does|recommends?|tells?)|"
    r"good enough for (?:them|us))\b"
)
_DODGE = re.compile(
    r"\b(?:cross that bridge|when we get there|not a big deal|no big deal|lose (?:any )?sleep|takes? care of (?:it|"
    r"that|this|all)|handles? (?:it|that|this|all of)|(?:we|someone|they)(?:'d|'ll| would| will| can) (?:look (?:at|"
    r"into)|figure|sort|worry|deal|handle|review)|nobody(?:'s| has)? (?:ever )?(?:complained|noticed|cares)|"
    r"lots of (?:things|factors|ways)|good question|big picture|out of the box|the vendor|fresh eyes|"
    r"matters (?:a lot|to me)|let's not|that'll do|should be (?:fine|okay|ok|enough)|won't bite|keep it simple|"
    r"let's (?:park|leave) (?:it|that)|as i (?:said|say)|already (?:said|answered|explained)|move on|moving on|"
    r"keep going|(?:come|get|circle) back to|implementation detail|relitigate|not (?:worth|"
    r"going to) (?:\w+ )?(?:worry|overthink|argue|get into|go into)|wouldn't (?:over\w+|worry)|"
    r"don't (?:think we need|want to get|worry)|later on|for another (?:day|time)|other (?:team|people)|some(?:body|"
    r"one) else|would be (?:a )?review|great question|it's fine\b|it'll be fine|won't (?:matter|happen|"
    r"be a problem)|not (?:really )?a (?:big )?(?:problem|issue|concern)|that's just (?:how|not)|many ways|"
    r"finding the right balance|it depends|edge case|rather (?:talk|move|focus|spend)|in practice (?:it|that|this)|"
    r"ops (?:team )?(?:will|would|can)|we can (?:always )?(?:tune|figure|sort|fix|deal))\b"
)
_ACCEPT = re.compile(
    r"\b(?:good (?:point|call|catch|observation)|great (?:point|call|catch|idea)|excellent|fair(?: enough| point)?|"
    r"you're (?:\w+ )?right|that's (?:right|true|fair|a (?:good|fair|hole|problem|bug|real))|agreed?|true|yes|yeah|"
    r"yep|okay|ok|ouch|sure|absolutely|totally|of course|no argument|makes sense|my mistake|i missed|that breaks|"
    r"broken|i was wrong|is wrong)\b"
)
_YIELD = re.compile(
    r"\b(?:happy to (?:switch|go|change|do|use|move|swap)|if (?:you|that's what you)(?:'d| would)? (?:prefer|rather|"
    r"like|want|think|say)|whatever you|whichever|i(?:'m| am) (?:easy|fine with|okay with|flexible)|"
    r"no strong (?:feelings|opinion|preference)|don't have (?:a )?strong|don't (?:really )?mind|your call|up to you|"
    r"you(?:'ve| have) (?:definitely |clearly )?(?:seen|run|done|used) more|you (?:know|would know) (?:better|this)|"
    r"i could be (?:mis\w*|wrong)|i(?:'m| am) probably wrong|must be misremembering|if that's (?:how|what|the case|"
    r"right)|if you say so|i(?:'ll| will) trust you|i(?:'ll| will) take your word|my apologies|"
    r"should have (?:thought|seen|known)|let's (?:just )?do (?:that|it your way)|i(?:'ll| will) (?:just )?do that|"
    r"that works too|let's go with (?:that|your)|(?:i like|love) (?:that|it)|that's (?:better|cleaner|nicer|"
    r"more modern)|wasn't thinking|fine[,.])"
)
_KEEP = re.compile(
    r"\b(?:stays?|staying|keep(?:ing|s)? (?!going|an eye|up|that in mind|it in mind|growing|track|losing)|kept|"
    r"stick(?:ing)? (?:with|to)|stand(?:ing)? by|leav(?:e|ing) (?:it|them|that|the|those|this)|hold(?:ing)? (?:on|"
    r"to|firm)|wouldn't (?:accept|allow|shorten|tighten|raise|lower|reduce|extend|cut|batch|throttle|wrap|tag|mark|"
    r"sample|persist|log|delete|purge|verify|push|pull|poll|serve|carve|exclude|exempt|double|bump|bring|peel|bolt|"
    r"layer|throw|track|record|reserve|wait|stagger|jitter|refuse|reject|widen|narrow|quarantine|isolate|scope|gate|"
    r"salt|suffix|prefix|version|refresh|invalidate|flush|drain|spread|merge|join|expire|trim|loosen|relax|start|"
    r"begin|stop|change|switch|move|touch|add|replace|swap|do|go)|won't (?:change|switch|move|add|replace|swap|"
    r"be changing)|not (?:changing|switching|moving|going to (?:change|switch|move))|don't (?:see|need|want|have|"
    r"think|buy) (?:a reason|any reason|to (?:change|switch|move|add)|it|that|one)|no (?:reason|need) to|i(?:'d|"
    r" would)? still|(?:i(?:'m| am)) still|i(?:'d| would) (?:rather (?:not|keep|stay|have)|defend)|same (?:design|"
    r"choice|answer)|not worth (?:it|changing|the)|remains?|as (?:it is|drawn|is\b)|i(?:'m| am) happy with|"
    r"prefer (?:the|my|what|this|postgres)|no change)\b"
)
_REFUSE = re.compile(
    r"(?:^|[.!?] )(?:(?:hmm?|um|uh|well|right|so|yeah|okay|ok|honestly|actually|and|but|i mean|sorry|ah|"
    r"oh)[,.]? )*(?:no\b(?!,? (?:totally|you're right|yeah|argument|you are))|not (?:the|really|quite|exactly|here|"
    r"for|in|at|by|necessarily|any|every|so|true)\b|nope)|\b(?:i (?:disagree|don't (?:think|agree|believe|buy)|"
    r"doubt|(?:would |'d )?push back)|i'd (?:push back|argue|challenge)|that's not (?:how|true|right|quite|what)|"
    r"that isn't|it isn't|it doesn't|it's not|they don't|you don't|isn't (?:true|how)|doesn't (?:work|happen|apply|"
    r"matter|mean|have|do|need|hold)|actually,? (?:it|that|the)|more like|only if|that'd be true|would be true|"
    r"not quite|we agreed|you (?:told|said|agreed)|i didn't say|misread|the trouble is|on the contrary)\b"
)
_CHANGE = re.compile(
    r"(?:^|\b(?:so|then|and|okay|right|instead),? )(?:lock|use|add|make|put|switch|move|drop|split|store|write|send|"
    r"check|hash|count|swap|replace|cap|go with|take|give|let)\b|\b(?:i(?:'d| would|'ll| will) (?:now |then |just |"
    r"also |probably |rather |instead )*(?:change|switch|swap|replace|move|drop|remove|add|append|split|make|pull|"
    r"put|fetch|take|send|do|use|go|give|store|write|return|set|shard|cache|hash|turn|fix|redo|rename|update|need|"
    r"have|pin|lock|hand|run|require|include|sign|encrypt|stamp|count|limit|cap|introduce|restructure|build|route|"
    r"promote)|let(?:'s| me| us) (?:just |then |now |go (?:with|for)|use|do|switch|swap|change|move|drop|"
    r"add|make|put|replace|rename|restructure|redo|fix|take|split|read|update|scrap|store|cross)|we(?:'d|'ll| will|"
    r" would| can| could| should| need to| have to) (?:just |then |also |now |instead )*(?:change|switch|swap|"
    r"replace|move|drop|remove|add|split|make|use|go|put|store|write|do|introduce|need|return|have|build|give|take|"
    r"pin|lock|restructure)|instead\b(?! of)|(?:has|have|needs?|ought) to (?:be|go|wait|carry|become|come|happen|"
    r"move)|(?:can't|cannot) (?:go|stay|be|live|use|rely)|so (?:i|we|the|that|it|then)?\s?(?:switch|go|use|do|take|"
    r"make|need|split)\b|should (?:be|go|have|use|move|live|carry)|becomes?|(?<!as )(?<!where )it is[,.]|then[.,]?$|"
    r"goes? (?:in|into|to|away|on)\b|gets? (?:a|an|its|counted|written|its own)|cross (?:this|that|it) out|"
    r"change (?:it|that|this)|switch(?:ing)? (?:to|over)|swap(?:ping)?|replac(?:e|ing) (?:it|that)|get rid of|"
    r"we don't do the|not on .* then|one less thing|wouldn't lean|what i(?:'d| would| can| will) do|"
    r"i can (?:add|put|stamp|make|do|move|change|use))"
)
_OUTRIGHT = re.compile(
    r"\b(?:i|we)(?:'d|'ll| would| will)? (?:now |then |just |also |only )?"
    r"(?:change|replace|swap|switch|drop|rework|redo) (?!no\b|nothing\b)|^(?:the )?change:"
)
"""A change said in so many words: it weighs twice, and in the plain present it is one all the same."""
_BOUND = re.compile(
    r"\b(?:to begin with|on those|for those|in that (?:one )?case|apart from|other than|up to a point|in part|"
    r"partly|a bit of both|where it (?:matters|counts)|the \w+ part|one (?:exception|thing i'd)|same as before|"
    r"as it was|only (?:then|there|where|if)|small(?:er)? change|tweak|just (?:the|that|those|on|lower|raise|"
    r"shorten|add|a)|carve\w*|exempt\w*|only (?:for|the|on|that|those|this|when)|for (?:that|those|this|"
    r"these) \w+ |just for|everything else|the (?:rest|others|"
    r"other \w+)|for (?:everything|everyone|the rest|regular|most)|part way|half way|halfway|that said|"
    r"default (?:stays|open)|still (?:want|keep|leav)\w*|those i keep|"
    r"the (?!(?:first|second|last|next|same|only|right|wrong|good|old|new)\b)\w+ ones?|for \w+,? yes|"
    r"on \w+,? yes|on top|underneath|as a fallback|as well|both(?! (?:\w+ )?(?:would|could|can|will|do|are|"
    r"work|ways|options|of (?:them|these|those))\b)|except|a hybrid|the retries have to stay|"
    r"keep their|can (?:trail|stay)|drops? to)\b"
)
_CAUSE = re.compile(
    r"\b(?:because|'cause|since|otherwise|which means|that means|due to|whereas|unless|by the time|as soon as|"
    r"in case|the (?:problem|trouble|point|reason|thing) is)\b"
)
_WEAK_CAUSE = re.compile(r"\b(?:so(?: that)?|if|when|once|means|given)\b")
_NOT_A_CHANGE = re.compile(
    r"\b(?:let me (?:do that|do the|think|see|check|explain|start|draw|go (?:deep|into|over|through|on)|dive|talk|walk|"
    r"cover|turn|look)|i(?:'d| would) (?:use it too|have said|"
    r"agree|be|worry)|i(?:'ve| have) (?:got )?no|wouldn't|won't|we'd be|you'd (?:have|need|be|get)|would (?:queue|"
    r"have|need|be|mean|cost|give|take|make|put)|rather move on|no need|don't (?:need|want|have) to|not going to)\b"
)
_IN_PART = re.compile(
    r"^(?:(?:so|and|right|well|sure)[, ]+)*for (?:the |those |these )?[\w']+(?: [\w']+){0,3},? "
    r"(?:i|we)(?:'d| would|'ll) (?:use|take|go|accept|move|put|do)\b|"
    r"\b(?:for|on|with) (?:the |those |that |people |anything |everything )?\w+ .{0,60}i(?:'d| would|'ll) (?:do|use|"
    r"take|go with|accept) (?:it|that|this|exactly that|yours)\b(?! too)"
)
_CONDITIONAL = re.compile(
    r"\b(?:if|once|when|unless|should)(?: (?!so\b|then\b|and\b)[\w']+){1,10}?,? (?:then )?(?:i|we)(?:'d| would)\b"
    r"(?! be\b)|\b(?:i|we)(?:'d| would) (?:only )?(?:\w+ ){1,5}(?:only )?(?:if|once|when)\b(?! you\b)"
)
"""A change that waits for something: "once we pass that, I'd shard it"."""
_CONCEDES = re.compile(
    r"^(?:(?:um|uh|oh|hm+|ah|ouch|okay|ok|well|so|and|right|yeah|yes|no)[, .]+)*(?:yes\b|right\b|true\b|yeah\b|"
    r"correct\b|broken|agreed|exactly|(?:you|they|we) (?:would|do|did|could|can|are)[,.]|"
    r"you're (?:\w+ )?right|that's (?:\w+ )?(?:a )?(?:real |fair )?(?:problem|hole|"
    r"bug|gap|true|right)|it (?:is|does|would)\b|good catch|it doesn't (?:survive|work|hold)|that(?:'d|"
    r" would) (?:break|lose|fail)|nothing,|it breaks)"
)
_BECAUSE = re.compile(r"^(?:(?:well|um+|uh+|so|hm+|right|oh|mostly|simply|just)[, .]+)*(?:because|'cause)\b")
_REVOKES = re.compile(
    r"\b(?:scratch that|i take (?:that|it) back|on second thoughts?|actually,? no|no,? actually|no,? wait|wait,? no|"
    r"never mind|forget (?:that|it)|or rather,? no)\b"
)
"""What was said before this no longer stands, only its reasons do."""
_SELF_BLAME = re.compile(
    r"\b(?:(?:i was|i'm|i am|that's|that is|that was|it's|it is|mine is|version is|design is|what i drew is|"
    r"what i said is) (?:\w+ )?(?:wrong|broken|a hole|a bug|a gap|a problem|no good|not (?:good )?enough|too \w+)|"
    r"my mistake|i (?:missed|overlooked|didn't (?:think|see|consider)|never (?:thought|saw|considered)|hadn't|"
    r"got that wrong)|(?:i|and|i'd|i had) forg(?:ot|otten)\b|falls over|"
    r"it breaks|breaks (?:it|that|my)|(?:doesn't|won't|can't|didn't) (?:hold|survive|work)\b|scratch that|"
    r"take (?:that|it) back|the fix|to fix (?:it|that|this)|so not (?:a |the )?\w+[.,]|i have to change|"
    r"has to change|must change|needs? (?:a )?(?:fix|change))"
)
_PRESENT = re.compile(
    r"\b(?:i|we) (?:then |just |also |instead )?(?:change|move|put|add|switch|give|make|need|must|should|have to|"
    r"send|store|write|replace|use|take|keep|hash|split|check|wait|lock|set|let|do|go)\b|\b(?:must|needs to|should|"
    r"has to)\b|^(?:so |then |and )?now,? (?:an?|one|each|every|the|only|all|it|they|"
    r"nobody|nothing)\b|^(?:so |then |and )?(?:an?|one|each|every|the) .{3,60}\b(?:goes|gets|carries|waits|checks|"
    r"takes|holds|becomes)\b"
)
_REASON_OF_A_CONDITION = 0.7
_SHORT_SENTENCE_WORDS = 7
_OPENS_WITH_NO = re.compile(
    r"(?:(?:u[hm]+|ehm?|er|hm+|well|so|okay|ok|how to say|honestly|actually|and|but|look|sorry)\b[,. ]*)*no\b"
    r"(?! (?:idea|clue|reason|strong|problem|good))"
)
_LONG_ANSWER_WORDS = 60
"""Longer answers mention other things that stay or are kept."""
_KEEPS_IT = re.compile(
    r"\b(?:keep|keeping|leave|leaving|hold|change|changing|switch|switching|move|moving|touch) (?:it|that|this|them|"
    r"those|these|my|mine)\b|\b(?:it|that|they|these|those|the rest|everything else) stays?\b|"
    r"\bstay(?:ing)? (?:with|on)\b|\bstick(?:ing)? (?:with|to)\b|\bstill\b|\bas it is\b"
)
_BUT = re.compile(r"\b(?:but|though|although|however|still|only)\b")
_OBJECTS = re.compile(r"\b(?:but|though|although|however|yet)\b")
_LEAST_OBJECTION = 0.5
"""About a number, or a cause with something new: what follows a "but" is half a sentence."""
_UNPUNCTUATED = re.compile(r"\s+(?=(?:so|but|because|and then|and so|since|then|which)\b)")
_LONG_SENTENCE_WORDS = 14
_MECHANISM = re.compile(
    r"\b(?:would(?:'ve| have)?|could|can't|cannot|never|every|both|twice|fail\w*|los[est]\w*|crash\w*|di(?:es?|ed)|"
    r"break\w*|block\w*|lock\w*|retr\w+|duplicat\w*|stale|overwrit\w*|collid\w*|collision|hash\w*|timestamp\w*|"
    r"partition\w*|replic\w*|queue\w*|index\w*|memory|disk|network|latency|slow\w*|fast\w*|commit\w*|thread\w*|"
    r"process\w*|key|keys|order|version\w*|cost\w*|expire\w*|evict\w*|saturat\w*|throughput|bandwidth|budget|"
    r"requirement|promis\w*|nines|consumers?|scan\w*|writes?|reads?|window|client\w*|server\w*)\b"
)
_NUMERAL = re.compile(
    r"\b(?:\d[\d,.]*\w*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|"
    r"fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|half|tenth|third|thirds|quarter|"
    r"percent|nanoseconds|milliseconds?)\b"
)
_PROCESS = re.compile(
    r"\b(?:diagram|whiteboard|board|picture|arrow|box|draw|rename|cross|elegant|overall direction|restructure|"
    r"dashboard|properly|the design doesn't|other two)\b"
)


class Cues(msgspec.Struct, frozen=True):
    """Counts over the sentences of one answer."""

    keep: int
    keeps_last: bool
    """The last two sentences keep the decision."""
    change: int
    bound: int
    yielding: int
    polite: int
    """Yields and grants that a "but" with a reason takes back at once; they are counted nowhere else."""
    refuse: int
    denies: bool
    """The answer opens with a plain "no", grants nothing after it and changes nothing."""
    accept: int
    concedes_first: bool
    """The answer opens by granting the objection, with no "but" in that sentence."""
    self_blame: int
    """The candidate says that his own design fails."""
    present_change: int
    """Design statements in the plain present ("we put a queue there"): a change only where the objection is granted."""
    ignorant: int
    ignorant_last: bool
    authority: int
    dodge: int
    conditional: int
    """Changes announced for another day ("if we needed that, I'd …"), beside a decision that is kept."""
    reason: float
    """Weight of what is new and says why: about 1 for a sentence with a mechanism, number or cause."""
    echo: bool
    """The last commitment repeats the challenge's own words."""
    words: int


def read_cues(challenge: str, response: str, before: str) -> Cues:
    """Read an answer against the challenge and the decision it is about."""
    known = content_stems(challenge) | content_stems(before)
    spoken = _parts(response)
    parts = _standing(spoken)
    plain = " ".join(parts)
    stated = [s for s in parts if not is_question(s)]
    text = " ".join(stated)
    wanders = len(plain.split()) > _LONG_ANSWER_WORDS
    kept = [bool(_KEEP.search(s)) and (not wanders or _keeps(s, known)) for s in stated]
    later = [any(kept) and bool(_CONDITIONAL.search(s)) for s in stated]
    change = sum(_change(s) for s, waits in zip(stated, later, strict=True) if not waits)
    yielding, polite_yielding = _granted(_YIELD, parts, known)
    accept, polite_accept = _granted(_ACCEPT, parts, known)
    grants = yielding or accept or _SELF_BLAME.search(plain) or change
    concedes_first = bool(parts) and _concedes(" ".join(parts[:2]))
    return Cues(
        keep=sum(kept) + _justifies(challenge, plain),
        keeps_last=any(kept[-2:]),
        change=change,
        bound=len(_BOUND.findall(text)) + sum(bool(_IN_PART.search(s)) for s in stated),
        yielding=yielding,
        polite=polite_yielding + polite_accept,
        refuse=len(_REFUSE.findall(plain)),
        denies=bool(_OPENS_WITH_NO.match(plain)) and not grants and not concedes_first,
        accept=accept,
        concedes_first=concedes_first,
        self_blame=len(_SELF_BLAME.findall(text)),
        present_change=sum(bool(_PRESENT.search(s)) for s in stated),
        ignorant=len(_IGNORANT.findall(plain)),
        ignorant_last=bool(parts) and any(_IGNORANT.search(s) for s in parts[-2:]),
        authority=len(_AUTHORITY.findall(plain)),
        dodge=len(_DODGE.findall(plain)),
        conditional=sum(later),
        reason=_reasons(spoken, known) + sum(_criterion(s, known) for s in compress(stated, later)),
        echo=_echoes(stated, content_stems(challenge) - content_stems(before), known),
        words=len(words(response)),
    )


def _parts(response: str) -> list[str]:
    """Sentences; long stretches without punctuation, as recognisers give them, are cut before connectives."""
    parts: list[str] = []
    for sentence in sentences(response):
        plain = normalise(sentence)
        long = len(plain.split()) > _LONG_SENTENCE_WORDS and "," not in plain
        parts += _UNPUNCTUATED.split(plain) if long else [plain]
    return parts


def _justifies(challenge: str, answer: str) -> bool:
    """Whether "why not …?" is met with "because …": who says why it is so keeps it so."""
    return bool(_BECAUSE.match(answer)) and "why" in words(challenge)


def _standing(parts: list[str]) -> list[str]:
    """The sentences after the last one that takes something back, if they keep or change anything; else all."""
    revoked = [at for at, part in enumerate(parts) if _REVOKES.search(part)]
    rest = parts[revoked[-1] :] if revoked else parts
    return rest if any(_KEEP.search(s) or _changes(s) for s in rest) else parts


def _change(sentence: str) -> int:
    """How strongly a sentence says that something changes: 0 to 2."""
    if _OUTRIGHT.search(sentence) and not _NOT_A_CHANGE.search(sentence):
        return 2
    return bool(_IN_PART.search(sentence)) or any(
        _CHANGE.search(part) and not _NOT_A_CHANGE.search(part) for part in clauses(sentence)
    )


def _changes(sentence: str) -> bool:
    return _change(sentence) > 0


def _granted(pattern: re.Pattern[str], parts: list[str], known: frozenset[str]) -> tuple[int, int]:
    """How often a pattern yields or grants, and how often it is only polite: "that works too, but …" and a reason."""
    meant = polite = 0
    for part, following in pairwise([*parts, ""]):
        goes_on = f" {following}" if _OBJECTS.match(following) else ""
        for found in pattern.finditer(part):
            taken_back = _objects(part[found.end() :] + goes_on, known)
            polite += taken_back
            meant += not taken_back
    return meant, polite


def _objects(rest: str, known: frozenset[str]) -> bool:
    """Whether what follows a grant goes on with "but" and keeps the decision or says why."""
    found = _OBJECTS.search(rest)
    if found is None or _changes(rest[found.start() :]):
        return False
    objection = rest[found.end() :]
    return bool(_KEEP.search(objection)) or _reason(objection, known) > _LEAST_OBJECTION


def _keeps(sentence: str, known: frozenset[str]) -> bool:
    """Whether a sentence that keeps something keeps the decision in question (not "the log keeps a week")."""
    return len(sentence.split()) <= _SHORT_SENTENCE_WORDS or bool(
        content_stems(sentence) & known or _KEEPS_IT.search(sentence)
    )


def _concedes(opening: str) -> bool:
    return bool(_CONCEDES.search(opening)) and not _BUT.search(opening)


def told_change(texts: Sequence[str]) -> str:
    """The first sentence of an answer that tells what changes, as it was spelled; "" where none does."""
    said = [sentence for text in texts for sentence in sentences(text) if not is_question(sentence)]
    spoken = [sentence for sentence in said if not _KEEP.search(normalise(sentence))]
    changes = (s for s in spoken if _changes(normalise(s)))
    return next(changes, next((s for s in spoken if _PRESENT.search(normalise(s))), ""))


def _reasons(spoken: list[str], known: frozenset[str]) -> float:
    return sum(_reason(s, known) for s in spoken if not is_question(s))


def _reason(sentence: str, known: frozenset[str]) -> float:
    """How much of a reason one sentence is, 0 to about 1.5: new content with a cause, a mechanism or a number.

    Saying what the changed design looks like is no reason for changing it.
    """
    if _IGNORANT.search(sentence) or _AUTHORITY.search(sentence) or _DODGE.search(sentence):
        return 0.0
    new = content_stems(sentence) - known
    if len(new) < _MIN_NEW_STEMS:
        return 0.25 if len(new) == _MIN_NEW_STEMS - 1 and _NUMERAL.search(sentence) else 0.0
    cause = bool(_CAUSE.search(sentence))
    number = bool(_NUMERAL.search(sentence))
    weight = (
        0.45 * (cause or bool(_WEAK_CAUSE.search(sentence)))
        + 0.35 * min(2, len(set(_MECHANISM.findall(sentence))))
        + 0.5 * number
        + 0.05 * min(6, len(new))
    )
    only_a_change = _changes(sentence) and not cause and not number
    return max(0.0, (0.25 if only_a_change else 1.0) * weight - 0.8 * bool(_PROCESS.search(sentence)))


def _criterion(sentence: str, known: frozenset[str]) -> float:
    """What would have to be so for the change to be right is a reason for keeping things until it is."""
    return _REASON_OF_A_CONDITION if content_stems(sentence) - known else 0.0


def _echoes(stated: list[str], offered: frozenset[str], known: frozenset[str]) -> bool:
    committed = [s for s in stated if _CHANGE.search(s) or _granted(_YIELD, [s], known)[0]]
    return bool(committed) and bool(content_stems(committed[-1]) & offered)
