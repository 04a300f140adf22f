"""A small lexicon and short ways to write utterances, for the tests of understanding and scoring."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phantomcode.daemon.contract.vocabulary import Level
from phantomcode.daemon.core.transcript import Challenge, Speaker, Transcript, Utterance
from phantomcode.daemon.core.understanding.lexicon import Lexicon
from phantomcode.daemon.core.understanding.notebook import Notebook, note
from phantomcode.problems.model import ChallengeType, Component, Option, Topic

Line = str | tuple[str, ChallengeType, Topic]
"""The candidate's words; with "> " in front the interviewer's; a tuple is an interviewer's challenge."""

SECONDS_A_LINE = 10.0


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon(
        problem=None,
        options=(
            Option("postgres", "database", ("Postgres", "PostgreSQL"), ("post gress",)),
            Option("cassandra", "database", ("Cassandra",)),
            Option("mongodb", "database", ("Mongo", "MongoDB")),
            Option("redis", "cache", ("Redis",), ("reddish",)),
            Option("kafka", "queue", ("Kafka",)),
            Option("rabbitmq", "queue", ("RabbitMQ", "Rabbit MQ")),
            Option("token-bucket", "rate-limit-algorithm", ("token bucket",)),
        ),
        components=(
            Component("gateway", "API gateway", ("gateway",)),
            Component("link-store", "link store", ("links table",)),
        ),
    )


@pytest.fixture
def spoken() -> Callable[..., Transcript]:
    def make(*lines: Line, minutes: float = 45.0, slug: str = "none-of-the-bank") -> Transcript:
        utterances = tuple(_utterance(number, line) for number, line in enumerate(lines))
        end = utterances[-1].ended_seconds if utterances else 0.0
        return Transcript(slug, Level.L5, minutes, utterances, end)

    return make


@pytest.fixture
def noted(spoken: Callable[..., Transcript], lexicon: Lexicon) -> Callable[..., Notebook]:
    def fold(*lines: Line) -> Notebook:
        notebook = Notebook()
        for utterance in spoken(*lines).utterances:
            notebook = note(notebook, utterance, lexicon, 2700.0)
        return notebook

    return fold


def _utterance(number: int, line: Line) -> Utterance:
    start = number * SECONDS_A_LINE
    if isinstance(line, tuple):
        text, kind, topic = line
        challenge = Challenge(kind, 1, topic)
        return Utterance(number, Speaker.INTERVIEWER, start, start + 8, text, challenge)
    speaker = Speaker.INTERVIEWER if line.startswith("> ") else Speaker.CANDIDATE
    return Utterance(number, speaker, start, start + 8, line.removeprefix("> "))
