"""The plots of the chapter on rare defects: what the sensors saw, and how models differ."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.models import Look, looks
from asctools.plots.palette import MARKS, colour
from asctools.plots.style import new_figure, styled
from asctools.plots.verdicts import constant_losses, cost_curve, leak, reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "alarms_by_story",
    "constant_losses",
    "cost_curve",
    "curves",
    "leak",
    "ranking",
    "reliability",
    "risk",
    "rivals",
    "sensors",
]

Marks = Mapping[str, Sequence[tuple[float, str]]]  # sequence → (step, what happened then)
# Curves have no markers: the second, third and fourth of one role differ in their line alone.
LINES: dict[int, Any] = {1: (0, (7, 2, 1, 2)), 2: (0, (1, 1.6)), 3: "-"}
ROW = 0.36  # inches that a model and the space below it take


@styled
def sensors(
    sequences: "Mapping[str, ArrayLike]", channels: Mapping[str, str], marks: Marks | None = None
) -> "Figure":
    """Draw what the sensors saw: a column per sequence, a row per channel, on common scales.

    Parameters
    ----------
    sequences
        Name → values ``(T, C)``; one to three.
    channels
        Name of each of the C channels → its unit.
    marks
        Name of a sequence → the seconds at which something happened, and what.
    """
    arrays = {name: np.asarray(values, dtype=float) for name, values in sequences.items()}
    shapes = {array.shape for array in arrays.values()}
    if not 1 <= len(arrays) <= 3 or len(shapes) != 1 or next(iter(shapes))[1:] != (len(channels),):
        came = f"sequences of shape {sorted(shapes)} and {len(channels)} channels"
        raise ShapeError(explain(came, "one to three of shape (T, channels)", "pass equal ones"))
    size: dict[str, Any] = {"sharex": True, "sharey": "row", "squeeze": False}
    figure, panels = new_figure(6.6, 1.0 + 0.82 * len(channels), len(channels), len(arrays), **size)
    for column, (name, values) in enumerate(arrays.items()):
        for row, (channel, unit) in enumerate(channels.items()):
            axes = panels[row, column]
            axes.plot(values[:, row], color=colour("x"), linewidth=1.3)
            _events(axes, (marks or {}).get(name, ()), height=0.0 if row else 1.4)
            axes.yaxis.get_major_locator().set_params(nbins=3)
            if column == 0:
                heading = f"{channel.replace('_', ' ')}, {unit}"
                axes.text(0.0, 1.03, heading, transform=axes.transAxes, va="bottom")
        panels[0, column].set_title(name, pad=42 if marks else 24, weight="bold")
        panels[-1, column].set(xlabel="second", xlim=(0, len(values) - 1))
    return figure


@styled
def risk(series: "Mapping[str, ArrayLike]", marks: Marks | None = None) -> "Figure":
    """Draw how the predicted probability grows while a sequence is read, one panel each.

    Parameters
    ----------
    series
        Name of a sequence → the probability after each step, ``(T,)``, or of several trained
        models, ``(models, T)``.
    marks
        Name of a sequence → the seconds at which something happened, and what.
    """
    _any(series, "sequences")
    size: dict[str, Any] = {"sharex": True, "squeeze": False}
    figure, panels = new_figure(6.2, 0.7 + 1.25 * len(series), rows=len(series), **size)
    for axes, (name, values) in zip(panels[:, 0], series.items(), strict=True):
        for line in np.atleast_2d(np.asarray(values, dtype=float)):
            axes.plot(line, color=colour("lstm"), linewidth=1.6, alpha=0.85)
        _events(axes, (marks or {}).get(name, ()), height=1.08)
        axes.set(ylim=(0, 1), yticks=(0, 0.5, 1), xlim=(0, line.size - 1))
        axes.set_title(name, pad=22)
    axes.set_xlabel("seconds read")
    return figure


def _events(axes: "Axes", marks: Sequence[tuple[float, str]], height: float = 0.0) -> None:
    """Draw a line where something happened and, with a height, write above it what.

    Each kind is named where it happens first; the earlier name stands left of its line and the
    later right of it, since they may be close.
    """
    firsts: dict[str, float] = {}
    for step, kind in sorted(marks):
        role = "cell" if "level" in kind else "loss"
        line = MARKS[role].line if role == "cell" else (0, (5, 2))
        axes.axvline(step, color=colour(role), linewidth=1.6, linestyle=line)
        firsts.setdefault(kind, step)
    for number, (kind, step) in enumerate(firsts.items() if height else ()):
        side = "center" if len(firsts) == 1 else ("right", "left")[number > 0]
        role = "cell" if "level" in kind else "loss"
        look: dict[str, Any] = {"color": colour(role), "ha": side, "va": "bottom"}
        axes.text(step, height, kind, transform=axes.get_xaxis_transform(), **look)


@styled
def ranking(target: Sequence[int], score: Sequence[float]) -> "Figure":
    """Draw a few cases in the order of their scores, highest left: defects filled, sound open.

    Parameters
    ----------
    target, score
        0 or 1, and any number, for 2 to 16 cases.
    """
    if len(target) != len(score) or not 2 <= len(target) <= 16:
        came = f"{len(target)} targets and {len(score)} scores"
        raise ShapeError(explain(came, "as many of each, 2 to 16", "draw fewer cases"))
    figure, axes = new_figure(6.0, 1.35)
    order = sorted(range(len(score)), key=lambda case: -score[case])
    axes.axhline(0, color=colour("grid"), linewidth=0.9)
    for place, case in enumerate(order):
        ill = bool(target[case])
        ink = colour("deviation" if ill else "truth")
        look = {"color": ink, "markersize": 14, "markerfacecolor": ink if ill else colour("paper")}
        axes.plot(place, 0, "X" if ill else "o", **look)
        axes.text(place, -0.9, f"{score[case]:g}", ha="center", va="center")
    for word, ink, ill in (("defect", "deviation", True), ("sound", "truth", False)):
        look = {"color": colour(ink), "markerfacecolor": colour(ink if ill else "paper")}
        axes.plot([], [], "X" if ill else "o", linestyle="none", label=word, **look)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 0.92), ncols=2, handletextpad=0.2)
    axes.set(xlim=(-0.7, len(order) - 0.3), ylim=(-1.4, 0.9), xticks=(), yticks=())
    axes.set_ylabel("score", rotation=0, ha="right", va="center", y=0.2)
    axes.spines[:].set_visible(False)
    return figure


@styled
def curves(
    roc: "Mapping[str, tuple[ArrayLike, ArrayLike]]",
    pr: "Mapping[str, tuple[ArrayLike, ArrayLike]]",
    base_rate: float,
) -> "Figure":
    """Draw the ROC curves of several models, and beside them their precision–recall curves.

    Parameters
    ----------
    roc
        Name → false-alarm rate and recall.
    pr
        Name → recall and precision.
    base_rate
        Share of the rare class: the precision of a model that guesses.
    """
    _any(roc, "curves")
    figure, (left, right) = new_figure(6.6, 3.9, cols=2)
    look = looked(roc)
    guess = {"color": colour("chance"), "linestyle": MARKS["chance"].line, "linewidth": 1.4}
    left.plot((0, 1), (0, 1), **guess)
    right.plot((0, 1), (base_rate, base_rate), **guess)
    for axes, given in ((left, roc), (right, pr)):
        for name, (x, y) in given.items():
            hand = look[name].hand() | {"marker": "none", "linewidth": 1.9}
            axes.plot(*_thinned(x, y), label=name, drawstyle="default", **hand)
        axes.set(xlim=(0, 1), ylim=(0, 1.01), xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
    left.set(xlabel="false-alarm rate", ylabel="recall", title="ROC")
    right.set(xlabel="recall", ylabel="precision", title="precision–recall")
    handles, names = left.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2)
    return figure


def _thinned(x: Any, y: Any, most: int = 300) -> "tuple[NDArray[Any], NDArray[Any]]":
    """Return at most ``most`` points of a curve, its ends among them."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), most)).round().astype(int))
    return x[kept], y[kept]


