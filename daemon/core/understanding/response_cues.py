"""What the sentences of an answer to a challenge do: keep, change, bound, yield, refuse, dodge, or give a reason.

Politeness is listed so that it can be left out: the class of an answer follows what happens to the design.
"""

from __future__ import annotations

import re

import msgspec

from phantomcode.daemon.core.understanding.text import content_stems, is_question, normalise, sentences, words

_MIN_NEW_STEMS = 3
"""Content words a reason must have that are neither in the challenge nor in the decision itself."""

_IGNORANT = re.compile(
    r"\b(?:i (?:honestly |really |just |actually )?(?:don't|do not) (?:know|remember|have (?:a good |an |a |"
    r"any )*(?:answer|idea))|"
    r"i(?:'m| am) (?:honestly |really )?not (?:familiar|(?:\w+ )?sure (?:how|what|why|which|whether|i can|on|"
    r"about|off))|"
    r"not (?:something|an area) i(?:'ve| know| have)?|no idea|no clue|i couldn't (?:tell|say)|can't (?:answer|"
    r"say|tell you|compare|"
    r"remember|recall|think of)|couldn't say|drawing a blank|went blank|i(?:'m| am) (?:stuck|stumped|blanking)|"
    r"(?:have|need) to (?:look|read|think|check|go away)\b[^.]{0,24}\b(?:up|about|first|on it)|i(?:'ve|"
    r" have) never (?:had to|done|"
    r"looked|worked|dealt|used|run into|touched|heard)|don't have (?:a|an|any) (?:good )?(?:answer|idea|"
    r"opinion)|"
    r"hadn't (?:thought|considered)|beyond me|out of my depth|i(?:'d| would) have to (?:measure|test|look|"
    r"check|think)|"
    r"i give up|you(?:'ve| have) got me|not familiar enough|can't answer)\b"
)
_AUTHORITY = re.compile(
    r"\b(?:industry standard|standard practice|best practices?|everybody (?:does|uses|builds|runs|knows)|"
    r"everyone (?:does|uses|"
    r"builds|runs|knows)|nobody (?:does|runs|worries)|what (?:everybody|everyone|people|most (?:people|"
    r"companies|teams)) "
    r"(?:do|does|use|uses)|most (?:companies|teams|people|places) (?:do|use|run)|(?:netflix|google|amazon|"
    r"facebook|meta|"
    r"twitter|uber|stripe|airbnb|linkedin)(?: and \w+)?(?:'ve| have| has| both| all)? (?:\w+ ){0,2}(?:do|does|"
    r"did|done|use|"
    r"uses|used|runs?|built)|battle.tested|proven|well.known|it's (?:the|a) (?:standard|default|classic)|"
    r"(?:kind of |sort of )?the (?:default|standard)|i(?:'ve| have) (?:run|used|built|done|shipped|"
    r"seen)\b[^.]{0,60}\b(?:never|fine|"
    r"works?|worked|problem|years)|at my (?:last|old|previous|current)|trust me|in my experience|i've always|"
    r"(?:the|some) (?:books?|docs|blog posts?|paper|textbook)|good enough for (?:them|us))\b"
)
_DODGE = re.compile(
    r"\b(?:move on|moving on|keep going|(?:come|get|circle) back to|implementation detail|relitigate|"
    r"not (?:worth|going to) "
    r"(?:\w+ )?(?:worry|overthink|argue|get into|go into)|wouldn't (?:over\w+|worry)|don't (?:think we need|"
    r"want to get|worry)|"
    r"later on|for another (?:day|time)|other (?:team|people)|some(?:body|one) else|would be (?:a )?review|"
    r"great question|"
    r"it's fine\b|it'll be fine|won't (?:matter|happen|be a problem)|not (?:really )?a (?:big )?(?:problem|"
    r"issue|concern)|"
    r"that's just (?:how|not)|many ways|finding the right balance|it depends|edge case|rather (?:talk|move|"
    r"focus|spend)|"
    r"in practice (?:it|that|this)|ops (?:team )?(?:will|would|can)|we can (?:always )?(?:tune|figure|sort|"
    r"fix|deal))\b"
)
_ACCEPT = re.compile(
    r"\b(?:good (?:point|call|catch|observation)|great (?:point|call|catch|idea)|excellent|fair(?: enough|"
    r" point)?|you're (?:\w+ )?right|"
    r"that's (?:right|true|fair|a (?:good|fair|hole|problem|bug|real))|agreed?|true|yes|yeah|yep|okay|ok|ouch|"
    r"sure|absolutely|"
    r"totally|of course|no argument|makes sense|my mistake|i missed|that breaks|broken|i was wrong|is wrong)\b"
)
_YIELD = re.compile(
    r"\b(?:happy to (?:switch|go|change|do|use|move|swap)|if (?:you|that's what you)(?:'d| would)? (?:prefer|"
    r"rather|like|want|think|say)|"
    r"whatever you|whichever|i(?:'m| am) (?:easy|fine with|okay with|flexible)|no strong (?:feelings|opinion|"
    r"preference)|"
    r"don't have (?:a )?strong|don't (?:really )?mind|your call|up to you|you(?:'ve| have) (?:definitely |"
    r"clearly )?(?:seen|run|done|used) "
    r"more|you (?:know|would know) (?:better|this)|i could be (?:mis\w*|wrong)|i(?:'m| am) probably wrong|"
    r"must be misremembering|"
    r"if that's (?:how|what|the case|right)|if you say so|i(?:'ll| will) trust you|i(?:'ll|"
    r" will) take your word|my apologies|"
    r"should have (?:thought|seen|known)|let's (?:just )?do (?:that|it your way)|i(?:'ll|"
    r" will) (?:just )?do that|that works too|"
    r"let's go with (?:that|your)|(?:i like|love) (?:that|it)|that's (?:better|cleaner|nicer|more modern)|"
    r"wasn't thinking|fine[,.])"
)
_KEEP = re.compile(
    r"\b(?:stays?|staying|keep(?:ing|s)? (?!going|an eye|up|that in mind|it in mind|growing|track|losing)|"
    r"kept|stick(?:ing)? (?:with|to)|stand(?:ing)? by|"
    r"leav(?:e|ing) (?:it|them|that|the|those|this)|hold(?:ing)? (?:on|to|firm)|wouldn't (?:change|switch|"
    r"move|touch|add|replace|swap|do|go)|"
    r"won't (?:change|switch|move|add|replace|swap|be changing)|not (?:changing|switching|moving|"
    r"going to (?:change|switch|move))|"
    r"don't (?:see|need|want|have|think|buy) (?:a reason|any reason|to (?:change|switch|move|add)|it|that|"
    r"one)|no (?:reason|need) to|i(?:'d| would)? still|"
    r"(?:i(?:'m| am)) still|i(?:'d| would) (?:rather (?:not|keep|stay|have)|defend)|same (?:design|choice|"
    r"answer)|not worth (?:it|changing|the)|"
    r"remains?|as (?:it is|drawn|is\b)|i(?:'m| am) happy with|prefer (?:the|my|what|this|postgres)|no change)\b"
)
_REFUSE = re.compile(
    r"(?:^|[.!?] )(?:(?:hmm?|um|uh|well|right|so|yeah|okay|ok|honestly|actually|and|but|uh,?|i mean|sorry|ah|"
    r"oh)[,.]? )*"
    r"(?:no\b(?!,? (?:totally|you're right|yeah|argument|you are))|not (?:the|really|quite|exactly|here|for|"
    r"in|at|by|necessarily|any|every|so|true)\b|nope)|"
    r"\b(?:i (?:disagree|don't (?:think|agree|believe|buy)|doubt|(?:would |'d )?push back)|i'd (?:push back|"
    r"argue|challenge)|"
    r"that's not (?:how|true|right|quite|what)|that isn't|it isn't|it doesn't|it's not|they don't|you don't|"
    r"isn't (?:true|how)|"
    r"doesn't (?:work|happen|apply|matter|mean|have|do|need|hold)|actually,? (?:it|that|the)|more like|"
    r"only if|that'd be true|"
    r"would be true|not quite|we agreed|you (?:told|said|agreed)|i didn't say|misread|the trouble is|"
    r"on the contrary)\b"
)
_CHANGE = re.compile(
    r"\b(?:i(?:'d| would|'ll| will) (?:now |then |just |also |probably |rather |instead )*(?:change|switch|"
    r"swap|replace|move|drop|remove|add|append|split|"
    r"make|pull|put|fetch|take|send|do|use|go|give|store|write|return|set|shard|cache|hash|turn|fix|redo|"
    r"rename|update|need|have|"
    r"pin|lock|hand|run|require|include|sign|encrypt|stamp|count|limit|cap|introduce|restructure|build|route|"
    r"promote|require)|"
    r"let(?:'s| me| us) (?:just |then |now |go (?:with|for)|use|do|switch|swap|change|move|drop|add|make|put|"
    r"replace|rename|restructure|redo|"
    r"fix|take|split|read|update|scrap|store|cross)|we(?:'d|'ll| will| would| can| could| should| need to|"
    r" have to) "
    r"(?:just |then |also |now |instead )*(?:change|switch|swap|replace|move|drop|remove|add|split|make|use|"
    r"go|put|store|write|do|introduce|need|"
    r"return|have|build|give|take|pin|lock|restructure)|instead\b(?! of)|(?:has|have|needs?|ought) to (?:be|"
    r"go|wait|carry|become|come|happen|move)|"
    r"(?:can't|cannot) (?:go|stay|be|live|use|rely)|so (?:i|we|the|that|it|then)?\s?(?:switch|go|use|do|take|"
    r"make|need|split)|"
    r"should (?:be|go|have|use|move|live|carry)|becomes?|it is[,.]|then[.,]?$|goes? (?:in|into|to|away|on)\b|"
    r"gets? (?:a|an|its|counted|written|its own)|"
    r"cross (?:this|that|it) out|change (?:it|that|this)|switch(?:ing)? (?:to|over)|swap(?:ping)?|replac(?:e|"
    r"ing) (?:it|that)|get rid of|"
    r"we don't do the|not on .* then|one less thing|wouldn't lean|what i(?:'d| would| can| will) do|"
    r"i can (?:add|put|stamp|make|do|move|change|use))"
)
_BOUND = re.compile(
    r"\b(?:only (?:for|the|on|that|those|this|when)|for (?:that|those|this|these) (?:one|two|path|case|part|"
    r"screen|key|table|\w+)s? |just for|everything else|"
    r"the (?:rest|others|other \w+)|for (?:everything|everyone|the rest|regular|most)|part way|half way|"
    r"halfway|that said|other than that|"
    r"default (?:stays|open)|still (?:want|keep|leav)\w*|those i keep|the \w+ ones?|for \w+,? yes|"
    r"on \w+,? yes|on top|underneath|as a fallback|"
    r"as well|both|except|except for|a hybrid|the retries have to stay|keep their|can (?:trail|stay)|"
    r"drops? to)\b"
)
_CAUSE = re.compile(
    r"\b(?:because|since|so that|otherwise|which means|that means|means|due to|whereas|given|in case|unless|"
    r"by the time|"
    r"as soon as|once|if|when|so)\b"
)
_MECHANISM = re.compile(
    r"\b(?:would(?:'ve| have)?|could|can't|cannot|never|every|both|twice|fail\w*|los[est]\w*|crash\w*|"
    r"di(?:es?|ed)|break\w*|block\w*|lock\w*|retr\w+|duplicat\w*|"
    r"stale|overwrit\w*|collid\w*|collision|hash\w*|timestamp\w*|partition\w*|replic\w*|queue\w*|index\w*|"
    r"memory|disk|network|"
    r"latency|slow\w*|fast\w*|commit\w*|thread\w*|process\w*|key|keys|order|version\w*|cost\w*|expire\w*|"
    r"evict\w*|saturat\w*|"
    r"throughput|bandwidth|budget|requirement|promis\w*|nines|consumers?|scan\w*|writes?|reads?|window|"
    r"client\w*|server\w*)\b"
)
_NUMERAL = re.compile(
    r"\b(?:\d[\d,.]*\w*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|"
    r"forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundreds?|thousands?|millions?|billions?|half|tenth|third|thirds|quarter|percent|"
    r"nanoseconds|milliseconds?)\b"
)
_PROCESS = re.compile(
    r"\b(?:diagram|whiteboard|board|picture|arrow|box|draw|rename|cross|elegant|overall direction|restructure|"
    r"dashboard|"
    r"properly|the design doesn't|other two)\b"
)


