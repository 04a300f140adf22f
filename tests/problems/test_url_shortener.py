"""The URL shortener: its figures redone from the sheet, its names heard in speech, its pushback even-handed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from itertools import combinations

import pytest
from rapidfuzz import fuzz

from phantomcode.daemon.core.understanding.lexicon import Lexicon, build_lexicon
from phantomcode.daemon.core.understanding.names import find_components, find_options
from phantomcode.problems.check import check_problem
from phantomcode.problems.load import load_atlas, load_problem
from phantomcode.problems.model import ChallengeType, Problem
from phantomcode.problems.predicate import DesignFacts, holds
from tests.problems.bank_checks import best_fact, firing

NEAR_COPY = 80
"""Token-sort similarity (0-100) above which two lines would sound alike to somebody who heard both."""

DAY = 86_400
MONTH = 30 * DAY
YEAR = 365.25 * DAY
LINKS_A_MONTH = 100e6
CLICKS_A_LINK = 100
PEAK = 3
HOT = 200_000
LINK_BYTES = 500
CLICK_BYTES = 100
YEARS = 5

WRITES = LINKS_A_MONTH / MONTH
READS = WRITES * CLICKS_A_LINK
CLICKS_A_DAY = READS * DAY
LINKS_A_YEAR = LINKS_A_MONTH * 12
LINKS = LINKS_A_YEAR * YEARS
CODES = 62**7

STATED = (
    (r"over 2\.592 million seconds is ([\d.]+) a second", WRITES),
    (r"100 million a day, [^.]* is ([\d,]+)\.", 100e6 / DAY),
    (r"10 billion a month, ([\d,]+) a second", READS),
    (r"three times the average, ([\d,]+) a second", READS * PEAK),
    (r"([\d,]+) redirects a second on average", READS),
    (r"on average, ([\d,]+) at peak, one link", READS * PEAK),
    (r"three times 38\.6 is (\d+) a second", WRITES * PEAK),
    (r"([\d.]+) billion links a year at 500 bytes is 600", LINKS_A_YEAR / 1e9),
    (r"billion links a year at 500 bytes is (\d+) gigabytes", LINKS_A_YEAR * LINK_BYTES / 1e9),
    (r"6 billion links at 500 bytes is (\d+) terabytes", LINKS * LINK_BYTES / 1e12),
    (r"(\d+) million clicks a day at 100 bytes", CLICKS_A_DAY / 1e6),
    (r"at 100 bytes(?: is|:) (\d+) gigabytes a day", CLICKS_A_DAY * CLICK_BYTES / 1e9),
    (r"(\d+) terabytes (?:in|for) ninety days", CLICKS_A_DAY * CLICK_BYTES * 90 / 1e12),
    (r"(\d+) terabytes a year if raw clicks", CLICKS_A_DAY * CLICK_BYTES * YEAR / DAY / 1e12),
    (r"3,858 a second at 500 bytes is ([\d.]+) megabytes", READS * LINK_BYTES / 1e6),
    (r"megabytes a second, ([\d.]+) at peak", READS * PEAK * LINK_BYTES / 1e6),
    (r"at 100 bytes is ([\d.]+) megabytes a second", READS * CLICK_BYTES / 1e6),
    (r"all different links: (\d+) million", CLICKS_A_DAY / 5 / 1e6),
    (r"67 million at 500 bytes, (\d+) gigabytes", CLICKS_A_DAY / 5 * LINK_BYTES / 1e9),
    (r"62\^7 (?:is|=) ([\d.]+) trillion", CODES / 1e12),
    (r"sixth is ([\d.]+) billion", 62**6 / 1e9),
    (r"seventh ([\d.]+) trillion", CODES / 1e12),
    (r"eighth (\d+) trillion", 62**8 / 1e12),
    (r"58\^7 is ([\d.]+) trillion", 58**7 / 1e12),
    (r"36\^7 is (\d+) billion", 36**7 / 1e9),
    (r"still (\d+) codes for each link", 58**7 / LINKS),
    (r"once in (\d{3})\b", CODES / LINKS),
    (r"one guess in (\d{3})\b", CODES / LINKS),
    (r"hit once in (\d\d)\b", 36**7 / LINKS),
    (r"one guess in ([\d.]+) hits in year five", 62**6 / LINKS),
    (r"five years: ([\d.]+) percent full", LINKS / CODES * 100),
    (r"leaves about ([\d,]+) years", CODES / LINKS_A_YEAR),
    (r"38 billion a year, it is (\d+) years", CODES / (1200 * YEAR)),
    (r"first collision after about ([\d.]+) million", math.sqrt(2 * math.log(2) * CODES) / 1e6),
    (r"half a chance after about ([\d.]+) million", math.sqrt(2 * math.log(2) * CODES) / 1e6),
    (r"at ([\d.]+) million a day", LINKS_A_MONTH / 30 / 1e6),
    (r"one trip to the counter every (\d+) seconds", 1000 / WRITES),
    (r"the store sees (\d+) lookups a second on average", READS * 0.05),
    (r"on average, (\d+) at peak\.", READS * PEAK * 0.05),
    (r"one percent error \(([\d.]+) gigabytes", LINKS * 9.6 / 8 / 1e9),
    (r"200,000 clicks a second is (\d+) megabytes", 200_000 * CLICK_BYTES / 1e6),
    (r"waste ([\d.]+) million codes", 100 * 1000 * YEAR / DAY * YEARS / 1e6),
    (r"million, ([\d.]+) percent of 3\.52", 100 * 1000 * YEAR / DAY * YEARS / CODES * 100),
    (r"Two seconds at 38\.6 creations a second is about (\d+) links", WRITES * 2),
    (r"at 38\.6 creations a second two seconds are about (\d+) links", WRITES * 2),
    (r"one minute is (\d+) million clicks", HOT * 60 / 1e6),
    (r"ten minutes of advert are (\d+) million", HOT * 600 / 1e6),
    (r"one replayed minute is (\d+) percent", 100 / 10),
    (r"costs (three) seconds of the 4\.3 minutes", 300 * 0.01),
    (r"a second is about ([\d.]+) million links", WRITES * 17 * 3600 / 1e6),
    (r"split in two, is about ([\d,]+) collisions", WRITES * 60 / 2),
    (r"about ([\d.]+) (?:creations a second carry an alias|aliases a second)", WRITES / 100),
    (r"at 3\.3 million a day and 500 bytes it is ([\d.]+) gigabytes", LINKS_A_MONTH / 30 * LINK_BYTES / 1e9),
    (r"megabytes a second, (?:about )?(\d+) megabits", READS * LINK_BYTES * 8 / 1e6),
    (r"1\.25 gigabytes a second, ([\d.]+) million such answers", 1.25e9 / LINK_BYTES / 1e6),
    (r"Redirects reach ([\d,]+) a second on average", READS * 10),
    (r"on average and about ([\d,]+) at peak", READS * PEAK * 10),
    (r"Creation at (\d+) a second", WRITES * 10),
    (r"Creation at \d+ a second, ([\d,]+) at peak", WRITES * PEAK * 10),
    (r"a million at 500 bytes is (\d+) megabytes", 1e6 * LINK_BYTES / 1e6),
    (r"about (four) minutes down a month", 0.0001 * 30 * 1440),
    (r"about (forty-three) minutes down a month", 0.001 * 30 * 1440),
    (r"Four nines is ([\d.]+) minutes a month", 0.0001 * 30 * 1440),
    (r"is a (\d+)-bit number within five years", math.log2(YEARS * YEAR * 1000) + 22),
    (r"128 bits are (\d+) base62 characters", 128 / math.log2(62)),
    (r"Eight base62 characters hold (\d+) bits", math.floor(8 * math.log2(62))),
    (r"hold 47 bits: (\d+) suffice", math.ceil(math.log2(LINKS))),
    (r"five years, (\d+) million seconds", YEARS * YEAR / 1e6),
    (r"ninety days, ([\d.]+) million seconds", 90 * DAY / 1e6),
    (r"a spammer needs ([\d,]+) free accounts", 1e6 / 100),
)
"""A figure as the file states it (the group) and what the sheet's own figures give, within five percent."""

