"""The runtime with scripted engines: no models, no disk, no sound, and a clock that the tests move."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest

from phantomcode.daemon import record
from phantomcode.daemon.adapters.scripted import (
    CollectingPublisher,
    LoudnessDetector,
    ManualClock,
    MemoryJournal,
    ScriptedLabeller,
    ScriptedLanguageModel,
    ScriptedLoudspeaker,
    ScriptedMicrophone,
    ScriptedRecogniser,
    ScriptedTurnDetector,
    ScriptedVoice,
)
from phantomcode.daemon.contract import messages
from phantomcode.daemon.contract.errors import AudioError, EngineError, JournalError, PhantomError, SessionError
from phantomcode.daemon.contract.vocabulary import Activity, Level, Move
from phantomcode.daemon.core import events
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.session import replay
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.ports import Pcm, never
from phantomcode.daemon.runtime import Runtime
from phantomcode.daemon.trace import Span
from phantomcode.daemon.workers import Hearing, Loaded, Parts

PATIENCE_SECONDS = 20.0
RATE_HZ = 16_000
DESIGN = (
    "So users can create a short link and follow it, and I would leave accounts out of scope.",
    "Say a hundred million new links a month, that is about forty writes per second.",
    "The client calls the API, the API calls the redirect service, and that reads a Redis cache and then Postgres.",
    "I would use Postgres for the links, since a single primary takes forty writes a second easily.",
)


def tone(seconds: float) -> np.ndarray:
    return np.full(int(seconds * RATE_HZ), 3000, dtype=np.int16)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE_HZ), dtype=np.int16)


class Replacing:
    """A microphone that is a new one each time it is opened."""

    def __init__(self, *takes: ScriptedMicrophone) -> None:
        self._takes = iter(takes)
        self._take: ScriptedMicrophone | None = None

    def open(self) -> str:
        self._take = next(self._takes)
        return self._take.open()

    def frames(self) -> Iterator[object]:
        assert self._take is not None
        return self._take.frames()

    def close(self) -> None:
        if self._take is not None:
            self._take.close()


class FullDisk(MemoryJournal):
    """A journal that refuses while it is told to."""

    full = False

    def append(self, event: events.Event) -> int:
        if self.full:
            raise JournalError("journal.disk-full", "The disk is full.", "Free some space.")
        return super().append(event)


class Studio:
    """One runtime on its own thread, and the means to watch it."""

    def __init__(self, briefing: Briefing, parts: Callable[[ManualClock], Parts], **settings: object) -> None:
        self.clock = ManualClock()
        self.journal = settings.pop("journal", None) or MemoryJournal()
        self.publisher = CollectingPublisher()
        self.spans: list[Span] = []
        self.concluded: list[Session] = []
        self.made = parts(self.clock)
        self.briefing = briefing
        self.runtime = Runtime(
            briefing,
            self.journal,
            self.publisher,
            self.clock,
            self.made,
            load=settings.pop("load", lambda: Loaded(self.made.model is not None, self.made.voice is not None)),
            lower=settings.pop("lower", str),
            conclude=settings.pop("conclude", self._conclude),
            trace=self.spans.append,
        )
        assert not settings
        self._pool = ThreadPoolExecutor(1)

    def start(
        self, *, minutes: float = 45.0, first: events.Event | None = None, earlier: Session | None = None
    ) -> None:
        opened = events.RoundOpened(
            0.0, "test", 1.7e9, self.briefing.problem.slug, "digest", Level.L5, minutes, "typed", 2, 7
        )
        self.ended = self._pool.submit(self.runtime.run, first or opened, earlier)

    def _conclude(self, state: Session) -> messages.RoundEnded:
        self.concluded.append(state)
        return messages.RoundEnded("test", state.closing, (), None, (), "report.html")

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for another thread to get there."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not happen; last: {self.published[-5:]}"
            threading.Event().wait(0.002)

    def until_published(self, kind: type[messages.Wire], where: Callable[..., bool] = lambda _: True) -> None:
        self.until(lambda: [m for m in self.sent(kind) if where(m)], kind.__name__)

    def pass_time(self, seconds: float) -> None:
        """Move the clock in steps of a tick and let the runtime see each."""
        for _ in range(int(seconds)):
            self.clock.advance(1.0)
            self.runtime.post(events.TimePassed(self.runtime.session_seconds()))

    def command(self, command: messages.Command) -> messages.Reply:
        """Send a command and wait for its answer."""
        reply = self.runtime.command(command)
        return reply.result(PATIENCE_SECONDS) if isinstance(reply, Future) else reply

    def say(self, text: str) -> messages.Reply:
        return self.command(messages.TypedUtterance(text))

    def end(self) -> messages.RoundEnded | None:
        self.runtime.post(events.EndAsked(self.runtime.session_seconds()))
        return self.finished()

    def finished(self) -> messages.RoundEnded | None:
        return self.ended.result(PATIENCE_SECONDS)

    @property
    def published(self) -> Sequence[messages.Message]:
        return tuple(self.publisher.messages)

    def sent(self, kind: type[messages.Wire]) -> list:
        return [message for message in self.published if isinstance(message, kind)]

    def written(self, kind: type[events.Happened]) -> list:
        return [event for event in self.journal.events() if isinstance(event, kind)]

    def close(self) -> None:
        self.runtime.stop()
        self._pool.shutdown()


@pytest.fixture
def studio(briefing: Briefing) -> Iterator[Callable[..., Studio]]:
    made: list[Studio] = []

    def make(parts: Callable[[ManualClock], Parts] = lambda _: Parts(), **settings: object) -> Studio:
        made.append(Studio(briefing, parts, **settings))
        return made[-1]

    yield make
    for each in made:
        each.close()


def listening(*texts: str | PhantomError, take: Callable[[ManualClock], object] | None = None) -> Callable[..., Parts]:
    """Return parts with ears: each text is what is heard in the next piece of speech."""

    def parts(clock: ManualClock) -> Parts:
        sound = np.concatenate([np.concatenate([silence(0.5), tone(1.0), silence(1.5)]) for _ in texts])
        microphone = take(clock) if take else ScriptedMicrophone(sound, clock)
        return Parts(
            Hearing(microphone, LoudnessDetector(), ScriptedTurnDetector([0.9]), ScriptedRecogniser(texts))  # type: ignore[arg-type]
        )

    return parts


def test_a_typed_round_from_the_problem_to_the_end(studio: Callable[..., Studio]) -> None:
    round_ = studio()
    round_.start()
    round_.until_published(messages.InterviewerLine)
    for line in DESIGN:
        assert isinstance(round_.say(line), messages.Accepted)
    ended = round_.end()
    assert ended is not None
    assert ended.reason == "command"
    assert round_.sent(messages.RoundEnded) == [ended]
    assert [event.text for event in round_.written(events.UtteranceHeard)] == list(DESIGN)
    kinds = [type(event) for event in round_.journal.events()]
    assert (kinds[0], kinds[-1]) == (events.RoundOpened, events.RoundClosed)
    assert kinds.count(events.RoundClosed) == 1


def test_the_journal_replays_to_the_state_that_was_graded(studio: Callable[..., Studio], briefing: Briefing) -> None:
    round_ = studio()
    round_.start()
    round_.until_published(messages.InterviewerLine)
    for line in DESIGN:
        round_.say(line)
        round_.pass_time(30)
    round_.end()
    assert replay(round_.journal.events(), briefing) == round_.concluded[0]


def test_time_ends_the_round_with_a_last_line(studio: Callable[..., Studio]) -> None:
    round_ = studio()
    round_.start(minutes=1.0)
    round_.until_published(messages.InterviewerLine)
    round_.say(DESIGN[0])
    round_.pass_time(90)
    ended = round_.finished()
    assert ended is not None
    assert ended.reason == "time"
    assert round_.sent(messages.InterviewerLine)[-1].move is Move.CLOSE


def test_what_is_heard_is_written_down_shown_and_timed(studio: Callable[..., Studio]) -> None:
    round_ = studio(listening(*DESIGN))
    round_.start()
    round_.until(lambda: len(round_.written(events.UtteranceHeard)) == len(DESIGN), "hearing everything")
    ended = round_.end()
    assert ended is not None
    heard = round_.written(events.UtteranceHeard)
    assert [event.text for event in heard] == list(DESIGN)
    for event in heard:
        assert event.started_seconds < event.ended_seconds <= event.at_seconds
    assert [caption.text for caption in round_.sent(messages.Caption) if caption.final] == list(DESIGN)
    assert len([span for span in round_.spans if span.name == "transcript final"]) == len(DESIGN)
    assert round_.sent(messages.LevelMeter)
    assert round_.written(events.SpeechStarted)


def test_a_recording_that_runs_out_ends_the_round(studio: Callable[..., Studio]) -> None:
    round_ = studio(listening(DESIGN[0]))
    round_.start()
    round_.until(lambda: round_.written(events.InputEnded), "the end of the recording")
    round_.pass_time(6)
    ended = round_.finished()
    assert ended is not None
    assert ended.reason == "input"


def test_a_microphone_that_goes_away_comes_back(studio: Callable[..., Studio]) -> None:
    gone = AudioError("audio.lost", "The microphone went away.", "Plug it in again.")

    def takes(clock: ManualClock) -> Replacing:
        piece = np.concatenate([silence(0.5), tone(1.0), silence(1.5)])
        return Replacing(ScriptedMicrophone(piece, clock, failure=gone), ScriptedMicrophone(piece, clock))

    round_ = studio(listening("Before it went.", "After it came back.", take=takes))
    round_.start()
    round_.until(lambda: len(round_.written(events.UtteranceHeard)) == 2, "hearing both")
    assert [event.text for event in round_.written(events.UtteranceHeard)] == ["Before it went.", "After it came back."]
    assert [event.code for event in round_.written(events.InputLost)] == ["audio.lost"]
    assert [event.device for event in round_.written(events.InputRestored)] == ["scripted microphone"]
    assert "audio.lost" in [notice.code for notice in round_.sent(messages.Notice)]
    activities = [change.activity for change in round_.sent(messages.ActivityChanged)]
    assert Activity.NO_MICROPHONE in activities
    round_.end()


def test_a_microphone_that_delivers_zeros_is_reported_once_and_so_is_its_return(studio: Callable[..., Studio]) -> None:
    sound = np.concatenate([silence(8.0), tone(1.0), silence(1.5)])
    round_ = studio(listening("Can you hear me now?", take=lambda clock: ScriptedMicrophone(sound, clock)))
    round_.start()
    round_.until(lambda: round_.written(events.UtteranceHeard), "hearing it")
    assert [event.code for event in round_.written(events.InputLost)] == ["audio.silent-input"]
    assert len(round_.written(events.InputRestored)) == 1
    round_.end()


def test_a_recogniser_that_fails_costs_the_utterance_and_not_the_round(studio: Callable[..., Studio]) -> None:
    failure = EngineError("engine.down", "The recogniser stopped.", "It is restarted by itself.")
    round_ = studio(listening(failure, failure, "This one is heard."))
    round_.start()
    round_.until(lambda: round_.written(events.UtteranceHeard), "hearing the next one")
    assert [event.text for event in round_.written(events.UtteranceHeard)] == ["This one is heard."]
    assert round_.end() is not None


def test_a_command_is_acknowledged_only_when_its_event_is_on_disk(
    studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "RETRY_SECONDS", 0.01)
    disk = FullDisk()
    round_ = studio(journal=disk)
    round_.start()
    round_.until_published(messages.InterviewerLine)
    assert isinstance(round_.say(DESIGN[0]), messages.Accepted)
    disk.full = True
    refused = round_.say(DESIGN[1])
    assert isinstance(refused, messages.Refused)
    assert refused.code == "journal.waiting"
    round_.until_published(messages.Notice, lambda notice: notice.code == "journal.disk-full")
    disk.full = False
    assert isinstance(round_.say(DESIGN[2]), messages.Accepted)
    written = [event.text for event in round_.written(events.UtteranceHeard)]
    assert (written[0], written[-1]) == (DESIGN[0], DESIGN[2])
    assert len([n for n in round_.sent(messages.Notice) if n.code == "journal.disk-full"]) == 1
    assert round_.end() is not None


def test_nothing_is_shown_that_is_not_on_disk(studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "RETRY_SECONDS", 0.01)
    disk = FullDisk()
    round_ = studio(journal=disk)
    round_.start()
    round_.until_published(messages.InterviewerLine)
    disk.full = True
    round_.say(DESIGN[0])
    round_.until_published(messages.Notice)
    assert not round_.sent(messages.Caption)
    round_.runtime.stop()
    round_.finished()
    assert not round_.sent(messages.Caption)


def test_a_round_whose_disk_stays_full_can_be_stopped(
    studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "RETRY_SECONDS", 0.01)
    disk = FullDisk()
    round_ = studio(journal=disk)
    round_.start()
    round_.until_published(messages.InterviewerLine)
    disk.full = True
    round_.pass_time(1)
    round_.until_published(messages.Notice)
    round_.runtime.stop()
    assert round_.finished() is None
    assert not round_.written(events.RoundClosed)
    assert not round_.concluded


def test_a_round_that_is_stopped_stays_unfinished(studio: Callable[..., Studio]) -> None:
    round_ = studio()
    round_.start()
    round_.until_published(messages.InterviewerLine)
    round_.say(DESIGN[0])
    round_.command(messages.StopDaemon())
    assert round_.finished() is None
    assert round_.runtime.left
    assert [event.text for event in round_.written(events.UtteranceHeard)] == [DESIGN[0]]
    assert not round_.written(events.EndAsked)
    assert not round_.written(events.RoundClosed)
    assert not round_.concluded


def test_what_was_heard_when_a_round_is_left_is_on_record(
    studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch
) -> None:
    round_ = studio()
    append = round_.journal.append
    last_words = events.UtteranceHeard(9.0, Speaker.CANDIDATE, 5.0, 8.0, DESIGN[1], 0.9)

    def append_and_leave(event: events.Event) -> int:
        if isinstance(event, events.UtteranceHeard) and event.text == DESIGN[0]:
            round_.runtime.stop()
            round_.runtime.post(last_words)
        return append(event)

    monkeypatch.setattr(round_.journal, "append", append_and_leave)
    round_.start()
    round_.until_published(messages.InterviewerLine)
    round_.say(DESIGN[0])
    assert round_.finished() is None
    assert [event.text for event in round_.written(events.UtteranceHeard)] == [DESIGN[0], DESIGN[1]]


def test_a_round_that_is_ending_when_it_is_stopped_gets_its_report(studio: Callable[..., Studio]) -> None:
    round_ = studio()
    round_.start()
    round_.until_published(messages.InterviewerLine)
    round_.command(messages.EndRound())
    round_.command(messages.StopDaemon())
    assert round_.finished() is not None
    assert not round_.runtime.left
    assert round_.written(events.RoundClosed)


def test_a_model_that_is_too_slow_is_exchanged_and_that_is_said_once(studio: Callable[..., Studio]) -> None:
    round_ = studio(lower=lambda: "a-small-one")
    round_.start()
    round_.until_published(messages.InterviewerLine)
    for number in range(3):
        round_.runtime.post(events.LineWritten(round_.runtime.session_seconds(), number, "You said so", 9.0))
    round_.until(lambda: round_.written(events.TierLowered), "lowering")
    round_.until_published(messages.Notice, lambda notice: notice.code == "interviewer.slow")
    assert [event.model for event in round_.written(events.TierLowered)] == ["a-small-one"]


def test_the_voice_says_the_lines(studio: Callable[..., Studio]) -> None:
    round_ = studio(lambda clock: Parts(voice=ScriptedVoice(), loudspeaker=ScriptedLoudspeaker(clock)))
    round_.start()
    round_.until(lambda: round_.written(events.VoiceFinished), "the voice")
    (line,) = round_.sent(messages.InterviewerLine)
    finished = round_.written(events.VoiceFinished)[0]
    assert (finished.line_id, finished.said_chars) == (line.line_id, len(line.text))
    assert round_.made.voice.said == [line.text]
    assert "first sound" in [span.name for span in round_.spans]
    round_.end()


class PatientLoudspeaker:
    """Plays its first sound until that is called off."""

    def __init__(self) -> None:
        self.playing = threading.Event()
        self.called_off = threading.Event()

    def play(self, _pcm: Pcm, _sample_rate_hz: int, *, cancelled: Callable[[], bool] = never) -> None:
        self.playing.set()
        while not (cancelled() or self.called_off.is_set()):
            time.sleep(0.005)
        self.called_off.set()


def test_a_pause_cuts_off_what_is_being_said(studio: Callable[..., Studio]) -> None:
    round_ = studio(lambda _: Parts(voice=ScriptedVoice(), loudspeaker=PatientLoudspeaker()))
    round_.start()
    assert round_.made.loudspeaker.playing.wait(PATIENCE_SECONDS)
    round_.command(messages.Pause())
    assert round_.made.loudspeaker.called_off.wait(PATIENCE_SECONDS)
    round_.end()


def test_a_loudspeaker_that_fails_is_reported_and_the_line_is_still_shown(studio: Callable[..., Studio]) -> None:
    failure = AudioError("audio.no-output", "There is no loudspeaker.", "Practise with --no-voice.")
    round_ = studio(lambda _: Parts(voice=ScriptedVoice(), loudspeaker=ScriptedLoudspeaker(failure=failure)))
    round_.start()
    round_.until_published(messages.Notice, lambda notice: notice.code == "audio.no-output")
    round_.until(lambda: round_.written(events.VoiceFinished), "the end of the line")
    assert round_.written(events.VoiceFinished)[0].said_chars == 0
    assert round_.sent(messages.InterviewerLine)
    assert round_.end() is not None


def test_the_model_is_asked_and_a_model_that_fails_gives_way_to_the_bank(
    studio: Callable[..., Studio], design: Sequence[str]
) -> None:
    failure = EngineError("engine.down", "The interviewer stopped.", "It is restarted by itself.")
    round_ = studio(lambda _: Parts(model=ScriptedLanguageModel([failure] * 50, confidence=0.2)))
    round_.start()
    round_.until_published(messages.InterviewerLine)
    for line in design:
        round_.say(line)
        round_.pass_time(60)
    round_.until(lambda: round_.written(events.LineWritten), "an answer of the model")
    assert {event.text for event in round_.written(events.LineWritten)} == {""}
    round_.pass_time(300)
    round_.until_published(messages.InterviewerLine, lambda line: line.move is Move.CHALLENGE)
    assert round_.end() is not None


def test_engines_that_cannot_be_loaded_leave_a_round_that_can_be_resumed(studio: Callable[..., Studio]) -> None:
    def load() -> Loaded:
        raise EngineError("recogniser.no-model", "There is no recogniser.", "Run `phantomcode models pull`.")

    round_ = studio(load=load)
    round_.start()
    assert round_.finished() is None
    assert not any(isinstance(event, events.RoundClosed) for event in round_.journal.events())
    (notice,) = round_.sent(messages.Notice)
    assert notice.code == "recogniser.no-model"
    assert notice in round_.runtime.snapshot().notices


def test_a_report_that_cannot_be_written_is_told_and_the_journal_is_whole(studio: Callable[..., Studio]) -> None:
    def conclude(_state: Session) -> messages.RoundEnded:
        raise SessionError("review.unwritable", "The report cannot be written.", "Free some space.")

    round_ = studio(conclude=conclude)
    round_.start()
    round_.until_published(messages.InterviewerLine)
    assert round_.end() is None
    assert "review.unwritable" in [notice.code for notice in round_.sent(messages.Notice)]
    assert round_.written(events.RoundClosed)


def test_commands_that_make_no_sense_are_refused(studio: Callable[..., Studio]) -> None:
    round_ = studio()
    round_.start()
    round_.until_published(messages.InterviewerLine)
    assert round_.say("   ") == messages.Refused("command.empty", "There was nothing to say.", "Type a sentence first.")
    round_.end()
    late = round_.say("One more thing.")
    assert isinstance(late, messages.Refused)
    assert late.code == "session.over"
    assert "One more thing." not in [event.text for event in round_.written(events.UtteranceHeard)]


def test_a_snapshot_holds_what_was_published_and_overlay_actions_are_passed_on(studio: Callable[..., Studio]) -> None:
    round_ = studio()
    round_.start()
    round_.until_published(messages.InterviewerLine)
    round_.say(DESIGN[0])
    round_.until_published(messages.Caption)
    reply = round_.command(messages.GetSnapshot())
    assert isinstance(reply, messages.Accepted)
    assert reply.snapshot is not None
    assert reply.snapshot.line == round_.sent(messages.InterviewerLine)[-1]
    assert reply.snapshot.caption == messages.Caption(DESIGN[0], final=True, stable_chars=len(DESIGN[0]))
    round_.command(messages.OverlayAction("ghost"))
    assert round_.sent(messages.OverlayActionRequested) == [messages.OverlayActionRequested("ghost")]
    round_.end()


def test_a_pause_stops_the_clock_and_the_listening(studio: Callable[..., Studio]) -> None:
    round_ = studio()
    round_.start()
    round_.until_published(messages.InterviewerLine)
    round_.pass_time(10)
    round_.command(messages.Pause())
    round_.pass_time(600)
    round_.command(messages.Resume())
    round_.pass_time(5)
    round_.end()
    (state,) = round_.concluded
    assert state.active_seconds == pytest.approx(15.0, abs=1.0)
    assert state.now_seconds == pytest.approx(615.0, abs=1.0)


def test_a_resumed_round_goes_on_from_the_last_written_moment(
    studio: Callable[..., Studio], briefing: Briefing
) -> None:
    first = studio()
    first.start()
    first.until_published(messages.InterviewerLine)
    first.say(DESIGN[0])
    first.pass_time(100)
    first.until(lambda: any(event.at_seconds >= 99.0 for event in first.written(events.TimePassed)), "time passing")
    left = list(first.journal.events())

    earlier = replay(left, briefing)
    second = studio(journal=MemoryJournal(left))
    second.clock.advance(5000)
    second.start(first=events.RoundResumed(earlier.now_seconds), earlier=earlier)
    second.until(lambda: second.written(events.EnginesReady)[1:], "loading again")
    assert second.sent(messages.SessionOpened)
    assert second.sent(messages.InterviewerLine) == [earlier.line]
    assert isinstance(second.say(DESIGN[1]), messages.Accepted)
    assert second.end() is not None
    journal = list(second.journal.events())
    assert journal[: len(left)] == left
    assert [event.text for event in second.written(events.UtteranceHeard)] == list(DESIGN[:2])
    (state,) = second.concluded
    assert state.now_seconds < 110.0
    assert replay(journal, briefing) == state


def test_engines_that_fall_and_rise_are_on_record(studio: Callable[..., Studio]) -> None:
    round_ = studio()
    round_.start()
    round_.until_published(messages.InterviewerLine)
    round_.runtime.engine_changed("recogniser", "The recogniser stopped (exit code -9).")
    round_.runtime.engine_changed("recogniser", "")
    round_.until(lambda: round_.written(events.EngineUp), "its return")
    told = [notice.message for notice in round_.sent(messages.Notice)]
    assert told == ["The recogniser stopped (exit code -9).", "The recogniser is back."]
    round_.end()


BROKEN = EngineError("labeller.broken", "It cannot be read.", "Install it again.")


@pytest.mark.parametrize(("failure", "labelled"), [(None, True), (BROKEN, False)])
def test_what_is_heard_is_labelled_before_it_is_written_down(
    studio: Callable[..., Studio], failure: EngineError | None, labelled: bool
) -> None:
    round_ = studio(lambda _clock: Parts(labeller=ScriptedLabeller(failure=failure)))
    round_.start()
    round_.until_published(messages.InterviewerLine)
    round_.say("The client calls the gateway.")
    round_.end()
    (heard,) = [event for event in round_.journal.events() if isinstance(event, events.UtteranceHeard)]
    assert (heard.labels is not None) == labelled
    assert heard.labels is None or heard.labels.tradeoff == 0.1
