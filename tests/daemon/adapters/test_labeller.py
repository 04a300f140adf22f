from __future__ import annotations

import time

import pytest

from phantomcode.daemon.adapters import labeller
from phantomcode.daemon.adapters.labeller import MOST_WORDS, TrainedLabeller, shipped, terms
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


def test_case_and_punctuation_do_not_matter(trained: TrainedLabeller) -> None:
    shouted = trained.labels("answer", GIVES_WAY.upper().replace(".", " !"), CHALLENGE)
    assert shouted == trained.labels("answer", GIVES_WAY, CHALLENGE)


def test_an_utterance_takes_under_twenty_milliseconds(trained: TrainedLabeller) -> None:
    def took() -> float:
        began = time.process_time()
        for head in ("phase", "act", "tradeoff"):
            trained.labels(head, GIVES_WAY * 5, CHALLENGE)
        return time.process_time() - began

    assert min(took() for _ in range(5)) < 0.020


def test_endless_text_is_read_up_to_a_limit() -> None:
    assert terms("word " * MOST_WORDS, "") == terms("word " * MOST_WORDS * 9, "")


@pytest.mark.parametrize("weights", [b"", b"not an archive", b"PK\x03\x04cut"])
def test_broken_weights_are_an_engine_error(monkeypatch: pytest.MonkeyPatch, weights: bytes) -> None:
    class Broken:
        def joinpath(self, _name: str) -> Broken:
            return self

        def read_bytes(self) -> bytes:
            return weights

    monkeypatch.setattr(labeller, "files", lambda _package: Broken())
    with pytest.raises(EngineError, match="cannot be read") as error:
        shipped()
    assert error.value.code == "labeller.broken"


def test_missing_weights_are_an_engine_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labeller, "WEIGHTS", "elsewhere.npz")
    with pytest.raises(EngineError):
        shipped()
