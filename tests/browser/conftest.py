"""The built pages in a real Chromium, served over http and opened as files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.alone import serve
from tests.browser.visits import Visit
from tools import browser as browsers
from tools.chapters import ROOT

HTML = ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def html() -> Path:
    if not (HTML / "index.html").is_file():
        pytest.fail("There are no pages in _build/html: run `make book` first.")
    return HTML


@pytest.fixture(scope="session")
def served(html: Path) -> Iterator[str]:
    with serve(html) as where:
        yield where


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or browsers.find(),
            args=list(browsers.FLAGS),
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(30_000)
    yield Visit(context.new_page())
    context.close()
