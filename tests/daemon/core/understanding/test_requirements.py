from __future__ import annotations

import pytest

from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.requirements import functional_in, non_functional_in, scopes_out


def _said(text: str) -> Utterance:
    return Utterance(3, Speaker.CANDIDATE, 0.0, 5.0, text)


@pytest.mark.parametrize(
    "said",
    [
        "Payments are out of scope.",
        "Let's not do comments.",
        "I'll ignore spam for now.",
        "I'd like to leave out billing.",
        "I'd leave sign-in and permissions out of this.",
        "We are not doing group chats today.",
        "Can we skip the mobile app?",
        "I'd like to park moderation for now.",
        "Let's just ignore currency conversion.",
        "Don't worry about who may see what.",
        "There is no need for offline mode.",
        "No need to support editing.",
        "We do not need search in this version.",
        "Ads can wait.",
        "Login isn't in scope, I take it?",
        "I'll put encryption to one side.",
        "I'm assuming that user accounts already exist.",
        "Translation is for a later release.",
        "okay so i would skip the analytics part for now",
        "I won't touch pricing.",
        "Fraud is someone else's job.",
    ],
)
def test_scope_outs(said: str) -> None:
    assert scopes_out(said)


@pytest.mark.parametrize(
    "said",
    [
        "We write it out to the log.",
        "Users can comment.",
        "The queue drains.",
        "The results are out in under a second.",
        "Readers should not have to wait for the index.",
        "We drop the oldest entry when it is full.",
        "People want to see it sooner or later.",
        "A skip list keeps them in order.",
    ],
)
def test_design_talk_is_no_scope_out(said: str) -> None:
    assert not scopes_out(said)


def test_a_quality_counts_only_with_a_number() -> None:
    assert non_functional_in(_said("Reads under two hundred milliseconds.")) == ("latency",)
    assert non_functional_in(_said("It should have low latency.")) == ()


def test_never_losing_one_is_a_number_in_words() -> None:
    assert "durability" in non_functional_in(_said("An order is never lost."))


def test_outside_the_bank_what_users_can_do_counts_while_clarifying(lexicon: Lexicon) -> None:
    said = _said("So users can reserve a table.")
    assert functional_in(said, lexicon, clarifying=True) == ("said-3",)
    assert functional_in(said, lexicon, clarifying=False) == ()
