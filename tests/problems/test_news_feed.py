"""The news feed: its figures redone from the sheet, its names heard in speech, its pushback even-handed."""

from __future__ import annotations

import re
from importlib import resources
from typing import ClassVar

import pytest

from phantomcode.daemon.core.transcript import Speaker, Utterance
from phantomcode.daemon.core.understanding.requirements import functional_in
from tests.problems.bank_checks import BankChecks, firing

DAY = 86_400
YEAR = 365.25 * DAY
DAILY, MONTHLY, ACCOUNTS = 200e6, 300e6, 500e6
FOLLOWERS = 200
PAGES_EACH, VISITS_EACH = 15, 5
PAGE_POSTS = 20
POST_BYTES = 1000
PEAK = 3
FINAL = 5
ENTRIES, ENTRY_BYTES = 500, 16
LARGE, LARGE_FOLLOWERS, LARGE_POSTS = 10_000, 500_000, 2
LARGEST = 100e6
PHOTO_SHARE, PHOTO_BYTES, FEED_PHOTO_BYTES = 1 / 5, 500e3, 100e3
LIKES_EACH = 10
CANDIDATES = 500
POSTGRES_TABLE = 32 * 2**40

POSTS = DAILY / DAY
PAGES = DAILY * PAGES_EACH / DAY
INSERTS = POSTS * FOLLOWERS
LARGE_INSERTS = LARGE * LARGE_FOLLOWERS * LARGE_POSTS / DAY
HYDRATED = PAGES * PAGE_POSTS
TEXT_A_DAY = DAILY * POST_BYTES
PHOTOS_A_DAY = DAILY * PHOTO_SHARE
PHOTOS_SHOWN = HYDRATED * PHOTO_SHARE
PHOTO_EGRESS = PHOTOS_SHOWN * FEED_PHOTO_BYTES
TIMELINE = ENTRIES * ENTRY_BYTES
ENTRIES_A_DAY = DAILY * FOLLOWERS / ACCOUNTS
EDGES = ACCOUNTS * FOLLOWERS
LISTS = LARGE * 100 * ENTRY_BYTES
RANKED = DAILY * VISITS_EACH / DAY
REGION_LISTS = DAILY / 3 * FOLLOWERS
BACKLOG = (INSERTS * FINAL - INSERTS * PEAK) * 120

CONSTANTS = (86_400, 100_000, 50_000, 10_000, 3_500, 5_500, 65_535, 1_024, 4_096)
"""Figures with a comma that are given or published, not worked out."""
DERIVED = (
    *(POSTS, POSTS * PEAK, POSTS * FINAL, POSTS * 5, PAGES, PAGES * PEAK, INSERTS, LARGE_INSERTS, HYDRATED, RANKED),
    *(DAILY * LIKES_EACH / DAY, PHOTOS_A_DAY * PEAK / DAY, PHOTOS_SHOWN, 5 * YEAR / DAY, 50 * 5 * YEAR / DAY),
)
TOLERANCE = 0.02

DEFECTS_IN_SPEECH = (
    ("pull-from-disk", "We build the feed on read.", "Posts and follows are in MySQL, sharded by author."),
    ("fan-out-in-the-request", "I use a push model.", "We fan out in the request and then return."),
    ("own-post-missing", "We go with hybrid fan-out.", "We put a message queue before the fan-out workers."),
    ("own-post-missing", "Pages are read from asynchronous replicas, we use async replication."),
    ("timelines-cannot-return", "I'd go with hybrid fan-out.", "We keep timelines in Redis."),
    ("delivered-twice", "We use SQS.", "Workers take a task, and for every follower we push onto a list in Redis."),
    ("chasing-deletes", "For deletion we remove it from every timeline."),
    ("confirmed-from-memory", "Posts go to Redis first, we use write-behind to the database."),
    ("photos-among-rows", "We use Postgres.", "We keep photos as blobs next to the text."),
)

