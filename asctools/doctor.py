"""What this machine has, what is missing, and what to type.

Nothing is imported to find out: versions come from the packages' metadata, so the answer takes a
moment even where PyTorch is installed, and is given even where nothing is.
"""

import importlib.metadata
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from asctools import __version__
from asctools.errors import AscError, explain

OLDEST_PYTHON = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PURPOSE = {
    "core": "every part of the course",
    "torch": "the chapters with PyTorch",
    "mining": "process mining",
    "lightning": "Lightning and TensorBoard",
    "book": "the pages and JupyterLab",
    "test": "the checks",
}

# pip cannot be told in a requirement which build it should take.
TORCH_NOTE = (
    "  note: on Linux the usual index serves several GB of CUDA; the README says how to avoid it"
)

OK, OTHER, OUTSIDE, MISSING = "ok", "not the tested version", "outside the range", "missing"


class Requirement(NamedTuple):
    """One package: its name, the range that will do (``">=2.0,<3"``), the extra it belongs to."""

    name: str
    allowed: str
    extra: str


class Finding(NamedTuple):
    """A requirement, what is installed, what was tested (None where unknown), and the verdict."""

    requirement: Requirement
    installed: str | None
    tested: str | None
    verdict: str


def canonical(name: str) -> str:
    """Return a package's name in the one form that all its spellings share."""
    return re.sub(r"[-_.]+", "-", name).lower()


def public(version: str) -> str:
    """Return a version without its local part: 2.13.0 for 2.13.0+cpu."""
    return version.split("+")[0]


def release(version: str) -> tuple[int, ...]:
    """Return the numbers a version starts with, without zeros at the end: (2,) for 2.0rc1."""
    found = re.match(r"\d+(\.\d+)*", version)
    numbers = [int(part) for part in found[0].split(".")] if found else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


COMPARE: dict[str, Callable[[str, str], bool]] = {
    "==": lambda have, want: public(have) == public(want),
    ">=": lambda have, want: release(have) >= release(want),
    "<": lambda have, want: release(have) < release(want),
}


def allows(allowed: str, version: str) -> bool:
    """Tell whether a version lies in a range such as ``">=2.0,<3"``."""
    parts = re.findall(r"(==|>=|<)\s*([^\s,]+)", allowed)
    return all(COMPARE[sign](version, want) for sign, want in parts)


def parse_requirement(line: str, extra: str = "core") -> Requirement:
    """Read ``torch==2.13.0`` or, as installed metadata has it, ``torch==2.13.0; extra == "x"``."""
    wanted, _, marker = line.partition(";")
    found = re.match(r"\s*([\w.-]+)\s*(.*)", wanted)
    if not found:
        came = f"{line!r} as a requirement"
        raise AscError(explain(came, "a package and a range", "mend pyproject.toml"))
    named = re.search(r"extra\s*==\s*[\"']([^\"']+)", marker)
    return Requirement(found[1], found[2].strip(), named[1] if named else extra)


def checkout() -> Path | None:
    """Return the folder that holds pyproject.toml when asctools runs from a checkout."""
    root = Path(__file__).resolve().parents[1]
    return root if (root / "pyproject.toml").is_file() else None


def requirements(root: Path | None) -> list[Requirement]:
    """Return every package of every extra: from the checkout, else as asctools was installed."""
    if root:
        import tomllib  # here, so that an old Python gets as far as being told that it is old

        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
        groups = {"core": project["dependencies"], **project["optional-dependencies"]}
        return [parse_requirement(line, extra) for extra, lines in groups.items() for line in lines]
    try:
        lines = importlib.metadata.requires("asctools") or []
    except importlib.metadata.PackageNotFoundError as error:
        todo = "install asctools with pip, or run this in the folder of the book"
        raise AscError(explain("asctools without its list of packages", "one", todo)) from error
    return [parse_requirement(line) for line in lines]


def tested_versions(root: Path | None, wanted: Iterable[Requirement]) -> dict[str, str]:
    """Return the version tested of each package: constraints.txt's, else where one is pinned."""
    pins = {r.name: r.allowed[2:] for r in wanted if r.allowed.startswith("==")}
    if root and (root / "constraints.txt").is_file():
        text = (root / "constraints.txt").read_text("utf-8")
        pins |= dict(re.findall(r"^([\w.-]+)==(\S+)", text, flags=re.MULTILINE))
    return {canonical(name): version for name, version in pins.items()}


