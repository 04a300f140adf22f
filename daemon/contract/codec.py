"""Structs to bytes and back (MessagePack). Nothing but a message of this contract ever comes out of `decode_*`."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from phantomcode.daemon.contract.errors import WireError
from phantomcode.daemon.contract.messages import (
    WIRE_VERSION,
    CommandEnvelope,
    MessageEnvelope,
    ReplyEnvelope,
)

MAX_FRAME_BYTES = 1 << 20
"""A frame over this is refused before it is parsed; the largest real one, a Snapshot, stays under 16 KiB."""

Envelope = MessageEnvelope | CommandEnvelope | ReplyEnvelope
E_ = TypeVar("E_", MessageEnvelope, CommandEnvelope, ReplyEnvelope)

_encoder = msgspec.msgpack.Encoder()
_messages = msgspec.msgpack.Decoder(MessageEnvelope)
_commands = msgspec.msgpack.Decoder(CommandEnvelope)
_replies = msgspec.msgpack.Decoder(ReplyEnvelope)


def encode(envelope: Envelope) -> bytes:
    """Return the frame for one envelope."""
    return _encoder.encode(envelope)


def decode_message(frame: bytes) -> MessageEnvelope:
    """Parse a published frame; raises WireError for anything else."""
    return _decode(_messages, frame)


def decode_command(frame: bytes) -> CommandEnvelope:
    """Parse a command frame; raises WireError for anything else."""
    return _decode(_commands, frame)


def decode_reply(frame: bytes) -> ReplyEnvelope:
    """Parse a reply frame; raises WireError for anything else."""
    return _decode(_replies, frame)


def _decode(decoder: msgspec.msgpack.Decoder[E_], frame: bytes) -> E_:
    if len(frame) > MAX_FRAME_BYTES:
        raise WireError("wire.too-large", f"A frame of {len(frame)} bytes came in.", "Restart both sides.")
    try:
        envelope = decoder.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError("wire.malformed", f"A frame was not understood: {error}.", "Restart both sides.") from error
    if envelope.version != WIRE_VERSION:
        raise WireError(
            "wire.version",
            f"The other side speaks version {envelope.version}, this side {WIRE_VERSION}.",
            "Restart daemon and overlay from the same installation.",
        )
    return envelope
