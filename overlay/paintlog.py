"""When did a message become pixels? One JSON line for each message that changed any."""

from __future__ import annotations

import json
import time
from pathlib import Path

from phantomcode.overlay.stream import Delivery


class PaintLog:
    """Collects the messages that changed the view and writes them out once they are on the screen.

    A line holds `sequence`, `sent_at` and `painted_at`, both time.time() seconds.
    """

    def __init__(self, path: Path | None) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1) if path else None
        self._pending: list[Delivery] = []

    def changed(self, delivery: Delivery) -> None:
        """Remember a message that changed the view."""
        if self._file is not None and delivery.sent_at is not None:
            self._pending.append(delivery)

    def unchanged(self) -> None:
        """The view changed and no pixel did: forget what was waiting."""
        self._pending.clear()

    def painted(self) -> None:
        """Pixels went out: write down what they came from."""
        if self._file is None or not self._pending:
            return
        painted_at = time.time()
        for one in self._pending:
            entry = {"sequence": one.sequence, "sent_at": one.sent_at, "painted_at": painted_at}
            self._file.write(json.dumps(entry) + "\n")
        self._pending.clear()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
