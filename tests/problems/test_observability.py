"""The observability platform: its figures redone, its names heard in speech, its pushback even-handed."""

from __future__ import annotations

from typing import ClassVar

import pytest

from phantomcode.daemon.core.questions import best_matches
from phantomcode.problems.model import ChallengeType
from tests.problems.bank_checks import BankChecks, firing, of_type

DAY = 86_400
YEAR = 365.25 * DAY
HOUR = 3600
HOSTS = 10_000
SERIES = 10e6
INTERVAL = 15
SAMPLE_BYTES = 2
LINES = 500_000
LINE_BYTES = 300
COMPRESSION = 10
SPANS = 2e6
SPAN_BYTES = 500
SPANS_A_TRACE = 20
FAILED_SHARE = 0.01
QUERIES = 500
RULES = 20_000
CUSTOMERS = 20e6
SERVICES = 2000
WAIT = 30
COLLECTORS = 10
RAW_DAYS = 15
ROLLUP_DAYS = 396
LOG_DAYS = 30
TRACE_DAYS = 7
AGGREGATES = 5
ROLLUP = 300

SAMPLES = SERIES / INTERVAL
METRIC_DAY = SAMPLES * SAMPLE_BYTES * DAY
ROLLUP_POINTS = DAY / ROLLUP
ROLLUP_DAY = SERIES * ROLLUP_POINTS * AGGREGATES * SAMPLE_BYTES
LOG_BYTES = LINES * LINE_BYTES
LOG_MONTH = LOG_BYTES * DAY * LOG_DAYS
SPAN_RATE = SPANS * SPAN_BYTES
REQUESTS = SPANS / SPANS_A_TRACE
KEPT = REQUESTS * FAILED_SHARE + REQUESTS * (1 - FAILED_SHARE) / 100
KEPT_BYTES = KEPT * SPANS_A_TRACE * SPAN_BYTES
KEPT_WEEK = KEPT_BYTES * DAY * TRACE_DAYS
HOT_COPY = LOG_MONTH / COMPRESSION + METRIC_DAY * RAW_DAYS + ROLLUP_DAY * ROLLUP_DAYS + KEPT_WEEK
YEAR_OF_SAMPLES = YEAR / INTERVAL
HOST_LOG_BYTES = LOG_BYTES / HOSTS
SERVICE_LOG_BYTES = LOG_BYTES / SERVICES
GIGABYTE = 1e9


