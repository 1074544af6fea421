"""One page can be built by itself, for whoever writes or mends it."""

import subprocess
import sys

import pytest

from tools.chapters import ROOT

pytestmark = pytest.mark.slow


def test_make_page_builds_that_page() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.build", "--page", "how-to-use"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    page = ROOT / "_build" / "page" / "_build" / "html" / "book" / "start" / "how-to-use.html"
    assert page.as_uri() in done.stdout
    text = page.read_text(encoding="utf-8")
    assert "asc-run-card" in text
    assert "The trained cell tells the two companies apart" in text
