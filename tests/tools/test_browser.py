"""A browser is found, or it is said what to install."""

from pathlib import Path

import pytest

from tools import browser


def test_the_variable_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "my-chromium"
    own.touch()
    monkeypatch.setenv("CHROMIUM", str(own))
    assert browser.find() == str(own)


def test_a_variable_that_names_nothing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(browser.BrowserError, match="no such file"):
        browser.find()


def test_no_browser_at_all_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    monkeypatch.setattr(browser, "PLACES", ())
    monkeypatch.setattr(browser, "playwrights_own", lambda: None)
    asked: list[bool] = []
    monkeypatch.setattr(browser, "fetch", lambda: asked.append(True) or False)
    with pytest.raises(browser.BrowserError) as caught:
        browser.find()
    assert asked == [True]
    assert "apt-get install chromium" in str(caught.value)
    assert "CHROMIUM=" in str(caught.value)


def test_what_playwright_fetched_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "installed", lambda: None)
    found = iter([None, "/cache/chromium"])
    monkeypatch.setattr(browser, "playwrights_own", lambda: next(found))
    monkeypatch.setattr(browser, "fetch", lambda: True)
    assert browser.find() == "/cache/chromium"
