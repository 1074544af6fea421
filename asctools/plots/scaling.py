"""The plots of the chapter on scaling out: steps that only pad, batches, threads, machines."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.labels import label_ends, write
from asctools.plots.palette import MARKS, colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

IDEAL = (0, (5, 3))
CURVES = ("lstm", "rnn", "gru", "linear")  # roles of the curves of speed_ups, in their order
HEADINGS = ("steps of the optimiser", "examples read", "CPU seconds")

Runs = Mapping[int, Sequence[Sequence[float]]]


@styled
def padding(panels: Mapping[str, Sequence[Sequence[int]]]) -> "Figure":
    """Draw every sequence of some batches as a column: its steps, and above them what only pads.

    Parameters
    ----------
    panels
        Heading → batches → the lengths of the batch's sequences, in steps.
    """
    if not panels or not all(batch for batches in panels.values() for batch in batches):
        raise ShapeError(explain("an empty batch or none", "lengths in each", "leave it out"))
    figure, rows = new_figure(6.0, 1.1 + 1.35 * len(panels), rows=len(panels), sharex=True)
    for axes, (heading, batches) in zip(np.atleast_1d(rows), panels.items(), strict=True):
        ends = np.cumsum([len(batch) for batch in batches])
        steps = np.concatenate([np.asarray(batch, dtype=float) for batch in batches])
        longest = np.repeat([float(max(batch)) for batch in batches], [len(b) for b in batches])
        place = np.arange(len(steps)) + 0.5
        axes.bar(place, steps, width=1.0, color=colour("lstm"), linewidth=0)
        rest = {"color": (colour("deviation"), 0.35), "linewidth": 0}
        axes.bar(place, longest - steps, width=1.0, bottom=steps, **rest)
        for end in ends[:-1]:
            axes.axvline(end, color=colour("ink"), linewidth=1.0)
        share = 1.0 - steps.sum() / longest.sum()
        axes.set(title=f"{heading}: {100.0 * share:.0f} % only pad", ylabel="steps")
        axes.set(xlim=(0, len(steps)), ylim=(0, float(longest.max())))
    np.atleast_1d(rows)[-1].set_xlabel("sequences, batch after batch")
    return figure


@styled
def throughput(measured: Mapping[int, float], before: float, each: float) -> "Figure":
    """Draw how many examples a processor takes in a second, against the size of a batch.

    Parameters
    ----------
    measured
        Examples in a batch → examples a CPU-second.
    before, each
        Seconds that a step costs before its first example, and for each of them: the fitted line.
    """
    if len(measured) < 2:
        raise ShapeError(explain(f"{len(measured)} sizes", "two or more", "measure another"))
    figure, axes = new_figure(6.0, 3.3)
    sizes = np.geomspace(min(measured), max(measured), 100)
    model = sizes / (before + sizes * each)
    axes.plot(sizes, model, color=colour("truth"), linestyle=IDEAL, linewidth=1.6)
    look: dict[str, Any] = {
        "color": colour("lstm"),
        "linestyle": "",
        "marker": MARKS["lstm"].marker,
    }
    axes.loglog(list(measured), list(measured.values()), **look)
    half = before / each
    if sizes[0] < half < sizes[-1]:
        axes.axvline(half, color=colour("muted"), linewidth=1.0)
        low = min(min(measured.values()), float(model.min()))
        write(axes, half, low, f"half of the best\nat {half:.0f}", "muted", va="bottom")
    axes.set(xlabel="examples in a batch", ylabel="examples a CPU-second")
    _whole(axes, list(measured))
    _decades(axes)
    return figure


@styled
def batch_sizes(runs: Runs) -> "Figure":
    """Draw what a training took until its loss was low, against the size of a batch.

    Parameters
    ----------
    runs
        Examples in a batch → for each seed the steps, the examples and the CPU seconds it took.
    """
    if not runs or any(len(run) != len(HEADINGS) for each in runs.values() for run in each):
        right = f"{len(HEADINGS)} numbers for every training: {', '.join(HEADINGS)}"
        raise ShapeError(explain(f"runs of {len(runs)} sizes", right, "pass all three"))
    figure, panels = new_figure(6.4, 3.2, cols=len(HEADINGS))
    for place, (axes, heading) in enumerate(zip(panels, HEADINGS, strict=True)):
        means = [float(np.mean([run[place] for run in each])) for each in runs.values()]
        axes.plot(list(runs), means, color=colour("lstm"), linewidth=1.6)
        for size, each in runs.items():
            took = [run[place] for run in each]
            look = {"color": colour("lstm"), "linestyle": "", "marker": MARKS["lstm"].marker}
            axes.plot([size] * len(took), took, markersize=5.0, alpha=0.75, **look)
        axes.set(title=heading, xscale="log", ylim=(0, None))
        _whole(axes, list(runs))
    panels[1].set_xlabel("examples in a batch")
    return figure


@styled
def threads(counts: Sequence[int], wall: Sequence[float], cpu: Sequence[float]) -> "Figure":
    """Draw what a step costs on some threads: on the clock, and of all processors together.

    Parameters
    ----------
    counts
        Numbers of threads, rising.
    wall, cpu
        Milliseconds of a step by the clock on the wall, and of processor time.
    """
    if not len(counts) == len(wall) == len(cpu) or not counts:
        came = f"{len(counts)} counts, {len(wall)} times, {len(cpu)} CPU times"
        raise ShapeError(explain(came, "as many of each", "measure each count once"))
    figure, axes = new_figure(6.0, 3.4)
    hoped = [wall[0] * counts[0] / count for count in counts]
    axes.loglog(counts, hoped, color=colour("truth"), linestyle=IDEAL, linewidth=1.6)
    for role, times in (("lstm", wall), ("loss", cpu)):
        line = MARKS[role].line if role == "lstm" else (0, (3, 1.5))
        axes.loglog(counts, times, color=colour(role), linestyle=line, marker=MARKS[role].marker)
    axes.set(xlabel="threads", ylabel="ms a step", xlim=(0.93 * counts[0], 1.04 * counts[-1]))
    _whole(axes, counts)
    _decades(axes)
    ends = [(counts[-1], each[-1]) for each in (cpu, wall, hoped)]
    names = ("processor time", "clock on the wall", "hoped for")
    figure.draw_without_rendering()  # only now it is known how far apart the ends are
    label_ends(axes, ends, names, ("loss", "lstm", "truth"))
    return figure


@styled
def speed_ups(counts: Sequence[int], curves: Mapping[str, Sequence[float]]) -> "Figure":
    """Draw how many times faster a training is on several machines, and the line of the ideal.

    Parameters
    ----------
    counts
        Numbers of machines, rising from 1.
    curves
        Name → speed-up for each count. At most four.
    """
    if not 1 <= len(curves) <= len(CURVES) or any(
        len(each) != len(counts) for each in curves.values()
    ):
        came = f"{len(curves)} curves over {len(counts)} counts"
        right = f"one to {len(CURVES)} curves, each with a value for every count"
        raise ShapeError(explain(came, right, "draw fewer at once"))
    figure, axes = new_figure(6.0, 3.8)
    axes.loglog(counts, counts, color=colour("truth"), linestyle=IDEAL, linewidth=1.6)
    axes.axhline(1.0, color=colour("muted"), linewidth=1.0)
    roles = CURVES[: len(curves)]
    for role, values in zip(roles, curves.values(), strict=True):
        mark = MARKS[role]
        axes.loglog(counts, values, color=colour(role), linestyle=mark.line, marker=mark.marker)
    axes.set(xlabel="machines", ylabel="speed-up", xlim=(0.93 * counts[0], 1.06 * counts[-1]))
    _whole(axes, counts)
    low = min(min(each) for each in curves.values())
    axes.set_ylim(min(0.5, 0.7 * low), 1.3 * counts[-1])
    _decades(axes)
    ends = [(counts[-1], float(counts[-1]))]
    ends += [(counts[-1], each[-1]) for each in curves.values()]
    label_ends(axes, ends, ["as many machines", *curves], ["truth", *roles])
    return figure


def _whole(axes: "Axes", counts: Sequence[int]) -> None:
    """Write whole numbers at the ticks of a logarithmic axis."""
    axes.set_xticks(list(counts), [f"{count}" for count in counts])
    axes.tick_params(which="minor", length=0, labelbottom=False, labelleft=False)


def _decades(axes: "Axes") -> None:
    """Write 1, 10, 100, … at a logarithmic axis, and 3, 30, … where that would be one number."""
    low, high = axes.get_ylim()
    powers = [10.0**k for k in range(-6, 10)]
    inside = [power for power in powers if low <= power <= high]
    if len(inside) < 2:
        inside = [f * power for power in powers for f in (1, 3) if low <= f * power <= high]
    axes.set_yticks(inside, [f"{value:,g}".replace(",", " ") for value in inside])
    axes.set_ylim(low, high)
