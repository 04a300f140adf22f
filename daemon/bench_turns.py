"""How fast a turn is: a recording played in real time through the whole pipeline, measured from the true end of speech.

The true end is the last loud sample before a pause in the file itself, so the detector's own delay counts in full.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import psutil

from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.adapters.sound_file import SoundFile
from phantomcode.daemon.assembly import Wishes
from phantomcode.daemon.contract.endpoints import endpoints
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.ports import FRAME_SECONDS, AudioFrame, Microphone
from phantomcode.daemon.runtime import Parts
from phantomcode.daemon.service import Order, RoundService
from phantomcode.daemon.spread import Spread, spread
from phantomcode.daemon.trace import Mark
from phantomcode.models.store import ModelStore

LOUD_DBFS = -45.0
"""A 20 ms frame above this is speech in a clean recording; room noise of a quiet office lies below -55."""
PAUSE_SECONDS = 0.5
MATCH_SECONDS = 0.7
"""A detected end belongs to a true one at most this far away."""
REACTION_SECONDS = 5.0
"""A line later than this is not an answer to the turn (time nudges, help after long silence)."""


class TurnTimes(msgspec.Struct, frozen=True):
    """What `phantomcode bench turns --json` prints."""

    final_transcript_s: Spread
    hint_s: Spread
    """Until the coach has looked at the utterance and what it has to show is on the bus; mostly that is nothing new."""
    first_text_s: Spread
    first_sound_s: Spread
    publish_to_paint_s: Spread
    peak_memory_mb: dict[str, int]
    """Resident memory of each process at its highest, in millions of bytes."""


def speech_ends(frames: Iterator[AudioFrame]) -> list[float]:
    """Return, in seconds from the start, where speech ends and at least half a second of quiet follows."""
    ends: list[int] = []
    last_loud = 0
    pause_frames = round(PAUSE_SECONDS / FRAME_SECONDS)
    for number, frame in enumerate(frames, start=1):
        if _dbfs(np.frombuffer(frame.pcm, np.int16)) > LOUD_DBFS:
            last_loud = number
        elif last_loud and number - last_loud == pause_frames:
            ends.append(last_loud)
    if last_loud and (not ends or ends[-1] < last_loud):
        ends.append(last_loud)
    return [end * FRAME_SECONDS for end in ends]


def _dbfs(pcm: npt.NDArray[np.int16]) -> float:
    power = float(np.mean(np.square(pcm.astype(np.float64) / 32768))) if pcm.size else 0.0
    return 10 * float(np.log10(power)) if power > 0 else -200.0


class TimedMicrophone:
    """Passes a microphone on and remembers when its first sample was taken (time.monotonic() seconds)."""

    def __init__(self) -> None:
        self._inner: Microphone | None = None
        self.started_at = 0.0

    def put_into(self, parts: Parts) -> Parts:
        """Return the parts with this around their microphone."""
        if parts.hearing is None:
            return parts
        self._inner = parts.hearing.microphone
        return replace(parts, hearing=replace(parts.hearing, microphone=self))

    def open(self) -> str:
        """Open the source."""
        return self._microphone().open()

    def frames(self) -> Iterator[AudioFrame]:
        """Yield the frames as they come."""
        for frame in self._microphone().frames():
            self.started_at = self.started_at or frame.captured_at - FRAME_SECONDS
            yield frame

    def close(self) -> None:
        """Release the source."""
        self._microphone().close()

    def _microphone(self) -> Microphone:
        if self._inner is None:
            raise ValueError("put_into was not called")
        return self._inner


def measure(wav: Path, minutes: float, *, voice: bool, problem: str = "url-shortener") -> TurnTimes:
    """Run one round on a recording and measure its turns; raises PhantomError when it cannot run."""
    sound = SoundFile(wav)
    sound.open()
    ends = speech_ends(sound.frames())
    sound.close()
    marks: list[Mark] = []
    timed = TimedMicrophone()
    with tempfile.TemporaryDirectory(prefix="pc-") as folder, _own_sockets(Path(folder)):
        paint_log = Path(folder) / "paint.jsonl"
        order = Order(
            "bench", problem, Level.L5, minutes, Wishes("wav", sound_file=str(wav.resolve()), voice=voice), seed=1
        )
        service = RoundService(
            order,
            store=ModelStore(),
            sessions=Sessions(Path(folder) / "sessions"),
            where=endpoints(),
            trace=marks.append,
            parts=timed.put_into,
        )
        with _overlay(paint_log) as overlay, MemoryWatch(lambda: {"overlay": overlay, **service.processes()}) as memory:
            service.run(linger_seconds=1.0)
        paints = _paint_seconds(paint_log)
    return _summarise([timed.started_at + end for end in ends], marks, paints, memory.peaks_mb)


def _summarise(
    true_ends: list[float], marks: list[Mark], paints: list[float], peak_memory_mb: dict[str, int]
) -> TurnTimes:
    heard = [mark for mark in marks if mark.name == "final_transcript"]
    reacted = [mark for mark in marks if mark.name == "hint"]
    turns = [(_nearest(true_ends, h.speech_ended_monotonic), h, r) for h, r in zip(heard, reacted, strict=False)]
    known = [(end, h, r) for end, h, r in turns if end is not None]
    return TurnTimes(
        final_transcript_s=spread([h.at_monotonic - end for end, h, _ in known]),
        hint_s=spread([r.at_monotonic - end for end, _, r in known]),
        first_text_s=spread(_reactions(known, marks, "first_text")),
        first_sound_s=spread(_reactions(known, marks, "first_sound")),
        publish_to_paint_s=spread(paints),
        peak_memory_mb=peak_memory_mb,
    )


def _reactions(turns: list[tuple[float, Mark, Mark]], marks: list[Mark], name: str) -> list[float]:
    """Return how long after the true end the line came that followed a turn, for turns that a line followed."""
    found = []
    for index, (end, heard, _) in enumerate(turns):
        until = turns[index + 1][1].at_monotonic if index + 1 < len(turns) else float("inf")
        following = [m.at_monotonic for m in marks if m.name == name and heard.at_monotonic <= m.at_monotonic < until]
        if following and following[0] - end <= REACTION_SECONDS:
            found.append(following[0] - end)
    return found


def _nearest(ends: list[float], moment: float) -> float | None:
    best = min(ends, key=lambda end: abs(end - moment), default=None)
    return best if best is not None and abs(best - moment) <= MATCH_SECONDS else None


@contextmanager
def _own_sockets(folder: Path) -> Iterator[None]:
    """Keep the bench's daemon apart from one that may be running."""
    before = os.environ.get("PHANTOMCODE_RUNTIME")
    os.environ["PHANTOMCODE_RUNTIME"] = str(folder / "run")
    try:
        yield
    finally:
        if before is None:
            del os.environ["PHANTOMCODE_RUNTIME"]
        else:
            os.environ["PHANTOMCODE_RUNTIME"] = before


class MemoryWatch:
    """Looks at processes once a second and keeps the most resident memory each has had."""

    def __init__(self, processes: Callable[[], dict[str, int]]) -> None:
        self.peaks_mb: dict[str, int] = {}
        self._processes = processes
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(1.0):
            for name, process_id in self._processes().items():
                try:
                    used_mb = psutil.Process(process_id).memory_info().rss // 1_000_000
                except psutil.Error:
                    continue
                self.peaks_mb[name] = max(used_mb, self.peaks_mb.get(name, 0))


@contextmanager
def _overlay(paint_log: Path) -> Iterator[int]:
    """Run a real overlay beside the round, on the screen where there is one, else painting into memory.

    Gives its process id.
    """
    environment = dict(os.environ)
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")) and sys.platform == "linux":
        environment["QT_QPA_PLATFORM"] = "offscreen"
    overlay = subprocess.Popen(
        [sys.executable, "-m", "phantomcode.daemon.cli.main", "overlay", "--paint-log", str(paint_log)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield overlay.pid
    finally:
        overlay.terminate()
        overlay.wait(10)


def _paint_seconds(log: Path) -> list[float]:
    if not log.exists():
        return []
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [row["painted_at"] - row["sent_at"] for row in rows]
