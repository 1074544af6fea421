"""The plots of bracket matching: who can do it at which length, and what a cell counts."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.labels import label_ends
from asctools.plots.models import Look, looks, thinned
from asctools.plots.palette import MARKS, colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Levels = float | Mapping[int, float]

MOST_SYMBOLS = 48  # that stand side by side and can still be read
_BRACKETS = "()"


@styled
def accuracy_by_length(
    results: Mapping[str, Mapping[int, Sequence[float]]],
    baselines: Mapping[str, Levels] | None = None,
    *,
    chance: float = 0.5,
    trained_to: int | None = None,
) -> "Figure":
    """Draw each model's accuracy at each length: a point per seed, the spread, the median.

    Parameters
    ----------
    results
        Model → length → one accuracy per seed. All models at the same lengths.
    baselines
        Name → its accuracy, or length → accuracy. They have no seeds.
    chance
        What guessing reaches.
    trained_to
        The longest sequence in training; a line says which lengths are longer.
    """
    lengths = sorted({length for by_length in results.values() for length in by_length})
    if not lengths or any(sorted(by_length) != lengths for by_length in results.values()):
        came = str({name: sorted(by_length) for name, by_length in results.items()})
        raise ShapeError(explain(came, "the same lengths for each", "measure what is missing"))
    figure, axes = new_figure(6.0, 4.2)
    others = baselines or {}
    look = looks([*results, *others], default="rule")
    axes.axhline(chance, color=colour("chance"), linestyle=MARKS["chance"].line)
    steps = (np.arange(len(results)) - (len(results) - 1) / 2) * min(0.16, 0.6 / len(results))
    for (name, by_length), step in zip(results.items(), steps, strict=True):
        _seeds(axes, [by_length[length] for length in lengths], step, look[name])
    for name, level in others.items():
        heights = [_at(level, length) for length in lengths]
        hand = {**look[name].hand(), "linewidth": 1.2, "markersize": 7}
        axes.plot(range(len(lengths)), heights, zorder=1.5, **hand)
    if trained_to is not None:
        _beyond(axes, lengths, trained_to)
    axes.set(xticks=range(len(lengths)), xticklabels=lengths, xlabel="length of the string")
    axes.set(ylabel="accuracy", xlim=(-0.5, len(lengths) - 0.62))
    last = lengths[-1]
    levels = [float(np.median(by_length[last])) for by_length in results.values()]
    levels += [_at(level, last) for level in others.values()] + [chance]
    names = [*results, *others, "chance"]
    ends = [(len(lengths) - 0.62, level) for level in levels]
    roles = [look[name].role for name in names[:-1]] + ["chance"]
    label_ends(axes, ends, names, roles)
    return figure


def _at(level: Levels, length: int) -> float:
    return float(level[length] if isinstance(level, Mapping) else level)


def _seeds(axes: "Axes", by_length: Sequence[Sequence[float]], step: float, look: Look) -> None:
    """Draw one model: all its seeds, a line from the least to the most, the medians joined."""
    hand = look.hand()
    places = np.arange(len(by_length)) + step
    medians = [float(np.median(seeds)) for seeds in by_length]
    axes.plot(places, medians, **{**hand, "marker": "none"}, linewidth=1.3, alpha=0.75)
    for place, seeds, median in zip(places, by_length, medians, strict=True):
        axes.vlines(place, min(seeds), max(seeds), color=hand["color"], linewidth=1.8)
        axes.hlines(median, place - 0.06, place + 0.06, color=hand["color"], linewidth=2.6)
        dots = {**hand, "linestyle": "none", "markersize": 5.5, "clip_on": False, "zorder": 3}
        axes.plot([place] * len(seeds), seeds, **dots)


def _beyond(axes: "Axes", lengths: Sequence[int], trained_to: int) -> None:
    """Draw where the lengths begin that no training string had."""
    known = sum(length <= trained_to for length in lengths)
    if 0 < known < len(lengths):
        axes.axvline(known - 0.5, color=colour("muted"), linewidth=0.9, linestyle=(0, (4, 3)))
        words: dict[str, Any] = {
            "transform": axes.get_xaxis_transform(),
            "color": colour("muted"),
            "va": "bottom",
        }
        axes.text(known - 0.55, 1.01, f"trained up to {trained_to}", ha="right", **words)
        axes.text(known - 0.45, 1.01, "longer", ha="left", **words)


@styled
def learning_curves(
    curves: Mapping[str, Sequence[Sequence[float]]],
    xlabel: str = "epoch",
    *,
    ylabel: str = "accuracy",
    xs: Sequence[float] | None = None,
    chance: float | None = None,
) -> "Figure":
    """Draw every training as a line of its own: a model that learns in some seeds only shows.

    Parameters
    ----------
    curves
        Model → one curve per seed; they may end at different steps.
    xlabel, ylabel
        The axes.
    xs
        Where the steps lie; 1, 2, 3, … if not given.
    chance
        What guessing reaches; drawn if given.
    """
    if not curves or not all(curves.values()):
        raise ShapeError(explain("a model without a curve", "one per seed", "train it first"))
    figure, axes = new_figure(6.0, 3.8)
    look, ends = looks(curves), []
    if chance is not None:
        axes.axhline(chance, color=colour("chance"), linestyle=MARKS["chance"].line)
    longest = max(len(curve) for seeds in curves.values() for curve in seeds)
    places = range(1, longest + 1) if xs is None else xs
    for name, seeds in curves.items():
        hand = look[name].hand()
        for curve in seeds:
            kept = thinned(len(curve))
            x, y = [places[step] for step in kept], [curve[step] for step in kept]
            every = max(1, len(kept) // 5)
            axes.plot(x, y, markevery=every, markersize=5, linewidth=1.5, alpha=0.85, **hand)
        ends.append((places[longest - 1], float(np.median([curve[-1] for curve in seeds]))))
    axes.set(xlabel=xlabel, ylabel=ylabel, xlim=(places[0], places[longest - 1]))
    names, roles = list(curves), [look[name].role for name in curves]
    if chance is not None:
        ends, names, roles = [*ends, (ends[0][0], chance)], [*names, "chance"], [*roles, "chance"]
    label_ends(axes, ends, names, roles)
    return figure


@styled
def depth_cell(
    text: str, depth: Sequence[float], cell: Sequence[float], unit: int | str = ""
) -> "Figure":
    """Draw how deep the brackets are after each symbol, and below it what one cell holds.

    Parameters
    ----------
    text
        The string; its symbols stand below. At most 48.
    depth
        Open brackets after each symbol.
    cell
        The cell state of one unit after each symbol.
    unit
        Which unit; goes into the heading with its correlation with the depth.
    """
    _check_symbols(text, depth, cell)
    figure, (top, bottom) = new_figure(6.0, 3.9, rows=2, sharex=True)
    places = range(len(text))
    top.axhline(0.0, color=colour("muted"), linewidth=0.9)
    top.step(places, depth, where="mid", color=colour("truth"))
    top.fill_between(places, depth, step="mid", color=colour("truth"), alpha=0.13, linewidth=0)
    top.set_title("depth: brackets that are open", color=colour("truth"))
    top.yaxis.get_major_locator().set_params(integer=True)
    top.tick_params(axis="x", length=0)
    bottom.plot(places, cell, color=colour("cell"), marker=MARKS["cell"].marker, markersize=4.5)
    heading = f"cell state of unit {unit}" if unit != "" else "cell state"
    if np.ptp(depth) > 0 and np.ptp(cell) > 0:
        heading += f",  correlation {np.corrcoef(depth, cell)[0, 1]:.2f}".replace("-", "−")
    bottom.set_title(heading, color=colour("cell"))
    _symbols(bottom, text)
    return figure


@styled
def verdict(text: str, probability: Sequence[float], depth: Sequence[float] = ()) -> "Figure":
    """Draw how sure the reader is, after each symbol, that the string is balanced.

    Parameters
    ----------
    text
        The string; its symbols stand below. At most 48.
    probability
        Of "balanced", after each symbol, 0 to 1.
    depth
        The depth after each symbol; where it is 0 and never was below, the string so far is
        balanced, and a ring says so.
    """
    _check_symbols(text, probability, depth if len(depth) else probability)
    figure, axes = new_figure(6.0, 2.9)
    places = np.arange(len(text))
    says = np.asarray(probability, dtype=float)
    axes.axhline(0.5, color=colour("muted"), linewidth=0.9, linestyle=(0, (4, 3)))
    axes.vlines(places, 0.5, says, color=colour("hidden"), linewidth=1.6, alpha=0.6)
    axes.plot(places, says, MARKS["lstm"].marker, color=colour("hidden"), clip_on=False, zorder=3)
    if len(depth):
        so_far = (np.asarray(depth) == 0) & (np.minimum.accumulate(depth) >= 0)
        ring: dict[str, Any] = {"markersize": 12, "markerfacecolor": "none", "clip_on": False}
        look = {"linestyle": "none", "color": colour("truth"), **ring}
        axes.plot(places[so_far], np.ones(so_far.sum()), "s", label="balanced so far", **look)
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.06), borderaxespad=0.0)
    axes.set(ylim=(0, 1), yticks=(0, 0.5, 1), ylabel="probability: balanced")
    _symbols(axes, text)
    return figure


def _check_symbols(text: str, *series: Sequence[float]) -> None:
    if not 1 <= len(text) <= MOST_SYMBOLS:
        came = f"a string of {len(text)} symbols"
        raise ShapeError(explain(came, f"1 to {MOST_SYMBOLS}", "draw a part of it"))
    for values in series:
        if len(values) != len(text):
            came = f"{len(values)} values for {len(text)} symbols"
            raise ShapeError(explain(came, "one per symbol", "pass what one string gave"))


def _symbols(axes: "Axes", text: str) -> None:
    """Write the symbols below the axes: brackets strong, letters grey."""
    axes.set(xticks=range(len(text)), xticklabels=list(text), xlim=(-0.7, len(text) - 0.3))
    axes.tick_params(axis="x", length=0)
    for label, symbol in zip(axes.get_xticklabels(), text, strict=True):
        strong = symbol in _BRACKETS
        label.set(family="DejaVu Sans Mono", color=colour("ink" if strong else "muted"))
        label.set_fontweight("bold" if strong else "normal")
