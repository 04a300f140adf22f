#!/usr/bin/env python3
"""Hold the documents against the code: each check yields findings, one line each, with what to do.

`--write` makes the generated pages anew.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cli_page import cli_page, commands
from wire_table import filled

ROOT = Path(__file__).resolve().parent.parent
WRITE = "run `.venv/bin/python scripts/docs_check.py --write`"
GENERATED: dict[str, Callable[[str], str]] = {"docs/cli.md": lambda _: cli_page(), "docs/wire.md": filled}
"""Page -> what it should be, given what it is."""
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"|<a[^>]* href=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
MENTION = re.compile(r"(?:^ *|`|\$ )(phantomcode(?: [a-z][a-z-]*)+)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
MARKDOWN_IN = ("*.md", "docs/**/*.md")


def pages(root: Path) -> list[Path]:
    """Return the documents, in a fixed order."""
    return sorted({page for pattern in MARKDOWN_IN for page in root.glob(pattern)})


def check_generated(root: Path) -> Iterator[str]:
    """A generated page says what the code says."""
    for name, make in GENERATED.items():
        page = root / name
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        if text != make(text):
            yield f"{name} is out of date: {WRITE}"


def check_links(root: Path) -> Iterator[str]:
    """Every link inside the repository leads to a file, and to a heading in it where it names one."""
    for page in pages(root):
        text = FENCE.sub("", page.read_text(encoding="utf-8"))
        for groups in LINK.findall(text):
            link = next(filter(None, groups))
            if not link.startswith(("http://", "https://", "mailto:")) and not _resolves(page, link):
                yield f"{page.relative_to(root)} links to {link}, which is not there"


def check_dependencies(root: Path) -> Iterator[str]:
    """docs/dependencies.md gives each dependency its reason, and no other."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    wanted = {re.split(r"[<>=!~;\[ ]", line)[0] for line in declared}
    rows = re.findall(
        r"^\| `([^`]+)` \|(.*)\|$", (root / "docs/dependencies.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    reasons = {name: reason.strip() for name, reason in rows}
    for name in sorted(wanted - {name for name, reason in reasons.items() if reason}):
        yield f"docs/dependencies.md gives no reason for {name}"
    for name in sorted(reasons.keys() - wanted):
        yield f"docs/dependencies.md explains {name}, which pyproject.toml does not ask for"


def check_commands(root: Path) -> Iterator[str]:
    """Every command and option that a document shows exists."""
    known = {command.name: {name for param in command.parameters for name in param.names} for command in commands()}
    groups = {name.rsplit(" ", 1)[0] for name in known} - {"phantomcode"}
    for page in pages(root):
        for line in page.read_text(encoding="utf-8").splitlines():
            yield from (f"{page.relative_to(root)}: {finding}" for finding in _unknown(line, known, groups))


def check_changelog(root: Path) -> Iterator[str]:
    """CHANGELOG.md has a place for what is not released yet."""
    if "## Unreleased" not in (root / "CHANGELOG.md").read_text(encoding="utf-8"):
        yield "CHANGELOG.md has no section `## Unreleased`"


CHECKS: tuple[Callable[[Path], Iterable[str]], ...] = (
    check_generated,
    check_links,
    check_dependencies,
    check_commands,
    check_changelog,
)


def main(arguments: list[str]) -> int:
    """Print the findings; returns 1 when there are any."""
    if "--write" in arguments:
        for name, make in GENERATED.items():
            page = ROOT / name
            page.write_text(make(page.read_text(encoding="utf-8")), encoding="utf-8")
    findings = [finding for check in CHECKS for finding in check(ROOT)]
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


def slug(heading: str) -> str:
    """Return the anchor that a heading gets: lower case, punctuation dropped, spaces to hyphens."""
    plain = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return plain.replace(" ", "-")


def _resolves(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return False
    if not anchor or target.suffix != ".md":
        return True
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", target.read_text(encoding="utf-8")), re.MULTILINE)
    return anchor in map(slug, headings)


def _unknown(line: str, known: dict[str, set[str]], groups: set[str]) -> Iterator[str]:
    for mention in MENTION.finditer(line):
        words = mention.group(1).split()
        name = next((shown for shown in _prefixes(words) if shown in known), None)
        if name is None:
            if mention.group(1) not in groups:
                yield f"there is no command `{mention.group(1)}`"
            continue
        rest = line[mention.end() :].partition("`")[0]
        for option in OPTION.findall(rest):
            if option not in known[name] | {"--help"}:
                yield f"`{name}` has no option {option}"


def _prefixes(words: list[str]) -> Iterator[str]:
    """Yield the longest beginning first: `models pull` before `models`."""
    for length in range(len(words), 0, -1):
        yield " ".join(words[:length])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
