"""One entrance for all interactive figures: live with a kernel, still in the book."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from asctools.course.widgets.source import read
from asctools.course.widgets.still import StillFigure, still_html
from asctools.errors import AscError, explain
from asctools.plots import Picture
from asctools.plots.picture import checked_alt

Check = Callable[[Any], Any]


def is_static() -> bool:
    """Tell whether figures are made for a page without a kernel: ``ASC_STATIC`` is set, not 0."""
    return os.environ.get("ASC_STATIC", "") not in ("", "0")


def interactive(
    name: str,
    *,
    state: Mapping[str, Any],
    alt: str,
    picture: Callable[[], Picture],
    checks: Mapping[str, Check] | None = None,
) -> Any:
    """Make an interactive figure out of ``<name>.js`` and ``<name>.css``.

    Parameters
    ----------
    name
        As in ``data-asc-widget``: ``"cell-bench"`` is drawn by ``cell_bench.js``.
    state
        What the module reads with ``model.get``: names to numbers, strings, lists, dictionaries.
    alt
        What one sees, in a sentence of 30 characters or more.
    picture
        Draws the still picture for readers without scripts; called for the book only.
    checks
        For some names of ``state`` a function that returns the value, cleaned, or raises.

    Returns
    -------
    StillFigure or anywidget.AnyWidget
        The first with ``ASC_STATIC=1``. Both have the entries of ``state`` as attributes; those
        of the second can be set, and change when the reader moves the figure.

    Raises
    ------
    AscError
        If there is no such module, ``alt`` says nothing, a check names no entry of the state, the
        state cannot be written as JSON, or anywidget is missing where it is needed.
    """
    source, said, checks = read(name), checked_alt(alt, name), checks or {}
    strangers = sorted(set(checks) - set(state))
    if strangers:
        raise AscError(explain(f"a check for {strangers}", "names of the state", "mend the name"))
    clean = {key: checks[key](value) if key in checks else value for key, value in state.items()}
    if is_static():
        return StillFigure(name, said, clean, still_html(source, clean, picture(), said))
    from asctools.course.widgets.live import live_figure  # needs anywidget

    return live_figure(source, clean, checks, said)
