from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phantomcode.daemon.contract.errors import ProblemError
from phantomcode.problems.load import (
    MAX_FILE_BYTES,
    MAX_NESTING,
    load_atlas,
    load_problem,
    problem_digest,
    problem_slugs,
)
from phantomcode.problems.model import Problem


def error_of(path: str | Path) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        load_problem(path)
    return caught.value


def write(folder: Path, text: str | bytes) -> Path:
    file = folder / "mine.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_every_slug_of_the_bank_loads_and_is_its_file_name() -> None:
    assert "url-shortener" in problem_slugs()
    for slug in problem_slugs():
        assert load_problem(slug).slug == slug


def test_slugs_are_in_alphabetical_order() -> None:
    assert list(problem_slugs()) == sorted(problem_slugs())


def test_a_file_outside_the_bank_loads_by_its_path(tmp_path: Path) -> None:
    file = write(tmp_path, _bank_file("url-shortener"))
    assert load_problem(file) == load_problem(str(file)) == load_problem("url-shortener")


def test_the_digest_is_of_the_file_itself(tmp_path: Path) -> None:
    data = _bank_file("url-shortener")
    assert problem_digest("url-shortener") == hashlib.sha256(data).hexdigest()
    assert problem_digest(write(tmp_path, data + b"# a remark\n")) != problem_digest("url-shortener")


def test_an_unknown_slug_names_the_known_ones_and_the_nearest() -> None:
    error = error_of("url-shortner")
    assert error.code == "problems.unknown"
    assert 'Perhaps "url-shortener"?' in error.remedy
    assert all(slug in error.remedy for slug in problem_slugs())


def test_nothing_is_suggested_where_nothing_is_near() -> None:
    assert "Perhaps" not in error_of("zzz").remedy


@pytest.mark.parametrize("name", ["../secrets", "..\\secrets", "/no/such/file.toml", "missing.toml", "C:\\x"])
def test_what_looks_like_a_path_is_never_taken_for_a_slug(name: str) -> None:
    assert error_of(name).code == "problems.unreadable"


def test_a_folder_is_unreadable(tmp_path: Path) -> None:
    assert error_of(tmp_path).code == "problems.unreadable"


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    assert error_of(write(tmp_path, b"#" * (MAX_FILE_BYTES + 1))).code == "problems.too-large"


@pytest.mark.parametrize(
    "text",
    [
        "format_version = 1\na = " + "[" * (MAX_NESTING + 1) + "]" * (MAX_NESTING + 1),
        "a = " + "[" * 100_000,
        "format_version = 1\n[" + ".".join("a" * (MAX_NESTING + 1)) + "]",
        "a = " + "{a=" * 50_000,
    ],
)
def test_deep_nesting_is_refused(tmp_path: Path, text: str) -> None:
    error = error_of(write(tmp_path, text))
    assert error.code == "problems.syntax"
    assert "nested deeper" in error.message


def test_a_syntax_error_names_file_and_line(tmp_path: Path) -> None:
    error = error_of(write(tmp_path, "format_version = 1\nslug = \n"))
    assert error.code == "problems.syntax"
    assert "mine.toml" in error.message
    assert "line 2" in error.message


def test_what_is_not_text_is_refused(tmp_path: Path) -> None:
    assert error_of(write(tmp_path, b"\xff\xfe")).code == "problems.syntax"


@pytest.mark.parametrize("version", ["", "format_version = 2", 'format_version = "1"'])
def test_another_version_is_refused(tmp_path: Path, version: str) -> None:
    error = error_of(write(tmp_path, version))
    assert error.code == "problems.version"
    assert "format_version = 1" in error.remedy


@pytest.mark.parametrize(
    ("old", "new", "key", "remedy"),
    [
        ("slug = ", "slogan = ", "", "spelling"),
        ("slug = ", "# ", "", "Add the key"),
        ('slug = "url-shortener"', "slug = 3", "slug", "type"),
        ('type = "valid"', 'type = "sound"', "challenges[", "names"),
    ],
)
def test_a_format_error_names_file_key_and_cure(tmp_path: Path, old: str, new: str, key: str, remedy: str) -> None:
    text = _bank_file("url-shortener").decode()
    assert old in text
    error = error_of(write(tmp_path, text.replace(old, new, 1)))
    assert error.code == "problems.format"
    assert error.message.startswith("mine.toml")
    assert key in error.message
    assert remedy in error.remedy


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(alphabet="abc=[]{}.\"'\n#1 ", max_size=200).map(str.encode))
def test_no_file_raises_anything_but_a_problem_error(tmp_path: Path, data: bytes) -> None:
    assert error_of(write(tmp_path, data)).code.startswith("problems.")


def test_the_atlas_covers_the_decisions_of_a_round() -> None:
    atlas = load_atlas()
    assert len(atlas.entries) >= 52
    assert {option.topic for option in atlas.options} >= {entry.topic for entry in atlas.entries}


def test_a_problem_is_frozen() -> None:
    problem: Problem = load_problem("url-shortener")
    with pytest.raises(AttributeError):
        problem.slug = "other"  # type: ignore[misc]


def _bank_file(slug: str) -> bytes:
    return (resources.files("phantomcode.problems") / "bank" / f"{slug}.toml").read_bytes()
