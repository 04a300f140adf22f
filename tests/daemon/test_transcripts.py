from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.contract.errors import TranscriptError
from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.transcript import Challenge, Speaker, Transcript, Utterance
from phantomcode.daemon.transcripts import format_transcript, parse_transcript, read_transcript
from phantomcode.problems.model import ChallengeType

SESSION = {"kind": "session", "problem": "url-shortener", "target_level": "L5", "duration_min": 45}
FIRST = {"kind": "utterance", "id": 0, "speaker": "interviewer", "t0": 0.0, "t1": 2.5, "text": "Design a shop."}
SECOND = {"kind": "utterance", "id": 1, "speaker": "candidate", "t0": 3.0, "t1": 6.0, "text": "Who buys?"}


def _text(*lines: dict[str, object]) -> str:
    return "\n".join(json.dumps(line) for line in lines) + "\n"


def test_a_transcript_is_read(tmp_path: Path) -> None:
    path = tmp_path / "round.jsonl"
    path.write_text(_text(SESSION | {"style": "clean"}, FIRST, SECOND), encoding="utf-8")
    read = read_transcript(path)
    assert (read.problem_slug, read.target_level, read.planned_minutes) == ("url-shortener", Level.L5, 45)
    assert [u.speaker for u in read.utterances] == [Speaker.INTERVIEWER, Speaker.CANDIDATE]
    assert read.ended_seconds == 6.0


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ((FIRST,), 1),
        ((SESSION, FIRST, SECOND | {"id": 7}), 3),
        ((SESSION, FIRST | {"t1": -1.0}), 2),
        ((SESSION, FIRST | {"speaker": "moderator"}), 2),
        ((SESSION, FIRST | {"text": 5}), 2),
        ((SESSION | {"duration_min": 0}, FIRST), 1),
        ((SESSION, FIRST | {"t0": 9.0, "t1": 10.0}, SECOND), 3),
        ((SESSION, FIRST, SECOND | {"challenge": {"type": "valid", "rung": 1, "topic": "cache"}}), 3),
        ((SESSION, FIRST | {"challenge": {"type": "rude", "rung": 1, "topic": "cache"}}), 2),
    ],
)
def test_what_is_wrong_is_named_with_its_line(lines: tuple[dict[str, object], ...], line: int) -> None:
    with pytest.raises(TranscriptError, match=f"Line {line}: ") as caught:
        parse_transcript(_text(*lines))
    assert caught.value.code == "transcript.format"


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_an_empty_file_is_no_transcript(text: str) -> None:
    with pytest.raises(TranscriptError, match="empty"):
        parse_transcript(text)


def test_files_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    with pytest.raises(TranscriptError) as missing:
        read_transcript(tmp_path / "none.jsonl")
    assert missing.value.code == "transcript.unreadable"
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TranscriptError) as binary:
        read_transcript(tmp_path / "binary.jsonl")
    assert binary.value.code == "transcript.format"


_TEXTS = st.lists(st.tuples(st.sampled_from(Speaker), st.text(max_size=40), st.floats(0, 1) | st.none()), max_size=6)


@given(_TEXTS)
def test_what_is_written_is_read_back(said: list[tuple[Speaker, str, float | None]]) -> None:
    challenge = Challenge(ChallengeType.VALID, 2, "cache", "c1")
    utterances = tuple(
        Utterance(i, who, i * 5.0, i * 5.0 + 4, text, challenge if who is Speaker.INTERVIEWER else None, sure)
        for i, (who, text, sure) in enumerate(said)
    )
    end = utterances[-1].ended_seconds if utterances else 0.0
    transcript = Transcript("payments", Level.L6, 30.0, utterances, end)
    assert parse_transcript(format_transcript(transcript)) == transcript


@given(st.text())
def test_any_text_is_read_or_refused_with_a_transcript_error(text: str) -> None:
    with suppress(TranscriptError):
        parse_transcript(text)
