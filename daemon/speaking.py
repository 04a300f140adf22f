"""One thread that speaks: renders a line clause by clause, plays it, and keeps the ears shut meanwhile."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import msgspec

from phantomcode.daemon.contract.errors import EngineError, PhantomError
from phantomcode.daemon.ports import Loudspeaker, Voice


class Spoken(msgspec.Struct, frozen=True):
    """A line is over: said whole, cut off after `said_chars`, or failed with `error`."""

    line_id: int
    said_chars: int
    error: PhantomError | None = None


class Mouth:
    """Says one line at a time. `gate` shuts the ears, `report` tells the outcome; both are called from its thread.

    `sounding` is called with a line's id when its first sound goes to the loudspeaker.
    """

    def __init__(
        self,
        voice: Voice,
        loudspeaker: Loudspeaker,
        *,
        gate: Callable[[bool], None],
        report: Callable[[Spoken], None],
        sounding: Callable[[int], None] = lambda _line_id: None,
    ) -> None:
        self._voice = voice
        self._loudspeaker = loudspeaker
        self._gate = gate
        self._report = report
        self._sounding = sounding
        self._lines: queue.Queue[tuple[int, str] | None] = queue.Queue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="mouth", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def say(self, line_id: int, text: str) -> None:
        """Queue a line; never blocks."""
        self._stopped.clear()
        self._lines.put((line_id, text))

    def stop(self) -> None:
        """Cut off what is being said and forget what is queued."""
        self._stopped.set()
        self._loudspeaker.stop()

    def close(self, timeout_seconds: float = 2.0) -> None:
        """Cut off and end the thread."""
        self.stop()
        self._lines.put(None)
        self._thread.join(timeout_seconds)

    def _work(self) -> None:
        while (line := self._lines.get()) is not None:
            self._speak(*line)

    def _speak(self, line_id: int, text: str) -> None:
        if self._stopped.is_set():
            self._report(Spoken(line_id, 0))
            return
        self._gate(True)
        error: PhantomError | None = None
        try:
            self._play(line_id, text)
        except PhantomError as failure:
            error = failure
        except Exception as failure:  # noqa: BLE001  whatever happened, the ears must open and the round go on
            error = EngineError("voice.failed", f"The voice failed: {failure!r}.", "Read the line; the round goes on.")
        finally:
            self._gate(False)
        cut = error is not None or self._stopped.is_set()
        self._report(Spoken(line_id, 0 if cut else len(text), error))

    def _play(self, line_id: int, text: str) -> None:
        for number, pcm in enumerate(self._voice.synthesise(text)):
            if self._stopped.is_set():
                return
            if number == 0:
                self._sounding(line_id)
            self._loudspeaker.play(pcm, self._voice.sample_rate_hz)
