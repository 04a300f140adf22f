"""Which of the candidate's utterances answer a challenge.

An answer goes on until the interviewer releases the candidate or asks for something else, or the candidate begins
something else. A question asked back and its answer lie inside it and count for nothing; so does a short "are you
sure?" after an answer that gave no reason yet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.asking import (
    REASON_ENOUGH,
    YES_OR_NO,
    asks_again,
    asks_back,
    stand_beside,
)
from phantomcode.daemon.core.understanding.lost import loses_thread
from phantomcode.daemon.core.understanding.response_cues import Cues, read_cues
from phantomcode.daemon.core.understanding.text import content_stems, is_question, normalise, sentences, words

LONGEST_SECONDS = 240.0
"""What begins later than this after a challenge has left it."""
MOST_UTTERANCES = 8
CLOSING_SECONDS = 15.0
"""A round that ends this soon after a challenge left no time to answer it."""
ANSWER_WORDS = 8
"""From here on something was said, whatever it was; before, "okay, go on" only keeps the answer going."""
_ASIDE_WORDS = 6
_MOST_HEADING_WORDS = 3

_FILLER = r"(?:um+|uh+|er|ah|oh|hm+|so|and|then|but|well|okay|ok|all ?right|right|yeah|yes|good|great|cool|anyway)"
_MOVES_ON = re.compile(
    rf"^(?:{_FILLER}[,. ]+)*(?:"
    r"next\b|moving on\b|(?:let's|let us) (?:move|go) on|to the \w+ path|back to (?:the|my|our|where)\b|"
    r"(?:now|then|next|here) comes?\b|now (?:the|for|to|let|about)\b|(?:now )?on to\b|"
    r"let me (?:(?:just|quickly|now) )*(?:move|continue|go (?:on|through|down|into|back)|trace|walk|draw|come back)|"
    r"(?:the|my) (?:next|other|last|second|third|final) (?:thing|part|piece|box|component|service|path|topic|one)|"
    r"(?:the|my) (?:(?:whole|full|entire) \w+|picture|design|drawing|board)(?: \w+)? is\b|"
    r"that's (?:all|everything|the (?:whole|create|write|read|first|second))\b)"
)
_HUM = re.compile(r"^(?:(?:mm+|m+ ?-?hm+|uh[- ]huh|hm+|right|yeah|yes|sure|i see)[,. ]*)+$")
_RELEASES = re.compile(
    r"\b(?:noted|mov(?:e|ing) on|carry on|continue|(?:keep|go) going|got it|leave (?:it|that) there|"
    r"(?:good|fair|fine|clear) enough|(?:next|last) question|let's (?:go|look|turn|switch|talk|leave))\b|"
    r"(?:^|[.,!] )next[.!]?$"
)
_GO_ON = re.compile(r"\bgo (?:on|ahead)\b|^(?:okay|ok|all ?right|good|fine|better|fair|thanks|great|understood)\b")
_LEANS = frozenset(
    words(
        "it it's that that's this these those they they're them there which who because since so but or if otherwise "
        "also plus except still instead yes no yeah sorry actually then and when once unless whatever either both "
        "i i'd i'll i'm we'd we'll let's"
    )
)
"""Words that tie the beginning of an utterance to what was said before, or commit the speaker."""
_LEANS_WITHIN = 3


def response_window(utterances: Sequence[Utterance], challenge: int) -> tuple[int, ...]:
    """Positions of the candidate's utterances that answer the challenge at a position, in order."""
    asked = utterances[challenge]
    found: list[int] = []
    for position in range(challenge + 1, len(utterances)):
        utterance = utterances[position]
        said = [utterances[i].text for i in found]
        if utterance.speaker is Speaker.INTERVIEWER:
            turn = turn_before(utterances, position)
            if utterance.challenge or (found and _ends(asked.text, said, turn, utterance.text)):
                break
            continue
        late = utterance.started_seconds - asked.ended_seconds > LONGEST_SECONDS
        if found and (late or len(found) == MOST_UTTERANCES or moves_on(utterance.text, asked.text, said)):
            break
        found.append(position)
    return tuple(found)


def answer_texts(utterances: Sequence[Utterance], window: Sequence[int]) -> list[str]:
    """What the utterances of a window say in answer to the challenge before it.

    Where more follows, what was asked back is left out, and a turn that did nothing else with it.
    """
    if not window:
        return []
    challenge = next((u.text for u in reversed(utterances[: window[0]]) if u.challenge is not None), "")
    turns: list[list[str]] = []
    for at, position in enumerate(window):
        if at == 0 or any(utterances[i].speaker is Speaker.INTERVIEWER for i in range(window[at - 1] + 1, position)):
            turns.append([])
        turns[-1].append(utterances[position].text)
    last = turns[-1]
    answering = [stand_beside(challenge, turn) if _asks(turn) else turn for turn in turns[:-1]]
    answering.append([] if asks_again(" ".join(last)) else last)
    return [text for turn in answering for text in turn] or last


