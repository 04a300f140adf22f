"""A trace as a file for Perfetto (ui.perfetto.dev) or chrome://tracing.

Format: "Trace Event Format" by the Chromium authors, complete events ("X") and instants ("i"), times in microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from phantomcode.daemon.manifest import Turn
from phantomcode.daemon.trace import Span

PROCESS = 1


def trace_file(spans: Iterable[Span], turns: Iterable[Turn], started_at: float) -> bytes:
    """Return the JSON of a trace whose time begins with the recording; `started_at` is monotonic seconds."""
    candidate = [Span("candidate", turn.text, started_at + turn.began, started_at + turn.ended) for turn in turns]
    traced = [*candidate, *spans]
    tracks = {track: number for number, track in enumerate(dict.fromkeys(span.track for span in traced), start=1)}
    names = [
        {"ph": "M", "name": "thread_name", "pid": PROCESS, "tid": number, "args": {"name": track}}
        for track, number in tracks.items()
    ]
    events = [_event(span, tracks[span.track], started_at) for span in traced]
    return msgspec.json.encode({"traceEvents": names + events, "displayTimeUnit": "ms"})


def _event(span: Span, thread: int, started_at: float) -> dict[str, object]:
    begun = round((span.began_at - started_at) * 1e6)
    event = {"name": span.name, "pid": PROCESS, "tid": thread, "ts": begun, "args": dict(span.detail)}
    if span.ended_at > span.began_at:
        return {**event, "ph": "X", "dur": round((span.ended_at - span.began_at) * 1e6)}
    return {**event, "ph": "i", "s": "t"}
