"""Cuts a stream of text at the first stop string, also when it comes in pieces."""

from __future__ import annotations

from collections.abc import Sequence


class StopStrings:
    """Feed it pieces; it holds back only what could still turn out to be the beginning of a stop string.

    The cut is before the stop string that is complete first, however the text was cut into pieces.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.stopped = False

    def feed(self, piece: str) -> str:
        """Return the text that is safe to pass on; empty once `stopped`."""
        if self.stopped:
            return ""
        text = self._held + piece
        ends = [(start + len(stop), start) for stop in self._stops if (start := text.find(stop)) >= 0]
        if ends:
            self.stopped = True
            return text[: min(ends)[1]]
        self._held = text[len(text) - self._suspicious(text) :]
        return text[: len(text) - len(self._held)]

    def rest(self) -> str:
        """Return what was held back, at the end of the stream."""
        return "" if self.stopped else self._held

    def _suspicious(self, text: str) -> int:
        longest = max(map(len, self._stops), default=1) - 1
        for length in range(min(longest, len(text)), 0, -1):
            if any(stop.startswith(text[-length:]) for stop in self._stops):
                return length
        return 0
