"""How fast a turn is: a recording played in real time through the whole pipeline, timed from the true end of speech."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import wave
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import psutil

from phantomcode.daemon.adapters.sessions import Sessions
from phantomcode.daemon.adapters.sound_file import SoundFile, whole
from phantomcode.daemon.assembly import Wishes
from phantomcode.daemon.bench_plain import Plain, measure_plain, plain_models
from phantomcode.daemon.contract.endpoints import endpoints
from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.manifest import FILE_NAME, Pause, Turn, load_manifest
from phantomcode.daemon.ports import FRAME_SECONDS, SAMPLE_RATE_HZ, AudioFrame, Microphone
from phantomcode.daemon.service import Order, RoundService
from phantomcode.daemon.spread import Spread, spread
from phantomcode.daemon.trace import Span
from phantomcode.daemon.trace_file import trace_file
from phantomcode.daemon.turn_times import Pauses, Turns, turn_times
from phantomcode.daemon.workers import Parts
from phantomcode.models.store import ModelStore
from phantomcode.problems.load import load_problem

LOUD_DBFS = -45.0
"""A 20 ms frame above this is speech in a clean recording; room noise of a quiet office lies below -55."""
PAUSE_SECONDS = 0.5
WATCH_SECONDS = 1.0
SETTLED_SHARE = 0.25
"""Memory of the first and the last quarter of a round are compared."""


class Load(msgspec.Struct, frozen=True):
    """What one process used."""

    peak_mb: int
    """Resident memory at its highest, in millions of bytes."""
    growth_mb: int
    """The last quarter's mean less the first quarter's."""
    cpu_s: float


class TurnTimes(msgspec.Struct, frozen=True):
    """What `phantomcode bench turns --json` prints. Times are seconds after the true end of speech."""

    turns: int
    transcript_s: Spread
    committed_s: Spread
    hint_s: Spread
    """Until the coach has looked at the utterance and what it has to show is on the bus; mostly that is nothing new."""
    first_text_s: Spread
    first_sound_s: Spread
    publish_to_paint_s: Spread
    early_text_s: Spread
    late_text_s: Spread
    """First text over the first and the second half of the round."""
    prefix_misses: tuple[int, int]
    speculation_hits: tuple[int, int]
    pauses: Pauses
    cpu_seconds_per_minute: float
    """Of all processes, over the minutes of the recording."""
    load: dict[str, Load]
    plain: Plain | None = None


@contextmanager
def recorded_answers() -> Iterator[Path]:
    """Give the path of the bundled recording of a whole round's answers."""
    with as_file(files("phantomcode.daemon") / "recordings") as folder:
        yield folder / "answers.ogg"


def loud_stretches(frames: Iterable[AudioFrame]) -> tuple[Turn, ...]:
    """Take for turns, where nobody has marked them, what lies between half seconds of quiet."""
    turns: list[Turn] = []
    began = last_loud = 0
    pause_frames = round(PAUSE_SECONDS / FRAME_SECONDS)
    for number, frame in enumerate(frames, start=1):
        if _dbfs(np.frombuffer(frame.pcm, np.int16)) > LOUD_DBFS:
            began = began or number
            last_loud = number
        elif began and number - last_loud == pause_frames:
            turns.append(Turn("", (began - 1) * FRAME_SECONDS, last_loud * FRAME_SECONDS))
            began = 0
    if began:
        turns.append(Turn("", (began - 1) * FRAME_SECONDS, last_loud * FRAME_SECONDS))
    return tuple(turns)


def turns_in(wav: Path) -> tuple[Turn, ...]:
    """Return the turns that a manifest beside the file marks, else the loud stretches; raises AudioError."""
    if (wav.parent / FILE_NAME).is_file():
        marked = next((clip.turns for clip in load_manifest(wav.parent) if clip.path == wav.name), ())
        if marked:
            return marked
    sound = SoundFile(wav)
    sound.open()
    try:
        return loud_stretches(sound.frames())
    finally:
        sound.close()


def lengthened(wav: Path, turns: tuple[Turn, ...], seconds: float, folder: Path) -> tuple[Path, tuple[Turn, ...]]:
    """Return a recording that fills a round, and its turns: the same one over and over where it is too short.

    The longer one is written into the folder. Raises AudioError where the recording cannot be read.
    """
    pcm = whole(wav)
    length_seconds = len(pcm) / SAMPLE_RATE_HZ
    times = math.ceil(seconds / length_seconds)
    if times == 1:
        return wav, turns
    longer = folder / "longer.wav"
    with wave.open(str(longer), "wb") as file:
        file.setparams((1, pcm.itemsize, SAMPLE_RATE_HZ, 0, "NONE", ""))
        for _ in range(times):
            file.writeframes(pcm.tobytes())
    return longer, tuple(_later(turn, number * length_seconds) for number in range(times) for turn in turns)


