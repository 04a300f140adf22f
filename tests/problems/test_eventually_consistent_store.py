"""The eventually consistent store: its figures redone, its names heard in speech, its pushback even-handed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import msgspec
import pytest

from tests.problems.bank_checks import BankChecks, firing

DAY = 86_400
OPERATIONS = 1e6
WRITE_SHARE = 0.2
PEAK = 2
KEYS = 1e9
VALUE_BYTES = 5000
COPIES = 3
READ_COPIES = 2
MACHINES = 240
ZONES = 3
MACHINE_RATE = 30_000
DELETES = 2000
GRACE_DAYS = 10
TOMBSTONE_BYTES = 100
CONFLICT_SHARE = 1e-3
SPLIT_MINUTES = 20
HINT_HOURS = 3
ENTRY_BYTES = 16
CALLERS = 4000
REPAIR_BYTES = 20e6
REPAIRS_AT_ONCE = 8
LEAVES = 32_768
HOT_READS = 100_000

WRITES = OPERATIONS * WRITE_SHARE
READS = OPERATIONS - WRITES
PEAK_OPERATIONS = OPERATIONS * PEAK
ONE_COPY = KEYS * VALUE_BYTES
ALL_COPIES = ONE_COPY * COPIES
MACHINE_BYTES = ALL_COPIES / MACHINES
REPLICA_WRITES = WRITES * PEAK * COPIES
REPLICA_READS = READS * PEAK * READ_COPIES
REPLICA_OPERATIONS = REPLICA_WRITES + REPLICA_READS
NEEDED = REPLICA_OPERATIONS / MACHINE_RATE
ZONE_MACHINES = MACHINES / ZONES
SURVIVORS = MACHINES - ZONE_MACHINES
NEEDED_IN_THREE = NEEDED * ZONES / (ZONES - 1)
WRITE_BYTES = WRITES * VALUE_BYTES
HINT_BYTES = WRITE_BYTES * HINT_HOURS * 3600
NODE_HINT_BYTES = WRITE_BYTES * COPIES / MACHINES
CONFLICTS = WRITES * CONFLICT_SHARE
TOMBSTONES = DELETES * GRACE_DAYS * DAY
REPAIR_SECONDS = MACHINE_BYTES / REPAIR_BYTES
ALLOWED_MINUTES = 30 * 24 * 60 * 1e-4
REFUSED_MINUTES = SPLIT_MINUTES / ZONES
ONE_ZONE_SHARE = (ZONE_MACHINES - 1) * (ZONE_MACHINES - 2) / ((MACHINES - 1) * (MACHINES - 2))
FIVE_COPIES = WRITES * PEAK * 5 + READS * PEAK * 3

_GIVEN_TEXT = """
0 1 2 3 5 7 8 10 16 20 52 80 99 99.9 99.99 100 160 180 240 241 250 30,000 32,768 50 1.2 3.2 1.6 200,000 800,000
4,000 5.0 400,000 1,600,000 100,000 864,000 2,000,000 2,000 60 1
"""
GIVEN = frozenset(_GIVEN_TEXT.split())
"""Numerals of the sheet, of a predicate and of counting."""


class TestEventuallyConsistentStore(BankChecks):
    """All that every problem must pass, on this problem's figures, questions and designs."""

    slug = "eventually-consistent-store"
    stated = (
        (r"a fifth of (?:1|a) million(?: operations a second,)? (?:is )?([\d,]+)", WRITES),
        (r"four fifths of 1 million operations a second, ([\d,]+)", READS),
        (r"twice the average, (\d) million a second", PEAK_OPERATIONS / 1e6),
        (r"a fifth of 2 million, ([\d,]+) a second", WRITES * PEAK),
        (r"four fifths of 2 million, ([\d,]+) a second", READS * PEAK),
        (r"1 billion keys of 5 kilobytes, (\d) terabytes", ONE_COPY / 1e12),
        (r"three times 5 terabytes is (\d+)", ALL_COPIES / 1e12),
        (r"5 terabytes, (\d+) with three copies", ALL_COPIES / 1e12),
        (r"It costs (\d+) terabytes for 10", ALL_COPIES / 1e12),
        (r"It costs 15 terabytes for (\d+)", ONE_COPY * 2 / 1e12),
        (r"([\d.]+) gigabytes (?:on each of 240|a machine)", MACHINE_BYTES / 1e9),
        (r"(?:takes|empty at|over|of) ([\d.]+) gigabytes(?:;| of two| has|: that)", MACHINE_BYTES / 1e9),
        (r"([\d.]+) gigabytes (?:at 20 megabytes|of data and 64)", MACHINE_BYTES / 1e9),
        (r"([\d.]+) gigabytes a second to callers", READS * VALUE_BYTES / 1e9),
        (r"to callers, (\d) at peak", READS * PEAK * VALUE_BYTES / 1e9),
        (r"(\d) gigabyte a second (?:from callers|in,|on average)", WRITE_BYTES / 1e9),
        (r"from callers, (\d) at peak", WRITE_BYTES * PEAK / 1e9),
        (r"1 gigabyte a second are (\d) gigabytes a second, 6", WRITE_BYTES * COPIES / 1e9),
        (r"(?:gigabytes a second|to replicas), (\d) at peak(?:\.|;)", WRITE_BYTES * COPIES * PEAK / 1e9),
        (r"over 240 machines that is (\d+) megabytes", WRITE_BYTES * COPIES * PEAK / MACHINES / 1e6),
        (r"200,000 writes a second, ([\d,]+) on the replicas", WRITES * COPIES),
        (r"asking two copies are ([\d.]+) million", READS * READ_COPIES / 1e6),
        (r"([\d.]+) million replica operations(?: a second,(?! 1)| at peak| on 160|;)", REPLICA_OPERATIONS / 1e6),
        (r"(?:1\.2 and 3\.2 make|today's|1\.6 of the|1\.6 million of) ([\d.]+) million", REPLICA_OPERATIONS / 1e6),
        (r"([\d.]+) million over 30,000 a machine", REPLICA_OPERATIONS / 1e6),
        (r"([\d.]+) and 3\.2 make", REPLICA_WRITES / 1e6),
        (r"1\.2 and ([\d.]+) make", REPLICA_READS / 1e6),
        (r"1\.2 against ([\d.]+) million", REPLICA_READS / 1e6),
        (r"(?:writes of|operations at peak, which|in place of) ([\d.]+)(?: million replica|,)", REPLICA_WRITES / 1e6),
        (r"takes ([\d.]+) (?:of the 4\.4 )?million", READS * PEAK / 1e6),
        (r"One copy takes ([\d.]+) million of", READS * PEAK / 1e6),
        (r"30,000 a machine is (\d+)", NEEDED),
        (r"machine count, (\d+) for the load", NEEDED),
        (r"(?:half as many again,|the load and|operations decide,) (\d+)", NEEDED_IN_THREE),
        (r"([\d,]+) a machine(?:\.|, and 27)", REPLICA_OPERATIONS / MACHINES),
        (r"(?:is|and) ([\d,]+) (?:each of 30,000|once a zone|on each of 160)", REPLICA_OPERATIONS / SURVIVORS),
        (r"fleet of 240 carries ([\d.]+) million", MACHINES * MACHINE_RATE / 1e6),
        (r"a second, ([\d.]+) times today's", MACHINES * MACHINE_RATE / REPLICA_OPERATIONS),
        (r"with a zone lost ([\d.]+) million, only", SURVIVORS * MACHINE_RATE / 1e6),
        (r"million, only ([\d.]+) times", SURVIVORS * MACHINE_RATE / REPLICA_OPERATIONS),
        (r"Ten times needs (\d+) million", REPLICA_OPERATIONS * 10 / 1e6),
        (r"about ([\d,]+) with zone headroom", NEEDED_IN_THREE * 10),
        (r"([\d.]+) terabytes(?:, 67|; 67| after three hours| in an hour|, so beyond)", HINT_BYTES / 1e12),
        (r"([\d.]+) gigabytes (?:each\.|on each of 160)", HINT_BYTES / SURVIVORS / 1e9),
        (r"([\d.]+) megabytes a second for each returning", HINT_BYTES / 3600 / ZONE_MACHINES / 1e6),
        (r"an hour of 1 gigabyte a second is ([\d.]+) terabytes", WRITE_BYTES * 3600 / 1e12),
        (r"hints for one machine are (\d+) gigabytes", NODE_HINT_BYTES * HINT_HOURS * 3600 / 1e9),
        (r"135 gigabytes at ([\d.]+) megabytes", NODE_HINT_BYTES / 1e6),
        (r"100,000 reads are ([\d,]+) replica reads", HOT_READS * READ_COPIES),
        (r"replica reads, ([\d,]+) for each machine", HOT_READS * READ_COPIES / COPIES),
        (r"carry ([\d,]+) each, still over", HOT_READS / COPIES),
        (r"([\d,]+) concurrent updates a second", CONFLICTS),
        (r"([\d.]+) million a day (?:that|lost)", CONFLICTS * DAY / 1e6),
        (r"([\d,]+) callers make", CALLERS),
        (r"callers make (\d+) kilobytes", CALLERS * ENTRY_BYTES / 1000),
        (r"1 kilobyte holds (\d+)", 1000 / ENTRY_BYTES),
        (r"means a read of (\d+) kilobytes", 10 * VALUE_BYTES / 1000),
        (r"([\d.]+) (?:minutes, against|of 4\.3 (?:minutes|allowed)|minutes (?:against|of refused))", REFUSED_MINUTES),
        (r"(?:against|6\.7 of|month:) ([\d.]+) (?:allowed|minutes(?:,| in one| of refusals))", ALLOWED_MINUTES),
        (r"([\d.]+) percent of (?:keys|writes)(?:,| at)(?! 108)", COPIES / MACHINES * 100),
        (r"one zone for ([\d.]+) percent", ONE_ZONE_SHARE * 100),
        (r"percent of keys, (\d+) million", ONE_ZONE_SHARE * KEYS / 1e6),
        (r"only holder of about ([\d.]+) million keys", KEYS * 2 / MACHINES / 2 / 1e6),
        (r"are ([\d.]+) billion tombstones", TOMBSTONES / 1e9),
        (r"(?<!\.)\b(\d+) gigabytes a copy", TOMBSTONES * TOMBSTONE_BYTES / 1e9),
        (r"(\d+) minutes (?:of reading )?a machine", REPAIR_SECONDS / 60),
        (r"(?:all 240 take|takes) (\d+) hours", REPAIR_SECONDS * MACHINES / REPAIRS_AT_ONCE / 3600),
        (r"([\d.]+) megabytes (?:a leaf|of 62)", MACHINE_BYTES / LEAVES / 1e6),
        (r"([\d.]+) exchanges", MACHINES * 3),
        (r"in two hours that is ([\d.]+) megabytes", MACHINE_BYTES / 7200 / 1e6),
        (r"([\d.]+) megabytes a second over two hours", MACHINE_BYTES / 7200 / 1e6),
        (r"From 240 to 241 about ([\d.]+) percent", MACHINES / (MACHINES + 1) * 100),
        (r"some ([\d.]+) terabytes for each step", ALL_COPIES * MACHINES / (MACHINES + 1) / 1e12),
        (r"against ([\d.]+) gigabytes that one", ALL_COPIES / (MACHINES + 1) / 1e9),
        (r"need ([\d.]+) gigabytes a copy", KEYS * 10 / 8 / 1e9),
        (r"Five make (\d) million", WRITES * PEAK * 5 / 1e6),
        (r"three reads ([\d.]+) million", FIVE_COPIES / 1e6),
        (r"operations: (\d+) machines", FIVE_COPIES / MACHINE_RATE),
        (r"Ten days, ([\d,]+) seconds", GRACE_DAYS * DAY),
    )
    sheet: ClassVar[dict[str, float]] = {
        "writes": WRITES,
        "reads": READS,
        "operations at peak": PEAK_OPERATIONS,
        "writes at peak": WRITES * PEAK,
        "reads at peak": READS * PEAK,
        "reads a write": READS / WRITES,
        "one value": VALUE_BYTES,
        "one copy": ONE_COPY,
        "three copies": ALL_COPIES,
        "copies of a key": COPIES,
        "values read": READS * VALUE_BYTES,
        "values written": WRITE_BYTES,
        "values to replicas": WRITE_BYTES * COPIES,
        "one call": 0.01,
        "grace for tombstones": GRACE_DAYS * DAY,
        "replica operations at peak": REPLICA_OPERATIONS,
        "machines": NEEDED_IN_THREE,
        "hints for a lost zone": HINT_BYTES,
    }
    asked = (
        ("What replication factor should I assume?", "copies"),
        ("Is eventual consistency good enough, or do we need strong consistency?", "consistency"),
        ("Should the API have batch gets?", "batches"),
        ("Roughly what QPS are we talking about?", "load"),
        ("What's the split between reads and writes?", "mix"),
        ("Is there a daily peak I should size for?", "peak"),
        ("How large is a typical value?", "value-size"),
        ("What's the biggest value we have to accept?", "size-limit"),
        ("How many keys do we have in total?", "keys"),
        ("How many active users per day?", "users"),
        ("How many client processes will connect?", "callers"),
        ("What's our latency target for reads?", "latency"),
        ("What availability do we need for writes?", "write-availability"),
        ("During a partition, do we favour availability over consistency?", "split"),
        ("How often does a zone get cut off?", "split-frequency"),
        ("How much staleness can we tolerate?", "staleness"),
        ("Does a user have to see their own writes immediately?", "session"),
        ("Would last write wins be good enough for conflicts?", "conflicts"),
        ("How common are conflicts in practice?", "conflict-rate"),
        ("Can the client merge siblings itself?", "merging"),
        ("What kinds of data go in here?", "tables"),
        ("Is it okay if deleted keys reappear?", "deletes"),
        ("How many deletes do we see?", "delete-volume"),
        ("Will entries carry some TTL?", "expiry"),
        ("Is it acceptable to lose an acknowledged write?", "durability"),
        ("Do we need to survive losing a whole zone?", "zone-loss"),
        ("How frequently do machines crash?", "machine-loss"),
        ("Can I trust the clocks on the machines?", "clocks"),
        ("What hardware is one machine?", "machine"),
        ("How many ops per second can a single node handle?", "machine-rate"),
        ("What's the budget in machines?", "budget"),
        ("Is this one region or multiple regions?", "geography"),
        ("Do we have to add nodes without downtime?", "resizing"),
        ("Should I expect hot keys?", "skew"),
        ("Are multi-key transactions needed?", "transactions"),
        ("Do we need range queries or secondary indexes?", "queries"),
        ("Do we need counters or uniqueness, like inventory?", "counters"),
        ("How much metadata per key is allowed?", "metadata"),
        ("What's the existing system today?", "existing"),
        ("Am I allowed to use Cassandra?", "engine"),
        ("Is a managed cloud service an option?", "hosting"),
        ("Do we need encryption or authentication?", "security"),
        ("Which metrics do the operators want to see?", "operators"),
        ("Anything explicitly out of scope?", "not-now"),
    )
    naive = (
        "We use Cassandra with consistent hashing.",
        "We acknowledge after one replica, so W equals one.",
        "Reads use R equals one.",
        "For conflicts we use last writer wins with server timestamps.",
        "On a delete we do a hard delete on all of them.",
        "We rely on read repair.",
        "We keep two copies of each key.",
    )
    defects = frozenset(
        {
            "latest-cart-wins",
            "fast-clock",
            "ghosts-after-grace",
            "nothing-left-to-say-no",
            "one-disk-says-yes",
            "neighbours-share-a-zone",
            "two-copies-only",
            "own-save-missing",
        }
    )
    sound = (
        "We have 200,000 writes a second and 800,000 reads a second, and we keep three copies of each key.",
        "It's leaderless, on a ring with consistent hashing, and one replica per zone.",
        "We use a sloppy quorum with hinted handoff, where W equals two and R equals two.",
        "We keep version vectors with an entry per replica, and the client library sends the causal context.",
        "Wish lists use CRDTs and carts return the siblings to the client.",
        "Deletes write tombstones, and anti-entropy with Merkle trees runs as a weekly repair.",
        "Membership uses gossip, and the storage engine is an LSM tree with bloom filters.",
        "We use a token-aware client so that it reaches a replica directly.",
        "A new machine takes writes but no reads until its ranges have been streamed.",
        "The age of the oldest hint is our divergence metric, and it pages somebody.",
    )