@styled
def rivals(
    results: Mapping[str, Mapping[str, Sequence[float]]], chance: Mapping[str, float] | None = None
) -> "Figure":
    """Draw a row per model and a panel per measure: a mark per seed, a bar at the median.

    Parameters
    ----------
    results
        Model → measure → one value per seed; the same measures for each model.
    chance
        Measure → what guessing reaches; drawn as a line.
    """
    _any(results, "models")
    measures = list(next(iter(results.values())))
    if any(list(values) != measures for values in results.values()):
        came = str({name: list(values) for name, values in results.items()})
        raise ShapeError(explain(came, "the same measures for each", "measure what is missing"))
    size: dict[str, Any] = {"cols": len(measures), "sharey": True, "squeeze": False}
    figure, panels = new_figure(6.6, 0.95 + ROW * len(results), **size)
    look = looked(results)
    for axes, measure in zip(panels[0], measures, strict=True):
        for place, (name, values) in enumerate(results.items()):
            _seeds(axes, place, values[measure], look[name])
        if chance and measure in chance:
            guess = {"color": colour("chance"), "linestyle": MARKS["chance"].line}
            axes.axvline(chance[measure], linewidth=1.6, **guess)
        ticks = (0.4, 0.6, 0.8, 1.0) if "ROC" in measure else (0.0, 0.5, 1.0)
        axes.set(title=measure, xlim=(ticks[0], 1.06))
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
    names = {"yticks": range(len(results)), "yticklabels": list(results)}
    panels[0, 0].set(ylim=(len(results) - 0.5, -0.5), **names)
    return figure


