"""The cells that need a kernel and a reader: the pages do not run them, so they run here."""

from __future__ import annotations

import subprocess
import sys

from tools.chapters import ROOT
from tools.crossrefs import Book

# Counts the sliders that a cell makes, and moves each to see that its function takes it.
TRY = """
import ipywidgets

exec(compile(open(0).read(), "live cell", "exec"), {"__name__": "live"})
made = ipywidgets.Widget.widgets.values()
sliders = [widget for widget in made if hasattr(widget, "max") and hasattr(widget, "value")]
for slider in sliders:
    slider.value = slider.max
print("sliders:", len(sliders))
"""


def test_every_live_cell_runs_by_itself_and_has_something_to_move() -> None:
    cells = [
        (name, cell)
        for name, page in Book(ROOT).pages.items()
        for cell in page.code
        if "live-only" in cell.tags
    ]
    assert cells, "the first chapter has one"
    for name, cell in cells:
        command = [sys.executable, "-c", TRY]
        done = subprocess.run(command, input=cell.source, capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, f"{name}, line {cell.line}: {done.stderr}"
        assert int(done.stdout.rpartition("sliders: ")[2]) >= 1
