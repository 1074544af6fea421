"""Run one chapter in a kernel of its own, and measure what that cost."""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

CELL_TIMEOUT_S = 600

# A cell with this tag is for JupyterLab alone: nothing on a page could move what it shows.
LIVE_ONLY = "live-only"

# One thread: the numbers and the costs of a chapter must not depend on how many cores there are.
KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "ASC_STATIC": "1",  # interactive figures draw their static form
}

# Asked of the kernel after the last cell. The high-water mark of /proc starts afresh with each
# program; getrusage may carry over the size of the parent that forked it.
_PROBE = """
import json as _json, os as _os, platform as _platform, sys as _sys
def _peak_bytes():
    try:
        with open("/proc/self/status") as status:
            return 1024 * next(int(l.split()[1]) for l in status if l.startswith("VmHWM"))
    except OSError:
        import psutil
        info = psutil.Process().memory_info()
        return getattr(info, "peak_wset", info.rss)
_times = _os.times()
print(_json.dumps({
    "cpu_s": _times.user + _times.system + _times.children_user + _times.children_system,
    "peak_mb": _peak_bytes() / 1e6,
    "seed": globals().get("SEED"),
    "versions": {"python": _platform.python_version()} | {
        name: _sys.modules[name].__version__.split("+")[0]
        for name in ("numpy", "matplotlib", "torch", "pytorch_lightning", "pm4py")
        if name in _sys.modules
    },
}))
"""


@dataclass
class Cost:
    """What one run of a chapter cost, in seconds and megabytes, and what it ran with."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    seed: int | None
    versions: dict[str, str]
    cores: int

    def as_json(self) -> dict[str, Any]:
        """Return the cost as the run card stores it, rounded to what the clock can tell."""
        return {k: round(v, 1) if isinstance(v, float) else v for k, v in asdict(self).items()}


class CellError(RuntimeError):
    """A cell that raised, ran too long or took the kernel with it."""

    def __init__(self, cell: int, error: str, detail: str) -> None:
        super().__init__(error)
        self.cell, self.error, self.detail = cell, error, detail


Progress = Callable[[int, int], None]


def run(
    notebook: nbformat.NotebookNode,
    progress: Progress = lambda done, cells: None,
    environment: dict[str, str] | None = None,
) -> Cost:
    """Execute ``notebook`` in place, cell by cell, in an empty folder.

    Raises
    ------
    CellError
        When a cell fails; it carries the cell's index in the notebook.
    """
    client = NotebookClient(notebook, timeout=CELL_TIMEOUT_S, kernel_name="python3")
    client.record_timing = False  # time stamps in the cells would change what the cache looks up
    client.extra_arguments = ["--IPKernelApp.log_level=40"]  # its notes on sockets are no news
    started = time.perf_counter()
    code = [
        i
        for i, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and LIVE_ONLY not in cell.metadata.get("tags", [])
    ]
    with tempfile.TemporaryDirectory(prefix="chapter-") as folder:
        client.resources = {"metadata": {"path": folder}}
        with client.setup_kernel(env=os.environ | KERNEL_ENVIRONMENT | (environment or {})):
            for done, index in enumerate(code):
                progress(done, len(code))
                _execute(client, notebook.cells[index], index)
            measured = _ask(client, notebook)
    return Cost(wall_s=time.perf_counter() - started, cores=os.cpu_count() or 1, **measured)


def _ask(client: NotebookClient, notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """Let the kernel measure itself, in a cell that does not stay in the notebook."""
    notebook.cells.append(nbformat.v4.new_code_cell(_PROBE))
    try:
        _execute(client, notebook.cells[-1], len(notebook.cells) - 1)
        answer: dict[str, Any] = json.loads(notebook.cells[-1].outputs[0]["text"])
    finally:
        notebook.cells.pop()
    return answer


def _execute(client: NotebookClient, cell: nbformat.NotebookNode, index: int) -> None:
    try:
        client.execute_cell(cell, index, store_history=True)
    except CellExecutionError as error:
        raise CellError(index, f"{error.ename}: {error.evalue}", _traceback(cell)) from None
    except CellTimeoutError:
        raise CellError(index, f"still running after {CELL_TIMEOUT_S} s", "") from None
    except DeadKernelError:
        why = "the kernel died (out of memory, or a crash in a compiled package)"
        raise CellError(index, why, "") from None


def _traceback(cell: nbformat.NotebookNode) -> str:
    """The kernel's own traceback of a failed cell, without its colours."""
    lines = [line for out in cell.outputs for line in out.get("traceback", [])]
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))
