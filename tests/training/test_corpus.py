"""The training data holds what its fields promise. Training itself needs packages that the product does not."""

from __future__ import annotations

from collections import Counter

import pytest
from corpus import CLASSES, PHASES, Item, authors, duplicates, faults, load
from mangling import Mangler, mishearings, vocabulary


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return load()


def test_every_item_has_its_fields_and_known_values(items: list[Item]) -> None:
    assert [(item.text, faults(item)) for item in items if faults(item)] == []


def test_a_wrong_item_is_seen(items: list[Item]) -> None:
    item = items[0]
    assert faults(Item(item.author, item.kind, {**item.fields, "manner": "sung"})) == ["manner 'sung'"]
    assert faults(Item(item.author, "poem", item.fields)) == ["unknown kind poem"]


def test_no_text_occurs_twice(items: list[Item]) -> None:
    assert duplicates(items) == []
    assert duplicates([items[0], items[0]]) == [items[0].text]


def test_there_is_enough_of_everything(items: list[Item]) -> None:
    """4,949 items by five authors when this was written: 2,688 utterances, 1,626 answers, 635 statements."""
    kinds = Counter(item.kind for item in items)
    assert len(items) >= 3000
    assert len(authors(items)) >= 3
    assert kinds["utterance"] >= 2000
    assert kinds["answer"] >= 900
    assert min(Counter(i.fields["class"] for i in items if i.kind == "answer")[c] for c in CLASSES) >= 80
    assert min(Counter(i.fields["phase"] for i in items if i.kind == "utterance")[p] for p in PHASES) >= 200


def test_the_labels_of_an_answer_agree(items: list[Item]) -> None:
    """A class says what happened to the decision; a capitulation may begin with a reason to keep it."""
    expected = {"DR": (False, True), "CR": (True, False), "PA": (True, True), "CN": (True, False)}
    for item in items:
        if item.kind == "answer" and item.fields["class"] in expected:
            assert (item.fields["changed"], item.fields["held"]) == expected[item.fields["class"]], item.text


def test_mangling_is_seeded_and_leaves_words(items: list[Item]) -> None:
    texts = [item.text for item in items[:200]]
    words = vocabulary(texts)
    first, again, other = (Mangler(words, seed) for seed in (3, 3, 4))
    heard = [first.mangle(text) for text in texts]
    assert heard == [again.mangle(text) for text in texts] != [other.mangle(text) for text in texts]
    assert all(text == text.lower() and text for text in heard)


def test_jargon_is_misheard_as_the_bank_says() -> None:
    mangler = Mangler(["and"], 1)
    heard = " ".join(mangler.mangle("We keep it in Cassandra.") for _ in range(50))
    assert any(wrong in heard for wrong in mishearings()["cassandra"])
