"""A JupyterLab as `make lab` starts it, on a copy of the notebooks, and one notebook in it."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page

from tools.chapters import ROOT
from tools.kernel import KERNEL_ENVIRONMENT
from tools.lab import COMMAND

HEADING = re.compile(r"(\([\w-]+\)=\n)?#{1,5} ")
_START_S = 40.0
# Without windowing all cells are in the page at once; a reader gets them by scrolling.
_SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false"},
}
_ERRORS = '[data-mime-type$="jupyter.stderr"], [data-mime-type$="jupyter.error"]'
# Nothing waits any more, and the last cell has answered, or one before it has failed.
_HAS_RUN = """errors => {
  const cells = [...document.querySelectorAll('.jp-CodeCell')];
  const waits = cell => cell.querySelector('.jp-InputArea-prompt')?.textContent === '[*]:';
  return cells.length > 0 && !cells.some(waits)
      && cells.some(cell => cell === cells.at(-1) && cell.querySelector('.jp-OutputArea-output')
                         || cell.querySelector(errors));
}"""


@dataclass(frozen=True)
class Lab:
    """A running server."""

    address: str
    token: str
    root: Path

    def url(self, path: str) -> str:
        """An address on the server, with the right to open it."""
        return f"{self.address}{path}?token={self.token}&reset"


@dataclass(frozen=True)
class Opened:
    """A notebook as it stands in the file, and the page of JupyterLab that shows it."""

    page: Page
    file: nbformat.NotebookNode

    @property
    def cells(self) -> Locator:
        """The cells as JupyterLab shows them, in the order of the file."""
        return self.page.locator(".jp-Notebook .jp-Cell")

    @property
    def text(self) -> str:
        """The text cells as the reader sees them, folded ones too."""
        texts = self.page.locator(".jp-MarkdownCell .myst").all_text_contents()
        return re.sub(r"\s+", " ", " ".join(texts))

    def count(self, selector: str) -> int:
        """How many elements of the text cells match."""
        return self.page.locator(f".jp-MarkdownCell .myst {selector}").count()

    def written(self, pattern: str) -> int:
        """How often a pattern occurs in the text cells of the file."""
        texts = (cell.source for cell in self.file.cells if cell.cell_type == "markdown")
        return sum(len(re.findall(pattern, text, re.MULTILINE)) for text in texts)

    def failed(self) -> list[int]:
        """The cells that show an error, or wrote to the stream for errors."""
        cells = enumerate(self.cells.all())
        return [at for at, cell in cells if cell.locator(_ERRORS).count()]

    def run_all(self) -> None:
        """Run > Run All Cells, as a reader does, and wait for the last cell."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
        self.page.wait_for_function(_HAS_RUN, arg=_ERRORS)


def folded(notebook: nbformat.NotebookNode) -> list[int]:
    """The cells below the heading of a solution, up to the next heading."""
    hidden, inside = [], False
    for at, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and HEADING.match(cell.source):
            inside = bool(cell.metadata.get("jp-MarkdownHeadingCollapsed"))
        elif inside:
            hidden.append(at)
    return hidden


@contextmanager
def server(home: Path) -> Iterator[Lab]:
    """Run JupyterLab below a folder of its own, on copies, and stop it at the end."""
    root, runtime = home / "root", home / "runtime"
    for name in ("notebooks", "figs"):
        shutil.copytree(ROOT / name, root / name)
    for plugin, settings in _SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")
    token = secrets.token_hex(16)
    words = [word for word in COMMAND if "root_dir" not in word]
    words += [f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={token}"]
    words += ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=18888"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *words], cwd=root, env=_environment(home), stdout=log, stderr=log
        )
        try:
            yield Lab(_address(process, runtime, home / "log"), token, root)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment(home: Path) -> dict[str, str]:
    """Neither the settings nor the workspaces of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    kept.pop("ASC_STATIC", None)
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    threads = {name: value for name, value in KERNEL_ENVIRONMENT.items() if "THREADS" in name}
    kept |= {name: str(home / place) for name, place in places.items()} | threads
    return kept | {"PYTHONPATH": str(ROOT), "JUPYTER_PREFER_ENV_PATH": "1"}


def _address(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """Where the server listens; it takes another port if that one is in use, and writes it down."""
    written = runtime / f"jpserver-{process.pid}.json"
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            port = json.loads(written.read_text(encoding="utf-8"))["port"]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5):
                return f"http://127.0.0.1:{port}"
        except (OSError, ValueError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(errors='replace')}")


def without_outputs(path: Path) -> nbformat.NotebookNode:
    """Empty a notebook of its reference outputs, so that what is seen is of this run."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    nbformat.write(notebook, path)
    return notebook


def open_notebook(page: Page, lab: Lab, name: str) -> Opened:
    """Double-click through the file browser to a notebook, and wait until its text is drawn."""
    page.set_default_timeout(60_000)  # on a machine that does other things as well
    page.goto(lab.url("/lab/tree/notebooks"))
    for step in Path(name).with_suffix(".ipynb").parts:
        page.locator(".jp-DirListing-item").filter(
            has=page.get_by_text(step, exact=True)
        ).dblclick()
    file = nbformat.read(lab.root / "notebooks" / f"{name}.ipynb", as_version=4)
    texts = sum(cell.cell_type == "markdown" for cell in file.cells)
    page.wait_for_function(
        """texts => {
          const all = [...document.querySelectorAll('.jp-MarkdownCell .myst')];
          return all.length === texts && all.every(each => each.childElementCount > 0);
        }""",
        arg=texts,
    )
    return Opened(page, file)
