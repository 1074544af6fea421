"""A chapter is run again for what it uses, and for nothing else."""

from pathlib import Path

import pytest

from tools.chapters import Chapter
from tools.keys import dependencies, digest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "constraints.txt": "numpy==2.4.6\n",
        "asctools/__init__.py": "",
        "asctools/errors.py": "",
        "asctools/other.py": "",
        "asctools/scalar/__init__.py": "",
        "asctools/scalar/by_hand.py": "from asctools.dataset import companies\n",
        "asctools/dataset/__init__.py": "",
        "asctools/dataset/companies.py": "def late():\n    from ..errors import x\n",
        "asctools/dataset/table.json": "{}",
        "asctools/course/__init__.py": "",
        "asctools/course/checks/__init__.py": "",
        "asctools/course/checks/by_hand.py": "",
        "asctools/course/checks/other.py": "",
        "book/one.md": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def names(root: Path, *cells: str) -> set[str]:
    return {path.relative_to(root).as_posix() for path in dependencies(cells, root)}


def test_follows_imports_through_modules_packages_and_functions(project: Path) -> None:
    assert names(project, "from asctools.scalar import by_hand") == {
        "asctools/__init__.py",
        "asctools/errors.py",
        "asctools/scalar/__init__.py",
        "asctools/scalar/by_hand.py",
        "asctools/dataset/__init__.py",
        "asctools/dataset/companies.py",
        "asctools/dataset/table.json",
    }


def test_an_exercise_brings_its_own_checks_only(project: Path) -> None:
    found = names(project, 'from asctools.course.checks import check\ncheck("by-hand/x", 1)')
    assert "asctools/course/checks/by_hand.py" in found
    assert "asctools/course/checks/other.py" not in found


def test_magics_and_broken_cells_do_not_stop_it(project: Path) -> None:
    assert names(project, "%matplotlib inline\n!ls\nimport asctools", "def (") == {
        "asctools/__init__.py"
    }


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ("asctools/dataset/companies.py", True),
        ("asctools/dataset/table.json", True),
        ("asctools/errors.py", True),
        ("constraints.txt", True),
        ("asctools/other.py", False),
        ("asctools/course/checks/other.py", False),
        ("book/one.md", False),
    ],
)
def test_the_digest_notices_what_the_chapter_uses(
    project: Path, changed: str, differs: bool
) -> None:
    chapter = Chapter("one", project)
    cells = ["from asctools.scalar import by_hand"]
    before = digest(chapter, cells)
    path = project / changed
    path.write_text(path.read_text() + "\n# edited\n")
    assert (digest(chapter, cells) != before) is differs


def test_the_digest_notices_the_cells_and_their_borders(project: Path) -> None:
    chapter = Chapter("one", project)
    assert digest(chapter, ["a = 1", "b = 2"]) != digest(chapter, ["a = 1b = 2"])
    assert digest(chapter, ["a = 1"]) != digest(chapter, ["a = 2"])
