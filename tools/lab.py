"""Open JupyterLab on the chapters: `make lab`."""

from __future__ import annotations

import os
import subprocess
import sys

from tools.chapters import ROOT
from tools.kernel import KERNEL_ENVIRONMENT

# Seen from the root of the project, so that a notebook finds ../../figs; ASC_STATIC stays unset,
# since there is a kernel here to move the interactive figures.
COMMAND = [
    *("-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}"),
    *("--LabApp.default_url=/lab/tree/notebooks", "--LabApp.news_url="),
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]


def main(extra: list[str]) -> int:
    """Start the server and wait for it; further words go to it unchanged."""
    threads = {name: value for name, value in KERNEL_ENVIRONMENT.items() if "THREADS" in name}
    print("Double-click a chapter in notebooks/. Stop with Ctrl-C.", flush=True)
    try:
        return subprocess.run(
            [sys.executable, *COMMAND, *extra], env=os.environ | threads
        ).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