def installed_version(name: str) -> str | None:
    """Return the version of an installed package, or None; the package is not imported."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def judge(requirement: Requirement, installed: str | None, tested: str | None) -> Finding:
    """Compare what is installed with what will do and with what was tested."""
    if installed is None:
        verdict = MISSING
    elif not allows(requirement.allowed, installed):
        verdict = OUTSIDE
    elif tested and public(installed) != public(tested):
        verdict = OTHER
    else:
        verdict = OK
    return Finding(requirement, installed, tested, verdict)


def examine(root: Path | None) -> list[Finding]:
    """Judge every package."""
    wanted = requirements(root)
    tested = tested_versions(root, wanted)
    return [judge(r, installed_version(r.name), tested.get(canonical(r.name))) for r in wanted]


def python_command() -> str:
    """Return what to type for the Python that is running: its short name if that finds it."""
    running = Path(sys.executable)
    for name in ("python", "python3"):
        found = shutil.which(name)
        if found and Path(found).absolute() == running.absolute():
            return name
    inside = running.is_relative_to(Path.cwd())
    path = str(running.relative_to(Path.cwd()) if inside else running)
    return f'"{path}"' if " " in path else path


def remedy(extra: str, findings: Iterable[Finding], root: Path | None) -> str | None:
    """Return the command that puts one extra right, or None where nothing is wrong."""
    wrong = [finding for finding in findings if finding.verdict != OK]
    if not wrong:
        return None
    pip = f"{python_command()} -m pip install"
    if all(finding.verdict == MISSING for finding in wrong):
        suffix = "" if extra == "core" else f"[{extra}]"
        if not root:
            return f'{pip} "asctools{suffix}"'
        here = "." if root == Path.cwd() else str(root)
        return f'{pip} -c "{Path(here) / "constraints.txt"}" -e "{here}{suffix}"'
    versions = (f"=={f.tested}" if f.tested else f.requirement.allowed for f in wrong)
    names = (f.requirement.name for f in wrong)
    return " ".join([pip, *(f'"{n}{v}"' for n, v in zip(names, versions, strict=True))])


def writable(folder: Path) -> bool:
    """Try to write into a folder; asking the system for permissions is not the same."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def machine(folder: Path) -> list[str]:
    """Return the lines about the machine and the folder one works in."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    may = "can be written to" if writable(folder) else "cannot be written to: work in another one"
    nothing = "none: install Chromium (Debian, Ubuntu: apt-get install chromium); only tests use it"
    own = (
        "in its own environment"
        if sys.prefix != sys.base_prefix
        else "in no environment of its own"
    )
    return [
        f"asctools   {__version__}",
        f"Python     {platform.python_version()} ({python_command()}), {own}",
        f"Platform   {platform.platform()}",
        f"Cores      {usable}",
        f"Folder     {may}",
        f"Browser    {browser or nothing}",
    ]


def packages(findings: list[Finding], root: Path | None) -> list[str]:
    """Return the lines about the packages, extra by extra, each followed by what to type."""
    lines = []
    for extra in dict.fromkeys(finding.requirement.extra for finding in findings):
        group = [finding for finding in findings if finding.requirement.extra == extra]
        lines += ["", f"{extra}: {PURPOSE.get(extra, 'more')}"]
        for requirement, installed, tested, verdict in group:
            told = f"tested {tested}" if tested else f"needs {requirement.allowed}"
            lines.append(f"  {requirement.name:<22} {installed or '-':<15} {told:<22} {verdict}")
        command = remedy(extra, group, root)
        if command:
            lines.append(f"  type: {command}")
        if command and extra == "torch" and sys.platform == "linux":
            lines.append(TORCH_NOTE)
    return lines


def run() -> int:
    """Print the report.

    Returns
    -------
    int
        0 if Python and the core packages will do, else 1. A missing extra is no fault.
    """
    if sys.version_info < OLDEST_PYTHON:
        need = ".".join(map(str, OLDEST_PYTHON))
        print(f"This is Python {platform.python_version()}; asctools needs {need} or newer.")
        return 1
    root = checkout()
    findings = examine(root)
    core = [finding for finding in findings if finding.requirement.extra == "core"]
    fine = all(finding.verdict in (OK, OTHER) for finding in core)
    last = "The core is fine." if fine else "The core is not fine: type the line under it."
    print("\n".join([*machine(Path.cwd()), *packages(findings, root), "", last]))
    return 0 if fine else 1
