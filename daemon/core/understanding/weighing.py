"""An option that was weighed and left, one kept for the day today's is outgrown, and the one that wins over another.

All read the words of one clause with the names in it as "<0>", "<1>" (see moods.py), and of the clauses beside it.
"""

from __future__ import annotations

import re

ARTICLES = r"(?:(?:the|a|an|any|our|that|this|plain|all|more|another|single|separate|full|whole|own|such) )*"
LEADS_ON = r"^(?:(?:and|but|so|because|since|well|okay|then|now|just|also) )*"

_AT_FIRST = r"(?:at first|originally|initially|in the beginning|to begin with)"
_TAKING = (
    r"(?:(?:a|an|the|any|our|plain|just|also|even|first|briefly|maybe|both|something|like|using|use|having|have|"
    r"putting|put|taking|take|adding|add|running|run|say|suggest|propose|pick|choose|going|go|reach|start|with|for|to|"
    r"in|and|or|versus|against|<\d+>) )*"
)
_WEIGHED = re.compile(
    r"(?:\b(?:(?<!things )considered|looked (?:hard |briefly |closely )?(?:at|into)|evaluated|weighed(?: up)?|compared|"
    r"debated|pondered|contemplated|toyed with|played with|flirted with|thought (?:hard |briefly |first )?(?:about|of)|"
    r"(?:i|we)(?:'ve| have) (?:been )?(?:thought|thinking) (?:about|of)|tempted by|"
    r"(?:i|we) (?:was|were) (?:\w+ )?(?:thinking (?:about|of)|considering|weighing|eyeing|looking at|"
    r"leaning (?:to|towards?)|(?:going|about|planning|tempted|inclined|ready|hoping) to (?:use|take|pick|choose|say|"
    r"suggest|propose|put|add|go (?:with|for)|run|reach for|start with|have|bring in|write))|"
    r"(?:would|could|might|i'd|we'd)(?: also)? have (?:gone (?:with|for|to)|picked|taken|used|chosen|said|put|added|"
    r"run|reached for|suggested)|"
    r"(?:my|our|the) (?:\w+ )?(?:instinct|reflex|gut|gut feeling|impulse|hunch) (?:\w+ )?(?:was|were|said|says|told me|"
    r"tells me)|(?:my|our|the) (?:first|initial|original|early) (?:\w+ )?(?:thought|idea|reaction|guess|choice|plan|"
    r"pick|design|version|sketch|answer)(?: here| for (?:this|that))? (?:was|were|had|used)|"
    rf"{_AT_FIRST}(?: \w+){{0,2}} (?:wanted|planned|meant|intended|thought|had|was|were|chose|picked|took|used|assumed|"
    rf"went|drew)) ){_TAKING}$"
)
_WANTED = re.compile(rf"\b(?:wanted|planned|meant|intended|had|was|were|chose|picked|took|used|thought of) {_TAKING}$")
_ONLY_AT_FIRST = re.compile(rf"{LEADS_ON}(?:\w+ ){{0,3}}?{_AT_FIRST}$")
_WAS_WEIGHED = re.compile(
    r"^(?:was|were|had been|has been) (?:also |briefly |even )?(?:considered|evaluated|weighed|discussed|tempting|"
    r"attractive|an? (?:option|candidate|thought|idea)|on the (?:table|list)|"
    r"(?:my|our|the) (?:first|initial|original))\b"
)

_MOVES = (
    r"\b(?:mov(?:e|es|ing)|migrat(?:e|es|ing)|graduat(?:e|ing)|upgrad(?:e|ing)|switch(?:es|ing)?|chang(?:e|es|ing)|"
    r"jump|shift)(?: (?:it|that|this|them|all|everything|over|up|on|from <\d+>))* (?:to|onto)"
)
_MIGRATES = re.compile(
    rf"(?:{_MOVES}|(?:^|\b(?:and|then|we|i|we'd|i'd|we'll|i'll|would|will|to) )go (?:over )?to|"
    rf"\b(?:bring(?:ing)? in|introduc(?:e|ing)|add(?:ing)?|adopt(?:ing)?|reach for|turn to)) {ARTICLES}$"
)
_FOR_GOOD = re.compile(r"\b(?:mov|migrat|graduat|upgrad)\w+ ")
_CONDITION = re.compile(r"^(?:(?:and|but|so|only|then|or) )*(?:when|once|if|whenever)\b")
_SIZE = (
    r"(?:\d[\d,.]*\w*|ten|twenty|thirty|forty|fifty|sixty|eighty|ninety|hundreds?|thousands?|millions?|billions?|"
    r"tenfold|terabytes?|petabytes?|percent|limit|ceiling|capacity)"
)
_OUTGROWN = re.compile(
    r"\b(?:(?:hits?|pass(?:es)?|cross(?:es)?|exceeds?|reach(?:es)?|tops?|gets? (?:to|past)) "
    rf"(?:\w+ ){{0,3}}{_SIZE}|"
    r"outgr\w+|grow\w*|get (?:there|big)|runs? out|fills up|(?:is|are|gets) full|"
    r"too (?:big|much|many|slow|small|large|expensive)|no longer|not enough|(?:ten|twenty|fifty|hundred) times)\b"
)
_BREAKS = re.compile(
    r"\b(?:di(?:es?|ed)|dead|down|fails?|failed|miss\w*|crash\w*|los[est]\w*|gone|unavailable|unreachable|times? out|"
    r"cold|expires?|expired|stale|restarts?|breaks?|old|older|empty|hot)\b"
)
_TODAY = re.compile(
    r"\b(?:today|for now|right now|at launch|on day one|"
    r"start(?:ing)? (?:out )?(?:with|on)|begin(?:ning)? (?:with|on))\b"
)
_LATER = re.compile(
    r"^(?:later|eventually|one day|some day|next year|as soon as|after we|"
    rf"(?:at|beyond|past|above|over) (?:\w+ )*{_SIZE})\b"
)
_PART_OF_IT = re.compile(
    r"^(?:consumers?|partitions?|nodes?|replicas?|shards?|brokers?|instances?|machines?|topics?)\b"
)