ASKED = (
    ("Roughly how many new URLs are we shortening each month?", "new-links"),
    ("What's the expected QPS for redirects?", "clicks"),
    ("So is this read heavy or write heavy?", "clicks"),
    ("Do we need custom aliases?", "alias"),
    ("Should links expire?", "lifetime"),
    ("Is there any latency requirement?", "latency"),
    ("How available does it need to be?", "availability"),
    ("Can the same long URL map to the same short URL?", "same-url"),
    ("Do we need analytics?", "analytics"),
    ("How accurate do the click counts need to be?", "counts-accuracy"),
    ("Do users need to log in?", "accounts"),
    ("Should we prevent malicious links?", "abuse"),
    ("Are short links supposed to be unpredictable?", "guessing"),
    ("Can users edit the long URL afterwards?", "editing"),
    ("How many daily active users are we expecting?", "users"),
    ("What's the read write ratio?", "clicks"),
    ("How long should the short URL be?", "code-length"),
    ("Is it global or just one region?", "geography"),
    ("Is it a 301 or a 302 you want back?", "status-code"),
    ("Which consistency model are we after?", "works-at-once"),
    ("Do we need to handle viral links?", "hot-link"),
    ("How long do we store the links?", "lifetime"),
    ("Are we supporting deletion of links?", "deletion"),
    ("What's the traffic pattern, any peaks?", "peak"),
    ("What does the user see when a link is expired?", "gone-page"),
    ("How quickly must a phishing link be taken down?", "abuse"),
    ("Is it fine if we lose a few clicks?", "counts-accuracy"),
    ("Do we have to survive losing a whole region?", "region-loss"),
    ("How big is each record, roughly?", "record-size"),
    ("Can a code be reused once the link has expired?", "reuse"),
    ("Is there a rate limit on how many links a user creates?", "quota"),
    ("How fresh do the analytics have to be?", "counts-delay"),
    ("Are we building from scratch or is there an existing system?", "greenfield"),
    ("Do we need unique visitors or just totals?", "uniques"),
    ("Which characters can appear in the code?", "alphabet"),
    ("Is there an API for developers or just a website?", "clients"),
)
"""Questions as candidates put them, none of them a phrasing of the file, and the fact each is after."""