def _asks(turn: Sequence[str]) -> bool:
    return asks_back(turn) or asks_again(" ".join(turn))


def turn_before(utterances: Sequence[Utterance], position: int) -> list[str]:
    """What the candidate said just before a position, back to the interviewer's line before that."""
    earlier = (utterances[i] for i in range(position - 1, -1, -1))
    return [u.text for u in takewhile(lambda u: u.speaker is Speaker.CANDIDATE, earlier)][::-1]


def _ends(challenge: str, said: Sequence[str], turn: Sequence[str], line: str) -> bool:
    """Whether an interviewer's line ends an answer of which `said` was said, `turn` since his last line."""
    plain = normalise(line)
    if is_told(turn, line):
        return False
    if _RELEASES.search(plain):
        return True
    cues = read_cues(challenge, " ".join(said), "")
    if not _answers(cues) or asks_again(" ".join(said)):
        return len(words(line)) > _ASIDE_WORDS or is_question(line)
    if cues.reason > REASON_ENOUGH or _GO_ON.search(plain):
        return True
    return not (_HUM.match(plain) or content_stems(line) <= content_stems(" ".join([challenge, *said])))


def cut_off(utterances: Sequence[Utterance], challenge: int, window: Sequence[int], ended_seconds: float) -> bool:
    """Whether the round ended before there could be an answer. A long silence is the candidate's own."""
    later = utterances[challenge + 1 :]
    said = [u.text for u in later if u.speaker is Speaker.CANDIDATE]
    asked = utterances[challenge].text
    answered = stand_beside(asked, said) if _asks(said) else _answers(read_cues(asked, " ".join(said), ""))
    if answered or len(said) > len(window):
        return False
    rests_since = utterances[window[-1] if window else challenge].ended_seconds
    goes_on = [u.started_seconds for u in later if u.started_seconds >= rests_since]
    return min([*goes_on, ended_seconds]) - rests_since <= CLOSING_SECONDS


def _answers(cues: Cues) -> bool:
    stances = (cues.keep, cues.change, cues.yielding, cues.ignorant, cues.authority, cues.dodge, cues.self_blame)
    return cues.words >= ANSWER_WORDS or any(stances)


def is_told(turn: Sequence[str], line: str) -> bool:
    """Whether an interviewer's line answers what the candidate just asked, and neither takes note nor asks on.

    Asked to say it again, he says it again, in whatever words, unless he lets it be in so many.
    """
    if asks_again(" ".join(turn)):
        first = (sentences(line) or ("",))[0]
        return not (len(words(first)) <= _ASIDE_WORDS and _RELEASES.search(normalise(first)))
    if not asks_back(turn):
        return False
    plain = normalise(" ".join(s for s in sentences(line) if not is_question(s)))
    return not _RELEASES.search(plain) and bool(content_stems(plain) or YES_OR_NO.match(plain))


def moves_on(text: str, challenge: str, said: Sequence[str]) -> bool:
    """Whether an utterance begins something else than what the challenge and the answer so far were about.

    It does so in so many words; or, after an answer with a stand and a reason, under a heading of its own ("Card
    data."), or with no word of content in common with them and no word at its beginning that leans on them.
    """
    plain = normalise(text)
    if announces_another(text):
        return True
    if _LEANS & set(words(plain)[:_LEANS_WITHIN]) or not _complete(challenge, said):
        return False
    known = content_stems(" ".join([challenge, *said]))
    begins = _heading(text) or content_stems(plain)
    return bool(begins) and not known & begins


def announces_another(text: str) -> bool:
    """Whether an utterance says in so many words that something else begins."""
    plain = normalise(text)
    return bool(_MOVES_ON.match(plain)) or loses_thread(plain)


def _complete(challenge: str, said: Sequence[str]) -> bool:
    cues = read_cues(challenge, " ".join(said), "")
    return cues.reason > REASON_ENOUGH and bool(cues.keep or cues.change or cues.refuse)


def _heading(text: str) -> frozenset[str]:
    """Content of a few words that stand by themselves before a sentence, like a title; empty where there are none."""
    parts = sentences(text)
    titled = len(parts) > 1 and len(words(parts[0])) <= _MOST_HEADING_WORDS and not is_question(parts[0])
    return content_stems(parts[0]) if titled else frozenset()