_CONTRASTS = re.compile(
    r"^(?:but|however|yet|only)(?: (?:here|today|for (?:this|that|us|now)|i think|then|in the end))* "
    rf"{ARTICLES}<(?P<number>\d+)> (?P<after>.*)$"
)
_BETTER = (
    r"(?:simpler|cheaper|easier|safer|smaller|lighter|enough|plenty|sufficient|less (?:to|work)|good enough|"
    r"all (?:we|i)|better(?: (?:here|for (?:us|this|that)|suited)|$)|a better fit)"
)
_WINS = re.compile(
    r"^(?:itself |alone |also |already |still |here )*(?:(?:is|are|feels|seems|looks) "
    rf"(?:(?:a lot|much|far|so much|just|simply|still|already|more than|the) )*{_BETTER}|"
    r"fits?\b|suits?\b|suffices|wins\b|won\b|does (?:the job|fine|that|it|enough)|covers|costs (?:us )?less|"
    r"takes less|needs less)"
)
_GRANTED = re.compile(
    r"^(?:is|are|would be|was) (?:\w+ )?(?:fine|okay|ok|good|nice|great|solid|popular|possible|tempting|attractive|"
    r"an option|a candidate)\b|^works?\b"
)

_LISTS = re.compile(rf"^(?:and|or|versus) {ARTICLES}$")
_OPENS = re.compile(rf"{LEADS_ON}{ARTICLES}$")
_RULES = re.compile(rf"\brul(?:e|ed|ing) {ARTICLES}$")
_NOT_TAKEN = re.compile(
    r"^(?:(?:is|was|would be) (?:what|something|one|a (?:thing|box|piece)|the (?:\w+ )?(?:one|thing|option|part|piece|"
    r"choice))(?: that| which)? )?(?:i|we)(?:'d| would|'ll| will|'m| am|'re| are| do)? (?:\w+ )?"
    r"(?:(?:not|never|(?:would|wo|do|ca)n't|rather not|cannot) (?:even |really |want to |be )?(?:use|using|take|taking|"
    r"pick|choose|run|running|need|want|have|touch|add|adding|go (?:with|for|near)|introduce|reach for|bring in|start "
    r"with)|avoid|skip|rule out|pass on|reject|drop|leave (?:out|aside|away)|leave for (?:later|now|another day)|"
    r"stay away from|steer clear of|do without)"
    r"(?: (?:here|yet|now|today|at all|for (?:this|that|it|us|now)|at this (?:size|scale|rate|load)))*$"
)


def weighed_once(before: str, after: str, leading: str) -> bool:
    """Whether a name stands where something was weighed in the past; what became of it is said elsewhere.

    `before` and `after` are the words of its clause, `leading` is the clause before.
    """
    if _WEIGHED.search(before) or _WAS_WEIGHED.match(after):
        return True
    return bool(_WANTED.search(before) and (_ONLY_AT_FIRST.match(after) or _ONLY_AT_FIRST.match(leading)))


def goes_on_listing(before: str) -> bool:
    """Whether only "and" or "or" stands before a name, so that it shares what was said of the one before."""
    return bool(_LISTS.match(before))


def for_another_day(before: str, after: str, leading: str, following: str) -> bool:
    """Whether a name is what to move to when something grows: "… and move to <1> once we pass a million writes"."""
    if not _MIGRATES.search(before) or _PART_OF_IT.match(after):
        return False
    if _LATER.match(after):
        return True
    when = next((clause for clause in (after, following, leading) if _CONDITION.match(clause)), "")
    from_today = _FOR_GOOD.search(before) or _TODAY.search(f"{leading} {before}")
    return bool(_OUTGROWN.search(when) or (when and from_today and not _BREAKS.search(when)))


def preferred_after_all(text: str) -> int | None:
    """The number of the name that wins in a clause like "but <1> is simpler", or None."""
    found = _CONTRASTS.match(text)
    return int(found["number"]) if found and _WINS.match(found["after"]) else None


def is_granted(text: str, number: int) -> bool:
    """Whether a clause only says that an option would do as well: "<0> is fine for that"."""
    return bool(_GRANTED.match(text.partition(f"<{number}>")[2].strip()))


def turned_down_behind(before: str, after: str, following: str) -> bool:
    """Whether a name is turned down by what stands behind it: "<0> I would not use", "rule <0> out"."""
    if _RULES.search(before):
        return after.split(" ", 1)[0] == "out"
    return bool(_OPENS.match(before) and _NOT_TAKEN.match(f"{after} {following}".strip()))
