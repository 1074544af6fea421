"""Run every benchmark, each in a process of its own: `make bench`."""

from __future__ import annotations

import subprocess
import sys

from tools.chapters import ROOT


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all of them, and return the first failing exit code."""
    scripts = sorted((ROOT / "benchmarks").glob("*.py"))
    known = {script.stem: script for script in scripts}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"No benchmark {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or known:
        print(f"\n[bench] {name}", flush=True)
        code = subprocess.run([sys.executable, str(known[name])], cwd=ROOT).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
