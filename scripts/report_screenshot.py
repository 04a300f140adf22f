#!/usr/bin/env python3
"""Make docs/images/report.png: the report of the sample round, as headless Chromium shows it.

`--width`, `--height` and `--dark` are for looking at the page in other ways, `--pdf FILE` prints it instead,
`--html FILE` keeps the page.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import sample_round

from phantomcode.daemon.review.html import write_html

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "report.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_LEAST_WIDTH = 500
"""Headless Chromium lays no window out narrower than this; a narrower page is shown in a frame."""


def main() -> None:
    """Make the picture."""
    options = _options()
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        sys.exit(f"No browser found. Install one of: {', '.join(BROWSERS)}.")
    with tempfile.TemporaryDirectory() as folder:
        page = write_html(sample_round.report(), (options.html or Path(folder) / "report.html").absolute())
        if options.pdf:
            _run(browser, folder, page, "--no-pdf-header-footer", f"--print-to-pdf={options.pdf.absolute()}")
            print(options.pdf)
            return
        shown = page if options.width >= _LEAST_WIDTH else _framed(page, Path(folder), options.width, options.height)
        _run(
            browser,
            folder,
            shown,
            "--hide-scrollbars",
            f"--window-size={options.width},{options.height}",
            f"--blink-settings=preferredColorScheme={0 if options.dark else 1}",
            f"--screenshot={options.into.absolute()}",
        )
    print(options.into)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=PICTURE)
    parser.add_argument("--html", type=Path)
    parser.add_argument("--pdf", type=Path)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=1400)
    parser.add_argument("--dark", action="store_true")
    return parser.parse_args()


def _framed(page: Path, folder: Path, width: int, height: int) -> Path:
    """Return a page that shows `page` in a frame of this size."""
    frame = folder / "frame.html"
    style = f"border:0;width:{width}px;height:{height}px"
    frame.write_text(f'<body style="margin:0"><iframe src="{page.as_uri()}" style="{style}"></iframe>')
    return frame


def _run(browser: str, folder: str, page: Path, *flags: str) -> None:
    """Run the browser without a network, an account or a trace in the user's own profile."""
    quiet = "disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync"
    command = [browser, "--headless", *(f"--{flag}" for flag in quiet.split()), f"--user-data-dir={folder}/profile"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--no-sandbox")  # Chromium refuses to start for root with it
    subprocess.run([*command, *flags, page.as_uri()], check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    main()
