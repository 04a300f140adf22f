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


class _Line(msgspec.Struct, frozen=True):
    """A line to say, and how many stops there had been when it was queued."""

    line_id: int
    text: str
    generation: int


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
        self._lines: queue.Queue[_Line | None] = queue.Queue()
        self._generation = 0
        """Goes up with every stop: a line of an earlier generation is not said, nor said further."""
        self._thread = threading.Thread(target=self._work, name="mouth", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def say(self, line_id: int, text: str) -> None:
        """Queue a line; never blocks."""
        self._lines.put(_Line(line_id, text, self._generation))

    def stop(self) -> None:
        """Cut off what is being said and forget what is queued; what `say` brings later is said."""
        self._generation += 1

    def close(self, timeout_seconds: float = 2.0) -> None:
        """Cut off and end the thread."""
        self.stop()
        self._lines.put(None)
        self._thread.join(timeout_seconds)

    def _work(self) -> None:
        while (line := self._lines.get()) is not None:
            self._speak(line)

    def _stopped(self, line: _Line) -> bool:
        return line.generation != self._generation

    def _speak(self, line: _Line) -> None:
        if self._stopped(line):
            self._report(Spoken(line.line_id, 0))
            return
        self._gate(True)
        error: PhantomError | None = None
        try:
            self._play(line)
        except PhantomError as failure:
            error = failure
        except Exception as failure:  # noqa: BLE001  whatever happened, the ears must open and the round go on
            error = EngineError("voice.failed", f"The voice failed: {failure!r}.", "Read the line; the round goes on.")
        finally:
            self._gate(False)
        cut = error is not None or self._stopped(line)
        self._report(Spoken(line.line_id, 0 if cut else len(line.text), error))

    def _play(self, line: _Line) -> None:
        for number, pcm in enumerate(self._voice.synthesise(line.text)):
            if self._stopped(line):
                return
            if number == 0:
                self._sounding(line.line_id)
            rate_hz = self._voice.sample_rate_hz
            self._loudspeaker.play(pcm, rate_hz, cancelled=lambda: self._stopped(line))
