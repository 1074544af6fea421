"""The plots of the chapters on event logs: what a log costs and shows, and what a loss hides."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.hidden_bugs import loss_and_deviations, losses, spread
from asctools.plots.labels import write
from asctools.plots.palette import colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "cost_of_levels",
    "loss_and_deviations",
    "losses",
    "spread",
    "starts",
    "time_bars",
    "timeline",
]

TINT = 0.3  # how strongly a bar is filled, as the boxes of a graph are
ROW = 0.34  # inches that a bar and the space below it take


@styled
def cost_of_levels(
    shares: Mapping[str, float], limits: Mapping[str, float] | None = None
) -> "Figure":
    """Draw what each level of logging costs of a training step.

    Parameters
    ----------
    shares
        Level → what it adds to a step: 0.34 is 34 %.
    limits
        For some levels what it may add; drawn as a line across the bar.
    """
    _any(shares, "levels")
    figure, axes = new_figure(6.0, 1.1 + ROW * len(shares))
    percent = [100.0 * share for share in shares.values()]
    behind = [100.0 * (limits or {}).get(name, 0.0) for name in shares]
    _bars(axes, list(shares), percent, [_percent(each) for each in percent], behind)
    for place, limit in enumerate(behind):
        if limit:
            look = {"color": colour("deviation"), "linewidth": 1.8}
            axes.plot([limit, limit], [place - 0.42, place + 0.42], **look)
    axes.set_xlabel("% of a step without a log")
    return figure


@styled
def timeline(events: Any, *, most: int = 40) -> "Figure":
    """Draw the events of an iteration one below the other, each with the time that led to it.

    Parameters
    ----------
    events
        Rows of a log, as ``asctools.eventlog.read`` gives them, in their order: the columns
        ``concept:name`` and ``time:timestamp`` are used.
    most
        How many events may stand below each other.

    Returns
    -------
    Figure
        A bar ends where its event was stamped, and begins where the event before it was.
    """
    names = [str(name) for name in events["concept:name"]]
    if not 2 <= len(names) <= most:
        came = f"{len(names)} events"
        raise ShapeError(explain(came, f"2 to {most}", "pass the rows of one iteration"))
    stamps = events["time:timestamp"]
    ends = 1e3 * (stamps - stamps.iloc[0]).dt.total_seconds().to_numpy()
    figure, axes = new_figure(6.4, 1.0 + ROW * len(names))
    took = np.diff(ends, prepend=ends[0])
    axes.barh(range(len(names)), took, 0.6, left=ends - took, **_filled("event"))
    axes.plot(ends[0], 0, marker="|", markersize=13, markeredgewidth=2.0, color=colour("event"))
    for place, (end, each) in enumerate(zip(ends, took, strict=True)):
        axes.plot([0.0, end - each], [place, place], color=colour("grid"), linewidth=0.8, zorder=0)
        write(axes, end, place, _milliseconds(each) if place else "", "ink", offset=(5, 0))
    axes.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.4, -0.6))
    axes.set(xlabel="ms since the first of these events", xlim=(0, 1.16 * max(ends[-1], 1e-3)))
    axes.grid(visible=False)
    return figure


@styled
def time_bars(
    seconds: Mapping[str, float],
    beside: Mapping[str, float] | None = None,
    *,
    names: tuple[str, str] = ("stamped at the end", "read as if at the start"),
    least: float = 0.005,
) -> "Figure":
    """Draw where the time went: each activity's share of the time of all, the largest first.

    Parameters
    ----------
    seconds
        Activity → time.
    beside
        The same, counted in another way.
    names
        What the two ways are called.
    least
        An activity below this share in every way has no bar of its own: they share one.
    """
    _any(seconds, "activities")
    ways = [seconds] if beside is None else [seconds, beside]
    shares = {name: max(_share(way, name) for way in ways) for name in seconds}
    kept = sorted((name for name in seconds if shares[name] >= least), key=lambda a: -shares[a])
    others = len(seconds) - len(kept)
    rest = [f"{others} other{'s' if others > 1 else ''}"] if others else []
    ways = [_with_rest(way, kept, rest) for way in ways]
    seconds = ways[0]
    figure, axes = new_figure(6.2, 1.0 + (0.3 + 0.22 * len(ways)) * len(seconds))
    height = 0.72 / len(ways)
    for number, (way, role) in enumerate(zip(ways, ("event", "baseline"), strict=False)):
        whole = sum(way.values()) or 1.0
        percent = [100.0 * way.get(activity, 0.0) / whole for activity in seconds]
        places = np.arange(len(seconds)) + (number - 0.5 * (len(ways) - 1)) * height
        look = _filled(role) | ({"facecolor": "none"} if number else {})
        axes.barh(places, percent, 0.86 * height, label=names[number], **look)
        for place, each in zip(places, percent, strict=True):
            write(axes, each, place, _percent(each), "ink", offset=(5, 0))
    axes.set(yticks=range(len(seconds)), yticklabels=list(seconds))
    axes.set(ylim=(len(seconds) - 0.45, -0.55), xlabel="% of the time")
    axes.set_xlim(0, 1.16 * axes.get_xlim()[1])
    axes.grid(visible=False)
    if beside is not None:
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.2)
    return figure


@styled
def starts(ways: Mapping[str, Mapping[str, int]]) -> "Figure":
    """Draw with which activities cases begin, for each way of cutting the same log.

    Parameters
    ----------
    ways
        Way of cutting → activity → number of cases that begin with it. One or two ways.
    """
    if not 1 <= len(ways) <= 2:
        raise ShapeError(explain(f"{len(ways)} ways", "one or two", "draw fewer at once"))
    activities = list(dict.fromkeys(name for counts in ways.values() for name in counts))
    _any(activities, "activities")
    size = {"cols": len(ways), "sharey": True, "squeeze": False}
    figure, panels = new_figure(6.6, 0.9 + ROW * len(activities), **size)
    for axes, (way, counts) in zip(panels[0], ways.items(), strict=True):
        numbers = [counts.get(name, 0) for name in activities]
        _bars(axes, activities, numbers, [f"{n:,}" for n in numbers])
        kinds = len([n for n in numbers if n])
        axes.set_title(f"{way}\n{kinds} start activit{'y' if kinds == 1 else 'ies'}")
        axes.set_xlabel("cases that begin so")
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def _bars(
    axes: "Axes",
    names: Sequence[str],
    values: Sequence[float],
    texts: Sequence[str],
    behind: Sequence[float] = (),
) -> None:
    """Draw one bar below the other, each with its text at its end, or behind a place further on."""
    places = range(len(names))
    axes.barh(places, values, 0.6, **_filled("event"))
    further = np.maximum(values, behind) if len(behind) else values
    for place, value, text in zip(places, further, texts, strict=True):
        write(axes, value, place, text, "ink", offset=(5, 0))
    axes.set(yticks=places, yticklabels=names, ylim=(len(names) - 0.4, -0.6))
    axes.set_xlim(0, 1.25 * (max(values) or 1.0))
    axes.grid(visible=False)


def _filled(role: str) -> dict[str, Any]:
    return {"facecolor": (colour(role), TINT), "edgecolor": colour(role), "linewidth": 1.2}


def _share(seconds: Mapping[str, float], name: str) -> float:
    return seconds.get(name, 0.0) / (sum(seconds.values()) or 1.0)


def _with_rest(
    seconds: Mapping[str, float], kept: Sequence[str], rest: Sequence[str]
) -> dict[str, float]:
    """Return the times of those kept, and under the name of the rest the sum of the others."""
    of_others = sum(seconds.values()) - sum(seconds.get(name, 0.0) for name in kept)
    return {name: seconds.get(name, 0.0) for name in kept} | dict.fromkeys(rest, of_others)


def _percent(value: float) -> str:
    return f"{value:.1f} %" if value < 9.95 else f"{value:.0f} %"


def _milliseconds(value: float) -> str:
    return f"{value:.2f}" if value < 0.995 else f"{value:.1f}"


def _any(things: Any, kind: str) -> None:
    if not len(things):
        raise ShapeError(explain(f"no {kind}", "one or more", "pass what there is to draw"))
