from __future__ import annotations

import time
from importlib.resources import files
from pathlib import Path

import pytest

from phantomcode.daemon.adapters import labeller
from phantomcode.daemon.adapters.labeller import (
    ENCODER,
    MOST_WORDS,
    PACKAGE,
    TOKENIZER,
    WEIGHTS,
    TrainedLabeller,
    shipped,
    terms,
)
from phantomcode.daemon.contract.errors import EngineError

CHALLENGE = "One machine hands out every ticket. What if it burns down?"
GIVES_WAY = "Oh, sure, if you prefer, happy to switch. Let's do that then."
NO_IDEA = "Honestly I don't know, I have never had to think about it."


@pytest.fixture(scope="module")
def trained() -> TrainedLabeller:
    return shipped()


@pytest.mark.parametrize("head", ["phase", "tradeoff", "act", "answer"])
def test_every_head_gives_probabilities(trained: TrainedLabeller, head: str) -> None:
    found = trained.labels(head, "We keep it in memory and lose a second of counts.", "Where does it live?")
    assert sum(found.values()) == pytest.approx(1.0)
    assert all(0.0 <= chance <= 1.0 for chance in found.values())


def test_the_shipped_weights_tell_plain_cases_apart(trained: TrainedLabeller) -> None:
    def best(head: str, text: str, lead: str) -> str:
        found = trained.labels(head, text, lead)
        return max(found, key=lambda label: found[label])

    assert best("answer", GIVES_WAY, CHALLENGE) == "CN"
    assert best("answer", NO_IDEA, CHALLENGE) == "NA"
    assert best("phase", "How many people will use this, and do they need an account?", "") == "clarify"
    assert best("act", "How many people will use this, and do they need an account?", "") == "question"


def test_the_same_text_gives_the_same_numbers_in_any_order_of_asking(trained: TrainedLabeller) -> None:
    once = trained.labels("answer", GIVES_WAY, CHALLENGE)
    trained.labels("answer", NO_IDEA, CHALLENGE)
    assert shipped().labels("answer", GIVES_WAY, CHALLENGE) == once
    assert shipped().version == trained.version


@pytest.mark.parametrize("text", ["", "?!", "żółw 🐢", "zzyzx " * 3])
def test_text_without_a_known_word_is_no_error(trained: TrainedLabeller, text: str) -> None:
    assert sum(trained.labels("answer", text, "").values()) == pytest.approx(1.0)


def test_case_does_not_matter(trained: TrainedLabeller) -> None:
    assert trained.labels("answer", GIVES_WAY.upper(), CHALLENGE) == trained.labels("answer", GIVES_WAY, CHALLENGE)


def test_an_utterance_takes_under_twenty_milliseconds(trained: TrainedLabeller) -> None:
    def took(number: int) -> float:
        began = time.process_time()
        for head in ("phase", "act", "tradeoff"):
            trained.labels(head, f"{number} {GIVES_WAY * 2}", CHALLENGE)
        return time.process_time() - began

    assert min(took(number) for number in range(9)) < 0.020


def test_endless_text_is_read_up_to_a_limit() -> None:
    assert terms("word " * MOST_WORDS, "") == terms("word " * MOST_WORDS * 9, "")


@pytest.mark.parametrize("broken", [WEIGHTS, ENCODER, TOKENIZER])
@pytest.mark.parametrize("content", [None, b"", b"not what it should be"])
def test_any_one_missing_or_broken_file_is_an_engine_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: str, content: bytes | None
) -> None:
    for name in (WEIGHTS, ENCODER, TOKENIZER):
        if name != broken:
            (tmp_path / name).symlink_to(str(files(PACKAGE).joinpath(name)))
        elif content is not None:
            (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(labeller, "files", lambda _package: tmp_path)
    with pytest.raises(EngineError):
        shipped()
