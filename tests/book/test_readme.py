"""What the README promises is there, and its example prints what it prints."""

import doctest
import re

from tools.chapters import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_example_prints_what_it_says() -> None:
    outcome = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert outcome.attempted >= 5
    assert outcome.failed == 0


def test_every_command_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", README))
    assert {"book", "test", "lab"} <= named
    assert named <= targets


def test_every_target_that_help_lists_is_in_the_readme() -> None:
    listed = set(re.findall(r"^([a-z-]+):.*?## ", MAKEFILE, re.MULTILINE)) - {"help"}
    assert listed <= set(re.findall(r"\bmake ([a-z-]+)", README))


def test_every_file_that_is_linked_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_ci_runs_the_readmes_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"^make test$", script, re.MULTILINE)
