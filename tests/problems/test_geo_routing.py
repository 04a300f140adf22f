"""Geo-routing: its figures redone from the sheet, its names heard in speech, its pushback even-handed."""

from __future__ import annotations

from typing import ClassVar

from tests.problems.bank_checks import SpokenChecks

DAY = 86_400
REQUESTS = 1e6
PEAK = 3
PEOPLE = 100e6
SITES = 50
LARGEST = 0.1
SITE_ROOM = 1.5
REGIONS = 5
CAPACITY = 50_000.0
MISSES = 0.05
RESPONSE_BYTES = 50e3
PAGE_REQUESTS = 20
SERVICES = 20
REPORTING = 0.01
TIMING_BYTES = 200
PROBE_BYTES = 100
PREFIXES = 1e6
ENTRY_BYTES = 16
TABLE_BYTES = 4
RESOLVERS = 200_000
ACCOUNTS = 300e6
ACCOUNT_SHARE = 0.2
ROUND = 300
"""Seconds between two maps."""
LIFE = 60

MISSED = REQUESTS * MISSES
PEAK_AT_REGION = MISSED * PEAK / REGIONS
SPREAD = PEAK_AT_REGION + PEAK_AT_REGION / (REGIONS - 1)
HEAPED = PEAK_AT_REGION * 2
AT_HOME = PEAK_AT_REGION * ACCOUNT_SHARE
TWIN = PEAK_AT_REGION + AT_HOME
OUTSIDE = (PEAK_AT_REGION - AT_HOME) / 3
EDGE = REQUESTS * RESPONSE_BYTES
PAGES = REQUESTS / PAGE_REQUESTS
TIMINGS = PAGES * REPORTING
PROBES = float(SITES * REGIONS * SERVICES)
MAP = PREFIXES * ENTRY_BYTES
KEPT = PROBES * PROBE_BYTES * DAY * 7 + TIMINGS * TIMING_BYTES * DAY * 30
LARGEST_AT_PEAK = REQUESTS * PEAK * LARGEST
SITE_AT_PEAK = REQUESTS * PEAK / SITES
QUERIES = RESOLVERS / LIFE

DEFECTS = {
    "resolver-stands-in": ("I'd use GeoDNS.", "The DNS answers with an anycast address."),
    "one-strike": ("We eject a region on the first failed check.", "Actually we wait for three failed checks."),
    "traveller-leaves-data-behind": ("We send users to the nearest region.", "Accounts go to their home region."),
    "a-passport-from-the-address": ("We send EU IP addresses to Europe.", "We store a home region with the account."),
    "neighbour-gets-it-all": (
        "We use the next nearest region.",
        "Rather than the next nearest region we spread over the survivors.",
    ),
    "answers-outlive-the-region": ("We use a five minute TTL.", "We make that a 30 second TTL."),
    "one-pair-of-eyes": ("We have a central health checker.", "We put probers in every PoP."),
    "open-port-empty-shop": ("We ping the load balancer.", "We add a deep health check."),
    "asks-before-every-step": ("The PoPs ask the controller, so we have it there.", "We keep the map in memory."),
    "pilot-in-the-burning-wing": ("We run a single controller.", "We keep the last good map at each site."),
    "nowhere-left-to-go": ("We remove unhealthy regions.", "We keep a panic floor."),
    "fifty-at-a-stroke": ("We push to all PoPs.", "We use a staged push."),
    "moved-and-signed-out": ("We keep sessions in regional Redis.", "We keep the session in a signed cookie."),
    "overload-rolls-downhill": ("We withdraw when overloaded.", "Before that we move some prefixes."),
    "no-limit-on-the-robot": ("A majority of PoPs decides.", "We keep a panic floor."),
    "spill-forgets-the-law": ("We spread over the survivors.", "European accounts go to the other European region."),
    "no-gentle-way-out": ("We use anycast.", "Operators drain a region in steps."),
    "nobody-can-say-why": ("The controller builds a prefix map.", "Each change goes to an audit log."),
}
"""Challenge -> what a candidate says to meet it, and what spares them if said too."""

