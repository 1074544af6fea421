"""Figures that the reader can move: in JupyterLab with a kernel, in the book without one.

An interactive figure is one ES module, ``render({model, el})``, in the form that `anywidget
<https://anywidget.dev>`_ expects. With a kernel, the Python helper returns an anywidget whose
traits are synchronised. While the book is built (``ASC_STATIC=1``) it returns an object that shows
itself as one block of HTML: the same module, a small model in place of the kernel, and a still
picture for those who run no scripts. The block needs no network, no server and no other file.

**The next figure in an hour.** Say it shall be called ``dead-time``.

1. Write ``dead_time.js``. Export the arithmetic, so that tests can compare it with Python, and
   ``export default {render}``. ``render`` writes into ``el``, reads with ``model.get("seconds")``,
   answers to the reader with ``model.set("seconds", …); model.save_changes()``, and draws again on
   ``model.on("change:seconds", draw)``. It returns a function that takes its listeners away.
   Comments stand on lines of their own. Give each control the attribute
   ``data-lm-suppress-shortcuts``, or JupyterLab takes the arrow keys for itself.
2. Write ``dead_time.css``. Nest everything in one class, add the class to those of
   ``shared.css``, and avoid names that themes use (``output``, ``row``, ``mark``). A line
   ``@import "details.css";`` brings what figures with a table that folds out have in common.
   Take colours by role, ``var(--asc-forget)``. The fallback for places without our style sheet is
   filled in.
3. Write ``dead_time.py``::

       def dead_time(seconds=0.1):
           return interactive(
               "dead-time",
               state={"seconds": seconds},
               alt="A score over time, its threshold, and the strikes that a dead time leaves.",
               picture=lambda: show(plots.strikes(seconds), alt="…"),
               checks={"seconds": above_zero},
           )

   Each entry of ``state`` becomes a trait. A check returns the value, cleaned, or raises an
   :class:`~asctools.errors.InputError`; it is asked at the start and at every change.
4. Test three things: the arithmetic of the module against Python, in a browser; each number on the
   page, after a drag and after a key, against Python; axe, 390 pixels, light and dark. Copy
   ``tests/browser/test_cell_bench.py``.

A slider without a label, a colour that is the only difference, or a control that the keyboard
cannot reach is an error, not a matter of taste.
"""

from asctools.course.widgets.bracket_reader import bracket_reader
from asctools.course.widgets.cell_bench import (
    carried_by_lstm,
    carried_by_rnn,
    cell_bench,
    training_stages,
)
from asctools.course.widgets.figure import interactive, is_static
from asctools.course.widgets.refractory_bench import refractory_bench
from asctools.course.widgets.still import StillFigure
from asctools.course.widgets.training_player import training_player

__all__ = [
    "StillFigure",
    "bracket_reader",
    "carried_by_lstm",
    "carried_by_rnn",
    "cell_bench",
    "interactive",
    "is_static",
    "refractory_bench",
    "training_player",
    "training_stages",
]