@pytest.mark.parametrize(
    ("said", "defect"),
    [
        ("Each partition has a single leader that takes the writes.", "leader-on-the-other-side"),
        ("We run Raft per shard.", "leader-on-the-other-side"),
        ("We use quorum writes and quorum reads.", "quorum-out-of-reach"),
        ("We wait for all three replicas.", "slowest-of-three"),
        ("We keep a vector clock with an entry per client.", "vector-of-strangers"),
        ("We use asynchronous replication.", "one-disk-says-yes"),
        ("We do a manual repair now and then.", "ghosts-after-grace"),
        ("We use two replicas.", "two-copies-only"),
        ("We place keys by hash mod N.", "remainder-of-the-fleet"),
        ("Sessions use blind writes.", "puts-without-context"),
        ("Carts have version vectors. Preferences are last writer wins by server timestamp.", "fast-clock"),
        ("We have hinted handoff and read repair.", "keys-nobody-visits"),
        ("It's leaderless, every replica takes writes.", "nobody-sees-the-gap"),
        ("We place keys by consistent hashing.", "newcomer-with-empty-hands"),
    ],
)
def test_one_sentence_is_enough_for_its_defect(said: str, defect: str) -> None:
    assert defect in firing(TestEventuallyConsistentStore().lexicon, said)


def test_every_numeral_is_given_or_recomputed() -> None:
    checks = TestEventuallyConsistentStore()
    problem = checks.problem
    told = (*problem.deep_dives, *problem.challenges, *problem.hints, *problem.scale_probes, *problem.level_sketches)
    prose = "\n".join(_strings(msgspec.to_builtins((told, problem.estimates, problem.requirement_changes))))
    recomputed = {figure for pattern, _ in checks.stated for figure in re.findall(pattern, prose)}
    assert set(re.findall(r"(?<![\w.,])\d[\d,.]*(?<![,.])(?![\w-])", prose)) - recomputed - GIVEN == set()


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for child in value:
            yield from _strings(child)
    elif isinstance(value, str):
        yield value
