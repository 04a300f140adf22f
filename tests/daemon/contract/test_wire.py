"""Every type on the wire: round trips, golden bytes, refusals, and a page that tells the truth."""

from __future__ import annotations

import importlib.util
import typing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.contract import codec, messages
from phantomcode.daemon.contract.codec import Envelope, decode_command, decode_message, decode_reply, encode
from phantomcode.daemon.contract.errors import WireError
from phantomcode.daemon.contract.messages import (
    WIRE_VERSION,
    CommandEnvelope,
    MessageEnvelope,
    ReplyEnvelope,
    Wire,
)
from phantomcode.daemon.contract.vocabulary import Activity, Level, Move, Phase, Severity

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "wire"
KINDS: dict[str, type[Wire]] = {
    kind.__name__: kind
    for union in (messages.Message, messages.Command, messages.Reply)
    for kind in typing.get_args(union)
}

SESSION = messages.SessionOpened(
    session_id="20260321-1415-url-shortener-3f9a",
    problem_slug="url-shortener",
    problem_title="URL shortener",
    level=Level.L5,
    minutes=45.0,
    plan=(messages.PhasePlan(Phase.CLARIFY, 300.0, 180.0, 420.0),),
    input_mode="typed",
)
CLOCK = messages.ClockTicked(61.0, 2639.0, Phase.CLARIFY, (61.0, 0.0, 0.0, 0.0, 0.0))
LINE = messages.InterviewerLine(3, "Why Cassandra?", Move.CHALLENGE, rung=1, at_seconds=61.5)
HINT = messages.Hint("peak", 1, 3, "What happens at the busiest hour?")
NOTICE = messages.Notice("engine.down", Severity.WARNING, "The recogniser stopped.", "It is being restarted.")
ENDED = messages.RoundEnded(
    "s1",
    "time",
    (messages.ScoreLine("estimation", None, "Nothing was estimated."),),
    "L5",
    ("Name the peak.",),
    "report.html",
)
SNAPSHOT = messages.Snapshot(session=SESSION, clock=CLOCK, line=LINE, hint=HINT, notices=(NOTICE,), ended=ENDED)
SAMPLES: tuple[Wire, ...] = (
    SESSION,
    messages.ActivityChanged(Activity.THINKING, "reading ahead"),
    CLOCK,
    LINE,
    HINT,
    messages.HintCleared("peak"),
    messages.Caption("one hundred million", final=False, stable_chars=11),
    messages.LevelMeter(-23.5, clipping=True),
    messages.LedgerChanged(1, 2, 3, ("peak", "storage")),
    NOTICE,
    ENDED,
    messages.OverlayActionRequested("ghost"),
    messages.Heartbeat(),
    SNAPSHOT,
    messages.GetSnapshot(),
    messages.Pause(),
    messages.Resume(),
    messages.NextHint(),
    messages.DismissHint(),
    messages.YourTurn(),
    messages.EndRound(),
    messages.TypedUtterance("naïve, 100 % sure"),
    messages.OverlayAction("hide"),
    messages.StopDaemon(),
    messages.Accepted(messages.Snapshot(), 41),
    messages.Refused("session.over", "The round is over.", "Start another."),
)


def enveloped(body: Wire) -> Envelope:
    if isinstance(body, messages.Message):
        return MessageEnvelope(WIRE_VERSION, 7, 1774102500.25, body)
    if isinstance(body, messages.Command):
        return CommandEnvelope(WIRE_VERSION, 9, body)
    assert isinstance(body, messages.Reply)
    return ReplyEnvelope(WIRE_VERSION, 9, body)


def decode(frame: bytes, like: Envelope) -> Envelope:
    if isinstance(like, MessageEnvelope):
        return decode_message(frame)
    return decode_command(frame) if isinstance(like, CommandEnvelope) else decode_reply(frame)


def within_64_bits(envelope: Envelope) -> bool:
    try:
        encode(envelope)
    except OverflowError:
        return False
    return True


any_envelope = st.one_of(*map(st.from_type, (MessageEnvelope, CommandEnvelope, ReplyEnvelope))).map(
    lambda envelope: msgspec.structs.replace(envelope, version=WIRE_VERSION)
)


def test_there_is_a_sample_of_every_type_and_a_golden_file_of_every_sample() -> None:
    assert [type(sample).__name__ for sample in SAMPLES] == list(KINDS)
    assert {path.stem for path in GOLDEN.iterdir()} == set(KINDS)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_every_type_comes_back_as_it_went_in(sample: Wire) -> None:
    envelope = enveloped(sample)
    assert decode(encode(envelope), envelope) == envelope


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_the_bytes_stay_what_this_version_says_they_are(sample: Wire) -> None:
    """When this fails and the change is meant, raise WIRE_VERSION and write the golden files anew."""
    golden = bytes.fromhex((GOLDEN / f"{type(sample).__name__}.hex").read_text())
    assert encode(enveloped(sample)) == golden


@given(any_envelope.filter(within_64_bits))
def test_any_envelope_comes_back_as_it_went_in(envelope: Envelope) -> None:
    # Compared as text, since a number that is not a number does not equal itself.
    assert repr(decode(encode(envelope), envelope)) == repr(envelope)


@given(st.binary(max_size=200))
def test_nothing_but_a_message_comes_out_of_junk(junk: bytes) -> None:
    for decoder in (decode_message, decode_command, decode_reply):
        with pytest.raises(WireError):
            decoder(junk)


@given(st.sampled_from(SAMPLES), st.data())
def test_a_frame_with_a_flipped_byte_is_refused_or_still_a_message(sample: Wire, data: st.DataObject) -> None:
    envelope = enveloped(sample)
    frame = bytearray(encode(envelope))
    frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = decode(bytes(frame), envelope)
    except WireError as error:
        assert error.remedy  # noqa: PT017  either outcome is right; neither may be another exception
    else:
        assert type(read) is type(envelope)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": WIRE_VERSION + 1}, "wire.version"),
        ({"extra": 1}, "wire.malformed"),
        ({"body": {"type": "NoSuchThing"}}, "wire.malformed"),
        ({"body": {"type": "Heartbeat", "extra": 1}}, "wire.malformed"),
        ({"body": {"type": "Pause"}}, "wire.malformed"),
        ({"sequence": "seven"}, "wire.malformed"),
    ],
)
def test_what_is_not_in_the_contract_is_refused(change: dict[str, object], code: str) -> None:
    fields: dict[str, object] = {"version": WIRE_VERSION, "sequence": 7, "sent_at": 1.0, "body": {"type": "Heartbeat"}}
    assert decode_message(msgspec.msgpack.encode(fields)).sequence == 7
    with pytest.raises(WireError) as caught:
        decode_message(msgspec.msgpack.encode(fields | change))
    assert caught.value.code == code


def test_a_frame_that_is_too_large_is_not_even_read() -> None:
    with pytest.raises(WireError) as caught:
        decode_message(bytes(codec.MAX_FRAME_BYTES + 1))
    assert caught.value.code == "wire.too-large"


def test_the_largest_real_frame_is_far_from_the_limit() -> None:
    assert len(encode(enveloped(SNAPSHOT))) < 16 * 1024


def test_the_page_lists_what_the_code_has() -> None:
    spec = importlib.util.spec_from_file_location("wire_table", ROOT / "scripts" / "wire_table.py")
    assert spec
    assert spec.loader
    wire_table = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(wire_table)
    page = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8")
    assert wire_table.filled(page) == page
    assert all(f"| {name} |" in page for name in KINDS)
