"""The look ahead: words that come true keep their labels, others leave nothing, and a failure is only noted."""

from __future__ import annotations

import pytest

from phantomcode.daemon import lookahead
from phantomcode.daemon.adapters.scripted import ManualClock, ScriptedLabeller
from phantomcode.daemon.core import events
from phantomcode.daemon.core.briefing import Briefing
from phantomcode.daemon.core.state import Session
from phantomcode.daemon.core.transcript import Speaker
from phantomcode.daemon.lookahead import Lookahead, Supposed
from phantomcode.daemon.trace import Span
from phantomcode.daemon.workers import Parts, Workers


class Nobody:
    """A Reporter that nothing is told, for there are no ears, no model and no voice."""

    def on_hearing(self, heard: object) -> None: ...
    def on_writing(self, outcome: object) -> None: ...
    def on_spoken(self, spoken: object) -> None: ...


@pytest.fixture
def spans() -> list[Span]:
    return []


@pytest.fixture
def labeller() -> ScriptedLabeller:
    return ScriptedLabeller()


@pytest.fixture
def ahead(briefing: Briefing, labeller: ScriptedLabeller, spans: list[Span]) -> Lookahead:
    clock = ManualClock()
    workers = Workers(Parts(), clock, lambda _at: 0.0, Nobody(), spans.append)
    return Lookahead(briefing, labeller, workers, clock, spans.append)


def labelled(labeller: ScriptedLabeller) -> list[str]:
    """The utterances it was asked about, once each."""
    return [text for head, text, _ in labeller.asked if head == "phase"]


def heard(text: str) -> events.UtteranceHeard:
    return events.UtteranceHeard(2.4, Speaker.CANDIDATE, 1.0, 2.0, text)


def test_words_that_come_true_keep_the_labels_they_were_given_at_the_pause(
    ahead: Lookahead, labeller: ScriptedLabeller
) -> None:
    ahead.prepare(Supposed(heard("The gateway asks the cache."), whole=True), Session())
    assert ahead.labelled(heard("The gateway asks the cache."), Session()).labels is not None
    assert labelled(labeller) == ["The gateway asks the cache."]


@pytest.mark.parametrize("forgotten", [True, False])
def test_other_words_are_labelled_anew(ahead: Lookahead, labeller: ScriptedLabeller, forgotten: bool) -> None:
    ahead.prepare(Supposed(heard("The gateway asks"), whole=True), Session())
    if forgotten:
        ahead.forget()
    said = "The gateway asks" if forgotten else "The gateway asks the cache."
    ahead.labelled(heard(said), Session())
    assert labelled(labeller) == ["The gateway asks", said]


def test_a_look_ahead_that_fails_is_noted_and_harms_nothing(
    ahead: Lookahead, spans: list[Span], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(lookahead, "foresee", broken)
    ahead.prepare(Supposed(heard("The gateway asks the cache."), whole=True), Session())
    (noted,) = spans
    assert noted.name == "looking ahead failed"
    assert "ZeroDivisionError" in str(noted.detail["error"])
    assert ahead.labelled(heard("The gateway asks the cache."), Session()).labels is not None
