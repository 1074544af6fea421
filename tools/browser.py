"""The browser that the tests drive: one that the machine has, else Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)

# No sandbox, since tests may run as root; no background traffic, since there is no network.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

HELP = """No browser for the browser tests. Any one of these will do:
  - Debian, Ubuntu:  apt-get install chromium
  - macOS, Windows:  install Chrome or Chromium
  - elsewhere:       CHROMIUM=/path/to/chromium make test
Playwright's own browser was tried too, and could not be fetched."""


class BrowserError(RuntimeError):
    """No browser is to be had."""


def installed() -> str | None:
    """Return the path of a Chromium on this machine, the variable CHROMIUM first."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise BrowserError(f"CHROMIUM names {named}, and there is no such file.")
        return named
    found = (shutil.which(name) for name in NAMES)
    places = (place for place in PLACES if Path(place).is_file())
    return next((path for path in (*found, *places) if path), None)


def playwrights_own() -> str | None:
    """Return the path of the browser that Playwright fetched, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def fetch() -> bool:
    """Let Playwright fetch its own Chromium; tell whether that worked."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return subprocess.run(command, check=False).returncode == 0


def find() -> str:
    """Return the browser to drive, fetching one if the machine has none.

    Raises
    ------
    BrowserError
        With what to install, when there is none and none could be fetched.
    """
    path = installed() or playwrights_own()
    if path is None and fetch():
        path = playwrights_own()
    if path is None:
        raise BrowserError(HELP)
    return path