OMITTED = (
    (
        "cup-final-backlog",
        ("I go with hybrid fan-out.", "We put Kafka before the workers."),
        "We push to active users only.",
    ),
    (
        "ranker-takes-the-page",
        ("The feed service calls the ranker.",),
        "After a hundred milliseconds we fall back to newest first.",
    ),
    (
        "stuck-delivery",
        ("We use Kafka.", "A fan-out worker reads the event."),
        "A task that fails three times goes to a dead-letter queue.",
    ),
    (
        "no-other-region",
        ("Posts are stored in Cassandra.", "We release with a canary."),
        "We keep a copy in all three regions.",
    ),
)

REQUIRED: tuple[tuple[str, set[str]], ...] = (
    ("So users can post, follow other users, and see a feed of posts.", {"post", "follow", "home-feed"}),
    ("People should be able to delete a post and block somebody.", {"delete-edit", "privacy"}),
    ("It is ranked, with likes under each post.", {"ranked", "like-counts"}),
    ("We take two thousand writes a second and read followers in chunks.", set()),
)


class TestNewsFeed(BankChecks):
    slug = "news-feed"
    stated = (
        (r"86,400 seconds (\d[\d,]*\d) a second", POSTS),
        (r"(\d[\d,]*\d) posts a second to 200 followers", POSTS),
        (r"(\d[\d,]*\d) writes a second(?: would fit| and 73)", POSTS),
        (r"to 200 followers (?:each )?is (\d[\d,]*\d) inserts", INSERTS),
        (r"three times 463,000 is (\d+(?:\.\d+)?) million", INSERTS * PEAK / 1e6),
        (r"inserts a second, (\d+(?:\.\d+)?) million at peak", INSERTS * PEAK / 1e6),
        (r"peak capacity of (\d+(?:\.\d+)?) million", INSERTS * PEAK / 1e6),
        (r"accounts would add (\d[\d,]*\d) if they were pushed", LARGE_INSERTS),
        (r"half a million followers would add (\d[\d,]*\d) a second", LARGE_INSERTS),
        (r"Saves (\d[\d,]*\d) inserts a second", LARGE_INSERTS),
        (
            r"(\d+) seconds(?: is|,| of the peak|, seven)[^.]*(?:largest|against ten|the ten allowed)",
            LARGEST / (INSERTS * PEAK),
        ),
        (r"takes the same (\d+) seconds as adding", LARGEST / (INSERTS * PEAK)),
        (r"over 1\.39 million inserts a second is (\d+) seconds", LARGEST / (INSERTS * PEAK)),
        (r"of 1\.39 million a second is (\d+) seconds", LARGEST / (INSERTS * PEAK)),
        (r"2 billion a day, (\d[\d,]*\d) a second", DAILY * LIKES_EACH / DAY),
        (r"3 billion a day, (\d[\d,]*\d) a second", PAGES),
        (r"(\d[\d,]*\d) pages a second on average", PAGES),
        (r"pages a second on average, (\d[\d,]*\d) at peak", PAGES * PEAK),
        (r"three times the average, (6,\d+) a second", POSTS * PEAK),
        (r"a cup final has (\d[\d,]*\d)", POSTS * FINAL),
        (r"need 2,315, and (\d[\d,]*\d) in a cup final", POSTS * FINAL),
        (r"three times the average, (104,\d+) a second", PAGES * PEAK),
        (r"pages of 20 posts is (\d[\d,]*\d) post lookups", HYDRATED),
        (r"; (\d[\d,]*\d) posts hydrated a second", HYDRATED),
        (r"posts hydrated a second, (\d+(?:\.\d+)?) million at peak", HYDRATED * PEAK / 1e6),
        (r"2\.08 million lookups are (\d+) cache cores", HYDRATED * PEAK / 100_000),
        (r"a kilobyte is (\d+) gigabytes a day", TEXT_A_DAY / 1e9),
        (r"gigabytes a day, (\d+) terabytes a year", TEXT_A_DAY * 365 / 1e12),
        (r"gigabytes a day is (\d+) terabytes a year", TEXT_A_DAY * 365 / 1e12),
        (r"73 terabytes a year and (\d+) in five", TEXT_A_DAY * 365 * 5 / 1e12),
        (r"73 terabytes becomes (\d+)", TEXT_A_DAY * 365 * 3 / 1e12),
        (r"one post in five, (\d+) million photos", PHOTOS_A_DAY / 1e6),
        (r"half a megabyte is (\d+) terabytes a day", PHOTOS_A_DAY * PHOTO_BYTES / 1e12),
        (r"terabytes a day(?:,| is) (\d+(?:\.\d+)?) petabytes a year", PHOTOS_A_DAY * PHOTO_BYTES * 365 / 1e15),
        (r"photos a day is (\d+) uploads a second", PHOTOS_A_DAY / DAY),
        (r"uploads (?:are 463 )?a second(?: on average and|,) (\d[\d,]*\d) at peak", PHOTOS_A_DAY * PEAK / DAY),
        (r"(\d+) billion edges(?: of|; 16)", EDGES / 1e9),
        (r"16 bytes each is (\d+(?:\.\d+)?) terabytes", EDGES * ENTRY_BYTES / 1e12),
        (r"both directions (\d+(?:\.\d+)?) terabytes", EDGES * ENTRY_BYTES * 2 / 1e12),
        (r"edges of 16 bytes is (\d+(?:\.\d+)?) terabytes each way", EDGES * ENTRY_BYTES / 1e12),
        (r"pages of 20 kilobytes is (694) megabytes", PAGES * PAGE_POSTS * POST_BYTES / 1e6),
        (r"694 megabytes a second, (\d+(?:\.\d+)?) gigabytes at peak", PAGES * PAGE_POSTS * POST_BYTES * PEAK / 1e9),
        (r"four photos a page is (\d[\d,]*\d) a second", PHOTOS_SHOWN),
        (r"100 kilobytes, (\d+(?:\.\d+)?) gigabytes a second", PHOTO_EGRESS / 1e9),
        (r"(\d+(?:\.\d+)?) gigabytes a second, 41\.7 at peak", PHOTO_EGRESS / 1e9),
        (r"13\.9 gigabytes a second, (\d+(?:\.\d+)?) at peak", PHOTO_EGRESS * PEAK / 1e9),
        (r"16 bytes (?:is|are) (\d+) kilobytes", TIMELINE / 1e3),
        (r"200 million daily (?:users|readers)(?: is| need)? (\d+(?:\.\d+)?) terabytes", TIMELINE * DAILY / 1e12),
        (r"300 million monthly(?: users| ones)? (\d+(?:\.\d+)?)", TIMELINE * MONTHLY / 1e12),
        (r"all 500 million accounts (\d+)", TIMELINE * ACCOUNTS / 1e12),
        (r"takes timelines from (\d) terabytes to 2\.4", TIMELINE * ACCOUNTS / 1e12),
        (r"three times that is (\d+) against", TIMELINE * ACCOUNTS * 3 / 1e12),
        (r"that is 12 against (\d+\.\d)", TIMELINE * MONTHLY * 3 / 1e12),
        (r"200 million readers is (\d+) terabytes, against", ENTRIES * POST_BYTES * DAILY / 1e12),
        (r"500 kilobytes each, (\d+) terabytes", ENTRIES * POST_BYTES * DAILY / 1e12),
        (r"[Aa]bout (\d+) entries a day", ENTRIES_A_DAY),
        (r"(\d+) gigabytes a day(?: arrive|: three)", ENTRIES_A_DAY * ENTRY_BYTES * ACCOUNTS / 1e9),
        (r"16 bytes (?:each, )?are (16) megabytes", LISTS / 1e6),
        (r"16 bytes is (16) megabytes", LISTS / 1e6),
        (r"each of 34,722 pages is (\d+(?:\.\d+)?) million reads", PAGES * FOLLOWERS / 1e6),
        (r"means (\d+(?:\.\d+)?) million list reads a second on average", PAGES * FOLLOWERS / 1e6),
        (r"on average and (\d+(?:\.\d+)?) million at peak, from", PAGES * FOLLOWERS * PEAK / 1e6),
        (r"A cup final is (\d+(?:\.\d+)?) million inserts", INSERTS * FINAL / 1e6),
        (r"between (\d+(?:\.\d+)?) and 1\.39 million", INSERTS * FINAL / 1e6),
        (r"brings it to (\d+(?:\.\d+)?) million", INSERTS * FINAL * MONTHLY / ACCOUNTS / 1e6),
        (r"(\d+) percent of accounts (?:not seen|have not)", (1 - MONTHLY / ACCOUNTS) * 100),
        (r"(\d+) percent of posts (?:have|touch)", (1 - 0.99**FOLLOWERS) * 100),
        (r"first page of a visit is (\d[\d,]*\d) calls", RANKED),
        (r"keeps the result: (\d[\d,]*\d) calls a second", RANKED),
        (r"calls of 500 are (\d+(?:\.\d+)?) million scores", RANKED * CANDIDATES / 1e6),
        (r"500 ids of 8 bytes is (\d) kilobytes", CANDIDATES * 8 / 1e3),
        (r"(\d+) million (?:daily users whose|timelines at 200)", DAILY / 3 / 1e6),
        (r"means (\d+) billion list reads", REGION_LISTS / 1e9),
        (r"200 lists each is (\d+) billion", REGION_LISTS / 1e9),
        (r"50 blocks is (\d+) bytes", 50 * 8),
        (r"(\d+(?:\.\d+)?) million inserts a second on average and 13\.9", INSERTS * 10 / 1e6),
        (r"on average and (\d+(?:\.\d+)?) million at peak, ten times", INSERTS * PEAK * 10 / 1e6),
        (r"(\d+) terabytes for two billion daily users", TIMELINE * DAILY * 10 / 1e12),
        (r"a million pages of 20 posts is (\d+) million", 1e6 * PAGE_POSTS / 1e6),
        (r"post lookups a second, (\d+) cache cores", 1e6 * PAGE_POSTS / 100_000),
        (r"Text alone is (\d+) gigabytes", 1e6 * PAGE_POSTS * POST_BYTES / 1e9),
        (r"Pushed, that is (\d+(?:\.\d+)?) billion inserts", 30 * 50e6 / 1e9),
        (r"billion inserts, (\d+) minutes", 30 * 50e6 / (INSERTS * PEAK) / 60),
        (r"Five seconds at 2,315 posts a second is about (\d[\d,]*\d)", POSTS * 5),
        (r"milliseconds is (\d+(?:\.\d+)?) years", 2**41 / 1000 / YEAR),
        (r"(\d[\d,]*\d) ids a millisecond a machine", 2**12),
        (r"A post a day for five years is (\d[\d,]*\d) rows", 5 * YEAR / DAY),
        (r"rows and (\d+(?:\.\d+)?) megabytes; a desk", 5 * YEAR / DAY * POST_BYTES / 1e6),
        (r"fifty a day is (\d[\d,]*\d) rows", 50 * 5 * YEAR / DAY),
        (r"five years, (\d+) million seconds", 5 * YEAR / 1e6),
        (r"about (22) minutes down a month", 0.0005 * 30 * 1440),
        (r"99\.95 percent is (22) minutes", 0.0005 * 30 * 1440),
        (r"Five times the average is (\d+(?:\.\d+)?) million inserts", INSERTS * FINAL / 1e6),
        (r"after two minutes (\d+) million are waiting", BACKLOG / 1e6),
        (r"are waiting, (\d+) seconds of work", BACKLOG / (INSERTS * PEAK)),
        (r"takes off (\d+) percent and brings a final down", (1 - MONTHLY / ACCOUNTS) * 100),
        (r"brings a final down to (\d+(?:\.\d+)?) million", INSERTS * FINAL * MONTHLY / ACCOUNTS / 1e6),
        (r"with 64 partitions that is (\d+(?:\.\d+)?) percent", 100 / 64),
        (r"three nines allow (\d+) minutes", 0.001 * 30 * 1440),
    )
    sheet: ClassVar = {
        "daily users": DAILY,
        "accounts": ACCOUNTS,
        "posts": POSTS,
        "timeline inserts": INSERTS,
        "likes": DAILY * LIKES_EACH / DAY,
        "feed pages": PAGES,
        "posts hydrated": HYDRATED,
        "posts at peak": POSTS * PEAK,
        "feed pages at peak": PAGES * PEAK,
        "timeline inserts at peak": INSERTS * PEAK,
        "pages to posts": PAGES / POSTS,
        "followers of an account": FOLLOWERS,
        "one post": POST_BYTES,
        "one photo": PHOTO_BYTES,
        "one timeline entry": ENTRY_BYTES,
        "text, one year": TEXT_A_DAY * 365,
        "photos, one year": PHOTOS_A_DAY * PHOTO_BYTES * 365,
        "follow graph": EDGES * ENTRY_BYTES * 2,
        "feed text": PAGES * PAGE_POSTS * POST_BYTES,
        "feed photos": PHOTO_EGRESS,
        "timelines": TIMELINE * DAILY,
        "recent posts": TEXT_A_DAY * 5,
        "lists of the large accounts": LISTS,
        "first page": 0.5,
        "post to feeds": 10,
        "posts kept": 5 * YEAR,
        "copies of a post": 3,
    }
    asked = (
        ("Roughly how many people use this every day?", "daily-users"),
        ("What are we looking at for DAU?", "daily-users"),
        ("How many posts would one person make per day?", "posts"),
        ("Is the system more read heavy or write heavy?", "reads"),
        ("How many times a day does somebody open the app?", "reads"),
        ("How many followers does an average user have?", "followers"),
        ("Do we have to deal with celebrities with millions of followers?", "largest"),
        ("How many of those large accounts are there, roughly?", "large-accounts"),
        ("What latency are we targeting on feed reads?", "latency"),
        ("How quickly should a new post appear in my followers' feeds?", "freshness"),
        ("Does the poster have to see their own post right away?", "own-post"),
        ("What kind of availability are you after?", "availability"),
        ("Is it okay to lose a post?", "durability"),
        ("Is eventual consistency acceptable here?", "consistency"),
        ("Should the feed be chronological or ranked by some algorithm?", "order"),
        ("How many posts are on one page?", "page-size"),
        ("Is following mutual, like friends, or one-directional?", "one-way"),
        ("Are posts just text, or also images?", "content"),
        ("Do we have to support video?", "video"),
        ("Can people edit their posts?", "edits"),
        ("Can a user delete a post afterwards?", "deletion"),
        ("How do we treat blocked users?", "blocking"),
        ("Are there private accounts, or is everything public?", "visibility"),
        ("Do we need to handle likes?", "likes"),
        ("Do the like counts need to be exact?", "counts"),
        ("Are comments something I should cover?", "comments"),
        ("Should we support retweets?", "reposts"),
        ("Are push notifications in scope?", "notifications"),
        ("Is the user base global?", "geography"),
        ("Do we need to survive the loss of a whole region?", "region-loss"),
        ("What about people who haven't logged in for a month?", "returning"),
        ("How long should we store posts for?", "retention"),
        ("What's the peak load compared with the average?", "peak"),
        ("Is there any budget for cache memory?", "memory"),
        ("How big is a single post in bytes?", "post-size"),
        ("What fraction of posts have photos?", "photos"),
        ("Do we need ads or recommendations?", "not-now"),
        ("Does the feed refresh live while I'm looking at it?", "live-updates"),
        ("How long does the ranking service take to score?", "ranker"),
        ("May the same post show up twice while scrolling?", "duplicates"),
        ("How would you like me to handle celebrities?", "largest"),
        ("Should users get notified when somebody posts?", "notifications"),
        ("Are there any constraints on technology?", "existing"),
        ("Is it fine if a post takes a few seconds to show up?", "freshness"),
        ("What if I've just unfollowed someone?", "unfollow"),
    )
    naive = (
        "We fan out on write: a worker pushes the post id to every follower.",
        "We write the timelines synchronously, before the post call returns.",
        "I put the full post in the timeline.",
        "We keep everything in Postgres, one primary, and store the photos in the database.",
        "We never trim the timeline.",
        "We check blocks on write.",
        "The feed uses offset pagination.",
        "There is a like counter on the post, and we increment the post row.",
        "We fan out the delete as well.",
        "Everything runs in a single region.",
    )
    defects = frozenset(
        {
            "push-to-everyone",
            "copies-of-the-post",
            "one-primary-for-all",
            "photos-among-rows",
            "timelines-without-end",
            "block-decided-early",
            "shifting-offset",
            "one-row-of-likes",
            "all-in-one-place",
        }
    )
    sound = (
        "I go with hybrid fan-out, and we skip dormant followers.",
        "The post service commits to Cassandra, sharded by author, and sends one event to Kafka.",
        "A fan-out worker reads chunks of followers and does an idempotent insert into a sorted set in Redis.",
        "Timelines hold only the post IDs and we cap each timeline.",
        "We merge the author's own posts when the page is read.",
        "The feed service ranks on read, with a session snapshot and a cursor.",
        "Deleted posts drop out, since we filter at hydration, and we check blocks on read.",
        "Photos live in object storage behind a CDN with signed URLs.",
        "We batch the likes.",
        "When a node dies we rebuild the timeline on a miss.",
        "We run active-active in three regions with a home region for each user.",
        "Follows sit in an adjacency table, and post ids are Snowflake IDs.",
        "There is a deadline on the ranker, and a task that fails three times goes to a dead-letter queue.",
    )

    @pytest.mark.parametrize("case", DEFECTS_IN_SPEECH, ids=[case[0] for case in DEFECTS_IN_SPEECH])
    def test_a_defect_is_heard_in_speech(self, case: tuple[str, ...]) -> None:
        defect, *said = case
        assert defect in firing(self.lexicon, *said)

    @pytest.mark.parametrize(("name", "said", "cure"), OMITTED, ids=[name for name, _, _ in OMITTED])
    def test_what_was_left_out_is_met_until_it_is_added(self, name: str, said: tuple[str, ...], cure: str) -> None:
        assert name in firing(self.lexicon, *said)
        assert name not in firing(self.lexicon, *said, cure)

    def test_a_delete_is_pressed_only_where_pages_are_put_together(self) -> None:
        ids = "A timeline holds only the post IDs."
        assert "delete-must-visit" not in firing(self.lexicon, ids)
        assert "delete-must-visit" in firing(self.lexicon, ids, "The feed service reads them from the post cache.")

    @pytest.mark.parametrize(("said", "ids"), REQUIRED)
    def test_requirements_are_heard_as_people_say_them(self, said: str, ids: set[str]) -> None:
        utterance = Utterance(0, Speaker.CANDIDATE, 10.0, 16.0, said)
        assert set(functional_in(utterance, self.lexicon, clarifying=True)) == ids

    def test_every_large_figure_is_given_or_follows_from_the_sheet(self) -> None:
        text = resources.files("phantomcode.problems").joinpath("bank/news-feed.toml").read_text(encoding="utf-8")
        figures = {float(figure.replace(",", "")) for figure in re.findall(r"\d{1,3}(?:,\d{3})+", text)}
        strange = {
            figure
            for figure in figures - set(CONSTANTS)
            if not any(abs(figure - value) <= TOLERANCE * value for value in DERIVED)
        }
        assert not strange
