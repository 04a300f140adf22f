from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

import pytest

from phantomcode.daemon.contract.errors import ModelError
from phantomcode.models.store import ModelStore, State, data_folder


def flip_a_byte(path: Path, position: int = 1000) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 0xFF
    path.write_bytes(content)


def test_the_data_folder_can_be_chosen(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PHANTOMCODE_HOME", str(tmp_path))
    assert data_folder() == tmp_path
    assert ModelStore().root == tmp_path / "models"


def test_an_empty_store_says_which_pull_is_needed(kit) -> None:
    with pytest.raises(ModelError) as caught:
        kit.store(kit.artifact()).path("tiny")
    assert caught.value.code == "models.missing"
    assert "phantomcode models pull tiny" in caught.value.remedy


def test_right_files_are_hashed_once_and_then_trusted(kit) -> None:
    artifact = kit.artifact()
    store = kit.store(artifact)
    folder = kit.fill(store, artifact)
    assert store.artifact_state(artifact) is State.UNCHECKED
    assert store.path("tiny") == folder
    assert store.main_file("tiny") == folder / "weights.bin"
    assert store.artifact_state(artifact) is State.VERIFIED


def test_one_missing_file_is_a_missing_model(kit) -> None:
    artifact = kit.artifact()
    store = kit.store(artifact)
    (kit.fill(store, artifact) / "config.json").unlink()
    assert store.artifact_state(artifact) is State.MISSING
    with pytest.raises(ModelError, match=r"config\.json is missing"):
        store.path("tiny")


def test_a_truncated_file_is_seen_without_reading_it(kit) -> None:
    artifact = kit.artifact()
    store = kit.store(artifact)
    folder = kit.fill(store, artifact)
    store.path("tiny")
    os.truncate(folder / "weights.bin", 1000)
    assert store.state(artifact, artifact.files[0]) is State.DAMAGED
    with pytest.raises(ModelError, match=r"1000 bytes and should have 2097152") as caught:
        store.path("tiny")
    assert caught.value.code == "models.wrong-size"


def test_an_altered_byte_is_found_and_remembered_and_both_hashes_are_shown(kit) -> None:
    artifact = kit.artifact()
    store = kit.store(artifact)
    folder = kit.fill(store, artifact)
    store.path("tiny")
    flip_a_byte(folder / "weights.bin")
    altered = kit.describe("weights.bin", (folder / "weights.bin").read_bytes()).sha256
    with pytest.raises(ModelError) as caught:
        store.path("tiny")
    assert caught.value.code == "models.wrong-hash"
    assert artifact.files[0].sha256 in caught.value.message
    assert altered in caught.value.message
    assert store.state(artifact, artifact.files[0]) is State.DAMAGED


def test_verify_finds_what_size_and_time_hide(kit) -> None:
    artifact = kit.artifact()
    store = kit.store(artifact)
    weights = kit.fill(store, artifact) / "weights.bin"
    store.path("tiny")
    before = weights.stat()
    flip_a_byte(weights)
    os.utime(weights, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert store.state(artifact, artifact.files[0]) is State.VERIFIED
    with pytest.raises(ModelError, match="not the file"):
        store.verify(artifact, artifact.files[0])


def test_a_stamp_that_is_not_one_only_means_hashing_again(kit) -> None:
    artifact = kit.artifact()
    store = kit.store(artifact)
    folder = kit.fill(store, artifact)
    (folder / ".verified.json").write_text("[1, 2")
    assert store.path("tiny") == folder
    assert store.artifact_state(artifact) is State.VERIFIED


def test_a_stamp_that_cannot_be_written_does_not_keep_a_model_from_loading(kit) -> None:
    artifact = kit.artifact()
    store = kit.store(artifact)
    folder = kit.fill(store, artifact)
    (folder / ".verified.json").mkdir()
    assert store.path("tiny") == folder
    assert store.artifact_state(artifact) is State.UNCHECKED
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "models.no-space"), (errno.EROFS, "models.read-only")])
def test_a_disk_that_refuses_while_fetching_is_explained(kit, number: int, code: str) -> None:
    artifact = kit.artifact()
    store = kit.store(artifact)

    def work() -> None:
        with store.working(artifact):
            raise OSError(number, os.strerror(number))

    with pytest.raises(ModelError) as caught:
        work()
    assert caught.value.code == code
    with store.working(artifact):  # and the lock was let go
        pass


def test_import_puts_a_file_where_its_hash_belongs_and_keeps_the_original(kit, tmp_path) -> None:
    artifact = kit.artifact()
    store = kit.store(artifact)
    brought = tmp_path / "some download (1).bin"
    brought.write_bytes(kit.WEIGHTS)
    assert store.import_file(brought) == ((artifact, artifact.files[0]),)
    assert (store.folder(artifact) / "weights.bin").read_bytes() == kit.WEIGHTS
    assert store.state(artifact, artifact.files[0]) is State.VERIFIED
    assert brought.exists()


def test_import_refuses_a_file_that_is_in_no_catalogue(kit, tmp_path) -> None:
    store = kit.store(kit.artifact())
    brought = tmp_path / "other.bin"
    brought.write_bytes(kit.WEIGHTS[:-1])
    with pytest.raises(ModelError) as caught:
        store.import_file(brought)
    assert caught.value.code == "models.unknown-file"
    assert kit.describe("x", kit.WEIGHTS[:-1]).sha256 in caught.value.message
    assert not store.root.exists()


@pytest.mark.parametrize("name", ["nothing-here.bin", "."])
def test_import_of_no_file_says_so(kit, tmp_path, name: str) -> None:
    with pytest.raises(ModelError) as caught:
        kit.store(kit.artifact()).import_file(tmp_path / name)
    assert caught.value.code == "models.no-file"


def test_two_processes_cannot_fetch_the_same_model(kit) -> None:
    artifact = kit.artifact()
    store = kit.store(artifact)
    with store.working(artifact), pytest.raises(ModelError) as caught, store.working(artifact):
        pass
    assert caught.value.code == "models.busy"


def test_unfinished_work_stays_when_it_fails_and_goes_when_it_succeeds(kit) -> None:
    artifact = kit.artifact()
    store = kit.store(artifact)
    with contextlib.suppress(RuntimeError), store.working(artifact) as work:
        (work / "half").write_bytes(b"12")
        raise RuntimeError
    with store.working(artifact) as work:
        assert (work / "half").read_bytes() == b"12"
    assert not work.exists()


def test_a_data_folder_that_is_a_file_gives_a_remedy(kit) -> None:
    kit.data.write_bytes(b"")
    artifact = kit.artifact()
    with pytest.raises(ModelError) as caught, kit.store(artifact).working(artifact):
        pass
    assert caught.value.code == "models.read-only"


def test_a_data_folder_that_is_no_folder_is_named(kit, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    artifact = kit.artifact()
    store = ModelStore(tmp_path / "file", kit.store(artifact).catalogue)
    for look in (
        lambda: store.artifact_state(artifact),
        lambda: store.has_folder(artifact),
        lambda: store.path("tiny"),
    ):
        with pytest.raises(ModelError) as caught:
            look()
        assert caught.value.code == "models.unreadable"
        assert str(tmp_path / "file") in caught.value.message
        assert "PHANTOMCODE_HOME" in caught.value.remedy
