from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.core.understanding.alternatives import alternative_in
from phantomcode.daemon.core.understanding.text import normalise


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("I'd take a log rather than a table, because appends are cheap.", "table"),
        ("We call the ranker directly instead of through a queue since it answers in ten milliseconds.", "queue"),
        ("I'm choosing Postgres over a document store because orders join four tables.", "document store"),
        ("I'd poll once a minute rather than open a socket per user.", "open a socket"),
        ("The alternative is a lock service, and that is one more thing to run.", "lock service"),
        ("Two copies and not three, the disk is the dear part.", ""),
        ("It's seconds instead of milliseconds for the old ones.", ""),
        ("I keep it rather than instead of that.", ""),
        ("If the primary dies the replica takes over and perhaps we lose a second.", ""),
        ("A separate index would be faster, but it's another thing to fill.", "separate index"),
        ("I take the click events over Kafka, because it keeps them.", ""),
        ("We want all requests over a single connection.", ""),
        ("I'd go over the requirements again.", ""),
    ],
)
def test_the_name_of_what_was_passed_over(said: str, name: str) -> None:
    assert alternative_in(normalise(said)) == name


@given(st.text(max_size=60), st.sampled_from(["rather than", "instead of", "and not", "as opposed to"]), st.text())
def test_a_marker_is_never_part_of_a_name(before: str, marker: str, after: str) -> None:
    found = alternative_in(normalise(f"{before} {marker} {after}"))
    assert not {"rather", "than", "instead"} & set(found.split())
