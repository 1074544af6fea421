"""Start a module in several processes, as ``torchrun`` does, and wait for their end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tools.chapters import ROOT

SECONDS = 240  # far more than any of them needs: a hang ends here, and is an error


def command(processes: int, *arguments: object) -> list[str]:
    """Return the command line for ``-m module argument …``, or a script."""
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    return [*run, f"--nproc-per-node={processes}", *map(str, arguments)]


def environment() -> dict[str, str]:
    """Return an environment with one thread a process, and no trace of an outer group."""
    outer = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")
    kept = {name: value for name, value in os.environ.items() if name not in outer}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return kept | threads | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error:::asctools"}


def launch(
    processes: int, *arguments: object, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run it to its end, with some more variables; what it printed is in the result."""
    return subprocess.run(
        command(processes, *arguments),
        env=environment() | variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def interrupt(processes: int, *arguments: object, when: Path) -> subprocess.CompletedProcess[str]:
    """Start it, press Ctrl-C as soon as a file is there, and wait for the end."""
    running = subprocess.Popen(
        (line := command(processes, *arguments)),
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + SECONDS
    while not when.exists() and running.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    try:
        said = running.communicate(timeout=SECONDS)
    finally:
        running.kill()
    return subprocess.CompletedProcess(line, running.returncode, *said)
