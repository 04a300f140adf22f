"""Payments: its figures redone from the sheet, its names heard in speech, its pushback even-handed."""

from __future__ import annotations

import pytest

from tests.problems.bank_checks import BankChecks, firing

DAY = 86_400
YEAR_DAYS = 365.25
PAYMENTS_A_DAY = 30e6
PEAK = 5
READS_A_PAYMENT = 10
ENTRIES_A_PAYMENT = 6
CALLS_A_PAYMENT = 2
WEBHOOKS_A_PAYMENT = 3
PAYMENT_BYTES = 3000
KEY_BYTES = 1000
READ_BYTES = 1000
YEARS = 7
DOLLARS = 50
QUOTA = 4000
"""Processor calls a second that both processors allow together."""
HANG_SECONDS = 30
SALE = 1000
"""Payments a second that one merchant may bring."""

PAYMENTS = PAYMENTS_A_DAY / DAY
READS = PAYMENTS * READS_A_PAYMENT
ENTRIES = PAYMENTS * ENTRIES_A_PAYMENT
CALLS = PAYMENTS * CALLS_A_PAYMENT
CALLS_A_DAY = PAYMENTS_A_DAY * CALLS_A_PAYMENT
WEBHOOKS = PAYMENTS * WEBHOOKS_A_PAYMENT
UNKNOWN_A_DAY = CALLS_A_DAY / 1000
BYTES_A_DAY = PAYMENTS_A_DAY * PAYMENT_BYTES
BYTES_A_YEAR = BYTES_A_DAY * YEAR_DAYS
KEY_BYTES_A_DAY = CALLS_A_DAY * KEY_BYTES
CENTS_A_YEAR = PAYMENTS_A_DAY * DOLLARS * 100 * YEAR_DAYS

