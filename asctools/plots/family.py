"""The plot of the family: many cells of one size, what each reaches and what it costs."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.models import looks
from asctools.plots.palette import colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# name, number of parameters, length → one accuracy per seed, CPU seconds of a training
Member = tuple[str, int, Mapping[int, Sequence[float]], float]


@styled
def family(rows: Sequence[Member], *, chance: float | None = 0.5) -> "Figure":
    """Draw a row per cell: its accuracy at each length, a point per seed, and its time.

    Parameters
    ----------
    rows
        ``(name, parameters, accuracies, cpu_seconds)``, drawn from top to bottom; ``accuracies``
        is length → one per seed, the same lengths (two read best) for all.
    chance
        What guessing reaches; a line in the panels of accuracy.
    """
    if not rows or any(list(row[2]) != list(rows[0][2]) for row in rows):
        came = f"accuracies at {[list(row[2]) for row in rows]}"
        raise ShapeError(explain(came, "the same lengths in each row", "measure what is missing"))
    lengths = list(rows[0][2])
    widths = (*(1.0 for _ in lengths), 0.8)
    height = 1.1 + 0.46 * len(rows)
    figure, panels = new_figure(
        6.0, height, cols=len(lengths) + 1, sharey=True, width_ratios=widths
    )
    look = looks([row[0] for row in rows])
    everything = [value for row in rows for seeds in row[2].values() for value in seeds]
    least = min(everything) if chance is None else min(chance, *everything)
    margin = 0.06 * (max(everything) - least)
    for axes, length in zip(panels, lengths, strict=False):
        for place, (name, _, accuracies, _) in enumerate(rows):
            _dots(axes, place, accuracies[length], look[name].role, look[name].hand())
        if chance is not None:
            axes.axvline(chance, color=colour("chance"), linewidth=1.2, linestyle=(0, (1, 2)))
        axes.set_title(f"length {length}")
        axes.set(xlabel="accuracy", xlim=(least - margin, max(everything) + margin))
    _seconds(panels[-1], [row[3] for row in rows], [look[row[0]].role for row in rows])
    names = [f"{name}\n{parameters:,} weights" for name, parameters, *_ in rows]
    panels[0].set(yticks=range(len(rows)), yticklabels=names, ylim=(len(rows) - 0.5, -0.5))
    for axes in panels:
        axes.spines["left"].set_visible(False)
    return figure


def _dots(
    axes: "Axes", place: int, seeds: Sequence[float], role: str, hand: dict[str, Any]
) -> None:
    axes.hlines(place, min(seeds), max(seeds), color=colour(role), linewidth=1.8)
    axes.plot(seeds, [place] * len(seeds), **{**hand, "linestyle": "none"}, clip_on=False, zorder=3)
    middle = float(np.median(seeds))
    axes.vlines(middle, place - 0.26, place + 0.26, color=colour(role), linewidth=2.2)


def _seconds(axes: "Axes", seconds: Sequence[float], roles: Sequence[str]) -> None:
    """Draw the time as a bar with its number."""
    for place, (value, role) in enumerate(zip(seconds, roles, strict=True)):
        axes.barh(place, value, 0.34, facecolor=colour(role), alpha=0.55)
        axes.annotate(
            f"{value:.1f}", (value, place), (4, 0), textcoords="offset points", va="center"
        )
    axes.set_title("CPU seconds")
    axes.set(xlim=(0, 1.35 * max(seconds)), xticks=())
    axes.spines["bottom"].set_visible(False)
