from __future__ import annotations

from pathlib import Path

import pytest

from phantomcode.daemon.adapters.llama_cpp import BATCH_TOKENS, LlamaCpp, common_prefix, load
from phantomcode.daemon.contract.errors import EngineError, ModelError
from phantomcode.daemon.ports import never
from phantomcode.models.store import data_folder

NAME = "qwen2.5-coder-0.5b-instruct-q4_k_m"
RULES = "<|im_start|>system\nYou are a terse interviewer.<|im_end|>\n<|im_start|>user\n"
ASK = "<|im_end|>\n<|im_start|>assistant\n"
DRAFT = RULES + "The links go into Postgres, sharded by user id, with Redis in fr"
FINAL = RULES + "The links go into Cassandra, partitioned by short code. Ask one question about that." + ASK


@pytest.fixture(scope="module")
def model_file() -> str:
    return str(data_folder() / "models" / NAME / f"{NAME}.gguf")


@pytest.fixture(scope="module")
def model(model_file: str) -> LlamaCpp:
    return load(model_file, threads=(2,), context_tokens=512)


def completion(model: LlamaCpp, prompt: str, max_tokens: int = 24, stop: tuple[str, ...] = ()) -> str:
    return "".join(model.stream(prompt, max_tokens=max_tokens, stop=stop, cancelled=never))


def test_common_prefix() -> None:
    assert [common_prefix([1, 2, 3], other) for other in ([], [1], [1, 2, 4, 5], [2])] == [0, 1, 2, 0]


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="models pull"):
        load(str(tmp_path / "none.gguf"), (1,), 128)
    (tmp_path / "bad.gguf").write_bytes(b"not a model" * 100)
    with pytest.raises(ModelError) as caught:
        load(str(tmp_path / "bad.gguf"), (1,), 128)
    assert caught.value.code == "models.unloadable"


@pytest.mark.engines
def test_revision_and_cancel_leave_no_trace_in_what_is_written(model: LlamaCpp, model_file: str) -> None:
    model.prefill(DRAFT)
    pieces = model.stream(DRAFT, max_tokens=24, stop=(), cancelled=never)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    looks = iter([False, True])
    model.prefill(FINAL, cancelled=lambda: next(looks, True))
    revised = completion(model, FINAL)
    assert len(revised) > 20
    assert completion(model, FINAL) == revised
    assert completion(load(model_file, threads=(2,), context_tokens=512), FINAL) == revised


@pytest.mark.engines
def test_only_what_changed_is_read_again(model: LlamaCpp) -> None:
    model.prefill(FINAL)
    assert model.unread_tokens(FINAL) == 0
    assert model.unread_tokens(FINAL + "Why?") <= 3
    longer = FINAL.replace(ASK, " Be brief." + ASK)
    assert model.unread_tokens(longer) < 12
    assert model.unread_tokens("Something else") > 0


@pytest.mark.engines
def test_reading_stops_in_the_middle_of_a_batch_and_goes_on_from_the_one_before(model: LlamaCpp) -> None:
    long = "Unrelated: " + "the cache holds the hottest keys and expires them, " * 30
    whole = model.unread_tokens(long)
    looks: list[bool] = []

    def third_look() -> bool:
        looks.append(len(looks) >= 2)
        return looks[-1]

    model.prefill(long, cancelled=third_look)
    left = model.unread_tokens(long)
    assert 0 < left <= whole
    assert (whole - left) % BATCH_TOKENS == 0
    model.prefill(long)
    assert model.unread_tokens(long) == 0
    assert completion(model, FINAL) == completion(model, FINAL)


@pytest.mark.engines
def test_a_cancelled_line_ends_and_a_stop_string_is_never_seen(model: LlamaCpp) -> None:
    whole = completion(model, FINAL)
    assert list(model.stream(FINAL, max_tokens=24, stop=(), cancelled=lambda: True)) == []
    middle = whole[len(whole) // 2 : len(whole) // 2 + 4]
    assert completion(model, FINAL, stop=(middle,)) == whole[: whole.index(middle)]
    assert len(completion(model, FINAL, max_tokens=2)) < len(whole)


@pytest.mark.engines
def test_it_goes_on_with_the_number_of_threads_that_was_fastest(model: LlamaCpp) -> None:
    before = completion(model, FINAL)
    model.tune((1, 2))
    assert model.pace.threads in (1, 2)
    assert model.pace.reading > 0
    assert model.pace.writing > 0
    assert completion(model, FINAL) == before


@pytest.mark.engines
def test_votes_add_up_and_follow_the_prompt(model: LlamaCpp) -> None:
    prompt = RULES + "Which letter comes right after A in the alphabet? Answer with the letter only." + ASK
    votes = model.vote(prompt, ("B", "Q", "Z"))
    assert sum(votes) == pytest.approx(1.0)
    assert votes[0] == max(votes)
    with pytest.raises(EngineError, match="not one"):
        model.vote(prompt, ("a rather long choice",))


@pytest.mark.engines
def test_a_prompt_that_does_not_fit_is_refused_and_the_model_goes_on(model: LlamaCpp) -> None:
    with pytest.raises(EngineError) as caught:
        model.prefill("too much " * 600)
    assert caught.value.code == "interviewer.prompt-too-long"
    assert completion(model, FINAL, max_tokens=3)