STATED = (
    (r"30 million a day over 86,400 seconds is ([\d,]+) a second", PAYMENTS),
    (r"30 million a day is ([\d,]+) a second", PAYMENTS),
    (r"assumption, (\d+) to 1,157", 10e6 / DAY),
    (r"assumption, 116 to ([\d,]+)\.", 100e6 / DAY),
    (r"five times (?:the )?average(?:,| is) ([\d,]+) a second", PAYMENTS * PEAK),
    (r"ten reads a payment, ([\d,]+) a second", READS),
    (r"3,472 a second, ([\d,]+) at peak\. Five to twenty", READS * PEAK),
    (r"347 times ten is about ([\d,]+) reads", READS),
    (r"([\d,]+) (?:rows )?a second, 10,417 at peak", ENTRIES),
    (r"2,083 (?:rows )?a second, ([\d,]+) at peak", ENTRIES * PEAK),
    (r"six entries (?:each )?is (?:about )?([\d,]+) rows", ENTRIES),
    (r"authorise and capture, (\d+) a second", CALLS),
    (r"(\d+) keyed calls a second", CALLS),
    (r"694 (?:keyed calls )?a second, ([\d,]+) at peak", CALLS * PEAK),
    (r"(\d+) million a day, 1,042", PAYMENTS_A_DAY * WEBHOOKS_A_PAYMENT / 1e6),
    (r"(\d+) million webhooks a day", PAYMENTS_A_DAY * WEBHOOKS_A_PAYMENT / 1e6),
    (r"([\d,]+) events a second (?:is|would)", WEBHOOKS),
    (r"webhooks a day, ([\d,]+) a second", WEBHOOKS),
    (r"1,042 a second, ([\d,]+) at peak", WEBHOOKS * PEAK),
    (r"3 kilobytes is (\d+) gigabytes a day", BYTES_A_DAY / 1e9),
    (r"90 gigabytes a day(?: is|,) (\d+) terabytes a year", BYTES_A_YEAR / 1e12),
    (r"33 terabytes a year is (\d+) terabytes in seven", BYTES_A_YEAR * YEARS / 1e12),
    (r"33 terabytes a year, (\d+) in seven", BYTES_A_YEAR * YEARS / 1e12),
    (r"33 terabytes a year becomes (\d+)\.", BYTES_A_YEAR * 3 / 1e12),
    (r"(\d+) million key(?:ed call)?s", CALLS_A_DAY / 1e6),
    (r"1 kilobyte(?: is|,) (\d+) gigabytes", KEY_BYTES_A_DAY / 1e9),
    (r"(?:seven years about|would be) (\d+) terabytes", KEY_BYTES_A_DAY * YEAR_DAYS * YEARS / 1e12),
    (r"347 a second at 3 kilobytes is ([\d.]+) megabytes", PAYMENTS * PAYMENT_BYTES / 1e6),
    (r"1\.04 megabytes a second, ([\d.]+) at peak", PAYMENTS * PEAK * PAYMENT_BYTES / 1e6),
    (r"about 1 kilobyte is ([\d.]+) megabytes a second", READS * READ_BYTES / 1e6),
    (r"seven years, (\d+) million seconds", YEARS * YEAR_DAYS * DAY / 1e6),
    (r"30-second limit it is ([\d,]+)", PAYMENTS * PEAK * HANG_SECONDS),
    (r"for one second each; ([\d,]+) when every call", PAYMENTS * PEAK * HANG_SECONDS),
    (r"Calls in flight: (\d+) a second", PAYMENTS * PEAK / 2),
    (r"waiting 30 seconds, is ([\d,]+) held calls", PAYMENTS * PEAK / 2 * HANG_SECONDS),
    (r"(?:give|calls a day,? is) ([\d,]+)(?:\.| unknown)", UNKNOWN_A_DAY),
    (r"60 million is ([\d,]+) a day", UNKNOWN_A_DAY),
    (r"unknown outcomes a day, ([\d.]+) a second", UNKNOWN_A_DAY / DAY),
    (r"at most (\d+) payments a day may take longer", UNKNOWN_A_DAY * 0.001),
    (r"quotas: ([\d,]+) calls a second on average", CALLS * 10),
    (r"against ([\d,]+) allowed", QUOTA),
    (r"The database at ([\d,]+) payments", PAYMENTS * 10),
    (r"payments and ([\d,]+) entries a second comes after", ENTRIES * 10),
    (r"two seconds of lag is (\d+) payments", PAYMENTS * 2),
    (r"694 payments on average, ([\d,]+) at peak", PAYMENTS * PEAK * 2),
    (r"one second is (\d+) payments", PAYMENTS),
    (r"one second is 347 payments, ([\d,]+) at peak", PAYMENTS * PEAK),
    (r"for 2 milliseconds allows (\d+) updates", 1 / 0.002),
    (r"for 5 milliseconds (\d+);", 1 / 0.005),
    (r"Sixteen sub-accounts turn 1,000 updates a second into (\d+) each", SALE / 16),
    (r"([\d.]+) billion dollars a day", PAYMENTS_A_DAY * DOLLARS / 1e9),
    (r"is ([\d.]+e13) cents a year", CENTS_A_YEAR),
    (r"cents lasts about ([\d,]+) years", 2**63 / CENTS_A_YEAR),
    (r"at 200 bytes a line is (\d+) gigabytes", PAYMENTS_A_DAY * 200 / 1e9),
    (r"(?:in four hours is|lines a day is) ([\d,]+) a second", PAYMENTS_A_DAY / (4 * 3600)),
    (r"One line in 10,000 open is ([\d,]+) cases", PAYMENTS_A_DAY / 10_000),
    (r"unreachable for an hour leaves ([\d,]+) events", WEBHOOKS / 5 * 3600),
    (r"1,000 events a second need ([\d,]+) open calls", 1000 * 10),
    (r"one event each is about ([\d,]+) events", PAYMENTS * 600),
    (r"([\d.]+) refunds a second", PAYMENTS * 0.02),
    (r"([\d.]+) minutes a month", 0.0001 * 30 * 1440),
    (r"rebuild times over (\d+) billion payments a year", PAYMENTS_A_DAY * YEAR_DAYS / 1e9),
    (r"by 200,000 shops is ([\d,]+) requests a second", 200_000 / 10),
    (r"fifty dollars a second is ([\d,]+) dollars", PAYMENTS * DOLLARS),
    (r"enough for ([\d,]+) authorisations at peak", PAYMENTS * PEAK),
    (r"A fifth of the events is (\d+) in each second", WEBHOOKS / 5),
    (r"one dead receiver takes ([\d,]+) senders", WEBHOOKS / 5 * 10),
    (r"Half of the peak, (\d+) calls in each second", PAYMENTS * PEAK / 2),
    (r"held for 30 seconds, is ([\d,]+) open calls", PAYMENTS * PEAK / 2 * HANG_SECONDS),
)

SHEET = {
    "payments": PAYMENTS,
    "payments at peak": PAYMENTS * PEAK,
    "status reads and lists": READS,
    "reads a payment": READS_A_PAYMENT,
    "ledger entries": ENTRIES,
    "processor calls": CALLS,
    "webhooks": WEBHOOKS,
    "one payment": PAYMENT_BYTES,
    "one idempotency key": KEY_BYTES,
    "payments, one day": BYTES_A_DAY,
    "payments, one year": BYTES_A_YEAR,
    "payments, seven years": BYTES_A_YEAR * YEARS,
    "idempotency keys, 24 hours": KEY_BYTES_A_DAY,
    "payment writes": PAYMENTS * PAYMENT_BYTES,
    "reads": READS * READ_BYTES,
    "our part of a payment": 0.3,
    "records": YEARS * YEAR_DAYS * DAY,
    "idempotency keys": DAY,
    "copies of a payment": 3,
    "processor calls in flight": PAYMENTS * PEAK,
    "unknown outcomes": UNKNOWN_A_DAY,
}

