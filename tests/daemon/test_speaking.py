from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from phantomcode.daemon.adapters.scripted import ScriptedLoudspeaker, ScriptedVoice
from phantomcode.daemon.contract.errors import AudioError
from phantomcode.daemon.ports import Pcm, never
from phantomcode.daemon.speaking import Mouth, Spoken

PATIENCE = 10.0
LOST = AudioError("audio.output-lost", "The loudspeaker is gone.", "Plug it in.")


class HeldLoudspeaker:
    """Plays until the test lets it go, then says whether the line had been called off."""

    def __init__(self) -> None:
        self.playing = threading.Event()
        self.go = threading.Event()
        self.called_off: list[bool] = []

    def play(self, pcm: Pcm, sample_rate_hz: int, *, cancelled: Callable[[], bool] = never) -> None:
        self.playing.set()
        assert self.go.wait(PATIENCE)
        self.called_off.append(cancelled())


class Stage:
    """A mouth with everything it tells."""

    def __init__(self, loudspeaker: object) -> None:
        self.gate: list[bool] = []
        self.spoken: queue.Queue[Spoken] = queue.Queue()
        self.sounding: list[int] = []
        self.mouth = Mouth(
            ScriptedVoice(),
            loudspeaker,  # type: ignore[arg-type]
            gate=self.gate.append,
            report=self.spoken.put,
            sounding=self.sounding.append,
        )
        self.mouth.start()


def test_a_line_is_said_with_the_ears_shut_and_reported_whole() -> None:
    loudspeaker = ScriptedLoudspeaker()
    stage = Stage(loudspeaker)
    stage.mouth.say(4, "Why Postgres? It is one machine.")
    assert stage.spoken.get(timeout=PATIENCE) == Spoken(4, 32)
    assert stage.gate == [True, False]
    assert stage.sounding == [4]
    stage.mouth.close()


def test_a_loudspeaker_that_fails_opens_the_ears_again_and_says_why() -> None:
    stage = Stage(ScriptedLoudspeaker(failure=LOST))
    stage.mouth.say(4, "Why Postgres?")
    assert stage.spoken.get(timeout=PATIENCE) == Spoken(4, 0, LOST)
    assert stage.gate == [True, False]
    stage.mouth.close()


def test_stopping_cuts_the_line_and_forgets_the_next() -> None:
    loudspeaker = HeldLoudspeaker()
    stage = Stage(loudspeaker)
    stage.mouth.say(4, "Why Postgres?")
    stage.mouth.say(5, "What breaks first?")
    assert loudspeaker.playing.wait(PATIENCE)
    stage.mouth.stop()
    loudspeaker.go.set()
    assert [stage.spoken.get(timeout=PATIENCE).said_chars for _ in range(2)] == [0, 0]
    assert stage.sounding == [4]
    assert loudspeaker.called_off == [True]
    stage.mouth.close()


def test_a_line_said_right_after_a_stop_does_not_bring_the_stopped_ones_back() -> None:
    loudspeaker = HeldLoudspeaker()
    stage = Stage(loudspeaker)
    stage.mouth.say(4, "Why Postgres? It is one machine.")
    stage.mouth.say(5, "What breaks first?")
    assert loudspeaker.playing.wait(PATIENCE)
    stage.mouth.stop()
    stage.mouth.say(6, "Go on.")
    loudspeaker.go.set()
    assert [stage.spoken.get(timeout=PATIENCE) for _ in range(3)] == [Spoken(4, 0), Spoken(5, 0), Spoken(6, 6)]
    assert loudspeaker.called_off == [True, False]
    stage.mouth.close()


def test_a_line_after_a_stop_is_said() -> None:
    stage = Stage(ScriptedLoudspeaker())
    stage.mouth.stop()
    stage.mouth.say(6, "Go on.")
    assert stage.spoken.get(timeout=PATIENCE) == Spoken(6, 6)
    stage.mouth.close()