def _seeds(axes: "Axes", place: float, values: Sequence[float], look: Look) -> None:
    """Draw all seeds of one model, and a bar at their median."""
    hand = {**look.hand(), "linestyle": "none", "markersize": 6, "clip_on": False, "zorder": 3}
    axes.hlines(place, min(values), max(values), color=hand["color"], linewidth=1.8)
    axes.plot(values, [place] * len(values), **hand)
    middle = float(np.median(values))
    axes.vlines(middle, place - 0.28, place + 0.28, color=hand["color"], linewidth=2.2)


@styled
def alarms_by_story(
    rates: Mapping[str, Mapping[str, Sequence[float]]], *, wanted: str = "defect"
) -> "Figure":
    """Draw for each kind of sequence which share of it raises an alarm, a mark per model and seed.

    Parameters
    ----------
    rates
        Model → kind of sequence → one rate per seed.
    wanted
        The kind that should raise one; it stands first in strong type.
    """
    _any(rates, "models")
    stories = list(next(iter(rates.values())))
    figure, axes = new_figure(6.4, 1.2 + 0.46 * len(stories))
    look, step = looked(rates), 0.62 / max(1, len(rates))
    for number, (name, by_story) in enumerate(rates.items()):
        for place, story in enumerate(stories):
            at = place + (number - (len(rates) - 1) / 2) * step
            _seeds(axes, at, [100 * rate for rate in by_story[story]], look[name])
        axes.plot([], [], label=name, **(look[name].hand() | {"linestyle": "none"}))
    for place in range(1, len(stories)):
        axes.axhline(place - 0.5, color=colour("grid"), linewidth=0.8, alpha=0.5)
    axes.set(yticks=range(len(stories)), yticklabels=stories, ylim=(len(stories) - 0.5, -0.5))
    for label in axes.get_yticklabels():
        label.set_fontweight("bold" if label.get_text() == wanted else "normal")
    axes.set(xlim=(-2, 101), xlabel="% that raise an alarm")
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, columnspacing=1.2)
    return figure


def looked(names: Iterable[str]) -> dict[str, Look]:
    """Return a look for each model: the oracle is drawn as the truth, boosting as a rule."""
    said = [name.replace("oracle", "truth").replace("constant", "chance") for name in names]
    found = looks([f"{number} {name}" for number, name in enumerate(said)], default="rule")
    roles = [look.role for look in found.values()]
    return {
        name: look._replace(line=LINES.get(roles[:number].count(look.role), look.line))
        for number, (name, look) in enumerate(zip(names, found.values(), strict=True))
    }


def _any(things: Any, kind: str) -> None:
    if not len(things):
        raise ShapeError(explain(f"no {kind}", "one or more", "pass what there is to draw"))
