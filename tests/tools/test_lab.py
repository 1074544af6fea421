"""`make lab` starts JupyterLab for an ordinary reader and for root in a container."""

import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools import lab


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_root_may_start_it_and_no_news_are_fetched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: int, allowed: bool
) -> None:
    started: list[list[str]] = []

    def run(words: list[str], env: dict[str, str]) -> SimpleNamespace:
        started.append(words)
        assert env["OMP_NUM_THREADS"] == "1"
        assert "ASC_STATIC" not in set(env) - set(os.environ)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(lab, "SETTINGS", tmp_path / "settings")
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    monkeypatch.setattr(subprocess, "run", run)
    assert lab.main(["--no-browser"]) == 0
    (words,) = started
    assert ("--allow-root" in words) is allowed
    assert words[-1] == "--no-browser"
    settings = json.loads((tmp_path / "settings" / "overrides.json").read_text())
    assert settings["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
