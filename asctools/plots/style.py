"""How every figure of the book looks: one set of Matplotlib settings, and the way to apply it."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from asctools.plots.palette import colour

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SMALLEST_TEXT = 11.0  # points in a figure 6 inches wide: still legible on a phone

P = ParamSpec("P")
R = TypeVar("R")


def settings() -> dict[str, Any]:
    """Return the Matplotlib settings of the book (a new dictionary each time)."""
    ink, muted, grid = colour("ink"), colour("muted"), colour("grid")
    return {
        # Only fonts that come with Matplotlib: the same picture on every machine.
        "font.family": ["DejaVu Sans"],
        "mathtext.fontset": "dejavuserif",  # as heavy as the text beside it
        "svg.fonttype": "path",
        "font.size": SMALLEST_TEXT,
        "axes.titlesize": 12,
        "axes.labelsize": SMALLEST_TEXT,
        "xtick.labelsize": SMALLEST_TEXT,
        "ytick.labelsize": SMALLEST_TEXT,
        "legend.fontsize": SMALLEST_TEXT,
        "figure.facecolor": "none",
        "savefig.facecolor": "none",
        "axes.facecolor": "none",
        "text.color": ink,
        "axes.labelcolor": ink,
        "axes.titlecolor": ink,
        "axes.titlelocation": "left",
        "axes.titlepad": 8,
        "axes.edgecolor": muted,
        "axes.linewidth": 0.9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "grid.color": grid,
        "grid.alpha": 0.32,
        "grid.linewidth": 0.8,
        "xtick.color": muted,
        "ytick.color": muted,
        "xtick.labelcolor": ink,
        "ytick.labelcolor": ink,
        "ytick.major.size": 0,
        "xtick.major.size": 3.5,
        "xtick.minor.visible": False,
        "ytick.minor.visible": False,
        "ytick.minor.size": 0,
        "lines.linewidth": 2.0,
        "lines.markersize": 6.5,
        "lines.solid_capstyle": "round",
        "lines.dash_capstyle": "butt",
        "hatch.linewidth": 0.9,
        "patch.edgecolor": ink,
        "legend.frameon": False,
    }


@contextmanager
def style() -> Iterator[None]:
    """Draw in the book's look inside ``with style():``, whatever was set before.

    Text and lines take their look when they are made, so the drawing has to stand inside, not
    only the making of the figure.
    """
    import matplotlib as mpl

    ours: Any = settings()
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(ours)
        yield


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Decorate a plotting function so that its whole body runs in the book's look."""

    @functools.wraps(draw)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with style():
            return draw(*args, **kwargs)

    return inside


@styled
def new_figure(
    width: float = 6.0, height: float = 3.2, rows: int = 1, cols: int = 1, **subplots: Any
) -> "tuple[Figure, Any]":
    """Make a figure of the book with its axes.

    Parameters
    ----------
    width, height
        Size in inches. Text is set for a width of 6.
    rows, cols
        Number of axes.
    **subplots
        Passed to ``Figure.subplots``: ``sharex=True``, ``height_ratios=(2, 1)``, …

    Returns
    -------
    (Figure, Axes or array of Axes)
        One Axes, or a NumPy array of shape ``(rows, cols)`` without the axes of length 1. The
        figure belongs to no window and needs no closing.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, cols, **subplots)
