"""What the interviewer has done so far in a round: the memory that no model can be argued out of."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import msgspec

from phantomcode.daemon.contract.vocabulary import Move, Phase
from phantomcode.daemon.core.asides import Aside
from phantomcode.daemon.core.turns import Urgency
from phantomcode.daemon.core.understanding.observations import ResponseClass
from phantomcode.problems.model import Challenge, ChallengeType, Topic

MAXIMUM_WORDS = 30


class Reply(msgspec.Struct, frozen=True):
    """An answer to a challenge: its class, and whether its reason is right (None where there is none to judge)."""

    response_class: ResponseClass
    sound: bool | None = None
    brief: bool = False
    """So few words that more may follow; it is given time before anything is said to it."""

    @property
    def holds_ground(self) -> bool:
        """A defence with a reason that is not wrong."""
        return self.response_class is ResponseClass.DEFEND and self.sound is not False


class OpenChallenge(msgspec.Struct, frozen=True):
    """A challenge the candidate has not been released from."""

    challenge_id: str
    rung: int
    asked_utterance: int
    sound_defences: int = 0
    replies: tuple[int, ...] = ()
    """Candidate utterances since the latest rung."""
    reply: Reply | None = None
    """How the candidate has met the latest rung so far, or None while there is no answer."""


class Question(msgspec.Struct, frozen=True):
    """What the candidate asked in a turn and the interviewer has not answered."""

    utterance: int
    """The first one that asks."""
    texts: tuple[str, ...]
    again: bool = False
    """The question is what the interviewer's last line was."""
    aside: Aside | None = None
    """It asks about the interviewer or the round."""
    beside_answer: bool = False
    """It came with an answer to the open challenge."""


class Agenda(msgspec.Struct, frozen=True):
    """Times are active seconds: the session clock without its pauses."""

    posed: bool = False
    wrapped: bool = False
    closed: bool = False
    open: OpenChallenge | None = None
    question: Question | None = None
    done: tuple[str, ...] = ()
    """Ids of challenges, scale probes and requirement changes that were used."""
    tally: tuple[tuple[ChallengeType, int], ...] = ()
    """Type and rung of every challenge line said."""
    answered: tuple[str, ...] = ()
    nudged: tuple[Phase, ...] = ()
    said: tuple[str, ...] = ()
    challenged_at: float = 0.0
    changed: bool = False
    probes: int = 0
    follow_ups: int = 0
    hand_backs: int = 0
    handed_back_at: float = 0.0
    idle_hand_backs: int = 0
    """Hand-backs since the candidate last said something."""
    astray: int = 0
    """Utterances in a row that had nothing to do with the problem."""

    @property
    def challenges(self) -> int:
        """How many challenges were opened."""
        return sum(1 for _, rung in self.tally if rung == 1)

    def opened(self, kind: ChallengeType) -> int:
        """How many challenges of a type were opened."""
        return sum(1 for each, rung in self.tally if rung == 1 and each is kind)


class Intent(msgspec.Struct, frozen=True):
    """A line the interviewer wants to say. `wording` is the bank's own; a model may put a remark before it."""

    move: Move
    wording: str
    urgency: Urgency
    subject: str = ""
    """Id of the challenge, probe, change or phase it is about, or of the facts, with blanks between."""
    rung: int = 0
    topic: Topic = "other"
    challenge: Challenge | None = None
    asks_about: str = ""
    """The value of the decision it asks about, where no challenge says which that is."""
    takes_remark: bool = False
    lead: str = ""
    """What the wording needs before it where no remark of the model's leads to it."""

    @property
    def plain(self) -> str:
        """The line without a model."""
        return f"{self.lead} {self.wording}".strip()

    @property
    def key(self) -> str:
        """Names the line for preparing it ahead: the same subject and rung is the same line."""
        return f"{self.move}:{self.subject}:{self.rung}"


def pick(wordings: Sequence[str], said: Sequence[str], seed: int, salt: str) -> str:
    """Choose a wording that was not said before, the same one for the same seed; starts over when all were."""
    fresh = [wording for wording in wordings if wording not in said] or list(wordings)
    return fresh[zlib.crc32(f"{seed}:{salt}".encode()) % len(fresh)]
