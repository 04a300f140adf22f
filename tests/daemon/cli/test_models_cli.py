from __future__ import annotations

import hashlib

import pytest
from typer.testing import CliRunner

from phantomcode.daemon.cli import models as command
from phantomcode.daemon.contract.errors import ModelError
from phantomcode.models import recommend as advice
from phantomcode.models.catalogue import Artifact, Catalogue, ModelFile, Role
from phantomcode.models.store import ModelStore

CONTENT = b"weights" * 1000
TINY = Artifact(
    "tiny",
    Role.VOICE,
    "piper",
    "MIT",
    "For tests.",
    "http://127.0.0.1:9/tiny",
    (ModelFile("tiny.bin", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT)),),
)


@pytest.fixture
def store(monkeypatch, tmp_path) -> ModelStore:
    store = ModelStore(tmp_path, Catalogue(1, (TINY,)))
    monkeypatch.setattr(command, "ModelStore", lambda: store)
    return store


def run(*arguments: str):
    return CliRunner().invoke(command.app, list(arguments))


def error_of(result) -> ModelError:
    """The error that main.py would print; the sub-app lets it pass."""
    assert isinstance(result.exception, ModelError)
    return result.exception


def put(store: ModelStore, content: bytes) -> None:
    store.folder(TINY).mkdir(parents=True, exist_ok=True)
    (store.folder(TINY) / "tiny.bin").write_bytes(content)


def test_list_shows_what_is_missing_and_what_is_here(store) -> None:
    assert run("list").output.splitlines()[1].split() == ["tiny", "voice", "0", "MB", "MIT", "missing"]
    put(store, CONTENT)
    assert "not verified" in run("list").output
    store.path("tiny")
    assert run("list").output.splitlines()[1].endswith("  verified")


def test_list_of_the_shipped_catalogue_marks_the_four_defaults(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PHANTOMCODE_HOME", str(tmp_path))
    lines = run("list").output.splitlines()
    assert len(lines) == 2 + 2 * 9
    assert sum(" * " in line for line in lines[1:-1]) == 4


@pytest.mark.usefixtures("store")
def test_import_then_verify(tmp_path) -> None:
    brought = tmp_path / "download"
    brought.write_bytes(CONTENT)
    assert run("import", str(brought)).output == "tiny.bin is now part of tiny (verified).\n"
    assert "tiny: verified" in run("verify").output


def test_verify_shows_both_hashes_of_a_damaged_file(store) -> None:
    wrong = CONTENT[:-1] + b"!"
    put(store, wrong)
    result = run("verify", "tiny")
    error = error_of(result)
    assert result.exit_code == 1
    assert "tiny: failed" in result.output
    assert error.code == "models.wrong-hash"
    assert TINY.files[0].sha256 in error.message
    assert hashlib.sha256(wrong).hexdigest() in error.message
    assert "phantomcode models pull tiny" in error.remedy


@pytest.mark.usefixtures("store")
def test_verify_of_an_empty_store_says_to_pull() -> None:
    assert "models pull" in error_of(run("verify")).remedy


def test_pull_of_what_is_here_asks_nobody(store) -> None:
    put(store, CONTENT)
    assert run("pull", "tiny").output == "tiny: already here and verified\n"


def test_pull_of_an_unknown_id_says_so_before_anything_is_fetched(store) -> None:
    error = error_of(run("pull", "tiny", "gpt-17"))
    assert error.code == "models.unknown"
    assert not store.root.exists()


def test_pull_without_ids_takes_the_defaults_of_this_machine(store, monkeypatch) -> None:
    monkeypatch.setattr(advice, "defaults", lambda _machine: {Role.VOICE: "tiny"})
    put(store, CONTENT)
    assert "tiny: already here" in run("pull").output


@pytest.mark.usefixtures("store")
def test_a_pull_that_cannot_reach_anyone_tells_how_to_do_it_by_hand() -> None:
    error = error_of(run("pull", "tiny"))
    assert error.code == "models.unreachable"
    assert TINY.url(TINY.files[0]) in error.remedy


def test_recommend_prints_what_was_measured_and_the_pull_to_run(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PHANTOMCODE_HOME", str(tmp_path))
    monkeypatch.setattr(advice, "probe", lambda: advice.Speed(150, 30))
    monkeypatch.setattr(advice, "look", lambda: advice.Machine(2, 16 * advice.GIB, 8 * advice.GIB))
    lines = run("recommend").output.splitlines()
    assert lines[0] == "2 cores, 16.0 GiB of memory (8.0 available), 150 GFLOP/s, 30 GB/s"
    assert lines[-1] == (
        "phantomcode models pull whisper-tiny.en qwen2.5-coder-1.5b-instruct-q4_k_m "
        "piper-en_US-joe-medium smart-turn-v3.2-cpu"
    )


def test_a_user_who_names_no_subcommand_gets_help() -> None:
    assert "recommend" in run().output


def test_the_data_folder_is_left_alone_by_looking(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PHANTOMCODE_HOME", str(tmp_path / "home"))
    run("list")
    assert not (tmp_path / "home").exists()
