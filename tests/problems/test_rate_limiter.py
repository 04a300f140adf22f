"""The rate limiter: its figures redone from the sheet, its names heard in speech, its pushback even-handed."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from phantomcode.problems.model import ChallengeType
from tests.problems.bank_checks import SpokenChecks, firing, of_type

DAY = 86_400
CHECKS = 200_000.0
PEAK = 3
LIMITS_A_REQUEST = 2
GATEWAYS = 100
KEYS = 10e6
ACTIVE = 2e6
COUNTER_BYTES = 100
CHECK_BYTES = 200
STAMP_BYTES = 8
RULE_BYTES = 500
RULES = 2_000
USAGE_BYTES = 50
USAGE_DAYS = 90
COMMANDS_A_CORE = 100_000
FREE = 600
"""Calls a minute on the free plan; the other plans are ten and a hundred times that."""
OVER = 1.2
"""How much of its minute a key may get in ten seconds."""
WILD = 500_000
LEASE = 30
ROUND_TRIP = 0.0005
AHEAD = 5
"""Seconds that a gateway's clock has been seen to drift."""
CARD = 10e9 / 8
"""A ten-gigabit network card, in bytes a second."""

CHECKS_A_DAY = CHECKS * DAY
UPDATES = CHECKS * LIMITS_A_REQUEST
COUNTERS = KEYS * LIMITS_A_REQUEST * COUNTER_BYTES
SHARDS = UPDATES * PEAK / COMMANDS_A_CORE
BURST = FREE + FREE / 60 * 10
"""What a full bucket or a weighted window passes in ten seconds."""
ALONE = FREE * GATEWAYS
LOG = CHECKS_A_DAY * STAMP_BYTES
WIRE = CHECKS * CHECK_BYTES
USAGE_A_DAY = ACTIVE * 24 * USAGE_BYTES


DEFECTS = {
    "window-edge": ("We use a fixed window.", "Instead of the fixed window I'd take a sliding window."),
    "two-gateways-one-token": ("We do a get then set on the counter.", "We put both steps into a Lua script."),
    "counter-without-end": ("We increment and then expire.", "We wrap the two in MULTI EXEC."),
    "wild-key": ("We keep the counters in a Redis Cluster.", "We cache the denial on the gateway."),
    "one-node-for-all": ("We keep the counters in Redis.", "We shard by API key."),
    "across-the-ocean": ("We run one global Redis.", "Actually we go with a Redis per region."),
    "each-counts-alone": ("We hold counters in each gateway.", "We put the shared count in Redis."),
    "limit-cut-in-slices": ("We split the limit evenly.", "We go with leased tokens."),
    "noticed-a-second-late": ("We sync every second.", "We use token leases."),
    "log-of-everything": ("We keep a sorted set per key.", "For the day's quota we use a sliding window counter."),
    "rows-as-counters": ("We have a counter row per key.", ""),
    "open-for-password-guessing": ("We fail open.", "For login we fail closed."),
    "no-plan-for-silence": ("We keep the counters in a Redis Cluster.", "We fall back to local limits."),
    "rules-wait-for-a-release": ("We have hard-coded limits.", "We push the rules to all gateways."),
    "crowd-behind-one-address": ("We limit by IP address.", "We also limit by API key."),
    "waiting-room": ("We queue the excess.", ""),
    "drifting-clock": ("The script gets the time from the gateway.", "Actually we take the time from Redis."),
    "straight-to-enforced": ("We push rule changes to the gateways.", "A new rule runs in shadow mode first."),
    "day-in-one-memory": ("We keep the counters in a Redis Cluster.", "Each primary has an asynchronous replica."),
    "gateway-starts-empty": ("We push rule changes to the gateways.", "Each gateway keeps the rules on disk."),
}
"""Challenge -> what a candidate says to meet it, and what spares them if said too."""

