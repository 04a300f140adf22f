from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from phantomcode.daemon.adapters.scripted import ManualClock, ScriptedLanguageModel
from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.core.effects import Prefill, Vote, Write
from phantomcode.daemon.ports import LanguageModel, never
from phantomcode.daemon.writing import Scribe, Voted, Written

PATIENCE = 10.0


def write(number: int, *, urgent: bool = False) -> Write:
    return Write(number, f"prompt {number}", 24, ("\n",), urgent)


class SlowModel:
    """Works on a request until the test lets it go or it is told to stop."""

    def __init__(self) -> None:
        self.began: queue.Queue[str] = queue.Queue()
        self.go = threading.Event()

    def _work(self, what: str, cancelled: Callable[[], bool]) -> bool:
        self.began.put(what)
        while not self.go.wait(0.005):
            if cancelled():
                return False
        return True

    def prefill(self, prompt: str, *, cancelled: Callable[[], bool] = never) -> None:
        self._work(f"prefill {prompt}", cancelled)

    def stream(
        self, prompt: str, *, max_tokens: int, stop: Sequence[str], cancelled: Callable[[], bool]
    ) -> Iterator[str]:
        if self._work(prompt, cancelled):
            yield f"words for {prompt}"

    def vote(self, prompt: str, choices: Sequence[str], *, cancelled: Callable[[], bool] = never) -> tuple[float, ...]:
        done = self._work(f"vote {prompt}", cancelled)
        return tuple(1 / len(choices) for _ in choices) if done else ()

    def unread_tokens(self, prompt: str) -> int:
        return len(prompt.split())


@pytest.fixture
def outcomes() -> queue.Queue[Written | Voted]:
    return queue.Queue()


@pytest.fixture
def hire(outcomes: queue.Queue[Written | Voted]) -> Iterator[Callable[[LanguageModel], Scribe]]:
    scribes: list[Scribe] = []

    def make(model: LanguageModel) -> Scribe:
        scribe = Scribe(model, outcomes.put, ManualClock())
        scribe.start()
        scribes.append(scribe)
        return scribe

    yield make
    for scribe in scribes:
        scribe.close()


def test_a_line_and_a_vote_are_reported(hire, outcomes) -> None:
    scribe = hire(ScriptedLanguageModel(["You said so."]))
    scribe.take(write(1))
    assert outcomes.get(timeout=PATIENCE).text == "You said so."
    scribe.take(Vote(7, "which?", ("A", "B", "C", "D", "E")))
    voted = outcomes.get(timeout=PATIENCE)
    assert isinstance(voted, Voted)
    assert voted.utterance == 7
    assert len(voted.weights) == 5


def test_a_model_that_fails_writes_nothing_and_the_next_line_is_written(hire, outcomes) -> None:
    scribe = hire(ScriptedLanguageModel([EngineError("engine.down", "It fell.", "Wait."), "Up again."]))
    scribe.take(write(1))
    scribe.take(write(2))
    assert [outcomes.get(timeout=PATIENCE) for _ in range(2)] == [Written(1, "", 0.0), Written(2, "Up again.", 0.0)]


class BrokenModel:
    """Raises what no port promises, then works."""

    def __init__(self) -> None:
        self.faults = 0
        self.called = threading.Semaphore(0)

    def _fail_thrice(self) -> None:
        self.faults += 1
        self.called.release()
        if self.faults <= 3:
            raise ValueError("a bug in a binding")

    def prefill(self, prompt: str, *, cancelled: Callable[[], bool] = never) -> None:
        self._fail_thrice()

    def stream(
        self, prompt: str, *, max_tokens: int, stop: Sequence[str], cancelled: Callable[[], bool]
    ) -> Iterator[str]:
        self._fail_thrice()
        yield "Up again."

    def vote(self, prompt: str, choices: Sequence[str], *, cancelled: Callable[[], bool] = never) -> tuple[float, ...]:
        self._fail_thrice()
        return tuple(1 / len(choices) for _ in choices)

    def unread_tokens(self, prompt: str) -> int:
        return 0


