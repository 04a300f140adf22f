from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.contract.messages import Heartbeat, LevelMeter, MessageEnvelope, Snapshot
from phantomcode.overlay.stream import PATIENCE_SECONDS, SILENCE_SECONDS, Ask, Delivery, Output, Stream
from phantomcode.overlay.viewmodel import ConnectionLost, ConnectionRestored


def envelope(sequence: int) -> MessageEnvelope:
    return MessageEnvelope(1, sequence, 0.0, LevelMeter(-float(sequence)))


def sequences(out: list[Output]) -> list[int]:
    return [one.sequence for one in out if isinstance(one, Delivery) and one.sequence is not None]


def settled(at_sequence: int = 5) -> Stream:
    stream = Stream()
    stream.tick(0.0)
    stream.answer(Snapshot(), at_sequence, 0.0)
    return stream


def test_it_asks_at_once_and_again_until_it_is_answered() -> None:
    stream = Stream()
    assert stream.tick(0.0) == [Ask()]
    assert stream.tick(PATIENCE_SECONDS / 2) == []
    assert stream.tick(PATIENCE_SECONDS) == [Ask()]


def test_an_older_snapshot_never_undoes_a_newer_message() -> None:
    stream = Stream()
    stream.tick(0.0)
    assert stream.message(envelope(7), 0.1) == [Delivery(ConnectionRestored()), Ask()]
    stream.message(envelope(8), 0.1)
    assert sequences(stream.answer(Snapshot(), 7, 0.2)) == [7, 8]


def test_in_order_messages_go_straight_through() -> None:
    assert sequences(settled(5).message(envelope(6), 0.1)) == [6]


def test_a_gap_asks_for_a_snapshot_and_holds_what_follows() -> None:
    stream = settled(5)
    assert stream.message(envelope(9), 0.1) == [Ask()]
    assert stream.message(envelope(10), 0.1) == []
    assert sequences(stream.answer(Snapshot(), 9, 0.2)) == [9, 10]


def test_an_answer_that_does_not_know_its_place_is_asked_for_once_only() -> None:
    stream = settled(5)
    assert stream.message(envelope(9), 0.1) == [Ask()]
    assert sequences(stream.answer(Snapshot(), 0, 0.2)) == [0, 9]
    assert sequences(stream.message(envelope(10), 0.3)) == [10]


def test_a_restarted_daemon_counts_from_the_start_and_is_asked() -> None:
    assert settled(500).message(envelope(1), 0.1) == [Ask()]


def test_a_published_snapshot_needs_no_asking() -> None:
    stream = Stream()
    out = stream.message(MessageEnvelope(1, 3, 1.0, Snapshot()), 0.0)
    assert out == [Delivery(ConnectionRestored()), Delivery(Snapshot(), 3, 1.0)]
    assert sequences(stream.message(envelope(4), 0.0)) == [4]


def test_messages_are_shown_without_the_snapshot_when_it_does_not_come() -> None:
    stream = settled(5)
    stream.message(envelope(9), 0.0)
    out = stream.tick(PATIENCE_SECONDS)
    assert sequences(out) == [9]
    assert Ask() in out


def test_silence_is_noticed_at_its_deadline_and_once() -> None:
    stream = settled()
    assert stream.deadline(0.0) == SILENCE_SECONDS
    assert stream.tick(SILENCE_SECONDS * 0.9) == []
    assert stream.tick(SILENCE_SECONDS)[0] == Delivery(ConnectionLost())
    assert Delivery(ConnectionLost()) not in stream.tick(SILENCE_SECONDS * 3)


def test_a_heartbeat_ends_the_silence() -> None:
    stream = settled()
    stream.tick(SILENCE_SECONDS)
    assert stream.message(MessageEnvelope(1, 6, 0.0, Heartbeat()), 2.0)[0] == Delivery(ConnectionRestored())


STEPS = st.lists(
    st.tuples(st.sampled_from(["message", "answer", "tick"]), st.integers(0, 30), st.floats(0, 2)), max_size=60
)


@given(STEPS)
def test_whatever_comes_links_alternate_and_the_wait_is_bounded(steps: list[tuple[str, int, float]]) -> None:
    stream, now = Stream(), 0.0
    out: list[Output] = []
    for kind, sequence, passed in steps:
        now += passed
        if kind == "message":
            out += stream.message(envelope(sequence), now)
        elif kind == "answer":
            out += stream.answer(Snapshot(), sequence, now)
        else:
            out += stream.tick(now)
            assert now < stream.deadline(now) <= now + SILENCE_SECONDS
    links = [
        type(one.event)
        for one in out
        if isinstance(one, Delivery) and isinstance(one.event, ConnectionLost | ConnectionRestored)
    ]
    expected = [ConnectionRestored, ConnectionLost] * len(links)
    assert links == expected[: len(links)]