class TestObservability(BankChecks):
    slug = "observability"

    stated: ClassVar[tuple[tuple[str, float], ...]] = (
        (r"Ten million series over one hour are ([\d.]+) billion", SERIES * HOUR / INTERVAL / 1e9),
        (r"2\.4 billion samples, ([\d.]+) gigabytes", SERIES * HOUR / INTERVAL * SAMPLE_BYTES / 1e9),
        (r"fifteen seconds is ([\d,]+) samples a second", SAMPLES),
        (r"samples a second, (\d+) from each host", SAMPLES / HOSTS),
        (r"half a million a second, (\d+) from each host", LINES / HOSTS),
        (r"twenty to a trace, so ([\d,]+) requests", REQUESTS),
        (r"times half a million is ([\d,]+) lines", LINES * 3),
        (r"five times 500 is ([\d,]+) queries", QUERIES * 5),
        (r"samples at two bytes is (\d+) gigabytes a day", METRIC_DAY / 1e9),
        (r"gigabytes a day, (\d+) terabytes a year, before copies", METRIC_DAY * 365.25 / 1e12),
        (r"for fifteen days is (\d+(?:\.\d+)?) terabytes", METRIC_DAY * RAW_DAYS / 1e12),
        (r"(\d+) points a day for each series", ROLLUP_POINTS),
        (r"for (\d+) points a day are", ROLLUP_POINTS),
        (r"(?:is|are) (\d+(?:\.\d+)?) gigabytes a day(?: and|, a quarter)", ROLLUP_DAY / 1e9),
        (r"gigabytes a day and (\d+(?:\.\d+)?) terabytes in 396 days", ROLLUP_DAY * ROLLUP_DAYS / 1e12),
        (r"for 396 days are (\d+(?:\.\d+)?) terabytes", ROLLUP_DAY * ROLLUP_DAYS / 1e12),
        (r"question, at (\d+(?:\.\d+)?) terabytes for thirteen months", ROLLUP_DAY * ROLLUP_DAYS / 1e12),
        (r"raw for a year would be (\d+)", METRIC_DAY * 365.25 / 1e12),
        (r"(\d+) megabytes a second is 13 terabytes a day", LOG_BYTES / 1e6),
        (r"megabytes a second is (\d+) terabytes a day", LOG_BYTES * DAY / 1e12),
        (r"terabytes a day, (\d+)(?: terabytes)? in thirty days", LOG_MONTH / 1e12),
        (r"in thirty days, (\d+) compressed", LOG_MONTH / COMPRESSION / 1e12),
        (r"makes 389 terabytes into (\d+)", LOG_MONTH / COMPRESSION / 1e12),
        (r"13 terabytes a day is (\d+(?:\.\d+)?) petabytes", LOG_BYTES * YEAR / 1e15),
        (r"is about ([\d,]+) traces a second", KEPT),
        (r"99,000 others is ([\d,]+) traces a second", KEPT),
        (r"All of ([\d,]+) failed requests a second", REQUESTS * FAILED_SHARE),
        (r"traces a second, (\d+) megabytes a second", KEPT_BYTES / 1e6),
        (r"20 megabytes a second, (\d+(?:\.\d+)?) terabytes a day", KEPT_BYTES * DAY / 1e12),
        (r"20 megabytes a second, (\d+) terabytes in seven days", KEPT_WEEK / 1e12),
        (r"Unsampled it is (\d+) terabytes", SPAN_RATE * DAY * TRACE_DAYS / 1e12),
        (r"lines at 300 bytes is (\d+) megabytes", LOG_BYTES / 1e6),
        (r"megabytes a second, (\d+) in an incident", LOG_BYTES * 3 / 1e6),
        (r"spans at 500 bytes is (\d) gigabyte a second", SPAN_RATE / GIGABYTE),
        (r"1 gigabyte a second, (\d+) terabytes a day unsampled", SPAN_RATE * DAY / 1e12),
        (r"Storing all is (\d+) terabytes a day", SPAN_RATE * DAY / 1e12),
        (r"at two bytes is (\d+(?:\.\d+)?) megabytes a second", SAMPLES * SAMPLE_BYTES / 1e6),
        (r"a second, (\d+(?:\.\d+)?) megabytes a second at two bytes", SAMPLES * SAMPLE_BYTES / 1e6),
        (r"sixteen bytes each on the wire is (\d+(?:\.\d+)?)", SAMPLES * 16 / 1e6),
        (r"two hours is (\d+(?:\.\d+)?) gigabytes, without the index", SAMPLES * SAMPLE_BYTES * 2 * HOUR / 1e9),
        (r"held for thirty seconds is (\d+) gigabytes", SPAN_RATE * WAIT / GIGABYTE),
        (r"waiting holds (\d+) gigabytes", SPAN_RATE * WAIT / GIGABYTE),
        (r"gigabytes, (\d) on each of ten collectors", SPAN_RATE * WAIT / COLLECTORS / GIGABYTE),
        (r"fifteen days, (\d+(?:\.\d+)?) million seconds", RAW_DAYS * DAY / 1e6),
        (r"396 days, (\d+) million seconds", ROLLUP_DAYS * DAY / 1e6),
        (r"thirty days, (\d+(?:\.\d+)?) million seconds", LOG_DAYS * DAY / 1e6),
        (r"seven days, (\d+) thousand seconds", TRACE_DAYS * DAY / 1e3),
        (r"every fifteen seconds is ([\d,]+) evaluations", RULES / INTERVAL),
        (r"Series, not bytes: (\d+(?:\.\d+)?) million samples", SAMPLES * 10 / 1e6),
        (r"is still only (\d+) megabytes a second", SAMPLES * 10 * SAMPLE_BYTES / 1e6),
        (r"million lines at 300 bytes is (\d+(?:\.\d+)?) gigabytes", LOG_BYTES * 10 / 1e9),
        (r"ten times the volume means (\d+(?:\.\d+)?) gigabytes", LOG_BYTES * 10 / 1e9),
        (r"where (\d+) megabytes was planned", LOG_BYTES * 3 / 1e6),
        (r"An agent's gigabyte lasts ([\d,]+) seconds", GIGABYTE / (HOST_LOG_BYTES * 10)),
        (r"seconds at (\d+) kilobytes a second, so the hour", HOST_LOG_BYTES * 10 / 1e3),
        (r"twenty million spans at 500 bytes is (\d+) gigabytes", SPAN_RATE * 10 / GIGABYTE),
        (r"thirty seconds of waiting is (\d+) gigabytes", SPAN_RATE * 10 * WAIT / GIGABYTE),
        (r"about (\d+) gigabits a second over the network", SPAN_RATE * 10 * 8 / GIGABYTE),
        (r"wait to ten seconds for (\d+) gigabytes", SPAN_RATE * 10 * 10 / GIGABYTE),
        (r"every ten seconds is ([\d,]+) queries a second against", 3000 * 20 / 10),
        (r"store from 10 to (\d+) million series", (SERIES + CUSTOMERS) / 1e6),
        (r"replaced every day is (\d+(?:\.\d+)?) million new series", SERIES / 3 / 1e6),
        (r"a day, (\d+) million distinct in thirty days", SERIES / 3 * LOG_DAYS / 1e6),
        (r"99\.95 percent is (\d+) minutes a month", 0.0005 * 30 * 1440),
        (r"about (\d+) minutes down a month", 0.0005 * 30 * 1440),
        (r"ten to group: (\d+) of the 60", INTERVAL + 5 + INTERVAL + 10),
        (r"10 to group is (\d+)\.", INTERVAL + 5 + INTERVAL + 10),
        (r"logs (\d+) kilobytes a second on average", SERVICE_LOG_BYTES / 1e3),
        (r"on average, (\d+) megabytes an hour", SERVICE_LOG_BYTES * HOUR / 1e6),
        (r"about (\d+) megabytes(?: on average| is easy| to scan)", SERVICE_LOG_BYTES * HOUR / 1e6),
        (r"A year of one series is (\d+(?:\.\d+)?) million raw", YEAR_OF_SAMPLES / 1e6),
        (r"(?:samples or|that to) ([\d,]+) (?:rollup points|points a series)", YEAR / ROLLUP),
        (r"(?:series raw|thousand of them) are (\d+(?:\.\d+)?) billion", YEAR_OF_SAMPLES * 1000 / 1e9),
        (r"2\.1 billion, about (\d) gigabytes at two bytes", YEAR_OF_SAMPLES * 1000 * SAMPLE_BYTES / 1e9),
        (r"of logs a second is (\d+) megabytes an hour", HOST_LOG_BYTES * HOUR / 1e6),
        (r"in a broker, or (\d+) megabytes on each host", HOST_LOG_BYTES * HOUR / 1e6),
        (r"(?:for an hour is|bridge an hour:) (\d+) gigabytes", LOG_BYTES * HOUR / 1e9),
        (r"of traces is (\d+) in a single copy", HOT_COPY / 1e12),
        (r"two copies of the logs alone are (\d+)", LOG_MONTH / COMPRESSION * 2 / 1e12),
        (r"The work is (\d+) fetches a second", HOSTS / INTERVAL),
        (r"Ten thousand hosts are (\d+) fetches a second", HOSTS / INTERVAL),
        (r"average to about (\d+) milliseconds", (9 * 10 + 2000) / 10),
        (r"would make (\d+) terabytes a year where two make 42", SAMPLES * 16 * YEAR / 1e12),
        (r"100,000 of them are (\d+) megabytes", 100_000 * 100 / 1e6),
    )

    sheet: ClassVar[dict[str, float]] = {
        "samples": SAMPLES,
        "log lines": LINES,
        "spans": SPANS,
        "queries": QUERIES,
        "log lines at peak": LINES * 3,
        "queries in an incident": QUERIES * 5,
        "log compression": COMPRESSION,
        "one sample": SAMPLE_BYTES,
        "one log line": LINE_BYTES,
        "one span": SPAN_BYTES,
        "metrics raw, one year": METRIC_DAY * 365.25,
        "metrics raw, fifteen days": METRIC_DAY * RAW_DAYS,
        "rollups, thirteen months": ROLLUP_DAY * ROLLUP_DAYS,
        "logs raw, thirty days": LOG_MONTH,
        "logs compressed, thirty days": LOG_MONTH / COMPRESSION,
        "logs raw, one year": LOG_BYTES * YEAR,
        "kept traces, seven days": KEPT_WEEK,
        "logs": LOG_BYTES,
        "a day of samples in memory": METRIC_DAY,
        "tail sampling buffer": SPAN_RATE * WAIT,
        "fault to page": 60,
        "recent query": 2,
        "raw metrics": RAW_DAYS * DAY,
        "rollups": ROLLUP_DAYS * DAY,
        "logs kept": LOG_DAYS * DAY,
        "traces": TRACE_DAYS * DAY,
        "copies of recent samples": 2,
        "active series": SERIES,
        "rule evaluations": RULES / INTERVAL,
        "spans in bytes": SPAN_RATE,
        "samples in bytes": SAMPLES * SAMPLE_BYTES,
    }

    asked: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Are we collecting just metrics or also logs and traces?", "signals"),
        ("How many hosts are we talking about?", "hosts"),
        ("Roughly how many time series in total?", "series"),
        ("What's the scrape interval?", "interval"),
        ("How many log lines per second do we see?", "log-rate"),
        ("How large is an average log line?", "log-size"),
        ("Are logs structured or free text?", "log-format"),
        ("Do engineers need full text search over the logs?", "log-queries"),
        ("How many spans per second before sampling?", "spans"),
        ("Is it okay to sample the traces?", "failed-traces"),
        ("What does peak traffic look like during an incident?", "peak"),
        ("How many queries per second hit the dashboards?", "queries"),
        ("How many engineers will be using the platform?", "users"),
        ("What's the latency requirement for queries?", "query-latency"),
        ("How soon after a failure must an alert fire?", "alert-delay"),
        ("How many alerting rules do we have?", "rules"),
        ("Do we need to build the on-call paging too?", "paging"),
        ("How long are metrics retained?", "metric-retention"),
        ("What's the retention for logs?", "log-retention"),
        ("For how many days do we keep the traces?", "trace-retention"),
        ("Should we break metrics down per customer?", "customers"),
        ("Is there any limit on label cardinality?", "label-limits"),
        ("Do we need p99 across the whole fleet?", "percentiles"),
        ("Is losing some telemetry acceptable?", "loss"),
        ("What availability are we targeting?", "availability"),
        ("Who monitors the monitoring system?", "self-watch"),
        ("Is this multi-region?", "regions"),
        ("Is this a multi-tenant system with isolation between teams?", "teams"),
        ("What happens if a team goes over its quota?", "over-budget"),
        ("Could logs contain PII we have to redact?", "privacy"),
        ("Do we need access control on the data?", "access"),
        ("What's our budget for storage?", "disk-budget"),
        ("Can we install an agent on every host?", "agents"),
        ("Are services instrumented with OpenTelemetry already?", "instrumentation"),
        ("Can data arrive late or out of order?", "late-data"),
        ("Should one be able to jump from a metric to a trace?", "correlation"),
        ("How fresh does the data need to be?", "freshness"),
        ("What's out of scope here?", "not-now"),
        ("What granularity do we need for metrics?", "interval"),
        ("For how long is data retained overall?", "retention"),
        ("Should the system tolerate a region failure?", "regions"),
        ("Do we need to support custom metrics?", "custom-metrics"),
        ("Should I support push or pull?", "push-or-pull"),
        ("Is it okay to drop some data during spikes?", "loss"),
        ("How do we handle ephemeral jobs?", "short-jobs"),
        ("How many alerts per day?", "rules"),
        ("Could the same alert be sent two times?", "duplicates"),
        ("How many engineers are on the team building this?", "operators"),
        ("Would eventual consistency be fine for charts?", "consistency"),
    )

    naive: ClassVar[tuple[str, ...]] = (
        "We use Prometheus for metrics and label by user ID so that support can see each customer.",
        "We use Elasticsearch for logs and keep everything hot.",
        "For traces I'd use head sampling at one percent.",
        "Each host reports its p99 and we take the average of the p99s.",
        "The rule evaluator runs in the same cluster as production and we evaluate every five minutes.",
        "The dashboards read from the metric store.",
    )
    defects: ClassVar[frozenset[str]] = frozenset(
        {
            "label-per-user",
            "coin-toss-at-the-root",
            "alerts-in-the-fire",
            "mean-of-percentiles",
            "five-minute-rules",
            "all-on-fast-disk",
            "nowhere-to-wait",
            "one-team-floods",
            "cards-in-the-logs",
            "silence-sounds-healthy",
            "a-year-of-raw",
            "nobody-limits-queries",
            "two-thousand-pages",
            "dead-hosts-are-quiet",
        }
    )
    sound: ClassVar[tuple[str, ...]] = (
        "We run an agent on every host, scrape the targets there and buffer to local disk.",
        "We redact at the agent, before a line leaves the host.",
        "A quota gateway enforces per-team quotas in front of everything.",
        "We use Prometheus for metrics, with histograms and exemplars.",
        "We use ClickHouse for logs, with the last day on SSD and the rest in object storage.",
        "We use tail sampling, and we route by trace ID to the collectors.",
        "We keep five-minute rollups for the thirteen months.",
        "We run two rule evaluators in each region in a separate failure domain, with a dead man's switch outside.",
        "When it floods we drop debug logs first.",
        "We have an absence rule for every service, and the alert manager groups what fires.",
        "The query frontend has query limits for each team.",
    )

    def test_the_sheet_is_silent_on_what_it_does_not_hold(self) -> None:
        for question in ("What colour is the logo?", "Do we need to support blockchain?"):
            assert not best_matches(question, self.problem.facts), question

    @pytest.mark.parametrize(
        ("repair", "cured"),
        [
            ("We use tail sampling and hash by trace ID.", "coin-toss-at-the-root"),
            ("We use histograms and sum the buckets.", "mean-of-percentiles"),
            ("We have a separate failure domain for alerting.", "alerts-in-the-fire"),
            ("We put old data to object storage.", "all-on-fast-disk"),
            ("We use a disk buffer on each host.", "nowhere-to-wait"),
            ("We have a quota per team at the gateway.", "one-team-floods"),
            ("We mask card numbers on the host.", "cards-in-the-logs"),
            ("We have a watchdog alert to an outside service.", "silence-sounds-healthy"),
            ("We use recording rules for the long charts.", "a-year-of-raw"),
            ("The query frontend has a query limit.", "nobody-limits-queries"),
            ("We have an Alertmanager to group the alerts.", "two-thousand-pages"),
            ("We page when a service stops reporting.", "dead-hosts-are-quiet"),
        ],
    )
    def test_a_repair_takes_its_defect_away(self, repair: str, cured: str) -> None:
        assert cured in firing(self.lexicon, *self.naive)
        assert cured not in firing(self.lexicon, *self.naive, repair)

    @pytest.mark.parametrize(
        "warning",
        [
            "We avoid user ID as a label, since every customer would be a series.",
            "A user ID label would give us twenty million series.",
            "Alerting must not run on the same cluster as production.",
            "We keep all failed requests and sample one percent of the rest.",
            "Instead of averaging the p99s we use histograms.",
            "We can't keep everything hot, so old data to object storage.",
        ],
    )
    def test_a_warning_is_not_a_choice(self, warning: str) -> None:
        chosen = {"label-per-user", "alerts-in-the-fire", "coin-toss-at-the-root", "mean-of-percentiles"}
        assert not firing(self.lexicon, warning) & {*chosen, "all-on-fast-disk"}

    def test_a_round_in_a_practitioner_s_words_is_spared_too(self) -> None:
        fired = firing(
            self.lexicon,
            "We'd have an OpenTelemetry collector as a daemonset on each node which scrapes the pods.",
            "It sends everything over OTLP into Kafka, partitioned by tenant.",
            "We write metrics into Mimir, logs into Loki and traces into Tempo, and all three keep their blocks in S3.",
            "I want tail sampling, and a first tier hashes the trace ID so that one collector sees the whole trace.",
            "The ruler runs in each region in two replicas and sends to an Alertmanager cluster.",
            "I'd limit series per tenant and reject new ones above that.",
            "Latency is stored as histograms, and the compactor downsamples to five minutes.",
            "We have a watchdog alert which goes to an external heartbeat service.",
            "We mask emails and card numbers in the collector.",
            "We have absence alerts for every service.",
        )
        assert not of_type(self.problem, fired, ChallengeType.VALID)

    def test_spans_over_otlp_are_not_pushed_metrics(self) -> None:
        said = "We take spans over OTLP."
        assert "pull-rather-than-push" not in firing(self.lexicon, said)

    def test_central_rules_and_torn_traces_are_met_too(self) -> None:
        said = ("We use tail sampling behind a round robin balancer.", "We have central alerting in one region.")
        assert {"torn-traces", "alerting-far-away"} <= firing(self.lexicon, *said)