def test_whatever_a_model_raises_the_next_line_is_written(hire, outcomes) -> None:
    model = BrokenModel()
    scribe = hire(model)
    scribe.take(write(1))
    assert model.called.acquire(timeout=PATIENCE)
    assert outcomes.get(timeout=PATIENCE) == Written(1, "", 0.0)
    for job in (Vote(3, "which?", ("A", "B")), Prefill("a prompt")):
        scribe.take(job)
        assert model.called.acquire(timeout=PATIENCE)
    scribe.take(write(2))
    assert outcomes.get(timeout=PATIENCE) == Written(2, "Up again.", 0.0)
    assert model.faults == 4


def test_an_urgent_line_stops_what_is_being_prepared(hire, outcomes) -> None:
    model = SlowModel()
    scribe = hire(model)
    scribe.take(write(1))
    assert model.began.get(timeout=PATIENCE) == "prompt 1"
    scribe.take(write(2, urgent=True))
    assert outcomes.get(timeout=PATIENCE) == Written(1, "", 0.0, interrupted=True)
    assert model.began.get(timeout=PATIENCE) == "prompt 2"
    model.go.set()
    assert outcomes.get(timeout=PATIENCE).text == "words for prompt 2"


def test_anything_stops_reading_ahead(hire, outcomes) -> None:
    model = SlowModel()
    scribe = hire(model)
    scribe.take(Prefill("a long prompt"))
    assert model.began.get(timeout=PATIENCE) == "prefill a long prompt"
    scribe.take(write(1))
    assert model.began.get(timeout=PATIENCE) == "prompt 1"
    model.go.set()
    assert outcomes.get(timeout=PATIENCE).request_id == 1


def test_what_is_prepared_is_not_stopped_by_a_vote(hire, outcomes) -> None:
    model = SlowModel()
    scribe = hire(model)
    scribe.take(write(1))
    model.began.get(timeout=PATIENCE)
    scribe.take(Vote(3, "which?", ("A", "B")))
    model.go.set()
    assert outcomes.get(timeout=PATIENCE).text == "words for prompt 1"


def test_a_cancelled_line_ends_soon_and_empty(hire, outcomes) -> None:
    model = SlowModel()
    scribe = hire(model)
    scribe.take(write(1, urgent=True))
    model.began.get(timeout=PATIENCE)
    scribe.cancel(1)
    assert outcomes.get(timeout=PATIENCE) == Written(1, "", 0.0, interrupted=True)


def test_only_the_latest_vote_is_asked(hire, outcomes) -> None:
    model = SlowModel()
    scribe = hire(model)
    scribe.take(write(1))
    model.began.get(timeout=PATIENCE)
    for utterance in (2, 3, 4):
        scribe.take(Vote(utterance, f"{utterance}?", ("A", "B")))
    model.go.set()
    assert outcomes.get(timeout=PATIENCE).request_id == 1
    assert outcomes.get(timeout=PATIENCE).utterance == 4
    assert outcomes.empty()


def again(number: int, *, urgent: bool = True) -> Write:
    """The round's own request for what was supposed, under its own number."""
    return Write(number, "prompt 0", 24, ("\n",), urgent)


def supposing(hire: Callable[[LanguageModel], Scribe]) -> tuple[SlowModel, Scribe]:
    """A scribe at work on a line that nobody has asked for yet."""
    model = SlowModel()
    scribe = hire(model)
    scribe.suppose(write(0))
    assert model.began.get(timeout=PATIENCE) == "prompt 0"
    return model, scribe


