"""Execute what needs it and build the pages, a warning being a failure.

python -m tools.build                  # the whole book, into _build/html
python -m tools.build --page by-hand   # one chapter, into _build/page
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

import yaml

from tools import execute
from tools.chapters import ROOT, Chapter, ChapterError, chapters, find

BUILD = ROOT / "_build"
_BOOK_COMMAND = "import sys; from jupyter_book.cli.main import main; sys.exit(main())"
_STEP = re.compile(r"^(reading sources|writing output)\.\.\. *\[ *(\d+)%\]")


class BuildError(RuntimeError):
    """The pages could not be built; the message says what to do."""


def check_writable(folder: Path) -> None:
    """Make the build folder and prove that files can be written there."""
    probe = folder / "probe.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise BuildError(
            f"Cannot write into {folder.name}/ below {folder.parent} ({error.strerror}). The build "
            "keeps its cache and pages there: move the book to a folder of your own, or change "
            "the permissions of that folder."
        ) from None


def page_configuration(page: Chapter) -> Path:
    """Write the configuration that builds one chapter without running the others."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    others = [
        f"book/{other.name}.md"
        for other in chapters()
        if other != page and other.has_code and not execute.is_fresh(other)
    ]
    extensions = settings["sphinx"]["local_extensions"]  # looked for beside the configuration
    settings["sphinx"]["local_extensions"] = {
        name: str(ROOT / folder) for name, folder in extensions.items()
    }
    settings["execute"] |= {
        "cache": str(ROOT / execute.CACHE),
        "exclude_patterns": others,
    }
    path = BUILD / "page" / "_config.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return path


def jupyter_book(arguments: list[str], log: Path) -> int:
    """Run jupyter-book, show how far it is, keep all it says in ``log``."""
    command = [sys.executable, "-c", _BOOK_COMMAND, "build", ".", *arguments]
    shown = ""
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            kept.write(line)
            step = _STEP.match(line)
            if step and step.group(1) != shown:
                shown = step.group(1)
                print(f"[pages] {shown}", flush=True)
    return process.returncode


def complaints(log: Path) -> list[str]:
    """Return the lines of a build log that say what went wrong."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if re.search(r"WARNING|ERROR|Error:", line)]
    return [line.replace(f"{ROOT}/", "") for line in dict.fromkeys(lines)]


def build(page: Chapter | None = None) -> Path:
    """Build the book, or one page of it, and return the file to open.

    Raises
    ------
    BuildError
        When a chapter fails or a page gives a warning.
    """
    check_writable(BUILD)
    failures = execute.execute([page] if page else chapters())
    if failures:
        raise BuildError("\n\n".join(failures))
    arguments = ["--keep-going"]
    if page:
        arguments += ["--config", str(page_configuration(page)), "--path-output", "_build/page"]
        target = BUILD / "page" / "_build" / "html" / "book" / f"{page.name}.html"
    else:
        arguments += ["-W"]
        target = BUILD / "html" / "index.html"
    log = BUILD / "build.log"
    if jupyter_book(arguments, log) or not target.exists():
        said = "\n".join(complaints(log)) or log.read_text(encoding="utf-8")[-3000:]
        raise BuildError(f"{said}\n\nThe pages were not built cleanly. All of it: _build/build.log")
    return target


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, build, print the address."""
    parser = argparse.ArgumentParser(prog="python -m tools.build", description=__doc__)
    parser.add_argument("--page", metavar="CHAPTER", help="build this chapter alone")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        page = None
        if options.page is not None:
            page = find(options.page)
        target = build(page)
    except (BuildError, ChapterError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(f"[done]  {time.monotonic() - started:.0f} s. Open {target.as_uri()}")
    if page is None:
        print("        or serve it: make serve")
    return 0


if __name__ == "__main__":
    sys.exit(main())
