"""Ctrl+C while modules load."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

STOPPED = 130
"""Exit status of a program that Ctrl+C ended: 128 and the number of the signal."""


@contextmanager
def abrupt() -> Iterator[None]:
    """Let Ctrl+C end the program at once inside the block.

    A KeyboardInterrupt that falls into the import machinery may be swallowed there (importlib frees its locks in weak
    references' callbacks, which ignore exceptions), and the program would go on as if nobody had pressed it.
    """
    before = signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(STOPPED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