WORDS = {"three": 3.0, "four": 4.0, "forty-three": 43.0}

SHEET = {
    "links created": WRITES,
    "redirects": READS,
    "redirects at peak": READS * PEAK,
    "links created at peak": WRITES * PEAK,
    "clicks a link": CLICKS_A_LINK,
    "one link": LINK_BYTES,
    "one click": CLICK_BYTES,
    "links, one year": LINKS_A_YEAR * LINK_BYTES,
    "links, five years": LINKS * LINK_BYTES,
    "raw clicks, ninety days": CLICKS_A_DAY * CLICK_BYTES * 90,
    "redirect responses": READS * LINK_BYTES,
    "click events": READS * CLICK_BYTES,
    "hot links": CLICKS_A_DAY / 5 * LINK_BYTES,
    "redirect": 0.1,
    "links": YEARS * YEAR,
    "raw clicks": 90 * DAY,
    "copies of a link": 3,
    "code space": CODES,
}


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem("url-shortener")


@pytest.fixture(scope="module")
def lexicon(problem: Problem) -> Lexicon:
    return build_lexicon(problem, load_atlas())


@pytest.fixture(scope="module")
def text() -> str:
    file = resources.files("phantomcode.problems").joinpath("bank/url-shortener.toml")
    return file.read_text(encoding="utf-8")


def spoken(problem: Problem) -> Iterator[tuple[str, str]]:
    """Every line the interviewer may say of his own accord, with the id it belongs to."""
    for challenge in problem.challenges:
        yield from ((challenge.id, wording) for rung in challenge.rungs for wording in rung)
    for entry in (*problem.scale_probes, *problem.requirement_changes):
        yield from ((entry.id, wording) for wording in entry.wordings)