OTHERS = {
    "exact-or-worthless": "We use a sliding window counter.",
    "refuse-everybody-when-blind": "We fall back to local limits.",
    "scripts-interleave": "We use a Lua script.",
    "one-key-a-script": "We use hash tags in our Redis Cluster.",
    "someone-must-refill": "We give each key a token bucket.",
    "status-nobody-knows": "We return a 429.",
    "counters-outgrow-memory": "We keep the counters in Redis.",
    "disk-in-the-way": "We keep the counters in Redis.",
    "weights-are-guesswork": "We use two weighted windows.",
    "expired-counters-stay": "We keep the counters in Redis.",
    "wire-fills-up": "That is 200,000 checks per second.",
    "floods-are-yours": "Every request goes through the API gateway.",
    "window-instead-of-bucket": "We go with a token bucket.",
    "bucket-instead-of-window": "We go with a sliding window.",
    "gcra-instead": "We go with a token bucket.",
    "memcached-for-counts": "We keep the counters in Redis.",
    "service-instead-of-plugin": "We write a plugin in the gateway.",
    "plugin-instead-of-service": "We run a dedicated rate limit service.",
    "increments-instead-of-script": "We use a Lua script.",
    "poll-instead-of-push": "We push rule changes to the gateways.",
    "ask-each-time-instead": "We lease batches of tokens to the gateways.",
    "ring-instead-of-slots": "We take Redis Cluster for the counters.",
    "etcd-for-rules": "We keep the rules in Postgres.",
}
"""Challenge that is false or a preference -> what makes it fit the design."""

LEASING = (
    "We lease batches of tokens: a gateway takes thirty from the counter store and spends them in memory.",
    "Behind it we run a Redis Cluster, and counters per region.",
    "The state follows GCRA, in one server-side script.",
    "When the store says no, the gateway will remember the refusal for a second.",
    "We give a check two milliseconds, then a circuit breaker opens and we degrade to local limits.",
    "Login we fail closed, and we limit by username.",
    "The rules sit in etcd and the gateways watch for rule changes.",
    "We limit per customer and answer with HTTP 429.",
    "Each shard has an asynchronous replica, and a gateway keeps the last rules on its disk.",
    "A new rule starts as a dry run.",
)
"""A second sound design, of other parts than the first."""


FLOOD = (*[59.99] * FREE, *[60 + tick / 200 for tick in range(2000)])
"""Seconds at which a free key calls: its whole minute just before the turn, then 200 a second for ten seconds."""


