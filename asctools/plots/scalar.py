"""The plots of the chapters on one cell: what it does on each day, and what it answers.

Days are as ``asctools.scalar.by_hand.trace`` returns them; anything with the same field names
will do. How the cell learns is drawn in :mod:`asctools.plots.learning`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from asctools.errors import ShapeError, explain
from asctools.plots.labels import label_ends, write
from asctools.plots.learning import (
    COMPANY_ROLES,
    gradient_agreement,
    learning_curves,
    rates_compared,
    weights_before_after,
)
from asctools.plots.palette import MARKS, colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "day_trace",
    "gradient_agreement",
    "kept_and_written",
    "learning_curves",
    "perturbed_predictions",
    "predictions_by_length",
    "rates_compared",
    "response_curve",
    "squashers",
    "weights_before_after",
]

Trace = Sequence[Any]  # of by_hand.Day

# field of a Day, role, heading, limits: one panel each, read row by row
_PANELS = (
    ("f", "forget", "forget gate $f_t$", (0.0, 1.0)),
    ("i", "input", "input gate $i_t$", (0.0, 1.0)),
    ("c_tilde", "candidate", r"candidate $\tilde{c}_t$", (-1.0, 1.0)),
    ("c", "cell", "cell state $c_t$", None),
    ("o", "output", "output gate $o_t$", (0.0, 1.0)),
    ("h", "hidden", "hidden state $h_t$", (-1.0, 1.0)),
)
# how the first, second, … trace differ where the colour already names the gate
_HANDS = (("o", "none", (0, (3, 1.6))), ("s", None, "-"), ("^", None, ":"), ("D", "none", "-."))


@styled
def squashers() -> "Figure":
    """Draw σ and tanh, each with its slope and the largest slope marked.

    The curves are those of :eq:`eq-sigmoid` and :eq:`eq-tanh`; slopes have the colour of gradients.
    """
    figure, panels = new_figure(6.0, 3.0, cols=2, sharey=True)
    zs = [step / 20.0 for step in range(-100, 101)]
    sigmoid = [1.0 / (1.0 + math.exp(-z)) for z in zs]
    tanh = [math.tanh(z) for z in zs]
    slopes = [s * (1.0 - s) for s in sigmoid], [1.0 - t * t for t in tanh]
    named = (r"$\sigma(z)$", sigmoid, slopes[0], "1/4"), (r"$\tanh(z)$", tanh, slopes[1], "1")
    for axes, (name, curve, slope, peak) in zip(panels, named, strict=True):
        axes.axhline(0.0, color=colour("muted"), linewidth=0.9)
        axes.plot(zs, curve, color=colour("ink"), linewidth=2.4)
        axes.plot(zs, slope, color=colour("gradient"), linestyle=MARKS["gradient"].line)
        axes.plot(0.0, max(slope), MARKS["gradient"].marker, color=colour("gradient"))
        write(axes, 5.0, curve[-1], name, ha="right", offset=(0, 13), fontsize=13)
        write(axes, 0.0, 0.0, f"slope ≤ {peak}", "gradient", ha="left", offset=(5, -15))
        axes.set(xlabel="$z$", xlim=(-5, 5), ylim=(-1.15, 1.35), xticks=(-4, -2, 0, 2, 4))
        axes.set_yticks((-1, 0, 1))
    return figure


@styled
def day_trace(traces: Mapping[str, Trace]) -> "Figure":
    """Draw gates, candidate and states over the days, a panel each, several traces in each panel.

    Parameters
    ----------
    traces
        Name (``"A"``) → one Day per day. At most four, of one length.
    """
    lengths = {len(trace) for trace in traces.values()}
    if len(lengths) != 1 or 0 in lengths or len(traces) > len(_HANDS):
        came = f"traces of lengths {[len(trace) for trace in traces.values()]}"
        raise ShapeError(explain(came, "one to four of the same length", "cut them to one length"))
    figure, panels = new_figure(6.0, 6.0, rows=3, cols=2, sharex=True)
    for axes, (field, role, heading, limits) in zip(panels.flat, _PANELS, strict=True):
        series = [[getattr(day, field) for day in trace] for trace in traces.values()]
        _day_axes(axes, series, limits)
        axes.set_title(heading, color=colour(role))
        for values, (marker, face, line) in zip(series, _HANDS, strict=False):
            face = colour("paper") if face else colour(role)
            hand = {"marker": marker, "linestyle": line, "markerfacecolor": face}
            axes.plot(range(1, len(values) + 1), values, color=colour(role), **hand)
        ends = [(float(len(values)), values[-1]) for values in series]
        label_ends(axes, ends, list(traces), [role] * len(series))
    for axes in panels[-1]:
        axes.set_xlabel("day $t$")
    return figure


def _day_axes(
    axes: "Axes", series: Sequence[Sequence[float]], limits: tuple[float, float] | None
) -> None:
    """Set ticks and limits of a panel over days; room for the whole curve when limits are free."""
    days = len(series[0])
    values = [value for one in series for value in one]
    low, high = limits or (min(0.0, *values), max(1.0, *values))
    margin = 0.09 * (high - low)
    axes.set(xlim=(0.75, days + 0.1), ylim=(low - margin, high + margin), xticks=range(1, days + 1))
    if limits:
        axes.set_yticks((low, (low + high) / 2, high))
    else:
        axes.locator_params(axis="y", nbins=4)
    axes.axhline(0.0, color=colour("muted"), linewidth=0.9)


@styled
def kept_and_written(traces: Mapping[str, Trace] | Trace) -> "Figure":
    """Draw each day's cell state as what was kept, f·c before, plus what was written, i·c̃.

    Parameters
    ----------
    traces
        Name (``"A"``) → one Day per day, a panel each; or one trace without a name. A negative
        amount hangs down from where it starts.
    """
    named = traces if isinstance(traces, Mapping) else {"": traces}
    if not named or not all(named.values()):
        raise ShapeError(explain("an empty trace", "one day or more", "pass trace(weights, days)"))
    figure, panels = new_figure(6.0, 3.6, cols=len(named), squeeze=False)
    for axes, (name, trace) in zip(panels.flat, named.items(), strict=True):
        _account(axes, trace)
        axes.set_title(f"company {name}" if name else "", pad=6)
    handles, labels = panels.flat[0].get_legend_handles_labels()
    one_each = dict(zip(labels, handles, strict=True))
    look: dict[str, Any] = {"ncols": 3, "columnspacing": 1.4, "handlelength": 1.6}
    figure.legend(one_each.values(), one_each.keys(), loc="outside upper left", **look)
    return figure


def _account(axes: "Axes", trace: Trace) -> None:
    """Draw the days of one company: for each the two bars, and the state that they lead to."""
    axes.axhline(0.0, color=colour("muted"), linewidth=0.9)
    state: dict[str, Any] = {"color": colour("cell"), "linewidth": 3.0}
    for number, day in enumerate(trace, start=1):
        kept, written = day.f * day.c_prev, day.i * day.c_tilde
        _bar(axes, number - 0.16, 0.0, kept, "forget", "kept $f_t\\,c_{t-1}$")
        _bar(axes, number + 0.16, kept, written, "candidate", r"written $i_t\,\tilde{c}_t$")
        reach = 0.66 if number < len(trace) else 0.5  # to the next day's bar
        ends = (number + 0.34, number + reach)
        axes.plot(ends, (day.c, day.c), label="cell state $c_t$", **state)
    axes.plot((0.5, 0.66), (trace[0].c_prev,) * 2, **state)
    axes.set(xticks=range(1, len(trace) + 1), xlabel="day $t$", xlim=(0.4, len(trace) + 0.6))
    axes.margins(y=0.08)


def _bar(axes: "Axes", x: float, bottom: float, height: float, role: str, label: str) -> None:
    # Two bars: in an SVG, Matplotlib gives the hatch the transparency of the tint.
    axes.bar(x, height, 0.32, bottom, facecolor=colour(role), alpha=0.14, zorder=2.4)
    look: dict[str, Any] = {"edgecolor": colour(role), "hatch": MARKS[role].hatch, "linewidth": 1.4}
    axes.bar(x, height, 0.32, bottom, facecolor="none", zorder=2.5, label=label, **look)


@styled
def perturbed_predictions(
    first_days: Sequence[float], predictions: Sequence[float], targets: Sequence[float]
) -> "Figure":
    """Draw the prediction for many companies against their first day, coloured by company.

    Parameters
    ----------
    first_days, predictions, targets
        One number per company. Target 0 stands for companies like A, 1 for companies like B.
        Predictions on the wrong side of 0.5 are ringed.
    """
    figure, axes = new_figure(6.0, 3.4)
    rows = list(zip(first_days, predictions, targets, strict=True))
    for target, role in ((0.0, "company_a"), (1.0, "company_b")):
        mine = [(x, h) for x, h, y in rows if (y >= 0.5) == bool(target)]
        if mine:
            xs, hs = zip(*mine, strict=True)
            axes.plot(xs, hs, MARKS[role].marker, color=colour(role), alpha=0.75)
            # The names stand between the two clouds: A's to its right, B's to its left.
            x, side = (min(xs), "right") if target else (max(xs), "left")
            write(
                axes,
                x,
                sum(hs) / len(hs),
                f"like {MARKS[role].symbol}",
                role,
                ha=side,
                offset=(-14 if target else 14, 0),
            )
    wrong = [(x, h) for x, h, y in rows if (h >= 0.5) != (y >= 0.5)]
    if wrong:
        xs, hs = zip(*wrong, strict=True)
        axes.plot(xs, hs, "o", ms=13, mfc="none", mec=colour("loss"), mew=1.6)
        write(axes, xs[0], hs[0], "wrong side", "loss", offset=(12, 0))
    axes.axhline(0.5, color=colour("muted"), linestyle=MARKS["target"].line)
    axes.set(xlabel="first day $x_1$", ylabel="prediction $h_4$")
    return figure


@styled
def response_curve(x: Sequence[float], h: Sequence[float], threshold: float) -> "Figure":
    """Draw the cell's answer against its first day, and where the answer passes one half.

    Parameters
    ----------
    x, h
        The first day's value, increasing, and the prediction for it.
    threshold
        The first day at which the prediction is 0.5; it is marked with its number.
    """
    figure, axes = new_figure(6.0, 3.2)
    axes.plot(x, h, color=colour("hidden"))
    floor = axes.get_ylim()[0]
    axes.axhline(0.5, color=colour("muted"), linestyle=MARKS["target"].line)
    axes.vlines(threshold, floor, 0.5, color=colour("muted"), linewidth=0.9)
    axes.plot(threshold, 0.5, MARKS["hidden"].marker, color=colour("hidden"), markersize=8)
    write(axes, threshold, 0.5, f"$x_1$ = {threshold:.2f}", offset=(10, -11))
    axes.set(xlabel="first day $x_1$", ylabel="prediction $h_4$")
    axes.set(xlim=(min(x), max(x)), ylim=(floor, None))
    return figure


@styled
def predictions_by_length(
    predictions: Mapping[str, Sequence[float]], trained_on: int = 4
) -> "Figure":
    """Draw what the cell says after 1, 2, 3, … days, for A and for B.

    Parameters
    ----------
    predictions
        ``"A"`` and ``"B"`` → the prediction after each number of days, from 1 on.
    trained_on
        The number of days that the cell was trained on; it is marked.
    """
    figure, axes = new_figure(6.0, 3.4)
    days = max(map(len, predictions.values()))
    axes.axvline(trained_on, color=colour("muted"), linewidth=0.9, linestyle=(0, (4, 3)))
    ends = []
    for values, role, target in zip(predictions.values(), COMPANY_ROLES, (0.0, 1.0), strict=True):
        axes.axhline(target, color=colour("target"), linestyle=MARKS["target"].line, lw=1.4)
        numbers = range(1, len(values) + 1)
        # A's open circles lie on top, so that both are seen where they meet.
        face, order = (colour("paper"), 3) if target < 0.5 else (colour(role), 2)
        hand = {"marker": MARKS[role].marker, "linestyle": MARKS[role].line, "zorder": order}
        axes.plot(numbers, values, color=colour(role), mfc=face, clip_on=False, **hand)
        ends.append((float(len(values)), values[-1]))
    axes.set(xlabel="number of days", ylabel="prediction", xticks=range(1, days + 1))
    axes.set(xlim=(0.6, days), yticks=(0, 0.5, 1))
    axes.margins(y=0.12)
    write(axes, trained_on, axes.get_ylim()[0], "trained on", "muted", offset=(5, 9))
    label_ends(axes, ends, list(predictions), COMPANY_ROLES)
    return figure