OTHERS = {
    "routes-know-the-fastest-way": "We use anycast. We use user beacons.",
    "zero-means-now": "We use GeoDNS.",
    "one-address-no-connections": "We use anycast.",
    "every-resolver-tells": "We read the EDNS client subnet.",
    "probes-crush-the-regions": "We probe from every PoP.",
    "map-needs-a-cluster": "We build a prefix map.",
    "brain-dead-body-dead": "The traffic controller publishes a prefix map.",
    "crossing-is-exporting": "We forward to the account's home region.",
    "signed-names-cannot-steer": "Our authoritative DNS gives the answer.",
    "only-the-five-percent": "We have an edge cache.",
    "half-an-hour-to-withdraw": "We use anycast.",
    "address-proves-residence": "We use a home region.",
    "let-the-app-choose": "We use GeoDNS.",
    "names-rather-than-routes": "We use anycast.",
    "routes-rather-than-names": "We use GeoDNS.",
    "redirect-rather-than-carry": "We run an edge proxy.",
    "rent-the-lot": "We have a traffic controller.",
    "two-may-sleep": "We run active-active.",
    "sites-should-fetch": "We use a staged push.",
    "countries-are-enough": "We build a latency map.",
    "machines-rather-than-people": "We collect page timings.",
    "copy-the-sessions": "We use a signed cookie.",
    "a-person-brings-it-back": "We fail back automatically.",
}
"""Challenge that is false or a preference -> what makes it fit the design."""


def test_only_a_spread_keeps_the_survivors_under_eighty_percent() -> None:
    allowed = CAPACITY * 0.8
    assert HEAPED > CAPACITY
    assert max(SPREAD, TWIN, PEAK_AT_REGION + OUTSIDE) <= allowed
    neighbour = SITE_AT_PEAK + LARGEST_AT_PEAK / 2
    assert neighbour > SITE_AT_PEAK * SITE_ROOM


