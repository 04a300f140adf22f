"""What a problem file and the atlas hold. Frozen structs, decoded strictly: an unknown key is an error.

The structs carry no behaviour. `load.py` parses files into them, `check.py` collects every finding about
their content, and the core reads them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

FORMAT_VERSION = 1

PhaseName = Literal["clarify", "estimate", "high_level", "deep_dive", "tradeoffs"]
LevelName = Literal["L4", "L5", "L6"]

Topic = Literal[
    "database",
    "cache",
    "id-generation",
    "sharding",
    "replication",
    "consistency",
    "queue",
    "fanout",
    "api",
    "load-balancing",
    "cdn",
    "rate-limit-algorithm",
    "storage-tier",
    "failover",
    "security",
    "delivery-semantics",
    "sampling",
    "routing",
    "other",
]
"""Keys of the decision registry; a topic may hold several decisions."""

Metric = Literal[
    "dau",
    "users",
    "write_rate",
    "read_rate",
    "peak_rate",
    "ratio",
    "object_size",
    "storage",
    "bandwidth",
    "cache_size",
    "latency",
    "retention",
    "replicas",
    "other",
]
"""What an estimated quantity measures."""


class ChallengeType(StrEnum):
    """Valid: the design really breaks a requirement. Invalid: false or out of scope. Preference: workable."""

    VALID = "valid"
    INVALID = "invalid"
    PREFERENCE = "preference"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all bank entries: a key the format does not know is refused."""


class Fact(Entry, frozen=True):
    """One thing the interviewer can tell a candidate who asks."""

    id: str
    answer: str
    """What the interviewer says, at most 30 words."""
    asks: tuple[str, ...]
    """Ways people ask for it; matching is by meaning of the content words, not by exact wording."""
    keywords: tuple[str, ...] = ()
    """Words any of which must be in the question (after stemming) for the fact to be considered."""


class Requirement(Entry, frozen=True):
    """A functional or non-functional requirement; `words` are what a candidate would say for it."""

    id: str
    text: str
    words: tuple[str, ...] = ()


class Option(Entry, frozen=True):
    """A value a decision can take ("cassandra" for topic database), with the ways it is said and mis-heard."""

    value: str
    topic: Topic
    names: tuple[str, ...]
    mishearings: tuple[str, ...] = ()


class Component(Entry, frozen=True):
    """A box of the architecture."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    mishearings: tuple[str, ...] = ()


class ReferenceRange(Entry, frozen=True):
    """A plausible range for one estimate, with the assumptions it rests on. `unit` as in the grader's output."""

    metric: Metric
    unit: str
    low: float
    high: float
    basis: str
    label: str = ""
    """Names the quantity where one metric has several ("click events")."""


class DeepDive(Entry, frozen=True):
    """A place where a round can go deep: how it works, how it fails, what the numbers are."""

    id: str
    title: str
    words: tuple[str, ...]
    mechanism: str
    failure_modes: tuple[str, ...]
    numbers: tuple[str, ...]


class Design(Entry, frozen=True):
    """A candidate's design in miniature, to try a predicate on."""

    decided: dict[Topic, tuple[str, ...]] = {}
    mentioned: tuple[str, ...] = ()
    quantities: dict[Metric, float] = {}


class Challenge(Entry, frozen=True):
    """Pushback on a decision, in three rungs; it may be made only while `when` holds for the design."""

    id: str
    type: ChallengeType
    topic: Topic
    when: str
    """A predicate in the language of problems/predicate.py."""
    rungs: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    """Wordings for probe, press and squeeze, each at most 30 words. "{choice}" is replaced by the candidate's
    own word for the decision; a wording with the slot needs it filled."""
    strong_points: tuple[str, ...]
    """What a good answer says."""
    fires_on: Design
    silent_on: Design
    phases: tuple[PhaseName, ...] = ("high_level", "deep_dive", "tradeoffs")
    levels: tuple[LevelName, ...] = ("L4", "L5", "L6")
    refutation: str = ""
    """For invalid challenges: why the claim is false."""
    source: str = ""


class ScaleProbe(Entry, frozen=True):
    """A neutral "what breaks first" question and the answer a senior would give."""

    id: str
    wordings: tuple[str, ...]
    first_bottleneck: str
    first_move: str
    when: str = "always"


class RequirementChange(Entry, frozen=True):
    """A change of scope mid-round; adapting to it is right and is not a concession."""

    id: str
    wordings: tuple[str, ...]
    adaptation: str
    when: str = "always"
    replaces: tuple[str, ...] = ()
    """Ids of facts that are no longer true; asked for one of them, the interviewer repeats the change."""
    retires: tuple[str, ...] = ()
    """Ids of challenges that argue from the old scope and are not put any more."""


class HintLadder(Entry, frozen=True):
    """Nudge, prompt, example for one thing that can be missing."""

    id: str
    missing: str
    """The evidence key: "peak", "storage", "tradeoff", "functional", "scope-out", a component id …"""
    phase: PhaseName
    steps: tuple[str, str, str]


class LevelSketch(Entry, frozen=True):
    """What answers at one level look like."""

    level: LevelName
    shows: tuple[str, ...]


class Interface(Entry, frozen=True):
    """One API call, with what it takes and returns."""

    call: str
    note: str = ""


class Entity(Entry, frozen=True):
    """A stored thing and its fields."""

    name: str
    fields: tuple[str, ...] = ()


class Problem(Entry, frozen=True):
    """One problem of the bank."""

    format_version: int
    slug: str
    title: str
    levels: tuple[LevelName, ...]
    summary: str
    pose: tuple[str, str]
    functional: tuple[Requirement, ...]
    non_functional: tuple[Requirement, ...]
    out_of_scope: tuple[Requirement, ...]
    facts: tuple[Fact, ...]
    entities: tuple[Entity, ...]
    api: tuple[Interface, ...]
    components: tuple[Component, ...]
    options: tuple[Option, ...]
    """Decision values special to this problem; those of the atlas come on top."""
    vocabulary: dict[PhaseName, tuple[str, ...]]
    """10-15 terms a phase for the recogniser's prompt."""
    estimates: tuple[ReferenceRange, ...]
    deep_dives: tuple[DeepDive, ...]
    challenges: tuple[Challenge, ...]
    scale_probes: tuple[ScaleProbe, ...]
    requirement_changes: tuple[RequirementChange, ...]
    hints: tuple[HintLadder, ...]
    level_sketches: tuple[LevelSketch, ...]
    sources: dict[str, str]
    """Key used in a `source` field -> where it can be looked up."""


class AtlasEntry(Entry, frozen=True):
    """One technology decision of the atlas."""

    id: str
    title: str
    topic: Topic
    options: tuple[str, ...]
    """Values of `Atlas.options` this entry is about."""
    use_when: str
    not_when: str
    tradeoff: str
    numbers: str
    killer_questions: tuple[str, ...]
    asked_of: tuple[str, ...] = ()
    """The options that the killer questions fit, where they do not fit all."""
    source: str = ""


class Atlas(Entry, frozen=True):
    """Technologies and their tradeoffs, for any problem."""

    format_version: int
    options: tuple[Option, ...]
    components: tuple[Component, ...]
    """Boxes that occur in many designs (load balancer, object store …)."""
    entries: tuple[AtlasEntry, ...]
    sources: dict[str, str]
