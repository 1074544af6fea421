"""Finding signs, flipping one, and noticing that nobody noticed."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tools import equations, signflip
from tools.chapters import ROOT

MODULE = dedent(
    '''
    """A module."""

    import math


    def _half(a):
        return a - a / 2


    def step(w, x, past=()):
        """Add - or subtract.

        Implements :eq:`eq-step` and :eq:`eq-half`.
        """
        z = w * x + -x
        z += _half(x)
        if not math.isfinite(z):
            raise ValueError("too " + "large")
        return [z - past[k + 1] for k in range(len(past) - 1)] or z


    class Cell:
        """Not an implementation of :eq:`eq-step`."""

        @staticmethod
        def twice(x):
            """Implements :eq:`eq-twice`."""
            return x + x

        def thrice(self, x):
            """Implements
            :eq:`eq-thrice`."""
            return x + x + x
    '''
)


@pytest.fixture
def module(tmp_path):
    path = tmp_path / "some_module.py"
    path.write_text(MODULE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("some_module", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_signs_of_a_formula_are_found_and_others_are_not():
    found = [(site.qualname, site.expression) for site in signflip.sites(MODULE, "step")]
    assert found == [
        ("step", "w * x + -x"),
        ("step", "-x"),
        ("step", "z += _half(x)"),
        ("step", "z - past[k + 1]"),
        ("_half", "a - a / 2"),
    ]


def test_one_sign_is_flipped_for_everybody_and_put_back(module):
    borrowed = module.step
    site = signflip.sites(MODULE, "step")[0]
    assert borrowed(2.0, 3.0) == 4.5
    with signflip.flipped(module, site):
        assert borrowed(2.0, 3.0) == 10.5
    assert borrowed(2.0, 3.0) == 4.5


def test_a_helper_and_a_static_method_are_flipped_too(module):
    helper = signflip.sites(MODULE, "step")[-1]
    with signflip.flipped(module, helper):
        assert module.step(2.0, 3.0) == 7.5
    (site,) = signflip.sites(MODULE, "Cell.twice")
    with signflip.flipped(module, site):
        assert module.Cell.twice(4) == 0
    assert module.Cell.twice(4) == 8


def test_it_is_put_back_after_an_error(module):
    site = signflip.sites(MODULE, "Cell.twice")[0]
    with pytest.raises(RuntimeError), signflip.flipped(module, site):
        raise RuntimeError
    assert module.Cell.twice(4) == 8


TESTS = dedent(
    """
    import pytest
    from asctools.it import Cell, step

    @pytest.mark.equation("eq-step")
    @pytest.mark.parametrize("w", [2.0, 3.0])
    def test_step(w):
        assert step(w, 3.0) == 3.0 * w - 1.5
        assert step(w, 3.0, (0.0, 1.0)) == [3.0 * w - 2.5]

    @pytest.mark.equation(*("eq-twice", "eq-half"))
    def test_twice():
        assert abs(Cell.twice(0)) == 0

    def test_unmarked():
        assert Cell.twice(4) == 8
    """
)


@pytest.fixture
def root(tmp_path):
    """A library with one module, and its tests: one good, one that sees no sign."""
    for path, text in {
        "asctools/__init__.py": "",
        "asctools/it.py": MODULE,
        "tests/test_it.py": TESTS,
        "pytest.ini": "[pytest]\nmarkers = equation\npythonpath = .\n",
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def test_mentions_and_claims_of_an_equation(root):
    found = {(each.label, each.qualname, each.implements) for each in equations.mentions(root)}
    assert found == {
        ("eq-step", "step", True),
        ("eq-half", "step", True),
        ("eq-step", "Cell", False),
        ("eq-twice", "Cell.twice", True),
        ("eq-thrice", "Cell.thrice", False),
    }


def test_marks_are_found_in_every_spelling(root):
    assert set(equations.marked(root)) == {"eq-step", "eq-twice", "eq-half"}


def proof(root: Path) -> dict[str, list[str]]:
    code = (
        "import sys; from pathlib import Path; from tools import signflip; "
        "signflip.main('asctools.it', 'result.json', Path())"
    )
    path = f"import sys; sys.path[:0] = ['.', {str(ROOT)!r}]; "
    subprocess.run([sys.executable, "-c", path + code], cwd=root, check=True, timeout=100)
    return json.loads((root / "result.json").read_text())


def test_a_test_that_sees_no_sign_is_found_out(root):
    found = proof(root)
    assert found["flips"] == 6
    assert found["failing"] == found["untested"] == []
    (unnoticed,) = found["unnoticed"]
    assert unnoticed.startswith("Cell.twice, line")
    assert unnoticed.endswith("x + x")


def test_a_test_that_fails_anyway_proves_nothing(root):
    path = root / "tests" / "test_it.py"
    path.write_text(TESTS.replace("- 1.5", "- 2.5"), encoding="utf-8")
    assert len(proof(root)["failing"]) == 2


def test_an_equation_without_a_test_is_found(root):
    path = root / "tests" / "test_it.py"
    path.write_text(TESTS.replace('"eq-twice", ', ""), encoding="utf-8")
    found = proof(root)
    assert found["untested"] == ["Cell.twice"]