def test_a_supposed_line_that_is_finished_answers_the_round_at_once(hire, outcomes) -> None:
    model = SlowModel()
    scribe = hire(model)
    model.go.set()
    scribe.suppose(write(0))
    assert model.began.get(timeout=PATIENCE) == "prompt 0"
    scribe.take(Prefill("next"))
    assert model.began.get(timeout=PATIENCE) == "prefill next"  # so the supposed line is finished
    assert outcomes.empty()
    scribe.take(again(7))
    assert outcomes.get_nowait() == Written(7, "words for prompt 0", 0.0)
    assert model.began.empty()


def test_a_supposed_line_under_way_answers_the_round_when_it_is_finished(hire, outcomes) -> None:
    model, scribe = supposing(hire)
    scribe.take(again(7))
    scribe.rest(on=True)  # somebody waits for it now
    model.go.set()
    assert outcomes.get(timeout=PATIENCE) == Written(7, "words for prompt 0", 0.0)
    assert model.began.empty()


def test_what_was_supposed_and_is_forgotten_is_never_told(hire, outcomes) -> None:
    model, scribe = supposing(hire)
    scribe.forget()
    scribe.take(write(1))
    assert model.began.get(timeout=PATIENCE) == "prompt 1"
    model.go.set()
    assert outcomes.get(timeout=PATIENCE) == Written(1, "words for prompt 1", 0.0)
    assert outcomes.empty()


def test_another_line_takes_the_place_of_what_was_supposed(hire, outcomes) -> None:
    model, scribe = supposing(hire)
    scribe.take(write(3, urgent=True))
    assert model.began.get(timeout=PATIENCE) == "prompt 3"
    model.go.set()
    assert outcomes.get(timeout=PATIENCE) == Written(3, "words for prompt 3", 0.0)
    assert model.began.empty()
    assert outcomes.empty()


@pytest.mark.parametrize("job", [write(1), Prefill("a prompt")])
def test_the_model_rests_while_the_recogniser_works_and_takes_the_same_up_again(hire, outcomes, job) -> None:
    model = SlowModel()
    scribe = hire(model)
    scribe.take(job)
    first = model.began.get(timeout=PATIENCE)
    scribe.rest(on=True)
    scribe.rest(on=False)
    assert model.began.get(timeout=PATIENCE) == first
    assert outcomes.empty()


def test_a_vote_that_had_to_rest_is_dropped(hire, outcomes) -> None:
    model = SlowModel()
    scribe = hire(model)
    scribe.take(Vote(1, "which?", ("A", "B")))
    assert model.began.get(timeout=PATIENCE) == "vote which?"
    scribe.rest(on=True)
    scribe.take(write(2, urgent=True))
    assert model.began.get(timeout=PATIENCE) == "prompt 2"
    model.go.set()
    assert outcomes.get(timeout=PATIENCE).request_id == 2
    scribe.rest(on=False)
    scribe.take(write(3))
    assert model.began.get(timeout=PATIENCE) == "prompt 3"
    assert outcomes.get(timeout=PATIENCE).request_id == 3


def test_while_the_recogniser_works_only_a_line_somebody_waits_for_is_begun(hire, outcomes) -> None:
    model = SlowModel()
    scribe = hire(model)
    model.go.set()
    scribe.rest(on=True)
    scribe.take(Prefill("a prompt"))
    scribe.take(write(1))
    scribe.take(write(2, urgent=True))
    assert outcomes.get(timeout=PATIENCE).request_id == 2
    assert model.began.get(timeout=PATIENCE) == "prompt 2"
    assert model.began.empty()
    scribe.rest(on=False)
    assert outcomes.get(timeout=PATIENCE).request_id == 1


def test_a_supposed_line_that_rested_is_still_there_to_be_asked_for(hire, outcomes) -> None:
    model, scribe = supposing(hire)
    scribe.rest(on=True)
    scribe.take(again(7))
    assert model.began.get(timeout=PATIENCE) == "prompt 0"
    model.go.set()
    assert outcomes.get(timeout=PATIENCE) == Written(7, "words for prompt 0", 0.0)
