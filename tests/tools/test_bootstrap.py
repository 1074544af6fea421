"""The first step says clearly what is wrong with a Python or a folder."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bootstrap
from tools.chapters import ROOT

SOURCE = (ROOT / "tools" / "bootstrap.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
def test_an_old_python_is_told_what_to_do(version: tuple[int, int, int]) -> None:
    said = bootstrap.complaint(version, "/usr/bin/python3")
    assert said is not None
    assert "3.11 or newer" in said
    assert ".".join(map(str, version)) in said
    assert "make book PYTHON=python3.11" in said


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (4, 0, 0)])
def test_a_new_python_is_told_nothing(version: tuple[int, int, int]) -> None:
    assert bootstrap.complaint(version, "python") is None


def test_an_old_python_can_read_the_file() -> None:
    ast.parse(SOURCE, feature_version=(3, 4))
    assert 'f"' not in SOURCE
    assert SOURCE.isascii(), "Python 2 refuses other characters"


def test_the_digest_follows_pins_and_extras(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("a")
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    first = bootstrap.fingerprint(["book", "torch"])
    assert first == bootstrap.fingerprint(["torch", "book"])
    assert first != bootstrap.fingerprint(["book"])
    (tmp_path / "constraints.txt").write_text("b")
    assert first != bootstrap.fingerprint(["book", "torch"])


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    project = tmp_path / "no folder"
    project.write_text("a file where the project should be")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from tools import bootstrap as b;"
        "b.ROOT = sys.argv[2]; b.VENV = b.ROOT + '/.venv'; b.install(['book'])"
    )
    command = [sys.executable, "-c", code, str(ROOT), str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Cannot write into {project}" in done.stderr
    assert "copy the book to a folder of your own" in done.stderr
    assert "Traceback" not in done.stderr
