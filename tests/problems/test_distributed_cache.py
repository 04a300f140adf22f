"""The distributed cache: its figures redone from the sheet, its names heard in speech, its pushback even-handed."""

from __future__ import annotations

import re
from typing import ClassVar

import msgspec
import pytest

from tests.problems.bank_checks import BankChecks, firing

DAY = 86_400
OPERATIONS = 4e6
WRITE_SHARE = 0.1
PEAK = 2.5
ITEMS = 1e10
ITEM_BYTES = 1000
OVERHEAD = 1.25
USABLE_BYTES = 50e9
PORT_BITS = 10e9
MISS = 0.05
DATABASE_READS = 600_000
COMMITS = 100_000
EVENT_BYTES = 200
SERVERS = 5000
PROCESSES = 16
HOT_READS = 1e6
FILL_SECONDS = 0.02
RACK = 20
BUDGET = 600
SLOTS = 16_384

READS = OPERATIONS * (1 - WRITE_SHARE)
WRITES = OPERATIONS * WRITE_SHARE
PEAK_OPERATIONS = OPERATIONS * PEAK
PEAK_READS = READS * PEAK
PEAK_MISSES = PEAK_READS * MISS
SPARE_READS = DATABASE_READS - PEAK_MISSES
SET_BYTES = ITEMS * ITEM_BYTES
MEMORY = SET_BYTES * OVERHEAD
MACHINES = MEMORY / USABLE_BYTES
PEAK_HITS = PEAK_READS * (1 - MISS)
NODE_HITS = PEAK_HITS / MACHINES
NODE_BYTES = PEAK_READS * ITEM_BYTES / MACHINES
NODE_ITEMS = ITEMS / MACHINES
GROWN = MACHINES + 1
MOVED_BYTES = SET_BYTES / GROWN
BATCH_MACHINES = MACHINES * (1 - (1 - 1 / MACHINES) ** 100)

_GIVEN_TEXT = """
0 1 2 3 4 5 8 9 10 20 30 50 64 95 99 99.9 100 200 251 300 600 5,000 16,384 20000 100,000 600,000
1,300 17,000 96.4 180,000
"""
GIVEN = frozenset(_GIVEN_TEXT.split())
"""Numerals of the sheet, of a predicate and of counting; the last line has those of published measurements."""