class Cues(msgspec.Struct, frozen=True):
    """Counts over the sentences of one answer."""

    keep: int
    change: int
    bound: int
    yielding: int
    refuse: int
    accept: int
    ignorant: int
    ignorant_last: bool
    authority: int
    dodge: int
    reason: float
    """Weight of what is new and says why: about 1 for a sentence with a mechanism, number or cause."""
    echo: bool
    """The last commitment repeats the challenge's own words."""
    words: int


def read_cues(challenge: str, response: str, before: str) -> Cues:
    """Read an answer against the challenge and the decision it is about."""
    plain = normalise(response)
    known = content_stems(challenge) | content_stems(before)
    parts = [normalise(s) for s in sentences(response)]
    stated = [s for s in parts if not is_question(s)]
    text = " ".join(stated)
    return Cues(
        keep=len(_KEEP.findall(text)),
        change=sum(bool(_CHANGE.search(s)) for s in stated),
        bound=len(_BOUND.findall(text)),
        yielding=len(_YIELD.findall(plain)),
        refuse=len(_REFUSE.findall(plain)),
        accept=len(_ACCEPT.findall(plain)),
        ignorant=len(_IGNORANT.findall(plain)),
        ignorant_last=bool(parts) and any(_IGNORANT.search(s) for s in parts[-2:]),
        authority=len(_AUTHORITY.findall(plain)),
        dodge=len(_DODGE.findall(plain)),
        reason=sum(_reason(s, known) for s in stated),
        echo=_echoes(stated, content_stems(challenge) - content_stems(before)),
        words=len(words(response)),
    )


def _reason(sentence: str, known: frozenset[str]) -> float:
    """How much of a reason one sentence is, 0 to 1.5: new content that carries a cause, a mechanism or a number."""
    if _IGNORANT.search(sentence) or _AUTHORITY.search(sentence):
        return 0.0
    new = content_stems(sentence) - known
    if len(new) < _MIN_NEW_STEMS:
        return 0.25 if len(new) == _MIN_NEW_STEMS - 1 and _NUMERAL.search(sentence) else 0.0
    weight = (
        0.45 * bool(_CAUSE.search(sentence))
        + 0.35 * min(2, len(set(_MECHANISM.findall(sentence))))
        + 0.5 * bool(_NUMERAL.search(sentence))
        + 0.05 * min(6, len(new))
    )
    return max(0.0, weight - 0.8 * bool(_PROCESS.search(sentence)))


def _echoes(stated: list[str], offered: frozenset[str]) -> bool:
    committed = [s for s in stated if _CHANGE.search(s) or _YIELD.search(s)]
    return bool(committed) and bool(content_stems(committed[-1]) & offered)