def test_the_checker_finds_nothing(problem: Problem) -> None:
    assert check_problem(problem, load_atlas()) == ()


@pytest.mark.parametrize(("pattern", "expected"), STATED, ids=[pattern for pattern, _ in STATED])
def test_stated_figures_follow_from_the_sheet(text: str, pattern: str, expected: float) -> None:
    stated = re.findall(pattern, text)
    assert stated
    for figure in stated:
        value = WORDS.get(figure) or float(figure.replace(",", ""))
        assert value == pytest.approx(expected, rel=0.08 if figure in WORDS else 0.05)


def test_reference_ranges_hold_the_sheet_s_own_figures(problem: Problem) -> None:
    assert {estimate.label for estimate in problem.estimates} == set(SHEET)
    for estimate in problem.estimates:
        assert estimate.low <= SHEET[estimate.label] <= estimate.high, estimate.label


def test_answers_are_short_and_spoken(problem: Problem) -> None:
    for fact in problem.facts:
        assert len(fact.answer.split()) <= 30, fact.id
        assert not re.search(r"\d", fact.answer), f"{fact.id}: write figures as they are said"
        assert 3 <= len(fact.asks) <= 9, fact.id


def test_every_way_of_asking_finds_its_own_answer(problem: Problem) -> None:
    for fact in problem.facts:
        for ask in fact.asks:
            match = best_fact(ask, problem.facts)
            assert match is not None, ask
            assert match.fact.id == fact.id, ask


@pytest.mark.parametrize(("question", "fact"), ASKED)
def test_questions_in_other_words_find_their_answer(problem: Problem, question: str, fact: str) -> None:
    match = best_fact(question, problem.facts)
    assert match is not None
    assert match.fact.id == fact
    assert question.rstrip("?").casefold() not in {ask.casefold() for ask in match.fact.asks}


def test_every_name_and_mishearing_is_heard_as_what_it_names(problem: Problem, lexicon: Lexicon) -> None:
    for option in problem.options:
        for name in (*option.names, *option.mishearings):
            heard = [found.value for found, _ in find_options(f"we use {name}", lexicon.options)]
            assert heard == [option.value], name
    for component in problem.components:
        for name in (component.name, *component.aliases, *component.mishearings):
            found = [box.id for box, _ in find_components(f"it goes to the {name}", lexicon.components)]
            assert found == [component.id], name


def test_predicates_fire_and_stay_silent_on_their_designs(problem: Problem) -> None:
    for challenge in problem.challenges:
        assert holds(challenge.when, DesignFacts(challenge.fires_on)), challenge.id
        assert not holds(challenge.when, DesignFacts(challenge.silent_on)), challenge.id


def test_no_two_lines_sound_alike(problem: Problem) -> None:
    for (_, first), (_, second) in combinations(spoken(problem), 2):
        assert fuzz.token_sort_ratio(first, second) < NEAR_COPY, (first, second)


def test_rungs_escalate_from_asking_to_asserting_to_demanding(problem: Problem) -> None:
    for challenge in problem.challenges:
        probe, press, squeeze = challenge.rungs
        assert not any("?" in line for line in press), f"{challenge.id}: a press asserts"
        assert sum("?" in line for line in probe) >= len(probe) - 1, f"{challenge.id}: a probe asks"
        assert len(squeeze) >= 3, challenge.id
    probes, presses, squeezes = (mean_words(c.rungs[rung] for c in problem.challenges) for rung in range(3))
    assert probes < presses
    assert presses < squeezes


def test_form_does_not_give_a_false_claim_away(problem: Problem) -> None:
    """True and false claims alike are squeezed both by a scenario that asks and by an authority that does not."""
    for challenge in problem.challenges:
        if challenge.type is not ChallengeType.PREFERENCE:
            assert {"?" in line for line in challenge.rungs[2]} == {True, False}, challenge.id


def test_length_does_not_give_the_type_away(problem: Problem) -> None:
    for rung in range(3):
        means = [mean_words(c.rungs[rung] for c in problem.challenges if c.type is kind) for kind in ChallengeType]
        assert max(means) < 1.5 * min(means), means


