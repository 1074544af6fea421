"""The plots of what is done with a probability: is it right, where to cut, who was fooled."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.labels import label_ends, write
from asctools.plots.palette import colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

ROW = 0.42  # inches that a model and the space below it take
_LOOKS: tuple[tuple[str, str, Any], ...] = (
    ("lstm", "o", "-"),
    ("loss", "s", (0, (5, 2))),
    ("rule", "^", (0, (1, 1.6))),
)


@styled
def constant_losses(
    z: "ArrayLike", losses: "Mapping[str, ArrayLike]", lowest: Mapping[str, tuple[float, float]]
) -> "Figure":
    """Draw the mean loss of a model that always says the same logit, for several weights.

    Parameters
    ----------
    z
        The logits, ``(K,)``.
    losses
        Name → mean loss at each of them; one to three.
    lowest
        Name → logit and loss at its lowest point.
    """
    _some(losses, "losses", 3)
    figure, axes = new_figure(6.0, 3.5)
    logits = np.asarray(z, dtype=float)
    ends, roles = [], []
    for (name, values), (role, marker, line) in zip(losses.items(), _LOOKS, strict=False):
        heights = np.asarray(values, dtype=float)
        axes.plot(logits, heights, color=colour(role), linestyle=line)
        at, low = lowest[name]
        axes.plot(at, low, marker, color=colour(role), markersize=8, zorder=3)
        chance = f"{100 / (1 + np.exp(-at)):.0f} %"
        write(axes, at, low, chance, role, offset=(0, 13), ha="center")
        ends.append((float(logits[-1]), float(heights[-1])))
        roles.append(role)
    axes.set(xlabel="constant logit $z$", ylabel="mean loss", xlim=(logits[0], logits[-1]))
    axes.set_ylim(0, 2.4 * max(height for _, height in lowest.values()))
    label_ends(axes, ends, list(losses), roles)
    return figure


@styled
def reliability(tables: "Mapping[str, tuple[Any, Any, Any, Any]]") -> "Figure":
    """Draw what came against what was said, bin by bin; on the diagonal both agree.

    Parameters
    ----------
    tables
        Name → predicted share, observed share, and the lowest and the highest share that the rows
        of the bin allow, each ``(B,)``; NaN for an empty bin. One to three.
    """
    _some(tables, "tables", 3)
    figure, axes = new_figure(4.9, 4.4)
    axes.plot((0, 1), (0, 1), color=colour("truth"), linewidth=1.2, linestyle=(0, (4, 3)))
    for (name, table), (role, marker, line) in zip(tables.items(), _LOOKS, strict=False):
        said, came, low, high = (np.asarray(part, dtype=float) for part in table)
        full = np.isfinite(said) & np.isfinite(came)
        said, came, low, high = said[full], came[full], low[full], high[full]
        axes.vlines(said, low, high, color=colour(role), linewidth=1.5, alpha=0.6)
        look = {"color": colour(role), "marker": marker, "linestyle": line, "linewidth": 1.5}
        axes.plot(said, came, label=name, clip_on=False, zorder=3, **look)
    axes.set(xlim=(0, 1), ylim=(0, 1), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1), aspect="equal")
    axes.set(xlabel="what the model says", ylabel="share of defects that came")
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, columnspacing=1.2)
    return figure


@styled
def cost_curve(
    thresholds: "ArrayLike",
    costs: "Mapping[str, ArrayLike]",
    marks: Mapping[str, float],
    lines: Mapping[str, float] | None = None,
) -> "Figure":
    """Draw what a window costs on average if the alarm begins at each threshold.

    Parameters
    ----------
    thresholds
        Rising probabilities between 0 and 1, ``(K,)``; drawn by their odds.
    costs
        Name → mean cost at each of them; one to three.
    marks
        Name → the threshold that was chosen for it.
    lines
        What the answers "always" and "never" cost, or others that look at nothing.
    """
    _some(costs, "costs", 3)
    at = np.asarray(thresholds, dtype=float)
    figure, axes = new_figure(6.2, 3.7)
    places = _odds(at)
    for (name, values), (role, marker, line) in zip(costs.items(), _LOOKS, strict=False):
        heights = np.asarray(values, dtype=float)
        axes.plot(places, heights, color=colour(role), linestyle=line, label=name)
        if name in marks:
            x = float(_odds(np.array(marks[name])))
            y = float(np.interp(x, places, heights))
            axes.plot(x, y, marker, color=colour(role), markersize=9, zorder=4)
    highest = max(float(np.max(np.asarray(values))) for values in costs.values())
    for name, level in (lines or {}).items():
        axes.axhline(level, color=colour("chance"), linewidth=1.3, linestyle=(0, (1, 2)))
        write(axes, places[-1], level, name, "chance")
    ticks = [tick for tick in (0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95) if at[0] <= tick <= at[-1]]
    axes.set(xticks=_odds(np.array(ticks)), xticklabels=[f"{tick:g}" for tick in ticks])
    axes.set(xlabel="threshold", ylabel="cost of a window", xlim=(places[0], places[-1]))
    axes.set_ylim(0, 1.05 * max(highest, *(lines or {"": 0.0}).values()))
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, columnspacing=1.2)
    return figure


def _odds(p: Any) -> Any:
    """Return the logarithm of the odds: thresholds near 0 need as much room as those near 1."""
    return np.log(p / (1.0 - p))


@styled
def leak(
    results: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    names: tuple[str, str] = ("split by heat", "split by window"),
    measure: str = "AUC-ROC",
) -> "Figure":
    """Draw what each model reaches under two ways to split, a mark per seed, an arrow between.

    Parameters
    ----------
    results
        Model → its values under the first way, and under the second.
    names
        What the two ways are called.
    measure
        What is drawn.
    """
    _some(results, "models", 12)
    figure, axes = new_figure(6.4, 1.25 + ROW * len(results))
    ways = (("truth", "o", True), ("deviation", "X", False))
    for place, pair in enumerate(results.values()):
        start, end = (float(np.median(values)) for values in pair)
        arrow = {"arrowstyle": "-|>", "color": colour("deviation"), "linewidth": 1.6}
        arrow |= {"shrinkA": 7, "shrinkB": 7}
        if abs(end - start) > 0.01:
            axes.annotate("", (end, place), (start, place), arrowprops=arrow)
        for values, (role, marker, _) in zip(pair, ways, strict=True):
            look = {"color": colour(role), "linestyle": "none", "clip_on": False}
            axes.plot(values, [place] * len(values), marker, **look)
    for name, (role, marker, _) in zip(names, ways, strict=True):
        axes.plot([], [], marker, color=colour(role), linestyle="none", label=name)
    axes.set(yticks=range(len(results)), yticklabels=list(results), xlabel=measure)
    axes.set(ylim=(len(results) - 0.5, -0.5), xlim=(None, 1.0))
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, columnspacing=1.2)
    return figure


def _some(things: Any, kind: str, most: int) -> None:
    if not 1 <= len(things) <= most:
        came = f"{len(things)} {kind}"
        raise ShapeError(explain(came, f"1 to {most}", "pass what there is to draw"))
