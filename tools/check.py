"""Every check, in the order in which a failure is cheapest to find: `make test`.

python -m tools.check             # all of it
python -m tools.check --quick     # what needs neither the pages nor a browser
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable

from tools import browser, build, kernel
from tools.chapters import ROOT, ChapterError, chapters

NOTEBOOKS = "notebooks"

# A process a core runs the tests; several threads in each would only wait for one another.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def command(*words: str, **environment: str) -> bool:
    """Run one tool of the environment on the whole project; tell whether it was content."""
    environ = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | ONE_THREAD | environment
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, env=environ).returncode == 0


def pages() -> bool:
    """Execute the chapters and build the pages."""
    try:
        build.build()
    except (build.BuildError, ChapterError) as error:
        print(error, file=sys.stderr)
        return False
    return True


def style() -> bool:
    """Lint, format and types."""
    return all(
        [command("ruff", "check", "."), command("ruff", "format", "--check", "."), command("mypy")]
    )


def tests(*folders: str) -> bool:
    """Run the test folders, one process a core."""
    return command("pytest", "-n", str(os.cpu_count() or 1), "--dist", "worksteal", *folders)


def browser_tests() -> bool:
    """Open the pages, and a notebook in JupyterLab, in a real browser."""
    try:
        path = browser.find()
    except browser.BrowserError as error:
        print(error, file=sys.stderr)
        return False
    return command("pytest", "-n", str(os.cpu_count() or 1), "tests/browser", CHROMIUM=path)


def references() -> bool:
    """Run every notebook as a reader would, and compare with its reference outputs.

    The exercises are checked with a fresh seed each time: a solution must hold in general.
    """
    seed = str(secrets.randbelow(10**6))
    print(f"ASC_CHECK_SEED={seed}")
    return command(
        *("pytest", "--nbval", NOTEBOOKS, "--nbval-current-env"),
        *("--nbval-sanitize-with", "tests/book/sanitize.cfg", "-p", "no:cacheprovider"),
        *("-n", str(os.cpu_count() or 1), "--dist", "loadscope", "-q", "-o", "timeout=900"),
        ASC_CHECK_SEED=seed,
        **kernel.KERNEL_ENVIRONMENT,
    )


QUICK: dict[str, Callable[[], bool]] = {
    "style": style,
    "library and tools": lambda: tests("tests/asctools", "tests/tools"),
}
FULL: dict[str, Callable[[], bool]] = {
    "pages": pages,
    **QUICK,
    "book": lambda: tests("tests/book"),
    "browser": browser_tests,
    "reference outputs": references,
}


def main(arguments: list[str] | None = None) -> int:
    """Run all steps, also after one has failed, and sum up."""
    parser = argparse.ArgumentParser(prog="python -m tools.check", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="skip the pages and the browser")
    steps = QUICK if parser.parse_args(arguments).quick else FULL
    outcome: dict[str, bool] = {}
    for name, step in steps.items():
        print(f"\n[check] {name}", flush=True)
        started = time.monotonic()
        outcome[name] = step()
        verdict = "passed" if outcome[name] else "FAILED"
        print(f"[check] {name}: {verdict} in {time.monotonic() - started:.0f} s", flush=True)
    failed = [name for name, passed in outcome.items() if not passed]
    ran = [chapter for chapter in chapters() if chapter.has_code]
    print(f"\n[check] {len(outcome) - len(failed)} of {len(outcome)} steps passed", end="")
    print(
        f" ({len(ran)} chapters with code)" + (f"; failed: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
