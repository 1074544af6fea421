"""Run every benchmark, each in a process of its own: `make bench`."""

from __future__ import annotations

import subprocess
import sys

from tools.chapters import ROOT


def benchmarks() -> list[str]:
    """Return the names of all; a file that cannot be run only holds what others import."""
    scripts = sorted((ROOT / "benchmarks").glob("*.py"))
    return [script.stem for script in scripts if "__main__" in script.read_text(encoding="utf-8")]


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all of them, and return the first failing exit code."""
    known = benchmarks()
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"No benchmark {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or known:
        print(f"\n[bench] {name}", flush=True)
        # As a module, so that one may import what it shares with another
        code = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