def passed_by_fixed_window() -> int:
    counts: Counter[int] = Counter()
    for at in FLOOD:
        counts[int(at // 60)] += counts[int(at // 60)] < FREE
    return counts.total()


def passed_by_weighted_window() -> int:
    counts: Counter[int] = Counter()
    for at in FLOOD:
        window, share = int(at // 60), at % 60 / 60
        counts[window] += counts[window - 1] * (1 - share) + counts[window] + 1 <= FREE
    return counts.total()


def passed_by_bucket() -> int:
    tokens, last, passed = float(FREE), FLOOD[0], 0
    for at in FLOOD:
        tokens, last = min(FREE, tokens + (at - last) * FREE / 60), at
        if tokens >= 1:
            tokens, passed = tokens - 1, passed + 1
    return passed


def test_bucket_and_weighted_window_keep_the_burst_bound_and_a_fixed_window_does_not() -> None:
    assert passed_by_fixed_window() == FREE * 2 > FREE * OVER
    for passed in (passed_by_weighted_window(), passed_by_bucket()):
        assert passed <= FREE * OVER
        assert abs(passed - BURST) <= 2


class TestRateLimiter(SpokenChecks):
    defect_lines = DEFECTS
    other_lines = OTHERS
    incurable = frozenset(name for name, (_, cure) in DEFECTS.items() if not cure)
    slug = "rate-limiter"

    stated = (
        (r"([\d,]+) requests a second, one check each", CHECKS),
        (r"([\d,]+) requests a second is 200,000 checks", CHECKS),
        (r"([\d.]+) billion (?:requests )?a day(?:\.| at 8)", CHECKS_A_DAY / 1e9),
        (r"one day ([\d.]+) billion timestamps", CHECKS_A_DAY / 1e9),
        (r"timestamps?(?: is)?,? (\d+) gigabytes", LOG / 1e9),
        (r"at 8 bytes are (\d+) gigabytes bare", LOG / 1e9),
        (r"A log would cost (\d+) gigabytes", LOG / 1e9),
        (r"three times the average,? (?:is )?([\d,]+) (?:a second|checks)", CHECKS * PEAK),
        (r"two for each of ([\d,]+) checks", CHECKS * PEAK),
        (r"([\d,]+) checks a second at (?:peak|200 bytes are 120)", CHECKS * PEAK),
        (r"at ([\d,]+) requests a second, two milliseconds a check", CHECKS * PEAK),
        (r"([\d,]+) (?:counter )?updates a second(?: on average|; one|\.\"\])", UPDATES),
        (r"checks is ([\d.]+) million a second", UPDATES * PEAK / 1e6),
        (r"([\d.]+) million updates(?! a second, which)", UPDATES * PEAK / 1e6),
        (r"updates a second on average, ([\d.]+) million at peak", UPDATES * PEAK / 1e6),
        (r"commands a core(?: is|:|, some| makes) (?:some )?(\d\d)(?: shards|\b)", SHARDS),
        (r"are 1\.2 million updates: (\d+) shards", SHARDS),
        (r"so 1\.2 million updates need (\d+) shards", SHARDS),
        (r"works at today's rate: (\d+) shards", SHARDS),
        (r"100 in the largest region, ([\d,]+) requests", CHECKS / GATEWAYS),
        (r"checks, ([\d,]+) for each of 100 gateways", CHECKS / GATEWAYS),
        (r"requests a second each, ([\d,]+) at peak", CHECKS * PEAK / GATEWAYS),
        (r"of ([\d,]+) requests a second each a twelfth", CHECKS * PEAK / GATEWAYS),
        (r"a twelfth, (\d+), pile up", CHECKS * PEAK / GATEWAYS / SHARDS),
        (r"a twelfth of the keys, about ([\d,]+) of 10 million", KEYS / SHARDS),
        (r"100 bytes(?: is|:) (\d+) gigabytes", COUNTERS / 1e9),
        (r"two counters of 100 bytes are (\d+) gigabytes", COUNTERS / 1e9),
        (r"so doubling customers gives (\d+) gigabytes", COUNTERS * 2 / 1e9),
        (r"One replica a shard: 2 gigabytes becomes (\d+)", COUNTERS * 2 / 1e9),
        (
            r"(?:in a day need|and only) ([\d.]+?)(?:\.\"| for the keys)",
            ACTIVE * LIMITS_A_REQUEST * COUNTER_BYTES / 1e9,
        ),
        (r"three million dead counters of 100 bytes are ([\d.]+) gigabytes", 3e6 * COUNTER_BYTES / 1e9),
        (r"50 bytes is ([\d.]+) gigabytes a day", USAGE_A_DAY / 1e9),
        (r"gigabytes a day, (\d+) (?:gigabytes )?in ninety days", USAGE_A_DAY * USAGE_DAYS / 1e9),
        (r"200 bytes (?:is|are) (\d+) megabytes a second(?:,| for the whole)", WIRE / 1e6),
        (r"at 200 bytes are (\d+) megabytes a second for all", WIRE * PEAK / 1e6),
        (r"(?:a second|whole region), (\d+) at peak", WIRE * PEAK / 1e6),
        (r"at peak, ([\d.]+) for each gateway", WIRE * PEAK / GATEWAYS / 1e6),
        (r"a hundredth of that: ([\d.]+) megabytes", WIRE * PEAK / GATEWAYS / 1e6),
        (r"for all 100 gateways, ([\d.]+) for each", WIRE * PEAK / GATEWAYS / 1e6),
        (r"a ten-gigabit card's ([\d.]+) gigabytes", CARD / 1e9),
        (r"card carries ([\d,]+) megabytes", CARD / 1e6),
        (r"ninety days, ([\d.]+) million seconds", USAGE_DAYS * DAY / 1e6),
        (r"the bound is (\d+) in ten", FREE * OVER),
        (r"(?:at most 700 free calls in ten seconds|a free key|calls of a free key) against (\d+)", FREE * OVER),
        (r"100 refilled, (\d+); a weighted", BURST),
        (r"a weighted window (\d+) as well", BURST),
        (r"at most (\d+) (?:too|free calls)", BURST),
        (r"Either keeps the bound: (\d+) free calls", BURST),
        (r"(\d+) for bucket and weighted window", BURST),
        (r"600 plus (\d+) refilled", BURST - FREE),
        (r"tokens early: (\d+) calls in ten seconds", BURST + AHEAD * FREE / 60),
        (r"([\d,]+) free calls in two seconds", FREE * 2),
        (r"(?:a fixed window|600 after it are|weighted window,) ([\d,]+)(?: in two| for a fixed|\.\")", FREE * 2),
        (r"([\d,]+) a minute (?:on 100 gateways )?where 600 were sold", ALONE),
        (r"([\d,]+) calls of a free key", ALONE),
        (r"against 720 in ten seconds, (\d+) times the bound", ALONE / (FREE * OVER)),
        (r"600 over 100 gateways is (\d+) a minute", FREE / GATEWAYS),
        (r"costs (\d+) trips a minute", FREE / LEASE),
        (r"600 checks a minute (?:of a free key )?into (\d+)", FREE / LEASE),
        (r"([\d,]+) times fewer", WILD / GATEWAYS),
        (r"half a millisecond: (\d+) calls of a key", WILD * ROUND_TRIP),
        (r"a set of (\d+) million entries", WILD * 600 / 1e6),
        (r"Four nines is ([\d.]+) minutes", 0.0001 * 30 * 1440),
        (r"2,000 rules of 500 bytes are (\d+) megabyte", RULES * RULE_BYTES / 1e6),
        (r"Round trips to the counter store: (\d+) million", CHECKS * 10 / 1e6),
        (r"checks a second, (\d+) million at peak, are", CHECKS * PEAK * 10 / 1e6),
        (r"at peak, are (\d+) million updates", UPDATES * PEAK * 10 / 1e6),
        (r"which is (\d+) shards at 100,000", SHARDS * 10),
        (r"(\d+) checks (?:a second (?:where|instead)|and not a million|replace)", GATEWAYS),
    )

    sheet: ClassVar[dict[str, float]] = {
        "checks": CHECKS,
        "checks at peak": CHECKS * PEAK,
        "counter updates": UPDATES,
        "counter updates at peak": UPDATES * PEAK,
        "limits a request": LIMITS_A_REQUEST,
        "one counter": COUNTER_BYTES,
        "one check on the wire": CHECK_BYTES,
        "all counters": COUNTERS,
        "usage history": USAGE_A_DAY * USAGE_DAYS,
        "checks on the wire": WIRE,
        "added by a check": 0.002,
        "usage": USAGE_DAYS * DAY,
        "keys issued": KEYS,
        "keys active in a day": ACTIVE,
        "copies of a counter": 2,
        "counter shards at peak": SHARDS,
        "gateways": GATEWAYS,
        "log of a day's timestamps": LOG,
    }

    asked = (
        ("Roughly how many requests hit the platform every second?", "traffic"),
        ("What's the expected QPS overall?", "traffic"),
        ("How much higher is it at peak?", "peak"),
        ("How many distinct API keys do we have to track?", "keys"),
        ("Are we limiting by IP address or by API key?", "limit-subject"),
        ("What limits do the different tiers have?", "plans"),
        ("Is there also a quota per day?", "quota"),
        ("Do different endpoints get different limits?", "routes"),
        ("Are bursts okay, or do we smooth everything?", "burst"),
        ("Does the counting have to be exact?", "accuracy"),
        ("What's the latency overhead we can add?", "latency"),
        ("If Redis is down, do we fail open or closed?", "failure-mode"),
        ("Which status code should a refused request get?", "refusal-answer"),
        ("Should we include a Retry-After header?", "refusal-answer"),
        ("Do we queue the requests that are over the limit?", "waiting"),
        ("Is it one region or several?", "regions"),
        ("Can we lose counters when a node restarts?", "counter-loss"),
        ("How quickly should a rule change propagate?", "rules-spread"),
        ("Can a new rule be tried in shadow mode first?", "shadow"),
        ("Do we have to protect against DDoS attacks?", "floods"),
        ("Is this also used for billing customers?", "billing"),
        ("Who authenticates the API key?", "auth"),
        ("What's the availability target?", "availability"),
        ("How many gateway nodes are there?", "placement"),
        ("Should it be a separate service or sit in the application?", "placement"),
        ("Are these hard limits or soft ones?", "hard-limits"),
        ("Should a rejected request count against the quota?", "refused-calls"),
        ("Do clients back off and retry properly?", "client-retries"),
        ("Can one customer own multiple keys?", "key-owner"),
        ("Is it okay if a few requests slip past the limit?", "accuracy"),
        ("What happens once a user exceeds their limit?", "refusal-answer"),
        ("Do internal services go through the limiter as well?", "internal-calls"),
        ("How much memory is one counter?", "counter-size"),
        ("Is there anything existing that we migrate from?", "stack"),
        ("Do customers get a dashboard of their usage?", "usage-view"),
        ("What about brute force on the login?", "login"),
        ("Do all requests cost the same or are some heavier?", "call-cost"),
        ("How many limits are checked on each request?", "limits-a-request"),
        ("What's the worst a single abusive client does?", "abusive-key"),
        ("How big is the team running it?", "team"),
        ("How bad is it to reject a legitimate request?", "wrong-refusals"),
        ("Are clients pinned to a gateway?", "connections"),
        ("How many rules are configured?", "rules-count"),
    )

    naive = (
        "I'd use a fixed window, one counter per minute for each client.",
        "We limit by IP address.",
        "We have one Redis, and we do a get then set on the counter.",
        "On the first request we increment and then expire.",
        "The limits are in a config file that we deploy.",
        "If Redis is down we fail open.",
        "Requests over the limit, we queue the excess.",
    )
    defects = frozenset(
        {
            "window-edge",
            "crowd-behind-one-address",
            "two-gateways-one-token",
            "counter-without-end",
            "wild-key",
            "one-node-for-all",
            "rules-wait-for-a-release",
            "open-for-password-guessing",
            "waiting-room",
        }
    )
    sound = (
        "The limiter is a plugin in the gateway, and we limit per API key.",
        "I'd use a token bucket in a Redis Cluster, with a Redis per region.",
        "One Lua script takes from both counters, and hash tags keep them in one slot.",
        "We shard by API key over twelve shards.",
        "When a gateway is told no we remember the refusal until the bucket has refilled.",
        "We return 429 with Retry-After.",
        "Rules live in Postgres, we push rule changes to the gateways, and every new one starts in shadow mode.",
        "If the counters are gone we fall back to local limits, and the login guard stays strict.",
        "That is 200,000 requests per second, 600,000 at peak.",
        "We give each shard one async replica, and every gateway keeps the rules on local disk.",
    )

    def test_a_design_of_leases_is_spared_as_well(self) -> None:
        fired = firing(self.lexicon, *LEASING)
        assert not of_type(self.problem, fired, ChallengeType.VALID)
        assert len(of_type(self.problem, fired, ChallengeType.INVALID)) >= 4
        assert {"ask-each-time-instead", "ring-instead-of-slots"} <= fired
