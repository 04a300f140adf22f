"""How long a journal's round lasted by the clock its report goes by, without replaying the round.

Replaying understands every sentence anew and takes seconds for a whole round; the clock hangs on a few events only.
"""

from __future__ import annotations

from collections.abc import Iterable

from phantomcode.daemon.core import events
from phantomcode.daemon.core.session import INPUT_GRACE_SECONDS

_CANDIDATE_TALKS = (events.UtteranceHeard, events.SpeechStarted, events.SpeechDropped)


def active_seconds(journal: Iterable[events.Event]) -> float:
    """Return the seconds that the round's clock ran: loading, pauses and the goodbye left out.

    Within a second of the state's `active_seconds`: a round that ends on time does so at the next tick.
    """
    clock = _Clock()
    for event in journal:
        clock.take(event)
    return clock.active_seconds


class _Clock:
    def __init__(self) -> None:
        self.active_seconds = 0.0
        self._now_seconds = 0.0
        self._planned_seconds = 0.0
        self._talked_until = 0.0
        self._ready = self._paused = self._ending = False
        self._input_ends_at: float | None = None

    def take(self, event: events.Event) -> None:
        if self._ready and not self._paused and not self._ending:
            until = min(event.at_seconds, self._input_ends_at or event.at_seconds)
            self.active_seconds += max(0.0, until - self._now_seconds)
        self._now_seconds = max(self._now_seconds, event.at_seconds)
        if isinstance(event, _CANDIDATE_TALKS):
            self._talked_until = self.active_seconds
        self._turn(event)

    def _turn(self, event: events.Event) -> None:
        """Start or stop the clock, where the event does."""
        match event:
            case events.RoundOpened():
                self._planned_seconds = event.minutes * 60
            case events.EnginesReady():
                self._ready = True
            case events.RoundResumed():
                self._ready, self._input_ends_at = False, None
            case events.Paused() | events.Resumed():
                self._paused = isinstance(event, events.Paused)
            case events.EndAsked():
                self._ending = True
            case events.InputEnded():
                self._input_ends_at = self._now_seconds + INPUT_GRACE_SECONDS
            case events.RoundClosed(reason="time"):
                # Whoever talks at the bell may finish; then comes the goodbye, which is not on the clock.
                self.active_seconds = min(self.active_seconds, max(self._planned_seconds, self._talked_until))
            case _:
                return