class TestDistributedCache(BankChecks):
    """All that every problem must pass, on this problem's figures, questions and designs."""

    slug = "distributed-cache"
    stated = (
        (r"nine tenths of 4 million operations a second, ([\d.]+) million", READS / 1e6),
        (r"a tenth of 4 million operations, ([\d,]+) a second", WRITES),
        (r"two and a half times the average, (\d+) million a second", PEAK_OPERATIONS / 1e6),
        (r"nine tenths of 10 million, (\d+) million a second", PEAK_READS / 1e6),
        (r"a tenth of 10 million, (\d+) million a second", WRITES * PEAK / 1e6),
        (r"10 billion items of a kilobyte, (\d+) terabytes", SET_BYTES / 1e12),
        (r"fragmentation is ([\d.]+) terabytes", MEMORY / 1e12),
        (r"a quarter overhead is ([\d.]+);", MEMORY / 1e12),
        (r"twice (?:12\.5 terabytes|that) is (\d+)", 2 * MEMORY / 1e12),
        (r"copies of 12\.5 terabytes are (\d+) terabytes", 2 * MEMORY / 1e12),
        (r"million reads a second at a kilobyte is ([\d.]+) gigabytes a second", READS * ITEM_BYTES / 1e9),
        (r"9 million at a kilobyte is (\d+) gigabytes", PEAK_READS * ITEM_BYTES / 1e9),
        (r"(\d+) megabytes a second for each of 250", NODE_BYTES / 1e6),
        (r"over 250 machines (?:that )?is (\d+) megabytes", NODE_BYTES / 1e6),
        (r"36 megabytes(?:,| or) (\d+) megabits", NODE_BYTES * 8 / 1e6),
        (r"(?:about|under|each,) (\d) percent of (?:a )?ten", NODE_BYTES * 8 / PORT_BITS * 100),
        (r"50 (?:usable )?gigabytes is (\d+) machines", MACHINES),
        (r"that is (\d+) machines of 600", 2 * MACHINES),
        (r"is 250 machines for one copy, (\d+) for two", 2 * MACHINES),
        (r"two fit the budget at (\d+) machines", 2 * MACHINES),
        (r"a third copy makes it (\d+)", 3 * MACHINES),
        (r"50 gigabytes a machine is (\d+) machines; the budget", 3 * MACHINES),
        (r"that would not fit: (\d+)", 3 * MACHINES),
        (r"500 for two, ([\d,]+) operations a second each at peak", PEAK_OPERATIONS / MACHINES),
        (r"10 million over 250 machines is ([\d,]+) each", PEAK_OPERATIONS / MACHINES),
        (r"gets ([\d,]+) operations a second; published", PEAK_OPERATIONS / MACHINES),
        (r"five percent of 3\.6 million reads is ([\d,]+) a second", READS * MISS),
        (r"180,000 a second, ([\d,]+) at peak", PEAK_MISSES),
        (r"At peak ([\d,]+) misses a second leave room", PEAK_MISSES),
        (r"leave room for ([\d,]+)", SPARE_READS),
        (r"one machine's hits are ([\d,]+)", NODE_HITS),
        (r"at most ([\d,]+) extra misses a second", NODE_HITS),
        (r"rack of 20 machines is ([\d,]+) extra", RACK * NODE_HITS),
        (r"percent of hits, ([\d,]+) extra reads", RACK * NODE_HITS),
        (r"(\d+) percent of hits, 684", RACK / MACHINES * 100),
        (r"(?:a zone|lost cold is|gone cold is) ([\d.]+) million", PEAK_HITS / 3 / 1e6),
        (r"may not fall below ([\d.]+) percent", (1 - DATABASE_READS / PEAK_READS) * 100),
        (r"databases: ([\d.]+) percent at peak is the floor", (1 - DATABASE_READS / PEAK_READS) * 100),
        (r"when peak reads pass (\d+) million", DATABASE_READS / MISS / 1e6),
        (r"12 million, ([\d.]+) times today's", DATABASE_READS / PEAK_MISSES),
        (r"At ten times, misses are ([\d.]+) million", PEAK_MISSES * 10 / 1e6),
        (r"hit ratio must be ([\d.]+) percent", (1 - DATABASE_READS / (PEAK_READS * 10)) * 100),
        (r"the machines: ([\d,]+) operations a second each", PEAK_OPERATIONS * 10 / MACHINES),
        (r"(?:by remainder:|250 to 251 moves) ([\d.]+) percent", (1 - 1 / GROWN) * 100),
        (r"at peak, (\d+) times the databases' limit", PEAK_READS / DATABASE_READS),
        (r"a second, (\d+) times what the databases bear", PEAK_READS / DATABASE_READS),
        (r"(?:a ring:|in 251,|K/n of the keys on average:) ([\d.]+) percent", 100 / GROWN),
        (r"0\.4 percent (?:moves, |is not cold, )?(\d+) gigabytes", MOVED_BYTES / 1e9),
        (r"about (\d+) seconds at 100 megabytes a second", MOVED_BYTES / 100e6),
        (r"over 250 machines is (\d+) each, at about", SLOTS / MACHINES),
        (r"66 each, at about ([\d.]+) gigabytes a slot", SET_BYTES / SLOTS / 1e9),
        (r"are missed takes about (\d+) minutes", SET_BYTES / MACHINES / ITEM_BYTES / NODE_HITS / 60),
        (r"event is (\d+) megabytes a second", COMMITS * EVENT_BYTES / 1e6),
        (r"minute(?: after a failover|'s replay) is (\d+) million deletes", COMMITS * 60 / 1e6),
        (r"last minute of invalidations to the promoted copy: (\d) million", COMMITS * 60 / 1e6),
        (r"that alone would be ([\d,]+) fills a second", ITEMS / DAY),
        (r"20 millisecond fill is ([\d,]+) simultaneous", HOT_READS * FILL_SECONDS),
        (r"over 20 milliseconds is ([\d,]+) identical", HOT_READS * FILL_SECONDS),
        (r"each server was only making (\d+)", HOT_READS / SERVERS),
        (r"million times a second is (\d) gigabits", HOT_READS * ITEM_BYTES * 8 / 1e9),
        (r"million kilobytes a second is (\d) gigabits", HOT_READS * ITEM_BYTES * 8 / 1e9),
        (r"derived keys, ([\d,]+) each", HOT_READS / 10),
        (r"[Tt]en copies take ([\d,]+) reads", HOT_READS / 10),
        (r"random sample of (?:about )?(\d+) million items", NODE_ITEMS / 1e6),
        (r"other (\d+) million items on that machine", NODE_ITEMS / 1e6),
        (r"databases' limit takes ([\d.]+) hours", ITEMS / DATABASE_READS / 3600),
        (r"to every node is ([\d,]+) per node", SERVERS * PROCESSES),
        (r"per host makes it ([\d,]+)\.", SERVERS),
        (r"a point of hit ratio is ([\d,]+) database reads", PEAK_READS / 100),
        (r"A snapshot over about (\d+) machines", BATCH_MACHINES),
        (r"a day, ([\d,]+) seconds, is typical", DAY),
    )
    sheet: ClassVar[dict[str, float]] = {
        "reads": READS,
        "writes": WRITES,
        "operations at peak": PEAK_OPERATIONS,
        "reads at peak": PEAK_READS,
        "writes at peak": WRITES * PEAK,
        "reads a write": READS / WRITES,
        "hit ratio": 1 - MISS,
        "one item": ITEM_BYTES,
        "working set": SET_BYTES,
        "memory, one copy": MEMORY,
        "memory, two copies": 2 * MEMORY,
        "values read": READS * ITEM_BYTES,
        "values read at peak": PEAK_READS * ITEM_BYTES,
        "one call": 0.002,
        "a fill from the database": FILL_SECONDS,
        "lifetime of an item": DAY,
        "copies of an item": 2,
        "machines for one copy": MACHINES,
        "misses": READS * MISS,
    }
    asked = (
        ("What kind of QPS are we expecting?", "load"),
        ("Roughly how much traffic does this see?", "load"),
        ("What's the split between reads and writes?", "mix"),
        ("Is there a peak hour I should plan for?", "peak"),
        ("How large are the values on average?", "item-size"),
        ("What's the biggest value we allow?", "size-limit"),
        ("How many keys do we need to hold?", "working-set"),
        ("How big is the working set?", "working-set"),
        ("Should I worry about hot keys?", "hot-key"),
        ("Is access uniform, or are a few keys very popular?", "skew"),
        ("What latency should we aim for?", "latency"),
        ("Do callers need to read several keys in a batch?", "multi-get"),
        ("What hit rate are we targeting?", "hit-ratio"),
        ("How many queries can the databases handle?", "database-limit"),
        ("How available should the service be?", "availability"),
        ("How stale may a cached value get?", "freshness"),
        ("Is it okay if we lose cached items?", "loss"),
        ("Do we have to persist anything to disk?", "loss"),
        ("Do we need atomic operations such as compare-and-swap?", "concurrent-writes"),
        ("Are transactions over multiple keys required?", "transactions"),
        ("Do we support data structures like lists?", "data-types"),
        ("Do entries come with a TTL?", "lifetime"),
        ("What should happen when we run out of memory, evict?", "eviction"),
        ("How many different teams will share it?", "teams"),
        ("Do we need to protect tenants from noisy neighbours?", "isolation"),
        ("How many client machines will be connecting?", "callers"),
        ("Is this for a single region?", "geography"),
        ("What if a whole availability zone goes away?", "zone-loss"),
        ("How fast do we need to fail over when a node crashes?", "machine-loss"),
        ("How much RAM does each machine have?", "machine"),
        ("What's our budget in machines?", "budget"),
        ("Do we have to add capacity without downtime?", "resizing"),
        ("Are we allowed to use Redis here?", "engine"),
        ("Can I tap into the databases' change log?", "databases"),
        ("Should we also cache negative lookups?", "absent"),
        ("How do we warm up an empty cluster?", "cold-start"),
        ("Do we need authentication and encryption?", "trust"),
        ("Is it read-through or does the application load on a miss?", "ownership"),
        ("Anything that's explicitly out of scope?", "not-now"),
    )
    naive = (
        "We place keys by hash mod N over the cache servers.",
        "We use Memcached with LRU, and cache-aside for reads.",
        "On a change we update the database and then the application deletes the key.",
        "We go with no replicas, since it is only a cache.",
        "To change a counter we get then set.",
        "A periodic sweep of expired keys runs every minute.",
    )
    defects = frozenset(
        {
            "remainder-placement",
            "one-key-one-owner",
            "lost-invalidation",
            "late-fill",
            "expiry-herd",
            "bare-shards",
            "lost-update",
            "served-past-its-time",
            "no-fences",
        }
    )
    sound = (
        "We have 3.6 million reads a second and two copies of ten terabytes.",
        "We use Redis Cluster with hash slots, and smart clients hold the slot map.",
        "Each primary has one asynchronous replica in another zone.",
        "We use cache-aside with LRU, and a lease on miss so that one caller fills.",
        "An invalidator follows the change log, so we use change data capture and delete the keys.",
        "For hot keys I keep a near cache with a one-second local copy.",
        "Updates use compare and set with a version on each item.",
        "Every team gets a memory quota per team.",
        "After a promotion the invalidator replays the last minute.",
        "There is a cap on fills for each database, and a primary holds a lease on its slots.",
    )


