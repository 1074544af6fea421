"""The plots of the chapter on the training loop: too long, too fast, forgotten, and watched."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.labels import label_ends, write
from asctools.plots.models import rows_of, thinned
from asctools.plots.palette import MARKS, colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["forgotten", "schedules", "steps", "too_long"]

MOST_CURVES = 5
_LINES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1.5)))
_RULES = ("baseline", "lstm", "rule")  # roles of the rates that are compared


@styled
def too_long(losses: "ArrayLike", val_losses: "ArrayLike", repeated: "ArrayLike") -> "Figure":
    """Draw trainings that go on for too long, and below what they learn meanwhile.

    Parameters
    ----------
    losses, val_losses
        ``(seeds, epochs)``: on the training data and on those held out. The least held-out loss
        of each seed is marked.
    repeated
        ``(seeds, epochs)``: the share of the wrong labels that the network repeats, 0 to 1.
    """
    training, seen, share = (
        rows_of(each, name)
        for each, name in ((losses, "losses"), (val_losses, "val_losses"), (repeated, "repeated"))
    )
    if not training.shape == seen.shape == share.shape:
        came = f"losses {training.shape}, val_losses {seen.shape}, repeated {share.shape}"
        raise ShapeError(explain(came, "three of one shape", "measure each epoch of each seed"))
    figure, (top, bottom) = new_figure(6.2, 5.0, rows=2, sharex=True, height_ratios=(5, 4))
    epochs = np.arange(1, seen.shape[1] + 1)
    for number, (fitted, held, wrong) in enumerate(zip(training, seen, share, strict=True)):
        named = {True: ("training", "held out", "the best epoch")}.get(number == 0, (None,) * 3)
        thin = {"color": colour("baseline"), "linestyle": MARKS["baseline"].line, "linewidth": 1.2}
        top.plot(epochs, fitted, label=named[0], **thin)
        top.plot(epochs, held, color=colour("loss"), linewidth=1.5, label=named[1])
        best = int(np.argmin(held))
        mark = {"color": colour("loss"), "marker": "o", "linestyle": "none", "zorder": 3}
        top.plot(epochs[best], held[best], label=named[2], **mark)
        bottom.plot(epochs, 100.0 * wrong, color=colour("deviation"), linewidth=1.5)
        bottom.plot(epochs[best], 100.0 * wrong[best], **(mark | {"color": colour("deviation")}))
    top.set(ylabel="loss, nats", ylim=(0, None))
    top.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.2)
    bottom.set(ylabel="wrong labels repeated, %", xlabel="epoch", ylim=(0, 103))
    bottom.set_xlim(0, seen.shape[1] + 0.5)
    return figure


@styled
def schedules(
    excess: "Mapping[str, ArrayLike]", rates: Mapping[str, Sequence[float]], *, least: float = 1e-3
) -> "Figure":
    """Draw what trainings pay above the best possible loss, and below their learning rates.

    Parameters
    ----------
    excess
        Name of a rule → ``(seeds, epochs)``, nats above the best; two or three rules.
    rates
        The learning rate in each epoch, for the same names.
    least
        Where the logarithmic axis ends; what lies below is drawn there.
    """
    if list(excess) != list(rates) or not 1 <= len(excess) <= len(_RULES):
        came = f"losses of {list(excess)} and rates of {list(rates)}"
        right = f"the same names, one to {len(_RULES)}"
        raise ShapeError(explain(came, right, "measure both for each"))
    figure, (top, bottom) = new_figure(6.2, 4.8, rows=2, sharex=True, height_ratios=(5, 3))
    ends, longest = [], 0
    for (name, values), role, line in zip(excess.items(), _RULES, _LINES, strict=False):
        rows = np.maximum(rows_of(values, name), least)
        longest = max(longest, rows.shape[1])
        epochs = np.arange(1, rows.shape[1] + 1)
        for row in rows:
            top.plot(epochs, row, color=colour(role), linestyle=line, linewidth=1.4)
        ends.append((float(epochs[-1]), float(np.exp(np.log(rows[:, -1]).mean()))))
        at = np.arange(1, len(rates[name]) + 1)
        bottom.plot(at, rates[name], color=colour(role), linestyle=line)
    roles = _RULES[: len(ends)]
    top.set(yscale="log", ylabel="above the best, nats", xlim=(0.5, longest + 0.3))
    top.set_ylim(bottom=least)
    label_ends(top, ends, list(excess), roles)
    highest = max(max(row) for row in rates.values())
    bottom.set(ylabel="rate η", xlabel="epoch", ylim=(0, 1.12 * highest))
    return figure


@styled
def forgotten(distances: Mapping[str, Sequence[float]], *, least: float = 1e-3) -> "Figure":
    """Draw how far resumed trainings move away from the one that was not interrupted.

    Parameters
    ----------
    distances
        What was forgotten → the distance of its weights after each step since the resume, the
        length of the difference. A distance of exactly 0 is drawn on the lower edge.
    least
        The lower edge of the logarithmic axis.
    """
    if not 1 <= len(distances) <= MOST_CURVES or not all(map(len, distances.values())):
        came = f"{len(distances)} trainings"
        raise ShapeError(explain(came, f"1 to {MOST_CURVES}, with steps", "draw fewer at once"))
    figure, axes = new_figure(6.4, 3.9)
    axes.set_yscale("log")
    highest = max(max(row) for row in distances.values())
    steps = max(map(len, distances.values()))
    axes.set(ylim=(least, max(3.0 * highest, 10.0 * least)), xlim=(0, steps))
    axes.set(xlabel="steps since the resume", ylabel="distance of the weights")
    ends = []
    for (_, values), line in zip(distances.items(), _LINES, strict=False):
        heights = np.maximum(np.asarray(values, dtype=float), least)
        exact = not np.any(values)
        role = "truth" if exact else "deviation"
        kept = thinned(len(heights))
        look = {"color": colour(role), "linestyle": line, "clip_on": False}
        axes.plot(kept + 1, heights[kept], linewidth=3.0 if exact else 1.6, **look)
        ends.append((float(len(heights)), float(heights[-1])))
    roles = ["deviation" if np.any(each) else "truth" for each in distances.values()]
    label_ends(axes, ends, list(distances), roles)
    write(axes, 0, least, "0", "ink", ha="right", offset=(-6, 0))
    ticks = [tick for tick in 10.0 ** np.arange(-12, 6) if least < tick <= highest * 3.0]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([], minor=True)
    return figure


@styled
def steps(
    columns: Mapping[str, Sequence[float]],
    panels: Mapping[str, str],
    *,
    limit: float | None = None,
    marks: Mapping[str, int] | None = None,
) -> "Figure":
    """Draw numbers that were written at each step, one panel below the other.

    Parameters
    ----------
    columns
        Name → one number a step, and under ``"step"`` or ``"iteration"`` where it belongs; if
        neither is there, they count from 1.
    panels
        Name of a column → what its axis is called.
    limit
        Where the gradient was clipped, drawn in the panel of ``"grad_norm"``.
    marks
        Text → a step at which something happened, drawn through all panels.
    """
    missing = [name for name in panels if name not in columns]
    if missing or not panels:
        came = f"columns {list(columns)} for the panels {list(panels)}"
        raise ShapeError(explain(came, "a column for each panel", "read the file that has them"))
    size: dict[str, Any] = {"rows": len(panels), "sharex": True, "squeeze": False}
    figure, grid = new_figure(6.2, 0.8 + 1.6 * len(panels), **size)
    count = len(columns[next(iter(panels))])
    at = np.asarray(columns.get("step", columns.get("iteration", range(1, count + 1))))
    for (name, said), axes in zip(panels.items(), grid[:, 0], strict=True):
        _panel(axes, at, name, columns[name], limit)
        axes.set_ylabel(said)
        for place in (marks or {}).values():
            axes.axvline(place, color=colour("ink"), linestyle=(0, (4, 3)), linewidth=1.1)
    for text, place in (marks or {}).items():
        top = grid[0, 0]
        write(top, place, top.get_ylim()[1], text, "ink", offset=(5, 6), ha="left")
    grid[-1, 0].set(xlabel="step", xlim=(0, float(at[-1])))
    return figure


def _panel(
    axes: "Axes", at: np.ndarray, name: str, values: Sequence[float], limit: float | None
) -> None:
    """Draw one column; the norm of a gradient with the limit that clips it."""
    role = {"grad_norm": "gradient", "learning_rate": "gradient"}.get(name, "loss")
    kept = thinned(len(at))
    heights = np.asarray(values, dtype=float)
    axes.plot(at[kept], heights[kept], color=colour(role), linewidth=1.2)
    axes.set_ylim(0, 1.1 * float(np.nanmax(heights)) or 1.0)
    if name == "grad_norm" and limit is not None:
        axes.axhline(limit, color=colour("deviation"), linestyle=(0, (5, 2)), linewidth=1.4)
        write(axes, float(at[0]), limit, "clipped above", "deviation", ha="left", offset=(4, 8))