ASKED = (
    ("Roughly how many payments do we process per day?", "volume"),
    ("What TPS should I plan for?", "volume"),
    ("What does the peak look like?", "peak"),
    ("What's the read write ratio here?", "reads"),
    ("How many merchants are on the platform?", "merchants"),
    ("Is traffic skewed towards a few big sellers?", "skew"),
    ("Any latency requirement?", "latency"),
    ("What's the timeout on the processor call?", "processor-time"),
    ("Do we integrate with more than one payment provider?", "processors"),
    ("Is there a rate limit at the processor?", "quota"),
    ("Does the processor support idempotency keys?", "processor-reference"),
    ("What's our availability target?", "availability"),
    ("Is it okay to lose any data?", "durability"),
    ("Do we have to survive a region outage?", "regions"),
    ("Is a duplicate charge ever acceptable?", "duplicates"),
    ("Will clients retry on failure?", "retries"),
    ("How long can a payment be pending?", "unknown"),
    ("Do we need separate authorize and capture?", "capture"),
    ("Are partial captures allowed?", "partial-capture"),
    ("Can the merchant void a payment?", "void"),
    ("Should we support partial refunds?", "refunds"),
    ("What percentage of payments gets refunded?", "refund-rate"),
    ("Do we store credit card numbers ourselves?", "card-data"),
    ("Are we allowed to save the CVV?", "security-code"),
    ("Do customers have saved cards?", "saved-cards"),
    ("Do we need an immutable ledger for the auditors?", "ledger"),
    ("How many years do we retain the data?", "retention"),
    ("How large is a payment record?", "record-size"),
    ("Do the processors send us settlement files?", "reconciliation"),
    ("Should merchants get webhooks?", "webhooks"),
    ("Do webhook events need to be ordered?", "webhook-order"),
    ("Do we handle multiple currencies?", "currencies"),
    ("Which payment methods, just cards or also PayPal?", "methods"),
    ("Is fraud detection part of this?", "fraud"),
    ("Are payouts to merchants in scope?", "payouts"),
    ("Do we have to deal with chargebacks?", "chargebacks"),
    ("Are recurring subscriptions in scope?", "subscriptions"),
    ("Can the balance be eventually consistent?", "freshness"),
    ("Is there a rate limit per merchant?", "rate-limit"),
    ("How big is the engineering team?", "team"),
    ("Who keeps the transaction history and for how many years?", "retention"),
    ("Is strong consistency a must?", "freshness"),
    ("Do I need to worry about PCI compliance?", "card-data"),
    ("Are we the processor or do we sit in front of one?", "role"),
    ("Is the charge call synchronous for the merchant?", "waiting"),
    ("How do our merchants authenticate to us?", "merchant-auth"),
    ("Do I have to design a user interface?", "interface"),
    ("Can we lose any transactions?", "durability"),
    ("What happens when one processor is down?", "processors"),
    ("How many webhooks are we sending?", "webhooks"),
    ("Is this greenfield or is there an existing system?", "greenfield"),
)


class TestPayments(BankChecks):
    slug = "payments"
    stated = STATED
    sheet = SHEET
    asked = ASKED
    naive = (
        "We store the card details with the payment in Postgres.",
        "The payment service calls the payment processor, we have a single processor.",
        "On a timeout I treat a timeout as failure and the shop can try again.",
        "I keep a balance column on each merchant and increment the balance.",
        "For a refund we sum the refunds first and then insert.",
        "We commit and then publish to Kafka.",
        "There is an async replica in another zone.",
    )
    defects = frozenset(
        {
            "card-number-kept",
            "lone-processor",
            "timeout-is-failure",
            "balance-in-place",
            "refund-race",
            "dual-write",
            "acked-then-lost",
            "nothing-compares",
        }
    )
    sound = (
        "The merchant sends an idempotency key and we insert it under a unique constraint in Postgres.",
        "We keep a double-entry ledger in the same database with amounts in integer minor units.",
        "We authorize and capture through a processor adapter with the same reference on every retry.",
        "On a timeout we leave it pending and query the processor.",
        "We write a transactional outbox row and a webhook dispatcher sends it at least once through Kafka.",
        "We have a synchronous standby in another zone and we go active-passive to a second region.",
        "We use tokenization, and two processors with a circuit breaker.",
        "For a refund we take a row lock on the payment, and we put big sellers on sub-accounts.",
        "A reconciliation job matches the settlement files.",
        "Webhooks go through a queue per merchant.",
    )

    @pytest.mark.parametrize(
        ("omission", "said", "cure"),
        [
            ("two-at-once", "The service looks up the idempotency key first.", "We put a unique index on the key."),
            ("slow-endpoint", "We send a webhook.", "We limit the calls in flight per merchant."),
            ("hanging-processor", "We use two processors.", "We use a pool and a circuit breaker for each."),
            ("hanging-processor", "We use two processors.", "The router watches the error rate of both."),
            ("region-gone", "We store payments in Postgres.", "We have a standby in a second region."),
        ],
    )
    def test_what_was_left_unsaid_is_met_until_it_is_said(self, omission: str, said: str, cure: str) -> None:
        assert omission in firing(self.lexicon, said)
        assert omission not in firing(self.lexicon, said, cure)

    def test_a_breaker_for_processors_does_not_free_the_webhooks(self) -> None:
        assert "slow-endpoint" in firing(self.lexicon, "We send webhooks.", "Each processor has a circuit breaker.")
