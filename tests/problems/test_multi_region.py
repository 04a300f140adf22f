"""Surviving the loss of a region: figures redone from the sheet, names heard in speech, pushback even-handed."""

from __future__ import annotations

from typing import ClassVar

from tests.problems.bank_checks import SpokenChecks, firing

DAY = 86_400
REGIONS = 3
WRITES = 10_000.0
READS = 100_000.0
MONEY = WRITES / 10
PEAK = 2
PEOPLE = 90e6
ROW = 1_000
TODAY = 50e12
MISS = 0.05
WARM = 10e6 * 20_000
SHED = 0.25
AWAY = 0.02
LINK = 10e9 / 8
RESTORE_RATE = 1e9
CATCH_UP_RATE = 500e6
OUTAGE = 6 * 3_600
MERCHANT = 200
DIRECTORY_BYTES = 100
MOVES_A_DAY = 10_000

ROUND_TRIPS = {("america", "europe"): 80, ("europe", "asia"): 160, ("america", "asia"): 220}
"""Milliseconds."""
BUDGET = {"detect": 60, "lease": 30, "promote": 30, "dns": 60, "stragglers": 120}
"""Seconds of the five minutes."""

SURVIVOR = REGIONS / (REGIONS - 1)
ALL_WRITES = WRITES * REGIONS
ALL_READS = READS * REGIONS
SURVIVOR_PEAK = READS * PEAK * SURVIVOR
SHEDDING = SURVIVOR_PEAK * (1 - SHED)
EGRESS = WRITES * ROW * (REGIONS - 1)
CHANGES_A_DAY = WRITES * ROW * DAY
LOG_A_WEEK = WRITES * REGIONS * ROW * DAY * 7
NEW_ROWS = ALL_WRITES / 10 * DAY
NEW_BYTES_A_YEAR = NEW_ROWS * ROW * 365
BACKLOG = ALL_WRITES * ROW * OUTAGE
NEWCOMERS = READS / (REGIONS - 1)
COLD_MISSES = READS * MISS + NEWCOMERS


def commit(leader: str, lost: str = "") -> int:
    """Milliseconds until two of three regions have a record: the trip to the nearest other one that is up."""
    return min(trip for pair, trip in ROUND_TRIPS.items() if leader in pair and lost not in pair)


ON_A_ROW = 1_000 / commit("america")
"""Payments a second on one row, whose lock is held during the commit."""
FORWARDED = ROUND_TRIPS["america", "asia"] + commit("america")
TALKATIVE = 3 * ROUND_TRIPS["america", "asia"] + FORWARDED

DEFECTS = {
    "acked-then-lost": ("We use async replication to the other regions.", "Payments use quorum commit."),
    "old-leader-wakes": ("We have automatic failover.", "We use fencing tokens."),
    "survivors-overrun": ("We run active-active.", "We keep headroom in each region."),
    "last-write-eats-money": ("We resolve conflicts with last writer wins.", "Every user has a home region."),
    "european-in-new-york": ("We send users to the nearest region.", "The home directory says who may serve them."),
    "waiting-for-a-person": ("We use manual failover.", "Actually we use automatic failover."),
    "records-kept-an-hour": ("The record has a TTL of ten minutes.", "We go with anycast."),
    "papers-everywhere": ("We replicate everything.", "We keep personal data in Europe."),
    "controller-goes-first": ("We have a central controller.", "We put a controller in every region."),
    "green-light-red-region": ("We use a health check endpoint.", "We use synthetic payments."),
    "paid-out-three-times": ("We have the nightly job in each region.", "We have a lease on the job."),
    "retry-lands-elsewhere": ("We keep idempotency keys in Redis.", "We store the key with the ledger entry."),
    "two-voters": ("We use just two regions.", "We put a witness in a third place."),
    "hot-row-over-the-sea": (
        "We use quorum commit and one balance row.",
        "We use sub-accounts for the big ones.",
    ),
    "restoring-takes-the-day": ("We restore from backup.", "We keep a warm standby."),
    "every-write-over-the-ocean": ("We have one region for writes.", "Every user has a home."),
    "nobody-pays-the-merchants": ("We run active-active.", "The nightly payout runs at each group's leader."),
    "the-mistake-travels-too": ("We use quorum commit.", "For bad releases we keep backups of seven days."),
    "no-way-out-in-daylight": ("We run active-active.", "Operators drain a region in steps."),
    "strangers-to-the-cache": (
        "We run active-active with a cache in each region.",
        "When a region goes we shed load first.",
    ),
}
"""Challenge -> what a candidate says to meet it, and what spares them if said too."""

