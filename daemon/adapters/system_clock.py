"""The computer's own clock."""

from __future__ import annotations

import time


class SystemClock:
    """The Clock that everything but a test uses."""

    def monotonic(self) -> float:
        """Seconds that never go back; the same for every process of this computer."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since 1970."""
        return time.time()