@pytest.mark.parametrize(
    ("said", "defect"),
    [
        ("I'd run one Redis instance with plenty of memory.", "one-big-box"),
        ("We use write-behind, so the cache flushes to the database later.", "only-copy-in-memory"),
        ("For freshness we rely on the TTL.", "waiting-for-expiry"),
        ("We keep both copies in one zone.", "copies-together"),
        ("We use async replication to a standby.", "promoted-but-behind"),
        ("For routing we do a lookup on every request.", "ask-first"),
        ("We add a long-lived local cache in each process.", "copies-out-of-reach"),
        ("We keep three replicas of each shard.", "third-copy"),
        ("Each primary has an asynchronous replica.", "gap-before-promotion"),
        ("We use async replicas, and a cluster manager promotes them.", "cut-off-owner"),
    ],
)
def test_one_sentence_is_enough_for_its_defect(said: str, defect: str) -> None:
    assert defect in firing(TestDistributedCache().lexicon, said)


def test_every_numeral_is_given_or_recomputed() -> None:
    checks = TestDistributedCache()
    problem = checks.problem
    told = (*problem.deep_dives, *problem.challenges, *problem.hints, *problem.scale_probes, *problem.level_sketches)
    prose = "\n".join(_strings(msgspec.to_builtins((told, problem.estimates, problem.requirement_changes))))
    recomputed = {figure for pattern, _ in checks.stated for figure in re.findall(pattern, prose)}
    assert set(re.findall(r"(?<![\w.,])\d[\d,.]*(?<![,.])(?![\w-])", prose)) <= recomputed | GIVEN


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for child in value.values() for text in _strings(child)]
    if isinstance(value, list | tuple):
        return [text for child in value for text in _strings(child)]
    return [value] if isinstance(value, str) else []
