"""The plots of what a loss hides: runs that look alike, and where they deviated."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain, unknown_name
from asctools.plots.labels import spread as apart
from asctools.plots.labels import write
from asctools.plots.palette import MARKS, colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 0.34  # inches that a run and the space below it take
WIDE_RANGE = 6.0  # a ratio of largest to smallest value from which an axis is logarithmic
_LINES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1, 1.6)),
    (0, (6, 2, 1, 2)),
    (0, (9, 2)),
    (0, (3, 1)),
)
_ROUND = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0)


@styled
def losses(
    curves: Mapping[str, Sequence[float]],
    *,
    window: int = 20,
    emphasise: str | None = None,
) -> "Figure":
    """Draw the losses of several runs, each smoothed, with its name at its end.

    Parameters
    ----------
    curves
        Name of a run → its losses, one an iteration.
    window
        How many iterations a point averages.
    emphasise
        The name of a run that stands out, and with it the first, which it is compared with. By
        default none does.

    Returns
    -------
    Figure
        As long as the first run, on a logarithmic axis. What rises above its highest point leaves
        through the top.
    """
    _any(curves, "runs")
    if emphasise is not None and emphasise not in curves:
        raise unknown_name("run", emphasise, curves)
    figure, axes = new_figure(6.4, 4.2)
    smooth = {name: _smoothed(name, values, window) for name, values in curves.items()}
    first, end = next(iter(smooth.values())), len(next(iter(curves.values())))
    low = min(float(values.min()) for values in smooth.values())
    axes.set(yscale="log", ylim=(0.9 * low, 1.15 * first.max()), xlim=(0, end))
    axes.set(xlabel="iteration", ylabel="loss")
    ticks = [tick for tick in _ROUND if 0.9 * low <= tick <= 1.15 * first.max()]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([], minor=True)
    ends = {}
    for number, (name, values) in enumerate(smooth.items()):
        role = "deviation" if name == emphasise else "baseline" if emphasise and number else "event"
        look = {"color": colour(role), "linestyle": _LINES[number % len(_LINES)]}
        heavy = emphasise is not None and role != "baseline"
        at = np.arange(len(values)) + window
        weight = {"linewidth": 2.2, "zorder": 3} if heavy else {"linewidth": 1.3, "zorder": 2}
        axes.plot(at, values, **look, **weight)
        ends[name] = float(values[min(len(values), len(first)) - 1]), look
    _name_ends(axes, end, ends)
    return figure


def _name_ends(axes: "Axes", x: float, ends: Mapping[str, tuple[float, dict[str, Any]]]) -> None:
    """Write the names in a column, each with a piece of its line that leads to the curve's end."""
    low, high = axes.get_ylim()
    inside = {name: min(max(y, low), high) for name, (y, _) in ends.items()}
    axes.figure.canvas.draw()  # how high the axes stand decides how far apart the names must be
    to_points = axes.transData + axes.figure.dpi_scale_trans.inverted()
    wanted = [72.0 * float(to_points.transform((x, y))[1]) for y in inside.values()]
    places = apart(wanted, gap=15.0)
    for (name, y), want, place in zip(inside.items(), wanted, places, strict=True):
        above = ends[name][0] > high
        line = {"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0, "linewidth": 1.1, **ends[name][1]}
        axes.annotate(
            f"↑ {name}" if above else name,
            (x, y),
            xytext=(24, place - want),
            textcoords="offset points",
            va="center",
            color=ends[name][1]["color"],
            annotation_clip=False,
            arrowprops=None if above else {**line, "relpos": (0, 0.5)},
        )


@styled
def spread(values: Mapping[str, Sequence[float]], *, reference: str) -> "Figure":
    """Draw a value of each seed of each run, and the range of the reference as a band.

    Parameters
    ----------
    values
        Name of a run → one value a seed, such as the best validation loss.
    reference
        The run whose range is the band. Runs that lie wholly outside it stand out.
    """
    _any(values, "runs")
    if reference not in values:
        raise unknown_name("run", reference, values)
    figure, axes = new_figure(6.2, 1.1 + ROW * len(values))
    low, high = min(values[reference]), max(values[reference])
    axes.axvspan(low, high, color=colour("event"), alpha=0.18, linewidth=0)
    for place, each in enumerate(values.values()):
        role = "event" if min(each) <= high and max(each) >= low else "deviation"
        look = {"color": colour(role), "marker": MARKS[role].marker, "markersize": 7.0}
        axes.plot(each, [place] * len(each), linestyle="none", alpha=0.85, **look)
    numbers = [value for each in values.values() for value in each]
    if max(numbers) > WIDE_RANGE * min(numbers) > 0.0:
        axes.set_xscale("log")
        ticks = [tick for tick in _ROUND if 0.8 * min(numbers) <= tick <= 1.3 * max(numbers)]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_xticks([], minor=True)
    axes.set(yticks=range(len(values)), yticklabels=list(values))
    axes.set(ylim=(len(values) - 0.4, -0.6), xlabel="best validation loss, a mark for each seed")
    axes.grid(visible=True, axis="x")
    return figure


@styled
def loss_and_deviations(
    losses: Sequence[float], deviations: Mapping[str, Sequence[int]], *, window: int = 10
) -> "Figure":
    """Draw the loss of a run, and below it the iterations in which it deviated.

    Parameters
    ----------
    losses
        One an iteration.
    deviations
        What deviated → the iterations, from 1, in which it did.
    window
        How many iterations a point of the loss averages.
    """
    said = {name: f"{name}: {len(at):,} ×" for name, at in deviations.items()}
    rows = max(1, len(said))
    size: dict[str, Any] = {"rows": 2, "sharex": True, "height_ratios": (4.4, 1.25 * rows)}
    figure, (top, bottom) = new_figure(6.2, 2.7 + 0.62 * rows, **size)
    values = _smoothed("the run", losses, window)
    top.plot(np.arange(len(values)) + window, values, color=colour("loss"), linewidth=1.6)
    top.set(ylabel="loss", xlim=(0, len(losses)))
    bottom.set(ylim=(rows - 0.5, -0.6), yticks=[], xlabel="iteration")
    bottom.spines["left"].set_visible(False)
    for row, (name, at) in enumerate(deviations.items()):
        look = {"color": colour("deviation"), "linewidth": 1.0}
        bottom.vlines(at, row, row + 0.3, **look)
        write(bottom, 0, row - 0.28, said[name], "deviation", ha="left", offset=(0, 0))
    if not said:
        write(bottom, 0, 0, "no deviation", "muted", ha="left", offset=(0, 0))
    bottom.grid(visible=False)
    return figure


def _smoothed(name: str, values: Sequence[float], window: int) -> np.ndarray:
    """Return the means of ``window`` values side by side."""
    if not 1 <= window <= len(values):
        came = f"{len(values)} losses of {name} and a window of {window}"
        raise ShapeError(explain(came, "a window of 1 to as many losses", "take a smaller window"))
    known = np.nan_to_num(np.asarray(values, dtype=float), nan=np.inf)  # a run may end in NaN
    return np.lib.stride_tricks.sliding_window_view(known, window).mean(axis=1)


def _any(things: Any, kind: str) -> None:
    if not len(things):
        raise ShapeError(explain(f"no {kind}", "one or more", "pass what there is to draw"))