OTHERS = {
    "spanner-is-free": "We use Spanner for the ledger.",
    "sixty-seconds-and-done": "We use GeoDNS with a short TTL.",
    "copies-are-backups": "We use quorum commit. We have point in time recovery.",
    "slowest-region-decides": "Payments commit to a majority.",
    "a-fourth-vote": "We use Raft across regions.",
    "no-european-byte": "We put names into a PII vault. Payments commit to a majority.",
    "balances-that-merge": "Payments commit to a majority.",
    "zones-are-enough": "We run active-active.",
    "clocks-will-do": "We put an epoch on every write.",
    "the-wire-fills-up": "We replicate asynchronously.",
    "standby-instead": "We run active-active.",
    "live-instead": "We keep a warm standby.",
    "anycast-instead": "We use Route 53.",
    "names-instead": "We use an anycast IP.",
    "global-sql-instead": "Each user has a home region.",
    "homes-instead": "We use CockroachDB.",
    "saga-instead": "We use two-phase commit between groups.",
    "two-phases-instead": "We use a saga between groups.",
    "stream-instead": "We use asynchronous replication.",
    "built-in-instead": "We use async replication through Kafka.",
    "shed-instead": "We keep spare capacity.",
}
"""Challenge that is false or a preference -> what makes it fit the design."""


def test_a_majority_waits_for_the_nearer_region_only() -> None:
    assert [commit(leader) for leader in ("america", "europe", "asia")] == [80, 80, 160]
    assert commit("america", lost="europe") == commit("asia", lost="europe") == 220 < 500
    assert commit("asia", lost="america") == 160


def test_the_five_minutes_add_up_and_the_limits_decide_what_the_file_says() -> None:
    assert sum(BUDGET.values()) == 5 * 60
    assert FORWARDED < 500 < TALKATIVE
    assert ROUND_TRIPS["america", "asia"] > 150
    assert SURVIVOR_PEAK * 2 / 3 == READS * PEAK