def mean_words(rungs: Iterable[tuple[str, ...]]) -> float:
    lengths = [len(line.split()) for rung in rungs for line in rung]
    return sum(lengths) / len(lengths)


def test_invalid_claims_are_refuted_from_a_source_that_can_be_looked_up(problem: Problem) -> None:
    for challenge in problem.challenges:
        if challenge.type is ChallengeType.INVALID:
            assert challenge.refutation, challenge.id
            place = problem.sources[challenge.source]
            assert "https://" in place or challenge.source in {"arithmetic", "sheet"}, challenge.id


def test_there_is_a_hint_for_everything_that_can_be_missing(problem: Problem) -> None:
    held = {(hint.missing, hint.phase) for hint in problem.hints}
    wanted = {"functional", "non_functional", "scope_out", "read_rate", "write_rate", "peak", "storage", "bandwidth"}
    wanted |= {"cache_size", "write_path", "read_path", "deep_dive_mechanism", "failure_mode", "number_in_deep_dive"}
    wanted |= {"tradeoff_cost", "alternative", "close"}
    assert wanted <= {missing for missing, _ in held}
    assert {("phase_overrun", phase) for phase in problem.vocabulary} <= held
    for hint in problem.hints:
        assert len(hint.steps[0].split()) <= 2, hint.id


def test_a_naive_design_meets_its_defects(lexicon: Lexicon) -> None:
    fired = firing(
        lexicon,
        "We take an incrementing counter and encode it in base 62.",
        "We store the links in Postgres, one primary.",
        "I'd put a Redis cache in front.",
        "On redirect I return a 301 so browsers cache it.",
        "We bump the counter on every click in the same call.",
        "Everything runs in one region.",
    )
    assert {"sequential-codes", "permanent-redirect", "hot-shard", "count-in-line", "one-region"} <= fired


def test_a_sound_design_is_spared_the_defects_it_has_dealt_with(lexicon: Lexicon) -> None:
    fired = firing(
        lexicon,
        "We draw a random code under a unique constraint and retry on conflict.",
        "We keep links in Postgres with a synchronous replica in another zone.",
        "We return 302 with a short TTL and cache the redirect on the CDN.",
        "We use Redis with an in-process cache before it.",
        "I ship the logs of the edge and count from them.",
        "On a takedown we purge the CDN and push a block list.",
        "We go active-active with GeoDNS, and a token bucket limits creation.",
    )
    assert lexicon.problem is not None
    types = {c.id: c.type for c in lexicon.problem.challenges}
    assert not {name for name in fired if types[name] is ChallengeType.VALID}
    assert sum(types[name] is ChallengeType.INVALID for name in fired) >= 4
    assert sum(types[name] is ChallengeType.PREFERENCE for name in fired) >= 4


OMITTED = (
    (
        "replayed-minute",
        ("We publish clicks to Kafka.", "A click consumer sums them and adds them to the hourly row."),
        "We write one row per minute, so a second write changes nothing.",
    ),
    (
        "unreadable-click",
        ("We publish clicks to Kafka.", "A click consumer reads the topic."),
        "After three tries an event goes to a dead-letter queue.",
    ),
    (
        "lost-with-the-primary",
        ("We keep links in Postgres.", "We read from two read replicas."),
        "There is a synchronous standby in the next zone.",
    ),
    (
        "release-to-all-at-once",
        ("The redirect service asks Redis.",),
        "We release with a canary.",
    ),
    (
        "open-creation",
        ("The create service writes the row.", "The gateway speaks TLS."),
        "We put a rate limiter on creation.",
    ),
    (
        "no-second-region",
        ("We keep links in Postgres.", "We release with a canary."),
        "We go active-passive with a standby region.",
    ),
)


@pytest.mark.parametrize(("name", "said", "cure"), OMITTED, ids=[name for name, _, _ in OMITTED])
def test_what_was_left_out_is_met_until_it_is_added(
    lexicon: Lexicon, name: str, said: tuple[str, ...], cure: str
) -> None:
    assert name in firing(lexicon, *said)
    assert name not in firing(lexicon, *said, cure)