def _later(turn: Turn, seconds: float) -> Turn:
    pauses = tuple(Pause(pause.began + seconds, pause.ended + seconds) for pause in turn.pauses)
    return Turn(turn.text, turn.began + seconds, turn.ended + seconds, pauses)


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


def measure(
    wav: Path, minutes: float, *, wishes: Wishes, problem: str, trace_to: Path | None, compare: bool
) -> TurnTimes:
    """Run one round on a recording, again and again to the round's end, and measure its turns.

    Raises PhantomError when it cannot run.
    """
    once = turns_in(wav)
    models = plain_models(wishes.language_model_id) if compare else None
    spans: list[Span] = []
    timed = TimedMicrophone()
    with tempfile.TemporaryDirectory(prefix="pc-") as folder, _own_sockets(Path(folder)):
        played, turns = lengthened(wav, once, minutes * 60, Path(folder))
        wishes = msgspec.structs.replace(wishes, sound_file=str(played.resolve()))
        paint_log = Path(folder) / "paint.jsonl"
        service = RoundService(
            Order("bench", problem, Level.L5, minutes, wishes, seed=1),
            store=ModelStore(),
            sessions=Sessions(Path(folder) / "sessions"),
            where=endpoints(),
            trace=spans.append,
            parts=timed.put_into,
        )
        with _overlay(paint_log) as overlay, Watch(lambda: {"overlay": overlay, **service.processes()}) as watch:
            ended = service.run(linger_seconds=1.0)
        paints = _paint_seconds(paint_log)
    if ended is None:
        raise EngineError("bench.no-round", "The round did not come to its end.", "Run: phantomcode doctor.")
    if trace_to is not None:
        trace_to.write_bytes(trace_file(spans, turns, timed.started_at))
    heard = [turn for turn in turns if turn.ended <= minutes * 60]
    plain = measure_plain(wav, heard[: len(once)], load_problem(problem), models) if models else None
    return summarise(turn_times(heard, timed.started_at, spans), paints, watch.load, heard, plain)


def summarise(
    times: Turns, paints: Sequence[float], load: dict[str, Load], turns: Sequence[Turn], plain: Plain | None
) -> TurnTimes:
    """Put the figures of a round together."""
    middle = len(times.reactions) // 2
    minutes = turns[-1].ended / 60 if turns else 1.0
    return TurnTimes(
        turns=len(times.reactions),
        transcript_s=times.spread_of("transcript_s"),
        committed_s=times.spread_of("committed_s"),
        hint_s=times.spread_of("hint_s"),
        first_text_s=times.spread_of("text_s"),
        first_sound_s=times.spread_of("sound_s"),
        publish_to_paint_s=spread(paints),
        early_text_s=msgspec.structs.replace(times, reactions=times.reactions[:middle]).spread_of("text_s"),
        late_text_s=msgspec.structs.replace(times, reactions=times.reactions[middle:]).spread_of("text_s"),
        prefix_misses=times.prefix_misses,
        speculation_hits=times.speculation_hits,
        pauses=times.pauses,
        cpu_seconds_per_minute=round(sum(one.cpu_s for one in load.values()) / minutes, 1),
        load=load,
        plain=plain,
    )


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


class Watch:
    """Looks at processes once a second and keeps what they use."""

    def __init__(self, processes: Callable[[], dict[str, int]]) -> None:
        self._processes = processes
        self._resident_mb: dict[str, list[float]] = {}
        self._cpu_s: dict[int, tuple[str, float, float]] = {}
        """Processor seconds of each process when it was first and last seen."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def load(self) -> dict[str, Load]:
        """What each process used, loading left out of the processor seconds as far as it came before the first look."""
        return {name: self._load_of(name, resident) for name, resident in self._resident_mb.items()}

    def _load_of(self, name: str, resident_mb: list[float]) -> Load:
        quarter = max(1, round(len(resident_mb) * SETTLED_SHARE))
        growth_mb = float(np.mean(resident_mb[-quarter:]) - np.mean(resident_mb[:quarter]))
        used_s = sum(last - first for of, first, last in self._cpu_s.values() if of == name)
        return Load(round(max(resident_mb)), round(growth_mb), round(used_s, 1))

    def _watch(self) -> None:
        while not self._over.wait(WATCH_SECONDS):
            for name, process_id in self._processes().items():
                try:
                    self._look(name, psutil.Process(process_id))
                except psutil.Error:
                    continue

    def _look(self, name: str, process: psutil.Process) -> None:
        times = process.cpu_times()
        used_s = times.user + times.system
        _, first_s, _ = self._cpu_s.get(process.pid, (name, used_s, used_s))
        self._cpu_s[process.pid] = (name, first_s, used_s)
        self._resident_mb.setdefault(name, []).append(process.memory_info().rss / 1e6)


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
