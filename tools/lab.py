"""Open JupyterLab on the chapters: `make lab`."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tools.chapters import ROOT
from tools.kernel import KERNEL_ENVIRONMENT

SETTINGS = ROOT / "_build" / "lab-settings"

# Seen from the root of the project, so that a notebook finds ../../figs; ASC_STATIC stays unset,
# since there is a kernel here to move the interactive figures.
COMMAND = [
    *("-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}"),
    *("--LabApp.default_url=/lab/tree/notebooks", f"--LabApp.app_settings_dir={SETTINGS}"),
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]
# Without this a first start asks whether it may fetch news.
NO_NEWS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
}


def main(extra: list[str]) -> int:
    """Start the server and wait for it; further words go to it unchanged."""
    threads = {name: value for name, value in KERNEL_ENVIRONMENT.items() if "THREADS" in name}
    SETTINGS.mkdir(parents=True, exist_ok=True)
    (SETTINGS / "overrides.json").write_text(json.dumps(NO_NEWS), encoding="utf-8")
    # In a container one is often root; the server listens on this machine alone.
    words = [*COMMAND, *(["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else [])]
    print("Double-click a chapter in notebooks/. Stop with Ctrl-C.", flush=True)
    try:
        return subprocess.run([sys.executable, *words, *extra], env=os.environ | threads).returncode
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