def test_voters_and_the_losses_they_bear() -> None:
    bears = {voters: voters - (voters // 2 + 1) for voters in (2, 3, 4, 5)}
    assert bears == {2: 0, 3: 1, 4: 1, 5: 2}


def test_a_merged_balance_may_fall_below_zero() -> None:
    balance, debits = 100, {"frankfurt": 90, "singapore": 90}
    assert all(debit <= balance for debit in debits.values())
    assert balance - sum(debits.values()) == -80


class TestMultiRegion(SpokenChecks):
    defect_lines = DEFECTS
    other_lines = OTHERS
    slug = "multi-region"

    stated = (
        (r"three regions at 10,000 are ([\d,]+) a second", ALL_WRITES),
        (r"moves money, ([\d,]+) a second", MONEY),
        (r"moves money, 1,000 a second; ([\d,]+) in all", MONEY * REGIONS),
        (r"in each region; ([\d,]+) in all", ALL_READS),
        (r"[Tt]wice the average is ([\d,]+)", READS * PEAK),
        (r"half of a lost region's 200,000 are ([\d,]+)", SURVIVOR_PEAK),
        (r"100,000 of the lost region's are ([\d,]+)", SURVIVOR_PEAK),
        (r"1\.5 times each: ([\d,]+) reads", SURVIVOR_PEAK),
        (r"with one region gone a survivor has ([\d,]+)", SURVIVOR_PEAK),
        (r"Sheet: twice 10,000; ([\d,]+) in a survivor", WRITES * PEAK * SURVIVOR),
        (r"3 / 2 is ([\d.]+) times", SURVIVOR),
        (r"adds a row, (\d+) million rows", NEW_ROWS / 1e6),
        (r"(\d+) million rows a day at a kilobyte", NEW_ROWS / 1e6),
        (r"rows a day; (\d+) gigabytes a day", NEW_ROWS * ROW / 1e9),
        (r"gigabytes a day, ([\d.]+) terabytes a year", NEW_BYTES_A_YEAR / 1e12),
        (r"at a kilobyte are (\d+) terabytes a year", NEW_BYTES_A_YEAR / 1e12),
        (r"Three times 94\.6 terabytes is (\d+)", NEW_BYTES_A_YEAR * REGIONS / 1e12),
        (r"terabytes a year, (\d+) with three copies", NEW_BYTES_A_YEAR * REGIONS / 1e12),
        (r"for 86,400 seconds is (\d+) gigabytes", CHANGES_A_DAY / 1e9),
        (r"keeps (\d+) gigabytes a day for replay", CHANGES_A_DAY / 1e9),
        (r"two (?:other regions|places) ?(?:is|:) (\d+) megabytes", EGRESS / 1e6),
        (r"twice, are (\d+) megabytes a second", EGRESS / 1e6),
        (r"(?:megabytes a second[,;]) (\d+) at peak", EGRESS * PEAK / 1e6),
        (r"Replication traffic is (\d+) megabytes", EGRESS * 10 / 1e6),
        (r"(?:of|carries) ([\d,]+) (?:megabytes a second, so|on each ten-gigabit)", LINK / 1e6),
        (r"at 20 kilobytes are (\d+) gigabytes", WARM / 1e9),
        (r"(?:a survivor needs|gigabytes, and) (\d+)(?: in a survivor)?\.", WARM * SURVIVOR / 1e9),
        (r"200 gigabytes of its own and (\d+) of the newcomers", WARM * (SURVIVOR - 1) / 1e9),
        (r"own ([\d,]+) misses", READS * MISS),
        (r"([\d,]+) newcomers", NEWCOMERS),
        (r"(?:all miss are|a second,|cold cache:) ([\d,]+)(?: a second, 11| where| database reads)", COLD_MISSES),
        (r"a second, (\d+) times the usual", COLD_MISSES / (READS * MISS)),
        (r"each receives ([\d,]+) reads a second", 1e6 / REGIONS / 2),
        (r"5 percent of ([\d,]+)", 1e6 / REGIONS),
        (r"which is about ([\d,]+) a second", 1e6 / REGIONS * MISS),
        (r"for six hours is (\d+) gigabytes", BACKLOG / 1e9),
        (r"catching up: (\d+) gigabytes", BACKLOG / 1e9),
        (r"(\d+) minutes at 500 megabytes", BACKLOG / CATCH_UP_RATE / 60),
        (r"are ([\d,]+) seconds, 13\.9 hours", TODAY / RESTORE_RATE),
        (r"50,000 seconds, ([\d.]+) hours", TODAY / RESTORE_RATE / 3600),
        (r"(?:Americans? or Europe and|from America or Europe,) (\d+) from Asia", commit("asia")),
        (r"(?:allows|milliseconds allows) ([\d.]+) (?:payments )?a second", ON_A_ROW),
        (r"200 (?:a second )?need (?:at least )?(\d+)(?: rows)?", MERCHANT / ON_A_ROW),
        (r"16 rows, (\d+) from Asia", MERCHANT * commit("asia") / 1_000),
        (r"from Asia, (\d+) with Europe lost", MERCHANT * commit("asia", "europe") / 1_000),
        (r"2,000 a second needs (\d+) rows", MERCHANT * 10 / ON_A_ROW),
        (r"groups, ([\d,]+) at peak", MONEY * REGIONS * 10 * PEAK),
        (r"it is 220 plus 80, (\d+) milliseconds", FORWARDED),
        (r"commit at 300 are (\d+)", TALKATIVE),
        (r"statement takes (\d+) milliseconds", TALKATIVE),
        (r"lag (?:is|costs|loses)?:? ?([\d,]+) (?:confirmed )?payments", MONEY),
        (r"payments in a region, ([\d,]+) at peak", MONEY * PEAK),
        (r"payments lost with a region, ([\d,]+) at peak", MONEY * PEAK),
        (r"at a kilobyte are (\d+) megabytes a second to copy", MONEY * REGIONS * ROW / 1e6),
        (r"Sheet: (\d+) seconds\. Detect", sum(BUDGET.values())),
        (r"Budget of (\d+) seconds", sum(BUDGET.values())),
        (r"(?:up|are) ?(?:99\.99 percent:)? ([\d.]+) minutes (?:down )?a month", 0.0001 * 30 * 1440),
        (r"300,000 are ([\d,]+) for a world peak", SURVIVOR_PEAK * REGIONS),
        (r"for a world peak of ([\d,]+)", ALL_READS * PEAK),
        (r"600,000: ([\d.]+) times", SURVIVOR_PEAK * REGIONS / (ALL_READS * PEAK)),
        (r"(?:leaves|builds for|so|built for) ([\d,]+)(?: instead of| reads a second for each|, and says)", SHEDDING),
        (r"into ([\d.]+), so 225,000", SURVIVOR * (1 - SHED)),
        (r"(\d+) of 30,000 writes", ALL_WRITES * AWAY),
        (r"at 100 bytes are (\d+) gigabytes of directory", PEOPLE * DIRECTORY_BYTES / 1e9),
        (r"one every ([\d.]+) seconds", DAY / MOVES_A_DAY),
        (r"Sheet: 90 million, (\d+) million in each", PEOPLE / REGIONS / 1e6),
        (r"seven days, ([\d,]+) seconds", 7 * DAY),
        (r"(\d+) milliseconds from America or Europe", commit("america")),
        (r"or Europe,? and (\d+) from Asia", commit("asia")),
        (r"(\d+) to 160 milliseconds", commit("america")),
        (r"80 to (\d+) milliseconds", commit("asia")),
        (r"that is Europe at (\d+) milliseconds", commit("america")),
        (r"need each other: (\d+) milliseconds", commit("america", "europe")),
        (r"Asia to America is (\d+) milliseconds", ROUND_TRIPS["america", "asia"]),
        (r"for an? (\d+)[ -]millisecond", commit("america")),
        (r"Asia pays (\d+) milliseconds", FORWARDED),
        (r"forwarded whole is (\d+)", FORWARDED),
        (r"statement takes 960 milliseconds instead of (\d+)", FORWARDED),
        (r"[Dd]etect (\d+), lease", BUDGET["detect"]),
        (r"lease (\d+), promote", BUDGET["lease"]),
        (r"promote (\d+), DNS", BUDGET["promote"]),
        (r"DNS (\d+), stragglers", BUDGET["dns"]),
        (r"DNS 60, stragglers (\d+)", BUDGET["stragglers"]),
        (r"leaders: ([\d,]+) payments a second over all", MONEY * REGIONS * 10),
        (r"a second a region, (\d+) on each link", EGRESS * 10 / 2 / 1e6),
        (r"The backlog: ([\d,]+) changes", ALL_WRITES),
        (r"a second, 55,000 where ([\d,]+) is usual", READS * MISS),
        (r"database reads a second where ([\d,]+) are usual", READS * MISS),
        (r"Prices it: ([\d,]+) built", SURVIVOR_PEAK * REGIONS),
        (r"built for a peak of ([\d,]+)", ALL_READS * PEAK),
        (r"instead of ([\d,]+) reads a second", SURVIVOR_PEAK),
        (r"1\.5 times and ([\d,]+) reads", SURVIVOR_PEAK),
        (r"merge (?:is|to) minus (\d+)", 80),
        (r"ten reads a write is ([\d,]+)", READS),
        (r"100,000 a second a region, ([\d,]+) for the world", ALL_READS),
        (r"of them payments; ([\d,]+) and", ALL_WRITES),
        (r"of them payments; 30,000 and ([\d,]+)", MONEY * REGIONS),
        (r"two regions it would be (\d)", 2 / 1),
        (r"a kilobyte are ([\d.]+) terabytes a day", LOG_A_WEEK / 7 / 1e12),
        (r"terabytes a day, (\d+) in a week", LOG_A_WEEK / 1e12),
    )

    sheet: ClassVar[dict[str, float]] = {
        "writes in a region": WRITES,
        "writes in all": ALL_WRITES,
        "payments in a region": MONEY,
        "reads in a region": READS,
        "reads in a region at peak": READS * PEAK,
        "reads in a survivor at peak": SURVIVOR_PEAK,
        "writes in a region at peak": WRITES * PEAK,
        "reads for a write": READS / WRITES,
        "load of a survivor": SURVIVOR,
        "one row": ROW,
        "new rows, one year": NEW_BYTES_A_YEAR,
        "new rows, one year, three copies": NEW_BYTES_A_YEAR * REGIONS,
        "data today": TODAY,
        "a day of one region's changes": CHANGES_A_DAY,
        "changes leaving a region": EGRESS,
        "warm users of a region": WARM,
        "commit to a majority": commit("america") / 1_000,
        "payment": 0.5,
        "restore window": 7 * DAY,
        "people a day": PEOPLE,
        "regions with a copy of the ledger": REGIONS,
        "time to move everybody": sum(BUDGET.values()),
        "misses with a cold cache": COLD_MISSES,
    }

    asked = (
        ("Which regions are we talking about?", "regions"),
        ("How are the users distributed across continents?", "spread"),
        ("How many DAU does the wallet have?", "people"),
        ("What's the write QPS?", "writes"),
        ("And what's the read QPS?", "reads"),
        ("How many payments do we process each second?", "money"),
        ("How much higher is peak than average?", "peak"),
        ("What recovery time objective are we aiming at, what RTO?", "rto"),
        ("Is losing a payment ever acceptable, what's our RPO?", "rpo-money"),
        ("Can we lose a few seconds of profile edits or preferences?", "rpo-rest"),
        ("What's the availability target?", "availability"),
        ("What's the p99 latency for reads?", "read-latency"),
        ("What is the write latency target?", "write-latency"),
        ("What are the round trips between the regions?", "round-trips"),
        ("How much bandwidth is there between regions?", "link"),
        ("During a partition, do we prefer consistency or availability?", "cut-network"),
        ("Could an account balance ever go negative?", "double-spend"),
        ("Is eventual consistency okay for reads?", "freshness"),
        ("Does a partially degraded region count as down?", "partial"),
        ("Do we have to handle two regions failing at once?", "two-lost"),
        ("Should a human approve a failover?", "on-call"),
        ("Are there any data residency rules like GDPR?", "residency"),
        ("Can ledger records be copied to all regions?", "ledger-residency"),
        ("Could we get a second European site?", "second-site"),
        ("What about someone travelling abroad?", "travellers"),
        ("Can users permanently relocate to another region?", "moving"),
        ("Do we have hot merchant accounts?", "big-merchant"),
        ("Is there a migration to plan?", "migration"),
        ("Should I assume three regions?", "regions"),
        ("Must the balance be strongly consistent?", "double-spend"),
        ("How large is one row?", "row-size"),
        ("How much data do we store in total?", "data-size"),
        ("What's the cache hit ratio?", "warm-set"),
        ("May we degrade features during an outage?", "shedding"),
        ("What's our budget for this?", "cost"),
        ("What is the current stack, which database?", "today"),
        ("How should we migrate off the current system?", "migration"),
        ("Are there nightly batch jobs?", "payouts"),
        ("Do clients retry with idempotency keys?", "clients"),
        ("Do payments cross between regions?", "transfers"),
        ("How far back do backups have to go?", "backups"),
        ("Will we do regular failover drills?", "drills"),
        ("How quickly should we fail back afterwards?", "failback"),
        ("How frequently do region outages happen, how often?", "frequency"),
        ("How many engineers are on the team?", "team"),
        ("What growth should we expect?", "growth"),
        ("Is fraud detection in scope?", "not-now"),
        ("Is active-active needed, or would a standby do?", "topology"),
        ("How much can we spend on it?", "cost"),
        ("Who'd be on call?", "on-call"),
        ("What do we do with payments that are in flight?", "in-flight"),
        ("How quickly do we need to detect that a region failed?", "split-of-budget"),
        ("What's the highest replication lag we allow?", "lag"),
        ("For payments, how much data loss is tolerable?", "rpo-money"),
        ("Which features can we switch off when we lose a region?", "shedding"),
        ("Are we allowed to store European ledger data in the US?", "ledger-residency"),
    )

    naive = (
        "I'd take active-active with DynamoDB global tables, last writer wins on conflicts.",
        "Route 53 sends each user to the nearest region with a TTL of an hour.",
        "We use async replication and we replicate everything everywhere.",
        "We have a central controller that asks a health check endpoint in each region.",
        "When it turns red the on call engineer promotes the other side by a failover runbook.",
        "Retries are caught because we keep idempotency keys in Redis.",
        "The payouts are a job in every region.",
    )
    defects = frozenset(
        {
            "acked-then-lost",
            "old-leader-wakes",
            "survivors-overrun",
            "last-write-eats-money",
            "european-in-new-york",
            "waiting-for-a-person",
            "records-kept-an-hour",
            "papers-everywhere",
            "controller-goes-first",
            "green-light-red-region",
            "paid-out-three-times",
            "retry-lands-elsewhere",
        }
    )
    sound = (
        "All three regions serve, active-active, and every user has a home region.",
        "We use GeoDNS with a TTL of sixty seconds; the nearest edge looks up the home directory.",
        "From there we forward the whole request to the home.",
        "We keep the ledger in sharded Postgres, and a payment waits for a majority, two of three regions.",
        "Everyday data uses asynchronous replication within ten seconds.",
        "We put an epoch on every record, so an old leader is refused.",
        "Controllers vote, with probers outside our regions that make synthetic payments, and it's automatic failover.",
        "Regions run below two thirds, so there's headroom for a neighbour's peak.",
        "We keep personal data in Europe in a profile vault, with the second copy in the Dublin site.",
        "Big merchants get sub-accounts, and idempotency keys live in the same transaction as the ledger.",
        "Payments between groups are a saga, and the payout job has a lease on the job.",
        "For bad releases we keep point in time recovery for seven days.",
        "Each region has a cache, and when one goes the others shed load while it fills.",
        "We have an evacuation drill every quarter, in the daytime.",
    )

    def test_the_other_two_regions_are_no_pair(self) -> None:
        assert "two-voters" not in firing(self.lexicon, "We keep room so that two regions can absorb the third.")
