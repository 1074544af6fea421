"""The style sheet: every role, in both themes, and the file in the book in step with it."""

import re
import subprocess
import sys
from pathlib import Path

from asctools.plots import COLOURS, css

ROOT = Path(__file__).resolve().parents[3]


def block(selector):
    return re.search(re.escape(selector) + r" \{([^}]*)\}", css())[1]


def test_every_role_has_its_value_in_both_themes():
    light, dark = block(":root"), block('html[data-theme="dark"]')
    for one in COLOURS.values():
        assert f"{one.variable}: {one.light};" in light
        assert f"{one.variable}: {one.dark};" in dark
    assert light.count("--asc-") == dark.count("--asc-") == len(COLOURS)


def test_it_asks_for_nothing_from_elsewhere():
    assert not re.search(r"url\(|@import|http", css())
    assert css().count("{") == css().count("}")


def test_the_book_has_the_newest():
    stored = ROOT / "book" / "_static" / "asc-colours.css"
    assert stored.read_text(encoding="utf-8") == css(), "run: python -m asctools.plots.css"


def test_the_command_writes_it_and_warns_of_nothing(tmp_path):
    path = tmp_path / "colours.css"
    command = [sys.executable, "-W", "error", "-m", "asctools.plots.css", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert path.read_text(encoding="utf-8") == css()
    assert done.stderr == ""