class TestGeoRouting(SpokenChecks):
    defect_lines = DEFECTS
    other_lines = OTHERS
    slug = "geo-routing"

    stated = (
        (r"requests a second, ([\d.]+) billion a day", REQUESTS * DAY / 1e9),
        (r"a day, (\d+) for each of 100 million people", REQUESTS * DAY / PEOPLE),
        (r"three times the average, (\d) million a second", REQUESTS * PEAK / 1e6),
        (r"five in a hundred of (?:1 million|a million) is ([\d,]+) a second", MISSED),
        (r"a second(?: for the regions)?, ([\d,]+) (?:for each of five regions|each)\.", MISSED / REGIONS),
        (r"five in a hundred of 3 million is ([\d,]+) a second", MISSED * PEAK),
        (r"150,000 a second, ([\d,]+) for each region", PEAK_AT_REGION),
        (r"60 second life is ([\d,]+) a second for one name", QUERIES),
        (r"at a life of 60 seconds make ([\d,]+) queries", QUERIES),
        (r"30 seconds makes ([\d,]+)", RESOLVERS / 30),
        (r"3,333 to ([\d,]+) queries a second", RESOLVERS / 30),
        (r"signing at ([\d,]+) queries", QUERIES),
        (r"instead of ([\d,]+)\.\"", QUERIES),
        (r"tends to the ([\d,]+) page views", PAGES),
        (r"for each page view, ([\d,]+) a second", PAGES),
        (r"([\d,]+) page views a second at 20 requests", PAGES),
        (r"once a second: ([\d,]+) a second", PROBES),
        (r"50 times 5 times 20 is ([\d,]+) a second", PROBES),
        (r"20 services is ([\d,]+) probes", PROBES),
        (r"fifty times five times twenty each second is ([\d,]+) probes", PROBES),
        (r"([\d,]+) (?:a second )?at (?:each|a) region(?:\.|: 2 percent)", PROBES / REGIONS),
        (r"a second is ([\d,]+) probes a second at a region", PROBES / REGIONS),
        (r"(?:capacity|of 50,000|50,000), (\d) percent", PROBES / REGIONS / CAPACITY * 100),
        (r"at a region(?:,|:) (\d) percent of (?:its )?50,000", PROBES / REGIONS / CAPACITY * 100),
        (r"ten seconds it (?:is|would be) (\d+)", PROBES / 10),
        (r"one in a hundred reports: (\d+) a second", TIMINGS),
        (r"one page view in a hundred adds (\d+) timings", TIMINGS),
        (r"([\d.]+) million (?:page timings )?a day (?:is|at one)", TIMINGS * DAY / 1e6),
        (r"(?:a day is|at one in a hundred,) (\d+) for each prefix", TIMINGS * DAY / PREFIXES),
        (r"few timings: (\d+) a day", TIMINGS * DAY / PREFIXES),
        (r"30,000 of its own and ([\d,]+) of the lost", PEAK_AT_REGION / (REGIONS - 1)),
        (r"a lost neighbour adds ([\d,]+)", PEAK_AT_REGION / (REGIONS - 1)),
        (r"four survivors: ([\d,]+) each", SPREAD),
        (r"a lost region makes ([\d,]+) each", SPREAD),
        (r"(?:50,000:|each,) (\d\d) percent(?:, where|;|\.)", SPREAD / CAPACITY * 100),
        (r"([\d,]+) against (?:a capacity of )?50,000", HEAPED),
        (r"given to one neighbour it makes ([\d,]+)", HEAPED),
        (r"(\d{3}) percent, where the rule", HEAPED / CAPACITY * 100),
        (r"60,000, (\d+) percent", HEAPED / CAPACITY * 100),
        (r"([\d,]+) (?:a second )?(?:of )?account requests (?:a second|stay|to its)", AT_HOME),
        (r"an account's: ([\d,]+) of 30,000", AT_HOME),
        (r"must stay makes ([\d,]+)", TWIN),
        (r"to its twin, ([\d,]+) in all", TWIN),
        (r"(?:in all,|36,000, or) (\d+) percent", TWIN / CAPACITY * 100),
        (r"ends at (\d+) percent", TWIN / CAPACITY * 100),
        (r"([\d,]+) are spread over the three", PEAK_AT_REGION - AT_HOME),
        (r"the other ([\d,]+) are spread", PEAK_AT_REGION - AT_HOME),
        (r"outside, ([\d,]+) each or 76", PEAK_AT_REGION + OUTSIDE),
        (r"([\d,]+) more for each of the three outside", OUTSIDE),
        (r"(?:each or|outside,) (\d\d) percent", (PEAK_AT_REGION + OUTSIDE) / CAPACITY * 100),
        (r"at 16 bytes (?:is|are) (\d+) megabytes", MAP / 1e6),
        (r"at 16 bytes: (\d+) megabytes", MAP / 1e6),
        (r"entries of 16 bytes are (\d+) megabytes", MAP / 1e6),
        (r"(\d+) (?:megabytes )?for (?:all )?fifty", MAP * SITES / 1e6),
        (r"fifty copies are (\d+) megabytes", MAP * SITES / 1e6),
        (r"300 seconds (?:is|are) ([\d.]+) megabytes a second", MAP * SITES / ROUND / 1e6),
        (r"every five minutes at ([\d.]+) megabytes", MAP * SITES / ROUND / 1e6),
        (r"one percent changed is (\d+) megabytes", MAP * SITES / 100 / 1e6),
        (r"at 4 bytes(?: is|,) (\d+) megabytes", PREFIXES * SITES * TABLE_BYTES / 1e6),
        (r"Probes at 100 bytes are ([\d.]+) gigabytes a day", PROBES * PROBE_BYTES * DAY / 1e9),
        (r"a day, (\d+) in a week", PROBES * PROBE_BYTES * DAY * 7 / 1e9),
        (r"timings at 200 bytes are ([\d.]+) gigabytes", TIMINGS * TIMING_BYTES * DAY / 1e9),
        (r"a day, (\d+) in thirty days", TIMINGS * TIMING_BYTES * DAY * 30 / 1e9),
        (r"Together (\d+) gigabytes", KEPT / 1e9),
        (r"50 kilobytes is (\d+) gigabytes a second", EDGE / 1e9),
        (r"gigabytes a second(?: at the edge)?, (\d+) gigabits[;\"]", EDGE * 8 / 1e9),
        (r"and carries (\d+) gigabits", EDGE * 8 / 1e9),
        (r"([\d,]+) gigabits at peak", EDGE * PEAK * 8 / 1e9),
        (r"50,000 a second at 50 kilobytes is ([\d.]+) gigabytes", MISSED * RESPONSE_BYTES / 1e9),
        (r"2\.5 gigabytes a second, (\d+) gigabits", MISSED * RESPONSE_BYTES * 8 / 1e9),
        (r"carrying the rest is (\d+) gigabits", MISSED * RESPONSE_BYTES * 8 / 1e9),
        (r"2 terabytes, (\d+) over all fifty", 2 * SITES),
        (r"a 60 second life make (\d+)", 30 + 10 + LIFE),
        (r"a life of 60, in all (\d+) of 120", 30 + 10 + LIFE),
        (r"a week, ([\d,]+) seconds", 7 * DAY),
        (r"a month, ([\d.]+) million seconds", 30 * DAY / 1e6),
        (r"30 million is ([\d.]+) million a second at peak", MISSED * PEAK * 10 / 1e6),
        (r"a second at peak against ([\d,]+) for all five", CAPACITY * REGIONS),
        (r"99\.5 percent ([\d,]+) a second remain", REQUESTS * PEAK * 10 * 0.005),
        (r"At 85 percent the regions get ([\d,]+)", REQUESTS * PEAK * 0.15),
        (r"ratio falls below ([\d.]+) percent at peak", 100 * (1 - CAPACITY * REGIONS / (REQUESTS * PEAK))),
        (r"below about (\d+) at peak", 100 * (1 - CAPACITY * REGIONS / (REQUESTS * PEAK))),
        (r"cap each region's intake at ([\d,]+)", CAPACITY * 0.8),
        (r"([\d,]+) a second in the largest", LARGEST_AT_PEAK),
        (r"carries ([\d,]+) a second at peak; average", LARGEST_AT_PEAK),
        (r"([\d,]+) in an average one", SITE_AT_PEAK),
        (r"(?:average one that|carry 60,000 and) can take ([\d,]+)", SITE_AT_PEAK * SITE_ROOM),
        (r"would see ([\d,]+) each", SITE_AT_PEAK + LARGEST_AT_PEAK / 2),
        (r"over 15 minutes is ([\d,]+) a second", 10e6 / REGIONS / 900),
        (r"over three regions is ([\d,]+) each", MISSED * PEAK / 3),
        (r"regions sit at (\d+) percent", PEAK_AT_REGION / CAPACITY * 100),
        (r"leave three at ([\d,]+) each", MISSED * PEAK / 3),
        (r"directory of ([\d.]+) gigabytes", ACCOUNTS * 16 / 1e9),
        (r"to the twentieth is (\d+) percent", 0.95**PAGE_REQUESTS * 100),
        (r"so about (\d+) in a hundred page views", (1 - 0.95**PAGE_REQUESTS) * 100),
        (r"0\.95\^20 = (\d+) percent", (1 - 0.95**PAGE_REQUESTS) * 100),
        (r"99\.99 percent: ([\d.]+) minutes", 0.0001 * 30 * 1440),
    )

    sheet: ClassVar[dict[str, float]] = {
        "requests steered": REQUESTS,
        "requests steered at peak": REQUESTS * PEAK,
        "requests reaching regions": MISSED,
        "requests reaching regions at peak": MISSED * PEAK,
        "name queries": QUERIES,
        "probes": PROBES,
        "page timings": TIMINGS,
        "answered at the edge": 1 - MISSES,
        "load of a survivor at peak": SPREAD / CAPACITY,
        "one response": RESPONSE_BYTES,
        "one map entry": ENTRY_BYTES,
        "one measurement": TIMING_BYTES,
        "map, one copy": MAP,
        "latency table": PREFIXES * SITES * TABLE_BYTES,
        "measurements kept": KEPT,
        "edge responses": EDGE,
        "region responses": MISSED * RESPONSE_BYTES,
        "map pushes": MAP * SITES / ROUND,
        "hot set at one point of presence": 2e12,
        "failover": 120,
        "routing decision": 0.001,
        "raw probes": 7 * DAY,
        "page timings kept": 30 * DAY,
        "people a day": PEOPLE,
        "controllers": 3,
    }

    asked = (
        ("Roughly how many requests hit us every second?", "traffic"),
        ("What's the expected QPS overall?", "traffic"),
        ("How much higher does traffic go at peak?", "peak"),
        ("How many DAU are we talking about?", "users"),
        ("How many PoPs do we run today?", "pops"),
        ("How many regions, and where?", "regions"),
        ("How much load can a single region handle?", "capacity"),
        ("How much headroom should we leave after a failover?", "headroom"),
        ("What fraction is served from the cache?", "hit-ratio"),
        ("What's the average response size?", "response-size"),
        ("What's the RTO for losing a region?", "failover-time"),
        ("How quickly do users have to fail over?", "failover-time"),
        ("Is there a latency SLO for users?", "steering-quality"),
        ("How much overhead can the routing lookup add?", "decision-cost"),
        ("Do we have GDPR or data residency constraints?", "residency"),
        ("Can TLS be terminated in another country?", "transit"),
        ("What about a European who is travelling abroad?", "home"),
        ("How do I know whether an account is European?", "home"),
        ("How many users sit behind public resolvers?", "public-resolvers"),
        ("Do we control the clients, is there a mobile app?", "clients"),
        ("Are the connections persistent or short?", "connections"),
        ("Is it all HTTP traffic?", "protocols"),
        ("Do we have to support IPv6?", "ip-versions"),
        ("Do users have sessions that need to survive a move?", "sessions"),
        ("Has flapping been a problem?", "flapping"),
        ("Should failover be automatic or manual?", "automation"),
        ("What should happen when the control plane goes down?", "controller-loss"),
        ("How do we limit a bad config push?", "bad-map"),
        ("How long may draining a region take?", "drain"),
        ("What's the availability target?", "availability"),
        ("How frequently does a region fail?", "failures"),
        ("How many client prefixes do we need to map?", "prefixes"),
        ("Can we use real user monitoring?", "beacons"),
        ("How fresh does the routing map have to be?", "freshness"),
        ("When is a region considered healthy?", "services"),
        ("Do we need percentage based weights?", "new-region"),
        ("Do changes have to be audited?", "audit"),
        ("Can we announce our own BGP prefixes?", "network"),
        ("Could we just buy this from a cloud provider?", "provider"),
        ("Is DDoS protection in scope?", "attacks"),
        ("Is the data already replicated across regions?", "replication"),
        ("What share of traffic touches personal data?", "account-share"),
    )

    naive = (
        "I'd use GeoDNS with a five minute TTL to send everybody to the nearest region.",
        "We have a central health checker that does a TCP check on each region.",
        "We eject it on the first failed check, and we remove unhealthy regions from the answers.",
        "Their users go to the next nearest region.",
        "For residency we send EU IP addresses to Europe.",
        "We run a single controller, and the PoPs ask the controller, so we use that for each request.",
        "When the rules change we push to all PoPs.",
        "We keep sessions in regional Redis.",
        "A busy site: we withdraw when overloaded.",
    )
    defects = frozenset(DEFECTS) - {"no-limit-on-the-robot", "spill-forgets-the-law"}
    sound = (
        "Users enter by anycast at the nearest point of presence, which has an edge cache and an edge proxy.",
        "The proxy picks the region with a local lookup in a prefix map.",
        "We run active-active, and account requests go to the account's home region, which rides in a signed cookie.",
        "Health: we probe from every PoP with a deep health check, three failures in a row at a majority of PoPs.",
        "When a region is lost we spread over the survivors by spare capacity, and we keep a panic floor.",
        "The map comes from user beacons and probes; three controllers compute it and we use a staged push.",
        "Each site keeps the last good map.",
        "Operators drain gradually, and a busy site will move some prefixes before anything else.",
        "When a European region fails, its account requests go to the other European region.",
        "Support has an explain call, and each change is in the audit log.",
    )
