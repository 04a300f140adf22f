"""A candidate whose answers nobody wrote: a small language model makes them up, in a manner that the seed chooses.

The part is the script's, so that there is a design to press; what the interviewer says to it is answered with whatever
the model comes up with, to the point or not, right or wrong. Nothing the interviewer promises may depend on that.
"""

from __future__ import annotations

from phantomcode.daemon.contract.messages import InterviewerLine
from phantomcode.daemon.contract.vocabulary import Move
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.prompting import as_data
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.ports import LanguageModel, never
from phantomcode.daemon.rehearsal.actors import Actor
from phantomcode.daemon.rehearsal.script import Script, Stock

MANNERS = (
    "You are sure of your design and give a number or a mechanism for it.",
    "You are unsure, think aloud and ask back what is meant.",
    "You are annoyed, you argue, and you want to hear from the interviewer whether you are right.",
    "You agree with everything and change your design at once.",
)
MOST_TOKENS = 60
LATEST_UTTERANCES = 2
_ANSWERED = (Move.CHALLENGE, Move.PRESS, Move.SQUEEZE, Move.PROBE, Move.FOLLOW_UP, Move.REQUIREMENT_CHANGE)


class Improviser(Actor):
    """Follows a script, and leaves every answer to a model. An answer that fails or is empty is the script's."""

    def __init__(self, script: Script, stock: Stock, seed: int, model: LanguageModel) -> None:
        super().__init__(script, stock, seed)
        self.answers: list[str] = []
        """What the model made up, in order."""
        self._model = model
        self._manner = MANNERS[seed % len(MANNERS)]

    def reply(self, line: InterviewerLine, state: Session, briefing: Briefing) -> str | None:
        """Return the model's answer to what wants one; raises EngineError where the model fails."""
        if line.move not in _ANSWERED:
            return super().reply(line, state, briefing)
        pieces = self._model.stream(
            self._prompt(line, state), max_tokens=MOST_TOKENS, stop=("\n", "<|im_end|>"), cancelled=never
        )
        answer = " ".join("".join(pieces).split())
        if not answer:
            return super().reply(line, state, briefing)
        self.answers.append(answer)
        return answer

    def _prompt(self, line: InterviewerLine, state: Session) -> str:
        own = [said.text for said in state.utterances if said.speaker is Speaker.CANDIDATE][-LATEST_UTTERANCES:]
        return (
            "<|im_start|>system\nYou are the candidate in a system design interview and answer in one or two spoken "
            f"sentences. {self._manner}<|im_end|>\n<|im_start|>user\nYou said: {as_data(' '.join(own))}\n"
            f"Interviewer: {line.text}<|im_end|>\n<|im_start|>assistant\n"
        )
