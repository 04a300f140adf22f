"""The threads of a round that hear, write and speak, and the effects that are theirs.

They know nothing of the round's state: orders come in by `carry_out`, what comes of them is told to the reporter from
their own threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from phantomcode.daemon.core import effects
from phantomcode.daemon.listening import EarEvent, Ears
from phantomcode.daemon.ports import (
    Clock,
    Labeller,
    LanguageModel,
    Loudspeaker,
    Microphone,
    Recogniser,
    SpeechDetector,
    TurnDetector,
    Voice,
)
from phantomcode.daemon.speaking import Mouth, Spoken
from phantomcode.daemon.trace import Trace, moment
from phantomcode.daemon.writing import Scribe, Voted, Written


@dataclass(frozen=True)
class Hearing:
    """What it takes to listen."""

    microphone: Microphone
    detector: SpeechDetector
    turns: TurnDetector | None
    recogniser: Recogniser
    in_the_room: bool = True
    """The microphone hears the loudspeaker, so it is shut while the interviewer speaks; a recording does not."""


@dataclass(frozen=True)
class Parts:
    """The engines of a round; None for what this round does without."""

    hearing: Hearing | None = None
    model: LanguageModel | None = None
    voice: Voice | None = None
    loudspeaker: Loudspeaker | None = None
    labeller: Labeller | None = None
    """Without one the rules understand alone."""


class Loaded(NamedTuple):
    """What there is once the engines have loaded."""

    has_model: bool
    has_voice: bool
    free_lines: bool = False
    """The model is large enough to word whole lines."""


class Reporter(Protocol):
    """Who is told what became of it; called from the workers' threads."""

    def on_hearing(self, heard: EarEvent) -> None:
        """Take what the ears tell."""
        ...

    def on_writing(self, outcome: Written | Voted) -> None:
        """Take what the language model wrote."""
        ...

    def on_spoken(self, spoken: Spoken) -> None:
        """Learn that a line has been said, or as much of it as was."""
        ...


class Workers:
    """Ears, scribe and mouth of one round, as far as it has them."""

    def __init__(
        self, parts: Parts, clock: Clock, session_seconds: Callable[[float], float], reporter: Reporter, trace: Trace
    ) -> None:
        self._clock = clock
        self._trace = trace
        self._listening = False
        self._scribe = Scribe(parts.model, reporter.on_writing, clock, trace) if parts.model else None
        self._gated = parts.hearing is not None and parts.hearing.in_the_room
        self._ears = self._make_ears(parts.hearing, session_seconds, reporter) if parts.hearing else None
        self._mouth = self._make_mouth(parts, reporter)

    @property
    def writes(self) -> bool:
        """There is a language model."""
        return self._scribe is not None

    @property
    def speaks(self) -> bool:
        """There are a voice and a loudspeaker."""
        return self._mouth is not None

    def start(self) -> None:
        """Start those who need no engine to begin with; the ears start with the first order to listen."""
        for worker in (self._scribe, self._mouth):
            if worker is not None:
                worker.start()

    def close(self) -> None:
        """End all threads, delivering what was being said."""
        if self._ears is not None:
            self._ears.stop()
        if self._scribe is not None:
            self._scribe.close()
        if self._mouth is not None:
            self._mouth.close()

    def carry_out(self, reaction: effects.Reaction) -> None:
        """Do what the round asks for; without the worker for it there is nothing to do."""
        if self._scribe is not None:
            self._have_written(self._scribe, reaction)
        if self._mouth is not None:
            self._have_said(self._mouth, reaction)
        if self._ears is not None:
            self._have_heard(self._ears, reaction)

    def suppose(self, write: effects.Write | None) -> None:
        """Have written ahead what may be asked for soon, in place of what was supposed before."""
        if self._scribe is None:
            return
        if write is None:
            self._scribe.forget()
        else:
            self._scribe.suppose(write)

    def _have_written(self, scribe: Scribe, reaction: effects.Reaction) -> None:
        match reaction:
            case effects.Write() | effects.Vote() | effects.Prefill():
                scribe.take(reaction)
            case effects.CancelWrite(request_id):
                scribe.cancel(request_id)
            case _:
                return

    def _have_said(self, mouth: Mouth, reaction: effects.Reaction) -> None:
        match reaction:
            case effects.Speak(line_id, text):
                mouth.say(line_id, text)
            case effects.StopSpeaking():
                mouth.stop()
            case _:
                return

    def _have_heard(self, ears: Ears, reaction: effects.Reaction) -> None:
        match reaction:
            case effects.Bias(vocabulary):
                ears.set_vocabulary(vocabulary)
            case effects.Listen(on):
                self._listen(ears, on=on)
            case effects.Finish():  # its last words are delivered while the round says goodbye
                threading.Thread(target=ears.stop, name="ears-stop", daemon=True).start()
            case _:
                return

    def _listen(self, ears: Ears, *, on: bool) -> None:
        if not on:
            ears.pause()
            return
        ears.resume()  # also before the start: a pause while the engines were loading has closed them
        if not self._listening:
            self._listening = True
            ears.start()

    def _make_ears(self, hearing: Hearing, session_seconds: Callable[[float], float], reporter: Reporter) -> Ears:
        return Ears(
            hearing.microphone,
            hearing.detector,
            hearing.turns,
            hearing.recogniser,
            self._clock,
            session_seconds,
            reporter.on_hearing,
            decoding=self._leave_to_recogniser,
            trace=self._trace,
        )

    def _leave_to_recogniser(self, busy: bool) -> None:
        if self._scribe is not None:
            self._scribe.rest(busy)

    def _make_mouth(self, parts: Parts, reporter: Reporter) -> Mouth | None:
        if parts.voice is None or parts.loudspeaker is None:
            return None
        return Mouth(
            parts.voice,
            parts.loudspeaker,
            gate=self._gate,
            report=reporter.on_spoken,
            sounding=lambda line_id: self._trace(moment("voice", "first sound", self._clock.monotonic(), line_id)),
        )

    def _gate(self, closed: bool) -> None:
        if self._ears is not None and self._gated:
            self._ears.gate(closed)
