"""One set of versions: pyproject.toml, constraints.txt, environment.yml and the release agree."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import asctools
from tools.chapters import ROOT

EXTRAS = ("torch", "mining", "lightning", "book", "test")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins(lines: list[str]) -> dict[str, Version]:
    """``name==version`` lines as a dictionary; a name that stands twice is an error."""
    found: dict[str, Version] = {}
    for line in lines:
        name, exactly, version = line.partition("==")
        assert exactly, f"'{line}' should be name==version"
        name = canonicalize_name(name.strip())
        assert name not in found, f"{name} stands twice"
        found[name] = Version(version.strip())
    return found


@pytest.fixture(scope="module")
def constraints() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return pins([line for line in lines if line.strip() and not line.startswith("#")])


@pytest.fixture(scope="module")
def conda() -> list[str | dict[str, list[str]]]:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    found: list[str | dict[str, list[str]]] = yaml.safe_load(text)["dependencies"]
    return found


@pytest.fixture(scope="module")
def conda_pip(conda: list[str | dict[str, list[str]]]) -> dict[str, Version]:
    (listed,) = [each["pip"] for each in conda if isinstance(each, dict)]
    options = [each for each in listed if each.startswith("-")]
    assert options == ["--editable ."], "the library itself is installed from here"
    return pins([each for each in listed if not each.startswith("-")])


def direct() -> list[Requirement]:
    """The core dependencies and those of every extra."""
    extras = PROJECT["optional-dependencies"]
    lines = [*PROJECT["dependencies"], *(line for name in EXTRAS for line in extras[name])]
    return [Requirement(line) for line in lines]


def test_the_extras_are_those_that_environment_yml_installs() -> None:
    assert set(PROJECT["optional-dependencies"]) == set(EXTRAS)


@pytest.mark.parametrize("requirement", direct(), ids=lambda each: each.name)
def test_a_direct_dependency_is_pinned_within_its_range(
    requirement: Requirement, constraints: dict[str, Version], conda_pip: dict[str, Version]
) -> None:
    name = canonicalize_name(requirement.name)
    assert name in constraints, "constraints.txt does not pin it"
    assert requirement.specifier.contains(constraints[name], prereleases=True)
    assert conda_pip.get(name) == constraints[name], "environment.yml should repeat the pin"


def test_environment_yml_has_nothing_else(conda_pip: dict[str, Version]) -> None:
    assert set(conda_pip) == {canonicalize_name(each.name) for each in direct()}


def test_torch_is_pinned_exactly_because_a_range_may_pull_in_cuda() -> None:
    (torch,) = [each for each in direct() if each.name == "torch"]
    assert [each.operator for each in torch.specifier] == ["=="]


def test_the_python_of_conda_is_one_that_the_library_takes(
    conda: list[str | dict[str, list[str]]],
) -> None:
    (line,) = [e for e in conda if isinstance(e, str) and re.match(r"python\b", e)]
    theirs, ours = Requirement(line).specifier, SpecifierSet(PROJECT["requires-python"])
    minors = [f"3.{minor}.5" for minor in range(40)]
    accepted = [each for each in minors if each in theirs]
    assert accepted, f"environment.yml takes no Python 3: {line}"
    assert all(each in ours for each in accepted)
    assert accepted[0] == next(each for each in minors if each in ours), "the oldest is the same"


def test_the_version_is_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    top = re.search(r"^## (?P<version>[^\s(]+) \((?P<day>\d{4}-\d\d-\d\d)\)$", changelog, re.M)
    assert top, "the top entry of CHANGELOG.md should be '## 1.2.3 (2026-01-31)'"
    assert {
        "CITATION.cff": str(citation["version"]),
        "pyproject.toml": PROJECT["version"],
        "asctools": asctools.__version__,
        "CHANGELOG.md": top["version"],
    } == dict.fromkeys(
        ("CITATION.cff", "pyproject.toml", "asctools", "CHANGELOG.md"), PROJECT["version"]
    )
    assert str(citation["date-released"]) == top["day"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [(["numpy>=2"], "should be name==version"), (["a-b==1", "a_b==2"], "a-b stands twice")],
)
def test_what_is_no_list_of_pins_is_refused(lines: list[str], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        pins(lines)
