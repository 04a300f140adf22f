"""Transcripts as JSON lines: one session line, then one line an utterance, in time order.

    {"kind": "session", "problem": "url-shortener", "target_level": "L5", "duration_min": 45}
    {"kind": "utterance", "id": 0, "speaker": "interviewer", "t0": 0.0, "t1": 6.4, "text": "..."}

Times are seconds. An interviewer's line may carry "challenge": {"type", "rung", "topic"}; any line may carry the
recogniser's "confidence" (0-1). Other keys are let be, so that files with notes of their own can be read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from phantomcode.daemon.contract.errors import TranscriptError
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.transcript import Challenge, Speaker, Transcript, Utterance
from phantomcode.problems.model import ChallengeType, Topic

MAX_FILE_BYTES = 32 * 1024 * 1024
"""A hundred times a long round; a larger file is something else."""
_REMEDY = "See docs/grading.md for the format: one session line, then one JSON object an utterance."


class _SessionLine(msgspec.Struct):
    kind: Literal["session"]
    problem: str
    target_level: Level
    duration_min: float


class _ChallengeLine(msgspec.Struct):
    type: ChallengeType
    rung: int
    topic: Topic
    challenge_id: str = ""


class _UtteranceLine(msgspec.Struct):
    kind: Literal["utterance"]
    id: int
    speaker: Speaker
    t0: float
    t1: float
    text: str
    challenge: _ChallengeLine | None = None
    confidence: float | None = None


_Line = TypeVar("_Line", _SessionLine, _UtteranceLine)


def read_transcript(path: Path) -> Transcript:
    """Read a transcript file. Raises TranscriptError ("transcript.unreadable", ".too-large" or ".format")."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise TranscriptError("transcript.too-large", f"{path} is over {MAX_FILE_BYTES} bytes.", _REMEDY)
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise TranscriptError("transcript.unreadable", message, "Check the name and the permissions.") from error
    except UnicodeDecodeError as error:
        raise TranscriptError("transcript.format", f"{path} is not UTF-8 text.", _REMEDY) from error
    return parse_transcript(text)


def parse_transcript(text: str) -> Transcript:
    """Parse a transcript's text. Raises TranscriptError "transcript.format" naming the line."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise TranscriptError("transcript.format", "The transcript is empty.", _REMEDY)
    session = _decode(*lines[0], _SessionLine)
    utterances: list[Utterance] = []
    for number, line in lines[1:]:
        utterance = _utterance(_decode(number, line, _UtteranceLine))
        _check(number, utterance, utterances[-1] if utterances else None)
        utterances.append(utterance)
    if not 0 < session.duration_min < 24 * 60:
        raise _wrong(lines[0][0], "duration_min has to be between 0 and a day")
    return Transcript(
        problem_slug=session.problem,
        target_level=session.target_level,
        planned_minutes=session.duration_min,
        utterances=tuple(utterances),
        ended_seconds=utterances[-1].ended_seconds if utterances else 0.0,
    )


def format_transcript(transcript: Transcript) -> str:
    """Write a transcript as text that `parse_transcript` reads back."""
    session = {
        "kind": "session",
        "problem": transcript.problem_slug,
        "target_level": transcript.target_level.value,
        "duration_min": transcript.planned_minutes,
    }
    lines = [session, *(_line(utterance) for utterance in transcript.utterances)]
    return "".join(msgspec.json.encode(line).decode() + "\n" for line in lines)


def _line(utterance: Utterance) -> dict[str, Any]:
    line: dict[str, Any] = {
        "kind": "utterance",
        "id": utterance.id,
        "speaker": utterance.speaker.value,
        "t0": utterance.started_seconds,
        "t1": utterance.ended_seconds,
        "text": utterance.text,
    }
    if utterance.challenge is not None:
        line["challenge"] = msgspec.to_builtins(utterance.challenge)
    if utterance.confidence is not None:
        line["confidence"] = utterance.confidence
    return line


def _decode(number: int, line: str, kind: type[_Line]) -> _Line:
    try:
        return msgspec.json.decode(line.encode(), type=kind)
    except msgspec.DecodeError as error:
        raise _wrong(number, str(error).rstrip(".")) from error


def _utterance(line: _UtteranceLine) -> Utterance:
    made = line.challenge
    challenge = Challenge(made.type, made.rung, made.topic, made.challenge_id) if made else None
    return Utterance(line.id, line.speaker, line.t0, line.t1, line.text, challenge, line.confidence)


def _check(number: int, utterance: Utterance, previous: Utterance | None) -> None:
    if utterance.id != (previous.id + 1 if previous else 0):
        raise _wrong(number, "utterance ids have to count 0, 1, 2 …")
    if utterance.ended_seconds < utterance.started_seconds or utterance.started_seconds < 0:
        raise _wrong(number, "an utterance ends before it starts, or starts before the round")
    if previous is not None and utterance.started_seconds < previous.started_seconds:
        raise _wrong(number, "utterances have to be in time order")
    if utterance.challenge is not None and utterance.speaker is not Speaker.INTERVIEWER:
        raise _wrong(number, "only the interviewer challenges")


def _wrong(number: int, what: str) -> TranscriptError:
    return TranscriptError("transcript.format", f"Line {number}: {what}.", _REMEDY)
