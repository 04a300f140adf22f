from __future__ import annotations

import os
import shutil
import stat
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from phantomcode.daemon import doctor
from phantomcode.daemon import doctor_probes as probes
from phantomcode.daemon.doctor import Bench, Finding, Reply, Status
from phantomcode.models.recommend import GIB, Machine
from phantomcode.models.store import ModelStore

LAPTOP = Machine(cores=2, memory_total_bytes=16 * GIB, memory_available_bytes=8 * GIB)


class Answers:
    """Gives prepared replies and remembers what was asked."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, *arguments: str, timeout_seconds: float) -> Reply:
        assert timeout_seconds > 0
        self.asked.append(arguments)
        return self._replies.pop(0)


@pytest.fixture(autouse=True)
def own_folders(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PHANTOMCODE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PHANTOMCODE_RUNTIME", str(tmp_path / "run"))


def bench(*replies: Reply, machine: Machine = LAPTOP) -> Bench:
    return Bench(ModelStore(), machine, Answers(*replies))


def only(findings) -> Finding:
    (finding,) = findings
    return finding


def imported(*names: str) -> tuple[probes.Imported, ...]:
    return tuple(probes.Imported(name, version="1") for name in names)


DISTRIBUTIONS = tuple(pair.partition("=")[0] for pair in doctor.LIBRARIES)


def test_all_libraries_there_is_one_line() -> None:
    finding = only(doctor.check_libraries(bench(Reply(imported(*DISTRIBUTIONS)))))
    assert finding.status is Status.OK
    assert "PyQt6 1" in finding.detail


def test_a_library_that_crashes_is_named_and_the_rest_is_still_looked_at() -> None:
    crashed = Reply((*imported(*DISTRIBUTIONS[:3]), probes.Importing(DISTRIBUTIONS[3])), "crashed (SIGSEGV)")
    desk = bench(crashed, Reply(imported(*DISTRIBUTIONS[4:])))
    bad, good = doctor.check_libraries(desk)
    assert (bad.subject, bad.status, bad.detail) == (
        f"library {DISTRIBUTIONS[3]}",
        Status.FAILED,
        "crashed (SIGSEGV)",
    )
    assert desk.ask.asked[1] == ("libraries", *doctor.LIBRARIES[4:])
    assert DISTRIBUTIONS[-1] in good.detail


def test_a_library_that_is_missing_fails_with_its_own_words() -> None:
    answers = (probes.Imported(DISTRIBUTIONS[0], error="No module named 'x'"), *imported(*DISTRIBUTIONS[1:]))
    bad, good = doctor.check_libraries(bench(Reply(answers)))
    assert bad.detail == "No module named 'x'"
    assert bad.remedy
    assert DISTRIBUTIONS[0] not in good.detail


@pytest.mark.parametrize(
    ("heard", "status", "said"),
    [
        (probes.Heard("Built-in", -42.0, only_zeros=False), Status.OK, "-42 dBFS"),
        (probes.Heard("Built-in", -120.0, only_zeros=True), Status.WARNING, "only zeros"),
        (probes.Heard("Built-in", -80.0, only_zeros=False), Status.WARNING, "very quiet"),
    ],
)
def test_the_microphone_level_is_judged(heard: probes.Heard, status: Status, said: str) -> None:
    finding = only(doctor.check_microphone(bench(Reply((heard,)))))
    assert finding.status is status
    assert said in finding.detail
    assert bool(finding.remedy) is (status is not Status.OK)


@pytest.mark.parametrize("check", [doctor.check_microphone, doctor.check_output])
@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply((probes.Trouble("It is taken.", "Close it."),)), "It is taken"),
        (Reply((), "did not answer within 10 s"), "did not answer"),
        (Reply((), "crashed (SIGABRT)"), "SIGABRT"),
        (Reply(), "said nothing"),
    ],
)
def test_a_device_that_cannot_be_used_is_a_warning_because_rounds_can_be_typed(check, reply, said: str) -> None:
    finding = only(check(bench(reply)))
    assert finding.status is Status.WARNING
    assert said in finding.detail
    assert finding.remedy


def test_the_output_device_is_named_or_its_absence_said() -> None:
    assert "48000 Hz" in only(doctor.check_output(bench(Reply((probes.Output("Speakers", 48000),))))).detail
    assert only(doctor.check_output(bench(Reply((probes.Output(""),))))).status is Status.WARNING


def test_without_a_display_variable_qt_is_not_even_asked(monkeypatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in doctor.DISPLAY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    desk = bench()
    assert only(doctor.check_display(desk)).status is Status.WARNING
    assert desk.ask.asked == []


def test_with_a_display_qt_says_what_it_found(monkeypatch) -> None:
    monkeypatch.setenv("DISPLAY", ":7")
    finding = only(doctor.check_display(bench(Reply((probes.Screen("xcb", 1920, 1080),)))))
    assert finding.status is Status.OK
    assert "1920x1080" in finding.detail
    assert "DISPLAY=:7" in finding.detail


needs_modes = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes and uses loopback ports")


@needs_modes
def test_the_runtime_folder_is_made_private(tmp_path) -> None:
    assert only(doctor.check_sockets(bench())).status is Status.OK
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700


@needs_modes
def test_a_runtime_folder_open_to_others_fails(tmp_path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run").chmod(0o755)
    finding = only(doctor.check_sockets(bench()))
    assert finding.status is Status.FAILED
    assert "chmod 700" in finding.remedy


@needs_modes
def test_a_runtime_folder_of_another_user_fails(monkeypatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    finding = only(doctor.check_sockets(bench()))
    assert finding.status is Status.FAILED
    assert "another user" in finding.detail


@needs_modes
@pytest.mark.parametrize("name", ["x" * 120, "file/run"])
def test_a_runtime_folder_that_cannot_serve_fails(monkeypatch, tmp_path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("PHANTOMCODE_RUNTIME", str(tmp_path / name))
    finding = only(doctor.check_sockets(bench()))
    assert finding.status is Status.FAILED
    assert "PHANTOMCODE_RUNTIME" in finding.remedy


def test_each_missing_model_fails_with_the_pull_that_brings_it() -> None:
    findings = list(doctor.check_models(bench()))
    assert len(findings) == 4
    assert {finding.status for finding in findings} == {Status.FAILED}
    assert findings[0].remedy == "Run `phantomcode models pull whisper-tiny.en`."


def test_an_unverified_model_is_a_warning_and_a_short_one_fails() -> None:
    desk = bench()
    artifact = desk.store.catalogue.find("smart-turn-v3.2-cpu")
    path = desk.store.folder(artifact) / artifact.files[0].name
    path.parent.mkdir(parents=True)
    with path.open("wb") as handle:
        handle.truncate(artifact.files[0].size_bytes)
    assert list(doctor.check_models(desk))[3].status is Status.WARNING
    os.truncate(path, 10)
    assert list(doctor.check_models(desk))[3].status is Status.FAILED


@pytest.mark.parametrize(
    ("total_gib", "free_gib", "status"),
    [(16, 2.3, Status.OK), (16, 2.0, Status.WARNING), (4, 2.0, Status.OK), (4, 1.0, Status.WARNING)],
)
def test_free_memory_is_held_against_the_default_interviewer(total_gib, free_gib, status) -> None:
    machine = Machine(2, total_gib * GIB, int(free_gib * GIB))
    assert only(doctor.check_memory(bench(machine=machine))).status is status


@pytest.mark.parametrize(("free_mib", "status"), [(100, Status.FAILED), (1000, Status.WARNING), (10_000, Status.OK)])
def test_disk_must_hold_journals_and_the_models_still_to_pull(monkeypatch, free_mib: int, status: Status) -> None:
    usage = namedtuple("usage", "total used free")(0, 0, free_mib * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert only(doctor.check_disk(bench())).status is status


def test_speeds_of_models_that_are_not_here_are_left_out() -> None:
    assert list(doctor.check_recogniser_speed(bench())) == []
    assert list(doctor.check_language_model_speed(bench())) == []


def put_sparse(store: ModelStore, artifact_id: str) -> None:
    artifact = store.catalogue.find(artifact_id)
    store.folder(artifact).mkdir(parents=True)
    for file in artifact.files:
        with (store.folder(artifact) / file.name).open("wb") as handle:
            handle.truncate(file.size_bytes)


@pytest.mark.parametrize(("seconds", "status"), [(0.35, Status.OK), (2.0, Status.WARNING)])
def test_the_recogniser_is_held_against_its_budget(seconds: float, status: Status) -> None:
    desk = bench(Reply((probes.Recognised(seconds),)))
    put_sparse(desk.store, "whisper-tiny.en")
    finding = only(doctor.check_recogniser_speed(desk))
    assert finding.status is status
    assert f"real-time factor {seconds / 3:.2f}" in finding.detail


@pytest.mark.parametrize(("rate", "status"), [(18.0, Status.OK), (4.0, Status.WARNING)])
def test_the_interviewer_is_held_against_its_budget(rate: float, status: Status) -> None:
    desk = bench(Reply((probes.Wrote(55.0, rate),)))
    put_sparse(desk.store, "qwen2.5-coder-1.5b-instruct-q4_k_m")
    assert only(doctor.check_language_model_speed(desk)).status is status


def test_an_engine_that_crashes_on_its_model_fails() -> None:
    desk = bench(Reply((), "crashed (SIGSEGV)"))
    put_sparse(desk.store, "whisper-tiny.en")
    finding = only(doctor.check_recogniser_speed(desk))
    assert finding.status is Status.FAILED
    assert "verify whisper-tiny.en" in finding.remedy


# From here on with real child processes.


def module_that(tmp_path: Path, monkeypatch, name: str, body: str) -> str:
    (tmp_path / f"{name}.py").write_text(body)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return f"{name}={name}"


def test_a_child_imports_libraries_and_tells_their_versions() -> None:
    reply = doctor.ask("libraries", "msgspec=msgspec", "nothing=no_such_module", timeout_seconds=30)
    there, missing = (answer for answer in reply.answers if isinstance(answer, probes.Imported))
    assert there.version
    assert "no_such_module" in missing.error
    assert reply.trouble == ""


def test_a_child_that_aborts_is_told_from_one_that_answers(tmp_path, monkeypatch) -> None:
    pair = module_that(tmp_path, monkeypatch, "aborting", "import os\nos.write(2, b'no such device\\n')\nos.abort()")
    reply = doctor.ask("libraries", "msgspec=msgspec", pair, timeout_seconds=30)
    assert reply.answers[-1] == probes.Importing("aborting")
    assert "no such device" in reply.trouble


def test_a_child_that_hangs_is_ended_and_what_it_said_is_kept(tmp_path, monkeypatch) -> None:
    pair = module_that(tmp_path, monkeypatch, "hanging", "import threading\nthreading.Event().wait()")
    reply = doctor.ask("libraries", pair, timeout_seconds=3)
    assert reply == Reply((probes.Importing("hanging"),), "did not answer within 3 s")


def test_what_a_library_prints_is_not_taken_for_an_answer(tmp_path, monkeypatch, capfd) -> None:
    noise = "import os\nprint('ggml says hello')\nos.write(1, b'{}\\n')\nos.write(2, b'ALSA lib pcm.c\\n')"
    reply = doctor.ask("libraries", module_that(tmp_path, monkeypatch, "noisy", noise), timeout_seconds=30)
    assert reply.answers[0] == probes.Importing("noisy")
    assert capfd.readouterr() == ("", "")


def test_an_exception_in_a_probe_is_told_in_one_line() -> None:
    assert doctor.ask("recogniser", "too", "many", "words", timeout_seconds=30).trouble.startswith("TypeError")


def test_qt_is_asked_for_real_off_screen(monkeypatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    finding = only(doctor.check_display(Bench(ModelStore(), LAPTOP, doctor.ask)))
    assert finding.status is Status.OK
    assert "offscreen" in finding.detail


@pytest.mark.engines
def test_the_speeds_of_the_real_engines_are_measured(monkeypatch) -> None:
    monkeypatch.undo()  # the models are in the user's own folder
    small = Machine(cores=2, memory_total_bytes=4 * GIB, memory_available_bytes=3 * GIB)
    desk = Bench(ModelStore(), small, doctor.ask)
    heard = only(doctor.check_recogniser_speed(desk))
    wrote = only(doctor.check_language_model_speed(desk))
    assert "real-time factor" in heard.detail
    assert "tokens/s" in wrote.detail


def test_a_data_folder_that_is_a_file_is_a_finding_and_no_crash(monkeypatch, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PHANTOMCODE_HOME", str(tmp_path / "file"))
    finding = only(doctor.check_models(bench()))
    assert (finding.subject, finding.status) == ("models", Status.FAILED)
    assert "PHANTOMCODE_HOME" in finding.remedy
    assert only(doctor.check_disk(bench())).subject == "disk"
    assert list(doctor.check_recogniser_speed(bench())) == []
    assert list(doctor.check_language_model_speed(bench())) == []
