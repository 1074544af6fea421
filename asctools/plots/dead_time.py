"""The plots of the chapter on the refractory period: intervals, choices, edges, delays, memory."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.labels import write
from asctools.plots.palette import colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["against", "choices", "intervals", "memory", "soft_term"]

BROKEN: Any = (0, (2, 2))
_LOOKS: tuple[tuple[str, str, Any], ...] = (
    ("lstm", "o", "-"),
    ("loss", "s", (0, (5, 2))),
    ("rule", "^", (0, (1, 1.6))),
    ("linear", "D", (0, (6, 2, 1, 2))),
)


@styled
def intervals(seconds: "ArrayLike", period: float, bins: int = 48) -> "Figure":
    """Draw how long a bell is silent between two strikes, and the period that it should keep.

    Parameters
    ----------
    seconds
        Intervals between strikes of one bell, all bells together, ``(n,)``.
    period
        The refractory period in seconds.
    """
    waits = _column(seconds, "intervals")
    figure, axes = new_figure(6.0, 2.9)
    edges = np.linspace(min(waits.min(), period) - 0.1, waits.max() + 0.05, bins)
    axes.hist(waits, edges, color=colour("lstm"), linewidth=0)
    axes.axvline(period, color=colour("loss"), linewidth=1.6, linestyle=BROKEN)
    low = waits[waits < period]
    axes.plot(low, np.zeros(len(low)), "X", color=colour("loss"), clip_on=False, markersize=9)
    axes.set(xlabel="seconds from one strike of a bell to its next", ylabel="how many")
    top = axes.get_ylim()[1]
    write(axes, period, top, f"{period:g} s", "loss", offset=(-6, 0), ha="right", va="top")
    return figure


@styled
def soft_term(seconds: "ArrayLike", p: "ArrayLike", push: "ArrayLike") -> "Figure":
    """Draw one bell's probabilities, and how the term's gradient pushes each of them.

    Parameters
    ----------
    seconds
        The middle of each frame, ``(F,)``.
    p
        Probability of a strike in each frame, ``(F,)``.
    push
        Slope of the term with respect to each frame's logit, ``(F,)``; gradient descent lowers
        what has a positive one.
    """
    at = _column(seconds, "frames")
    above, below = _column(p, "probabilities"), _column(push, "slopes")
    if not len(at) == len(above) == len(below):
        came = f"{len(at)} times, {len(above)} probabilities, {len(below)} slopes"
        raise ShapeError(explain(came, "one of each for every frame", "pass the same frames"))
    figure, (top, low) = new_figure(6.0, 3.7, rows=2, sharex=True)
    for axes, values, role in ((top, above, "lstm"), (low, below, "gradient")):
        axes.fill_between(at, values, color=(colour(role), 0.25), linewidth=0)
        axes.plot(at, values, color=colour(role), linewidth=1.7)
        axes.axhline(0.0, color=colour("muted"), linewidth=0.8)
    top.set(title="probability of a strike", ylim=(0, 1.05), xlim=(at[0], at[-1]))
    low.set(title="slope of the refractory term", xlabel="seconds")
    return figure


@styled
def choices(
    seconds: "ArrayLike",
    scores: "ArrayLike",
    kept: "Mapping[str, ArrayLike]",
    period: float,
    unit: str = "score",
) -> "Figure":
    """Draw the picks of one bell once for each rule: what it keeps, and what it drops.

    Parameters
    ----------
    seconds, scores
        Time and score of each pick, ``(n,)``; the scores are 0 or more.
    kept
        Rule → indices of the picks that it keeps.
    period
        The refractory period in seconds; it is shaded behind each pick that is kept.
    unit
        What the scores are.
    """
    at, height = _column(seconds, "picks"), _column(scores, "scores")
    if len(at) != len(height) or not kept:
        came = f"{len(at)} times, {len(height)} scores and {len(kept)} rules"
        raise ShapeError(explain(came, "a score for each time, and a rule", "pass what is missing"))
    figure, rows = new_figure(6.2, 0.7 + 1.25 * len(kept), rows=len(kept), sharex=True)
    for axes, (name, chosen) in zip(np.atleast_1d(rows), kept.items(), strict=True):
        stays = np.isin(np.arange(len(at)), np.asarray(chosen, dtype=int))
        for time in at[stays]:
            axes.axvspan(time, time + period, color=(colour("lstm"), 0.1), linewidth=0)
        for mask, role, line, marker in (
            (stays, "lstm", "-", "o"),
            (~stays, "loss", BROKEN, "X"),
        ):
            axes.vlines(at[mask], 0, height[mask], color=colour(role), linestyle=line, linewidth=2)
            axes.plot(at[mask], height[mask], marker, color=colour(role), clip_on=False)
        axes.set_title(f"{name}: {int(stays.sum())} kept, together {height[stays].sum():.1f}")
        axes.set(ylim=(0, 1.12 * float(height.max())), ylabel=unit)
    last = np.atleast_1d(rows)[-1]
    last.set(xlabel="seconds", xlim=(at.min() - 0.3, at.max() + period + 0.1))
    return figure


@styled
def against(
    x: "ArrayLike",
    curves: "Mapping[str, ArrayLike]",
    xlabel: str,
    ylabel: str,
    *,
    levels: Mapping[str, float] | None = None,
    mark: tuple[float, str] | None = None,
    ylim: tuple[float, float] | None = None,
) -> "Figure":
    """Draw one measure against a setting; where there are several recordings, all of them.

    Parameters
    ----------
    x
        The settings, ``(K,)``.
    curves
        Name → the measure at each, ``(K,)``, or ``(S, K)`` for S recordings: thin lines, and a
        strong one through their means. One to four.
    levels
        Name → a measure that does not depend on the setting; a level line.
    mark
        A setting and what to write at it.
    """
    at = _column(x, "settings")
    arrays = {name: np.atleast_2d(np.asarray(y, dtype=float)) for name, y in curves.items()}
    if not 1 <= len(arrays) <= len(_LOOKS) or any(y.shape[1] != len(at) for y in arrays.values()):
        came = f"curves of shape {[y.shape for y in arrays.values()]} and {len(at)} settings"
        right = f"one to {len(_LOOKS)} of shape (K,) or (S, K)"
        raise ShapeError(explain(came, right, "measure each setting"))
    figure, axes = new_figure(6.0, 3.3)
    for (name, values), (role, marker, line) in zip(arrays.items(), _LOOKS, strict=False):
        look: dict[str, Any] = {"color": colour(role), "linestyle": line}
        for each in values if len(values) > 1 else ():
            axes.plot(at, each, linewidth=0.9, alpha=0.55, color=colour(role))
        axes.plot(at, values.mean(axis=0), marker=marker, markersize=5, label=name, **look)
    for number, (name, height) in enumerate((levels or {}).items()):
        truth: Any = ((0, (9, 2)), (0, (3, 2)), (0, (1, 2)))[number % 3]
        axes.axhline(height, color=colour("truth"), linewidth=1.3, linestyle=truth, label=name)
    if mark:
        axes.axvline(mark[0], color=colour("muted"), linewidth=1.1, linestyle=BROKEN)
        low = (ylim or axes.get_ylim())[0]
        write(axes, mark[0], low, mark[1], "muted", offset=(5, 5), ha="left", va="bottom")
    axes.set(xlabel=xlabel, ylabel=ylabel, ylim=ylim)
    if len(arrays) + len(levels or {}) > 1:
        figure.legend(loc="outside upper left", ncols=2)
    return figure


@styled
def memory(
    minutes: "ArrayLike", megabytes: "Mapping[str, ArrayLike]", microseconds: "ArrayLike"
) -> "Figure":
    """Draw what a stream holds in memory, and what a frame costs, against how long it has run.

    Parameters
    ----------
    minutes
        When it was measured, ``(K,)``.
    megabytes
        Name → memory held at that time, ``(K,)``; one or two.
    microseconds
        Processor time a frame since the measurement before, ``(K,)``.
    """
    at, cost = _column(minutes, "minutes"), _column(microseconds, "costs")
    held = {name: _column(values, "sizes") for name, values in megabytes.items()}
    if not 1 <= len(held) <= 2 or any(len(each) != len(at) for each in (cost, *held.values())):
        came = f"{len(at)} minutes, {len(cost)} costs and {len(held)} memories"
        raise ShapeError(explain(came, "a value for each minute", "measure all at the same time"))
    figure, (left, right) = new_figure(6.6, 3.0, cols=2)
    for (name, values), (role, marker, line) in zip(held.items(), _LOOKS, strict=False):
        look: dict[str, Any] = {"color": colour(role), "linestyle": line, "marker": marker}
        left.plot(at, values, label=name, markersize=5, **look)
    right.plot(at, cost, color=colour("lstm"), marker="o", markersize=5)
    top = 1.25 * max(float(values.max()) for values in held.values())
    left.set(title="memory held", ylabel="MB", ylim=(0, top))
    right.set(title="processor time", ylabel="µs a frame", ylim=(0, 1.4 * float(cost.max())))
    for axes in (left, right):
        axes.set(xlabel="minutes of ringing", xlim=(0, 1.04 * float(at.max())))
    if len(held) > 1:
        figure.legend(loc="outside upper left", ncols=2)
    return figure


def _column(values: "ArrayLike", kind: str) -> "NDArray[np.float64]":
    numbers: NDArray[np.float64] = np.asarray(values, dtype=float)
    if numbers.ndim != 1 or not len(numbers):
        came = f"{kind} of shape {numbers.shape}"
        raise ShapeError(explain(came, "shape (n,), n ≥ 1", "pass a list"))
    return numbers
