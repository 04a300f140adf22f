"""What the loop sees coming: an utterance at a pause that may not be its end, labelled and played through beforehand.

Nothing of it is written down or acted on. When the words come true, their labels are there already; when speech goes
on, all of it is forgotten.
"""

from __future__ import annotations

import msgspec

from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.core import effects, events
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.foresight import foresee
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.labelling import label_heard
from phantomcode.daemon.ports import Clock, Labeller
from phantomcode.daemon.trace import Span, Trace, moment
from phantomcode.daemon.workers import Workers


class Supposed(msgspec.Struct, frozen=True):
    """An utterance that may not be over. `whole` where it stands at a pause, else the settled part of it."""

    event: events.UtteranceHeard
    whole: bool


class Lookahead:
    """Labels what is heard and has prepared what would follow from what may have been said."""

    def __init__(
        self, briefing: Briefing, labeller: Labeller | None, workers: Workers, clock: Clock, trace: Trace
    ) -> None:
        self._briefing = briefing
        self._labeller = labeller
        self._workers = workers
        self._clock = clock
        self._trace = trace
        self._latest: events.UtteranceHeard | None = None
        """What was last supposed to be said, labelled."""

    def prepare(self, supposed: Supposed, state: Session) -> None:
        """See what the round would do after these words, and have it read or written ahead."""
        began = self._clock.monotonic()
        event = self.labelled(supposed.event, state) if supposed.whole else supposed.event
        try:
            foreseen = foresee(state, event, self._briefing)
        except Exception as error:  # noqa: BLE001  a look ahead at words that may never be said must not end the round
            self._trace(moment("session", "looking ahead failed", self._clock.monotonic(), error=repr(error)))
            return
        if supposed.whole:
            self._latest = event
            self._workers.suppose(foreseen.write)
        elif foreseen.write is not None:
            self._workers.carry_out(effects.Prefill(foreseen.write.prompt))
        detail = {"whole": supposed.whole, "asks_model": foreseen.write is not None}
        self._trace(Span("session", "foreseen", began, self._clock.monotonic(), detail=detail))

    def forget(self) -> None:
        """Drop what was supposed: the candidate goes on."""
        self._latest = None
        self._workers.suppose(None)

    def labelled(self, event: events.UtteranceHeard, state: Session) -> events.UtteranceHeard:
        """Add what the trained labeller says to an utterance; one that fails costs its opinion and no more."""
        known, self._latest = self._latest, None
        if known is not None and known.text == event.text:
            return msgspec.structs.replace(event, labels=known.labels, answer=known.answer)
        if self._labeller is None:
            return event
        try:
            return label_heard(event, state, self._labeller)
        except EngineError:
            return event
