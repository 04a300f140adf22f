from __future__ import annotations

import hashlib
import queue
from pathlib import Path

import pytest

from phantomcode.daemon.adapters.scripted import ManualClock
from phantomcode.daemon.assembly import Engines, Wishes, wait_for_all
from phantomcode.daemon.ports import never
from phantomcode.models.catalogue import Artifact, Catalogue, ModelFile, Role
from phantomcode.models.store import ModelStore

PATIENCE = 60.0


class SlowHost:
    """Is ready after so many seconds of a clock that everyone's waiting moves on."""

    def __init__(self, clock: ManualClock, ready_at: float) -> None:
        self._clock = clock
        self._ready_at = ready_at

    def wait_ready(self, timeout_seconds: float) -> bool:
        needed = max(0.0, self._ready_at - self._clock.monotonic())
        self._clock.advance(min(needed, timeout_seconds))
        return self._clock.monotonic() >= self._ready_at


def test_engines_that_never_come_are_waited_for_once_and_not_one_after_the_other() -> None:
    clock = ManualClock(0.0)
    hosts = {name: SlowHost(clock, at) for name, at in (("stuck", 1e9), ("quick", 5.0), ("stuck too", 1e9))}
    ready = wait_for_all(hosts, 120.0, clock.monotonic)  # type: ignore[arg-type]
    assert ready == {"stuck": False, "quick": True, "stuck too": False}
    assert clock.monotonic() == 120.0


def test_an_engine_that_cannot_start_is_reported_with_its_own_words_and_remedy(tmp_path: Path) -> None:
    engines = Engines(Wishes("typed", voice=False, language_model=False), ModelStore(tmp_path))
    reports: queue.Queue[tuple[str, str, str]] = queue.Queue()
    engines.report = lambda *report: reports.put(report)
    missing = str(tmp_path / "none.gguf")
    engines._host("interviewer", "llama_cpp:load", model_file=missing, threads=(1,), context_tokens=64)
    engines.start()
    try:
        name, message, remedy = reports.get(timeout=PATIENCE)
    finally:
        engines.close()
    assert (name, message) == ("interviewer", f"There is no model at {missing}.")
    assert "phantomcode models pull" in remedy


def test_an_engine_that_dies_is_reported_without_a_remedy_since_it_is_started_again(tmp_path: Path) -> None:
    engines = Engines(Wishes("typed", voice=False, language_model=False), ModelStore(tmp_path))
    reports: queue.Queue[tuple[str, str, str]] = queue.Queue()
    engines.report = lambda *report: reports.put(report)
    host = engines._host("post", "listening_post:CarriedProbability")
    engines.start()
    try:
        assert host.wait_ready(PATIENCE)
        assert host._process is not None
        host._process.kill("was shot")
        down, up = (reports.get(timeout=PATIENCE) for _ in range(2))
    finally:
        engines.close()
    assert down == ("post", "The post was shot.", "")
    assert up == ("post", "", "")


@pytest.mark.parametrize(("billions", "free"), [(1.5, False), (3.0, True), (None, False)])
def test_only_a_model_of_three_billion_parameters_words_whole_lines(
    tmp_path: Path, billions: float | None, free: bool
) -> None:
    content = b"weights"
    file = ModelFile("some.gguf", hashlib.sha256(content).hexdigest(), len(content))
    some = Artifact(
        "some", Role.LANGUAGE_MODEL, "llama.cpp", "MIT", "For tests.", "x", (file,), billion_parameters=billions
    )
    store = ModelStore(tmp_path, Catalogue(1, (some,)))
    (tmp_path / "some.gguf").write_bytes(content)
    store.import_file(tmp_path / "some.gguf")
    assert Engines(Wishes("typed", voice=False, language_model_id="some"), store).words_whole_lines is free
    assert not Engines(Wishes("typed", voice=False, language_model=False), store).words_whole_lines


@pytest.mark.engines
def test_a_model_that_is_too_slow_is_exchanged_for_the_next_smaller_one_and_then_for_none() -> None:
    engines = Engines(Wishes("typed", voice=False), ModelStore())
    model = engines.parts.model
    assert model is not None
    try:
        assert engines.lower() == "qwen2.5-coder-0.5b-instruct-q4_k_m"
        assert model.pace.reading > 0
        assert "".join(model.stream("One, two, three,", max_tokens=3, stop=(), cancelled=never))
        assert engines.lower() == ""
        assert "interviewer" not in engines.process_ids()
    finally:
        engines.close()
